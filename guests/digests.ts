import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Guest, GUESTS_DIR, sourcesOf } from './recipes.ts';

/** What is known of a built guest. */
export interface Digest {
  /** `sha256:…` of the component. */
  readonly digest: string;
  readonly bytes: number;
  /** The names of what the component imports. */
  readonly imports: readonly string[];
  /** `sha256:…` of the recipe and the sources that it was built from. */
  readonly sources: string;
  readonly toolchain: string;
}

/** Digests by file. */
export type Digests = Readonly<Record<string, Digest>>;

const FILE = join(GUESTS_DIR, 'digests.json');

export async function readDigests(): Promise<Digests> {
  return JSON.parse(await readFile(FILE, 'utf8')) as Digests;
}

/** Writes the digests, sorted by file. */
export async function writeDigests(digests: Digests): Promise<void> {
  const sorted = Object.fromEntries(Object.entries(digests).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(FILE, `${JSON.stringify(sorted, undefined, 2)}\n`);
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The digest of everything that decides what a guest is: its recipe and the files that this names. */
export async function sourceDigest(guest: Guest): Promise<string> {
  const files = await Promise.all(sourcesOf(guest).map((file) => readFile(join(GUESTS_DIR, file))));
  const hash = createHash('sha256').update(JSON.stringify(guest.recipe));
  for (const file of files) hash.update(`\n${file.length}\n`).update(file);
  return `sha256:${hash.digest('hex')}`;
}
