// Copied into an empty project by `npm run check:exports`, beside the packed packages: type-checked strictly, then run.
import { compile, isLoopError } from '@loophost/component';
import { createNodeHost } from '@loophost/node';

const empty = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00);
await using host = createNodeHost();
const linked = await host.link(await compile(empty), { name: 'empty' });
await using instance = await linked.instantiate();
const refusal: unknown = await instance.call('run').catch((error: unknown) => error);
if (!isLoopError(refusal) || refusal.code !== 'E_FUNCTION_UNKNOWN' || host.live.instances !== 1)
  throw new Error('the host does not run its guest', { cause: refusal });
