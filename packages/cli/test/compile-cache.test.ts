import { describe, expect, it } from 'vitest';
import { compileCacheFolder } from '../src/compile-cache.ts';

describe('compiled code is kept', () => {
  it.each([
    ['linux', { HOME: '/home/ada' }, '/home/ada/.cache/loophost'],
    ['linux', { HOME: '/home/ada', XDG_CACHE_HOME: '/caches' }, '/caches/loophost'],
    ['linux', { HOME: '/home/ada', XDG_CACHE_HOME: '' }, '/home/ada/.cache/loophost'],
    ['darwin', { HOME: '/Users/ada', XDG_CACHE_HOME: '/caches' }, '/Users/ada/Library/Caches/loophost'],
    ['win32', { LOCALAPPDATA: '/local', HOME: '/home/ada' }, '/local/loophost'],
  ] as const)('on %s in the caches of the user, given %o', (platform, env, folder) => {
    expect(compileCacheFolder(env, platform)).toBe(folder);
  });

  it.each(['linux', 'darwin', 'win32'] as const)('nowhere on %s when the user has no folder', (platform) => {
    expect(compileCacheFolder({}, platform)).toBeUndefined();
  });
});
