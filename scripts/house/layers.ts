import { isBuiltin } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import type { Package } from './workspace.ts';

/** The rank of each package: it may import lower ranks only. `testing` is for development and has none. */
const RANKS: Readonly<Record<string, number>> = {
  component: 0,
  host: 1,
  capabilities: 2,
  manifest: 2,
  packets: 3,
  plugins: 3,
  actors: 3,
  node: 3,
  browser: 3,
  pack: 4,
  cli: 5,
};

const APP_RANK = 5;
const TESTING_RANK = 3;
const NODE_ROOMS: readonly string[] = ['node', 'pack', 'cli'];
const SCOPE = '@loophost/';

/** A file of a package: what stands in `src` is shipped, all else is for development. */
export interface Place {
  readonly owner: Pick<Package, 'area' | 'room' | 'dir'>;
  readonly path: string;
}

/** Why a package has no place in the rank table, or nothing. */
export function unranked(owner: Pick<Package, 'area' | 'room'>): string | undefined {
  if (rankOf(owner) !== undefined) return undefined;
  return `packages/${owner.room} has no rank; add it to the table of scripts/house/layers.ts and of ARCHITECTURE.md`;
}

/** Why a file may not import `specifier`, or nothing. */
export function forbidden(place: Place, specifier: string): string | undefined {
  if (isBuiltin(specifier)) return forbiddenBuiltin(place);
  if (specifier.startsWith('.')) return forbiddenPath(place, specifier);
  if (specifier.startsWith(SCOPE)) return forbiddenPackage(place, specifier.slice(SCOPE.length));
  if (place.owner.room === 'component' && isShipped(place))
    return 'component has no dependencies: it runs everywhere, alone';
  return undefined;
}

function forbiddenBuiltin(place: Place): string | undefined {
  if (!isShipped(place) || NODE_ROOMS.includes(place.owner.room)) return undefined;
  return `only ${NODE_ROOMS.join(', ')}, scripts and tests import Node's modules: all else runs in pages too`;
}

function forbiddenPath(place: Place, specifier: string): string | undefined {
  const target = relative(place.owner.dir, join(dirname(place.path), specifier));
  if (target.startsWith('..')) return 'a relative path leaves the package; import the other package by its name';
  if (isShipped(place) && !inSource(target)) return 'what is shipped stands in src and imports nothing outside of it';
  return undefined;
}

function forbiddenPackage(place: Place, target: string): string | undefined {
  const [room = '', ...subpath] = target.split('/');
  if (subpath[0] === 'src' || subpath[0] === 'dist')
    return `"${SCOPE}${room}" is imported by its exports, never by a path inside`;
  if (room === place.owner.room) return isShipped(place) ? 'a package imports itself by relative paths' : undefined;
  if (room === 'testing') return isShipped(place) ? 'testing is for development; no src imports it' : undefined;
  const [from, to] = [rankOf(place.owner), RANKS[room]];
  if (to === undefined) return `"${SCOPE}${room}" has no rank`;
  if (from === undefined || to < from || (to === from && !isShipped(place))) return undefined;
  return to === from
    ? `${place.owner.room} and ${room} both have rank ${to}, and packages of one rank never import each other; share a port in host`
    : `${place.owner.room} has rank ${from} and ${room} rank ${to}; imports go to lower ranks only`;
}

function rankOf(owner: Pick<Package, 'area' | 'room'>): number | undefined {
  if (owner.area === 'apps') return APP_RANK;
  return owner.room === 'testing' ? TESTING_RANK : RANKS[owner.room];
}

function isShipped(place: Place): boolean {
  return inSource(relative(place.owner.dir, place.path));
}

function inSource(path: string): boolean {
  return path === 'src' || path.startsWith(`src${sep}`);
}
