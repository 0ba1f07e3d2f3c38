import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Digest, Digests } from './digests.ts';
import { type Guest, GUESTS_DIR, type Recipe } from './recipes.ts';

const FILE = join(GUESTS_DIR, 'README.md');
const START = '<!-- guests: written by build.ts -->\n';
const END = '<!-- end of guests -->\n';

const LANGUAGES: Readonly<Record<Recipe['kind'], string>> = {
  wat: 'WAT',
  c: 'C',
  rust: 'Rust',
  'rust-command': 'Rust',
  js: 'JavaScript',
};

/** Brings the tables in README.md up to date. */
export async function writeTables(guests: readonly Guest[], digests: Digests): Promise<void> {
  await writeFile(FILE, withTables(await readFile(FILE, 'utf8'), guests, digests));
}

/** Tells whether the tables in README.md show what is there. */
export async function areTablesCurrent(guests: readonly Guest[], digests: Digests): Promise<boolean> {
  const readme = await readFile(FILE, 'utf8');
  return withTables(readme, guests, digests) === readme;
}

function withTables(readme: string, guests: readonly Guest[], digests: Digests): string {
  const [start, end] = [readme.indexOf(START), readme.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`README.md lacks its marks ${START.trim()} and ${END.trim()}`);
  return readme.slice(0, start + START.length) + tables(guests, digests) + readme.slice(end);
}

function tables(guests: readonly Guest[], digests: Digests): string {
  const good = guests.filter(({ name }) => !isHostile(name));
  const hostile = guests.filter(({ name }) => isHostile(name));
  return [
    '',
    '| name | language | shows | bytes | imports |',
    '|---|---|---|---:|---|',
    ...good.map((guest) => goodRow(guest, digests[guest.file])),
    '',
    'Badly behaved, in `hostile/`:',
    '',
    '| name | ends in | bytes |',
    '|---|---|---:|',
    ...hostile.map(
      (guest) => `| \`${guest.name.slice('hostile/'.length)}\` | ${guest.shows} | ${size(digests[guest.file])} |`,
    ),
    '',
    '',
  ].join('\n');
}

function isHostile(name: string): boolean {
  return name.startsWith('hostile/');
}

function goodRow({ name, recipe, shows }: Guest, digest: Digest | undefined): string {
  const names = digest?.imports ?? [];
  const shown = names.length > 3 ? new Set(names.map((item) => item.replace(/\/.*@/, '@'))) : names;
  const imports = [...shown].map((item) => `\`${item}\``).join(' ') || 'none';
  return `| \`${name}\` | ${LANGUAGES[recipe.kind]} | ${shows} | ${size(digest)} | ${imports} |`;
}

function size(digest: Digest | undefined): string {
  return digest?.bytes.toLocaleString('en') ?? 'not built';
}
