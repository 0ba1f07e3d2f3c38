import { type Component, type Instance, isComponentError, isLoopError, type Linked } from '@loophost/component';
import { parseArguments, parseCall, printWave, valueToJson } from '@loophost/component/text';
import type { Command, CommandInput } from '../command.ts';
import { importsNotServed, nothingToRun, usage } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { within } from '../failure.ts';
import { type CallableFunction, exportedFunctions, findFunction, functionOf } from '../functions.ts';
import { loadFile } from '../load.ts';
import type { Output } from '../output.ts';
import { exitOf, type Wasi, wasiFor } from '../wasi.ts';

export const run: Command = {
  name: 'run',
  usage: "FILE [--call 'EXPR']… [-- ARGS…]",
  summary: 'run a component: call its functions, or run it as a command',
  details: `Calls are written in WAVE: name("text", 42, {field: true}, [1, 2], some(3), ok("x")). A function inside an interface is
named with it: ns:pkg/api@1.0.0.add(1, 2); the version and the package may be left out when that is plain. Several calls
go to one instance, in order; each result is printed as a line of WAVE.

Without --call a component that exports wasi:cli/run runs as a command, with the arguments behind --, the three standard
streams and its own exit code. Nothing is granted: no environment, no files, no network.`,
  takesArguments: true,
  options: {
    call: { type: 'string', multiple: true, value: "'EXPR'", help: 'call an exported function; repeatable' },
    json: { type: 'boolean', help: 'print each result as a line of JSON' },
  },
  examples: [
    [`loop run greeter.wasm --call 'greet("Ada")'`, 'call a function of the world'],
    [
      `loop run calc.wasm --call 'acme:calc/api@1.0.0.add(1, 2)' --call 'api.add(3, 4)'`,
      'call a function of an interface, twice',
    ],
    ['loop run hello.wasm -- one "two words"', 'run a command with arguments'],
  ],
  run: runComponent,
};

async function runComponent({ positionals, values, rest, output }: CommandInput): Promise<number> {
  const { file, component } = await loadFile(positionals, 'run');
  const calls = (values['call'] ?? []) as string[];
  const asJson = values['json'] === true;
  if (asJson && calls.length === 0)
    throw usage('cannot run: --json prints the results of calls, and there is none', "add a call: --call 'EXPR'");
  const command = component.exports.find((item) => /^wasi:cli\/run(@0\.2(\.|$)|$)/.test(item.name));
  const prepared = await prepareAll(component, calls);
  if (rest.length > 0 && !component.imports.some(({ name }) => name.startsWith('wasi:cli/environment')))
    throw usage(
      'cannot run: the component takes no arguments (it does not import wasi:cli/environment)',
      'drop what is behind --',
    );
  return within({ place: file }, async () => {
    if (prepared.length === 0 && !command) throw nothingToRun(component.exports, exportedFunctions(component));
    const wasi = await wasiFor(component, [file, ...rest]);
    const linked = link(component, wasi);
    return endOf(wasi, async () => {
      using instance = await linked.instantiate();
      // Awaited here, or the instance would be disposed of while they run.
      if (prepared.length === 0 && command) return await runCommand(instance, command.name);
      return await runCalls(instance, prepared, asJson, output);
    });
  });
}

/** Gives the exit code that a guest ends with, also where it ends itself or since nobody reads what it writes. */
async function endOf(wasi: Wasi, work: () => Promise<number>): Promise<number> {
  let exitCode: number;
  try {
    exitCode = await work();
  } catch (thrown) {
    const exit = exitOf(thrown);
    if (!exit && !wasi.isUnread()) throw thrown;
    exitCode = exit?.exitCode ?? EXIT.guest;
  }
  return exitCode !== EXIT.ok && wasi.isUnread() ? EXIT.unread : exitCode;
}

interface PreparedCall {
  readonly func: CallableFunction;
  readonly args: readonly unknown[];
}

/** Everything that can be wrong with the calls is found before the component starts. */
async function prepareAll(component: Component, calls: readonly string[]): Promise<PreparedCall[]> {
  const outcomes = await Promise.allSettled(calls.map((text) => prepare(component, text)));
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (failures.length > 0) throw new AggregateError(failures);
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

function prepare(component: Component, text: string): Promise<PreparedCall> {
  const place = `--call '${text.length > 100 ? `${text.slice(0, 99)}…` : text}'`;
  return within({ place }, async () => {
    const call = parseCall(text);
    const func = findFunction(component, call.path, call.name);
    const fix = `pass what it takes: ${func.signature}`;
    const args = await within({ place, fix }, () => parseArguments(call, func.type.params));
    return { func, args };
  });
}

/** Links the component with WASI. What else it imports, nobody serves here. */
function link(component: Component, { imports }: Wasi): Linked {
  try {
    return component.link(imports);
  } catch (thrown) {
    if (!isLoopError(thrown) || !thrown.problems.every(({ code }) => code === 'E_IMPORT_UNMET')) throw thrown;
    throw importsNotServed(
      thrown.problems.map(({ at }) => at.interface ?? ''),
      thrown,
    );
  }
}

/** Makes the calls in order, also after one that returned an error. A trap ends them all. */
async function runCalls(
  instance: Instance,
  calls: readonly PreparedCall[],
  asJson: boolean,
  output: Output,
): Promise<number> {
  let exitCode: number = EXIT.ok;
  for (const { func, args } of calls) {
    const { value, isError } = await runCall(instance, func, args);
    const { result } = func.type;
    if (asJson) output.out(result ? JSON.stringify(valueToJson(value, result)) : 'null');
    else if (result) output.out(printWave(value, result));
    if (isError) exitCode = EXIT.guest;
  }
  return exitCode;
}

/** Calls a function and gives its whole result, as WIT declares it. */
async function runCall(
  instance: Instance,
  func: CallableFunction,
  args: readonly unknown[],
): Promise<{ value: unknown; isError: boolean }> {
  const isFallible = func.type.result?.kind === 'result';
  try {
    const val = await functionOf(instance, func)(...args);
    return { value: isFallible ? { tag: 'ok', val } : val, isError: false };
  } catch (thrown) {
    if (!isFallible || !isComponentError(thrown) || isLoopError(thrown)) throw thrown;
    return { value: { tag: 'err', val: thrown.payload }, isError: true };
  }
}

async function runCommand(instance: Instance, name: string): Promise<number> {
  const { run: start } = instance.exports[name] as { run(): unknown };
  try {
    await start();
    return EXIT.ok;
  } catch (thrown) {
    if (isComponentError(thrown) && !isLoopError(thrown)) return EXIT.guest;
    throw thrown;
  }
}
