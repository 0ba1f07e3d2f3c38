import { Component, compile, type Instance, isComponentError, isLoopError } from '@loophost/component';
import { parse } from '@bytecodealliance/jco';
import { isExpectedTrap } from './traps.ts';
import { headOf, isList, type List, readForms, textOf } from './wast/sexpr.ts';
import { camelCase, readValue, sameValue } from './wast/values.ts';

/** What an assertion asks: `accept` = a valid component compiles, `instantiate` = it also starts. */
export type Kind =
  | 'accept'
  | 'instantiate'
  | 'invoke'
  | 'assert_return'
  | 'assert_trap'
  | 'assert_invalid'
  | 'assert_malformed';

export interface Outcome {
  readonly kind: Kind;
  readonly line: number;
  readonly result: 'pass' | 'fail' | 'exempt' | 'assembler';
  /** Why it failed or is exempt; for refusals, our reason beside the test's. */
  readonly detail?: string;
}

interface Definition {
  readonly component: Component;
  readonly exempt: string | undefined;
}

const CALL_DEADLINE_MS = 4000;

/** Runs one script through the engine and gives the outcome of each of its assertions. */
export async function runFile(source: string): Promise<Outcome[]> {
  const run = new ScriptRun(source);
  for (const form of readForms(source)) await run.command(form);
  return run.outcomes;
}

class ScriptRun {
  readonly outcomes: Outcome[] = [];
  private readonly source: string;
  private readonly definitions = new Map<string, Definition>();
  private readonly instances = new Map<string, Instance | string>();
  /** The instance that unnamed invocations go to, or why it is exempt, or nothing after a failure. */
  private current: Instance | string | undefined;

  constructor(source: string) {
    this.source = source;
  }

  private note(form: List, kind: Kind, result: Outcome['result'], detail?: string): void {
    const line = this.source.slice(0, form.start).split('\n').length;
    this.outcomes.push({ kind, line, result, ...(detail !== undefined && { detail }) });
  }

  async command(form: List): Promise<void> {
    switch (headOf(form)) {
      case 'component':
        return textOf(form.items[1]) === 'instance' ? this.instantiateNamed(form) : this.component(form);
      case 'assert_invalid':
      case 'assert_malformed':
        return this.refusal(form, headOf(form) as Kind);
      case 'assert_return':
        return this.expectReturn(form);
      case 'assert_trap':
        return this.expectTrap(form);
      case 'invoke':
        return this.attempt(form, 'invoke', async () => void (await this.invoke(form)));
      default:
        this.note(form, 'invoke', 'fail', `unsupported command "${headOf(form)}"`);
    }
  }

