import type { ExternItem, FuncType } from '@loophost/component';

type ValueType = NonNullable<FuncType['result']>;

/** The names that a world or interface gives to types, for showing its functions as its author wrote them. */
export class TypeNames {
  private readonly values = new Map<number, string | undefined>();
  private readonly resources = new Map<number, string>();

  constructor(items: Iterable<ExternItem>) {
    for (const { name, sort, type } of items) {
      if (sort !== 'type') continue;
      if (type.kind === 'resource') this.resources.set(type.id, name);
      else if ('shape' in type) this.add(type, name);
    }
  }

  /** Types of equal structure are one type in the binary; when two names stand for it, neither is shown. */
  private add({ shape: { key } }: ValueType, name: string): void {
    this.values.set(key, this.values.has(key) ? undefined : name);
  }

  nameOf(type: ValueType): string | undefined {
    if (type.kind === 'own') return this.resources.get(type.resource.id) ?? 'own';
    if (type.kind === 'borrow') return `borrow<${this.resources.get(type.resource.id) ?? '_'}>`;
    return this.values.get(type.shape.key);
  }
}

/** A function type in WIT: `func(a: u32, who: person) -> result<u32, string>`. */
export function describeFunction(type: FuncType, names: TypeNames): string {
  const params = type.params.map((param) => `${param.name}: ${witType(param.type, names)}`).join(', ');
  return `${type.async ? 'async ' : ''}func(${params})${type.result ? ` -> ${witType(type.result, names)}` : ''}`;
}

/** A value type in WIT. One without a name is written out, which WIT itself has no notation for. */
function witType(type: ValueType, names: TypeNames): string {
  const inner = (part: ValueType | undefined): string => (part ? witType(part, names) : '_');
  const name = names.nameOf(type);
  if (name !== undefined) return name;
  switch (type.kind) {
    case 'list':
      return `list<${inner(type.element)}${type.length === undefined ? '' : `, ${type.length}`}>`;
    case 'option':
      return `option<${inner(type.some)}>`;
    case 'tuple':
      return `tuple<${type.items.map(inner).join(', ')}>`;
    case 'result':
      return type.ok || type.err ? `result<${inner(type.ok)}${type.err ? `, ${inner(type.err)}` : ''}>` : 'result';
    case 'map':
      return `map<${inner(type.map.key)}, ${inner(type.map.value)}>`;
    case 'stream':
    case 'future':
      return type.element ? `${type.kind}<${inner(type.element)}>` : type.kind;
    case 'record':
      return `record {${type.fields.map((field) => `${field.name}: ${inner(field.type)}`).join(', ')}}`;
    case 'enum':
    case 'flags':
      return `${type.kind} {${type.names.join(', ')}}`;
    case 'variant':
      return `variant {${type.cases.map((c) => (c.type ? `${c.name}(${inner(c.type)})` : c.name)).join(', ')}}`;
    default:
      return type.kind;
  }
}

/** Whether text can stand for all values of a type: there is none for a handle, a stream or a future. */
export function hasText(type: ValueType): boolean {
  switch (type.kind) {
    case 'own':
    case 'borrow':
    case 'stream':
    case 'future':
    case 'error-context':
      return false;
    case 'list':
      return hasText(type.element);
    case 'option':
      return hasText(type.some);
    case 'tuple':
      return type.items.every(hasText);
    case 'result':
      return [type.ok, type.err].every((part) => part === undefined || hasText(part));
    case 'map':
      return hasText(type.map.key) && hasText(type.map.value);
    case 'record':
      return type.fields.every((field) => hasText(field.type));
    case 'variant':
      return type.cases.every((c) => c.type === undefined || hasText(c.type));
    default:
      return true;
  }
}
