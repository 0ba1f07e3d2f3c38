import type { Component, ExternItem } from '@loophost/component';
import type { Grants } from '@loophost/host';
import { optionUnused } from '../errors.ts';
import type { Given } from './options.ts';

/** Which option gives what a capability takes, and for which imports. */
export interface GrantOption {
  readonly capability: string;
  readonly option: string;
  /** How the names of the imports begin that it is for. */
  readonly serves: string;
  /** How to write it, when nothing better is known. */
  readonly example: string;
}

export const GRANTING: readonly GrantOption[] = [
  { capability: 'filesystem', option: 'dir', serves: 'wasi:filesystem/', example: '--dir ./data::/data' },
  { capability: 'environment', option: 'env', serves: 'wasi:cli/environment', example: '--env NAME=value' },
  { capability: 'http', option: 'allow-http', serves: 'wasi:http/', example: '--allow-http https://api.example.com' },
  { capability: 'keyValue', option: 'kv', serves: 'wasi:keyvalue/', example: '--kv memory' },
  { capability: 'config', option: 'config', serves: 'wasi:config/', example: '--config key=value' },
  { capability: 'random', option: 'seed', serves: 'wasi:random/', example: '--seed 42' },
  { capability: 'clocks', option: 'clock', serves: 'wasi:clocks/', example: '--clock 2026-01-31T12:00:00Z' },
];

/** What a component is given, by the name of the capability: what the options say, and the standard streams. */
export function grantsOf(component: Component, given: Given, args: readonly string[] = []): Grants {
  const { dirs, env, origins, stores, config, seed, now } = given;
  const [program, ...others] = args;
  return {
    stdio: {
      // Whoever inherits the input may wait for it, which start functions cannot.
      stdin: imports(component, 'wasi:cli/stdin') ? 'inherit' : 'empty',
      stdout: 'inherit',
      stderr: 'inherit',
    },
    environment: {
      ...(Object.keys(env).length > 0 && { env }),
      args: others,
      ...(program !== undefined && { program }),
    },
    // The only guest of its process may have more open than one of many.
    ...(dirs.length > 0 && { filesystem: { directories: dirs, maxOpenFiles: 1024 } }),
    ...(origins.length > 0 && { http: httpOf(origins) }),
    ...(Object.keys(stores).length > 0 && { keyValue: { stores } }),
    ...(Object.keys(config).length > 0 && { config }),
    ...(seed !== undefined && { random: { seed } }),
    ...(now !== undefined && { clocks: { now } }),
  };
}

const PRIVATE = '=private';

function httpOf(origins: readonly string[]): object {
  const isPrivate = (text: string): boolean => text.endsWith(PRIVATE);
  return {
    allow: origins.filter((text) => !isPrivate(text)),
    allowPrivate: origins.filter(isPrivate).map((text) => text.slice(0, -PRIVATE.length)),
  };
}

/** Refuses options that would do nothing. */
export function refuseUnused(component: Component, given: Given, args: readonly string[]): void {
  const problems = unusedOptions(component, given, args);
  if (problems.length > 0) throw new AggregateError(problems);
}

/** Finds options that give what the component does not import. */
export function unusedOptions(component: Component, given: Given, args: readonly string[]): readonly Error[] {
  const used: Readonly<Record<string, boolean>> = {
    dir: given.dirs.length > 0,
    env: Object.keys(given.env).length > 0,
    'allow-http': given.origins.length > 0,
    kv: Object.keys(given.stores).length > 0,
    config: Object.keys(given.config).length > 0,
    seed: given.seed !== undefined,
    clock: given.now !== undefined,
  };
  const problems: Error[] = GRANTING.filter(({ option, serves }) => used[option] && !imports(component, serves)).map(
    ({ option, serves }) => optionUnused(`--${option}`, serves),
  );
  if (args.length > 0 && !imports(component, 'wasi:cli/environment'))
    problems.push(optionUnused('what is behind --', 'wasi:cli/environment'));
  return problems;
}

function imports(component: Component, serves: string): boolean {
  return component.imports.some((item) => item.name.startsWith(serves) && !isTypesOnly(item));
}

/** Whether an import holds types alone, which nobody serves: nothing can be given through it. */
function isTypesOnly(item: ExternItem): boolean {
  if (item.sort === 'type') return item.type.kind !== 'resource';
  return item.sort === 'instance' && [...item.type.exports.values()].every(isTypesOnly);
}

/** What a capability gives through one of its interfaces under the options, in a few words. */
export function describeGrant(capability: string, wanted: string, given: Given): string {
  const list = (names: readonly string[], none: string): string => (names.length > 0 ? names.join(', ') : none);
  switch (capability) {
    case 'filesystem':
      return list(
        given.dirs.map(({ guest, mode }) => `${guest} (${mode})`),
        'no directory: give one with --dir',
      );
    case 'environment':
      return wanted.startsWith('wasi:cli/environment') ? list(Object.keys(given.env), 'no variable') : '';
    case 'http':
      return list(given.origins, 'nowhere');
    case 'keyValue':
      return list(
        Object.entries(given.stores).map(([name, at]) => `${name} (${at === 'memory' ? at : at.file})`),
        'no store',
      );
    case 'random':
      return given.seed === undefined ? '' : `from seed ${given.seed}`;
    case 'clocks':
      return given.now === undefined ? '' : `stopped at ${given.now.toISOString()}`;
    case 'config':
      return list(Object.keys(given.config), 'empty');
    case 'stdio':
      return 'the streams of loop';
    case 'sockets':
      return 'every use is refused';
    case 'logging':
      return 'to standard error';
    default:
      return '';
  }
}
