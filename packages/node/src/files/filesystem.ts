import { existsSync, realpathSync, statSync } from 'node:fs';
import { filesystem as filesystemOn } from '@loophost/capabilities';
import type { Capability } from '@loophost/host';

/**
 * Serves `wasi:filesystem` from directories of this machine: those that a component is granted under `filesystem`. A
 * relative `host` is taken from the working directory of the process, when the component is linked. On Linux the guest
 * cannot leave its directories, whatever it or a sibling does to them meanwhile; on other systems, one who renames
 * directories at the right moment may.
 *
 * @example
 * await using host = createNodeHost({ capabilities: [filesystem()] });
 * const linked = await host.link(component, { grants: { filesystem: [{ host: './data', guest: '/data', mode: 'rw' }] } });
 */
export function filesystem(): Capability {
  return filesystemOn({ guestPart: 'filesystem', locate });
}

function locate(host: string): string {
  if (process.platform === 'linux' && !existsSync('/proc/self/fd'))
    throw new Error('/proc is not mounted, and no other way to reach files is safe');
  const place = realpathSync.native(host);
  if (!statSync(place).isDirectory()) throw new Error('it is no directory');
  return place;
}
