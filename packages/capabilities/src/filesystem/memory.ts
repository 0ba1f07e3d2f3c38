import type { Capability } from '@loophost/host';
import { filesystem } from './filesystem.ts';
import type { MemoryTrees } from './memory-backend.ts';

/**
 * Serves `wasi:filesystem` from memory. Each guest gets files of its own, which end with it. Everything that it keeps may
 * take 64 MiB, counted with 1 KiB for each name; the other bounds are those of {@link filesystem}.
 *
 * @param trees - What there is to grant, by name: the content of each file by its path in the tree. Each `host` of a grant
 *   names one.
 *
 * @example
 * createHost({ capabilities: [memoryFilesystem({ notes: { 'today.txt': 'Buy milk' } })], … })
 * host.link(component, { grants: { filesystem: [{ host: 'notes', guest: '/notes' }] } })
 */
export function memoryFilesystem(trees: MemoryTrees): Capability {
  const locate = (name: string): string => {
    if (!Object.hasOwn(trees, name)) throw new Error(`there are ${Object.keys(trees).join(', ') || 'none'}`);
    return name;
  };
  return filesystem({ guestPart: 'memory-filesystem', locate, settings: trees });
}
