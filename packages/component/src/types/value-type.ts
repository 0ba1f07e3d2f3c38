import type { AnyType, Extent } from './extern-type.ts';

/** Value types of the Component Model (Explainer, "Fundamental value types"), as plain data. */

export type PrimitiveKind =
  | 'bool' | 's8' | 'u8' | 's16' | 'u16' | 's32' | 'u32' | 's64' | 'u64' | 'f32' | 'f64' | 'char' | 'string' | 'error-context'; // prettier-ignore

/**
 * What the Canonical ABI and the validator need to know of a value type, computed once when the type is made.
 * `flat` holds one letter per core value, `i` i32, `I` i64, `f` f32, `F` f64, or is undefined when there are more than 16.
 */
export interface Shape {
  /** Structural identity within one compilation: equal numbers, equal types. */
  readonly key: number;
  /** Size and alignment in bytes in a 32-bit memory. */
  readonly size: number;
  readonly align: number;
  readonly flat: string | undefined;
  /** Size and alignment in a 64-bit memory, which bounds the size of a valid type. */
  readonly size64: number;
  readonly align64: number;
  /** Levels of nesting, and nodes of the type written out as a tree. */
  readonly depth: number;
  readonly nodes: number;
  /** A string or list inside: needs memory. */
  readonly hasPointer: boolean;
  readonly hasBorrow: boolean;
  /** A resource inside: differs per instance. */
  readonly hasResource: boolean;
}

export interface Field {
  readonly name: string;
  readonly type: ValueType;
}

export interface Case {
  readonly name: string;
  readonly type?: ValueType;
}

/** A resource type. `id` is its identity within one compilation; two indices with one id are one type. */
export interface ResourceType {
  readonly kind: 'resource';
  readonly id: number;
}

export type ValueType = { readonly shape: Shape } & (
  | { readonly kind: PrimitiveKind }
  | { readonly kind: 'record'; readonly fields: readonly Field[] }
  | { readonly kind: 'variant'; readonly cases: readonly Case[] }
  | { readonly kind: 'list'; readonly element: ValueType; readonly length?: number }
  | { readonly kind: 'tuple'; readonly items: readonly ValueType[] }
  | { readonly kind: 'flags'; readonly names: readonly string[] }
  | { readonly kind: 'enum'; readonly names: readonly string[] }
  | { readonly kind: 'option'; readonly some: ValueType }
  | { readonly kind: 'result'; readonly ok?: ValueType; readonly err?: ValueType }
  | { readonly kind: 'own' | 'borrow'; readonly resource: ResourceType }
  | { readonly kind: 'stream' | 'future'; readonly element?: ValueType }
  | { readonly kind: 'map'; readonly map: { readonly key: ValueType; readonly value: ValueType } }
);

/** The definition of a value type before its shape is known. */
export type ValueTypeOf<K extends ValueType['kind']> = Extract<ValueType, { readonly kind: K }>;

/** The cases that a type stands for under the Canonical ABI's despecialization, for every type that is a variant there. */
export function casesOf(type: ValueTypeOf<'variant' | 'enum' | 'option' | 'result'>): readonly Case[] {
  switch (type.kind) {
    case 'variant':
      return type.cases;
    case 'enum':
      return type.names.map((name) => ({ name }));
    case 'option':
      return [{ name: 'none' }, { name: 'some', type: type.some }];
    case 'result':
      return (['ok', 'err'] as const).map((name) => (type[name] ? { name, type: type[name] } : { name }));
  }
}

/** What is directly inside a type, in order, by name: fields, cases, labels, parameters and so on. */
export function membersOf(type: AnyType): readonly Case[] {
  switch (type.kind) {
    case 'record':
      return type.fields;
    case 'variant':
    case 'enum':
    case 'option':
    case 'result':
      return casesOf(type);
    case 'flags':
      return type.names.map((name) => ({ name }));
    case 'func':
      return type.result ? [...type.params, { name: 'result', type: type.result }] : type.params;
    default:
      return partsOf(type).map((part, i) => ({ name: `item ${i}`, type: part }));
  }
}

/** Members of a type, many of which have no type themselves, that count as one step. */
export const MEMBERS_PER_STEP = 32;

/** The types directly inside a value type or a function type, in order. `meter` counts the members that it looks at. */
export function partsOf(type: AnyType, meter?: { spend(steps: number): void }): readonly ValueType[] {
  switch (type.kind) {
    case 'tuple':
      return type.items;
    case 'option':
      return [type.some];
    case 'list':
    case 'stream':
    case 'future':
      return type.element ? [type.element] : [];
    case 'map':
      return [type.map.key, type.map.value];
    case 'record':
    case 'variant':
    case 'result':
    case 'func': {
      const members = membersOf(type);
      meter?.spend(Math.floor(members.length / MEMBERS_PER_STEP));
      const parts: ValueType[] = [];
      for (const member of members) if (member.type) parts.push(member.type);
      return parts;
    }
    default:
      return [];
  }
}

/** How large a type is that has parts. */
export function extentAround(parts: readonly Extent[]): Extent {
  return {
    nodes: parts.reduce((sum, part) => sum + part.nodes, 1),
    depth: parts.reduce((max, part) => Math.max(max, part.depth + 1), 1),
  };
}

/** Names a value type in WIT notation; records, variants, enums and flags by their kind alone. */
export function describeValue(type: ValueType): string {
  const inner = (t: ValueType | undefined): string => (t ? describeValue(t) : '_');
  switch (type.kind) {
    case 'list':
      return `list<${inner(type.element)}${type.length === undefined ? '' : `, ${type.length}`}>`;
    case 'tuple':
      return `tuple<${type.items.map(inner).join(', ')}>`;
    case 'option':
      return `option<${inner(type.some)}>`;
    case 'result':
      return type.ok || type.err ? `result<${inner(type.ok)}${type.err ? `, ${inner(type.err)}` : ''}>` : 'result';
    case 'stream':
    case 'future':
      return type.element ? `${type.kind}<${inner(type.element)}>` : type.kind;
    case 'map':
      return `map<${inner(type.map.key)}, ${inner(type.map.value)}>`;
    default:
      return type.kind;
  }
}
