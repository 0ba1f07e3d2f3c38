// What options name that cannot be given: told before anything runs, all at once, with how it is probably meant.
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { placeWrong } from '../src/places.ts';
import { TemporaryFolder } from './support/files.ts';
import { loop, spawnLoop } from './support/loop.ts';

const FILES = 'guests/file-user/file-user.wasm';
const HTTP = 'guests/http-client/http-client.wasm';
const KV = 'guests/kv-user/kv-user.wasm';

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

/** What `loop inspect` says against options: the values, why not, and what to write. */
async function refusals(file: string, ...options: readonly string[]): Promise<string[]> {
  const { out, err, code } = await loop('inspect', file, ...options);
  expect({ out, code }).toEqual({ out: '', code: 2 });
  return [...err.matchAll(/cannot use (.*)\n.*\n {2}fix: (.*)/g)].map(([, what, fix]) => `${what}; ${fix}`);
}

describe('--dir', () => {
  test.each([
    ['data:/x', 'two colons are before what the guest calls it; write it as --dir data::/x'],
    ['data:/x:ro', 'two colons are before what the guest calls it; write it as --dir data::/x:ro'],
    ['data:RO', 'a mode is "ro" or "rw"; write it as --dir data:ro'],
    ['data::/x:', 'it ends with a colon; write it as --dir data::/x'],
    ['data:', 'it ends with a colon; write it as --dir data'],
    ['data::/x:ro:ro', 'its mode is given twice; write it as --dir data::/x:ro'],
    ['a:b', 'it does not say what the guest calls it; write it as --dir a:b::/data'],
    ['no/such', 'there is no such directory; make it, or check the path'],
    ['package.json', 'it is no directory; give the one that it is in: --dir .'],
    ['a'.repeat(300), 'its name is too long; give one that you may read, or check the path'],
  ])('%s is told how it is probably meant', async (value, why) => {
    expect(await refusals(FILES, '--dir', value)).toEqual([`--dir "${value}": ${why}`]);
  });
});

describe('a place that nobody can look at', () => {
  const circle = join(folder.path, 'circle');
  symlinkSync(circle, circle);
  const long = 'x'.repeat(300);

  test.each([
    ['run --dir', ['run', FILES, '--call', 'f()', '--dir']],
    ['run --audit', ['run', FILES, '--call', 'f()', '--audit']],
    ['inspect --kv', ['inspect', KV, '--kv']],
    ['types --out', ['types', KV, '--out']],
    ['component new --dir', ['component', 'new', 'greeter', '--template', 'js', '--dir']],
    ['doctor', ['doctor']],
  ])('is a wrong command line, in words, of %s', async (_, args) => {
    for (const [place, why] of [
      [`${circle}/x`, 'its links lead in a circle'],
      [`./${long}/x`, 'its name is too long'],
    ] as const) {
      const { err, code } = await loop(...args, place);
      expect(err).toMatch(/^error\[E_USAGE\]: /);
      expect(err).toContain(`: ${why}\n`);
      expect({ hasNodesWords: /\bE[A-Z]{4,}:|\bbug\b|node:/.test(err), code }).toEqual({
        hasNodesWords: false,
        code: 2,
      });
    }
  });

  test('is told in words for each error of the system, whoever is to blame', () => {
    const systems = ['EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG', 'EROFS'].map((code) =>
      Object.assign(new Error(code), { code }),
    );
    const said = systems.map((cause) => placeWrong('out', '/x', cause));
    expect(said.map(({ code }) => code)).toEqual(systems.map(() => 'E_USAGE'));
    expect(said[0]?.message).toBe('cannot use --out "/x": access is denied');
    const full = placeWrong('out', '/x', Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }));
    expect([full.code, full.message]).toEqual(['E_FILE', 'cannot write "/x": the disk is full']);
  });
});

test('--allow-http refuses each value that is no origin, and a slash too many by the origin without it', async () => {
  expect(await refusals(HTTP, '--allow-http', 'https://a.example/', '--allow-http', 'http://b/c')).toEqual([
    '--allow-http "https://a.example/": it has a path or query, and whole origins are granted; write it as --allow-http https://a.example',
    '--allow-http "http://b/c": it has a path or query, and whole origins are granted; write it like "https://api.example.com", "https://*.example.com" or "http://localhost:8080"',
  ]);
});

describe('--kv', () => {
  test.each(['Memory', 'mem', ':memory:', 'memory:x', '=memory', 'a=Memory'])('makes no file of %s', async (value) => {
    expect((await refusals(KV, '--kv', value))[0]).toMatch(/; write it as --kv memory, or --kv \.\/\w+ for a file$/);
  });

  test('refuses a directory, a file of something else, and one that cannot be made, before the start', async () => {
    const garbage = folder.write('garbage.sqlite', 'no database');
    mkdirSync(join(folder.path, 'directory'));
    const places = [join(folder.path, 'directory'), garbage, join(folder.path, 'none/x.sqlite')];
    const said = await refusals(KV, ...places.flatMap((place, i) => ['--kv', `s${i}=${place}`]));
    expect(said.map((text) => text.replace(/;.*/, '').replace(folder.path, ''))).toEqual([
      '--kv "/directory": it is a directory',
      '--kv "/garbage.sqlite": it is no file of SQLite',
      '--kv "/none/x.sqlite": there is no such folder',
    ]);
    const run = await loop('run', KV, '--kv', garbage, '--call', 'get("default", "a")');
    expect({ code: run.code, garbage: readFileSync(garbage, 'utf8') }).toEqual({ code: 2, garbage: 'no database' });
  });
});

describe('a store in a file', () => {
  test('is refused where SQLite cannot read it, and where no file can be', async () => {
    const damaged = folder.write('damaged.sqlite', `SQLite format 3\0${'garbage'.repeat(1000)}`);
    expect(await refusals(KV, '--kv', `a=${damaged}`, '--kv', 'b=/dev/null', '--kv', 'c=/proc/x.db')).toEqual([
      expect.stringContaining('it is no file of SQLite'),
      expect.stringContaining('"/dev/null": it is no file'),
      expect.stringContaining('"/proc/x.db": there is no such folder'),
    ]);
  });

  test('is not made before the component opens it', async () => {
    const file = join(folder.path, 'new.sqlite');
    expect((await loop('inspect', KV, '--kv', file)).code).toBe(0);
    expect(existsSync(file)).toBe(false);
  });
});

describe('loop inspect', () => {
  test('tells how to correct a grant that is wrong, and not to give it', async () => {
    const { out } = await loop('inspect', FILES, '--dir', `${folder.path}::/x`, '--dir', `${folder.path}::/x`);
    expect(out).toMatch(/wasi:filesystem\/types@\S+ +✗ its grant is not valid: give each a path of its own\n/);
  });

  test('tells what "loop run" would refuse under the same options', async () => {
    const { out, code } = await loop('inspect', 'guests/agent/agent.wasm', '--kv', 'memory', '--memory', '1');
    expect(code).toBe(0);
    expect(out).toContain(`"loop run" would refuse it
  cannot use --kv: the component does not import wasi:keyvalue, so it would do nothing
    fix: drop --kv
  the least memory of the core instances in bytes is 1441792, more than the limit of 1
    fix: give it more, if you trust it: --memory 2M
`);
  });
});

test('a command that fails without files is told of the option that gives some', async () => {
  const { out, err, code } = await spawnLoop(['run', 'guests/rust-files/rust-files.wasm', '--', '/data']);
  expect(out).toMatch(/^cannot: /);
  expect(err).toBe('note: it was given no files: --dir gives it a directory\n');
  expect(code).toBe(1);
});
