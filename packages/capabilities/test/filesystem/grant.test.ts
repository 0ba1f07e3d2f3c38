import { describe, expect, test } from 'vitest';
import { parseMounts } from '../../src/filesystem/grant.ts';

test('a grant gives directories, to read unless it says otherwise', () => {
  expect(parseMounts(undefined)).toEqual([]);
  expect(parseMounts([])).toEqual([]);
  expect(
    parseMounts([
      { host: './x', guest: '/data/' },
      { host: '/y', guest: '.', mode: 'rw' },
      { host: '/', guest: '/' },
    ]),
  ).toEqual([
    { host: './x', guest: '/data', mode: 'ro' },
    { host: '/y', guest: '.', mode: 'rw' },
    { host: '/', guest: '/', mode: 'ro' },
  ]);
});

describe('a grant is refused', () => {
  test.each([
    ['that is no list', { host: 'x', guest: '/x' }, 'it is not a list of directories'],
    ['that is true', true, 'it is not a list of directories'],
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
        { host: 'y', guest: '/x/' },
      ],
      `two directories for the guest's "/x"`,
    ],
    [
      'with too many directories',
      Array.from({ length: 65 }, (_, i) => ({ host: 'x', guest: `/${i}` })),
      'the limit is 64',
    ],
  ])('%s', (_, grant, why) => {
    expect(() => parseMounts(grant)).toThrow(
      expect.objectContaining({
        code: 'E_GRANT_INVALID',
        message: expect.stringContaining(why),
        fix: expect.any(String),
      }),
    );
  });

  test('and the nearest name of a field is told', () => {
    expect(() => parseMounts([{ host: 'x', gest: '/x' }])).toThrow(
      expect.objectContaining({ fix: 'did you mean "guest"?' }),
    );
  });
});
