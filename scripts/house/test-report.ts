import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './workspace.ts';

/** Where `npm test` leaves vitest's JSON report. */
export const TEST_REPORT: string = join(ROOT, 'node_modules/.cache/loophost/tests.json');

/** What we read of vitest's JSON report. */
export interface TestReport {
  readonly success: boolean;
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

/** How many tests passed, failed and were skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The report of the last `npm test`, or nothing if vitest did not get so far. */
export function readTestReport(): TestReport | undefined {
  return existsSync(TEST_REPORT) ? (JSON.parse(readFileSync(TEST_REPORT, 'utf8')) as TestReport) : undefined;
}

/** Counts tests. A file that could not be loaded, and an error outside of all tests, count as one failure each. */
function countsOf(report: TestReport): Counts {
  const counts = sum(report.testResults.map(countsOfFile));
  return counts.failed === 0 && !report.success ? { ...counts, failed: 1 } : counts;
}

/** The line that CI reads. */
export function countTests(report: TestReport): string {
  const { passed, failed, skipped } = countsOf(report);
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** A table of the folders with tests. */
export function summaryOf(report: TestReport): string {
  const folders = new Map<string, Counts>();
  for (const file of report.testResults) {
    const folder = relative(ROOT, file.name)
      .split('/')
      .slice(0, 3)
      .filter((part) => !part.includes('.'))
      .join('/');
    folders.set(folder, sum([folders.get(folder) ?? sum([]), countsOfFile(file)]));
  }
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i ? cell.padStart(9) : cell.padEnd(34))).join('');
  const rows = [...folders].map(([folder, { passed, failed, skipped }]) =>
    line([folder, `${passed}`, `${failed}`, `${skipped}`]),
  );
  return [line(['tests of', 'passed', 'failed', 'skipped']), ...rows].join('\n');
}

function countsOfFile({ status, assertionResults }: FileResult): Counts {
  const count = (wanted: readonly string[]): number =>
    assertionResults.filter((result) => wanted.includes(result.status)).length;
  const failed = count(['failed']);
  return {
    passed: count(['passed']),
    failed: failed === 0 && status === 'failed' ? 1 : failed,
    skipped: count(['skipped', 'pending', 'todo', 'disabled']),
  };
}

function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, each) => ({
      passed: total.passed + each.passed,
      failed: total.failed + each.failed,
      skipped: total.skipped + each.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}
