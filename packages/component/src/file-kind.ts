import { misfit } from './abi/codec.ts';
import { notComponent } from './errors.ts';
import type { Plan } from './plan.ts';

/** Refuses files of another kind by what they are, as far as their first bytes tell. */
export function refuseOtherKinds(bytes: Uint8Array): void {
  const [kind, fix = TO_COMPONENT] = kindOf(bytes) ?? [];
  if (kind) throw notComponent(`this is ${kind}`, fix);
}

/** What a value is to the language, whichever realm it comes from: `Uint8Array`, also for a Node Buffer, or `Promise`. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/**
 * Gives the bytes to compile as a plain view, whose methods are not those of subclasses such as Node's Buffer. Memory
 * that threads share is refused, since it could change after it was validated.
 */
export function bytesOf(given: unknown): Uint8Array {
  const view = tagOf(given) === 'Uint8Array' ? (given as Uint8Array) : undefined;
  const buffer = view?.buffer ?? given;
  const tag = tagOf(buffer);
  if (tag === 'ArrayBuffer') return new Uint8Array(buffer as ArrayBuffer, view?.byteOffset, view?.byteLength);
  const why = misfit('a Uint8Array or an ArrayBuffer', buffer).why;
  throw notComponent(why, FIXES[tag] ?? TO_COMPONENT);
}

/** What a file is, and what to do with it. */
type Kind = readonly [name: string, fix?: string];

const TO_COMPONENT = 'give the bytes of a WebAssembly component';
const FROM_BODY = 'give what its arrayBuffer() resolves to';
/** What to do with values that are not bytes yet, by what they are. */
const FIXES: Readonly<Record<string, string>> = {
  Promise: 'await it',
  Response: FROM_BODY,
  Blob: FROM_BODY,
  File: FROM_BODY,
  SharedArrayBuffer: 'copy it with slice(), so that no other thread can change it',
};
/** The version of components that Binary.md describes. */
const COMPONENT_VERSION = 13;
/** Space and comments of WAT and WIT. No part of it can match what another did, so that it takes linear time. */
const COMMENTS = /^(?:\s|;;.*|\/\/.*|\(;[^]*?;\)|\/\*[^]*?\*\/)+/;

/** Kinds of files by how they begin, after comments. */
const KINDS: readonly (readonly [RegExp | string, ...Kind])[] = [
  [
    /^\((component|module)\b/,
    'WebAssembly text (WAT)',
    'assemble it first, for example with "jco parse file.wat -o component.wasm"',
  ],
  [/^(package\s+[\w%-]+:|(interface|world)\s+[a-z%][a-z\d-]*\s*\{)/, 'WIT text', 'build a component for that world'],
  ['\u007fELF', 'a native ELF program'],
  ['MZ', 'a native Windows program'],
  ['PK\u0003\u0004', 'a ZIP archive', 'unpack it first'],
  ['\u001f\u008b', 'gzip-compressed data', 'unpack it first'],
];

function kindOf(bytes: Uint8Array): Kind | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, 512));
  if (text === '') return ['an empty file'];
  if (text.startsWith('\0asm')) return binaryKind(bytes);
  const code = text.replace(COMMENTS, '');
  const [, ...kind] = KINDS.find(([start]) => code.search(start) === 0) ?? [];
  if (kind.length > 0) return kind as unknown as Kind;
  // Control characters other than tabs and ends of lines.
  if (bytes.subarray(0, 512).some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20))) return undefined;
  const start = text
    .trim()
    .slice(0, 20)
    .replace(/[^ -~]+/g, ' ');
  return [`a text that starts with ${JSON.stringify(start)}, not a WebAssembly binary`];
}

/** What a WebAssembly binary says of itself: a version, and a layer that tells modules from components. */
function binaryKind([, , , , version, , layer]: Uint8Array): Kind | undefined {
  if (layer === 0) {
    const name = `a core WebAssembly module${version === 1 ? '' : ` of version ${version}`}, not a component`;
    return [name, 'make a component of it, for example with "jco new module.wasm -o component.wasm"'];
  }
  if (layer !== 1 || version === COMPONENT_VERSION) return undefined;
  const name = `a component in version ${version} of the binary format, not ${COMPONENT_VERSION}`;
  return [name, 'build it again with current tools'];
}

/**
 * Refuses a WIT package stored as a component: every export is the type of a world or interface, under its plain name,
 * whose own exports carry interface names. Such a binary is valid but has nothing to run.
 */
export function refuseWitPackage(plan: Plan): void {
  if (plan.imports.size > 0 || plan.exports.size === 0) return;
  for (const item of plan.exports.values()) {
    if (item.sort !== 'type' || item.type.kind !== 'component') return;
    const names = [...item.type.exports.values()];
    if (names.length !== 1 || !names[0]?.name.includes(':')) return;
  }
  throw notComponent(
    'this is a WIT package in binary form, which holds types only',
    'give the component that implements it',
  );
}
