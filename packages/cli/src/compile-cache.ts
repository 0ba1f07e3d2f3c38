import { mkdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/**
 * Where what Node makes of our code is kept, so that the next start is a tenth shorter: among the caches of the user, since
 * code that others could have written there would run. None when there is no such folder; Node then keeps nothing.
 */
export function compileCacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const caches = cachesOf(env, platform);
  // A relative one would be in the folder of whatever is being worked on.
  return caches !== undefined && isAbsolute(caches) ? join(caches, 'loophost') : undefined;
}

function cachesOf(
  { HOME: home, LOCALAPPDATA: local, XDG_CACHE_HOME: xdg }: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string | undefined {
  if (platform === 'win32') return local;
  if (platform === 'linux' && xdg !== undefined && isAbsolute(xdg)) return xdg;
  return home && join(home, platform === 'darwin' ? 'Library/Caches' : '.cache');
}

/**
 * Makes the folder and tells whether it is there. Only the last two levels are made: a home that does not exist is not for
 * us to make, and Node makes all of them without end where nothing can be made, as in `/proc`.
 */
export function makeFolder(folder: string): boolean {
  try {
    if (!isFolder(dirname(dirname(folder)))) return false;
    for (const level of [dirname(folder), folder]) if (!isFolder(level)) mkdirSync(level, { mode: 0o700 });
    return true;
  } catch {
    return false;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
