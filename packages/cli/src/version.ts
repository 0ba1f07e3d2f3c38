import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** The version of this package, wherever in it this code stands: in `src`, or bundled. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(findPackageJSON(import.meta.url) ?? '', 'utf8')) as { version: string };
  return manifest.version;
}
