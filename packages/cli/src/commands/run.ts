import { Threads } from '@loophost/node/threads';
import type { Command } from '../command.ts';
import { GRANT_OPTIONS } from '../grants/options.ts';

export const run: Command = {
  name: 'run',
  usage: "FILE [--call 'EXPR']… [options] [-- ARGS…]",
  summary: 'run a component: call its functions, or run it as a command',
  details: `Calls are written in WAVE: name("text", 42, {field: true}, [1, 2], some(3), ok("x")). A function inside an interface is
named with it: ns:pkg/api@1.0.0.add(1, 2); the version and the package may be left out when that is plain. Several calls
go to one instance, in order; each result is printed as a line of WAVE.

Without --call a component that exports wasi:cli/run runs as a command, with the arguments behind --, the three standard
streams and its own exit code. Nothing else is given: no environment, no files, no network, unless an option gives it.
What the component is refused is told on standard error, with the option that would allow it.`,
  takesArguments: true,
  options: {
    call: { type: 'string', multiple: true, value: "'EXPR'", help: 'call an exported function; repeatable' },
    json: { type: 'boolean', help: 'print each result as a line of JSON' },
    ...GRANT_OPTIONS,
    timeout: {
      type: 'string',
      value: 'TIME',
      help: 'end what takes longer, like 500ms or 2m; default 5s for each call, none for a command',
    },
    'max-host-calls': {
      type: 'string',
      value: 'N',
      help: 'let one call make so many calls of its imports; default 1000000, any number for a command',
    },
    inline: { type: 'boolean', help: 'run it in the main thread, where nothing can stop it; needs --trust trusted' },
    watch: { type: 'boolean', help: 'run it again when the file changes; one that fails to link changes nothing' },
    audit: { type: 'string', value: 'FILE', help: 'add each decision and event to a file, as a line of JSON' },
  },
  examples: [
    [`loop run greeter.wasm --call 'greet("Ada")'`, 'call a function of the world'],
    [
      `loop run calc.wasm --call 'acme:calc/api@1.0.0.add(1, 2)' --call 'api.add(3, 4)'`,
      'call a function of an interface, twice',
    ],
    ['loop run hello.wasm -- one "two words"', 'run a command with arguments'],
    ['loop run tool.wasm --dir ./data::/data:ro --allow-http https://api.example.com', 'give it files and a network'],
  ],
  run: async (input) => {
    // Before the rest is loaded, which takes as long as a thread to start.
    await using ahead = input.values['inline'] === true ? undefined : new Threads({ ahead: 1 });
    const { runComponent } = await import('../run/run.ts');
    return await runComponent(input, ahead);
  },
};
