// `npm run check:errors`: every error code has one maker with a doc comment, a row in docs/errors.md and a test.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorEntry, errorCatalogue, mergedByCode } from './house/error-catalogue.ts';
import { ERROR_DOCS, renderErrorDocs } from './house/error-docs.ts';
import { report } from './house/report.ts';
import { filesBelow, packages, ROOT } from './house/workspace.ts';

/** Broken promises of ours come from `invariant` and `assertNever` alike. */
const MANY_MAKERS: readonly string[] = ['E_BUG'];

function undocumented(entries: readonly ErrorEntry[]): string[] {
  return entries
    .filter(({ when }) => !when)
    .map(({ code, at }) => `${at}: ${code} has no doc comment; write above its function when it happens`);
}

function repeated(entries: readonly ErrorEntry[]): string[] {
  return entries
    .filter(
      (entry, i) => entries.findIndex(({ code }) => code === entry.code) !== i && !MANY_MAKERS.includes(entry.code),
    )
    .map(({ code, at }) => `${at}: ${code} is made in a second place; one function per code, so that it has one text`);
}

function outdatedDocs(entries: readonly ErrorEntry[]): string[] {
  const docs = existsSync(ERROR_DOCS) ? readFileSync(ERROR_DOCS, 'utf8') : '';
  if (docs === renderErrorDocs(entries)) return [];
  const missing = entries.filter(({ code }) => !docs.includes(`\`${code}\``)).map(({ code }) => code);
  const what = missing.length > 0 ? `lacks ${missing.join(', ')}` : 'differs from the doc comments';
  return [`docs/errors.md ${what}; run \`npm run docs:errors\``];
}

/** The texts of all tests, and the first lines of badly behaved guests: those name the code that a test expects of them. */
function testTexts(): string[] {
  const folders = [...packages().map(({ dir }) => join(dir, 'test')), join(ROOT, 'e2e')];
  const tests = folders.flatMap((dir) => filesBelow(dir, ['.ts', '.out'])).map((path) => readFileSync(path, 'utf8'));
  const guests = filesBelow(join(ROOT, 'guests/hostile'), ['.wat']).map(
    (path) => readFileSync(path, 'utf8').split('\n', 1)[0] ?? '',
  );
  return [...tests, ...guests];
}

function untested(entries: readonly ErrorEntry[]): string[] {
  const mentioned = new Set(testTexts().flatMap((text) => text.match(/\bE_[A-Z0-9_]+\b/g) ?? []));
  return entries
    .filter(({ code }) => !mentioned.has(code))
    .map(({ code, at }) => `${at}: no test mentions ${code}; add one that provokes it`);
}

const makers = errorCatalogue();
const entries = mergedByCode(makers);
report('errors', `${entries.length} codes, each with a doc comment, a row in docs/errors.md and a test`, [
  ...undocumented(entries),
  ...repeated(makers),
  ...outdatedDocs(entries),
  ...untested(entries),
]);
