// Copied into an empty project by `npm run check:exports`, beside the packed packages: type-checked strictly, then run.
import { clocks, config, exitCodeOf, logging, memoryFilesystem, random, wasi } from '@loophost/capabilities';
import { io, sourceOf } from '@loophost/capabilities/guest';
import type { Capability } from '@loophost/host';

const capabilities: readonly Capability[] = [...wasi(), clocks(), random(), config(), logging(), memoryFilesystem({})];
const interfaces = new Set(capabilities.flatMap((capability) => capability.interfaces));
const stream = io('block').inputStream(sourceOf(Uint8Array.of(7)));
if (
  !interfaces.has('wasi:cli/stdout@0.2.12') ||
  stream.read(1n)[0] !== 7 ||
  exitCodeOf(new Error('no exit')) !== undefined
)
  throw new Error('the capabilities are not what they say');
