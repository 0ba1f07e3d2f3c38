import { parseArgs } from 'node:util';

/** One option of a tool: how it is written, and what its text stands for. */
export interface Option<T> {
  readonly type: 'string' | 'boolean';
  readonly read: (given: string | boolean | undefined, name: string) => T;
}

/** An option without a value. */
export const flag: Option<boolean> = { type: 'boolean', read: (given) => given === true };

/** An option that takes any text. */
export const text: Option<string | undefined> = {
  type: 'string',
  read: (given) => (typeof given === 'string' ? given : undefined),
};

/** An option that takes a whole number. */
export function count(byDefault: number, least = 0): Option<number> {
  return {
    type: 'string',
    read: (given, name) => {
      if (given === undefined) return byDefault;
      const value = /^\d+$/.test(String(given)) ? Number(given) : Number.NaN;
      if (Number.isSafeInteger(value) && value >= least) return value;
      throw new Error(`--${name} takes a whole number of at least ${least}, found "${String(given)}"`);
    },
  };
}

export type Options = Readonly<Record<string, Option<unknown>>>;
export type ValuesOf<O extends Options> = { readonly [K in keyof O]: ReturnType<O[K]['read']> };

/** Reads a tool's arguments. Throws an error of one line for what the options do not know. */
export function readOptions<O extends Options>(args: readonly string[], options: O): ValuesOf<O> {
  const types = Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }]));
  const { values } = parse(args, types);
  const entries = Object.entries(options).map(([name, { read }]) => [name, read(values[name], name)]);
  return Object.fromEntries(entries) as ValuesOf<O>;
}

type Parsed = { readonly values: Readonly<Record<string, string | boolean | undefined>> };

function parse(args: readonly string[], options: Record<string, { type: 'string' | 'boolean' }>): Parsed {
  try {
    return parseArgs({ args: [...args], options });
  } catch (error) {
    // The sentences after the first are about writing such options in other ways.
    throw new Error((error as Error).message.split(/\.\s/)[0], { cause: error });
  }
}

/**
 * Reads the arguments of the running tool. `--help` prints the usage and ends the process; what is wrong is told in one
 * line, and ends it with 2.
 */
export function toolOptions<O extends Options>(tool: string, usage: string, options: O): ValuesOf<O> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return readOptions(args, options);
  } catch (error) {
    return refuse(tool, (error as Error).message);
  }
}

/** Ends the running tool for a mistake in how it was called. */
export function refuse(tool: string, why: string): never {
  console.error(`error: ${tool}: ${why}; --help tells what it takes`);
  process.exit(2);
}
