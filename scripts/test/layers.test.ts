import { join } from 'node:path';
import { expect, test } from 'vitest';
import { forbidden, type Place, unranked } from '../house/layers.ts';

function place(room: string, file: string, area = 'packages'): Place {
  const dir = join('/repo', area, room);
  return { owner: { area, room, dir }, path: join(dir, file) };
}

test('a package imports lower ranks and refuses higher ones', () => {
  expect(forbidden(place('host', 'src/link.ts'), '@loophost/component')).toBeUndefined();
  expect(forbidden(place('component', 'src/link.ts'), '@loophost/host')).toBe(
    'component has rank 0 and host rank 1; imports go to lower ranks only',
  );
});

test('packages of one rank never import each other, apart from tests', () => {
  expect(forbidden(place('packets', 'src/start.ts'), '@loophost/node')).toContain('share a port in host');
  expect(forbidden(place('packets', 'test/start.test.ts'), '@loophost/node')).toBeUndefined();
});

test('apps import every package, and no package imports the command line', () => {
  expect(forbidden(place('extension', 'src/main.ts', 'apps'), '@loophost/pack')).toBeUndefined();
  expect(forbidden(place('extension', 'src/main.ts', 'apps'), '@loophost/cli')).toContain('rank 5');
});

test('testing is imported by tests only', () => {
  expect(forbidden(place('host', 'src/link.ts'), '@loophost/testing')).toContain('no src imports it');
  expect(forbidden(place('host', 'test/link.test.ts'), '@loophost/testing')).toBeUndefined();
});

test("Node's modules are for node, pack, cli and tests", () => {
  for (const room of ['node', 'pack', 'cli']) expect(forbidden(place(room, 'src/a.ts'), 'node:fs')).toBeUndefined();
  for (const specifier of ['node:fs', 'fs/promises']) {
    expect(forbidden(place('host', 'src/a.ts'), specifier)).toContain("Node's modules");
  }
  expect(forbidden(place('component', 'test/a.test.ts'), 'node:fs')).toBeUndefined();
});

test('a package is entered by its exports, never by a path', () => {
  expect(forbidden(place('host', 'src/a.ts'), '@loophost/component/text')).toBeUndefined();
  expect(forbidden(place('host', 'src/a.ts'), '@loophost/component/src/plan.ts')).toContain('by its exports');
  expect(forbidden(place('host', 'src/a.ts'), '../../component/src/plan.ts')).toContain('leaves the package');
});

test('shipped sources import neither tests nor, in the engine, a dependency', () => {
  expect(forbidden(place('host', 'src/a.ts'), '../test/support/wat.ts')).toContain('outside of it');
  expect(forbidden(place('host', 'src/link/a.ts'), '../plan.ts')).toBeUndefined();
  expect(forbidden(place('component', 'src/a.ts'), 'zod')).toContain('no dependencies');
  expect(forbidden(place('component', 'test/a.test.ts'), 'vitest')).toBeUndefined();
});

test('a package without a rank is named', () => {
  expect(unranked({ area: 'packages', room: 'misc' })).toContain('packages/misc has no rank');
  expect(unranked({ area: 'packages', room: 'host' })).toBeUndefined();
  expect(unranked({ area: 'apps', room: 'extension' })).toBeUndefined();
});
