// docs/components.md: its commands run as they stand there, and print what stands below them.
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { installLine } from '../src/project/npm-tools.ts';
import { CLANG, RUSTC } from '../src/project/toolchains.ts';
import { TemporaryFolder } from './support/files.ts';
import { ROOT } from './support/loop.ts';
import { installLoop, runIn, writeFiles } from './support/project.ts';

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const bin = installLoop(folder.path);
// The tools are those of this repository: nothing is to be installed.
writeFiles(bin, { npm: '#!/bin/sh\n' });
chmodSync(join(bin, 'npm'), 0o755);
const GUIDE = readFileSync(join(ROOT, 'docs/components.md'), 'utf8');

function blocksOf(kind: string): string[] {
  return [...GUIDE.matchAll(new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);
}

/** Enters the commands of the guide's blocks of one kind, and holds what they print against what stands below them. */
function expectCommands(kind: string, dir: string, skipped = 0): void {
  const commands = blocksOf(kind).flatMap((text) => text.split(/^(?=\$ )/m));
  expect(commands.length).toBeGreaterThan(2);
  for (const text of commands.slice(skipped)) {
    const [line = '', ...printed] = text.split('\n');
    const ended = runIn(dir, bin, 'sh', '-c', line.slice(2));
    const shown = ended.text.replace(/[\d,]+ bytes/, '… bytes').replace(/(clang|rustc) [\d.]+/, '$1 …');
    expect(`${line}\n${shown}`).toBe([line, ...printed].join('\n'));
  }
}

test('every command of the guide prints what the guide says, in order', { timeout: 60_000 }, () => {
  expectCommands('console', folder.path);
});

/** Makes the project that the guide has with the world of orders, in a folder. */
function makeOrders(template: string, dir: string): void {
  runIn(folder.path, bin, 'loop', 'component', 'new', 'orders', '--template', template, '--dir', dir);
  const [world = '', logging = ''] = ['wit wit/world.wit', 'wit wit/deps/logging.wit'].map((kind) =>
    blocksOf(kind).join(''),
  );
  writeFiles(join(folder.path, dir), { 'wit/world.wit': world, 'wit/deps/logging.wit': logging });
}

test('the example with a record, a result and an import works in JavaScript', () => {
  makeOrders('js', 'orders');
  writeFiles(folder.path, { 'orders/src/component.js': blocksOf('js orders/src/component.js').join('') });
  expectCommands('console orders', folder.path);
});

test('the sources of the guide are those of the templates', () => {
  for (const [template, kind] of [
    ['js', 'js src/component.js'],
    ['ts', 'ts src/component.ts'],
    ['wat', 'wat src/component.wat'],
  ] as const) {
    runIn(
      folder.path,
      bin,
      'loop',
      'component',
      'new',
      'greeter',
      '--template',
      template,
      '--dir',
      `source-${template}`,
    );
    const file = join(folder.path, `source-${template}`, `src/component.${template}`);
    expect(blocksOf(kind)).toEqual([readFileSync(file, 'utf8')]);
  }
  expect(blocksOf('wit')).toEqual([readFileSync(join(folder.path, 'source-js/wit/world.wit'), 'utf8')]);
});

test('the guide installs StarlingMonkey as the error for its lack does', () => {
  expect(GUIDE).toContain(`\`${installLine('@bytecodealliance/componentize-js')}\``);
});

test.skipIf(!(await CLANG.find()) || !(await RUSTC.find())).each([
  ['c', 'src/component.c'],
  ['rust', 'src/component.rs'],
])('the example works in %s', (template, source) => {
  const kind = `console ${template}`;
  // The first command makes the project; its files are those of the guide.
  const [first = ''] = blocksOf(kind);
  const dir = /--dir (\S+)/.exec(first)?.[1] ?? '';
  makeOrders(template, dir);
  writeFiles(join(folder.path, dir), { [source]: blocksOf(`${template} ${source}`).join('') });
  expectCommands(kind, folder.path, 1);
});
