import type { Capability } from '@loophost/host';
import { environment } from './cli/environment.ts';
import { stdio } from './cli/stdio.ts';
import { clocks } from './clocks/clocks.ts';
import { io } from './io/capability.ts';
import { random } from './random/random.ts';
import { sockets } from './sockets/sockets.ts';

/**
 * What every command of WASI 0.2 imports, but for files: `io`, `environment`, `stdio`, `clocks`, `random` and `sockets`.
 * All are served without a grant, with nothing of this process in them.
 */
export function wasi(): readonly Capability[] {
  return [io(), environment(), stdio(), clocks(), random(), sockets()];
}
