import { allow, type Decision, deny } from '@loophost/host/guest';
import type { Trespass } from './backend.ts';
import { CAPABILITY } from './interfaces.ts';

/** A directory of the host that a component is given. */
export interface Mount {
  /** Where it lies. */
  readonly host: string;
  /** What the guest calls it. */
  readonly guest: string;
  /** Whether the guest may change anything in it. */
  readonly mode: 'ro' | 'rw';
}

/** What a guest wants to do with a path. */
export interface FileRequest {
  /** The directory that the path is in. */
  readonly mount: Mount;
  /** Like `open`. */
  readonly verb: string;
  /** As the guest spells it, after the name of the directory. */
  readonly path: string;
  /** Whether it would change anything. */
  readonly mutates: boolean;
  /** What the path turned out to lead to. */
  readonly trespass?: Trespass | undefined;
}

/** Decides on one request. */
export function decide({ mount, verb, path, mutates, trespass }: FileRequest): Decision {
  const request = `${verb} ${path}`;
  if (trespass) {
    const { reason, fix } = TRESPASSES[trespass];
    return deny(CAPABILITY, request, reason, fix);
  }
  if (mutates && mount.mode === 'ro')
    return deny(CAPABILITY, request, 'read-only', `grant the directory "${mount.guest}" with mode "rw"`);
  return allow(CAPABILITY, request);
}

const TRESPASSES: Readonly<Record<Trespass, { readonly reason: string; readonly fix?: string }>> = {
  outside: { reason: 'outside-directory', fix: 'grant the directory that it leads to, and have the guest use that' },
  device: { reason: 'not-a-file' },
  'process-files': { reason: 'process-files' },
  'too-many-open': {
    reason: 'too-many-open',
    fix: 'have the guest close what it no longer needs, or raise filesystem.maxOpenFiles',
  },
};
