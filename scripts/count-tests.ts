// The last line of .ci/run: what the last `npm test` counted, over all suites.
import { countTests, readTestReport } from './house/test-report.ts';

const report = readTestReport();
console.log(`tests: ${report ? countTests(report) : '0 passed, 1 failed'}`);
process.exitCode = report?.success ? 0 : 1;
