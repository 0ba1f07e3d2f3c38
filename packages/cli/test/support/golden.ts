import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { Ended } from './loop.ts';

const FOLDER = join(import.meta.dirname, '../golden');

/** Compares a text with `golden/<name>.out`. `BLESS=1` writes the file instead; CI never does. */
export function expectGolden(name: string, text: string): void {
  const path = join(FOLDER, `${name}.out`);
  if (process.env['BLESS'] === '1' && process.env['CI'] !== 'true') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(text).toBe(existsSync(path) ? readFileSync(path, 'utf8') : `no golden/${name}.out: run with BLESS=1`);
}

/** Writes a command down with all that it printed, without what differs by machine or by build of a guest. */
export function transcript(args: readonly string[], { out, err, code }: Ended, folder = ''): string {
  const command = ['loop', ...args].map((arg) => (/^[\w./:=@-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ');
  const text = `$ ${command}\n${out}${err === '' ? '' : `--- stderr\n${err}`}--- exit ${code}\n`;
  return (folder === '' ? text : text.replaceAll(folder, 'TMP'))
    .replace(/wit-component [\d.]+/g, 'wit-component …')
    .replace(/sha256:[0-9a-f]{64}/g, 'sha256:…')
    .replace(/\+0x[0-9a-f]+/g, '+0x…')
    .replace(/[\d,]+ bytes/g, 'N bytes')
    .replace(/"bytes": \d+/g, '"bytes": N');
}
