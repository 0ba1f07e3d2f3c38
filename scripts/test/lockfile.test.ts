import { expect, test } from 'vitest';
import { gapsOf, type Lockfile, withoutGaps } from '../house/lockfile.ts';

const lock: Lockfile = {
  packages: {
    '': {},
    'node_modules/a': {
      version: '2.0.0',
      optionalDependencies: { '@a/linux-x64-gnu': '2.0.0', '@a/win32-arm64-msvc': '2.0.0' },
    },
    'node_modules/@a/linux-x64-gnu': { version: '2.0.0' },
    'node_modules/b': { version: '1.0.0', dev: true },
    'node_modules/b/node_modules/a': {
      version: '1.0.0',
      dev: true,
      optionalDependencies: { '@a/linux-x64-gnu': '1.0.0' },
    },
  },
};

test('an optional dependency without an entry of its version is a gap', () => {
  expect(gapsOf(lock)).toEqual([
    { parent: 'node_modules/a', name: '@a/win32-arm64-msvc', version: '2.0.0' },
    { parent: 'node_modules/b/node_modules/a', name: '@a/linux-x64-gnu', version: '1.0.0' },
  ]);
});

test('a gap is filled with version and platform, beside its parent where the top is taken', () => {
  const { packages } = withoutGaps(lock);
  expect(packages['node_modules/@a/win32-arm64-msvc']).toEqual({
    version: '2.0.0',
    cpu: ['arm64'],
    optional: true,
    os: ['win32'],
  });
  expect(packages['node_modules/b/node_modules/a/node_modules/@a/linux-x64-gnu']).toEqual({
    version: '1.0.0',
    cpu: ['x64'],
    dev: true,
    libc: ['glibc'],
    optional: true,
    os: ['linux'],
  });
  expect(gapsOf({ packages })).toEqual([]);
});
