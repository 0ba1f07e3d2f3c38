import { type Component, type Instance, isComponentError, isLoopError } from '@loophost/component';
import { parseArguments, parseCall, valueToJson } from '@loophost/component/text';
import type { Command, CommandInput } from '../command.ts';
import { nothingToRun } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { type CallableFunction, exportedFunctions, findFunction, signature, waveLine } from '../functions.ts';
import { loadFile } from '../load.ts';
import type { Output } from '../output.ts';
import { exitOf, wasiImports } from '../wasi.ts';

export const run: Command = {
  name: 'run',
  usage: "FILE [--call 'EXPR']… [-- ARGS…]",
  summary: 'run a component: call its functions, or run it as a command',
  details: `Calls are written in WAVE: name("text", 42, {field: true}, [1, 2], some(3), ok("x")). A function inside an interface is
named with it: ns:pkg/api@1.0.0.add(1, 2); the version and the package may be left out when that is plain. Several calls
go to one instance, in order; each result is printed as a line of WAVE.

Without --call a component that exports wasi:cli/run runs as a command, with the arguments behind --, the three standard
streams and its own exit code. Nothing is granted: no environment, no files, no network.`,
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
  const command = component.exports.find((item) => /^wasi:cli\/run(@0\.2(\.|$)|$)/.test(item.name));
  if (calls.length === 0 && !command) throw nothingToRun(file, exportedFunctions(component).map(signature));
  const parsed = calls.map((text) => prepare(component, text));
  const linked = component.link(await wasiImports(component, [file, ...rest]));
  try {
    using instance = await linked.instantiate();
    if (calls.length === 0 && command) return await runCommand(instance, command.name);
    let exitCode: number = EXIT.ok;
    for (const call of parsed)
      exitCode = Math.max(exitCode, await runCall(instance, call, values['json'] === true, output));
    return exitCode;
  } catch (thrown) {
    const exit = exitOf(thrown);
    if (exit) return exit.exitCode;
    throw thrown;
  }
}

interface PreparedCall {
  readonly func: CallableFunction;
  readonly args: readonly unknown[];
}

/** Everything that can be wrong with a call is found before the component starts. */
function prepare(component: Component, text: string): PreparedCall {
  const call = parseCall(text);
  const func = findFunction(component, call.path, call.name);
  return { func, args: parseArguments(call, func.type.params) };
}

async function runCall(
  instance: Instance,
  { func, args }: PreparedCall,
  asJson: boolean,
  output: Output,
): Promise<number> {
  const print = (value: unknown): void => {
    const line = asJson
      ? func.type.result
        ? JSON.stringify(valueToJson(value, func.type.result))
        : 'null'
      : waveLine(func.type, value);
    if (line !== undefined) output.out(line);
  };
  const isFallible = func.type.result?.kind === 'result';
  try {
    const value = await functionOf(instance, func)(...args);
    print(isFallible ? { tag: 'ok', val: value } : value);
    return EXIT.ok;
  } catch (thrown) {
    if (!isFallible || !isComponentError(thrown) || isLoopError(thrown)) throw thrown;
    print({ tag: 'err', val: thrown.payload });
    return EXIT.guest;
  }
}

function functionOf(instance: Instance, { path }: CallableFunction): (...args: readonly unknown[]) => unknown {
  let at: unknown = instance.exports;
  path.forEach((name, i) => {
    const key =
      i === path.length - 1 ? name.toLowerCase().replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) : name;
    at = (at as Record<string, unknown>)[key];
  });
  return at as (...args: readonly unknown[]) => unknown;
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
