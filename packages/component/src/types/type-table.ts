import { limitExceeded } from '../errors.ts';
import type { CoreFuncType, CoreValType } from './core-type.ts';
import type { Case, PrimitiveKind, ResourceType, Shape, ValueType, ValueTypeOf } from './value-type.ts';
import { partsOf } from './value-type.ts';

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

interface Box {
  readonly size: number;
  readonly align: number;
}

/** [bytes, flat form] of each primitive type; strings are two pointers. */
const PRIMITIVES: Record<PrimitiveKind, readonly [number, string]> = {
  bool: [1, 'i'], s8: [1, 'i'], u8: [1, 'i'], s16: [2, 'i'], u16: [2, 'i'], s32: [4, 'i'], u32: [4, 'i'],
  s64: [8, 'I'], u64: [8, 'I'], f32: [4, 'f'], f64: [8, 'F'], char: [4, 'i'], string: [0, 'ii'], 'error-context': [4, 'i'],
}; // prettier-ignore

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
    const { size, align } = layout(type, parts, 4);
    // Pointers are all that differs between the two sizes of memory.
    const wide = hasPointer ? layout(type, parts.map(wideBox), 8) : { size, align };
    const flat = flatten(type, parts);
    return {
      key,
      size,
      align,
      ...(flat !== undefined && { flat }),
      size64: wide.size,
      align64: wide.align,
      depth: 1 + parts.reduce((max, part) => Math.max(max, part.depth), 0),
      nodes: 1 + parts.reduce((sum, part) => sum + part.nodes, 0),
      hasPointer,
      hasBorrow: kind === 'borrow' || parts.some((part) => part.hasBorrow),
      hasResource: kind === 'own' || kind === 'borrow' || parts.some((part) => part.hasResource),
    };
  }
}

/** The definition as a text in which inner types are keys: equal texts, equal types. */
function signature(type: ValueType): string {
  const key = (part: ValueType | undefined): string => (part ? String(part.shape.key) : '_');
  switch (type.kind) {
    case 'record':
      return `record ${type.fields.map((f) => `${f.name}:${key(f.type)}`).join()}`;
    case 'variant':
      return `variant ${type.cases.map((c) => `${c.name}:${key(c.type)}`).join()}`;
    case 'list':
      return `list ${key(type.element)},${type.length ?? ''}`;
    case 'tuple':
      return `tuple ${type.items.map(key).join()}`;
    case 'flags':
    case 'enum':
      return `${type.kind} ${type.names.join()}`;
    case 'option':
      return `option ${key(type.some)}`;
    case 'result':
      return `result ${key(type.ok)},${key(type.err)}`;
    case 'own':
    case 'borrow':
      return `${type.kind} ${type.resource.id}`;
    case 'stream':
    case 'future':
      return `${type.kind} ${key(type.element)}`;
    case 'map':
      return `map ${key(type.map.key)},${key(type.map.value)}`;
    default:
      return type.kind;
  }
}

export function alignTo(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}

function isPointer(type: ValueType): boolean {
  return type.kind === 'string' || type.kind === 'map' || (type.kind === 'list' && type.length === undefined);
}

function wideBox({ size64, align64 }: Shape): Box {
  return { size: size64, align: align64 };
}

function caseCount(type: ValueTypeOf<'variant' | 'enum' | 'option' | 'result'>): number {
  return type.kind === 'variant' ? type.cases.length : type.kind === 'enum' ? type.names.length : 2;
}

/** Size and alignment (CanonicalABI.md, "Alignment" and "Element Size") with pointers of `pointer` bytes. */
function layout(type: ValueType, parts: readonly Box[], pointer: 4 | 8): Box {
  switch (type.kind) {
    case 'record':
    case 'tuple':
      return sequence(parts);
    case 'variant':
    case 'enum':
    case 'option':
    case 'result': {
      const payload = union(parts);
      const tag = discriminantSize(caseCount(type));
      const align = Math.max(tag, payload.align);
      return { size: alignTo(alignTo(tag, payload.align) + payload.size, align), align };
    }
    case 'flags': {
      const size = type.names.length <= 8 ? 1 : type.names.length <= 16 ? 2 : 4;
      return { size, align: size };
    }
    case 'list': {
      const { size, align } = parts[0] as Box;
      return type.length === undefined ? { size: 2 * pointer, align: pointer } : { size: type.length * size, align };
    }
    case 'string':
    case 'map':
      return { size: 2 * pointer, align: pointer };
    case 'own':
    case 'borrow':
    case 'stream':
    case 'future':
      return { size: 4, align: 4 };
    default: {
      const size = PRIMITIVES[type.kind][0];
      return { size, align: size };
    }
  }
}

function sequence(parts: readonly Box[]): Box {
  let size = 0;
  let align = 1;
  for (const part of parts) {
    size = alignTo(size, part.align) + part.size;
    align = Math.max(align, part.align);
  }
  return { size: alignTo(size, align), align };
}

function union(parts: readonly Box[]): Box {
  return {
    size: parts.reduce((max, part) => Math.max(max, part.size), 0),
    align: parts.reduce((max, part) => Math.max(max, part.align), 1),
  };
}

/** Bytes of a variant's discriminant. */
export function discriminantSize(cases: number): 1 | 2 | 4 {
  return cases <= 0x100 ? 1 : cases <= 0x10000 ? 2 : 4;
}

/** Where a variant's payload starts, counted from the variant. */
export function payloadOffset(cases: readonly Case[]): number {
  const align = cases.reduce((max, c) => Math.max(max, c.type?.shape.align ?? 1), 1);
  return alignTo(discriminantSize(cases.length), align);
}

/** The flat form (CanonicalABI.md, "Flattening"), or undefined when it is longer than any function passes directly. */
function flatten(type: ValueType, parts: readonly Shape[]): string | undefined {
  switch (type.kind) {
    case 'record':
    case 'tuple':
      return flattenShapes(parts);
    case 'variant':
    case 'enum':
    case 'option':
    case 'result':
      return flattenCases(parts);
    case 'list': {
      if (type.length === undefined) return 'ii';
      const flat = parts[0]?.flat;
      return flat !== undefined && flat.length * type.length <= MAX_FLAT ? flat.repeat(type.length) : undefined;
    }
    case 'map':
      return 'ii';
    case 'flags':
    case 'own':
    case 'borrow':
    case 'stream':
    case 'future':
      return 'i';
    default:
      return PRIMITIVES[type.kind][1];
  }
}

/** The flat forms of several types in a row, or undefined when they are more than 16 core values together. */
export function flattenAll(types: readonly ValueType[]): string | undefined {
  return flattenShapes(types.map((type) => type.shape));
}

function flattenShapes(shapes: readonly Shape[]): string | undefined {
  let flat = '';
  for (const shape of shapes) {
    if (shape.flat === undefined) return undefined;
    flat += shape.flat;
    if (flat.length > MAX_FLAT) return undefined;
  }
  return flat;
}

function flattenCases(payloads: readonly Shape[]): string | undefined {
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
