import { keyValue as portableKeyValue } from '@loophost/capabilities';
import type { Capability } from '@loophost/host';

/**
 * Serves `wasi:keyvalue`, as `keyValue` of `@loophost/capabilities` does, with stores in memory and in SQLite files. A path
 * that is not absolute starts in the working directory; the file is made when a component opens the store.
 *
 * @example
 * createNodeHost({ capabilities: [keyValue()] });
 * host.link(component, { grants: { keyValue: { stores: { default: { file: 'notes.sqlite' } } } } });
 */
export function keyValue(): Capability {
  return portableKeyValue({
    // Loaded with the first file: a host without one needs no database.
    openFile: async (file, bounds) => (await import('./sqlite.ts')).openSqliteStore(file, bounds),
  });
}
