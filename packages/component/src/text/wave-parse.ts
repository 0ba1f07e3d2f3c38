import type { LoopError } from '../loop-error.ts';
import type { Field } from '../types/value-type.ts';
import { type Case, describeValue, type ValueType, type ValueTypeOf } from '../types/value-type.ts';
import { waveType } from './errors.ts';
import { FLOAT_WORDS } from './numbers.ts';
import {
  integerRange, isBigInteger, makeCase, makeList, omittedValue, TypeIndex, type VariantLike,
} from './values.ts'; // prettier-ignore
import type { WaveCall } from './wave-call.ts';
import { Lexer, showToken, type Token } from './wave-lexer.ts';
import { isWaveKeyword } from './wave-text.ts';

/** Values inside values, in a WAVE text. wasm-wave has the same limit. */
const MAX_DEPTH = 100;

/**
 * Parses a WAVE text (WebAssembly Value Encoding) as a value of a type: the JavaScript value that the engine takes.
 *
 * A field of type `option` may be left out, and a bare payload stands for `some(…)` or `ok(…)` where the payload is no
 * option or result itself. A map is written as a list of pairs.
 *
 * @throws {LoopError} `E_WAVE_SYNTAX` with line and column; `E_WAVE_TYPE` with the path into the value as well.
 * @example
 * parseWave('{name: "Ada", age: 36}', type) // { name: 'Ada', age: 36 }
 */
export function parseWave(text: string, type: ValueType): unknown {
  const parser = new WaveParser(new Lexer(text));
  const value = parser.root('value', type);
  parser.end();
  return value;
}

/**
 * Parses the arguments of a call as values of a function's parameters. Arguments at the end whose type is an option may
 * be left out.
 *
 * @param call - What `parseCall` gave, or a text like `("Ada", 36)`.
 * @throws {LoopError} `E_WAVE_SYNTAX` and `E_WAVE_TYPE`, as `parseWave` does; paths start with the parameter's name.
 * @example
 * parseArguments(parseCall('greet("Ada")'), func.params) // ['Ada']
 */
export function parseArguments(call: WaveCall | string, params: readonly Field[]): unknown[] {
  const { text, argumentsAt } = typeof call === 'string' ? { text: call, argumentsAt: 0 } : call;
  const parser = new WaveParser(new Lexer(text, argumentsAt));
  const values = parser.arguments(params);
  parser.end();
  return values;
}

class WaveParser {
  private readonly lexer: Lexer;
  private readonly index = new TypeIndex();
  /** The way to the value being parsed, for errors. */
  private path: string[] = [];
  private depth = 0;

  constructor(lexer: Lexer) {
    this.lexer = lexer;
  }

  root(name: string, type: ValueType): unknown {
    this.path = [name];
    return this.value(type);
  }

  end(): void {
    if (this.lexer.peek().kind !== 'end') throw this.lexer.unexpected('the end of the text');
  }

  arguments(params: readonly Field[]): unknown[] {
    const { lexer } = this;
    lexer.expect('(', '"(" before the arguments');
    const values: unknown[] = [];
    this.commaSeparated(')', () => {
      const param = params[values.length];
      this.path = ['arguments'];
      if (!param) throw this.misfit(`at most ${params.length}`, 'more');
      values.push(this.root(param.name, param.type));
    });
    for (const { name, type } of params.slice(values.length)) {
      this.path = [name];
      const omitted = omittedValue(type);
      if (!omitted) throw this.misfit(describeValue(type), 'nothing');
      values.push(omitted.value);
    }
    return values;
  }

  private value(type: ValueType): unknown {
    if (++this.depth > MAX_DEPTH) throw this.lexer.unexpected(`at most ${MAX_DEPTH} values inside each other`);
    const value = this.valueOf(type);
    this.depth--;
    return value;
  }

  private valueOf(type: ValueType): unknown {
    switch (type.kind) {
      case 'bool':
        return this.bool(type);
      case 'string':
      case 'char':
        return this.take(type, type.kind).text;
      case 'f32':
      case 'f64':
        return this.float(type);
      case 'list':
        return this.list(type);
      case 'map':
        return this.map(type);
      case 'tuple':
        return this.tuple(type, type.items);
      case 'record':
        return this.record(type);
      case 'flags':
        return this.flags(type);
      case 'enum':
      case 'variant':
        return this.variant(type);
      case 'option':
      case 'result':
        return this.keywordCase(type);
      case 'own':
      case 'borrow':
      case 'stream':
      case 'future':
      case 'error-context':
        throw this.misfit('a type without handles', `${describeValue(type)}, which no text can stand for`);
      default:
        return this.integer(type);
    }
  }

