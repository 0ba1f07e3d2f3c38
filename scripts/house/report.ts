/** Prints what a check found and sets the exit code: 0 without problems, else 1. */
export function report(check: string, summary: string, problems: readonly string[]): void {
  if (problems.length === 0) {
    console.log(`ok: ${check}: ${summary}`);
    return;
  }
  for (const problem of problems) console.error(`error: ${check}: ${problem}`);
  console.error(`\n${check}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`);
  process.exitCode = 1;
}
