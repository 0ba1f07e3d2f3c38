import { componentEmbed, componentNew } from '@bytecodealliance/jco';
import { type Component, compile, type FuncType, isLoopError, type ValueType } from '@loophost/component';
import fc from 'fast-check';
import { camelCase } from '../../src/types/names.ts';
import { TypeTable, type ValueTypeDefinition } from '../../src/types/type-table.ts';
import type { PrimitiveKind } from '../../src/types/value-type.ts';

const table = new TypeTable();

/** Makes a value type, as the decoder of component binaries does. */
export function type(definition: ValueTypeDefinition): ValueType {
  return table.value(definition);
}

/** The primitive types by name. */
function primitive(kind: PrimitiveKind): ValueType {
  return table.primitive(kind);
}

/** A record type from its fields. */
export function record(fields: Readonly<Record<string, ValueType>>): ValueType {
  return type({ kind: 'record', fields: Object.entries(fields).map(([name, of]) => ({ name, type: of })) });
}

export function list(element: ValueType, length?: number): ValueType {
  return type({ kind: 'list', element, ...(length !== undefined && { length }) });
}

export function option(some: ValueType): ValueType {
  return type({ kind: 'option', some });
}

export function result(ok?: ValueType, err?: ValueType): ValueType {
  return type({ kind: 'result', ...(ok && { ok }), ...(err && { err }) });
}

export function tuple(...items: readonly ValueType[]): ValueType {
  return type({ kind: 'tuple', items });
}

const [bool, char, string] = [primitive('bool'), primitive('char'), primitive('string')];
const [u8, u32, s64, u64] = [primitive('u8'), primitive('u32'), primitive('s64'), primitive('u64')];
const [f32, f64] = [primitive('f32'), primitive('f64')];

/** One type of each kind, by names that the tests share. */
export const samples = {
  bool, char, string, u8, u32, s64, u64, f32, f64,
  person: record({ name: string, 'shoe-size': option(u8), tags: list(string) }),
  optional: record({ a: option(u8), b: option(option(u8)) }),
  color: type({ kind: 'enum', names: ['red', 'hot-pink', 'none'] }),
  rights: type({ kind: 'flags', names: ['read', 'write', 'run-it'] }),
  shape: type({
    kind: 'variant',
    cases: [{ name: 'dot' }, { name: 'circle', type: f64 }, { name: 'err', type: string }],
  }),
  scores: type({ kind: 'map', map: { key: string, value: u32 } }),
}; // prettier-ignore

/** A function type from its parameters. */
export function func(params: Readonly<Record<string, ValueType>>, returns?: ValueType): FuncType {
  const fields = Object.entries(params).map(([name, of]) => ({ name, type: of }));
  return { kind: 'func', params: fields, async: false, ...(returns && { result: returns }) };
}

/** Makes a component of a WIT text: of its one world, with functions that trap. */
export async function componentOf(wit: string, world?: string): Promise<Component> {
  const core = await componentEmbed({ dummy: true, witSource: wit, ...(world !== undefined && { world }) });
  return compile(await componentNew(core));
}

/** The code and text of the error that a call throws. */
export function errorOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isLoopError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('expected an error');
}

const WORDS = [
  'a',
  'list',
  'none',
  'some',
  'ok',
  'err',
  'true',
  'inf',
  'nan',
  'HTTP',
  'x1',
  'type',
  'record',
  'constructor',
];

/** Names in kebab case, keywords of WIT and WAVE among them. */
const label = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 }).map((words) => words.join('-'));

function labels(maxLength: number): fc.Arbitrary<string[]> {
  return fc.uniqueArray(label, { minLength: 1, maxLength, selector: camelCase });
}

const PRIMITIVES: readonly PrimitiveKind[] = [
  'bool', 's8', 'u8', 's16', 'u16', 's32', 'u32', 's64', 'u64', 'f32', 'f64', 'char', 'string',
]; // prettier-ignore

function cases(inner: fc.Arbitrary<ValueType>): fc.Arbitrary<{ name: string; type?: ValueType }[]> {
  return labels(4).chain((names) =>
    fc.tuple(
      ...names.map((name) => fc.option(inner, { nil: undefined }).map((of) => ({ name, ...(of && { type: of }) }))),
    ),
  );
}

