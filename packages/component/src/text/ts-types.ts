import { camelCase } from '../types/names.ts';
import type { FuncType } from '../types/extern-type.ts';
import type { Case, Field, ResourceType, ValueType } from '../types/value-type.ts';
import { arrayClassOf, isBigInteger, isPlainOption } from './values.ts';

/**
 * Which way a value goes. What the engine gives is one exact type; what it takes may also be a plain array in place of
 * a typed one, be read-only, and leave flags out.
 */
export type Direction = 'taken' | 'given';

/** Finds the TypeScript name of a WIT type, where it has one: for each direction its own, where that makes a difference. */
export type NameOf = (type: ValueType | ResourceType, direction: Direction) => string | undefined;

/** Prints a value type as a TypeScript type. */
export function tsType(type: ValueType, direction: Direction, nameOf: NameOf): string {
  const name = nameOf(type, direction);
  if (name === undefined) return tsStructure(type, direction, nameOf);
  if (direction === 'given') return name;
  if (type.kind === 'flags') return `Partial<${name}>`;
  return ['list', 'tuple', 'map', 'option', 'result'].includes(type.kind) ? tsStructure(type, direction, nameOf) : name;
}

/** Prints what a type is made of, whether or not it has a name. */
export function tsStructure(type: ValueType, direction: Direction, nameOf: NameOf): string {
  const inner = (part: ValueType | undefined): string => (part ? tsType(part, direction, nameOf) : 'void');
  const readonly = direction === 'taken' ? 'readonly ' : '';
  switch (type.kind) {
    case 'bool':
      return 'boolean';
    case 'char':
    case 'string':
      return 'string';
    case 'error-context':
      return 'unknown';
    case 'list':
      return tsList(type.element, inner(type.element), direction);
    case 'tuple':
      return `${readonly}[${type.items.map(inner).join(', ')}]`;
    case 'map':
      return `${direction === 'taken' ? 'Readonly' : ''}Map<${inner(type.map.key)}, ${inner(type.map.value)}>`;
    case 'record':
      return `{ ${type.fields.map((field) => tsField(field, inner(field.type))).join(' ')} }`;
    case 'flags':
      return `{ ${type.names.map((name) => `${camelCase(name)}${readonly && '?'}: boolean;`).join(' ')} }`;
    case 'enum':
      return union(type.names.map((name) => `'${name}'`));
    case 'variant':
      return union(type.cases.map((c) => tsCase(c, inner, '')));
    case 'option':
      if (isPlainOption(type)) return union([inner(type.some), 'undefined']);
      return union([{ name: 'none' }, { name: 'some', type: type.some }].map((c) => tsCase(c, inner, '')));
    case 'result':
      return union(
        [
          { name: 'ok', type: type.ok },
          { name: 'err', type: type.err },
        ].map((c) => tsCase(c as Case, inner, ' val?: undefined;')),
      );
    case 'own':
    case 'borrow':
      return nameOf(type.resource, direction) ?? 'object';
    case 'stream':
      return `AsyncIterable<${inner(type.element)}>`;
    case 'future':
      return `Promise<${inner(type.element)}>`;
    default:
      return isBigInteger(type.kind) ? 'bigint' : 'number';
  }
}

function tsList(element: ValueType, inner: string, direction: Direction): string {
  const item = /[ |]/.test(inner) ? `(${inner})` : inner;
  const Typed = arrayClassOf(element)?.name;
  if (direction === 'given') return Typed ?? `${item}[]`;
  return `${Typed === undefined ? '' : `${Typed} | `}readonly ${item}[]`;
}

/** A field that is an option may be absent: that is `none`. */
export function tsField({ name, type }: Field, printed: string): string {
  return `${camelCase(name)}${isPlainOption(type) ? '?' : ''}: ${printed};`;
}

function tsCase({ name, type }: Case, inner: (type: ValueType) => string, without: string): string {
  return `{ tag: '${name}';${type ? ` val: ${inner(type)};` : without} }`;
}

function union(parts: readonly string[]): string {
  return parts.join(' | ');
}

/** How a function is declared: who implements it, and whether what it gives may come later. */
export interface FuncStyle {
  readonly side: 'import' | 'export';
  readonly isSuspending: boolean;
}

/** Prints parameters and result, with `mark` between them: `(a: number) => string`. */
export function tsFunc(type: FuncType, style: FuncStyle, nameOf: NameOf, mark: ' =>' | ':'): string {
  const isImport = style.side === 'import';
  const [params, gives] = isImport ? (['given', 'taken'] as const) : (['taken', 'given'] as const);
  const names = new Set<string>();
  const required = type.params.findLastIndex((param) => !isPlainOption(param.type));
  const list = type.params.map((param, i) => {
    const optional = !isImport && i > required ? '?' : '';
    return `${paramName(param.name, names)}${optional}: ${tsType(param.type, params, nameOf)}`;
  });
  return `(${list.join(', ')})${mark} ${later(returned(type, gives, nameOf), type, style)}`;
}

/** A result at the top is returned or thrown. */
function returned({ result }: FuncType, direction: Direction, nameOf: NameOf): string {
  const value = result?.kind === 'result' ? result.ok : result;
  return value ? tsType(value, direction, nameOf) : 'void';
}

function later(value: string, { async }: FuncType, { side, isSuspending }: FuncStyle): string {
  if (async && side === 'export') return `Promise<${value}>`;
  return async || (isSuspending && side === 'export') ? `${value} | Promise<${value}>` : value;
}

const RESERVED: ReadonlySet<string> = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof var void while with yield'
  ).split(' '),
);

function paramName(name: string, taken: Set<string>): string {
  let id = camelCase(name);
  while (RESERVED.has(id) || taken.has(id)) id += '_';
  taken.add(id);
  return id;
}
