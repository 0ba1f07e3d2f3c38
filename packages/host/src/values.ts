import { camelCase, fieldOf, type FuncType, type ValueType } from '@loophost/component';

/** What to put in the place of a resource. */
export type Swap = (value: unknown, type: ValueType & { kind: 'own' | 'borrow' }) => unknown;

/**
 * Replaces the resources in a value, guided by its type. Values are in the form that the engine gives and takes. What has
 * no resources comes back as it is, and so does what is not of the type: the engine says so.
 */
export function swapResources(value: unknown, type: ValueType, swap: Swap): unknown {
  if (!type.shape.hasResource || value === undefined || value === null) return value;
  const inner = (part: unknown, of: ValueType | undefined): unknown => (of ? swapResources(part, of, swap) : part);
  switch (type.kind) {
    case 'own':
    case 'borrow':
      return swap(value, type);
    case 'record': {
      if (typeof value !== 'object') return value;
      const keys = type.fields.map((field) => camelCase(field.name));
      return Object.fromEntries(keys.map((key, i) => [key, inner(fieldOf(value, key), type.fields[i]?.type)]));
    }
    case 'tuple':
      return Array.isArray(value) ? value.map((item, i) => inner(item, type.items[i])) : value;
    case 'list':
      return Array.isArray(value) ? value.map((item) => inner(item, type.element)) : value;
    case 'map': {
      const { key, value: of } = type.map;
      const pairs = value instanceof Map ? [...value] : value;
      if (!Array.isArray(pairs) || !pairs.every(Array.isArray)) return value;
      const swapped = pairs.map(([k, v]) => [inner(k, key), inner(v, of)] as const);
      return value instanceof Map ? new Map(swapped) : swapped;
    }
    case 'option':
      // Options inside options are objects with a tag, all others the value itself.
      return type.some.kind === 'option'
        ? swapTagged(value, (tag) => (tag === 'some' ? type.some : undefined), inner)
        : inner(value, type.some);
    case 'variant':
      return swapTagged(value, (tag) => type.cases.find(({ name }) => name === tag)?.type, inner);
    case 'result':
      return swapTagged(value, (tag) => (tag === 'ok' ? type.ok : type.err), inner);
    default:
      return value;
  }
}

/** The same for the arguments of a function. */
export function swapArguments(args: readonly unknown[], type: FuncType | undefined, swap: Swap): unknown[] {
  return args.map((arg, i) => {
    const of = type?.params[i]?.type;
    return of ? swapResources(arg, of, swap) : arg;
  });
}

function swapTagged(
  value: unknown,
  typeOf: (tag: unknown) => ValueType | undefined,
  inner: (part: unknown, of: ValueType) => unknown,
): unknown {
  const { tag, val } = value as { tag?: unknown; val?: unknown };
  const of = typeOf(tag);
  return of && typeof value === 'object' ? { tag, val: inner(val, of) } : value;
}
