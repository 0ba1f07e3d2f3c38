import { limitExceeded } from '../errors.ts';
import type { CoreFuncType, CoreValType } from './core-type.ts';
import type { Case, PrimitiveKind, ResourceType, Shape, ValueType } from './value-type.ts';
import { casesOf, extentAround, membersOf, partsOf } from './value-type.ts';

/** A value type without its shape. */
export type ValueTypeDefinition = ValueType extends infer T ? (T extends ValueType ? Omit<T, 'shape'> : never) : never;

const MAX_FLAT = 16;

/**
 * Steps that one compilation may take: the definitions and list items that it reads, the types that it compares and
 * renames. 18 times what the largest component that we know needs; half a second, and 150 MB of V8's heap.
 */
const MAX_STEPS = 500_000;
/** Characters of a type's text that count as one step. */
const TEXT_PER_STEP = 64;

type Box = Pick<Shape, 'size' | 'align' | 'flat'>;

/** Makes the types of one compilation. Structurally equal types get equal keys, so that equality costs one comparison. */
export class TypeTable {
  private readonly keys = new Map<string, number>();
  private readonly shapes = new Map<number, Shape>();
  private readonly primitives = new Map<PrimitiveKind, ValueType>();
  private resourceCount = 0;
  private readonly coreFuncs = new Map<string, CoreFuncType>();
  private steps = 0;

  private keyOf(text: string): number {
    this.spend(Math.floor(text.length / TEXT_PER_STEP));
    const known = this.keys.get(text);
    if (known !== undefined) return known;
    this.keys.set(text, this.keys.size);
    return this.keys.size - 1;
  }

  /** A short name for a text, the same for the same text. */
  intern(text: string): string {
    return `t${this.keyOf(text)}`;
  }

  /** Counts steps, many of which a few bytes can ask for. */
  spend(steps: number): void {
    this.steps += steps;
    if (this.steps > MAX_STEPS)
      throw limitExceeded('the work of checking definitions, in steps,', this.steps, MAX_STEPS);
  }

  get resources(): number {
    return this.resourceCount;
  }

  freshResource(): ResourceType {
    return { kind: 'resource', id: ++this.resourceCount };
  }

  coreFunc(params: readonly CoreValType[], results: readonly CoreValType[]): CoreFuncType {
    const text = `rec final func(${params.join(' ')})->(${results.join(' ')})`;
    let type = this.coreFuncs.get(text);
    if (!type)
      this.coreFuncs.set(text, (type = { kind: 'core-func', params, results, key: this.intern(text), supers: [] }));
    return type;
  }

  primitive(kind: PrimitiveKind): ValueType {
    let type = this.primitives.get(kind);
    if (!type) this.primitives.set(kind, (type = this.value({ kind } as ValueTypeDefinition)));
    return type;
  }

  /** Makes a value type. Every call gives a new object, whose identity tells which definition it came from. */
  value(definition: ValueTypeDefinition): ValueType {
    const type = definition as ValueType;
    const key = this.keyOf(signature(type));
    const known = this.shapes.get(key);
    const shape = known ? { ...known } : this.shapeOf(type, key);
    if (!known) this.shapes.set(key, shape);
    return { ...type, shape };
  }

  private shapeOf(type: ValueType, key: number): Shape {
    const { kind } = type;
    const parts = partsOf(type).map((part) => part.shape);
    const isHandle = kind === 'stream' || kind === 'future';
    const hasPointer = isPointer(type) || (!isHandle && parts.some((part) => part.hasPointer));
    const box = layout(type, parts, 4);
    // Pointers are all that differs between the two sizes of memory.
    const wide = hasPointer ? layout(type, parts.map(wideBox), 8) : box;
    return {
      key,
      ...box,
      size64: wide.size,
      align64: wide.align,
      ...extentAround(parts),
      hasPointer,
      hasBorrow: kind === 'borrow' || parts.some((part) => part.hasBorrow),
      hasResource: kind === 'own' || kind === 'borrow' || parts.some((part) => part.hasResource),
    };
  }
}

