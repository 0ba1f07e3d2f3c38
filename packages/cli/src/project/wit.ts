import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFailed } from '../errors.ts';

/** Where a project has its WIT; packages that it uses are in `deps/`, each a file or a folder. */
export const WIT_FOLDER = 'wit';

/** Reads the WIT of a project as one document: the package, then those that it uses, as nested packages. */
export async function readWit(folder: string): Promise<string> {
  const own = await witFiles(join(folder, WIT_FOLDER));
  if (own.length === 0)
    throw readFailed(join(folder, WIT_FOLDER, 'world.wit'), Object.assign(new Error(), { code: 'ENOENT' }));
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
        return entry.isDirectory() ? await witFiles(path) : [await textOf(path)];
      }),
  );
}

async function witFiles(folder: string): Promise<string[]> {
  return (await sourcesIn(folder)).map(({ text }) => text);
}

/** A file of WIT. */
interface Source {
  readonly file: string;
  readonly text: string;
}

async function sourcesIn(folder: string): Promise<Source[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw readFailed(folder, cause);
  });
  const files = names.filter((name) => name.endsWith('.wit')).sort();
  return await Promise.all(
    files.map(async (name) => ({ file: join(folder, name), text: await textOf(join(folder, name)) })),
  );
}

/** The names of the worlds that a project has, other packages' left out. */
export async function worldsIn(folder: string): Promise<string[]> {
  const sources = await sourcesIn(join(folder, WIT_FOLDER));
  return sources.flatMap(({ text }) =>
    [...text.matchAll(/^\s*world\s+%?([\w-]+)\s*\{/gm)].map(([, name = '']) => name),
  );
}

async function textOf(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: unknown) => {
    throw readFailed(file, cause);
  });
}

/**
 * Finds the place of a mistake in the WIT of a project, of which the tool says only what it is. What it names is looked
 * for; otherwise lines are taken away until it has something else to say.
 *
 * @param said - What the tool has against the project.
 * @param ask - Gives what it has against a text.
 */
export async function placeOfMistake(
  folder: string,
  said: string,
  ask: (text: string) => Promise<string | undefined>,
): Promise<{ readonly file: string; readonly line: number } | undefined> {
  const sources = await sourcesIn(join(folder, WIT_FOLDER));
  const [, name = ''] = /[`']([^`']+)[`'] (?:does not exist|not found|is not defined)/.exec(said) ?? [];
  for (const { file, text } of name === '' ? [] : sources) {
    const line = text
      .split('\n')
      .findIndex((each) => wordsOf(each).includes(name) || each.includes(`${name.replace(/@.*/, '')}/`));
    if (line >= 0) return { file, line: line + 1 };
  }
  for (const { file, text } of sources) {
    if ((await ask(text)) !== said) continue;
    const lines = text.split('\n');
    let [low, high] = [1, lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((await ask(lines.slice(0, middle).join('\n'))) === said) high = middle;
      else low = middle + 1;
    }
    return { file, line: low };
  }
  return undefined;
}

function wordsOf(line: string): string[] {
  return line.replace(/\/\/.*/, '').split(/[^\w%-]+/);
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
