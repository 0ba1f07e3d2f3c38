/** What our declarations use of the language or declare themselves: WIT types of these names get another one. */
const TAKEN =
  'AsyncIterable BigInt64Array BigUint64Array Exports Float32Array Float64Array Imports Int16Array Int32Array Int8Array ' +
  'Map Partial Promise Provider ReadonlyMap Symbol Uint16Array Uint32Array Uint8Array';

/** One declaration file while it is being put together. */
export class TsFile {
  readonly path: string;
  readonly lines: string[] = [];
  /** What is imported, by the path it comes from. */
  private readonly imports = new Map<string, string[]>();
  private readonly imported = new Map<string, string>();
  private readonly taken: Set<string> = new Set(TAKEN.split(' '));

  constructor(path: string) {
    this.path = path;
  }

  /** A name that nothing else in this file has. */
  freshName(wanted: string): string {
    let name = wanted;
    while (this.taken.has(name)) name += '_';
    this.taken.add(name);
    return name;
  }

  /** Imports a type of another file, or all of it as a namespace (`*`), and gives its name here. */
  import(from: TsFile, name: string, wanted: string = name): string {
    if (from === this) return name;
    const key = `${name} ${from.path}`;
    let local = this.imported.get(key);
    if (local === undefined) {
      local = this.freshName(wanted);
      this.imported.set(key, local);
      const what = name === local ? name : `${name} as ${local}`;
      const path = this.pathTo(from) + (name === '*' ? '*' : '');
      this.imports.set(path, [...(this.imports.get(path) ?? []), what]);
    }
    return local;
  }

  private pathTo({ path }: TsFile): string {
    const up = this.path.includes('/') ? '../' : './';
    return up + path.replace(/\.d\.ts$/, '.js');
  }

  text(): string {
    const imports = [...this.imports].map(([path, names]) =>
      path.endsWith('*')
        ? `import type ${names.join()} from '${path.slice(0, -1)}';`
        : `import type { ${names.join(', ')} } from '${path}';`,
    );
    const needsDispose = this.lines.some((line) => line.includes('[Symbol.dispose]'));
    const head = [...(needsDispose ? ['/// <reference lib="esnext.disposable" />'] : []), ...imports];
    return [...head, ...(head.length > 0 ? [''] : []), ...this.lines, ''].join('\n');
  }
}
