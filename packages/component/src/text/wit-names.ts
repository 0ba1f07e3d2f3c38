const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'as async bool borrow char constructor enum error-context export f32 f64 flags float32 float64 from func future ' +
    'import include interface list map option own package record resource result s16 s32 s64 s8 static stream string ' +
    'tuple type u16 u32 u64 u8 use variant with world'
  ).split(' '),
);

/** A name as an identifier of WIT. */
export function witId(name: string): string {
  return KEYWORDS.has(name) ? `%${name}` : name;
}

/** A package or interface name, such as `wasi:io/streams@0.2.3`, with its parts as identifiers. */
export function witPath(name: string): string {
  const [path = '', version] = name.split('@');
  return path.replace(/[^:/]+/g, witId) + (version === undefined ? '' : `@${version}`);
}

/** Takes `wasi:io/streams@0.2.3` apart: package `wasi:io@0.2.3`, interface `streams`. */
export function splitInterfaceName(name: string): { packageName: string; label: string } {
  const [path = '', version] = name.split('@');
  const slash = path.indexOf('/');
  return {
    packageName: path.slice(0, slash) + (version === undefined ? '' : `@${version}`),
    label: path.slice(slash + 1),
  };
}

export function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

/** One line of comment, whatever is in the text. */
export function comment(text: string): string {
  return `// ${text.replace(/\p{C}/gu, '?')}`;
}
