import type { GuestPart } from '@loophost/host/guest';
import { randomTooLong } from '../errors.ts';
import { seededWords } from './seeded.ts';

export interface RandomSettings {
  readonly seed?: bigint;
}

/** The most that one call gives: 16 MiB. */
const MAX_RANDOM_BYTES = 16_777_216;
/** What WebCrypto gives at once. */
const CHUNK_BYTES = 65_536;

/** Fills bytes with random ones. */
type Fill = (bytes: Uint8Array<ArrayBuffer>) => void;

/** Serves random values where the guest runs. */
export const randomPart: GuestPart = {
  link(settings) {
    const { seed } = settings as RandomSettings;
    const fill = seed === undefined ? fillFromCrypto : fillFromSeed(seed);
    const bytes = (length: bigint): Uint8Array => {
      if (length > MAX_RANDOM_BYTES) throw randomTooLong(length, MAX_RANDOM_BYTES);
      const filled = new Uint8Array(Number(length));
      fill(filled);
      return filled;
    };
    const u64 = (): bigint => new DataView(bytes(8n).buffer).getBigUint64(0, true);
    return {
      imports: {
        'wasi:random/random@0.2.12': { getRandomBytes: bytes, getRandomU64: u64 },
        'wasi:random/insecure@0.2.12': { getInsecureRandomBytes: bytes, getInsecureRandomU64: u64 },
        'wasi:random/insecure-seed@0.2.12': { insecureSeed: () => [u64(), u64()] },
      },
    };
  },
};

function fillFromCrypto(bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) crypto.getRandomValues(bytes.subarray(at, at + CHUNK_BYTES));
}

/** Each call begins at a new word, so that what a guest gets does not depend on bytes that were left over. */
function fillFromSeed(seed: bigint): Fill {
  const next = seededWords(seed);
  return (bytes) => {
    const view = new DataView(bytes.buffer);
    const whole = bytes.length - (bytes.length % 4);
    for (let at = 0; at < whole; at += 4) view.setUint32(at, next(), true);
    if (whole === bytes.length) return;
    for (let at = whole, word = next(); at < bytes.length; at++, word >>>= 8) view.setUint8(at, word & 0xff);
  };
}
