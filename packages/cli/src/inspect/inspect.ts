import { createHash } from 'node:crypto';
import type { Component, ExternItem, FuncType } from '@loophost/component';
import { printWit, Signatures, type Producers, producersOf } from '@loophost/component/text';
import type { ImportReport } from '@loophost/host';
import type { CommandInput } from '../command.ts';
import { usage } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { adviceForReport, linkProblems } from '../grants/advice.ts';
import { describeGrant, grantsOf } from '../grants/grants.ts';
import { type Given, givenBy } from '../grants/options.ts';
import { loadFile } from '../load.ts';
import { printable } from '../output.ts';
import { openHost } from '../run/host.ts';

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
  /** For imports: the capability that serves it in `loop run`; null when none does. */
  readonly servedBy?: string | null;
  /** What the options give of that capability. */
  readonly granted?: string;
  /** For imports that are not served: why not. */
  readonly missing?: string;
  /** For imports that are not served: the option that would change that, if one does. */
  readonly fix?: string;
}

/** Does what `loop inspect` was told, and gives the exit code. */
export async function inspectComponent({ positionals, values, output }: CommandInput): Promise<number> {
  if (values['wit'] === true && values['json'] === true)
    throw usage('cannot inspect: --wit and --json exclude each other', 'give one of them');
  const given = givenBy(values);
  const { file, bytes, component } = await loadFile(positionals, 'inspect', { given, output });
  if (values['wit'] === true) {
    output.out(printWit(component).trimEnd());
    return EXIT.ok;
  }
  const signatures = new Signatures(component);
  const [printImport, printExport] = [signatures.among(component.imports), signatures.among(component.exports)];
  const services = await servicesOf(component, given, file);
  const report: Report = {
    file,
    digest: digestOf(bytes),
    bytes: bytes.length,
    producers: producersOf(component),
    imports: component.imports.map((item) => ({
      ...entryOf(item, signatures, printImport),
      ...services.get(item.name),
    })),
    exports: component.exports.map((item) => entryOf(item, signatures, printExport)),
    unsupported: component.unsupported.map(({ feature }) => feature),
  };
  output.out(values['json'] === true ? JSON.stringify(report, undefined, 2) : printReport(report, component));
  return EXIT.ok;
}

type Service = Pick<Entry, 'servedBy' | 'granted' | 'missing' | 'fix'>;

/** Who would serve each import in `loop run`, by its name. Types need nobody. */
async function servicesOf(component: Component, given: Given, file: string): Promise<ReadonlyMap<string, Service>> {
  if (component.imports.length === 0) return new Map();
  await using host = openHost();
  try {
    const reports = await host.inspect(component, { trust: given.trust, grants: grantsOf(component, given) });
    return new Map(
      reports.flatMap((report): [string, Service][] =>
        report.status === 'types' ? [] : [[report.name, serviceOf(report, given)]],
      ),
    );
  } catch (thrown) {
    throw linkProblems(thrown, file);
  }
}

function serviceOf(report: ImportReport, given: Given): Service {
  const { status, capability = '', reason = 'nobody serves it' } = report;
  if (status === 'served') {
    const granted = describeGrant(capability, report.name, given);
    return { servedBy: capability, ...(granted !== '' && { granted }) };
  }
  const fix = adviceForReport(report);
  return {
    servedBy: null,
    missing: status === 'unprovided' ? 'nobody serves it' : reason.replace(/^import "[^"]*": /, ''),
    ...(fix !== undefined && { fix }),
  };
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
    return `  ${title(item).padEnd(width)}   ${service(item)}`;
  });
}

function service({ servedBy, granted, missing, fix }: Entry): string {
  if (servedBy === null) return `✗ ${missing}: ${fix ?? '"loop run" cannot run this'}`;
  return `✓ ${servedBy}${granted === undefined ? '' : `: ${granted}`}`;
}

function title({ name, sort, type }: Entry): string {
  return sort === 'func'
    ? `${name}: ${type}`
    : sort === 'instance'
      ? name
      : `${name}: ${sort}${type === undefined ? '' : ` ${type}`}`;
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
