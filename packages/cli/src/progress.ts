import type { Output } from './output.ts';

/** Shorter than this, nobody wants to be told. */
const PATIENCE_MS = 1_000;

/** Says what is being done, on a terminal, when it takes more than a second. */
export async function progress<T>(output: Output | undefined, what: string, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => output?.status?.(`${what} …`), PATIENCE_MS);
  const started = performance.now();
  try {
    return await work();
  } finally {
    clearTimeout(timer);
    if (performance.now() - started > PATIENCE_MS) output?.status?.('');
  }
}
