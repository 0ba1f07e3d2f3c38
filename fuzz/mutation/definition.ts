import { concat, leb } from '../binary/bytes.ts';
import type { Token, TokenKind } from '../binary/cursor.ts';
import type { Definition } from '../binary/tree.ts';
import type { Random } from '../random.ts';

/** Changes one piece of a definition, or gives nothing when the definition has no such piece. */
export type DefinitionEdit = (definition: Definition, from: Random) => Definition | undefined;

const PRIMITIVES = [0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x7a, 0x79, 0x78, 0x77, 0x76, 0x75, 0x74, 0x73, 0x64];
const LETTERS = 'abcxyz019-AB.:/@[]#é_ ';
const NUMBERS = [0, 1, 2, 3, 4, 15, 16, 17, 31, 32, 127, 128, 255, 256, 65_535, 65_536, 2 ** 28, 2 ** 31, 2 ** 32 - 1];

function pieces(definition: Definition, kinds: readonly TokenKind[]): number[] {
  return definition.tokens.flatMap((token, i) => (kinds.includes(token.kind) ? [i] : []));
}

/** Gives the definition with one token replaced, and the tokens after it where they then stand. */
function replaced(definition: Definition, at: number, by: readonly number[]): Definition {
  const { bytes, tokens } = definition;
  const old = tokens[at] as Token;
  const shift = by.length - (old.end - old.start);
  return {
    bytes: concat([bytes.subarray(0, old.start), by, bytes.subarray(old.end)]),
    tokens: tokens.map((token, i) => {
      if (i < at) return token;
      return { ...token, start: token.start + (i > at ? shift : 0), end: token.end + shift };
    }),
  };
}

function numberAt({ bytes, tokens }: Definition, at: number): number {
  const { start, end } = tokens[at] as Token;
  let value = 0;
  for (let i = start; i < end; i++) value += ((bytes[i] as number) & 0x7f) * 2 ** (7 * (i - start));
  return value;
}

/** Another index: a neighbour, any small one, or one far out. */
export const otherIndex: DefinitionEdit = (definition, from) => {
  const found = pieces(definition, ['index']);
  if (found.length === 0) return undefined;
  const at = from.pick(found);
  const old = numberAt(definition, at);
  const next = from.pick([old + 1, Math.max(old - 1, 0), from.below(8), from.below(40), from.pick(NUMBERS)]);
  return replaced(definition, at, leb(next));
};

/** Another count, length or number, with the bytes that it counts as they were. */
export const otherNumber: DefinitionEdit = (definition, from) => {
  const found = pieces(definition, ['count', 'length', 'number']);
  if (found.length === 0) return undefined;
  const at = from.pick(found);
  const old = numberAt(definition, at);
  return replaced(definition, at, leb(from.pick([old + 1, Math.max(old - 1, 0), from.pick(NUMBERS)])));
};

/** The same number in more bytes: valid up to the most that its type may take. */
export const paddedNumber: DefinitionEdit = (definition, from) => {
  const found = pieces(definition, ['index', 'count', 'length', 'number']);
  if (found.length === 0) return undefined;
  const at = from.pick(found);
  const width = from.chance(85) ? 2 + from.below(4) : 6 + from.below(6);
  return replaced(definition, at, leb(numberAt(definition, at), width));
};

export const otherType: DefinitionEdit = (definition, from) => {
  const found = pieces(definition, ['type']);
  if (found.length === 0) return undefined;
  const by = from.chance(80) ? from.pick(PRIMITIVES) : from.below(256);
  return replaced(definition, from.pick(found), [by]);
};

export const otherTag: DefinitionEdit = (definition, from) => {
  const found = pieces(definition, ['tag']);
  if (found.length === 0) return undefined;
  const at = from.pick(found);
  const old = definition.bytes[(definition.tokens[at] as Token).start] as number;
  const by = from.pick([old ^ 1, old + 1, old - 1, from.below(8), from.below(0x80), 0x40 + from.below(0x40)]);
  return replaced(definition, at, [by & 0xff]);
};

/** Another name: one letter changed, added or taken away, or the case of all. */
export const otherName: DefinitionEdit = (definition, from) => {
  const found = pieces(definition, ['name']);
  if (found.length === 0) return undefined;
  const at = from.pick(found);
  const { start, end } = definition.tokens[at] as Token;
  const old = new TextDecoder().decode(definition.bytes.subarray(start, end));
  const name = new TextEncoder().encode(changedText(old, from));
  return replaced(replaced(definition, at, [...name]), at - 1, leb(name.length));
};

function changedText(text: string, from: Random): string {
  const at = from.below(text.length + 1);
  const letter = from.chance(60)
    ? String.fromCharCode(97 + from.below(26))
    : LETTERS.charAt(from.below(LETTERS.length));
  switch (from.below(6)) {
    case 0:
      return text.slice(0, at) + letter + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1);
    case 2:
      return from.chance(50) ? text.toUpperCase() : text.toLowerCase();
    default:
      return text.slice(0, at) + letter + text.slice(at + 1);
  }
}
