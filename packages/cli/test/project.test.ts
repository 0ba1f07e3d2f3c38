import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { installLine } from '../src/project/npm-tools.ts';
import { CLANG, RUSTC } from '../src/project/toolchains.ts';
import { TemporaryFolder } from './support/files.ts';
import { expectGolden, transcript } from './support/golden.ts';
import { loop, ROOT } from './support/loop.ts';
import { installLoop, runIn, writeFiles } from './support/project.ts';

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());
afterEach(() => vi.unstubAllEnvs());
const bin = installLoop(folder.path);

/** Runs a command line whose paths are in the temporary folder, and writes it down. */
async function transcribed(...args: readonly string[]): Promise<string> {
  return transcript(args, await loop(...args), folder.path).replace(
    /\b(componentize-qjs|jco-transpile|clang) [\d.]+/g,
    '$1 …',
  );
}

async function newProject(
  name: string,
  template: string,
  files: Readonly<Record<string, string>> = {},
  dir: string = join(folder.path, name),
): Promise<string> {
  const { err, code } = await loop('component', 'new', name, '--template', template, '--dir', dir);
  expect({ err, code }).toEqual({ err: '', code: 0 });
  writeFiles(dir, files);
  return dir;
}

const missing = {
  c: (await CLANG.find()) ? undefined : CLANG.name,
  rust: (await RUSTC.find()) ? undefined : RUSTC.name,
};
for (const [template, what] of Object.entries(missing)) {
  if (what !== undefined) console.log(`skipped: template ${template}, since this machine lacks ${what}`);
}

