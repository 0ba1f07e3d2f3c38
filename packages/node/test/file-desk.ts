import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { io } from '@loophost/capabilities';
import type { Component } from '@loophost/component';
import type { Grants, Host, HostEvent, Instance, LinkedComponent } from '@loophost/host';
import { createNodeHost, filesystem } from '@loophost/node';
import { afterAll, afterEach, expect } from 'vitest';
import { guest } from './guests.ts';

/** What lies next to the directories that guests get, and must stay unread and unchanged. */
export const SECRET = 'the-secret-of-the-host';

/** A place on the disk with a directory `inside`, which guests get, and one `outside`. */
export class Disk implements Disposable {
  readonly top: string = mkdtempSync(join(tmpdir(), 'loophost-files-'));

  constructor() {
    this.write('inside/notes.txt', 'notes');
    this.write('inside/sub/deep.txt', 'deep');
    this.write('outside/secret.txt', SECRET);
    this.write('secret.txt', SECRET);
  }

  path(name: string): string {
    return resolve(this.top, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  [Symbol.dispose](): void {
    rmSync(this.top, { recursive: true, force: true });
  }
}

/** A directory that a guest gets, by its name on the disk. */
export interface Given {
  readonly host?: string;
  readonly guest?: string;
  readonly mode?: 'ro' | 'rw';
}

/** A host with a file system, for guests that use files as they are told. One serves many tests, each with its own disk. */
export class FileDesk implements AsyncDisposable {
  readonly host: Host;
  private disk: Disk | undefined;
  private events: HostEvent[] = [];
  private readonly linked: LinkedComponent[] = [];
  private component: Promise<Component> | undefined;

  constructor() {
    this.host = createNodeHost({ capabilities: [io(), filesystem()] });
    this.host.on((event) => this.events.push(event));
  }

  /** Makes a new disk. */
  open(): Disk {
    this.events = [];
    this.disk = new Disk();
    return this.disk;
  }

  /** Ends the guests and takes the disk away. */
  async close(): Promise<void> {
    for (const linked of this.linked.splice(0)) await linked[Symbol.asyncDispose]();
    this.disk?.[Symbol.dispose]();
  }

  /** Starts a guest with these directories. */
  async user(executor: string, ...given: readonly Given[]): Promise<FileUser> {
    const { disk } = this;
    if (!disk) throw new Error('there is no disk');
    const mounts = given.map(({ host = 'inside', guest: path = '/data', ...rest }) => ({
      host: resolve(disk.top, host),
      guest: path,
      ...rest,
    }));
    const linked = await this.link(executor, given.length > 0 ? { filesystem: mounts } : {});
    return new FileUser(await linked.instantiate());
  }

  async link(executor: string, grants: Grants): Promise<LinkedComponent> {
    this.component ??= guest('file-user');
    const linked = await this.host.link(await this.component, { trust: 'trusted', executor, grants });
    this.linked.push(linked);
    return linked;
  }

  /** Verdict, reason and request of each decision so far. */
  get decisions(): readonly string[] {
    return this.events.flatMap((event) =>
      event.kind === 'decision' ? [`${event.verdict} ${event.reason}: ${event.request}`] : [],
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
  }
}

export class FileUser {
  readonly instance: Instance;

  constructor(instance: Instance) {
    this.instance = instance;
  }

  /** Does one thing after the other and gives the answers. */
  async do(...commands: readonly string[]): Promise<readonly string[]> {
    return (await this.instance.call('run', [commands], { timeoutMs: 20_000 })) as readonly string[];
  }
}

/** A desk for all tests of a file, which ends with them and must leave nothing alive. */
export function deskOfFile(): FileDesk {
  const desk = new FileDesk();
  afterEach(() => desk.close());
  afterAll(async () => {
    await desk[Symbol.asyncDispose]();
    expect(desk.host.live).toEqual({ instances: 0, threads: 0, handles: 0, calls: 0 });
  });
  return desk;
}
