import { notComponent } from './errors.ts';
import type { Plan } from './plan.ts';

/** Refuses files of another kind by what they are, as far as their first bytes tell. */
export function refuseOtherKinds(bytes: Uint8Array): void {
  const kind = kindOf(bytes);
  if (kind) throw notComponent(kind.name, kind.fix);
}

interface Kind {
  readonly name: string;
  readonly fix: string;
}

const TO_COMPONENT = 'give the bytes of a WebAssembly component';

function kindOf(bytes: Uint8Array): Kind | undefined {
  const starts = (...prefix: number[]): boolean => prefix.every((byte, i) => bytes[i] === byte);
  if (bytes.length === 0) return { name: 'an empty file', fix: TO_COMPONENT };
  if (starts(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)) {
    return {
      name: 'a core WebAssembly module, not a component',
      fix: 'make a component of it, for example with "jco new module.wasm -o component.wasm"',
    };
  }
  if (starts(0x00, 0x61, 0x73, 0x6d)) return undefined;
  const text = String.fromCharCode(...bytes.subarray(0, 512)).trimStart();
  if (/^(;;[^\n]*\s*|\(;[\s\S]*?;\)\s*)*\((component|module)\b/.test(text)) {
    return {
      name: 'WebAssembly text (WAT)',
      fix: 'assemble it first, for example with "jco parse file.wat -o component.wasm"',
    };
  }
  if (/^(\/\/[^\n]*\s*)*(package\s+[a-z]|(interface|world)\s+[a-z])/.test(text))
    return { name: 'WIT text', fix: 'build a component for that world' };
  if (starts(0x7f, 0x45, 0x4c, 0x46)) return { name: 'a native ELF program', fix: TO_COMPONENT };
  if (starts(0x4d, 0x5a)) return { name: 'a native Windows program', fix: TO_COMPONENT };
  if (starts(0x50, 0x4b, 0x03, 0x04)) return { name: 'a ZIP archive', fix: 'unpack it first' };
  if (starts(0x1f, 0x8b)) return { name: 'gzip-compressed data', fix: 'unpack it first' };
  return undefined;
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
  throw notComponent('a WIT package in binary form, which holds types only', 'give the component that implements it');
}
