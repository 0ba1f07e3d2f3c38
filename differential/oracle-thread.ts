import { parentPort } from 'node:worker_threads';
import { componentWit } from '@bytecodealliance/jco-transpile/wasm-tools';
import type { Verdict } from './oracle.ts';

/** A message of the validator ends with the offset. What fails afterwards, when WIT is made of the types, has none. */
const OFFSET = /\(at offset 0x[0-9a-f]+\)/;

/** Has wasm-tools validate a component, with every feature on. */
async function verdictOf(bytes: Uint8Array): Promise<Verdict> {
  try {
    await componentWit(bytes);
    return { kind: 'accepted' };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (error instanceof WebAssembly.RuntimeError) return { kind: 'panicked', why: text };
    const why = text.replace(/^Failed to decode wit component\s*/, '').replace(/\s+/g, ' ');
    return OFFSET.test(why) ? { kind: 'refused', why } : { kind: 'accepted', note: why };
  }
}

parentPort?.on('message', (bytes: Uint8Array) => {
  void verdictOf(bytes).then((verdict) => parentPort?.postMessage(verdict));
});
