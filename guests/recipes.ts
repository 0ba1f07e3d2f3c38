import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the guests live. Every path of this module is relative to it. */
export const GUESTS_DIR: string = import.meta.dirname;

/** WIT files that are read as one package, in order, and the world to build. */
interface World {
  readonly wit: readonly string[];
  readonly world: string;
}

/** How a component is made from its source. */
export type Recipe =
  | { readonly kind: 'wat'; readonly source: string }
  | ({ readonly kind: 'c'; readonly source: string } & World)
  /** A library without WASI, on the modules of ours that it names by path. */
  | ({ readonly kind: 'rust'; readonly source: string; readonly modules: readonly string[] } & World)
  /** A program with `main`, on Rust's standard library: WASI 0.1, adapted to 0.2. */
  | { readonly kind: 'rust-command'; readonly source: string }
  | ({ readonly kind: 'js'; readonly source: string } & World);

export interface Guest {
  /** Unique; `hostile/…` for the badly behaved. */
  readonly name: string;
  /** The component's file. */
  readonly file: string;
  readonly recipe: Recipe;
  /** One line for the table in README.md. */
  readonly shows: string;
}

const GOOD: readonly Guest[] = [
  guest('c-bench', 'scalars, strings, records and lists at full speed; calls to the host in a loop', {
    kind: 'c',
    source: 'c-bench.c',
    wit: ['c-bench/world.wit'],
    world: 'c-bench',
  }),
  guest('c-hello', 'a command on WASI 0.2 by hand: arguments, three streams, exit code', {
    kind: 'c',
    source: 'c-hello.c',
    wit: ['c-hello/world.wit'],
    world: 'c-hello',
  }),
  guest('wasi-probe', 'what a component finds of the command-line interfaces of WASI, one function for each', {
    kind: 'c',
    source: 'wasi-probe.c',
    wit: ['wasi-probe/world.wit'],
    world: 'wasi-probe',
  }),
  guest('kv-user', 'key-value stores: buckets, pages of keys, increments, swaps that can be lost, batches', {
    kind: 'c',
    source: 'kv-user.c',
    wit: ['kv-user/world.wit'],
    world: 'kv-user',
  }),
  guest('logger', 'log messages: one, many, and one when it starts', wat('logger.wat')),
  guest('file-user', 'every function of `wasi:filesystem`, called as it is told', {
    kind: 'c',
    source: 'file-user.c',
    wit: ['file-user/world.wit'],
    world: 'file-user',
  }),
  guest('rust-types', 'every value type, decoded to Rust values and encoded again', {
    kind: 'rust',
    source: 'rust-types.rs',
    modules: ['abi.rs'],
    wit: ['types.wit', 'rust-types/world.wit'],
    world: 'rust-types',
  }),
  guest('rust-counter', 'an exported resource: constructor, methods, static, borrow, destructor', {
    kind: 'rust',
    source: 'rust-counter.rs',
    modules: ['abi.rs'],
    wit: ['counters.wit', 'rust-counter/world.wit'],
    world: 'rust-counter',
  }),
  guest('rust-bucket-user', 'an imported resource: made, lent, moved, kept and given back', {
    kind: 'rust',
    source: 'rust-bucket-user.rs',
    modules: ['abi.rs'],
    wit: ['rust-bucket-user/world.wit'],
    world: 'rust-bucket-user',
  }),
  guest('rust-hello', 'a command on the standard library: what most commands look like', {
    kind: 'rust-command',
    source: 'rust-hello.rs',
  }),
  guest('rust-files', 'files by the standard library: what most programs do with them', {
    kind: 'rust-command',
    source: 'rust-files.rs',
  }),
  guest('js-types', 'every value type in JavaScript', {
    kind: 'js',
    source: 'js-types.js',
    wit: ['types.wit', 'js-types/world.wit'],
    world: 'js-types',
  }),
  guest('js-counter', 'an exported resource in JavaScript', {
    kind: 'js',
    source: 'js-counter.js',
    wit: ['js-counter/world.wit'],
    world: 'js-counter',
  }),
  guest('agent', 'a JavaScript engine that runs the code it is given: `loop:agent/agent-v1`', {
    kind: 'js',
    source: 'agent.js',
    wit: ['../wit/agent/agent.wit'],
    world: 'agent-v1',
  }),
  guest('http-client', 'gets and posts by outgoing `wasi:http`: bodies, trailers, timeouts, redirects', {
    kind: 'c',
    source: 'http-client.c',
    wit: ['http-client/world.wit'],
    world: 'http-client',
  }),
  guest(
    'wat-types',
    'value types on bare core values; masking of bits that a type does not have',
    wat('wat-types.wat'),
  ),
  ...['utf8', 'utf16', 'latin1'].map((encoding) =>
    guest(
      `wat-strings-${encoding}`,
      `strings and lists of strings in ${encoding}`,
      wat(`wat-strings-${encoding}.wat`),
      'wat-strings',
    ),
  ),
  guest(
    'nested-greeter',
    'two children joined by their parent, with other string encodings',
    wat('nested-greeter.wat'),
  ),
  guest('nested-resources', 'a resource of one child, used by its sibling', wat('nested-resources.wat')),
  guest('donut', 'a child that calls back into the parent that calls it', wat('donut.wat')),
];

function guest(name: string, shows: string, recipe: Recipe, folder: string = name): Guest {
  return { name, shows, file: `${folder}/${name}.wasm`, recipe: { ...recipe, source: `${folder}/${recipe.source}` } };
}

function wat(source: string): Recipe {
  return { kind: 'wat', source };
}

/** The badly behaved guests: every text in `hostile/`. Its first line tells what it must end in. */
function hostileGuests(): Guest[] {
  const files = readdirSync(join(GUESTS_DIR, 'hostile')).filter((file) => file.endsWith('.wat'));
  return files.sort().map((file) => {
    const [first = ''] = readFileSync(join(GUESTS_DIR, 'hostile', file), 'utf8').split('\n');
    const name = file.slice(0, -'.wat'.length);
    return { ...guest(name, first.replace(/^;; */, ''), wat(file), 'hostile'), name: `hostile/${name}` };
  });
}

/** All guests, the badly behaved last. */
export function allGuests(): Guest[] {
  return [...GOOD, ...hostileGuests()];
}

/** The files that a guest is built from. */
export function sourcesOf({ recipe }: Guest): string[] {
  const modules = recipe.kind === 'rust' ? recipe.modules : [];
  const wit = 'wit' in recipe ? recipe.wit : [];
  return [recipe.source, ...modules, ...wit];
}
