/** Names of the Component Model (Explainer, "Import and Export Definitions" and "Name Uniqueness"). */

// No two alternatives match the same text: else a name takes exponential time to refuse.
const LABEL = /^(?:[a-z][0-9a-z]*|[A-Z][0-9A-Z]*)(?:-(?:\d*[a-z][0-9a-z]*|\d*[A-Z][0-9A-Z]*|\d+))*$/;
const WORDS = /^[a-z][0-9a-z]*(?:-[0-9a-z]+)*$/;
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;
const CANONICAL_VERSION = /^(?:[1-9]\d*|0\.[1-9]\d*|0\.0\.[1-9]\d*|0\.0\.0)$/;

const INTERFACE = /^([^:@]*):([^:/@]*)\/([^/@]*)(?:@(.*))?$/s;

export function isLabel(text: string): boolean {
  return LABEL.test(text);
}

/** An interface name taken apart: `wasi:io/streams@0.2.3` is package `wasi:io`, interface `streams`, version `0.2.3`. */
export interface InterfaceName {
  readonly kind: 'interface';
  readonly packageName: string;
  readonly interfaceName: string;
  readonly version?: string;
}

export type ExternName =
  | { readonly kind: 'label'; readonly label: string }
  | { readonly kind: 'constructor'; readonly resource: string }
  | { readonly kind: 'method' | 'static'; readonly resource: string; readonly label: string }
  | InterfaceName;

/** Parses an import or export name, or says in words why it is not one. */
export function parseExternName(text: string, versionSuffix?: string): ExternName | string {
  const annotated = /^\[(constructor|method|static)\]([^.]*)(?:\.(.*))?$/s.exec(text);
  if (annotated) return parseAnnotated(annotated[1] as string, annotated[2] as string, annotated[3]);
  if (text.includes(':')) return parseInterfaceName(text, versionSuffix);
  return isLabel(text) ? { kind: 'label', label: text } : notKebab(text);
}

function notKebab(text: string): string {
  return `"${text}" is not in kebab case`;
}

function parseAnnotated(kind: string, resource: string, label: string | undefined): ExternName | string {
  if (!isLabel(resource)) return notKebab(resource);
  if (kind === 'constructor') return label === undefined ? { kind, resource } : notKebab(`${resource}.${label}`);
  if (label === undefined) return `expected "[${kind}]${resource}." and a label`;
  return isLabel(label) ? { kind: kind as 'method' | 'static', resource, label } : notKebab(label);
}

function parseInterfaceName(text: string, versionSuffix?: string): InterfaceName | string {
  const [, namespace = '', name = '', interfaceName = '', version] = INTERFACE.exec(text) ?? [];
  if (!WORDS.test(namespace) || !WORDS.test(name) || !isLabel(interfaceName))
    return `expected namespace:package/interface@version in kebab case, the package lowercase, found "${text}"`;
  const base = { kind: 'interface', packageName: `${namespace}:${name}`, interfaceName } as const;
  if (version === undefined) return versionSuffix === undefined ? base : 'a version suffix needs a version before it';
  const full = version + (versionSuffix ?? '');
  const isCanonical = CANONICAL_VERSION.test(version);
  const isValid = versionSuffix === undefined ? isCanonical || SEMVER.test(version) : isCanonical && SEMVER.test(full);
  return isValid ? { ...base, version: full } : `expected a semver version, found "${full}"`;
}

/** The text that must differ between any two names of one scope: `[method]r.r` may not stand beside `r`. */
export function uniqueForm(name: string): string {
  const unique = name.toLowerCase();
  return unique.startsWith('[') ? unique.replace(/^\[(?:method|static)\](?:([^.]*)\.\1$)?/, '$1') : unique;
}

/** Reads a field of a record. What every object inherits, such as `constructor`, counts only where the value has its own. */
export function fieldOf(value: object, key: string): unknown {
  return key in Object.prototype && !Object.hasOwn(value, key) ? undefined : value[key as never];
}

/** The JavaScript name of a resource's static function. A class cannot have a function `prototype`. */
export function staticName(label: string): string {
  return label === 'prototype' ? 'prototype_' : camelCase(label);
}

/**
 * The version range inside which interfaces of one name are compatible (Explainer, "Canonical Interface Name"):
 * `1.2.3` → `1`, `0.2.6-rc.1` → `0.2`, `0.0.1` → `0.0.1`.
 */
export function compatibleRange(version: string): string {
  return /^(?:0\.){0,2}\d+/.exec(version)?.[0] ?? '';
}

/** Orders two versions by semver precedence (build metadata is ignored). Parts that a canonical version lacks count as 0. */
export function compareVersions(a: string, b: string): number {
  const [partsA, partsB] = [versionParts(a), versionParts(b)];
  for (let i = 0; i < Math.max(partsA.length, partsB.length); i++) {
    const [x, y] = [partsA[i], partsB[i]];
    if (x === y) continue;
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const [nx, ny] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (nx && ny) return Number(x) - Number(y);
    return (nx === ny ? x < y : nx) ? -1 : 1;
  }
  return 0;
}

/** The three numbers of a version and its prerelease. None comes after all of them: `~` does, in ASCII. */
function versionParts(version: string): string[] {
  const [, core = '', prerelease = '~'] = /^([^-+]*)(?:-([^+]*))?/.exec(version) ?? [];
  return [...`${core}.0.0`.split('.').slice(0, 3), ...prerelease.split('.')];
}

/** `get-JSON` → `getJson`: how a WIT name appears as a function, field, case or flag in JavaScript. */
export function camelCase(name: string): string {
  return name.toLowerCase().replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** `input-stream` → `InputStream`: how a WIT resource name appears as a class in JavaScript. */
export function pascalCase(name: string): string {
  const camel = camelCase(name);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}
