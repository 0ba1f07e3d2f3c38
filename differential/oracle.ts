import { Worker } from 'node:worker_threads';

/** What jco's validator (wasm-tools) says of a component. */
export type Verdict =
  /** `note` tells why it could not be shown as WIT, although it is valid. */
  | { readonly kind: 'accepted'; readonly note?: string }
  | { readonly kind: 'refused'; readonly why: string }
  /** The tool itself broke. */
  | { readonly kind: 'panicked'; readonly why: string };

const DEADLINE_MS = 20_000;
/** Panics of what comes after the validator, when WIT is made of the types. */
const AFTER_VALIDATION = /panicked at \S*(wit-parser|wit-component|wasm-tools-component)/;

/**
 * jco's validator in a thread of its own: a panic leaves wasm-tools unusable ("cannot enter component instance"), so the
 * thread is replaced after one.
 */
export class Oracle implements AsyncDisposable {
  private thread = new OracleThread();
  replaced = 0;

  async judge(bytes: Uint8Array): Promise<Verdict> {
    const verdict = await this.thread.ask(bytes);
    if (verdict.kind !== 'panicked') return verdict;
    const why = await this.thread.end();
    this.thread = new OracleThread();
    this.replaced++;
    return AFTER_VALIDATION.test(why) ? { kind: 'accepted', note: why } : { ...verdict, why: `${verdict.why} ${why}` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.thread.end();
  }
}

class OracleThread {
  // A panic prints where it was, which tells how far the component had come.
  private readonly worker = new Worker(new URL('./oracle-thread.ts', import.meta.url), { stderr: true, stdout: true });
  private printed = '';

  constructor() {
    this.worker.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.printed += text;
    });
  }

  ask(bytes: Uint8Array): Promise<Verdict> {
    const { worker } = this;
    return new Promise((resolve) => {
      const end = (verdict: Verdict): void => {
        clearTimeout(timer);
        worker.off('message', end).off('error', broken);
        resolve(verdict);
      };
      const broken = (error: unknown): void => end({ kind: 'panicked', why: String(error) });
      const timer = setTimeout(() => broken('no answer in time'), DEADLINE_MS);
      worker.once('message', end).once('error', broken);
      worker.postMessage(bytes);
    });
  }

  /** Ends the thread and gives what it printed. */
  async end(): Promise<string> {
    await this.worker.terminate();
    return this.printed;
  }
}
