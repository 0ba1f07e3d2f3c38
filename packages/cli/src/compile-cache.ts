import { join } from 'node:path';

/**
 * Where what Node makes of our code is kept, so that the next start is a tenth shorter: in the user's own folder, since
 * code that others could have written there would run. None when there is no such folder; Node then keeps nothing.
 */
export function compileCacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const home = env['HOME'] ?? '';
  const caches: Partial<Record<NodeJS.Platform, string | undefined>> = {
    win32: env['LOCALAPPDATA'],
    darwin: home && join(home, 'Library/Caches'),
  };
  const folder = platform in caches ? caches[platform] : env['XDG_CACHE_HOME'] || (home && join(home, '.cache'));
  return folder ? join(folder, 'loophost') : undefined;
}
