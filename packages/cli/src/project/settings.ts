import { readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { readFailed } from '../errors.ts';
import { nearestOf } from '../nearest.ts';
import { projectInvalid, projectMissing } from './errors.ts';
import { type Engine, ENGINES, type TemplateKind, TEMPLATES } from './kinds.ts';

/** The file of a project that says how its component is built. */
export const SETTINGS_FILE = 'loop.json';

/** How the component of a project is built: `loop.json`, complete. */
export interface Settings {
  /** Of the project and of its component's file: kebab-case. */
  readonly name: string;
  readonly template: TemplateKind;
  /** The world of `wit/` to build. */
  readonly world: string;
  /** The file that the build starts from. */
  readonly source: string;
  /** For JavaScript and TypeScript. */
  readonly engine: Engine;
  /** Whether a JavaScript engine may import WASI: its clock and random numbers, and the text of its errors. */
  readonly wasi: boolean;
}

/** What `loop.json` may leave out. */
const DEFAULTS = { engine: 'quickjs', wasi: true } as const;

const VERSION = 1;

type Check = (value: unknown) => string | undefined;

const text: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'is to be a text');
const choice =
  (choices: readonly string[]): Check =>
  (value) =>
    choices.includes(value as string) ? undefined : `is to be one of ${choices.join(', ')}`;

const CHECKS: Readonly<Record<string, Check>> = {
  version: (value) => (value === VERSION ? undefined : `is to be ${VERSION}`),
  name: (value) => (typeof value === 'string' ? nameProblem(value) : 'is to be a text'),
  template: choice(TEMPLATES),
  world: text,
  source: (value) => text(value) ?? sourceProblem(value as string),
  engine: choice(ENGINES),
  wasi: (value) => (typeof value === 'boolean' ? undefined : 'is to be true or false'),
};

/** Reads the settings of the project in a folder. */
export async function readSettings(folder: string): Promise<Settings> {
  const file = join(folder, SETTINGS_FILE);
  let json: string;
  try {
    json = await readFile(file, 'utf8');
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    throw ['ENOENT', 'ENOTDIR'].includes(code) ? projectMissing(folder) : readFailed(file, cause);
  }
  return parseSettings(file, json);
}

function parseSettings(file: string, json: string): Settings {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw projectInvalid(file, [`it is not JSON: ${(error as Error).message}`]);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw projectInvalid(file, ['it is to be an object']);
  const given = value as Record<string, unknown>;
  const reasons = [
    ...Object.keys(given).flatMap(unknownKey),
    ...Object.entries(CHECKS).flatMap(([key, check]) => {
      if (!Object.hasOwn(given, key)) return Object.hasOwn(DEFAULTS, key) ? [] : [`"${key}" is missing`];
      const problem = check(given[key]);
      return problem === undefined ? [] : [`"${key}" ${problem}`];
    }),
  ];
  if (reasons.length > 0) throw projectInvalid(file, reasons);
  return { ...DEFAULTS, ...(given as unknown as Omit<Settings, keyof typeof DEFAULTS>) };
}

function unknownKey(key: string): string[] {
  if (Object.hasOwn(CHECKS, key)) return [];
  const nearest = nearestOf(key, Object.keys(CHECKS));
  return [`there is no setting "${key}"${nearest === undefined ? '' : `: did you mean "${nearest}"?`}`];
}

function sourceProblem(source: string): string | undefined {
  const isInside = !isAbsolute(source) && !/^\.\.(?:[/\\]|$)/.test(normalize(source));
  return isInside ? undefined : 'is to be a path within the project';
}

/** Words of WIT itself, which cannot name a package or a world. */
const WIT_WORDS: readonly string[] = (
  'as async bool borrow char constructor enum export f32 f64 flags from func future import include interface list own ' +
  'option package record resource result s8 s16 s32 s64 static stream string tuple type u8 u16 u32 u64 use variant with world'
).split(' ');

const NAME_LIMIT = 64;

/** What is wrong with the name of a project, which also names a WIT package and a world. */
export function nameProblem(name: string): string | undefined {
  if (!/^[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*$/.test(name))
    return 'is to be words of small letters and digits joined by hyphens, each starting with a letter';
  if (name.length > NAME_LIMIT) return `has ${name.length} letters, and may have ${NAME_LIMIT}`;
  return WIT_WORDS.includes(name) ? 'is a word of WIT itself' : undefined;
}