/** The definition as a text in which inner types are keys: equal texts, equal types. */
function signature(type: ValueType): string {
  const members = membersOf(type).map((member) => `${member.name}:${member.type?.shape.key}`);
  const { length, resource } = type as { length?: number; resource?: ResourceType };
  return `${type.kind} ${length ?? resource?.id} ${members.join()}`;
}

export function alignTo(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}

function isPointer(type: ValueType): boolean {
  return type.kind === 'string' || type.kind === 'map' || (type.kind === 'list' && type.length === undefined);
}

function wideBox(shape: Shape): Box {
  return { ...shape, size: shape.size64, align: shape.align64 };
}

/**
 * Size, alignment and flat form (CanonicalABI.md, "Alignment", "Element Size" and "Flattening") with pointers of `pointer`
 * bytes. The flat form is undefined when it is longer than any function passes directly.
 */
function layout(type: ValueType, parts: readonly Box[], pointer: 4 | 8): Box {
  if (isPointer(type)) return { size: 2 * pointer, align: pointer, flat: 'ii' };
  const { kind } = type;
  switch (kind) {
    case 'record':
    case 'tuple': {
      const [size, align] = [parts.reduce(after, 0), mostAligned(parts)];
      return { size: alignTo(size, align), align, flat: flatten(parts) };
    }
    case 'variant':
    case 'enum':
    case 'option':
    case 'result': {
      const tag = discriminantSize(casesOf(type).length);
      const payload = parts.reduce((max, { size }) => Math.max(max, size), 0);
      const align = Math.max(tag, mostAligned(parts));
      return { size: alignTo(alignTo(tag, mostAligned(parts)) + payload, align), align, flat: flattenCases(parts) };
    }
    case 'list': {
      const { size, align, flat } = parts[0] as Box;
      const length = type.length as number;
      const isShort = flat !== undefined && flat.length * length <= MAX_FLAT;
      return { size: size * length, align, flat: isShort ? flat.repeat(length) : undefined };
    }
    case 'flags': {
      const size = discriminantSize(2 ** type.names.length);
      return { size, align: size, flat: 'i' };
    }
    default: {
      // A number has as many bits as its name says, a bool takes a byte, and everything else is a number of 32 bits.
      const size = kind === 'bool' ? 1 : Number(kind.slice(1)) / 8 || 4;
      return { size, align: size, flat: kind === 'f32' ? 'f' : size < 8 ? 'i' : kind === 'f64' ? 'F' : 'I' };
    }
  }
}

function after(size: number, part: Box): number {
  return alignTo(size, part.align) + part.size;
}

function mostAligned(parts: readonly Box[]): number {
  return parts.reduce((max, { align }) => Math.max(max, align), 1);
}

/** Bytes of a variant's discriminant. */
export function discriminantSize(cases: number): 1 | 2 | 4 {
  return cases <= 0x100 ? 1 : cases <= 0x10000 ? 2 : 4;
}

/** Where a variant's payload starts, counted from the variant. */
export function payloadOffset(cases: readonly Case[]): number {
  return alignTo(discriminantSize(cases.length), mostAligned(cases.flatMap(({ type }) => type?.shape ?? [])));
}

/** The flat forms of several types in a row, or undefined when they are more than 16 core values together. */
export function flattenAll(types: readonly ValueType[]): string | undefined {
  return flatten(types.map((type) => type.shape));
}

function flatten(parts: readonly Box[]): string | undefined {
  let all = '';
  for (const { flat } of parts) {
    if (flat === undefined) return undefined;
    all += flat;
    if (all.length > MAX_FLAT) return undefined;
  }
  return all;
}

function flattenCases(payloads: readonly Box[]): string | undefined {
  let joined = '';
  for (const { flat } of payloads) {
    if (flat === undefined) return undefined;
    if (joined.startsWith(flat)) continue;
    let next = '';
    for (let i = 0; i < joined.length || i < flat.length; i++) next += join(joined[i], flat[i]);
    joined = next;
  }
  return joined.length + 1 > MAX_FLAT ? undefined : `i${joined}`;
}

function join(a: string | undefined, b: string | undefined): string {
  if (a === undefined || b === undefined || a === b) return a ?? b ?? '';
  return (a === 'i' && b === 'f') || (a === 'f' && b === 'i') ? 'i' : 'I';
}
