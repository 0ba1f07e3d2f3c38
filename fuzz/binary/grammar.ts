import { coreDefinition, valueType } from './core-grammar.ts';
import { type Cursor, Unreadable } from './cursor.ts';
import {
  alias,
  declaredExtern,
  externName,
  externType,
  resultList,
  sortIndex,
  typeDefinition,
} from './type-grammar.ts';

/** How to read one definition of each section that is a list of definitions (Binary.md, "Component Definitions"). */
export const DEFINITIONS: ReadonlyMap<number, (at: Cursor) => void> = new Map([
  [2, coreInstance],
  [3, coreDefinition],
  [5, instance],
  [6, alias],
  [7, typeDefinition],
  [8, canon],
  [10, declaredExtern],
  [11, exported],
]);

function coreInstance(at: Cursor): void {
  if (at.tag() === 0x00) {
    at.index();
    return at.each(() => {
      at.name();
      at.tag();
      at.index();
    });
  }
  at.each(() => {
    at.name();
    at.tag();
    at.index();
  });
}

function instance(at: Cursor): void {
  if (at.tag() === 0x00) {
    at.index();
    return at.each(() => {
      at.name();
      sortIndex(at);
    });
  }
  at.each(() => {
    externName(at);
    sortIndex(at);
  });
}

function exported(at: Cursor): void {
  externName(at);
  sortIndex(at);
  at.optional(() => externType(at));
}

/** What follows the opcode: `i` an index, `o` options, `f` a flag, `r` results, `v` a core value type, `n` a number. */
const CANON_FORMS: readonly (readonly [form: string, opcodes: readonly number[]])[] = [
  ['', [0x05, 0x0d, 0x1e, 0x1f, 0x22, 0x23, 0x24, 0x25, 0x26, 0x28]],
  ['i', [0x02, 0x03, 0x04, 0x0e, 0x13, 0x14, 0x15, 0x1a, 0x1b]],
  ['io', [0x0f, 0x10, 0x16, 0x17]],
  ['if', [0x11, 0x12, 0x18, 0x19]],
  ['f', [0x06, 0x0c, 0x29, 0x2a, 0x2b, 0x2c, 0x2d]],
  ['fi', [0x20, 0x21]],
  ['ro', [0x09]],
  ['vn', [0x0a, 0x0b]],
  ['o', [0x1c, 0x1d]],
  ['ii', [0x27]],
];
const CANON = new Map(CANON_FORMS.flatMap(([form, opcodes]) => opcodes.map((opcode) => [opcode, form] as const)));

const READERS: Readonly<Record<string, (at: Cursor) => void>> = {
  i: (at) => void at.index(),
  n: (at) => void at.unsigned('number'),
  f: (at) => void at.tag(),
  v: valueType,
  r: resultList,
  o: (at) => at.each(() => option(at)),
};

function canon(at: Cursor): void {
  const opcode = at.tag();
  if (opcode <= 0x01) {
    at.tag();
    at.index();
    at.each(() => option(at));
    if (opcode === 0x00) at.index();
    return;
  }
  const form = CANON.get(opcode);
  if (form === undefined) throw new Unreadable('an unknown canonical definition');
  for (const letter of form) READERS[letter]?.(at);
}

function option(at: Cursor): void {
  const kind = at.tag();
  if (kind >= 0x03 && kind !== 0x06) at.index();
}
