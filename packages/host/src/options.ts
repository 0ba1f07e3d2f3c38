import { checkOptions, DEFAULT_LIMITS, FLAG, FUNCTION, type OptionKind, RECORD } from '@loophost/component';
import type { HostOptions } from './host.ts';
import { HOST_LIMIT_KINDS } from './limits.ts';

const TEXT: OptionKind = ['a string', (value) => typeof value === 'string'];
const LIST: OptionKind = ['an array', (value) => Array.isArray(value)];
const TIME: OptionKind = ['a number of milliseconds, 0 or more', (value) => typeof value === 'number' && value >= 0];
const TRUST: OptionKind = ['"trusted" or "untrusted"', (value) => value === 'trusted' || value === 'untrusted'];
const COMPONENT: OptionKind = ['a component, as compile gives it', (value) => isObjectWith(value, 'link')];
const SIGNAL: OptionKind = [
  'an AbortSignal',
  (value) => isObjectWith(value, 'addEventListener') && isObjectWith(value, 'removeEventListener'),
];

function isObjectWith(value: unknown, method: string): boolean {
  return RECORD[1](value) && typeof (value as Record<string, unknown>)[method] === 'function';
}

function atLeast(least: number): OptionKind {
  return [`a whole number from ${least}`, (value) => Number.isSafeInteger(value) && Number(value) >= least];
}

const TEXTS: OptionKind = [
  'an array of strings',
  (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
];
const PROVIDER: OptionKind = ['an object or a function', (value) => RECORD[1](value) || FUNCTION[1](value)];
const EXECUTORS: OptionKind = ['at least one executor', (value) => Array.isArray(value) && value.length > 0];

const HOST = { capabilities: LIST, executors: EXECUTORS, guestParts: FUNCTION, live: RECORD };
const CAPABILITY = { name: TEXT, interfaces: TEXTS, trust: TRUST, configure: FUNCTION };
const PROVIDE = { name: TEXT, interfaces: RECORD, needsGrant: FLAG, trust: TRUST };
const LINK = { name: TEXT, trust: TRUST, grants: RECORD, limits: RECORD, executor: TEXT };
const CALL = { timeoutMs: TIME, signal: SIGNAL, transfer: LIST };
/** Not taken for misspelt: they exist, at another place. */
const COMPILE_LIMITS = Object.fromEntries(
  Object.keys(DEFAULT_LIMITS).map((name): [string, OptionKind] => [
    name,
    ['it among the limits of compile', () => false],
  ]),
);
const POOL = { size: atLeast(1), callsPerInstance: atLeast(1), queueLimit: atLeast(0) };

/** Refuses options of a host that do not exist or are of another kind. */
export function checkHostOptions(options: HostOptions): void {
  // What must be there is not left to a default.
  const { executors = null, guestParts = null } = RECORD[1](options) ? options : {};
  checkOptions(
    'create host',
    ['', { options: options ?? null }, { options: RECORD }],
    ['options.', { ...options, executors, guestParts }, HOST],
  );
}

/** Refuses what is no capability. One may have more than the host needs of it. */
export function checkCapabilityKinds(capabilities: readonly unknown[]): void {
  checkOptions(
    'create host',
    ...capabilities.map((one, i) => {
      const at = `capabilities[${i}]`;
      if (!RECORD[1](one)) return ['options.', { [at]: one ?? null }, { [at]: ['a capability', () => false] }] as const;
      const { name = null, interfaces = null, trust, configure = null } = one as Record<string, unknown>;
      return [`options.${at}.`, { name, interfaces, trust, configure }, CAPABILITY] as const;
    }),
  );
}

/** Refuses options of a provider that do not exist or are of another kind: a misspelt one would open what it was to close. */
export function checkProviderOptions(options: unknown): void {
  const { name = null, interfaces = null, ...rest } = (RECORD[1](options) ? options : {}) as Record<string, unknown>;
  const providers = Object.entries(RECORD[1](interfaces) ? (interfaces as object) : {});
  checkOptions(
    'provide',
    ['', { options: options ?? null }, { options: RECORD }],
    ['options.', { ...rest, name, interfaces }, PROVIDE],
    [
      'options.interfaces.',
      Object.fromEntries(providers.map(([key, provider]) => [key, (provider as unknown) ?? null])),
      Object.fromEntries(providers.map(([key]) => [key, PROVIDER])),
    ],
  );
}

/** Refuses what is no component, and options of a link that do not exist or are of another kind. */
export function checkLinkOptions(verb: string, component: unknown, options: { limits?: unknown }): void {
  checkOptions(
    `${verb} component`,
    ['', { component: component ?? null, options }, { component: COMPONENT, options: RECORD }],
    ['options.', options, LINK],
    ['options.limits.', options?.limits, { ...COMPILE_LIMITS, ...HOST_LIMIT_KINDS }],
  );
}

/** The same for a call. */
export function checkCall(name: unknown, args: unknown, options: unknown): void {
  checkOptions(
    'call',
    ['', { name: name ?? null, args, options }, { name: TEXT, args: LIST, options: RECORD }],
    ['options.', options, CALL],
  );
}

/** Refuses a signal that looks like one and cannot be listened to. */
export function refuseSignal(signal: unknown): void {
  checkOptions('call', ['options.', { signal }, { signal: ['an AbortSignal', () => false] }]);
}

/** The same for a pool. */
export function checkPoolOptions(options: unknown): void {
  checkOptions('make pool', ['', { options }, { options: RECORD }], ['options.', options, POOL]);
}
