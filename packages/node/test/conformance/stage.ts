import { mkdirSync } from 'node:fs';
import { type Component, isComponentError, isLoopError } from '@loophost/component';
import {
  type Grants,
  type Host,
  type HostEvent,
  type HostLimits,
  type Instance,
  type LinkedComponent,
  provide,
  type TrustClass,
} from '@loophost/host';
import { createNodeHost } from '@loophost/node';
import { Disk } from '../file-desk.ts';
import { type LocalServer, serve } from '../http/server.ts';

/** What a component is linked with. */
export interface Given {
  readonly component: Component;
  readonly executor: string;
  /** Default `trusted`, so that it may run anywhere. */
  readonly trust?: TrustClass;
  readonly grants?: Grants;
  readonly limits?: Partial<HostLimits>;
  /** Called before the guest starts. */
  readonly onLinked?: () => void;
}

/** Calls a function of a guest. */
export type Call = (name: string, ...args: readonly unknown[]) => Promise<unknown>;

/** A guest that was started for a case. */
export interface Trial {
  readonly stage: Stage;
  readonly executor: string;
  readonly call: Call;
  readonly instance: Instance;
  readonly linked: LinkedComponent;
  /** Starts another guest of the same linked component. */
  another(): Promise<Call>;
}

/** From this number on, the provider of `acme:test/host@1.0.0.f` waits so many milliseconds; smaller ones it gives at once. */
export const WAITS_FROM = 100;
/** It waits longer than any test. */
export const NEVER = 1_000_000;

/** The provider's function. */
export function answer(x: number): number | Promise<number> {
  if (x < WAITS_FROM) return x;
  return new Promise((resolve) => setTimeout(resolve, x, x).unref());
}

/** A class of the app, whose instances guests hold. */
class Bucket {
  readonly entries: Map<string, string>;
  private readonly title: string;

  constructor(title: string, entries: Iterable<readonly [string, string]> = []) {
    this.title = title;
    this.entries = new Map(entries);
  }

  name(): string {
    return this.title;
  }

  put(key: string, value: string): void {
    this.entries.set(key, value);
  }

  get(key: string): string | undefined {
    return this.entries.get(key);
  }

  static join(left: Bucket, right: Bucket): Bucket {
    return new Bucket(`${left.title}+${right.title}`, [...left.entries, ...right.entries]);
  }
}

function size(bucket: Bucket): number {
  return bucket.entries.size;
}

/** One host for many cases, with what guests may be given of this machine: a disk and a server. */
export class Stage implements AsyncDisposable {
  readonly host: Host;
  readonly disk: Disk;
  readonly server: LocalServer;
  private events: HostEvent[] = [];

  private constructor(server: LocalServer) {
    this.server = server;
    this.disk = new Disk();
    mkdirSync(this.disk.path('stores'));
    this.host = createNodeHost({
      capabilities: [
        provide({ name: 'test', interfaces: { 'acme:test/host@1.0.0': { f: answer } } }),
        provide({ name: 'buckets', interfaces: { 'loop:guests/buckets@0.1.0': { Bucket, size } } }),
      ],
    });
    this.host.on((event) => this.events.push(event));
  }

  static async open(): Promise<Stage> {
    return new Stage(
      await serve((request, response) => {
        const size = Number(request.url?.slice(1));
        if (request.url === '/drip') return drip(response);
        if (request.url === '/slow') return void setTimeout(() => response.end(), 150);
        if (request.method === 'GET') return void response.end(Buffer.alloc(size || 2, 'ok'));
        let length = 0;
        request.on('data', (part: Buffer) => (length += part.length)).on('end', () => response.end(String(length)));
      }),
    );
  }

  get origin(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }

  /** Links a component, starts it, does something with it, and ends it. */
  async run<T>({ component, onLinked, ...options }: Given, work: (trial: Trial) => Promise<T>): Promise<T> {
    this.events = [];
    await using linked = await this.host.link(component, { name: 'guest', trust: 'trusted', ...options });
    onLinked?.();
    const instance = await linked.instantiate();
    const another = async (): Promise<Call> => callOf(await linked.instantiate());
    return await work({ stage: this, executor: options.executor, call: callOf(instance), instance, linked, another });
  }

  /** What listeners were told in the last run, as text: decisions, log entries, and the output of each stream. */
  get heard(): readonly string[] {
    const lines: string[] = [];
    const output = { stdout: '', stderr: '' };
    for (const event of this.events) {
      if (event.kind === 'decision')
        lines.push(
          `${event.verdict} ${event.capability}: ${event.request}: ${event.reason}${event.fix ? `: ${event.fix}` : ''}`,
        );
      if (event.kind === 'log') lines.push(`log ${event.level} ${event.context}: ${event.message}`);
      if (event.kind === 'output') output[event.stream] += Buffer.from(event.bytes).toString();
    }
    for (const [stream, text] of Object.entries(output)) if (text) lines.push(`${stream}: ${text}`);
    return lines;
  }

  /** What lives, but for the threads that are held ready. */
  get alive(): number {
    const { instances, handles, calls } = this.host.live;
    return instances + handles + calls;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    this.disk[Symbol.dispose]();
  }
}

function callOf(instance: Instance): Call {
  return (name, ...args) => instance.call(name, args);
}

/** A byte now and then, for ever. */
function drip(response: Parameters<Parameters<typeof serve>[0]>[1]): void {
  const timer = setInterval(() => response.write('.'), 20);
  response.once('close', () => clearInterval(timer));
}

/** What came of something: a value; the error value of a guest; or a code, of a link the codes of all its problems. */
export async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (thrown) {
    if (isComponentError(thrown)) return { error: thrown.payload };
    if (!isLoopError(thrown)) throw thrown;
    if (thrown.problems.length === 0) return thrown.code;
    return [thrown.code, ...thrown.problems.map(({ code }) => code)].join(' ');
  }
}
