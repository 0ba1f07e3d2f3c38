import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryBackend } from '@loophost/capabilities/guest';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linuxBackend } from '../src/files/linux.ts';
import { portableBackend } from '../src/files/portable.ts';
import { outcome, TestFiles } from './file-part.ts';

const name = fc.constantFrom('a', 'b', 'c', '.', '..');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const target = fc.oneof(path, fc.constantFrom('/a', '../a', 'a/../../b'));

type Step = (files: TestFiles) => unknown;
const step: fc.Arbitrary<{ toString(): string; run: Step }> = fc
  .oneof(
    fc.record({
      verb: fc.constantFrom('mkdir', 'rmdir', 'unlink', 'read', 'list', 'stat', 'lstat', 'readlink'),
      a: path,
      b: fc.constant(''),
    }),
    fc.record({ verb: fc.constantFrom('write', 'write-through'), a: path, b: fc.string({ maxLength: 5 }) }),
    fc.record({ verb: fc.constantFrom('rename', 'link'), a: path, b: path }),
    fc.record({ verb: fc.constant('symlink'), a: target, b: path }),
  )
  .map(({ verb, a, b }) => ({ toString: () => `${verb} ${a} ${b}`, run: (files) => RUN[verb]?.(files, a, b) }));

const RUN: Readonly<Record<string, (files: TestFiles, a: string, b: string) => unknown>> = {
  mkdir: ({ root }, a) => root.createDirectoryAt(a),
  rmdir: ({ root }, a) => root.removeDirectoryAt(a),
  unlink: ({ root }, a) => root.unlinkFileAt(a),
  read: (files, a) => files.text(a),
  list: (files, a) => {
    using directory = files.open(a, 'fdr');
    return files.names(directory);
  },
  stat: ({ root }, a) => root.statAt({ symlinkFollow: true }, a)['type'],
  lstat: ({ root }, a) => root.statAt({ symlinkFollow: false }, a)['type'],
  readlink: ({ root }, a) => root.readlinkAt(a),
  write: (files, a, b) => files.write(a, b),
  'write-through': (files, a, b) => {
    using file = files.open(a, 'fcw');
    return file.write(new TextEncoder().encode(b), 1n);
  },
  rename: ({ root }, a, b) => root.renameAt(a, root, b),
  link: ({ root }, a, b) => root.linkAt({ symlinkFollow: false }, a, root, b),
  symlink: ({ root }, a, b) => root.symlinkAt(a, b),
};

/** Everything below the root, with contents. */
function tree(files: TestFiles, directory: TestFiles['root'] = files.root, at: string = ''): unknown {
  return files.names(directory).map((entry) => {
    const [type, one] = entry.split(' ');
    const below = `${at}${one}`;
    if (type === 'regular-file') return [below, files.text(below)];
    if (type === 'symbolic-link') return [below, '->', files.root.readlinkAt(below)];
    using next = files.open(below, 'dr');
    return [below, tree(files, next, `${below}/`)];
  });
}

test.each(['memory', 'portable'])('the backend %s does what the one for Linux does', (other) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const folders = ['one', 'two'].map(() => realpathSync(mkdtempSync(join(tmpdir(), 'loophost-alike-'))));
      const [one = '', two = ''] = folders;
      try {
        using linux = new TestFiles(linuxBackend(), one);
        using same =
          other === 'memory'
            ? new TestFiles(memoryBackend({ tree: {} }), 'tree')
            : new TestFiles(portableBackend(), two);
        for (const { run } of steps) expect(outcome(() => run(same))).toEqual(outcome(() => run(linux)));
        expect(tree(same)).toEqual(tree(linux));
        expect(same.decisions).toEqual(linux.decisions);
      } finally {
        for (const folder of folders) rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: 300 },
  );
});
