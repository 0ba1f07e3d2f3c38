/** Its name, as grants and events have it. */
export const CAPABILITY = 'config';

/**
 * The interfaces of `wasi:config`. Drafts promise compatibility with nothing but themselves, and these three are in use;
 * the interface that is now `store` was called `runtime` first.
 */
export const CONFIG_INTERFACES: readonly string[] = [
  'wasi:config/store@0.2.0-rc.1',
  'wasi:config/store@0.2.0-draft',
  'wasi:config/runtime@0.2.0-draft',
];

/** What the guest part gets: entries in the order of the grant. */
export interface ConfigSettings {
  readonly entries: readonly (readonly [key: string, value: string])[];
}
