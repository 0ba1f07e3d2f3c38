// `npm start`: what Loophost does, in one screen. Components written in four languages do their work through `loop run`,
// and get no more than they are given.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Show {
  readonly what: string;
  readonly args: readonly string[];
  /** What it ends with. Default 0. */
  readonly exitCode?: number;
}

const KEEPER = ['run', 'guests/kv-user/kv-user.wasm'];
const VISITS = ['--call', 'increment("default", "visits", 41)', '--call', 'increment("default", "visits", 1)'];

const SHOWS: readonly Show[] = [
  {
    what: 'Rust: every value type of WIT, there and back',
    args: [
      'run',
      'guests/rust-types/rust-types.wasm',
      '--call',
      'types.echo-string("wörld 🦀")',
      '--call',
      'types.echo-u64(18446744073709551615)',
    ],
  },
  {
    what: 'JavaScript: an agent runs the code that it is given, in a sandbox of its own',
    args: [
      'run',
      'guests/agent/agent.wasm',
      '--call',
      'run-code("[1, 2, 3].map((n) => n ** 2).join()")',
      '--call',
      'run-code("typeof fetch")',
    ],
  },
  {
    what: 'C: a command with arguments and an exit code, and nothing granted to it',
    args: ['run', 'guests/c-hello/c-hello.wasm', '--', 'from', 'npm start'],
  },
  {
    what: 'WebAssembly text: components nested in a component, with other string encodings',
    args: ['run', 'guests/nested-greeter/nested-greeter.wasm', '--call', 'front.welcome("Ada", some("Countess"))'],
  },
  {
    what: 'A badly behaved one: its trap has a name, and the backtrace names its functions',
    args: ['run', 'guests/hostile/division-by-zero.wasm', '--call', 'attack(0)'],
    exitCode: 1,
  },
  {
    what: 'C again: it keeps values in a store, and nobody gave it one',
    args: [...KEEPER, ...VISITS],
    exitCode: 3,
  },
  { what: 'The same with a store', args: [...KEEPER, '--kv', 'memory', ...VISITS] },
  {
    what: 'One that never ends: it runs in a thread of its own, which is ended for it',
    args: ['run', 'guests/hostile/endless-loop.wasm', '--timeout', '500ms', '--call', 'attack()'],
    exitCode: 1,
  },
  { what: 'What a component needs, before it runs', args: ['inspect', 'guests/c-hello/c-hello.wasm'] },
];

const loop = fileURLToPath(new URL('../packages/cli/src/main.ts', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));
const isTerminal = process.stdout.isTTY && !process.env['NO_COLOR'];
const [dim, bold, off] = isTerminal ? ['\u001b[2m', '\u001b[1m', '\u001b[0m'] : ['', '', ''];

function quote(arg: string): string {
  return /^[\w./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
}

const started = performance.now();
for (const { what, args, exitCode = 0 } of SHOWS) {
  console.log(`${bold}${what}${off}\n${dim}$ loop ${args.map(quote).join(' ')}${off}`);
  const { status } = spawnSync(process.execPath, ['--conditions=@loophost/source', loop, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== exitCode) {
    console.error(`that ended with exit code ${status}: please report it`);
    process.exit(1);
  }
  console.log('');
}
console.log(
  `${SHOWS.length} shows in ${((performance.now() - started) / 1000).toFixed(1)} s. Next: npm run loop -- help, or README.md`,
);
