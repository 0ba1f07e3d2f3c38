import type { TrustClass } from '@loophost/host';
import type { CommandOption } from '../command.ts';
import { optionWrong } from '../errors.ts';
import { bytesOf } from './units.ts';

/** The options that give a component something, the same for every command that links one. */
export const GRANT_OPTIONS: Readonly<Record<string, CommandOption>> = {
  dir: {
    type: 'string',
    multiple: true,
    value: 'HOST[::GUEST][:ro]',
    help: 'give a directory, to write unless :ro; repeatable',
  },
  env: {
    type: 'string',
    multiple: true,
    value: 'K[=V]',
    help: 'give a variable of the environment, with the value that loop has unless another is given; repeatable',
  },
  'allow-http': {
    type: 'string',
    multiple: true,
    value: 'ORIGIN',
    help: 'let it send requests there: https://api.example.com, https://wiki.example.com=private; repeatable',
  },
  kv: {
    type: 'string',
    multiple: true,
    value: '[NAME=]memory|FILE',
    choices: ['memory'],
    help: 'give a key-value store, "default" unless named; repeatable',
  },
  config: { type: 'string', multiple: true, value: 'K=V', help: 'give a value of its configuration; repeatable' },
  seed: { type: 'string', value: 'N', help: 'make its random numbers follow from a number, for runs to be repeated' },
  clock: { type: 'string', value: 'TIME', help: 'stop its clocks at a time, like 2026-01-31T12:00:00Z' },
  trust: {
    type: 'string',
    value: 'CLASS',
    choices: ['untrusted', 'trusted'],
    help: '"untrusted" (the default) or "trusted"',
  },
  memory: { type: 'string', value: 'SIZE', help: 'let its memories take so much, like 64M or 1G; default 256M' },
};

/** What the options of a command line give. */
export interface Given {
  readonly trust: TrustClass;
  readonly maxMemoryBytes?: number;
  readonly dirs: readonly Directory[];
  readonly env: Readonly<Record<string, string>>;
  readonly origins: readonly string[];
  readonly stores: Readonly<Record<string, 'memory' | { readonly file: string }>>;
  readonly config: Readonly<Record<string, string>>;
  /** What random numbers follow from. */
  readonly seed?: bigint;
  /** When clocks stand still. */
  readonly now?: Date;
}

export interface Directory {
  readonly host: string;
  readonly guest: string;
  readonly mode: 'ro' | 'rw';
}

/** Reads the options. What is wrong with them is thrown all at once. */
export function givenBy(values: Readonly<Record<string, unknown>>): Given {
  const problems: unknown[] = [];
  const each = <T>(name: string, read: (text: string) => T): T[] =>
    ((values[name] ?? []) as readonly string[]).flatMap((text) => attempt(() => [read(text)], problems) ?? []);
  const memory = values['memory'] as string | undefined;
  const maxMemoryBytes = memory === undefined ? undefined : attempt(() => bytesOf('memory', memory), problems);
  const trust = attempt(() => trustOf(values['trust'] as string | undefined), problems) ?? 'untrusted';
  const pairs = (
    name: string,
    read: (text: string) => readonly [string, string] = (text) => pairOf(name, text),
  ): Readonly<Record<string, string>> => attempt(() => recordOf(name, each(name, read)), problems) ?? {};
  const one = <T>(name: string, read: (text: string) => T): T | undefined =>
    values[name] === undefined ? undefined : attempt(() => read(values[name] as string), problems);
  const [seed, now] = [one('seed', seedOf), one('clock', timeOf)];
  const given: Given = {
    trust,
    ...(seed !== undefined && { seed }),
    ...(now !== undefined && { now }),
    ...(maxMemoryBytes !== undefined && { maxMemoryBytes }),
    dirs: each('dir', directoryOf),
    env: pairs('env', variableOf),
    origins: each('allow-http', (text) => text),
    stores: attempt(() => recordOf('kv', each('kv', storeOf)), problems) ?? {},
    config: pairs('config'),
  };
  if (problems.length > 0) throw new AggregateError(problems);
  return given;
}

function attempt<T>(work: () => T, problems: unknown[]): T | undefined {
  try {
    return work();
  } catch (thrown) {
    problems.push(thrown);
    return undefined;
  }
}

function trustOf(text = 'untrusted'): TrustClass {
  if (text === 'trusted' || text === 'untrusted') return text;
  throw optionWrong('trust', text, 'there is no such class of trust', 'give "untrusted" or "trusted"');
}

function seedOf(text: string): bigint {
  if (/^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n) return BigInt(text);
  throw optionWrong('seed', text, 'it is no whole number below 2^64', 'write it like 42');
}

/** A date, or a date and a time with what it is off from UTC: the same moment wherever it is read. */
const TIME = /^(\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?=Z|[+-]))?)(Z|[+-]\d\d:\d\d)?$/;

