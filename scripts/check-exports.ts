// `npm run check:exports`: what `npm publish` would ship, seen by a stranger: pack, install into an empty project, use.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Packed, packAll } from './house/pack.ts';
import { report } from './house/report.ts';
import { run } from './house/run.ts';
import { askOldNode, followReadme, nodeTypes, typeErrors } from './house/stranger.ts';
import { ROOT } from './house/workspace.ts';

function straySources({ owner, files }: Packed): string[] {
  return files
    .filter(
      (path) => !/^(dist\/[\w/-]+\.(c?js|d\.ts)(\.map)?|src\/[\w/-]+\.ts|package\.json|README\.md|LICENSE)$/.test(path),
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

async function checkAll(folder: string): Promise<void> {
  const all = await packAll(join(ROOT, 'packed'));
  // The README has its reader work in a folder beside the repository.
  symlinkSync(ROOT, join(folder, 'loophost'));
  const project = join(folder, 'hello');
  mkdirSync(project);
  const followed = followReadme(project);
  const problems = all.flatMap((packed) => [
    ...straySources(packed),
    ...deadEntries(packed, project),
    ...deadPrograms(packed, project),
    ...lintPackage(packed),
    ...consume(packed, project),
  ]);
  const names = all.map(({ owner }) => owner.manifest.name).join(', ');
  report('exports', `${names}: packed, installed, imported, type-checked and used; the README holds`, [
    ...followed,
    ...problems,
    ...askOldNode(
      join(folder, 'old'),
      all.map(({ tarball }) => tarball),
    ),
  ]);
}

const folder = mkdtempSync(join(tmpdir(), 'loophost-exports-'));
try {
  await checkAll(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
