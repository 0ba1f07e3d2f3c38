import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { printTypeScript, type TypeScriptOptions } from '@loophost/component/text';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { componentOf } from './support.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const CONFIG = {
  compilerOptions: {
    strict: true, noEmit: true, module: 'nodenext', target: 'esnext', lib: ['esnext', 'webworker'], types: [],
    exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true, skipLibCheck: false,
    customConditions: ['@loophost/source'], allowImportingTsExtensions: true,
  },
}; // prettier-ignore

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loophost-types-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What `tsc --strict` says about the declarations of a world together with a program that uses them. */
async function problems(
  wit: string,
  program: string,
  options?: TypeScriptOptions,
  lib: readonly string[] = CONFIG.compilerOptions.lib,
): Promise<string> {
  const project = await mkdtemp(join(folder, 'project-'));
  for (const [path, text] of printTypeScript(await componentOf(wit), options)) {
    const file = join(project, 'types', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await writeFile(join(project, 'program.ts'), program);
  const compilerOptions = { ...CONFIG.compilerOptions, lib };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const tsc = promisify(execFile)(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project]);
  return tsc.then(
    () => '',
    // What is wrong in the engine's own sources is another test's.
    ({ stdout }: { stdout: string }) =>
      stdout
        .split(/^(?=\S)/m)
        .filter((problem) => problem.includes('project-'))
        .join(''),
  );
}

const STORE = `
package acme:kv@0.2.0;
interface store {
  record entry { key: string, used: u64, note: option<string>, deep: option<option<u8>>, codes: list<u16> }
  variant change { none, put(entry), moved(tuple<u32, char>) }
  flags rights { read, write }
  enum color { red, hot-pink }
  resource bucket {
    constructor(name: string);
    get: func(key: string) -> result<list<u8>, color>;
    merge: static func(a: bucket, b: borrow<bucket>) -> bucket;
  }
  resource cursor { next: func() -> option<entry>; }
  resource token;
  last-change: func(what: rights) -> change;
  allowed: func(token: borrow<token>) -> rights;
  samples: func(of: list<f32>) -> list<s64>;
  outcome: func() -> list<result<u8, string>>;
  table: func() -> list<list<string>>;
  later: async func() -> string;
}
interface types { record point { x: s32 } type spot = point; }
`;

const IMPORTS = `${STORE} world w { import store; import types; import log-line: func(text: string, at: option<u8>); }`;

const PROVIDER = `
import type { Component } from '@loophost/component';
import type { AcmeKvStore, Imports } from './types/world.js';

declare const component: Component;

class Bucket {
  readonly name: string;
  constructor(name: string) { this.name = name; }
  get(key: string): Uint8Array | number[] { return key === this.name ? [1] : new Uint8Array(); }
  static merge(a: Bucket, _b: Bucket): Bucket { return a; }
}
class Cursor {
  private readonly entries: AcmeKvStore.Entry[];
  constructor(entries: AcmeKvStore.Entry[], _more: boolean) { this.entries = entries; }
  next(): AcmeKvStore.Entry | undefined { return this.entries.pop(); }
}
const entry: AcmeKvStore.Entry = { key: 'a', used: 1n, deep: { tag: 'some', val: undefined }, codes: Uint16Array.of(1) };
const store: AcmeKvStore.Provider = {
  Bucket,
  Cursor,
  lastChange: ({ read, write }) => (read && write ? { tag: 'put', val: entry } : { tag: 'moved', val: [1, 'x'] }),
  allowed: (token) => ({ read: typeof token === 'object' }),
  samples: (of: Float32Array) => Array.from(of, (n) => BigInt(n)),
  outcome: () => [{ tag: 'ok', val: 1 }, { tag: 'err', val: 'no' }],
  table: () => [['a'], []],
  later: async () => 'done',
};
const imports = {
  'acme:kv/store@0.2.0': store,
  'log-line': (text: string, at: number | undefined) => { void [text, at]; },
} satisfies Imports;
component.link(imports);
const typed: Imports = imports;
component.link(typed);

// @ts-expect-error a function of the interface is missing
const lacking: AcmeKvStore.Provider = { Bucket, Cursor, lastChange: store.lastChange };
const wrong: AcmeKvStore.Provider = {
  ...store,
  // @ts-expect-error 64-bit integers are BigInts
  samples: () => [1, 2],
  // @ts-expect-error an unmarked function must not return a promise
  table: async () => [],
  // @ts-expect-error not a case of the variant
  lastChange: () => ({ tag: 'took' }),
  // @ts-expect-error not a flag
  allowed: () => ({ fly: true }),
  // @ts-expect-error the class lacks a method
  Cursor: class {},
};
// @ts-expect-error keys are the WIT names
const named: Imports = { 'acme:kv/store@0.2.0': store, logLine: () => undefined };
// @ts-expect-error a nested option says which
const shallow: AcmeKvStore.Entry = { ...entry, deep: 1 };
void [lacking, wrong, named, shallow];
`;

const EXPORTS = `${STORE}
interface api { use store.{bucket, entry}; resource counter { constructor(start: u32) -> result<counter, string>; add: func(n: u8) -> u32; }
  resource tag; mark: func(c: borrow<counter>) -> tag; put: func(e: entry, into: bucket, note: option<string>) -> u64; }
world w {
  import store;
  export store;
  export api;
  export run-code: func(code: string, limit: option<u32>) -> result<string, string>;
  export codes: func(of: list<u8>, pairs: list<tuple<string, u8>>) -> list<u8>;
  export later: async func() -> u8;
}`;

const CALLER = `
import { type Component, isComponentError } from '@loophost/component';
import type { AcmeKvStore, Exports, Imports } from './types/world.js';

declare const component: Component;
declare const imports: Imports;

const instance = await component.link(imports).instantiate();
const exports = instance.exports as Exports;
try {
  const text: string = exports.runCode('1 + 1');
  exports.runCode(text, 5);
} catch (error) {
  if (isComponentError(error)) void error.payload;
}
const bytes: Uint8Array = exports.codes([1, 2], [['a', 1]] as const);
exports.codes(bytes, []);
const one: number = await exports.later();
const { Counter, mark, put } = exports['acme:kv/api@0.2.0'];
using counter = new Counter(one);
const sum: number = counter.add(1);
const tag = mark(counter);
using bucket = new exports['acme:kv/store@0.2.0'].Bucket('b');
const imported: AcmeKvStore.Bucket = { get: () => [1] };
const total: bigint = put({ key: 'a', used: 1n, deep: { tag: 'none' }, codes: Uint16Array.of(1) }, bucket);
const codes: readonly number[] = [1, 2];
const again: bigint = put({ key: 'a', used: 1n, deep: { tag: 'none' }, codes }, bucket);
// @ts-expect-error strings are no list<u16>
put({ key: 'a', used: 1n, deep: { tag: 'none' }, codes: ['1'] }, bucket);
const { allowed, lastChange, Token } = exports['acme:kv/store@0.2.0'];
const isToken = tag instanceof Token;
const change = lastChange({ read: true });
if (change.tag === 'put') void change.val.key.length;
if (change.tag === 'put') void change.val.codes.subarray(1);
void [sum, total, again, isToken];

// @ts-expect-error a resource of another type
allowed(counter);
// @ts-expect-error a bucket of the host's, not of the component's
put({ key: 'a', used: 1n, deep: { tag: 'none' }, codes: [1] }, imported);
// @ts-expect-error WIT gives it no constructor
new Token();
// @ts-expect-error the payload is an entry, only for that case
void change.val;
// @ts-expect-error an array of strings is no list<u8>
exports.codes(['a'], []);
// @ts-expect-error a number is no u64
const small: number = total;
// @ts-expect-error exported functions are in camelCase
void exports['run-code'];
// @ts-expect-error a missing argument that is no option
exports.runCode();
void small;
`;

const NAMES = `
package a:%map;
interface %promise {
  resource %symbol { constructor(); %delete: func(%this: u8, %new: u8); constructor-of: static func(); }
  record provider { %symbol: string, %default: u8 }
  variant exports { %list(list<u8>), %imports }
  enum %partial { %a }
  type uint8-array = list<u8>;
  %import: func(%class: %partial, %function: provider) -> result<uint8-array, exports>;
  keys: func() -> tuple<u8, u16>;
}
world w {
  record imports { a: u8 }
  import %promise; import f: func(a: imports);
  import %interface: interface { use %promise.{%partial}; %default: func(p: %partial); }
  export %promise; export %default: func();
}`;

const NAMED = `
import type { APromise, Exports, Imports, Interface } from './types/world.js';
declare const exports: Exports;
const api = exports['a:map/promise'];
const made = new api.Symbol();
made.delete(1, 2);
api.Symbol.constructorOf();
exports.default();
const bytes: Uint8Array = api.import('a', { symbol: 's', default: 1 });
const f: Imports['f'] = ({ a }) => void a;
const named: Interface.Provider = { default: (p: 'a') => void p };
const keys: APromise.Provider['keys'] = () => [1, 2];
void [bytes, f, named, keys];
`.replaceAll('APromise', 'AMapPromise');

describe('printTypeScript', () => {
  test('types what link takes', async () => {
    expect(await problems(IMPORTS, PROVIDER)).toBe('');
  });

  test('types what an instance exports', async () => {
    expect(await problems(EXPORTS, CALLER)).toBe('');
  });

  test('keeps clear of reserved words and of its own names', async () => {
    expect(await problems(NAMES, NAMED)).toBe('');
  });

  test('declares that exports may give promises where imports will be suspending', async () => {
    const program = `
import type { Exports } from './types/world.js';
declare const exports: Exports;
const value: number = await exports.f();
// @ts-expect-error it may be a promise
const now: number = exports.f();
const made = new exports.api.R();
const name: string = await made.name();
void [value, now, name];
`;
    const wit = `package a:b; world w { export f: func() -> u8;
      export api: interface { resource r { constructor(); name: func() -> string; } } }`;
    expect(await problems(wit, program, { suspending: true })).toBe('');
  });

  test('takes in named types what the engine takes: plain arrays, read-only ones, some flags of all', async () => {
    const program = `
import type { AB, Exports, Imports } from './types/world.js';
declare const exports: Exports;
const names: readonly string[] = ['a'];
const sent: AB.DeepInput = { tag: 'many', val: [{ names, marks: { hot: true }, at: [1, 2] }] };
exports.f(sent);
exports.f({ tag: 'codes', val: [1, 2] });
const got: AB.Deep = exports.f(exports.f(sent));
if (got.tag === 'codes') void got.val.subarray(1);
if (got.tag === 'many') got.val[0]?.names.push('b');
// @ts-expect-error what is given may be read-only for whoever sent it
const back: AB.Deep = sent;
const imports: Imports = { 'a:b/types': { g: (of) => ({ tag: 'codes', val: [of.tag.length] }) } };
void [back, imports];
`.replaceAll('AB', 'ABTypes');
    const wit = `package a:b;
      interface types {
        flags marks { hot, cold }
        record inner { names: list<string>, marks: marks, at: tuple<u8, u8> }
        variant deep { none, many(list<inner>), codes(list<u32>) }
        g: func(of: deep) -> deep;
      }
      world w { use types.{deep}; import types; export f: func(of: deep) -> deep; }`;
    expect(await problems(wit, program)).toBe('');
  });

  test("brings what it needs of the language, beside TypeScript's library of 2022", async () => {
    const wit = 'package a:b; interface i { resource r { constructor(); } } world w { import i; export i; }';
    const program = `
import type { ABI, Exports, Imports } from './types/world.js';
const make = (e: Exports, i: Imports): ABI.R => (e['a:b/i'], new i['a:b/i'].R());
void make;
`;
    expect(await problems(wit, program, {}, ['es2022'])).toBe('');
  });

  test('declares a resource of the world itself as a class', async () => {
    const program = `
import type { Imports } from './types/world.js';
class Log {
  level(): number { return 1; }
  static count(): number { return 2; }
}
const imports: Imports = { Log };
// @ts-expect-error the static function is missing
const wrong: Imports = { Log: class { level() { return 1; } } };
void [imports, wrong];
`;
    const wit =
      'package a:b; world w { resource log { constructor(); level: func() -> u8; count: static func() -> u8; } }';
    expect(await problems(wit, program)).toBe('');
  });

  test('names files by interface, with the version where it tells two apart', async () => {
    const files = printTypeScript(
      await componentOf(`package a:b; world w { import c:d/e@1.0.0; import c:d/e@2.0.0; export c:d/e@1.0.0; }
        package c:d@1.0.0 { interface e { f: func(); } } package c:d@2.0.0 { interface e { f: func(); } }`),
    );
    expect([...files.keys()]).toEqual([
      'world.d.ts',
      'imports/c-d-e.d.ts',
      'imports/c-d-e-2.0.0.d.ts',
      'exports/c-d-e.d.ts',
    ]);
  });

  test('puts the WIT form of each thing into its comment', async () => {
    const files = printTypeScript(await componentOf(IMPORTS));
    const text = files.get('imports/acme-kv-store.d.ts');
    expect(text).toContain(
      '  /** `get: func(key: string) -> result<list<u8>, color>`. Throws `ComponentError<Color>`. */\n  get(key: string): Uint8Array | readonly number[];',
    );
    expect(text).toContain('/** `record entry` */\nexport interface Entry {\n');
    expect(text).toContain('  /** `used: u64` */\n  used: bigint;');
  });
});
