import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileFailed } from '../errors.ts';

/** Where a project has its WIT; packages that it uses are in `deps/`, each a file or a folder. */
export const WIT_FOLDER = 'wit';

/** Reads the WIT of a project as one document: the package, then those that it uses, as nested packages. */
export async function readWit(folder: string): Promise<string> {
  const own = await witFiles(join(folder, WIT_FOLDER));
  if (own.length === 0)
    throw fileFailed('read', join(folder, WIT_FOLDER, 'world.wit'), Object.assign(new Error(), { code: 'ENOENT' }));
  const used = await dependencies(join(folder, WIT_FOLDER, 'deps'));
  return [joined(own), ...used.map(nested)].join('\n');
}

async function dependencies(folder: string): Promise<string[][]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return await Promise.all(
    entries
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .filter((entry) => entry.isDirectory() || entry.name.endsWith('.wit'))
      .map(async (entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? await witFiles(path) : [await readFile(path, 'utf8')];
      }),
  );
}

async function witFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw fileFailed('read', folder, cause);
  });
  const files = names.filter((name) => name.endsWith('.wit')).sort();
  return await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
}

const PACKAGE_LINE = /^package\s+([^;{]+);[^\S\n]*$/m;

/** Joins the files of one package: its `package` line stands once, and first. */
function joined(files: readonly string[]): string {
  const line = files.map((file) => PACKAGE_LINE.exec(file)?.[0]).find((found) => found !== undefined);
  return [line ?? '', ...files.map((file) => file.replace(PACKAGE_LINE, ''))].join('\n');
}

function nested(files: readonly string[]): string {
  const name = files.map((file) => PACKAGE_LINE.exec(file)?.[1]).find((found) => found !== undefined) ?? '';
  return `package ${name} {\n${files.map((file) => file.replace(PACKAGE_LINE, '')).join('\n')}\n}`;
}
