import type { FuncType } from '../types/extern-type.ts';
import type { ResourceType, ValueType } from '../types/value-type.ts';
import { witId } from './wit-names.ts';

/** How the parts of a type are printed. */
export interface TypeWords {
  /** A type inside of another: its name, or what it is made of. */
  part(type: ValueType): string;
  resource(type: ResourceType): string;
  /** A record, variant, enum or flags. */
  nominal(type: ValueType): string;
}

/** Prints what a type is made of in WIT. */
export function witStructure(type: ValueType, words: TypeWords): string {
  const of = (...parts: (ValueType | undefined)[]): string =>
    `<${parts.map((part) => (part ? words.part(part) : '_')).join(', ')}>`;
  switch (type.kind) {
    case 'list':
      return `list<${words.part(type.element)}${type.length === undefined ? '' : `, ${type.length}`}>`;
    case 'tuple':
      return `tuple${of(...type.items)}`;
    case 'option':
      return `option${of(type.some)}`;
    case 'result':
      return `result${type.err ? of(type.ok, type.err) : type.ok ? of(type.ok) : ''}`;
    case 'map':
      return `map${of(type.map.key, type.map.value)}`;
    case 'stream':
    case 'future':
      return type.kind + (type.element ? of(type.element) : '');
    case 'own':
      return words.resource(type.resource);
    case 'borrow':
      return `borrow<${words.resource(type.resource)}>`;
    case 'record':
    case 'variant':
    case 'enum':
    case 'flags':
      return words.nominal(type);
    default:
      return type.kind;
  }
}

/** Prints a function type in WIT. */
export function witFunc({ async, params, result }: FuncType, part: TypeWords['part']): string {
  const list = params.map(({ name, type }) => `${witId(name)}: ${part(type)}`).join(', ');
  return `${async ? 'async ' : ''}func(${list})${result ? ` -> ${part(result)}` : ''}`;
}

/** Prints the members of a record, variant, enum or flags in WIT; of another type, undefined. */
export function witMembers(type: ValueType, part: TypeWords['part']): string[] | undefined {
  switch (type.kind) {
    case 'record':
      return type.fields.map((field) => `${witId(field.name)}: ${part(field.type)}`);
    case 'variant':
      return type.cases.map((c) => witId(c.name) + (c.type ? `(${part(c.type)})` : ''));
    case 'enum':
    case 'flags':
      return type.names.map(witId);
    default:
      return undefined;
  }
}