describe('a new project', () => {
  const templates = ['js', 'ts', 'wat', 'c', 'rust'] as const;
  const here = templates.filter(
    (template) => template === 'js' || template === 'ts' || template === 'wat' || missing[template] === undefined,
  );
  test.each(here)('in %s builds, runs and passes its test', async (template) => {
    const dir = await newProject(`say-${template}`, template);
    const built = await loop('component', 'build', dir);
    expect({ err: built.err, code: built.code }).toEqual({ err: '', code: 0 });
    expect(built.out).toContain('\n  greet: func(name: string) -> string\n');
    const file = join(dir, `build/say-${template}.wasm`);
    expect(await loop('run', file, '--call', 'greet("Wörld 🦀")')).toMatchObject({
      out: '"Hello, Wörld 🦀!"\n',
      code: 0,
    });
    const tested = runIn(dir, bin, process.execPath, '--test', '--test-reporter=tap');
    expect(tested.text).toContain('# pass 1\n');
    expect(tested.code).toBe(0);
  });

  test('builds and tests itself by npm', async () => {
    const dir = await newProject('by-npm', 'wat');
    expect(runIn(dir, bin, 'npm', 'test').text).toMatch(/^(?:# |ℹ )pass 1$/m);
  });

  test('is told of, with the two next commands', async () => {
    vi.stubEnv('PATH', bin);
    expectGolden(
      'component-new',
      await transcribed('component', 'new', 'greeter', '-t', 'js', '--dir', join(folder.path, 'a b')),
    );
    expectGolden(
      'component-new-json',
      await transcribed('component', 'new', 'greeter', '-t', 'rust', '--json', '--dir', join(folder.path, 'g')),
    );
  });

  const refused: readonly (readonly [golden: string, ...args: string[]])[] = [
    ['component-none'],
    ['component-misspelt', 'biuld'],
    ['component-new-no-name', 'new'],
    ['component-new-two-names', 'new', 'a', 'b'],
    ['component-new-bad-name', 'new', 'My_App', '--template', 'js'],
    ['component-new-wit-word', 'new', 'list', '--template', 'js'],
    ['component-new-no-template', 'new', 'app'],
    ['component-new-bad-template', 'new', 'app', '--template', 'go'],
    ['component-new-wrong-option', 'new', 'app', '--template', 'js', '--out', 'x'],
    ['component-build-wrong-option', 'build', '--template', 'js'],
    ['component-build-two-folders', 'build', 'a', 'b'],
    ['component-build-no-project', 'build', 'guests'],
  ];
  test.each(refused)('%s', async (golden, ...args) => {
    expectGolden(golden, await transcribed('component', ...args));
  });

  test('is refused a place that is none: an empty name, a path through a file, standard output', async () => {
    const file = folder.write('file', 'text');
    for (const [place, why] of [
      ['', 'it names no folder'],
      [join(file, 'sub'), 'a part of its path is a file, not a directory'],
    ] as const) {
      const { err, code } = await loop('component', 'new', 'app', '--template', 'js', '--dir', place);
      expect(err).toContain(`error[E_USAGE]: cannot use --dir "${place}": ${why}\n`);
      expect({ isOfDir: err.includes('--out'), code }).toEqual({ isOfDir: false, code: 2 });
    }
    const dir = await newProject('unprinted', 'wat');
    const { err, code } = await loop('component', 'build', dir, '-o', '-');
    expect(err).toContain('error[E_USAGE]: cannot use --out "-": it names no file\n');
    expect(code).toBe(2);
  });

  test('never overwrites what is there', async () => {
    const dir = await newProject('there', 'js', { 'src/component.js': '// mine\n' });
    const again = await transcribed('component', 'new', 'there', '--template', 'wat', '--dir', dir);
    expect(again).toContain('error[E_PROJECT_EXISTS]');
    expectGolden('component-new-exists', again);
    expect(readFileSync(join(dir, 'src/component.js'), 'utf8')).toBe('// mine\n');
  });
});

describe('loop.json', () => {
  test('is checked as a whole: unknown settings, missing ones, and wrong values', async () => {
    const settings = { version: 2, name: 'X', template: 'cobol', souce: '', source: '../x.js', engine: 'v8', wasi: 1 };
    const dir = await newProject('wrong', 'js', { 'loop.json': JSON.stringify(settings) });
    const text = await transcribed('component', 'build', dir);
    expect(text).toContain('error[E_PROJECT_INVALID]');
    expectGolden('component-build-settings', text);
  });

  test.each([
    ['{', 'it is not JSON'],
    ['[]', 'it is to be an object'],
  ])('that is %s is refused', async (text, why) => {
    const dir = await newProject(`broken-x${text.charCodeAt(0)}`, 'js', { 'loop.json': text });
    const { err, code } = await loop('component', 'build', dir);
    expect({ hasReason: err.includes(why), code }).toEqual({ hasReason: true, code: 3 });
  });

  test('"wasi": false leaves no import of WASI in a component of JavaScript', async () => {
    const dir = await newProject('alone', 'js');
    const file = join(dir, 'build/alone.wasm');
    await loop('component', 'build', dir);
    expect((await loop('inspect', file)).out).toContain('wasi:clocks/wall-clock');
    const settings = JSON.parse(readFileSync(join(dir, 'loop.json'), 'utf8')) as object;
    writeFiles(dir, { 'loop.json': JSON.stringify({ ...settings, wasi: false }) });
    await loop('component', 'build', dir);
    expect((await loop('inspect', file)).out).not.toContain('wasi:');
  });
});

const SHOP: Readonly<Record<string, string>> = {
  'wit/deps/kv.wit': `package acme:kv@1.0.0;
interface store {
  resource bucket { constructor(name: string); get: func(key: string) -> option<u64>; put: func(key: string, value: list<u32>); }
}`,
  'wit/shop.wit': `interface shop {
  record item { name: string, price: u64, note: option<string>, raw: list<u8> }
  variant failure { sold-out, other(string) }
  resource cart { constructor(owner: string); add: func(item: item) -> result<u32, failure>; }
  total: func(items: list<item>) -> u64;
}`,
  'wit/world.wit': `package acme:shop@0.1.0;
world typed { import acme:kv/store@1.0.0; import log-line: func(text: string); export shop; }`,
  'src/component.ts': `import type { Guest } from '../types/world.js';
import type { Item } from '../types/exports/acme-shop-shop.js';
import { Bucket } from 'acme:kv/store@1.0.0';
import { sum } from './sum.ts';

class Cart {
  readonly items: Item[] = [];
  readonly owner: string;
  constructor(owner: string) { this.owner = owner; }
  add(item: Item): number {
    if (item.price > 100) throw { tag: 'sold-out' };
    logLine(item.note ?? this.owner);
    return this.items.push(item) + (new Bucket('stock').get(item.name) ?? 0);
  }
}

export const shop: Guest['shop'] = { Cart, total: (items) => sum(items.map((item) => item.price)) };
`,
  'src/sum.ts': 'export const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);\n',
};

describe('a project in TypeScript', () => {
  test('has types of its world, by which its source is checked, and modules of its own', async () => {
    const dir = await newProject('typed', 'ts', SHOP);
    expectGolden('component-build-types', await transcribed('component', 'build', dir));
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    expect(runIn(dir, bin, tsc)).toEqual({ text: '', code: 0 });
    for (const name of ['world.d.ts', 'imports.d.ts', 'exports/acme-shop-shop.d.ts', 'imports/acme-kv-store.d.ts'])
      expectGolden(`guest-types-${name.replaceAll('/', '-')}`, readFileSync(join(dir, 'types', name), 'utf8'));
    writeFiles(dir, {
      'src/wrong.ts': "logLine(1);\nexport const shop: import('../types/world.js').Guest['shop'] = {};\n",
    });
    expect(runIn(dir, bin, tsc).text).toMatch(/wrong\.ts\(1,9\): error TS2345[^]*wrong\.ts\(2,14\): error TS2739/);
  });

  test('can have types for StarlingMonkey, whose values are those of a host', async () => {
    const { printGuestTypes } = await import('../src/project/guest-types.ts');
    const { compile } = await import('@loophost/component');
    const dir = await newProject('typed', 'ts', SHOP, join(folder.path, 'other'));
    await loop('component', 'build', dir);
    const component = await compile(readFileSync(join(dir, 'build/typed.wasm')));
    const texts = [...printGuestTypes(component, 'starlingmonkey').values()].join('\n');
    expect(texts).toContain('price: bigint;');
    expect(texts).toContain('note?: string | undefined;');
    expect(texts).toContain("declare module 'log-line'");
  });

  test('asks for no more than npm install where its package.json names what is missing', async () => {
    const dir = await newProject('listed', 'ts');
    const devDependencies = { '@bytecodealliance/componentize-js': '*', '@bytecodealliance/preview2-shim': '*' };
    const broken = 'node_modules/@bytecodealliance/componentize-js/package.json';
    writeFiles(dir, { 'package.json': JSON.stringify({ devDependencies }), [broken]: '{ "version": "0.0.1" }' });
    const { err } = await loop('component', 'build', dir, '--engine', 'starlingmonkey');
    expect(err).toContain(`error[E_TOOL_MISSING]: cannot build the component: `);
    expect(err).toContain(`\n  fix: cd ${dir} && npm install\n`);
  });

  test('asks for StarlingMonkey by its package and what that imports, in one line to paste', async () => {
    const dir = await newProject('starling', 'ts');
    const build = ['component', 'build', dir, '--engine', 'starlingmonkey'];
    const line = installLine('@bytecodealliance/componentize-js');
    expect(line).toMatch(/^npm install --save-dev \S+\/componentize-js@[\d.]+ \S+\/preview2-shim@[\d.]+$/);
    const manifest = '{ "version": "0.0.1", "exports": "./none.js" }';
    const [tool, beside] = ['componentize-js', 'preview2-shim'].map((name) => `node_modules/@bytecodealliance/${name}`);
    writeFiles(dir, { [`${tool}/package.json`]: manifest });
    const alone = await loop(...build);
    expect(alone).toEqual({
      out: '',
      err: `error[E_TOOL_MISSING]: cannot build the component: this machine lacks the npm package @bytecodealliance/preview2-shim, which @bytecodealliance/componentize-js imports\n  fix: cd ${dir} && ${line}\n`,
      code: 3,
    });
    expect((await loop('doctor', dir)).out).toContain(
      `0.0.1, without @bytecodealliance/preview2-shim, which it imports (optional: `,
    );
    writeFiles(dir, { [`${beside}/package.json`]: manifest });
    expect((await loop(...build)).err).toMatch(/^error\[E_TOOL_MISSING\]: .*componentize-js.*cannot be loaded/);
    expect((await loop('component', 'build', dir, '--engine', 'v8')).code).toBe(2);
  });
});

describe('a source that does not build', () => {
  const cases: readonly (readonly [golden: string, template: string, files: Readonly<Record<string, string>>])[] = [
    ['component-build-js-syntax', 'js', { 'src/component.js': 'export function greet( {}\n' }],
    ['component-build-ts-enum', 'ts', { 'src/component.ts': 'enum Colour { red }\n' }],
    ['component-build-wat-syntax', 'wat', { 'src/component.wat': '(component\n  (core modul))\n' }],
    ['component-build-wat-exports', 'wat', { 'src/component.wat': '(component)\n' }],
    ['component-build-wit', 'js', { 'wit/world.wit': 'package a:b;\nworld x { export f: fun(); }\n' }],
    ['component-build-other-world', 'js', { 'wit/world.wit': 'package a:b;\nworld x {}\n' }],
  ];
  test.each(cases)('%s', async (golden, template, files) => {
    const text = await transcribed('component', 'build', await newProject(golden, template, files));
    expect(text).toMatch(/error\[E_(?:BUILD_FAILED|PROJECT_INVALID)\]/);
    expectGolden(golden, text);
  });

  test.skipIf(missing.c !== undefined)('in C shows what the compiler says', async () => {
    const dir = await newProject('c-error', 'c', { 'src/component.c': 'int f(void) { return nope; }\n' });
    const { err, code } = await loop('component', 'build', dir);
    expect(err).toContain('error[E_BUILD_FAILED]');
    expect(err).toContain("use of undeclared identifier 'nope'");
    expect(code).toBe(3);
  });

  test('in a language whose compiler is missing names the line that installs it', async () => {
    vi.stubEnv('CLANG', '/nowhere/clang');
    vi.stubEnv('RUSTC', '/nowhere/rustc');
    for (const [template, install] of [
      ['c', 'apt-get install clang'],
      ['rust', 'apt-get install rustc'],
    ] as const) {
      const { err, code } = await loop('component', 'build', await newProject(`no-${template}`, template));
      expect(err).toMatch(/^error\[E_TOOL_MISSING\]: cannot build the component: this machine lacks /);
      expect({ isNamed: err.includes(`fix: ${install}`), code }).toEqual({ isNamed: true, code: 3 });
    }
  });
});
