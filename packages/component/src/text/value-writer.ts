import { fieldOf } from '../types/names.ts';
import { describeValue, type PrimitiveKind, type ValueType, type ValueTypeOf } from '../types/value-type.ts';
import { type Misfit, show } from './errors.ts';
import { arrayClassOf, caseOf, integerRange, isBigInteger, isChar, TypeIndex, type VariantLike } from './values.ts';

/** A notation that values are written in: how each kind of value looks, when its parts are already written. */
export interface Notation<T> {
  scalar(kind: PrimitiveKind, value: unknown): T;
  /** A list in one piece, when the notation has a form of its own for it. */
  wholeList?(type: ValueTypeOf<'list'>, items: ArrayLike<unknown>): T | undefined;
  /** The elements of a list, of a tuple, or the `[key, value]` pairs of a map. */
  sequence(kind: 'list' | 'tuple' | 'map', items: readonly T[]): T;
  /** Fields in the type's order. Those whose value is `none` are left out. */
  record(fields: readonly (readonly [string, T])[]): T;
  flags(names: readonly string[]): T;
  variant(type: VariantLike, name: string, payload: T | undefined): T;
  misfit(misfit: Misfit): Error;
}

/** Writes a value of a type in a notation, and checks it on the way. */
export class ValueWriter<T> {
  private readonly index = new TypeIndex();
  private readonly notation: Notation<T>;
  /** The way to the value being written, for errors. */
  private readonly path: string[] = ['value'];

  constructor(notation: Notation<T>) {
    this.notation = notation;
  }

  write(value: unknown, type: ValueType): T {
    switch (type.kind) {
      case 'record':
        return this.record(value, type);
      case 'tuple':
        return this.tuple(value, type.items);
      case 'list':
        return this.list(value, type);
      case 'flags':
        return this.flags(value, type);
      case 'map':
        return this.map(value, type);
      case 'variant':
      case 'enum':
      case 'option':
      case 'result':
        return this.variant(value, type);
      case 'own':
      case 'borrow':
      case 'stream':
      case 'future':
      case 'error-context':
        throw this.fail('a value without handles', `a handle (${describeValue(type)}), which no text can stand for`);
      default:
        if (!isScalar(value, type.kind)) throw this.wrong(value, type);
        return this.notation.scalar(type.kind, value);
    }
  }

  private wrong(value: unknown, type: ValueType): Error {
    const kind =
      isBigInteger(type.kind) && typeof value === 'number' ? `${type.kind} as a BigInt` : describeValue(type);
    return this.fail(kind, show(value));
  }

  private fail(expected: string, found: string): Error {
    return this.notation.misfit({ path: this.path.join(''), expected, found });
  }

  private inside(step: string, value: unknown, type: ValueType): T {
    this.path.push(step);
    const written = this.write(value, type);
    this.path.pop();
    return written;
  }

  private record(value: unknown, type: ValueTypeOf<'record'>): T {
    if (typeof value !== 'object' || value === null) throw this.wrong(value, type);
    const members = this.index.membersOf(type);
    const fields: (readonly [string, T])[] = [];
    for (const field of type.fields) {
      const key = members.get(field.name)?.key as string;
      const part = fieldOf(value, key);
      if (field.type.kind === 'option' && caseOf(field.type, part).name === 'none') continue;
      fields.push([field.name, this.inside(`.${key}`, part, field.type)]);
    }
    return this.notation.record(fields);
  }

  private tuple(value: unknown, items: readonly ValueType[]): T {
    if (!Array.isArray(value) || value.length !== items.length)
      throw this.fail(`tuple of ${items.length}`, show(value));
    const parts = items.map((item, i) => this.inside(`[${i}]`, value[i], item));
    return this.notation.sequence('tuple', parts);
  }

  private list(value: unknown, type: ValueTypeOf<'list'>): T {
    const { element, length } = type;
    const Typed = arrayClassOf(element);
    const isTyped = Typed !== undefined && value instanceof Typed;
    if (!isTyped && !Array.isArray(value)) throw this.wrong(value, type);
    const items = value as ArrayLike<unknown>;
    if (length !== undefined && items.length !== length)
      throw this.fail(describeValue(type), `${items.length} elements`);
    const whole = isTyped ? this.notation.wholeList?.(type, items) : undefined;
    if (whole !== undefined) return whole;
    const parts = Array.from(items, (item, i) => this.inside(`[${i}]`, item, element));
    return this.notation.wholeList?.(type, items) ?? this.notation.sequence('list', parts);
  }

  private map(value: unknown, { map }: ValueTypeOf<'map'>): T {
    const entries = value instanceof Map ? [...(value as Map<unknown, unknown>)] : value;
    if (!Array.isArray(entries)) throw this.fail('Map', show(value));
    const pairs = entries.map((pair, i) => {
      this.path.push(`[${i}]`);
      const written = this.tuple(pair, [map.key, map.value]);
      this.path.pop();
      return written;
    });
    return this.notation.sequence('map', pairs);
  }

  private flags(value: unknown, type: ValueTypeOf<'flags'>): T {
    if (typeof value !== 'object' || value === null) throw this.wrong(value, type);
    const members = [...this.index.membersOf(type).values()];
    const known = new Set(members.map(({ key }) => key));
    for (const [key, flag] of Object.entries(value)) {
      if (!known.has(key)) throw this.fail('flags', `the unknown flag ${show(key)}`);
      if (flag !== undefined && typeof flag !== 'boolean')
        throw this.fail(`a boolean for flag ${show(key)}`, show(flag));
    }
    const set = members.filter(({ key }) => (value as Record<string, unknown>)[key] === true);
    return this.notation.flags(set.map(({ name }) => name));
  }

  private variant(value: unknown, type: VariantLike): T {
    const { name, payload } = caseOf(type, value);
    const found = this.index.casesOf(type).get(name as string);
    if (!found) throw this.fail(`a case of the ${type.kind}`, show(type.kind === 'enum' ? value : (name ?? value)));
    if (!found.type) return this.notation.variant(type, found.name, undefined);
    const step = type.kind === 'option' && payload === value ? '' : '.val';
    return this.notation.variant(type, found.name, this.inside(step, payload, found.type));
  }
}

function isScalar(value: unknown, kind: PrimitiveKind): boolean {
  const range = integerRange(kind);
  if (range) {
    const isInteger = isBigInteger(kind) ? typeof value === 'bigint' : Number.isInteger(value);
    return isInteger && (value as bigint) >= range[0] && (value as bigint) <= range[1];
  }
  if (kind === 'char') return isChar(value);
  if (kind === 'bool') return typeof value === 'boolean';
  return typeof value === (kind === 'string' ? 'string' : 'number');
}
