import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco';
import { allGuests, GUESTS_DIR } from '../guests/recipes.ts';
import type { Binaries } from './corpus.ts';

const FOLDER = join(import.meta.dirname, 'corpus');

/** Reads every guest, and assembles the texts of `corpus/`. */
export async function readBinaries(): Promise<Binaries> {
  const texts = readdirSync(FOLDER).filter((file) => file.endsWith('.wat'));
  const binaries: [string, Uint8Array][] = [];
  for (const file of texts.sort()) binaries.push([file, await parse(readFileSync(join(FOLDER, file), 'utf8'))]);
  for (const { name, file } of allGuests()) binaries.push([name, new Uint8Array(readFileSync(join(GUESTS_DIR, file)))]);
  return binaries;
}
