import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Worker } from 'node:worker_threads';
import { flag, refuse, text, toolOptions } from '../scripts/house/options.ts';
import type { Outcome } from './run-file.ts';

const USAGE = `usage: npm run conformance -- --suite DIR [--json FILE] [--only TEXT] [--verbose]
  --suite DIR   the test/ folder of a checkout of the component-model repository
  --json FILE   write every outcome as JSON
  --only TEXT   run the scripts whose path contains TEXT
  --verbose     print every refusal with our reason beside the test's`;

const SCRIPT_DEADLINE_MS = 60_000;
const THREADS = 2;
/** The scripts that upstream says no implementation passes yet. Every checkout has it. */
const LIST = 'nyi.txt';

interface ScriptReport {
  readonly file: string;
  readonly outcomes: readonly Outcome[];
  readonly isNyi: boolean;
}

/** A failure that is known, and why it is right or not ours. */
interface ExpectedFailure {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
  readonly reason: string;
}

function scriptsIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.name.endsWith('.wast'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function notYetImplemented(suite: string): Set<string> {
  const lines = readFileSync(join(suite, LIST), 'utf8').split('\n');
  return new Set(lines.filter((line) => line.startsWith('./')).map((line) => line.trim().slice(2)));
}

function runScript(path: string): Promise<Outcome[]> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { path } });
    const end = (outcomes: Outcome[]): void => {
      clearTimeout(timer);
      void worker.terminate();
      resolve(outcomes);
    };
    const broken = (detail: string): void => end([{ kind: 'accept', line: 0, result: 'fail', detail }]);
    const timer = setTimeout(() => broken('the script did not end in time'), SCRIPT_DEADLINE_MS);
    worker.once('message', end);
    worker.once('error', (error) =>
      broken(`the script's thread failed: ${error instanceof Error ? error.message : String(error)}`),
    );
  });
}

async function runAll(suite: string, only: string): Promise<ScriptReport[]> {
  const nyi = notYetImplemented(suite);
  const pending = scriptsIn(suite).filter((path) => path.includes(only));
  const reports: ScriptReport[] = [];
  const work = async (): Promise<void> => {
    for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
      const file = relative(suite, path);
      reports.push({ file, outcomes: await runScript(path), isNyi: nyi.has(file) });
    }
  };
  await Promise.all(Array.from({ length: THREADS }, work));
  return reports.sort((a, b) => a.file.localeCompare(b.file));
}

function printTable(reports: readonly ScriptReport[]): void {
  const rows = new Map<string, Record<string, number>>();
  for (const { file, outcomes } of reports) {
    for (const { kind, result } of outcomes) {
      const key = `${file.split('/')[0]}\t${kind}`;
      const row = rows.get(key) ?? { pass: 0, fail: 0, exempt: 0, assembler: 0 };
      row[result] = (row[result] ?? 0) + 1;
      rows.set(key, row);
    }
  }
  console.log(
    `${'folder'.padEnd(12)}${'kind'.padEnd(18)}${'pass'.padStart(6)}${'fail'.padStart(6)}${'exempt'.padStart(8)}${'assembler'.padStart(11)}`,
  );
  for (const [key, row] of [...rows].sort(([a], [b]) => a.localeCompare(b))) {
    const [folder = '', kind = ''] = key.split('\t');
    console.log(
      `${folder.padEnd(12)}${kind.padEnd(18)}${String(row['pass']).padStart(6)}${String(row['fail']).padStart(6)}${String(row['exempt']).padStart(8)}${String(row['assembler']).padStart(11)}`,
    );
  }
}

function printRefusals(reports: readonly ScriptReport[]): void {
  for (const { file, outcomes } of reports) {
    for (const { kind, line, result, detail } of outcomes) {
      if (kind === 'assert_invalid' || kind === 'assert_malformed')
        console.log(`${result.padEnd(9)} ${file}:${line} ${detail}`);
    }
  }
}

/** Compares failures with the known ones, both ways, and prints what differs. */
function compare(reports: readonly ScriptReport[], expected: readonly ExpectedFailure[]): boolean {
  const key = (file: string, line: number, kind: string): string => `${file}:${line} ${kind}`;
  const known = new Map(expected.map((failure) => [key(failure.file, failure.line, failure.kind), failure.reason]));
  const seen = new Set<string>();
  const ran = new Set(reports.map((report) => report.file));
  let isAsExpected = true;
  for (const { file, outcomes, isNyi } of reports) {
    for (const { kind, line, result, detail } of outcomes) {
      if (result !== 'fail') continue;
      const at = key(file, line, kind);
      seen.add(at);
      if (isNyi || known.has(at)) continue;
      isAsExpected = false;
      console.log(`unexpected failure: ${at}: ${detail}`);
    }
  }
  for (const [at] of known) {
    if (seen.has(at) || !ran.has(at.split(':')[0] ?? '')) continue;
    isAsExpected = false;
    console.log(`expected to fail, but passed: ${at}`);
  }
  return isAsExpected;
}

function summary(reports: readonly ScriptReport[]): void {
  const all = reports.flatMap(({ file, outcomes, isNyi }) => outcomes.map((outcome) => ({ ...outcome, file, isNyi })));
  const count = (test: (outcome: (typeof all)[number]) => boolean): number => all.filter(test).length;
  const isRefusal = (kind: string): boolean => kind === 'assert_invalid' || kind === 'assert_malformed';
  const refusals = all.filter(({ kind, file }) => isRefusal(kind) && !file.startsWith('async/'));
  const refused = refusals.filter(({ result }) => result !== 'fail').length;
  console.log(
    `\nscripts: ${reports.length}, of which not yet implemented upstream (nyi.txt): ${reports.filter((r) => r.isNyi).length}`,
  );
  console.log(`exempt, by features found in the bytes: ${count(({ result }) => result === 'exempt')}`);
  console.log(`refused by the assembler before the engine saw bytes: ${count(({ result }) => result === 'assembler')}`);
  console.log(
    `valid components accepted: ${count(({ kind, result }) => kind === 'accept' && result === 'pass')} of ${count(({ kind }) => kind === 'accept')}`,
  );
  console.log(
    `refusals outside async/: ${refused} of ${refusals.length} (${((100 * refused) / Math.max(1, refusals.length)).toFixed(1)} %)`,
  );
  console.log(
    `tests: ${count(({ result }) => result === 'pass')} passed, ${count(({ result }) => result === 'fail')} failed`,
  );
}

const { suite, json, only, verbose } = toolOptions('conformance', USAGE, {
  suite: text,
  json: text,
  only: text,
  verbose: flag,
});
if (suite === undefined) refuse('conformance', '--suite is missing');
if (!existsSync(join(suite, LIST))) refuse('conformance', `"${suite}" is no test suite: it has no ${LIST}`);
const reports = await runAll(suite, only ?? '');
if (reports.length === 0) refuse('conformance', `no script of the suite has "${only}" in its path`);
if (verbose) printRefusals(reports);
printTable(reports);
summary(reports);
const expected = JSON.parse(readFileSync(new URL('./expected.json', import.meta.url), 'utf8')) as ExpectedFailure[];
const isAsExpected = compare(reports, expected);
if (json !== undefined) writeFileSync(json, JSON.stringify({ reports, isAsExpected }, undefined, 2));
console.log(isAsExpected ? 'as expected (conformance/expected.json)' : 'NOT as expected (conformance/expected.json)');
process.exitCode = isAsExpected ? 0 : 1;
