import { concat, leb } from './bytes.ts';
import { Cursor, type Token, Unreadable } from './cursor.ts';
import { DEFINITIONS } from './grammar.ts';

/** One definition: its bytes and what they mean. */
export interface Definition {
  readonly bytes: Uint8Array;
  readonly tokens: readonly Token[];
}

/** A section: a list of definitions, a component inside, or bytes as they are (core modules, custom sections). */
export type Section = { readonly id: number } & (
  | { readonly kind: 'definitions'; readonly definitions: readonly Definition[] }
  | { readonly kind: 'component'; readonly component: Tree }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
);

/** A component as its sections. */
export interface Tree {
  readonly sections: readonly Section[];
}

export const PREAMBLE: readonly number[] = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
export const CUSTOM = 0;
export const CORE_MODULE = 1;
export const COMPONENT = 4;

/** Takes a valid component apart. */
export function readTree(bytes: Uint8Array): Tree {
  const at = new Cursor(bytes);
  at.skip(PREAMBLE.length);
  const sections: Section[] = [];
  while (!at.done) {
    const id = at.byte();
    const length = at.unsigned('length');
    const start = at.pos;
    at.skip(length);
    sections.push(readSection(id, bytes.subarray(start, at.pos)));
  }
  return { sections };
}

function readSection(id: number, bytes: Uint8Array): Section {
  if (id === COMPONENT) return { id, kind: 'component', component: readTree(bytes) };
  const definition = DEFINITIONS.get(id);
  return definition
    ? { id, kind: 'definitions', definitions: readDefinitions(bytes, definition) }
    : { id, kind: 'bytes', bytes };
}

function readDefinitions(bytes: Uint8Array, read: (at: Cursor) => void): Definition[] {
  const at = new Cursor(bytes);
  const count = at.unsigned('count');
  const definitions: Definition[] = [];
  for (let i = 0; i < count; i++) {
    const start = at.pos;
    at.tokens = [];
    read(at);
    const tokens = at.tokens.map((token) => ({ ...token, start: token.start - start, end: token.end - start }));
    definitions.push({ bytes: bytes.subarray(start, at.pos), tokens });
  }
  if (!at.done) throw new Unreadable('bytes past the last definition');
  return definitions;
}

/** Puts a component together, with section sizes and counts that fit. */
export function writeTree({ sections }: Tree): Uint8Array {
  return concat([PREAMBLE, ...sections.flatMap(writeSection)]);
}

function writeSection(section: Section): (Uint8Array | readonly number[])[] {
  const body = bodyOf(section);
  return [[section.id, ...leb(body.length)], body];
}

function bodyOf(section: Section): Uint8Array {
  if (section.kind === 'component') return writeTree(section.component);
  if (section.kind === 'bytes') return section.bytes;
  return concat([leb(section.definitions.length), ...section.definitions.map(({ bytes }) => bytes)]);
}
