import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compileCacheFolder, makeFolder } from '../src/compile-cache.ts';

describe('compiled code is kept', () => {
  it.each([
    ['linux', { HOME: '/home/ada' }, '/home/ada/.cache/loophost'],
    ['linux', { HOME: '/home/ada', XDG_CACHE_HOME: '/caches' }, '/caches/loophost'],
    ['linux', { HOME: '/home/ada', XDG_CACHE_HOME: '' }, '/home/ada/.cache/loophost'],
    ['linux', { HOME: '/home/ada', XDG_CACHE_HOME: 'caches' }, '/home/ada/.cache/loophost'],
    ['darwin', { HOME: '/Users/ada', XDG_CACHE_HOME: '/caches' }, '/Users/ada/Library/Caches/loophost'],
    ['win32', { LOCALAPPDATA: '/local', HOME: '/home/ada' }, '/local/loophost'],
  ] as const)('on %s in the caches of the user, given %o', (platform, env, folder) => {
    expect(compileCacheFolder(env, platform)).toBe(folder);
  });

  it.each([{}, { HOME: '' }, { HOME: 'ada', XDG_CACHE_HOME: 'caches', LOCALAPPDATA: 'local' }])(
    'nowhere when the user has no such folder: %o',
    (env) => {
      for (const platform of ['linux', 'darwin', 'win32'] as const)
        expect(compileCacheFolder(env, platform)).toBeUndefined();
    },
  );
});

describe('the folder of compiled code', () => {
  const home = mkdtempSync(join(tmpdir(), 'loop-home-'));
  afterAll(() => rmSync(home, { recursive: true }));

  it('is made for its user alone, with that of caches', () => {
    const folder = join(home, '.cache/loophost');
    expect(makeFolder(folder)).toBe(true);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(makeFolder(folder)).toBe(true);
  });

  it('is not made where there is no home, nor where nothing can be made', () => {
    expect(makeFolder(join(home, 'nobody/.cache/loophost'))).toBe(false);
    expect(existsSync(join(home, 'nobody'))).toBe(false);
    writeFileSync(join(home, 'file'), '');
    expect(makeFolder(join(home, 'file/loophost'))).toBe(false);
    expect(makeFolder('/proc/.cache/loophost')).toBe(false);
  });
});
