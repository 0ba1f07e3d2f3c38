import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type ErrorEntry, errorCatalogue, mergedByCode } from '../house/error-catalogue.ts';
import { renderErrorDocs } from '../house/error-docs.ts';

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

/** The catalogue of a repository with one package and one source file. */
function catalogueOf(source: string): ErrorEntry[] {
  const root = mkdtempSync(join(tmpdir(), 'loophost-errors-'));
  roots.push(root);
  mkdirSync(join(root, 'packages/host/src'), { recursive: true });
  writeFileSync(join(root, 'packages/host/package.json'), '{ "name": "@loophost/host" }');
  writeFileSync(join(root, 'packages/host/src/errors.ts'), source);
  return errorCatalogue(root);
}

test('a function that makes an error is read with its doc comment, fault and fix', () => {
  const entries = catalogueOf(`
    /** A grant names
     *  no capability. */
    export function grantUnknown(name: string): LoopError<'E_GRANT_UNKNOWN'> {
      return new LoopError('E_GRANT_UNKNOWN', { fault: 'user', message: 'm', fix: \`remove "\${name}" from grants\` });
    }`);
  expect(entries).toEqual([
    {
      code: 'E_GRANT_UNKNOWN',
      room: 'host',
      at: 'packages/host/src/errors.ts:5',
      when: 'A grant names no capability.',
      fault: 'user',
      fix: 'remove "…" from grants',
    },
  ]);
});

test('a table of traps gives one entry for each row', () => {
  const entries = catalogueOf(`
    export const TRAPS = {
      /** The guest stopped. */
      E_TRAP_CORE: 'core trap',
    } as const;`);
  expect(entries).toMatchObject([{ code: 'E_TRAP_CORE', when: 'The guest stopped.', fault: 'guest' }]);
});

test('an error that is printed as text is read with its doc comment and fix', () => {
  const entries = catalogueOf(`
    /** The program cannot start. */
    function cannotStart(why: string): string {
      return \`error[E_CANNOT_START]: cannot start: \${why}\\n  fix: start another\\n\`;
    }`);
  expect(entries).toMatchObject([
    { code: 'E_CANNOT_START', when: 'The program cannot start.', fault: 'user', fix: 'start another' },
  ]);
});

test('the comment of another declaration is not taken', () => {
  const entries = catalogueOf(`
    /** Something else. */
    const a = 1;
    export const made = () => new LoopError('E_A_B', { fault: 'host', message: 'm' });`);
  expect(entries).toMatchObject([{ code: 'E_A_B', when: undefined }]);
});

test('of several makers of a code, the page shows the documented one', () => {
  const entries = catalogueOf(`
    export const made = () => new LoopError('E_A_B', { fault: 'host', message: 'm' });
    /** A | B. */
    export function documented() { return new LoopError('E_A_B', { fault: 'host', message: 'm' }); }`);
  expect(entries).toHaveLength(2);
  expect(renderErrorDocs(mergedByCode(entries))).toContain('| `E_A_B` | host | A \\| B. |  |');
});
