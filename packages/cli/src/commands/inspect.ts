import { type Component, type ExternItem, type FuncType, isLoopError } from '@loophost/component';
import { printWit, Signatures, type Producers, producersOf } from '@loophost/component/text';
import type { Command, CommandInput } from '../command.ts';
import { usage } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { digestOf, loadFile } from '../load.ts';
import { printable } from '../output.ts';
import { wasiFor } from '../wasi.ts';

export const inspect: Command = {
  name: 'inspect',
  usage: 'FILE [--wit | --json]',
  summary: 'show what a component imports and exports, and who would serve it',
  options: {
    wit: { type: 'boolean', help: "print the component's world as WIT" },
    json: { type: 'boolean', help: 'print everything as JSON' },
  },
  examples: [
    ['loop inspect greeter.wasm', 'digest, size, producers, imports and exports'],
    ['loop inspect greeter.wasm --wit > greeter.wit', 'write the world down as WIT'],
  ],
  run: inspectComponent,
};

interface Report {
  readonly file: string;
  readonly digest: string;
  readonly bytes: number;
  readonly producers: Producers;
  readonly imports: readonly Entry[];
  readonly exports: readonly Entry[];
  /** Features that this version cannot run. */
  readonly unsupported: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly sort: string;
  readonly type?: string;
  readonly functions?: readonly string[];
  /** For imports: who serves it in `loop run`; null when nobody does. */
  readonly servedBy?: string | null;
  /** For imports that are not served: what is missing. */
  readonly missing?: string;
}

async function inspectComponent({ positionals, values, output }: CommandInput): Promise<number> {
  if (values['wit'] === true && values['json'] === true)
    throw usage('cannot inspect: --wit and --json exclude each other', 'give one of them');
  const { file, bytes, component } = await loadFile(positionals, 'inspect');
  if (values['wit'] === true) {
    output.out(printWit(component).trimEnd());
    return EXIT.ok;
  }
  const signatures = new Signatures(component);
  const [printImport, printExport] = [signatures.among(component.imports), signatures.among(component.exports)];
  const missing = await unservedImports(component);
  const report: Report = {
    file,
    digest: digestOf(bytes),
    bytes: bytes.length,
    producers: producersOf(component),
    imports: component.imports.map((item) => ({
      ...entryOf(item, signatures, printImport),
      ...(isServable(item) && service(missing.get(item.name))),
    })),
    exports: component.exports.map((item) => entryOf(item, signatures, printExport)),
    unsupported: component.unsupported.map(({ feature }) => feature),
  };
  output.out(values['json'] === true ? JSON.stringify(report, undefined, 2) : printReport(report, component));
  return EXIT.ok;
}

/** What `loop run` would not serve, by import: found by linking, which is what `loop run` does. */
async function unservedImports(component: Component): Promise<ReadonlyMap<string, string>> {
  try {
    component.link((await wasiFor(component, [])).imports);
    return new Map();
  } catch (thrown) {
    if (!isLoopError(thrown)) throw thrown;
    const reasons = thrown.problems.flatMap(({ code, at }): [string, string][] => {
      const { interface: iface, function: func = '' } = at;
      if (code === 'E_IMPORT_UNMET') return [[iface ?? func, 'nobody serves it']];
      return code === 'E_IMPORT_MISMATCH' ? [[iface ?? func, `${SERVICE} lacks "${func}"`]] : [];
    });
    return new Map(reasons.reverse());
  }
}

const SERVICE = 'WASI 0.2';

function service(missing: string | undefined): Pick<Entry, 'servedBy' | 'missing'> {
  return missing === undefined ? { servedBy: `${SERVICE}, nothing granted` } : { servedBy: null, missing };
}

/** Types need nobody to serve them. */
function isServable(item: ExternItem): boolean {
  return (
    item.sort !== 'type' &&
    !(item.sort === 'instance' && [...item.type.exports.values()].every(({ sort }) => sort === 'type'))
  );
}

function entryOf(item: ExternItem, signatures: Signatures, print: (type: FuncType) => string): Entry {
  const { name, sort } = item;
  if (item.sort === 'func') return { name, sort, type: print(item.type) };
  if (item.sort !== 'instance') return { name, sort, ...(item.sort === 'type' && { type: item.type.kind }) };
  const inside = [...item.type.exports.values()];
  const printInside = signatures.among(inside);
  const functions = inside.flatMap((inner) =>
    inner.sort === 'func' ? [`${inner.name}: ${printInside(inner.type)}`] : [],
  );
  return { name, sort, functions };
}

function printReport(report: Report, component: Component): string {
  const width = Math.max(...['digest', ...Object.keys(report.producers)].map((field) => field.length));
  const lines = [
    report.file,
    `  ${'digest'.padEnd(width)} ${report.digest}`,
    `  ${'size'.padEnd(width)} ${report.bytes.toLocaleString('en')} bytes`,
  ];
  for (const [field, tools] of Object.entries(report.producers))
    lines.push(`  ${printable(field).padEnd(width)} ${tools.map(printable).join(', ')}`);
  lines.push('', report.imports.length === 0 ? 'imports nothing' : 'imports', ...importLines(report.imports));
  lines.push('', component.exports.length === 0 ? 'exports nothing' : 'exports');
  for (const item of report.exports) {
    lines.push(`  ${title(item)}`);
    for (const line of item.functions ?? []) lines.push(`    ${line}`);
  }
  if (report.unsupported.length > 0)
    lines.push('', 'uses what this version cannot run yet', ...report.unsupported.map((feature) => `  ${feature}`));
  return lines.join('\n');
}

/** A line for each import, with who serves it beside. */
function importLines(imports: readonly Entry[]): string[] {
  const width = Math.max(0, ...imports.map((item) => title(item).length));
  return imports.map((item) => {
    if (item.servedBy === undefined) return `  ${title(item)}`;
    const served = item.servedBy === null ? `✗ ${item.missing}: "loop run" cannot run this` : `✓ ${item.servedBy}`;
    return `  ${title(item).padEnd(width)}   ${served}`;
  });
}

function title({ name, sort, type }: Entry): string {
  return sort === 'func'
    ? `${name}: ${type}`
    : sort === 'instance'
      ? name
      : `${name}: ${sort}${type === undefined ? '' : ` ${type}`}`;
}
