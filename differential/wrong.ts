import type { Field, FuncType, ValueType, ValueTypeOf } from '@loophost/component';
import fc from 'fast-check';
import { camelCase } from '../packages/component/src/types/names.ts';
import { numericKind, rangeOf, valuesOf } from './arbitrary.ts';

/** A value that is not of its type, and in which way. */
interface Wrong {
  readonly value: unknown;
  readonly way: string;
}

type Ways = readonly (readonly [way: string, ...values: readonly unknown[]])[];

/** Values that are wrong themselves, by the way in which they are. */
function waysOf(type: ValueType): Ways {
  switch (type.kind) {
    case 'bool':
      return [['no boolean', 0, 1, 'true', '', null, undefined, {}]];
    case 'f32':
    case 'f64':
      return [
        ['no number', '1.5', null, undefined, true, {}],
        ['a BigInt as a float', 1n],
      ];
    case 'char':
      return [
        ['no text', 5, null, undefined, {}],
        ['no single character', '', 'ab', '🧮🧮'],
        ['half a character', '\ud800'],
      ];
    case 'string':
      return [['no text', 5, null, undefined, {}, ['a']]];
    case 'enum':
      return [['no case', 'no-such-case', 0, null, undefined, {}]];
    case 'flags':
      return [
        ['no object', 5, 'read', true],
        ['null', null, undefined],
        ['a flag that is no boolean', ...badFlags(type)],
      ];
    case 'record':
      return [
        ['no object', 5, 'text', true],
        ['null', null, undefined],
        ['an empty object', {}],
      ];
    case 'tuple':
      return [
        ['null', null, undefined],
        ['no array', 5, {}],
        ['an empty array', []],
      ];
    case 'list':
      return [
        ['null', null, undefined],
        ['no array', 5, true],
        ['an object', {}],
        ['a text as a list', 'ab'],
      ];
    case 'variant':
    case 'result':
      return [
        ['no case', { tag: 'no-such-case' }, {}, 'ok', 5],
        ['null', null, undefined],
      ];
    case 'option':
      return type.some.kind === 'option'
        ? [
            ['no case', { tag: 'no-such-case' }, {}, 5],
            ['null', null, undefined],
          ]
        : [];
    default:
      return numericKind(type) ? integerWays(type) : [];
  }
}

function badFlags({ names: [name = ''] }: ValueTypeOf<'flags'>): readonly object[] {
  return ['yes', 1, null, {}].map((value) => ({ [camelCase(name)]: value }));
}

function integerWays({ kind }: { readonly kind: string }): Ways {
  const [min, max] = rangeOf(kind as 'u8');
  if (kind.endsWith('64')) {
    return [
      ['out of range', min - 1n, max + 1n],
      ['a number for a BigInt', 1, 1.5],
      ['no BigInt', '1', true],
      ['null', null, undefined],
      ['an object', {}],
    ];
  }
  const outside = [Number(min) - 1, Number(max) + 1];
  return [
    ['out of range', ...outside],
    ['no integer', 1.5, NaN, Infinity],
    ['a BigInt for a number', 1n],
    ['no number', '1', true, null, undefined, {}],
  ];
}

/** Values that are wrong in one place: themselves, or somewhere inside. */
function wrongValuesOf(type: ValueType): fc.Arbitrary<Wrong> {
  const own = waysOf(type).flatMap(([way, ...values]) =>
    values.map((value) => ({ value, way: `${type.kind}: ${way}` })),
  );
  const choices = [...(own.length > 0 ? [fc.constantFrom(...own)] : []), ...insideOf(type)];
  return fc.oneof(...choices);
}

/** A value of the type with one part replaced by a wrong one. */
function insideOf(type: ValueType): fc.Arbitrary<Wrong>[] {
  switch (type.kind) {
    case 'record':
      return type.fields.map((field) =>
        replacedIn(type, field.type, (whole, value) => ({ ...(whole as object), [camelCase(field.name)]: value })),
      );
    case 'tuple':
      return type.items.map((item, i) => replacedIn(type, item, (whole, value) => (whole as unknown[]).with(i, value)));
    case 'list':
      return [replacedIn(type, type.element, (whole, value) => [...(whole as Iterable<unknown>), value])];
    case 'variant':
      return type.cases.flatMap((c) => (c.type ? [replacedIn(type, c.type, (_, val) => ({ tag: c.name, val }))] : []));
    case 'result':
      return [
        ...(type.ok ? [replacedIn(type, type.ok, (_, val) => ({ tag: 'ok', val }))] : []),
        ...(type.err ? [replacedIn(type, type.err, (_, val) => ({ tag: 'err', val }))] : []),
      ];
    case 'option': {
      const isTagged = type.some.kind === 'option';
      const inside = replacedIn(type, type.some, (_, val) => (isTagged ? { tag: 'some', val } : val));
      // What is wrong for the payload may be none.
      return [inside.filter(({ value }) => value !== undefined && value !== null)];
    }
    default:
      return [];
  }
}

function replacedIn(
  type: ValueType,
  part: ValueType,
  replace: (whole: unknown, value: unknown) => unknown,
): fc.Arbitrary<Wrong> {
  return fc
    .tuple(valuesOf(type), wrongValuesOf(part))
    .map(([whole, { value, way }]) => ({ value: replace(whole, value), way }));
}

/** The arguments of a call, one of which is wrong. */
export function wrongArguments({ params }: FuncType): fc.Arbitrary<{ args: readonly unknown[]; way: string }> {
  return fc
    .tuple(fc.nat(params.length - 1), fc.tuple(...params.map(({ type }) => valuesOf(type))))
    .chain(([i, args]) =>
      wrongValuesOf((params[i] as Field).type).map(({ value, way }) => ({ args: args.with(i, value), way })),
    );
}
