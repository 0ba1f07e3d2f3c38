import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { optionWrong } from '../errors.ts';
import { kindOf, placeWrong } from '../places.ts';
import { projectExists } from './errors.ts';
import { NPM_TOOLS } from './npm-tools.ts';
import type { TemplateKind } from './kinds.ts';
import { SETTINGS_FILE } from './settings.ts';
import { javascript, typescript } from './templates/javascript.ts';
import { c, rust, wat } from './templates/native.ts';
import type { Template } from './templates/template.ts';

export const TEMPLATE_OF: Readonly<Record<TemplateKind, Template>> = { js: javascript, ts: typescript, c, rust, wat };

/** Makes the folder of a project and gives the names of its files, in order. */
export async function makeProject(folder: string, name: string, kind: TemplateKind): Promise<string[]> {
  if (folder === '') throw optionWrong('dir', folder, 'it names no folder', 'write it as --dir my-greeter');
  try {
    await mkdir(dirname(folder), { recursive: true });
    await mkdir(folder);
  } catch (cause) {
    // A file that the path leads through is an EEXIST too.
    const isThere = (cause as NodeJS.ErrnoException).code === 'EEXIST' && kindOf(folder) !== 'none';
    throw isThere ? projectExists(folder) : placeWrong('dir', folder, cause);
  }
  const files = Object.entries(filesOf(name, kind)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [file, content] of files) {
    const path = join(folder, file);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content, { flag: 'wx' });
    } catch (cause) {
      throw placeWrong('dir', path, cause);
    }
  }
  return files.map(([file]) => file);
}

function filesOf(name: string, kind: TemplateKind): Record<string, string> {
  const template = TEMPLATE_OF[kind];
  return {
    [SETTINGS_FILE]: json({ version: 1, name, template: kind, world: name, source: template.source }),
    'package.json': packageText(name, template),
    '.gitignore': 'node_modules/\nbuild/\ntypes/\n',
    'README.md': readme(name, template),
    'wit/world.wit': world(name),
    'test/component.test.js': test(name),
    ...template.files(name),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function packageText(name: string, { tools, devDependencies, scripts }: Template): string {
  return json({
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: { build: 'loop component build', test: 'loop component build && node --test', ...scripts },
    devDependencies: { ...Object.fromEntries(tools.map((tool) => [tool, NPM_TOOLS[tool]])), ...devDependencies },
  });
}

function world(name: string): string {
  return `package local:${name}@0.1.0;

world ${name} {
  /// Greets somebody by name.
  export greet: func(name: string) -> string;
}
`;
}

function test(name: string): string {
  return `import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

test('greets by name', () => {
  const args = ['run', 'build/${name}.wasm', '--call', 'greet("Ada")', '--call', 'greet("")'];
  assert.equal(execFileSync('loop', args, { encoding: 'utf8' }), '"Hello, Ada!"\\n"Hello, !"\\n');
});
`;
}

function readme(name: string, { language, source, notes, rows = [] }: Template): string {
  const table = [
    ['wit/world.wit', 'what the component imports and exports'],
    [source, 'its source'],
    ['test/', 'its tests: they call the built component'],
    ...rows,
    [SETTINGS_FILE, 'how it is built'],
  ].map(([file, what]) => `| \`${file}\` | ${what} |`);
  return `# ${name}

A WebAssembly component in ${language}.

\`\`\`sh
npm install            # the tools that build it
npm run build          # writes build/${name}.wasm
npm test               # builds it and calls it
loop run build/${name}.wasm --call 'greet("Ada")'
\`\`\`

\`loop\` is the program of @loophost/cli: have it on the PATH, or install it in this folder.

| file | what |
|---|---|
${table.join('\n')}

${notes}
`;
}
