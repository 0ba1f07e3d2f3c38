// `npm run check:pins`: what `npm ci` installs is the same on every machine, and Node is the pinned one.
import { gapsOf, readLockfile } from './house/lockfile.ts';
import { report } from './house/report.ts';
import { readManifest, ROOT } from './house/workspace.ts';

const manifest = readManifest(ROOT);
const pinned = { ...manifest.devDependencies, ...manifest.optionalDependencies };
const lock = readLockfile();

function looseVersions(): string[] {
  return Object.entries(pinned)
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `package.json asks for "${name}": "${version}"; name one exact version`);
}

function addresses(): string[] {
  return Object.entries(lock.packages)
    .filter(([, entry]) => /^[a-z+]+:/.test(entry.resolved ?? ''))
    .map(
      ([path]) =>
        `package-lock.json records a download address for "${path}"; .npmrc's omit-lockfile-registry-resolved avoids it`,
    );
}

function gaps(): string[] {
  return gapsOf(lock).map(
    ({ name, parent }) =>
      `package-lock.json lacks "${name}", which "${parent}" names; run \`npm run lock\` or \`npm ci\` refuses it`,
  );
}

/** Node's binary packages are one pin in several places. */
function wrongNode(): string[] {
  const versions = new Set(Object.values(manifest.optionalDependencies ?? {}));
  if (versions.size !== 1)
    return [`package.json pins Node to ${[...versions].join(' and ')}; all platforms need the same`];
  const [version] = versions;
  if (process.versions.node === version) return [];
  return [
    `this is Node ${process.versions.node}, not ${version}; run by \`npm run\`, which finds the pinned one first`,
  ];
}

report('pins', `${Object.keys(pinned).length} exact versions, no download address, Node ${process.versions.node}`, [
  ...looseVersions(),
  ...addresses(),
  ...gaps(),
  ...wrongNode(),
]);
