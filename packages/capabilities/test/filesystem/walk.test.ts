import { describe, expect, test } from 'vitest';
import { type BackendDirectory, FileFailure } from '../../src/filesystem/backend.ts';
import { checkLinkTarget, Walk } from '../../src/filesystem/walk.ts';

/** Directories that hold any others and the links that are given, and tell of each step. */
class Maze {
  readonly steps: string[] = [];
  private readonly links: Readonly<Record<string, string>>;
  open = 0;

  constructor(links: Readonly<Record<string, string>> = {}) {
    this.links = links;
  }

  directory(at: string = ''): BackendDirectory {
    const directory: Partial<BackendDirectory> = {
      kind: 'directory',
      enter: (name) => {
        const path = `${at}/${name}`;
        this.steps.push(path);
        const target = this.links[path];
        if (target !== undefined) return target;
        if (name === 'none') throw new FileFailure('no-entry');
        this.open++;
        return this.directory(path);
      },
      close: () => void this.open--,
    };
    return directory as BackendDirectory;
  }
}

function walked(path: string, links?: Readonly<Record<string, string>>): unknown {
  const maze = new Maze(links);
  try {
    using walk = new Walk(maze.directory(), path);
    return [walk.name, ...maze.steps];
  } catch (thrown) {
    if (!(thrown instanceof FileFailure)) throw thrown;
    return [thrown.code, thrown.trespass];
  } finally {
    expect(maze.open).toBe(0);
  }
}

describe('a walk', () => {
  test.each([
    ['a', ['a']],
    ['a/b/c', ['c', '/a', '/a/b']],
    ['./a//b/', ['b', '/a']],
    ['a/..', [undefined, '/a']],
    ['.', [undefined]],
    ['a/b/../../c', ['c', '/a', '/a/b']],
    ['a/../a/../a', ['a', '/a', '/a']],
  ])('to %s opens one directory at a time', (path, expected) => {
    expect(walked(path)).toEqual(expected);
  });

  test.each(['..', 'a/../..', '/a', '/', './..', 'a/b/../../../c', '../a', 'a/..//..'])(
    'to %s leaves, and is refused',
    (path) => {
      expect(walked(path)).toEqual(['not-permitted', 'outside']);
    },
  );

  test.each([
    ['', 'no-entry'],
    ['a\0b', 'invalid'],
    [`${'x'.repeat(256)}/a`, 'name-too-long'],
    ['x/'.repeat(2049), 'name-too-long'],
    ['x/'.repeat(300), 'name-too-long'],
    ['none/a', 'no-entry'],
  ])('to %j fails', (path, code) => {
    expect(walked(path)).toEqual([code, undefined]);
  });

  test('reads links on its way, from the directory that they are in', () => {
    expect(walked('a/link/b', { '/a/link': 'c/d' })).toEqual(['b', '/a', '/a/link', '/a/c', '/a/c/d']);
    expect(walked('a/link/b', { '/a/link': '../c' })).toEqual(['b', '/a', '/a/link', '/c']);
    expect(walked('a/link/b', { '/a/link': '../../c' })).toEqual(['not-permitted', 'outside']);
    expect(walked('link/b', { '/link': '/c' })).toEqual(['not-permitted', 'outside']);
    expect(walked('link/b', { '/link': '' })).toEqual(['no-entry', undefined]);
  });

  test('goes up from where a link leads, not from where it is', () => {
    expect(walked('link/../x', { '/link': 'a/b' })).toEqual(['x', '/link', '/a', '/a/b']);
  });

  test('follows forty links, and not one more', () => {
    const chain = (length: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length }, (_, i) => [`/l${i}`, i === length - 1 ? 'end' : `l${i + 1}`]));
    expect(walked('l0/x', chain(40))).toContain('/end');
    expect(walked('l0/x', chain(41))).toEqual(['loop', undefined]);
    expect(walked('l/x', { '/l': 'l' })).toEqual(['loop', undefined]);
  });

  test('follows its last name when it is told that it is a link', () => {
    const maze = new Maze();
    using walk = new Walk(maze.directory(), 'a/link');
    walk.follow('b/c/');
    expect([walk.name, walk.mustBeDirectory]).toEqual(['c', true]);
    expect(() => walk.follow('../../../d')).toThrow(FileFailure);
  });
});

test.each([
  ['x', true],
  ['a/./b/', true],
  ['..x/x..', true],
  ['../x', false],
  ['a/../x', false],
  ['a/b/..', false],
  ['/x', false],
])('a link to %s may be made: %s', (target, isAllowed) => {
  const make = (): void => checkLinkTarget(target);
  if (isAllowed) expect(make).not.toThrow();
  else expect(make).toThrow(expect.objectContaining({ code: 'not-permitted', trespass: 'outside' }));
});
