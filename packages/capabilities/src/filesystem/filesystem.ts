import { type Capability, grantInvalid } from '@loophost/host';
import { parseGrant } from './grant.ts';
import { CAPABILITY, FILESYSTEM_INTERFACES, type FilesystemSettings } from './interfaces.ts';

/** How a platform keeps files. */
export interface FilePlatform {
  /** The name of its guest part. */
  readonly guestPart: string;
  /**
   * Finds the directory that a grant names, following links, and gives its true place. Called when a component is linked,
   * so that nobody can have it lead elsewhere later.
   *
   * @throws {Error} that tells why it cannot be used.
   */
  locate(host: string): string;
  /** What else the guest part needs: plain data. */
  readonly settings?: unknown;
}

/**
 * Serves `wasi:filesystem`: the directories that a component is granted under `filesystem`, read-only unless the grant says
 * `rw`. The guest cannot leave them: not by `..`, absolute paths, symbolic links, renames or races. Without a grant the
 * interfaces are served with no directory, so that language runtimes which import them still start.
 *
 * The grant is a list of at most 64 directories, or `{ directories, maxOpenFiles }`; a guest may have so many files and
 * directories open at once, 128 unless granted more. A path has at most 4,096 UTF-16 units, and leads at most 256
 * directories down and through 40 links; a call reads or writes 1 MiB at most. What the guest writes is not bounded: that
 * is up to the disk. A grant that is not of this form fails `host.link` with `E_GRANT_INVALID`.
 *
 * It runs in the guest's thread and never suspends the guest. Reported are: opening, listing, creating, changing, renaming
 * and removing by path, each with its outcome; refusals of everything.
 *
 * Most apps want `filesystem` of `@loophost/node`, which brings the platform.
 *
 * @example
 * host.link(component, { grants: { filesystem: [{ host: './data', guest: '/data', mode: 'rw' }] } })
 */
export function filesystem({ guestPart, locate, settings: platform }: FilePlatform): Capability {
  return {
    name: CAPABILITY,
    interfaces: FILESYSTEM_INTERFACES,
    configure(grant) {
      const { mounts, maxOpenFiles } = parseGrant(grant);
      let settings: FilesystemSettings | undefined;
      const find = (host: string): string => {
        try {
          return locate(host);
        } catch (cause) {
          throw unusable(host, cause);
        }
      };
      return {
        mayWait: false,
        guestPart,
        prepare() {
          settings ??= {
            mounts: mounts.map((mount) => ({ ...mount, host: find(mount.host) })),
            maxOpenFiles,
            platform,
          };
          return { settings };
        },
      };
    },
  };
}

function unusable(host: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return grantInvalid({
    capability: CAPABILITY,
    why: `the directory "${host}" cannot be used: ${why}`,
    fix: 'name a directory that is there',
  });
}
