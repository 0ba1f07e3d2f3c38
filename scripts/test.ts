// `npm test [-- ARGUMENTS OF VITEST]`: runs every suite and prints what passed, folder by folder.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { toolEnv } from './house/run.ts';
import { countTests, readTestReport, summaryOf, TEST_REPORT } from './house/test-report.ts';
import { ROOT } from './house/workspace.ts';

rmSync(TEST_REPORT, { force: true });
mkdirSync(dirname(TEST_REPORT), { recursive: true });
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${TEST_REPORT}`];
const started = performance.now();
const { status } = spawnSync('vitest', ['run', ...reporters, ...process.argv.slice(2)], {
  cwd: ROOT,
  env: toolEnv(),
  stdio: 'inherit',
});
const report = readTestReport();
if (report) {
  console.log(summaryOf(report));
  console.log(
    `${countTests(report)} on Node ${process.versions.node}, ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
}
process.exitCode = status ?? 1;