function timeOf(text: string): Date {
  const [, clock = ''] = TIME.exec(text) ?? [];
  const wrong = (why: string): Error => optionWrong('clock', text, why, 'write it like 2026-01-31T12:00:00Z');
  // JavaScript takes the 30th of February for a day in March.
  if (clock === '' || !isoOf(clock.includes('T') ? `${clock}Z` : clock).startsWith(clock)) throw wrong('it is no time');
  const time = new Date(text);
  if (time.getTime() >= 0) return time;
  throw wrong(Number.isNaN(time.getTime()) ? 'it is no time' : 'it is before 1970');
}

function isoOf(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString();
}

/** `K=V`. The value may be empty, and hold further equals signs. */
function pairOf(option: string, text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw optionWrong(option, text, 'it is no name and value', `write it as --${option} NAME=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** `K=V`, or `K` for the value that `loop` itself has. */
function variableOf(text: string): readonly [string, string] {
  if (text === '' || text.includes('=')) return pairOf('env', text);
  // What every object inherits is no variable.
  const value = Object.hasOwn(process.env, text) ? process.env[text] : undefined;
  if (value === undefined)
    throw optionWrong('env', text, 'there is no such variable here', `give it a value: --env ${text}=VALUE`);
  return [text, value];
}

function recordOf<T>(option: string, pairs: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw optionWrong(option, twice, 'it is given twice', 'give it once');
  return Object.fromEntries(pairs);
}

/** `[NAME=]memory|FILE`. A file has a dot or a slash in its name, so that `Memory` or `:memory:` does not become one. */
function storeOf(text: string): readonly [string, 'memory' | { readonly file: string }] {
  const [, name = 'default', place = ''] = /^(?:([\w.-]+)=)?(.*)$/s.exec(text) ?? [];
  if (place === '') throw optionWrong('kv', text, 'it names no place', 'write it as --kv memory, or --kv notes.sqlite');
  if (place === 'memory') return [name, place];
  const fix = `write it as --kv memory, or --kv ./${place.replace(/^.*[=:]|:/g, '') || 'notes'} for a file`;
  if (place.startsWith('=')) throw optionWrong('kv', text, 'its name is empty', fix);
  if (!/[./\\]/.test(place))
    throw optionWrong('kv', text, `"${place}" is neither "memory" nor the path of a file`, fix);
  return [name, { file: place }];
}

/** `HOST[::GUEST][:ro]`. Without a name for the guest it is `/HOST`, or `.` for the working directory. */
function directoryOf(text: string): Directory {
  const [, place = '', mode = 'rw'] = /^(.*?)(?::(ro|rw))?$/s.exec(text) ?? [];
  const at = place.lastIndexOf('::');
  const host = at < 0 ? place : place.slice(0, at);
  const guest = at < 0 ? guestNameOf(host) : place.slice(at + 2);
  const wrong = (why: string, fix: string): Error => optionWrong('dir', text, why, `write it as --dir ${fix}`);
  if (host === '') throw wrong('it names no directory', './data::/data');
  if (guest === undefined) throw wrong(...withoutName(host, text.slice(place.length)));
  if (guest === '') throw wrong('it does not say what the guest calls it', `${host}::/data`);
  if (guest.endsWith(':')) throw wrong('it ends with a colon', `${host}::${guest.slice(0, -1)}`);
  if (/:(?:ro|rw)$/i.test(guest))
    throw wrong('its mode is given twice', `${host}::${guest.replace(/(?::\w*)+$/, '')}:${mode}`);
  if (!isGuestPath(guest))
    throw wrong(`"${guest}" is no path of a guest, which begins with / and does not climb`, `${host}::/data`);
  return { host, guest, mode: mode === 'ro' ? 'ro' : 'rw' };
}

function isGuestPath(guest: string): boolean {
  return guest === '.' || (guest.startsWith('/') && !/(?:^|\/)\.\.?(?:\/|$)/.test(guest));
}

/** What is wrong with a directory that has no name for the guest, and how it is probably meant. */
function withoutName(host: string, mode: string): readonly [why: string, fix: string] {
  const [, before = '', after = ''] = /^(.+?):(.*)$/s.exec(host) ?? [];
  if (before === '') return ['it does not say what the guest calls it', `${host}::/data${mode}`];
  if (after === '') return ['it ends with a colon', before];
  if (/^r[ow]$/i.test(after)) return ['a mode is "ro" or "rw"', `${before}:${after.toLowerCase()}`];
  if (after.startsWith('/')) return ['two colons are before what the guest calls it', `${before}::${after}${mode}`];
  return ['it does not say what the guest calls it', `${host}::/data${mode}`];
}

/** `data` is `/data` for the guest, and `.` its working directory. A path that climbs needs a name. */
function guestNameOf(host: string): string | undefined {
  const parts = host.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || /[\\:]/.test(host)) return undefined;
  if (parts.length > 0) return `/${parts.join('/')}`;
  return host.startsWith('/') ? '/' : '.';
}
