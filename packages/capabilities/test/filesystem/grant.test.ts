import { describe, expect, test } from 'vitest';
import { parseGrant } from '../../src/filesystem/grant.ts';

test('a grant gives directories, to read unless it says otherwise', () => {
  expect(parseGrant(undefined)).toEqual({ mounts: [], maxOpenFiles: 128 });
  expect(parseGrant([]).mounts).toEqual([]);
  expect(
    parseGrant([
      { host: './x', guest: '//data//deep/' },
      { host: '/y', guest: '.', mode: 'rw' },
      { host: '/', guest: '/' },
    ]).mounts,
  ).toEqual([
    { host: './x', guest: '/data/deep', mode: 'ro' },
    { host: '/y', guest: '.', mode: 'rw' },
    { host: '/', guest: '/', mode: 'ro' },
  ]);
});

test('a grant says how much may be open at once', () => {
  const directories = [{ host: 'x', guest: '/x' }];
  expect(parseGrant({ directories, maxOpenFiles: 5 })).toEqual({
    mounts: [{ host: 'x', guest: '/x', mode: 'ro' }],
    maxOpenFiles: 5,
  });
});

describe('a grant is refused', () => {
  test.each([
    ['that is no list', { host: 'x', guest: '/x' }, 'it has no field "host"'],
    ['that is true', true, 'it is a boolean, not a record'],
    ['without directories', { maxOpenFiles: 5 }, 'it has no list of directories'],
    ['with a bound that is none', { directories: [], maxOpenFiles: 0 }, 'its maxOpenFiles is 0'],
    ['with a hole in its list', new Array(1), 'its [0] is nothing, not a record'],
    ['of a text', ['./data'], 'its [0] is a text, not a record'],
    ['with a field that is not known', [{ host: 'x', gest: '/x' }], 'it has no field "[0].gest"'],
    ['without a host', [{ guest: '/x' }], 'its [0].host names no directory'],
    ['with an empty host', [{ host: '', guest: '/x' }], 'its [0].host names no directory'],
    ['with a zero byte in its host', [{ host: 'a\0b', guest: '/x' }], 'its [0].host names no directory'],
    ['without a guest path', [{ host: 'x' }], 'its [0].guest is no absolute path'],
    ['with a relative guest path', [{ host: 'x', guest: 'data' }], 'its [0].guest is no absolute path'],
    ['with .. in its guest path', [{ host: 'x', guest: '/a/../b' }], 'its [0].guest is no absolute path'],
    ['with a guest path of slashes', [{ host: 'x', guest: '//' }], 'its [0].guest is no absolute path'],
    ['with a line break in its guest path', [{ host: 'x', guest: '/a\nb' }], 'its [0].guest is no absolute path'],
    ['with a mode that does not exist', [{ host: 'x', guest: '/x', mode: 'wo' }], 'its [0].mode is a text'],
    [
      'with two directories at one path',
      [
        { host: 'x', guest: '/x' },
        { host: 'y', guest: '//x/' },
      ],
      `two directories for the guest's "/x"`,
    ],
    [
      'with too many directories',
      Array.from({ length: 65 }, (_, i) => ({ host: 'x', guest: `/${i}` })),
      'the limit is 64',
    ],
  ])('%s', (_, grant, why) => {
    expect(() => parseGrant(grant)).toThrow(
      expect.objectContaining({
        code: 'E_GRANT_INVALID',
        message: expect.stringContaining(why),
        fix: expect.any(String),
      }),
    );
  });

  test('and the nearest name of a field is told', () => {
    expect(() => parseGrant([{ host: 'x', gest: '/x' }])).toThrow(
      expect.objectContaining({ fix: 'did you mean "guest"?' }),
    );
  });
});
