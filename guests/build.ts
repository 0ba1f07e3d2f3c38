import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { compileGuest } from './compilers.ts';
import { type Digest, digestOf, type Digests, readDigests, sourceDigest, writeDigests } from './digests.ts';
import { areTablesCurrent, writeTables } from './readme-table.ts';
import { allGuests, type Guest, GUESTS_DIR, type Recipe } from './recipes.ts';
import { findToolchain, type Toolchain, ToolchainMissing } from './toolchains.ts';

const USAGE = `usage: node guests/build.ts check            verify every digest; find undeclared and outdated guests
       node guests/build.ts build [name…]    rebuild guests; without names, all that this machine can rebuild exactly`;

/** Their compiler takes a snapshot of a heap that has random numbers in it: same source, other bytes. */
const IRREPRODUCIBLE: ReadonlySet<Recipe['kind']> = new Set(['js']);

async function main([command, ...names]: readonly string[]): Promise<number> {
  if (command === 'check' && names.length === 0) return await check();
  if (command === 'build') return await build(names);
  console.error(USAGE);
  return 2;
}

/** Verifies what is checked in. Needs no toolchain. */
async function check(): Promise<number> {
  const [guests, digests] = [allGuests(), await readDigests()];
  const problems = (await Promise.all(guests.map((guest) => problemsOf(guest, digests[guest.file])))).flat();
  const declared = new Set(guests.map(({ file }) => file));
  for (const file of await binaries()) if (!declared.has(file)) problems.push(`${file}: no recipe declares it`);
  for (const file of Object.keys(digests))
    if (!declared.has(file)) problems.push(`${file}: has a digest, but no recipe`);
  if (!(await areTablesCurrent(guests, digests))) problems.push('README.md: its tables are out of date');
  for (const problem of problems) console.error(problem);
  console.log(`guests: ${guests.length} declared, ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}

async function problemsOf(guest: Guest, known: Digest | undefined): Promise<string[]> {
  const { file, name } = guest;
  if (!known) return [`${file}: has no digest; run: node guests/build.ts build ${name}`];
  const bytes = await readFile(join(GUESTS_DIR, file)).catch(() => undefined);
  if (!bytes) return [`${file}: is missing`];
  const problems: string[] = [];
  const digest = digestOf(bytes);
  if (digest !== known.digest) problems.push(`${file}: has ${digest}, expected ${known.digest}`);
  if (bytes.length !== known.bytes) problems.push(`${file}: has ${bytes.length} bytes, expected ${known.bytes}`);
  if ((await sourceDigest(guest)) !== known.sources) problems.push(`${file}: its sources changed since it was built`);
  return problems;
}

/** Every component below this folder, also where no recipe looks. */
async function binaries(): Promise<string[]> {
  const files = await readdir(GUESTS_DIR, { recursive: true });
  return files.map((file) => file.replaceAll('\\', '/')).filter((file) => file.endsWith('.wasm'));
}

/** Rebuilds guests and tells which changed. */
async function build(names: readonly string[]): Promise<number> {
  const guests = allGuests();
  const unknown = names.filter((name) => !guests.some((guest) => guest.name === name));
  if (unknown.length > 0) {
    console.error(`no guest is named ${unknown.join(', ')}: they stand in guests/README.md`);
    return 2;
  }
  const before = await readDigests();
  const wanted =
    names.length > 0 ? guests.filter(({ name }) => names.includes(name)) : await worthBuilding(guests, before);
  const after: Record<string, Digest> = { ...before };
  const finder = new ToolchainFinder();
  let failed = 0;
  for (const guest of wanted) {
    try {
      after[guest.file] = await buildOne(guest, await finder.find(guest.recipe.kind));
      console.log(`${guest.name}: ${verdict(before[guest.file], after[guest.file])}`);
    } catch (error) {
      failed += 1;
      console.error(`${guest.name}: ${reason(error)}`);
    }
  }
  const declared = new Set(guests.map(({ file }) => file));
  const digests: Digests = Object.fromEntries(Object.entries(after).filter(([file]) => declared.has(file)));
  await writeDigests(digests);
  await writeTables(guests, digests);
  return failed === 0 ? 0 : 1;
}

/** Leaves out what would come out in other bytes without being another guest. */
async function worthBuilding(guests: readonly Guest[], digests: Digests): Promise<Guest[]> {
  const kept: Guest[] = [];
  for (const guest of guests) {
    const isCurrent = digests[guest.file]?.sources === (await sourceDigest(guest));
    if (!IRREPRODUCIBLE.has(guest.recipe.kind) || !isCurrent) kept.push(guest);
    else
      console.log(
        `${guest.name}: skipped, its sources are as before and its build is not reproducible; name it to rebuild it`,
      );
  }
  return kept;
}

async function buildOne(guest: Guest, toolchain: Toolchain): Promise<Digest> {
  const bytes = await compileGuest(guest, toolchain);
  await writeFile(join(GUESTS_DIR, guest.file), bytes);
  return {
    digest: digestOf(bytes),
    bytes: bytes.length,
    imports: await importsOf(bytes),
    sources: await sourceDigest(guest),
    toolchain: toolchain.version,
  };
}

/** From the text of the component: the tool that prints WIT refuses types that are exported on their own. */
async function importsOf(bytes: Uint8Array): Promise<string[]> {
  const { print } = await import('@bytecodealliance/jco-transpile/wasm-tools');
  return [...(await print(bytes)).matchAll(/^ {2}\(import "([^"]+)"/gm)].map(([, name = '']) => name);
}

function verdict(before: Digest | undefined, after: Digest | undefined): string {
  const now = `${after?.bytes} bytes, ${after?.toolchain}`;
  if (!before) return `new, ${now}`;
  if (before.digest === after?.digest) return `unchanged, ${now}`;
  return `changed, ${now}; was ${before.bytes} bytes, ${before.toolchain}`;
}

function reason(error: unknown): string {
  if (error instanceof ToolchainMissing)
    return `not built: this machine lacks ${error.message}\n  fix: ${error.install}`;
  return `failed: ${error instanceof Error ? error.message : String(error)}`;
}

/** Looks for each toolchain once. */
class ToolchainFinder {
  private readonly known = new Map<Recipe['kind'], Promise<Toolchain>>();

  find(kind: Recipe['kind']): Promise<Toolchain> {
    const toolchain = this.known.get(kind) ?? findToolchain(kind);
    this.known.set(kind, toolchain);
    return toolchain;
  }
}

process.exitCode = await main(process.argv.slice(2));
