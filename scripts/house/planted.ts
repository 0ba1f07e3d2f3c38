import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from './run.ts';
import { ROOT } from './workspace.ts';

/** A violation that the linter must report, as the file that contains it. */
interface Plant {
  readonly rule: string;
  readonly file: string;
  readonly text: string;
}

const SRC = 'packages/component/src';
const long = Array.from({ length: 75 }, (_, i) => `  n += ${i};`).join('\n');

const PLANTS: readonly Plant[] = [
  {
    rule: 'import(no-cycle)',
    file: 'planted-a.ts',
    text: "import { b } from './planted-b.ts';\nexport const a = (): number => b();\n",
  },
  {
    rule: 'import(no-cycle)',
    file: 'planted-b.ts',
    text: "import { a } from './planted-a.ts';\nexport const b = (): number => a();\n",
  },
  {
    rule: 'typescript(no-floating-promises)',
    file: 'floating.ts',
    text: 'export function f(p: Promise<void>): void {\n  p;\n}\n',
  },
  { rule: 'typescript(no-explicit-any)', file: 'any.ts', text: 'export const f = (x: any): void => x;\n' },
  {
    rule: 'typescript(no-non-null-assertion)',
    file: 'non-null.ts',
    text: 'export const f = (x?: string): string => x!;\n',
  },
  {
    rule: 'eslint(no-restricted-globals)',
    file: 'console.ts',
    text: "export const f = (): void => console.log('x');\n",
  },
  {
    rule: 'eslint(no-restricted-properties)',
    file: 'fetch.ts',
    text: "export const f = (): unknown => globalThis.fetch('x');\n",
  },
  { rule: 'eslint(no-eval)', file: 'eval.ts', text: "export const f = (): unknown => eval('1');\n" },
  {
    rule: 'eslint(no-new-func)',
    file: 'function.ts',
    text: "export const f = (): unknown => new Function('return 1');\n",
  },
  {
    rule: 'eslint(max-lines-per-function)',
    file: 'function-long.ts',
    text: `export function f(): number {\n  let n = 0;\n${long}\n  return n;\n}\n`,
  },
  {
    rule: 'eslint(max-lines)',
    file: 'file-long.ts',
    text: Array.from({ length: 401 }, (_, i) => `export const n${i} = 1;`).join('\n'),
  },
];

/**
 * Plants violations in a temporary copy of the engine's sources and tells which ones the linter did not report.
 *
 * A linter can go blind without a word: `no-cycle` does when a tsconfig's `extends` does not resolve.
 */
export function missedPlants(): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'loophost-planted-'));
  try {
    for (const file of ['.gitignore', '.oxlintrc.json', 'tsconfig.base.json', `${SRC}/../tsconfig.json`])
      copy(file, dir);
    cpSync(join(ROOT, SRC), join(dir, SRC), { recursive: true });
    for (const { file, text } of PLANTS) writeFileSync(join(dir, SRC, file), text);
    const { stdout } = run('oxlint', ['--type-aware', '--format=json'], dir);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
    return PLANTS.filter(
      ({ rule, file }) => !diagnostics.some((found) => found.code === rule && found.filename === `${SRC}/${file}`),
    ).map(({ rule, file }) => `the linter is blind: it did not report the planted ${rule} of ${file}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function copy(file: string, dir: string): void {
  mkdirSync(dirname(join(dir, file)), { recursive: true });
  copyFileSync(join(ROOT, file), join(dir, file));
}