  private inside(step: string, type: ValueType): unknown {
    this.path.push(step);
    const value = this.value(type);
    this.path.pop();
    return value;
  }

  private misfit(expected: string, found: string, token: Token = this.lexer.peek(), fix?: string): LoopError {
    const misfit = { path: this.path.join(''), expected, found, ...(fix !== undefined && { fix }) };
    return waveType(misfit, this.lexer.position(token.at));
  }

  /** The error for a token that does not start a value of this type: of the syntax if it starts none at all. */
  private wrong(type: ValueType, token: Token = this.lexer.peek()): LoopError {
    const isNoStart = token.kind === 'end' || (token.kind === 'punctuation' && !'([{'.includes(token.text));
    if (isNoStart) return this.lexer.unexpected(`a value of type ${describeValue(type)}`, token);
    return this.misfit(describeValue(type), token.kind === 'label' ? `"${token.text}"` : showToken(token), token);
  }

  private take(type: ValueType, kind: Token['kind']): Token {
    if (this.lexer.peek().kind !== kind) throw this.wrong(type);
    return this.lexer.next();
  }

  private bool(type: ValueType): boolean {
    const token = this.take(type, 'label');
    if (token.isEscaped || (token.text !== 'true' && token.text !== 'false')) throw this.wrong(type, token);
    return token.text === 'true';
  }

  private integer(type: ValueType): number | bigint {
    const token = this.take(type, 'number');
    const [min, max] = integerRange(type.kind) as readonly [bigint, bigint];
    const isBig = isBigInteger(type.kind);
    if (!/^-?\d{1,20}$/.test(token.text)) throw this.wrong(type, token);
    const value = isBig ? BigInt(token.text) : Number(token.text) + 0;
    if (value < min || value > max) throw this.wrong(type, token);
    return value;
  }

  private float(type: ValueType): number {
    const token = this.lexer.peek();
    const isWord = token.kind === 'label' && !token.isEscaped && FLOAT_WORDS.has(token.text);
    if (!isWord && token.kind !== 'number') throw this.wrong(type);
    this.lexer.next();
    const value = FLOAT_WORDS.get(token.text) ?? Number(token.text);
    return type.kind === 'f32' ? Math.fround(value) : value;
  }

  /** Parses what stands between commas, up to a closing mark. A comma after the last is allowed. */
  private commaSeparated(close: string, parse: () => void): void {
    const { lexer } = this;
    while (!lexer.accept(close)) {
      parse();
      if (lexer.accept(close)) return;
      lexer.expect(',', `"," or "${close}"`);
    }
  }

  private open(type: ValueType, mark: string): void {
    const token = this.lexer.peek();
    if (token.kind !== 'punctuation' || token.text !== mark) throw this.wrong(type);
    this.lexer.next();
  }

  private list(type: ValueTypeOf<'list'>): unknown {
    const start = this.lexer.peek();
    this.open(type, '[');
    const items: unknown[] = [];
    this.commaSeparated(']', () => items.push(this.inside(`[${items.length}]`, type.element)));
    if (type.length !== undefined && items.length !== type.length)
      throw this.misfit(describeValue(type), `${items.length} elements`, start);
    return makeList(type, items);
  }

  private map(type: ValueTypeOf<'map'>): unknown {
    const { key, value } = type.map;
    this.open(type, '[');
    const pairs: [unknown, unknown][] = [];
    this.commaSeparated(']', () => {
      this.path.push(`[${pairs.length}]`);
      pairs.push(this.tuple(type, [key, value]) as [unknown, unknown]);
      this.path.pop();
    });
    return new Map(pairs);
  }

  private tuple(type: ValueType, types: readonly ValueType[]): unknown[] {
    const start = this.lexer.peek();
    this.open(type, '(');
    const items: unknown[] = [];
    this.commaSeparated(')', () => {
      const item = types[items.length];
      if (!item) throw this.misfit(`tuple of ${types.length}`, 'more');
      items.push(this.inside(`[${items.length}]`, item));
    });
    if (items.length !== types.length) throw this.misfit(`tuple of ${types.length}`, `${items.length} values`, start);
    return items;
  }

