import { misfit } from './abi/codec.ts';
import { notComponent } from './errors.ts';
import type { Plan } from './plan.ts';

/** Refuses files of another kind by what they are, as far as their first bytes tell. */
export function refuseOtherKinds(bytes: Uint8Array): void {
  const kind = kindOf(bytes);
  if (kind) throw notComponent(`this is ${kind.name}`, kind.fix);
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

interface Kind {
  readonly name: string;
  readonly fix: string;
}

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

function kindOf(bytes: Uint8Array): Kind | undefined {
  const starts = (...prefix: number[]): boolean => prefix.every((byte, i) => bytes[i] === byte);
  if (bytes.length === 0) return { name: 'an empty file', fix: TO_COMPONENT };
  if (starts(0x00, 0x61, 0x73, 0x6d)) return binaryKind(bytes);
  const first = bytes.subarray(0, 512);
  const text = String.fromCharCode(...first);
  const code = text.replace(COMMENTS, '');
  if (/^\((component|module)\b/.test(code)) {
    return {
      name: 'WebAssembly text (WAT)',
      fix: 'assemble it first, for example with "jco parse file.wat -o component.wasm"',
    };
  }
  if (/^(package\s+[\w%-]+:|(interface|world)\s+[a-z%][a-z\d-]*\s*\{)/.test(code))
    return { name: 'WIT text', fix: 'build a component for that world' };
  if (starts(0x7f, 0x45, 0x4c, 0x46)) return { name: 'a native ELF program', fix: TO_COMPONENT };
  if (starts(0x4d, 0x5a)) return { name: 'a native Windows program', fix: TO_COMPONENT };
  if (starts(0x50, 0x4b, 0x03, 0x04)) return { name: 'a ZIP archive', fix: 'unpack it first' };
  if (starts(0x1f, 0x8b)) return { name: 'gzip-compressed data', fix: 'unpack it first' };
  // Control characters other than tabs and ends of lines.
  if (first.some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20))) return undefined;
  const start = text
    .trim()
    .slice(0, 20)
    .replace(/[^ -~]+/g, ' ');
  return { name: `a text that starts with ${JSON.stringify(start)}, not a WebAssembly binary`, fix: TO_COMPONENT };
}

/** What a WebAssembly binary says of itself: a version, and a layer that tells modules from components. */
function binaryKind([, , , , version, , layer]: Uint8Array): Kind | undefined {
  if (layer === 0) {
    return {
      name: `a core WebAssembly module${version === 1 ? '' : ` of version ${version}`}, not a component`,
      fix: 'make a component of it, for example with "jco new module.wasm -o component.wasm"',
    };
  }
  if (layer !== 1 || version === COMPONENT_VERSION) return undefined;
  return {
    name: `a component in version ${version} of the binary format, not ${COMPONENT_VERSION}`,
    fix: 'build it again with current tools',
  };
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
