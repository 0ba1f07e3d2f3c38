// The READMEs' examples, as a reader would use them: copied into a folder, type-checked strictly, run, and their output
// compared with what they promise.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commandsOf, type Example, examplesOf } from '../scripts/house/readme.ts';
import { buildGreeter } from './support/greeter.ts';
import { toolEnv } from '../scripts/house/run.ts';
import { ROOT } from '../scripts/house/workspace.ts';

const FOLDER = join(ROOT, '.work/readme');
const SOURCES = '--conditions=@loophost/source';
const LOOP = join(ROOT, 'packages/cli/src/main.ts');

/** The guests that examples read, beside `greeter.wasm` of the root's README. */
const GUESTS = [
  'agent/agent', 'c-bench/c-bench', 'c-hello/c-hello', 'rust-counter/rust-counter', 'rust-bucket-user/rust-bucket-user',
  'wat-types/wat-types', 'kv-user/kv-user', 'rust-files/rust-files', 'hostile/division-by-zero', 'hostile/memory-bomb', 'hostile/endless-loop',
  'http-client/http-client',
]; // prettier-ignore

const README = ['component', 'host', 'node'].flatMap((room) => examplesOf(join(ROOT, `packages/${room}/README.md`)));
const SCRIPTS = README.filter(({ language }) => language === 'ts');

function write({ name, text }: Example): void {
  writeFileSync(join(FOLDER, name), text);
}

/** Runs a program in the folder and gives what it printed, or why it failed. */
function run(program: string, args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, { cwd: FOLDER, env: toolEnv(), encoding: 'utf8' });
  return status === 0 ? stdout : `${stdout}${stderr}exit ${status}`;
}

/** A text without what differs by build of a guest. */
function blurred(text: string): string {
  return text
    .replace(/sha256:\w+/g, 'sha256:…')
    .replace(/[\d,]+ bytes/g, 'N bytes')
    .replace(/wit-component [\d.]+/g, 'wit-component …')
    .replace(/\+0x[0-9a-f]+/g, '+0x…');
}

/** A folder with the components, their types, and our packages as sources. */
function prepare(): void {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(join(FOLDER, 'node_modules/@bytecodealliance'), { recursive: true });
  const shim = '@bytecodealliance/preview2-shim';
  symlinkSync(join(ROOT, 'node_modules', shim), join(FOLDER, 'node_modules', shim));
  writeFileSync(join(FOLDER, 'package.json'), '{ "type": "module" }\n');
  for (const guest of GUESTS) cpSync(join(ROOT, `guests/${guest}.wasm`), join(FOLDER, `${guest.split('/')[1]}.wasm`));
  buildGreeter(FOLDER);
  for (const name of ['c-bench', 'rust-counter'])
    run('node', [SOURCES, LOOP, 'types', `${name}.wasm`, '--out', `types/${name}`]);
  for (const example of README) write(example);
}

beforeAll(prepare, 60_000);

describe('the READMEs of the packages', () => {
  test('has examples that type-check strictly', () => {
    const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true };
    const target = {
      target: 'es2024',
      lib: ['esnext', 'dom'],
      types: ['node'],
      module: 'nodenext',
      skipLibCheck: true,
    };
    const compilerOptions = {
      ...strict,
      ...target,
      customConditions: ['@loophost/source'],
      allowImportingTsExtensions: true,
    };
    const files = SCRIPTS.map(({ name }) => name);
    writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    expect(run('tsc', ['-p', '.'])).toBe('');
  }, 60_000);

  test.each(SCRIPTS.map((example) => [example.name, example] as const))(
    '%s prints what it promises',
    (name, example) => {
      expect(example.prints).not.toBe('');
      expect(run('node', [SOURCES, name])).toBe(example.prints);
    },
  );
});

describe('the README of @loophost/cli', () => {
  test.each(commandsOf(join(ROOT, 'packages/cli/README.md')).map(({ command, prints }) => [command, prints]))(
    '%s',
    (command, prints) => {
      const local = command.replace(/^npx loop /, `node ${SOURCES} ${LOOP} `);
      const { stdout } = spawnSync('sh', ['-c', `{ ${local}; } 2>&1`], {
        cwd: FOLDER,
        env: toolEnv(),
        encoding: 'utf8',
      });
      expect(blurred(stdout)).toBe(blurred(prints));
    },
  );
});
