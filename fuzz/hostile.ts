import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../scripts/house/workspace.ts';

const REPORT = join(ROOT, 'node_modules/.cache/loophost/fuzz/hostile.json');
const SUITE = 'packages/component/test/hostile.test.ts';

interface VitestReport {
  readonly numTotalTests: number;
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Runs the suite that holds each badly behaved guest to the code that it names, and gives what failed. */
export function runHostileGuests(): string[] {
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  rmSync(REPORT, { force: true });
  const { stderr } = spawnSync(
    process.execPath,
    [vitest, 'run', SUITE, '--reporter=json', `--outputFile.json=${REPORT}`],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (!existsSync(REPORT)) return [`hostile guests: no report: ${stderr.slice(-500)}`];
  const report = JSON.parse(readFileSync(REPORT, 'utf8')) as VitestReport;
  console.log(`\nhostile guests: ${report.numPassedTests} of ${report.numTotalTests} tests hold (${SUITE})`);
  const failed = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => `hostile guests: ${fullName}`),
  );
  return report.numTotalTests > 0 ? failed : ['hostile guests: no tests were run'];
}