/** Value types without handles, of every kind, nested up to a depth. */
export function valueTypes(depth: number): fc.Arbitrary<ValueType> {
  const scalar = fc.constantFrom(...PRIMITIVES).map(primitive);
  if (depth === 0) return scalar;
  const inner = valueTypes(depth - 1);
  const key = fc.constantFrom<PrimitiveKind>('u8', 's64', 'char', 'bool', 'string').map(primitive);
  return fc.oneof(
    scalar,
    inner.map((element) => list(element)),
    fc.tuple(inner, fc.integer({ min: 1, max: 3 })).map(([element, length]) => list(element, length)),
    fc.array(inner, { minLength: 1, maxLength: 3 }).map((items) => tuple(...items)),
    labels(4).chain((names) =>
      fc
        .tuple(...names.map((name) => inner.map((of) => [name, of] as const)))
        .map((f) => record(Object.fromEntries(f))),
    ),
    cases(inner).map((list) => type({ kind: 'variant', cases: list })),
    labels(5).map((names) => type({ kind: 'enum', names })),
    labels(5).map((names) => type({ kind: 'flags', names })),
    inner.map(option),
    fc
      .tuple(fc.option(inner, { nil: undefined }), fc.option(inner, { nil: undefined }))
      .map(([ok, err]) => result(ok, err)),
    fc.tuple(key, inner).map(([k, value]) => type({ kind: 'map', map: { key: k, value } })),
  );
}

const INTEGERS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  s8: fc.integer({ min: -0x80, max: 0x7f }),
  u8: fc.integer({ min: 0, max: 0xff }),
  s16: fc.integer({ min: -0x8000, max: 0x7fff }),
  u16: fc.integer({ min: 0, max: 0xffff }),
  s32: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  u32: fc.integer({ min: 0, max: 0xffff_ffff }),
  s64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  u64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
};
const ARRAYS: Readonly<Record<string, { from(items: never[]): unknown } | undefined>> = {
  u8: Uint8Array, s8: Int8Array, u16: Uint16Array, s16: Int16Array, u32: Uint32Array, s32: Int32Array,
  u64: BigUint64Array, s64: BigInt64Array, f32: Float32Array, f64: Float64Array,
}; // prettier-ignore

/** Values of a type, exactly as the engine gives them to the host. */
export function valuesOf(of: ValueType): fc.Arbitrary<unknown> {
  switch (of.kind) {
    case 'bool':
      return fc.boolean();
    case 'f32':
      return fc.float();
    case 'f64':
      return fc.double();
    case 'char':
      return fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });
    case 'string':
      return fc.string({ unit: 'binary' });
    case 'list':
      return fc
        .array(
          valuesOf(of.element),
          of.length === undefined ? { maxLength: 4 } : { minLength: of.length, maxLength: of.length },
        )
        .map((items) => ARRAYS[of.element.kind]?.from(items as never[]) ?? items);
    case 'tuple':
      return fc.tuple(...of.items.map(valuesOf));
    case 'record':
      return fc
        .tuple(
          ...of.fields.map((field) => valuesOf(field.type).map((value) => [camelCase(field.name), value] as const)),
        )
        .map((entries) => Object.fromEntries(entries));
    case 'flags':
      return fc
        .tuple(...of.names.map((name) => fc.boolean().map((set) => [camelCase(name), set] as const)))
        .map((entries) => Object.fromEntries(entries));
    case 'enum':
      return fc.constantFrom(...of.names);
    case 'variant':
      return fc.oneof(
        ...of.cases.map(({ name: tag, type: payload }) =>
          payload ? valuesOf(payload).map((val) => ({ tag, val })) : fc.constant({ tag }),
        ),
      );
    case 'option':
      if (of.some.kind !== 'option') return fc.oneof(fc.constant(undefined), valuesOf(of.some));
      return fc.oneof(
        fc.constant({ tag: 'none' }),
        valuesOf(of.some).map((val) => ({ tag: 'some', val })),
      );
    case 'result': {
      const payload = (part: ValueType | undefined): fc.Arbitrary<unknown> =>
        part ? valuesOf(part) : fc.constant(undefined);
      return fc.oneof(
        payload(of.ok).map((val) => ({ tag: 'ok', val })),
        payload(of.err).map((val) => ({ tag: 'err', val })),
      );
    }
    case 'map':
      return fc
        .array(fc.tuple(valuesOf(of.map.key), valuesOf(of.map.value)), { maxLength: 3 })
        .map((pairs) => new Map(pairs));
    default:
      return INTEGERS[of.kind] as fc.Arbitrary<unknown>;
  }
}

/** A type together with a value of it. */
export function typedValues(depth: number): fc.Arbitrary<readonly [ValueType, unknown]> {
  return valueTypes(depth).chain((of) => valuesOf(of).map((value) => [of, value] as const));
}
