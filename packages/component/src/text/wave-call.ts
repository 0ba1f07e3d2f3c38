import { show } from './errors.ts';
import { Lexer } from './wave-lexer.ts';
import { isKebab } from './wave-text.ts';

/** A function call in WAVE, whose arguments are not parsed yet, since that takes the function's type. */
export interface WaveCall {
  /** The exported interfaces that hold the function, outermost first; empty for a function of the world itself. */
  readonly path: readonly string[];
  /** The WIT name of the function, such as `add` or `[static]counter.merge`. */
  readonly name: string;
  readonly text: string;
  /** Where the `(` of the arguments stands in the text. */
  readonly argumentsAt: number;
}

const NAME = /[^\s("',{}]+/y;
/** `ns:pkg/api.add@1.0.0`, the way of wasm-wave to write `ns:pkg/api@1.0.0.add`. */
const VERSION_LAST = /^([^.@]+)\.([^.@]+)(@.+)$/;

/**
 * Takes a function call apart: which function of which exported interface, and where its arguments start. Give the
 * result to `parseArguments`, once the function's type is known.
 *
 * @throws {LoopError} `E_WAVE_SYNTAX` with line and column.
 * @example
 * parseCall('greet("Ada")') // { path: [], name: 'greet', … }
 * parseCall('ns:pkg/api@1.0.0.add(1, 2)') // { path: ['ns:pkg/api@1.0.0'], name: 'add', … }
 */
export function parseCall(text: string): WaveCall {
  const lexer = new Lexer(text);
  const at = lexer.skipBlank();
  NAME.lastIndex = at;
  const found = NAME.exec(text)?.[0] ?? '';
  const target = splitTarget(found);
  if (!target) throw lexer.syntax('the name of a function, such as greet or ns:pkg/api@1.0.0.add', show(found), at);
  const rest = new Lexer(text, at + found.length);
  const argumentsAt = rest.skipBlank();
  rest.expect('(', '"(" before the arguments');
  return { ...target, text, argumentsAt };
}

function splitTarget(target: string): { path: readonly string[]; name: string } | undefined {
  const [, iface, func, version] = VERSION_LAST.exec(target) ?? [];
  if (func !== undefined && isKebab(func)) return splitTarget(`${iface}${version}.${func}`);
  const annotated = /(?:^|\.)(\[.*)$/s.exec(target);
  const dot = annotated ? annotated.index : target.lastIndexOf('.');
  const name = annotated?.[1] ?? target.slice(dot + 1).replace(/^%/, '');
  const before = target.slice(0, Math.max(dot, 0));
  if (!isFunctionName(name)) return undefined;
  if (before === '') return dot > 0 || target.startsWith('.') ? undefined : { path: [], name };
  const path = before.includes(':') ? [before] : before.split('.');
  return path.every(isInstanceName) ? { path, name } : undefined;
}

function isFunctionName(text: string): boolean {
  const [, resource, dot, label] = /^\[(?:constructor|method|static)\]([^.]*)(\.?)(.*)$/.exec(text) ?? [];
  if (resource === undefined) return isKebab(text);
  return isKebab(resource) && (dot === '') === text.startsWith('[c') && (dot === '' || isKebab(label ?? ''));
}

function isInstanceName(text: string): boolean {
  const [, ...labels] = /^([^:/@]+):([^:/@]+)\/([^:/@]+)(?:@[0-9A-Za-z.+-]+)?$/.exec(text) ?? [];
  return labels.length > 0 ? labels.every(isKebab) : isKebab(text);
}
