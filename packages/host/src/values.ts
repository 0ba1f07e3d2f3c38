import type { ValueType } from '@loophost/component';

/** What to put in the place of a resource. */
export type Swap = (value: unknown, type: ValueType & { kind: 'own' | 'borrow' }) => unknown;

/**
 * Replaces the resources in a value, guided by its type. Values are in the form that the engine gives and takes; the
 * ones without resources come back as they are.
 */
export function swapResources(value: unknown, type: ValueType, swap: Swap): unknown {
  if (!type.shape.hasResource || value === undefined || value === null) return value;
  const inner = (part: unknown, of: ValueType): unknown => swapResources(part, of, swap);
  switch (type.kind) {
    case 'own':
    case 'borrow':
      return swap(value, type);
    case 'record': {
      const record = value as Record<string, unknown>;
      return Object.fromEntries(
        type.fields.map((field) => [camelCase(field.name), inner(record[camelCase(field.name)], field.type)]),
      );
    }
    case 'tuple':
      return type.items.map((item, i) => inner((value as unknown[])[i], item));
    case 'list':
      return Array.from(value as Iterable<unknown>, (element) => inner(element, type.element));
    case 'option':
      return swapOption(value, type.some, swap);
    case 'variant': {
      const { tag, val } = value as { tag: string; val?: unknown };
      const of = type.cases.find(({ name }) => name === tag)?.type;
      return of ? { tag, val: inner(val, of) } : value;
    }
    case 'result': {
      const { tag, val } = value as { tag: 'ok' | 'err'; val?: unknown };
      const of = tag === 'ok' ? type.ok : type.err;
      return of ? { tag, val: inner(val, of) } : value;
    }
    default:
      return value;
  }
}

/** Options inside options are objects with a tag, all others the value itself. */
function swapOption(value: unknown, some: ValueType, swap: Swap): unknown {
  if (some.kind !== 'option') return swapResources(value, some, swap);
  const { tag, val } = value as { tag: 'some' | 'none'; val?: unknown };
  return tag === 'some' ? { tag, val: swapResources(val, some, swap) } : value;
}

/** The JavaScript name of a WIT name: `first-name` is `firstName`. */
export function camelCase(name: string): string {
  return name.toLowerCase().replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The JavaScript name of a WIT resource: `key-value` is `KeyValue`. */
export function pascalCase(name: string): string {
  return camelCase(`-${name}`);
}
