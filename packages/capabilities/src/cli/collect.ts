import type { HostEvent, Listener } from '@loophost/host';
import { concatenated } from './concatenated.ts';
import { DEFAULT_OUTPUT_LIMIT_BYTES } from './stdio.ts';

export interface CollectOptions {
  /** Only what components of this name write. Default all. */
  readonly component?: string;
  /** How much is kept of each stream, from its beginning. Default {@link DEFAULT_OUTPUT_LIMIT_BYTES}. */
  readonly maxBytes?: number;
}

/** What guests have written, since the collecting began. */
export interface CollectedOutput extends Disposable {
  bytes(stream: 'stdout' | 'stderr'): Uint8Array;
  /** The bytes as UTF-8; what is none is replaced. */
  text(stream: 'stdout' | 'stderr'): string;
  /** Tells whether more was written than is kept. */
  readonly isCut: boolean;
}

/**
 * Collects the output that guests write and that is captured. Dispose of it to stop.
 *
 * @example
 * using output = collectOutput(host, { component: 'greeter' });
 * await instance.call('wasi:cli/run@0.2.12.run');
 * output.text('stdout');
 */
export function collectOutput(
  host: { on(listener: Listener): Disposable },
  { component, maxBytes = DEFAULT_OUTPUT_LIMIT_BYTES }: CollectOptions = {},
): CollectedOutput {
  const kept = { stdout: new Kept(maxBytes), stderr: new Kept(maxBytes) };
  const listening = host.on((event: HostEvent) => {
    if (event.kind === 'output' && (component === undefined || event.component === component))
      kept[event.stream].add(event.bytes);
  });
  return {
    bytes: (stream) => kept[stream].bytes(),
    text: (stream) => new TextDecoder().decode(kept[stream].bytes()),
    get isCut() {
      return kept.stdout.isCut || kept.stderr.isCut;
    },
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}

class Kept {
  isCut = false;
  private parts: Uint8Array[] = [];
  private left: number;

  constructor(maxBytes: number) {
    this.left = maxBytes;
  }

  add(bytes: Uint8Array): void {
    const part = bytes.subarray(0, this.left);
    this.left -= part.length;
    if (part.length > 0) this.parts.push(part);
    if (part.length < bytes.length) this.isCut = true;
  }

  bytes(): Uint8Array {
    const all = concatenated(this.parts);
    this.parts = [all];
    return all.slice();
  }
}
