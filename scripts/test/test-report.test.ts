import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countTests, summaryOf, type TestReport } from '../house/test-report.ts';
import { ROOT } from '../house/workspace.ts';

function report(...files: [path: string, status: string, tests: string[]][]): TestReport {
  const testResults = files.map(([path, status, tests]) => ({
    name: join(ROOT, path),
    status,
    assertionResults: tests.map((each) => ({ status: each })),
  }));
  return { success: files.every(([, status]) => status === 'passed'), testResults };
}

test('tests are counted over all files', () => {
  const all = report(['a/x.test.ts', 'passed', ['passed', 'skipped']], ['b/y.test.ts', 'failed', ['passed', 'failed']]);
  expect(countTests(all)).toBe('2 passed, 1 failed, 1 skipped');
});

test('a file that could not be loaded counts as a failure', () => {
  expect(countTests(report(['a/x.test.ts', 'failed', []], ['a/y.test.ts', 'passed', ['passed']]))).toBe(
    '1 passed, 1 failed',
  );
});

test('an error outside of all tests counts as a failure', () => {
  expect(countTests({ ...report(['a/x.test.ts', 'passed', ['passed']]), success: false })).toBe('1 passed, 1 failed');
});

test('the summary names each folder once, with its sums', () => {
  const text = summaryOf(
    report(
      ['packages/host/test/link/x.test.ts', 'passed', ['passed']],
      ['packages/host/test/y.test.ts', 'passed', ['passed', 'passed']],
      ['scripts/test/z.test.ts', 'passed', ['passed']],
    ),
  );
  expect(text.split('\n').map((line) => line.split(/\s{2,}/))).toEqual([
    ['tests of', 'passed', 'failed', 'skipped'],
    ['packages/host/test', '3', '0', '0'],
    ['scripts/test', '1', '0', '0'],
  ]);
});