  private record(type: ValueTypeOf<'record'>): object {
    const { lexer } = this;
    const start = lexer.peek();
    this.open(type, '{');
    const members = this.index.membersOf(type);
    const values = new Map<string, unknown>();
    if (lexer.accept(':')) lexer.expect('}');
    else {
      // `{}` is a value of flags.
      if (lexer.peek().text === '}')
        throw this.misfit('a record', '"{}"', start, 'write {:} for a record without fields');
      this.commaSeparated('}', () => {
        const field = this.member(members, values, 'field');
        lexer.expect(':');
        values.set(field.name, this.inside(`.${field.name}`, field.type as ValueType));
      });
    }
    const fields = [...members.values()].map(({ name, key, type: fieldType }) => {
      if (values.has(name)) return [key, values.get(name)] as const;
      const omitted = omittedValue(fieldType as ValueType);
      if (!omitted) throw this.misfit(`the field "${name}"`, 'a record without it', start);
      return [key, omitted.value] as const;
    });
    return Object.fromEntries(fields);
  }

  private flags(type: ValueTypeOf<'flags'>): object {
    this.open(type, '{');
    const members = this.index.membersOf(type);
    const set = new Map<string, boolean>();
    this.commaSeparated('}', () => set.set(this.member(members, set, 'flag').name, true));
    return Object.fromEntries([...members.values()].map(({ name, key }) => [key, set.has(name)]));
  }

  /** Takes the label of a field or flag that the type has and the value has not yet. */
  private member<T extends { readonly name: string }>(
    members: ReadonlyMap<string, T>,
    seen: ReadonlyMap<string, unknown>,
    what: string,
  ): T {
    const token = this.lexer.next();
    if (token.kind !== 'label') throw this.lexer.unexpected(`the name of a ${what}`, token);
    const found = members.get(token.text);
    if (!found) throw this.misfit(oneOf(`a ${what}`, members.keys()), `"${token.text}"`, token);
    if (seen.has(found.name)) throw this.misfit(`each ${what} once`, `"${found.name}" twice`, token);
    return found;
  }

  private variant(type: ValueTypeOf<'variant' | 'enum'>): unknown {
    const token = this.take(type, 'label');
    const cases = this.index.casesOf(type);
    const found = cases.get(token.text);
    if (!found) throw this.misfit(oneOf(`a case of the ${type.kind}`, cases.keys()), `"${token.text}"`, token);
    if (!token.isEscaped && isWaveKeyword(token.text))
      throw this.misfit(
        type.kind,
        `the keyword "${token.text}"`,
        token,
        `write %${token.text} for the case of that name`,
      );
    return this.payload(type, found);
  }

  /** Parses the cases of options and results, which are keywords, or a bare payload of the case that allows it. */
  private keywordCase(type: ValueTypeOf<'option' | 'result'>): unknown {
    const token = this.lexer.peek();
    const cases = this.index.casesOf(type);
    const found = token.kind === 'label' && !token.isEscaped ? cases.get(token.text) : undefined;
    if (found) {
      this.lexer.next();
      return this.payload(type, found);
    }
    const bare = cases.get(type.kind === 'option' ? 'some' : 'ok');
    if (!bare?.type || bare.type.kind === 'option' || bare.type.kind === 'result') throw this.wrong(type);
    return makeCase(type, bare, this.valueOf(bare.type));
  }

  private payload(type: VariantLike, found: Case): unknown {
    const { lexer } = this;
    const token = lexer.peek();
    const hasPayload = lexer.accept('(');
    if (!found.type) {
      if (hasPayload) throw this.misfit(`"${found.name}" without a payload`, '"("', token);
      return makeCase(type, found);
    }
    if (!hasPayload)
      throw this.misfit(`"${found.name}(…)" with a payload of type ${describeValue(found.type)}`, 'none', token);
    const value = this.inside('', found.type);
    lexer.expect(')');
    return makeCase(type, found, value);
  }
}

const NAMED_AT_MOST = 8;

function oneOf(what: string, names: Iterable<string>): string {
  const all = [...names];
  const listed = all.slice(0, NAMED_AT_MOST).join(', ');
  return `${what} (${listed}${all.length > NAMED_AT_MOST ? ', …' : ''})`;
}
