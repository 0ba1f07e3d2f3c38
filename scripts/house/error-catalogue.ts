import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { docBefore, lineOf, type Node, parseSource, type Source, walk } from './source.ts';
import { filesBelow, type Package, packages, ROOT } from './workspace.ts';

/** One error code, as its maker in `packages/<room>/src` describes it. */
export interface ErrorEntry {
  readonly code: string;
  readonly room: string;
  /** File and line that make the error. */
  readonly at: string;
  /** The doc comment: when it happens. */
  readonly when: string | undefined;
  readonly fault: string | undefined;
  readonly fix: string | undefined;
}

const CODE = /^E_[A-Z0-9_]+$/;

/** Every place in our packages that makes an error, in the order of packages and files. */
export function errorCatalogue(root: string = ROOT): ErrorEntry[] {
  return packages(root).flatMap((owner) =>
    filesBelow(join(owner.dir, 'src'), ['.ts']).flatMap((path) => entriesOf(owner, path, root)),
  );
}

/** One entry for each code: its documented maker, or its first. */
export function mergedByCode(makers: readonly ErrorEntry[]): ErrorEntry[] {
  const merged = new Map<string, ErrorEntry>();
  for (const maker of makers) if (!merged.get(maker.code)?.when) merged.set(maker.code, maker);
  return [...merged.values()];
}

function entriesOf(owner: Package, path: string, root: string): ErrorEntry[] {
  const text = readFileSync(path, 'utf8');
  if (!text.includes('E_')) return [];
  const source = parseSource(path, text);
  const entries: ErrorEntry[] = [];
  for (const statement of source.program.body as unknown as Node[]) {
    const doc = docBefore(source, statement.start);
    walk(statement, (node) => {
      const made = madeBy(source, node, doc);
      if (made) entries.push({ ...made, room: owner.room, at: `${relative(root, path)}:${lineOf(text, node.start)}` });
    });
  }
  return entries;
}

type Made = Omit<ErrorEntry, 'room' | 'at'>;

/** An error as it is printed, by what cannot load the class of errors. */
const PRINTED = /^error\[(E_[A-Z0-9_]+)\]: [^]*\n {2}fix: (.*)/;

/**
 * `new LoopError('E_…', { … })` inside of a documented function, a documented entry of the table of traps, or the text
 * of an error in a documented function, which names what the user has to do.
 */
function madeBy(source: Source, node: Node, doc: string | undefined): Made | undefined {
  if (node.type === 'TemplateLiteral' || node.type === 'Literal') {
    const [, code, fix] = PRINTED.exec(textOf(node) ?? '') ?? [];
    return code === undefined ? undefined : { code, when: doc, fault: 'user', fix };
  }
  if (node.type === 'NewExpression' && nameOf(node['callee']) === 'LoopError') {
    const [code, details] = node['arguments'] as Node[];
    if (!code || !CODE.test(textOf(code) ?? '')) return undefined;
    const fields = details ? propertiesOf(details) : new Map<string, Node>();
    return {
      code: textOf(code) as string,
      when: doc,
      fault: optional(fields.get('fault')),
      fix: optional(fields.get('fix')),
    };
  }
  if (node.type !== 'Property' || !CODE.test(nameOf(node['key']) ?? '') || !textOf(node['value'] as Node))
    return undefined;
  return { code: nameOf(node['key']) as string, when: docBefore(source, node.start), fault: 'guest', fix: undefined };
}

function propertiesOf(object: Node): Map<string, Node> {
  const properties = (object['properties'] as Node[] | undefined) ?? [];
  return new Map(
    properties
      .filter(({ type }) => type === 'Property')
      .map((property) => [nameOf(property['key']) ?? '', property['value'] as Node]),
  );
}

function optional(node: Node | undefined): string | undefined {
  return node && textOf(node);
}

/** The text that an expression makes, with `…` where a value stands. Of two texts, the second: it is the fallback. */
function textOf(node: Node): string | undefined {
  switch (node.type) {
    case 'Literal':
      return typeof node['value'] === 'string' ? node['value'] : undefined;
    case 'TemplateLiteral':
      return (node['quasis'] as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…');
    case 'LogicalExpression':
      return textOf(node['right'] as Node);
    case 'ConditionalExpression':
      return textOf(node['alternate'] as Node);
    default:
      return undefined;
  }
}

function nameOf(node: unknown): string | undefined {
  const { type, name } = (node ?? {}) as { type?: string; name?: string };
  return type === 'Identifier' ? name : undefined;
}
