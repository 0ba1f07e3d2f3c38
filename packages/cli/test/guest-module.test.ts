// What the module of a project in JavaScript exports, held against its world when it is built.
import { readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { TemporaryFolder } from './support/files.ts';
import { loop, ROOT } from './support/loop.ts';
import { writeFiles } from './support/project.ts';

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

async function build(name: string, template: string, files: Readonly<Record<string, string>>): Promise<string> {
  const dir = join(folder.path, name);
  await loop('component', 'new', name, '--template', template, '--dir', dir);
  writeFiles(dir, files);
  const { err, code } = await loop('component', 'build', dir);
  return `${err.replaceAll(folder.path, 'TMP')}${code}`;
}

test('a module that lacks what its world exports does not build, and the nearest name is told', async () => {
  const source = 'export function greeet(name) {\n  return name;\n} // the end';
  expect(await build('misspelt', 'js', { 'src/component.js': source }))
    .toBe(`error[E_BUILD_FAILED]: cannot build "TMP/misspelt/src/component.js": loop: its world exports greet, and the module has no such function: did you mean "greeet"?
   at TMP/misspelt/src/component.js
  fix: correct the source, and build again
3`);
  expect(await build('of-value', 'ts', { 'src/component.ts': "export const greet: string = 'hello';\n" })).toContain(
    'its world exports greet, and that of the module is no function\n',
  );
});

const WIT = `package acme:shop@0.1.0;
interface shop {
  resource cart { constructor(owner: string); add-item: func(name: string); of: static func(name: string) -> cart; }
  total-price: func() -> u32;
}
world many { export shop; export run-all: func(); }
`;

test('interfaces, classes and what other modules export count', async () => {
  const shop = `export class Cart { static of(name) { return new Cart(name); } addItem() {} }
export const totalPrice = () => 1;
`;
  const source = "export * from './run.js';\nexport * as shop from './shop.js';\n";
  const files = { 'wit/world.wit': WIT, 'src/component.js': source, 'src/shop.js': shop };
  expect(await build('many', 'js', { ...files, 'src/run.js': 'export function runAll() {}\n' })).toBe('0');
  const wrong = { 'src/run.js': 'export function run() {}\n', 'src/shop.js': shop.replace('addItem', 'additem') };
  writeFiles(join(folder.path, 'many'), wrong);
  const { err } = await loop('component', 'build', join(folder.path, 'many'));
  expect(err).toContain(
    'its world exports shop.Cart.prototype.addItem, and the module has no such function: did you mean "additem"?',
  );
  expect(err).toContain('its world exports runAll, and the module has no such function');
});

test('what is missing is told once, and nothing of what would be in it', async () => {
  const source = 'export const shop = { totalPrice: () => 1 };\nexport function runAll() {}\n';
  const err = await build('classless', 'js', {
    'wit/world.wit': WIT.replace('world many', 'world classless'),
    'src/component.js': source,
  });
  expect(err).toContain('its world exports shop.Cart, and the module has no such class\n   at ');
  expect(err.match(/its world exports/g)).toHaveLength(1);
});

test('a function that is async does not build, since its result would be a promise', async () => {
  const source = 'export async function greet(name) {\n  return name;\n}\n';
  expect(await build('is-async', 'js', { 'src/component.js': source })).toContain(
    'error[E_BUILD_FAILED]: cannot build "TMP/is-async/src/component.js": loop: its world exports greet, and that of the module is async: ',
  );
});

test('a world that the WIT does not have is told by the setting that names it, with those that are there', async () => {
  const settings = { version: 1, name: 'worldless', template: 'wat', world: 'other', source: 'src/component.wat' };
  expect(await build('worldless', 'wat', { 'loop.json': JSON.stringify(settings) })).toContain(
    'error[E_PROJECT_INVALID]: cannot build what "TMP/worldless/loop.json" describes: "world" is "other", and the worlds of TMP/worldless/wit are: "worldless"\n',
  );
});

test('a build never writes over a file that is no component', async () => {
  const dir = join(folder.path, 'kept');
  await loop('component', 'new', 'kept', '--template', 'wat', '--dir', dir);
  const source = join(dir, 'src/component.wat');
  const before = readFileSync(source, 'utf8');
  const { err, code } = await loop('component', 'build', dir, '-o', source);
  expect(err).toContain(
    `error[E_USAGE]: cannot use --out "${source}": it is there, is no component, and would be lost`,
  );
  expect({ code, source: readFileSync(source, 'utf8') }).toEqual({ code: 2, source: before });
  const out = join(dir, 'out.wasm');
  for (let i = 0; i < 2; i++) expect((await loop('component', 'build', dir, '-o', out)).code).toBe(0);
});

test('a file of the project that cannot be used is told in words, and named', async () => {
  const dir = join(folder.path, 'circular');
  await loop('component', 'new', 'circular', '--template', 'ts', '--dir', dir);
  const file = join(dir, 'wit/deps.wit');
  symlinkSync(file, file);
  const read = await loop('component', 'build', dir);
  expect(read.err).toContain(`error[E_FILE]: cannot read "${file}": its links lead in a circle\n`);
  unlinkSync(file);
  writeFileSync(join(dir, 'build'), 'no folder');
  const write = await loop('component', 'build', dir);
  expect(write.err).toContain(
    `error[E_FILE]: cannot write "${join(dir, 'build/source/src')}": a part of its path is a file`,
  );
});

describe('a mistake is told with its line', () => {
  const world = (line: string): Record<string, string> => ({
    'wit/a.wit': 'package local:app@0.1.0;\ninterface fine { f: func(); }\n',
    'wit/world.wit': `// A world.\nworld app {\n  ${line}\n}\n`,
  });
  test.each([
    ['export greet: func(name: strng) -> string;', 'world.wit": jco-transpile: line 3: name `strng` does not exist'],
    ['export greet: func(name: string) -> string', "world.wit\": jco-transpile: line 4: expected ';', found '}'"],
    ['import other:pkg/api@1.0.0;', "world.wit\": jco-transpile: line 3: package 'other:pkg@1.0.0' not found"],
  ])('in WIT: %s', async (line, said) => {
    const dir = join(folder.path, `wit-${said.length}`);
    await loop('component', 'new', 'app', '--template', 'wat', '--dir', dir);
    writeFiles(dir, world(line));
    expect((await loop('component', 'build', dir)).err).toContain(said);
  });

  test('in TypeScript', async () => {
    expect(await build('ts-syntax', 'ts', { 'src/component.ts': 'let a: number = 1;\nconst b = ;\n' })).toContain(
      'src/component.ts": Node: Expression expected, at 2:11\n  const b = ;\n',
    );
  });
});

test('where npm would not find loop, a new project is told to install the one that runs', async () => {
  vi.stubEnv('PATH', '/nowhere');
  const { out } = await loop('component', 'new', 'alone', '-t', 'js', '--dir', join(folder.path, 'alone'));
  vi.unstubAllEnvs();
  expect(out).toContain(`\n  npm install --save-dev ${join(ROOT, 'packages/cli')}\n  npm test\n`);
});
