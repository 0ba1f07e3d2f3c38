import { parseSync } from 'rolldown/utils';

type Parsed = ReturnType<typeof parseSync>;

/** The tree of a source file. */
export type Program = Parsed['program'];

/** A node of the tree, seen without its type. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** A parsed TypeScript file. */
export interface Source {
  readonly text: string;
  readonly program: Program;
  readonly comments: Parsed['comments'];
  readonly module: Parsed['module'];
}

/** A place that names another module. */
export interface ImportSite {
  readonly specifier: string;
  readonly line: number;
}

/** Parses a TypeScript file. `path` is for its ending and for messages. */
export function parseSource(path: string, text: string): Source {
  const { program, comments, module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`cannot parse "${path}": ${errors.map((error) => error.message).join('; ')}`);
  return { text, program, comments, module };
}

/** Every module that a file imports or re-exports: for values, for types, statically, dynamically and as `import('x').T`. */
export function importsOf(source: Source): ImportSite[] {
  const { text, module } = source;
  const found: { specifier: string; start: number }[] = [];
  for (const { moduleRequest } of module.staticImports) {
    found.push({ specifier: moduleRequest.value, start: moduleRequest.start });
  }
  for (const { moduleRequest } of module.staticExports.flatMap(({ entries }) => entries)) {
    if (moduleRequest) found.push({ specifier: moduleRequest.value, start: moduleRequest.start });
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(['"`])([^'"`$]*)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end));
    if (literal?.[2] !== undefined) found.push({ specifier: literal[2], start: moduleRequest.start });
  }
  walk(source.program as unknown as Node, (node) => {
    if (node.type !== 'TSImportType') return;
    const { value } = node['source'] as { value: string };
    found.push({ specifier: value, start: node.start });
  });
  return found.map(({ specifier, start }) => ({ specifier, line: lineOf(text, start) }));
}

/** Calls `visit` for a node and all nodes below it, outermost first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of Object.values(node)) {
    for (const item of Array.isArray(child) ? child : [child]) if (isNode(item)) walk(item, visit);
  }
}

/** The text of the doc comment that ends right before `start`, on one line, or nothing. */
export function docBefore(source: Source, start: number): string | undefined {
  const comment = source.comments.findLast((candidate) => candidate.end <= start);
  if (!comment?.value.startsWith('*') || source.text.slice(comment.end, start).trim() !== '') return undefined;
  const lines = comment.value.slice(1).split('\n');
  return lines
    .map((line) => line.replace(/^\s*\*?/, '').trim())
    .join(' ')
    .trim();
}

export function lineOf(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}
