import type { Template } from './template.ts';

const NOTES = `The module exports what the world exports, in camelCase: a function \`say-hello\` of the world is \`sayHello\`, an
interface \`shop\` is an object \`shop\`. What the world imports is imported by its name in WIT, such as
\`import { log } from 'acme:app/logger@1.0.0'\`. The types of both are written to \`types/\` at each build.

Relative imports work, and packages in \`node_modules\` that are ES modules without Node in them. The engine is QuickJS; for
StarlingMonkey (larger, and with \`console\` and \`URL\`) write \`"engine": "starlingmonkey"\` into \`loop.json\`.`;

const ROWS = [['types/', 'the types of the world, written by the build']] as const;

export const javascript: Template = {
  language: 'JavaScript',
  source: 'src/component.js',
  tools: ['componentize-qjs', '@bytecodealliance/jco-transpile'],
  notes: NOTES,
  rows: ROWS,
  files: () => ({
    'src/component.js': `/** @type {import('../types/world.js').Guest['greet']} */
export function greet(name) {
  return \`Hello, \${name}!\`;
}
`,
  }),
};

export const typescript: Template = {
  language: 'TypeScript',
  source: 'src/component.ts',
  tools: ['componentize-qjs', '@bytecodealliance/jco-transpile'],
  devDependencies: { typescript: '>=5.9' },
  scripts: { check: 'loop component build && tsc' },
  notes: `${NOTES}

Types are stripped, not checked: \`npm run check\` checks them. What is more than a type, such as \`enum\`, is refused.`,
  rows: [...ROWS, ['tsconfig.json', 'how `npm run check` checks types']],
  files: () => ({
    'src/component.ts': `import type { Guest } from '../types/world.js';

export const greet: Guest['greet'] = (name) => \`Hello, \${name}!\`;
`,
    'tsconfig.json': `{
  "compilerOptions": {
    "strict": true,
    "noEmit": true,
    "target": "es2023",
    "lib": ["es2023"],
    "types": [],
    "module": "esnext",
    "moduleResolution": "bundler",
    "allowImportingTsExtensions": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true
  },
  "include": ["src", "types"]
}
`,
  }),
};
