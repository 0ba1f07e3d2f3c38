// `npm run check:exports`: what `npm publish` would ship, seen by a stranger: pack, install into an empty project, use.
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePackage } from './house/bundle.ts';
import { report } from './house/report.ts';
import { mustRun, run } from './house/run.ts';
import { askOldNode, followReadme, installPacked, nodeTypes, typeErrors } from './house/stranger.ts';
import { type Package, packages, ROOT } from './house/workspace.ts';

interface Packed {
  readonly owner: Package;
  readonly tarball: string;
  readonly files: readonly string[];
}

/** `dist` may hold what deleted sources once were; what is packed is built from nothing. */
async function build(owners: readonly Package[]): Promise<string[]> {
  for (const { dir } of owners) rmSync(join(dir, 'dist'), { recursive: true, force: true });
  const { ok, output } = run('tsc', ['-b', ...owners.map(({ dir }) => dir)]);
  if (!ok) return [`the packages do not build:\n${output}`];
  for (const owner of owners) await bundlePackage(owner);
  return [];
}

function pack(owner: Package, project: string): Packed {
  const { stdout } = mustRun('npm', ['pack', '--json', '--pack-destination', project], owner.dir);
  // npm 11 prints a list, npm 12 a record by package name.
  const [packed] = Object.values(JSON.parse(stdout) as Record<string, { filename: string; files: { path: string }[] }>);
  if (!packed) throw new Error(`npm pack printed nothing for "${owner.manifest.name}"`);
  return { owner, tarball: join(project, packed.filename), files: packed.files.map(({ path }) => path) };
}

function straySources({ owner, files }: Packed): string[] {
  return files
    .filter(
      (path) => !/^(dist\/[\w/-]+\.(js|d\.ts)(\.map)?|src\/[\w/-]+\.ts|package\.json|README\.md|LICENSE)$/.test(path),
    )
    .map((path) => `${owner.manifest.name} ships "${path}"; its "files" must not name it`);
}

/** Every entry of `exports` must load in Node and export something. */
function deadEntries({ owner }: Packed, project: string): string[] {
  return Object.keys(owner.manifest.exports ?? {}).flatMap((entry) => {
    const specifier = join(owner.manifest.name, entry);
    const script = `if (Object.keys(await import('${specifier}')).length === 0) throw new Error('it exports nothing')`;
    const { ok, output } = run('node', ['--input-type=module', '--eval', script], project);
    return ok ? [] : [`entry "${specifier}" does not load:\n${output}`];
  });
}

/** Every program of `bin` must start from where npm links it. */
function deadPrograms({ owner }: Packed, project: string): string[] {
  return Object.keys(owner.manifest.bin ?? {}).flatMap((name) => {
    const { ok, output } = run(join(project, 'node_modules/.bin', name), ['--help'], project);
    return ok ? [] : [`"${name} --help" of ${owner.manifest.name} fails:\n${output}`];
  });
}

function lintPackage({ owner, tarball }: Packed): string[] {
  const checks: [string, string[]][] = [
    ['publint', ['run', tarball, '--strict']],
    ['attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color']],
  ];
  return checks.flatMap(([program, args]) => {
    const { ok, output } = run(program, args);
    return ok ? [] : [`${program} refuses ${owner.manifest.name}:\n${output}`];
  });
}

/** `scripts/consumers/<room>.ts` uses the package as a stranger would: with strict types, reading our declarations too. */
function consume({ owner }: Packed, project: string): string[] {
  const name = `${owner.room}.ts`;
  const consumer = join(ROOT, 'scripts/consumers', name);
  if (!existsSync(consumer)) return [`${owner.manifest.name} has no consumer; write scripts/consumers/${name}`];
  cpSync(consumer, join(project, name));
  const types = ['nodenext', 'bundler'].flatMap((moduleResolution) => {
    const module = moduleResolution === 'bundler' ? 'esnext' : moduleResolution;
    return typeErrors(project, [name], { module, moduleResolution });
  });
  // The least library that a program has: what our declarations need beyond it, they bring.
  types.push(...typeErrors(project, [name], { target: 'es2022', lib: ['es2022'] }));
  // A server's program: Node's types, and not the DOM's.
  types.push(...typeErrors(project, [name], { ...nodeTypes(), lib: ['esnext'] }));
  const use = run('node', [name], project);
  return [...types, ...(use.ok ? [] : [`a consumer of ${owner.manifest.name} fails:\n${use.output}`])];
}

async function checkAll(project: string): Promise<void> {
  const owners = packages().filter(({ manifest }) => !manifest.private);
  const broken = await build(owners);
  if (broken.length > 0) return report('exports', '', broken);
  const all = owners.map((owner) => pack(owner, project));
  const tarballs = all.map(({ tarball }) => tarball);
  installPacked(project, tarballs);
  const problems = all.flatMap((packed) => [
    ...straySources(packed),
    ...deadEntries(packed, project),
    ...deadPrograms(packed, project),
    ...lintPackage(packed),
    ...consume(packed, project),
  ]);
  const names = owners.map(({ manifest }) => manifest.name).join(', ');
  report('exports', `${names}: packed, installed, imported, type-checked and used; the README holds`, [
    ...problems,
    ...followReadme(project),
    ...askOldNode(join(project, 'old'), tarballs),
  ]);
}

const project = mkdtempSync(join(tmpdir(), 'loophost-exports-'));
try {
  await checkAll(project);
} finally {
  rmSync(project, { recursive: true, force: true });
}
