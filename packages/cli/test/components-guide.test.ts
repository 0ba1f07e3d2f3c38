// docs/components.md: its commands run as they stand there, and print what stands below them.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { installLine } from '../src/project/npm-tools.ts';
import { CLANG, RUSTC } from '../src/project/toolchains.ts';
import { TemporaryFolder } from './support/files.ts';
import { ROOT } from './support/loop.ts';
import { installLoop, runIn } from './support/project.ts';

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const bin = installLoop(folder.path);
const GUIDE = readFileSync(join(ROOT, 'docs/components.md'), 'utf8');

function blocksOf(kind: string): string[] {
  return [...GUIDE.matchAll(new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);
}

test('every command of the guide prints what the guide says, in order', { timeout: 60_000 }, () => {
  const commands = blocksOf('console').flatMap((text) => text.split(/^(?=\$ )/m));
  expect(commands.length).toBeGreaterThan(8);
  for (const text of commands) {
    const [line = '', ...printed] = text.split('\n');
    const ended = runIn(folder.path, bin, 'sh', '-c', line.slice(2));
    expect(`${line}\n${ended.text.replace(/[\d,]+ bytes/, '… bytes')}`).toBe([line, ...printed].join('\n'));
  }
});

test('the sources of the guide are those of the templates', () => {
  for (const [template, kind] of [
    ['js', 'js src/component.js'],
    ['ts', 'ts src/component.ts'],
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

test.skipIf(!(await CLANG.find()) || !(await RUSTC.find()))(
  'the compilers of C and Rust build what the guide makes',
  () => {
    mkdirSync(join(folder.path, 'native'));
    for (const line of blocksOf('sh').join('').trim().split('\n'))
      expect(runIn(join(folder.path, 'native'), bin, 'sh', '-c', line)).toMatchObject({ code: 0 });
  },
);