  private async attempt(form: List, kind: Kind, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.note(form, kind, 'pass');
    } catch (error) {
      if (error instanceof Exempt) this.note(form, kind, 'exempt', error.message);
      else this.note(form, kind, 'fail', describe(error));
    }
  }

  private async component(form: List): Promise<void> {
    const isDefinition = textOf(form.items[1]) === 'definition';
    const named = form.items[isDefinition ? 2 : 1];
    const name = named?.kind === 'atom' && named.text.startsWith('$') ? named.text : undefined;
    if (!isDefinition) this.current = undefined;
    let definition: Definition | undefined;
    let bytes: Uint8Array;
    try {
      bytes = await this.assemble(form);
    } catch (error) {
      return this.note(form, 'accept', 'assembler', describe(error));
    }
    await this.attempt(form, 'accept', async () => {
      definition = await define(bytes);
    });
    if (!definition) return;
    this.definitions.set('', definition);
    if (name) this.definitions.set(name, definition);
    if (isDefinition) return;
    await this.instantiate(form, name, definition);
  }

  private async instantiateNamed(form: List): Promise<void> {
    const [name, of] = [textOf(form.items[2]), textOf(form.items[3])];
    this.current = undefined;
    const definition = this.definitions.get(of || name);
    if (definition) await this.instantiate(form, name, definition);
    else this.note(form, 'instantiate', 'fail', `no definition ${of || name}`);
  }

  private async instantiate(form: List, name: string | undefined, { component, exempt }: Definition): Promise<void> {
    await this.attempt(form, 'instantiate', async () => {
      this.current = exempt;
      if (name) this.instances.set(name, exempt ?? '');
      if (exempt !== undefined) throw new Exempt(exempt);
      this.current = await component.link({}).instantiate();
      if (name) this.instances.set(name, this.current);
    });
  }

  private async assemble(form: List): Promise<Uint8Array> {
    const items = form.items.filter((item) => item.kind !== 'atom' || !/^(component|definition|\$.*)$/.test(item.text));
    const [first] = items;
    const strings = items.flatMap((item) => (item.kind === 'string' ? [...item.bytes] : []));
    if (first?.kind === 'atom' && first.text === 'binary') return Uint8Array.from(strings);
    if (first?.kind === 'atom' && first.text === 'quote') {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(strings));
      return parse(/^\s*\(component/.test(text) ? text : `(component ${text})`);
    }
    return parse(this.source.slice(form.start, form.end).replace(/^\(component\s+definition/, '(component'));
  }

  private async refusal(form: List, kind: Kind): Promise<void> {
    const expected = textOf(form.items[2]);
    let bytes: Uint8Array;
    try {
      bytes = await this.assemble(form.items[1] as List);
    } catch (error) {
      return this.note(form, kind, 'assembler', `${describe(error)} | ${expected}`);
    }
    try {
      const { exempt } = await define(bytes);
      this.note(form, kind, 'fail', `accepted${exempt ? ` (uses ${exempt})` : ''} | ${expected}`);
    } catch (error) {
      this.note(
        form,
        kind,
        isLoopError(error) && error.code !== 'E_BUG' ? 'pass' : 'fail',
        `${describe(error)} | ${expected}`,
      );
    }
  }

  private async invoke(form: List): Promise<unknown> {
    const hasName = form.items[1]?.kind === 'atom';
    const instance = hasName ? this.instances.get(textOf(form.items[1])) : this.current;
    if (typeof instance === 'string') throw new Exempt(instance);
    if (!instance) throw new Error('no instance');
    const name = textOf(form.items[hasName ? 2 : 1]);
    const fn = instance.exports[camelCase(name)];
    if (typeof fn !== 'function') throw new Error(`no export "${name}"`);
    const args = form.items.slice(hasName ? 3 : 2).map(readValue);
    return within(
      CALL_DEADLINE_MS,
      Promise.resolve().then(() => (fn as (...args: unknown[]) => unknown)(...args)),
    );
  }

  private async expectReturn(form: List): Promise<void> {
    await this.attempt(form, 'assert_return', async () => {
      const expected = form.items.slice(2).map(readValue);
      let actual: unknown;
      try {
        actual = await this.invoke(form.items[1] as List);
        if ((expected[0] as { tag?: unknown } | undefined)?.tag === 'ok' && isList(form.items[2], 'result.ok'))
          actual = { tag: 'ok', val: actual };
      } catch (error) {
        if (!isComponentError(error)) throw error;
        actual = { tag: 'err', val: error.payload };
      }
      if (expected.length > 0 && !sameValue(actual, expected[0]))
        throw new Error(`got ${show(actual)}, expected ${show(expected[0])}`);
    });
  }

  private async expectTrap(form: List): Promise<void> {
    const expected = textOf(form.items[2]);
    await this.attempt(form, 'assert_trap', async () => {
      try {
        await this.act(form.items[1] as List);
      } catch (error) {
        if (isLoopError(error) && isExpectedTrap(error.code, expected)) return;
        if (error instanceof Exempt) throw error;
        throw new Error(`${describe(error)} | ${expected}`, { cause: error });
      }
      throw new Error(`no trap | ${expected}`);
    });
  }

  private async act(form: List): Promise<void> {
    if (!isList(form, 'component')) return void (await this.invoke(form));
    const { component, exempt } = await define(await this.assemble(form));
    if (exempt !== undefined) throw new Exempt(exempt);
    await component.link({}).instantiate();
  }
}

class Exempt extends Error {}

async function define(bytes: Uint8Array): Promise<Definition> {
  const component = await compile(bytes, { allowGcHeap: true });
  return { component, exempt: component.unsupported[0]?.feature };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function describe(error: unknown): string {
  if (isLoopError(error)) return `${error.code}: ${error.message}`.replace(/\s+/g, ' ');
  return String((error as Error | undefined)?.message ?? error)
    .replace(/\s+/g, ' ')
    .slice(0, 300);
}

function show(value: unknown): string {
  return String(
    JSON.stringify(value, (_key, field: unknown) => (typeof field === 'bigint' ? `${field}n` : field)),
  ).slice(0, 100);
}
