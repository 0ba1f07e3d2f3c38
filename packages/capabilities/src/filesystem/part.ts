import { deny, type GuestPart } from '@loophost/host/guest';
import { IoError } from '../io/io.ts';
import { type BackendDirectory, type ErrorCode, type FileBackend, FileFailure } from './backend.ts';
import { Descriptor, directoryFlags } from './descriptor.ts';
import { EntryStream } from './entry-stream.ts';
import { type FilesystemSettings, PREOPENS, TYPES } from './interfaces.ts';
import type { Shared } from './open-files.ts';
import type { Mount } from './policy.ts';
import { Session } from './session.ts';

/**
 * Makes the guest part of a file system. Nothing is opened before the guest asks for its directories.
 *
 * @param makeBackend - Called once for each guest.
 */
export function filesystemPart(makeBackend: (settings: FilesystemSettings) => FileBackend): GuestPart {
  return {
    link(given, realm) {
      const settings = given as FilesystemSettings;
      const session = new Session(realm, settings.maxOpenFiles);
      const roots = new Map<Mount, Shared<BackendDirectory>>();
      let backend: FileBackend | undefined;
      const root = (mount: Mount): Shared<BackendDirectory> => {
        backend ??= makeBackend(settings);
        const { host } = mount;
        const found = roots.get(mount) ?? session.open.keep(() => (backend as FileBackend).openRoot(host));
        roots.set(mount, found);
        return found.share();
      };
      const getDirectories = (): [Descriptor, string][] =>
        settings.mounts.flatMap((mount): [Descriptor, string][] => {
          try {
            const parts = { session, node: root(mount), mount, path: mount.guest, flags: directoryFlags(mount.mode) };
            return [[new Descriptor(parts), mount.guest]];
          } catch (thrown) {
            // The interface has no way to fail, so the guest finds one directory less.
            if (!(thrown instanceof FileFailure)) throw thrown;
            const fix = 'link the component again, once the directory is where it was granted';
            realm.report(deny(realm.capability, `open ${mount.guest}`, 'directory-gone', fix));
            return [];
          }
        });
      return {
        imports: {
          [TYPES]: { Descriptor, DirectoryEntryStream: EntryStream, filesystemErrorCode },
          [PREOPENS]: { getDirectories },
        },
        [Symbol.dispose]: () => session[Symbol.dispose](),
      };
    },
  };
}

function filesystemErrorCode({ failure: { code } }: IoError): ErrorCode | undefined {
  return code?.of === 'filesystem' ? (code.value as ErrorCode) : undefined;
}
