// `npm run verify`: everything that must hold before a commit, in the order of .ci/run. Goes on after a failure.
import { spawnSync } from 'node:child_process';
import { toolEnv } from './house/run.ts';
import { ROOT } from './house/workspace.ts';

/** A script of package.json. */
interface Step {
  readonly name: string;
  readonly script: string;
}

const STEPS: readonly Step[] = [
  { name: 'pins', script: 'check:pins' },
  { name: 'format', script: 'format:check' },
  { name: 'lint', script: 'lint' },
  { name: 'types', script: 'build' },
  { name: 'layers', script: 'check:layers' },
  { name: 'knip', script: 'knip' },
  { name: 'errors', script: 'check:errors' },
  { name: 'guests', script: 'check:guests' },
  { name: 'tests', script: 'test' },
  { name: 'exports', script: 'check:exports' },
  { name: 'size', script: 'size' },
];

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
}

function perform({ name, script }: Step): Outcome {
  console.log(`\n── ${name}: npm run ${script}`);
  const started = performance.now();
  const { status } = spawnSync('npm', ['run', '--silent', script], { cwd: ROOT, env: toolEnv(), stdio: 'inherit' });
  return { name, ok: status === 0, seconds: (performance.now() - started) / 1000 };
}

const outcomes = STEPS.map(perform);
console.log('\n── verify');
for (const { name, ok, seconds } of outcomes) {
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(10)}${seconds.toFixed(1).padStart(6)} s`);
}
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;
