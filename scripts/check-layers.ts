// `npm run check:layers`: which package may import which (the table of ARCHITECTURE.md), and that the linter still sees.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { forbidden, unranked } from './house/layers.ts';
import { missedPlants } from './house/planted.ts';
import { report } from './house/report.ts';
import { importsOf, parseSource } from './house/source.ts';
import { filesBelow, type Package, packages, ROOT } from './house/workspace.ts';

interface Checked {
  readonly files: number;
  readonly edges: number;
  readonly problems: readonly string[];
}

function checkPackage(owner: Package): Checked {
  const files = filesBelow(owner.dir, ['.ts', '.mts', '.js', '.mjs']);
  const problems: string[] = [];
  let edges = 0;
  for (const path of files) {
    for (const { specifier, line } of importsOf(parseSource(path, readFileSync(path, 'utf8')))) {
      edges++;
      const reason = forbidden({ owner, path }, specifier);
      if (reason) problems.push(`${relative(ROOT, path)}:${line} imports "${specifier}": ${reason}`);
    }
  }
  return {
    files: files.length,
    edges,
    problems: [...(unranked(owner) ? [unranked(owner) as string] : []), ...problems],
  };
}

const DEVELOPMENT_FOLDERS = ['bench', 'conformance', 'differential', 'e2e', 'fuzz', 'guests', 'scripts'];

/** A folder whose tsconfig the root does not reference is never type-checked. */
function uncheckedFolders(): string[] {
  const root = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as { references: { path: string }[] };
  const known = root.references.map(({ path }) => join(ROOT, path));
  const folders = [
    ...owners.flatMap(({ dir }) => [join(dir, 'src'), join(dir, 'test')]),
    ...DEVELOPMENT_FOLDERS.map((name) => join(ROOT, name)),
  ];
  return folders
    .filter((dir) => filesBelow(dir, ['.ts']).length > 0 && !known.includes(dir.replace(/\/src$/, '')))
    .map(
      (dir) => `${relative(ROOT, dir)} is not type-checked: give it a tsconfig.json that the root's references name`,
    );
}

const owners = packages();
const checked = owners.map(checkPackage);
const sum = (count: (each: Checked) => number): number => checked.reduce((total, each) => total + count(each), 0);

report(
  'layers',
  `${owners.length} packages, ${sum((each) => each.files)} files, ${sum((each) => each.edges)} imports; the linter sees what is planted`,
  [...checked.flatMap((each) => each.problems), ...uncheckedFolders(), ...missedPlants()],
);
