import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { type Component, type ExternItem, type FuncType, isLoopError, type LoopError } from '@loophost/component';
import { printWit, Signatures, type Producers, producersOf } from '@loophost/component/text';
import type { ImportReport } from '@loophost/host';
import type { CommandInput } from '../command.ts';
import { usage } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { type Failure, failuresOf } from '../failure.ts';
import { adviceFor, adviceForReport, linkFailures, problemsOf } from '../grants/advice.ts';
import { describeGrant, grantsOf, unusedOptions } from '../grants/grants.ts';
import { type Given, givenBy } from '../grants/options.ts';
import { refusePlaces } from '../grants/places.ts';
import { loadFile } from '../load.ts';
import { type ErrorReport, printable, reportOf } from '../output.ts';
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
  /** What else `loop run` would refuse it for, under the same options. */
  readonly refusals: readonly ErrorReport[];
}

interface Entry {
  readonly name: string;
  readonly sort: string;
  readonly type?: string;
  readonly functions?: readonly string[];
  /** For imports: the capability that serves it in `loop run`; null when none does. */
  readonly servedBy?: string | null;
  /** For imports that hold types alone: nobody needs to serve them. */
  readonly isTypesOnly?: true;
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
  refusePlaces(given);
  const { file, bytes, component } = await loadFile(positionals, 'inspect', { given, output });
  if (values['wit'] === true) {
    output.out(printWit(component).trimEnd());
    return EXIT.ok;
  }
  const signatures = new Signatures(component);
  const [printImport, printExport] = [signatures.among(component.imports), signatures.among(component.exports)];
  const { services, refusals } = await verdictOn(component, given, file);
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
    refusals: refusals.map(reportOf),
  };
  output.out(values['json'] === true ? JSON.stringify(report, undefined, 2) : printReport(report, component));
  return EXIT.ok;
}

type Service = Pick<Entry, 'servedBy' | 'isTypesOnly' | 'granted' | 'missing' | 'fix'>;

interface Verdict {
  /** Who would serve each import, by its name. */
  readonly services: ReadonlyMap<string, Service>;
  readonly refusals: readonly Failure[];
}

/** What `loop run` would say of a component. It is linked, so that nothing is left to guess, and not started. */
async function verdictOn(component: Component, given: Given, file: string): Promise<Verdict> {
  await using host = openHost();
  const options = { name: basename(file, '.wasm'), trust: given.trust, grants: grantsOf(component, given) };
  const reports = await host.inspect(component, options);
  const problems = await host.link(component, options).then(() => [], problemsOfLink);
  const others = problems.filter(({ at }) => !reports.some(({ name }) => name === at.interface));
  return {
    services: new Map(reports.map((report) => [report.name, serviceOf(report, given, problems)])),
    refusals: [...unusedOptions(component, given, []), ...linkFailures(others, file)].flatMap(failuresOf),
  };
}

/** What the decoder has found already stands elsewhere in the report. */
function problemsOfLink(thrown: unknown): readonly LoopError[] {
  if (!isLoopError(thrown)) throw thrown;
  return problemsOf(thrown).filter(({ code }) => code !== 'E_FEATURE_UNSUPPORTED');
}

function serviceOf(report: ImportReport, given: Given, problems: readonly LoopError[]): Service {
  const { status, capability = '', reason = 'nobody serves it' } = report;
  if (status === 'types') return { isTypesOnly: true };
  if (status === 'served') {
    const granted = describeGrant(capability, report.name, given);
    return { servedBy: capability, ...(granted !== '' && { granted }) };
  }
  // What is given already needs to be given right.
  const invalid = problems.find(
    ({ code, message }) => code === 'E_GRANT_INVALID' && message.includes(`"${capability}"`),
  );
  const fix = invalid ? (adviceFor(invalid) ?? invalid.fix) : adviceForReport(report);
  const problem = problems.find(({ at }) => at.interface === report.name);
  return {
    servedBy: null,
    missing: status === 'unprovided' ? unprovided(report.name, problem) : reason.replace(/^import "[^"]*": /, ''),
    ...(fix !== undefined && { fix }),
  };
}

/** Names the versions that are served, where only the version differs. */
function unprovided(wanted: string, problem: LoopError | undefined): string {
  const unversioned = (name: string): string => name.replace(/@.*/, '');
  const versions = [...(problem?.message ?? '').matchAll(/"([^"]+)"/g)]
    .map(([, name = '']) => name)
    .filter((name) => name !== wanted && name.includes('@') && unversioned(name) === unversioned(wanted));
  if (versions.length === 0) return 'nobody serves it';
  return `it is served at ${versions.map((name) => name.slice(name.indexOf('@') + 1)).join(' and ')}`;
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
  if (report.refusals.length > 0)
    lines.push('', '"loop run" would refuse it', ...report.refusals.flatMap(refusalLines));
  return lines.join('\n');
}

function refusalLines({ message, fix }: ErrorReport): string[] {
  return [...message.split('\n'), `  fix: ${fix}`].map((line) => `  ${printable(line)}`);
}

/** A line for each import, with who serves it beside. */
function importLines(imports: readonly Entry[]): string[] {
  const width = Math.max(0, ...imports.map((item) => title(item).length));
  return imports.map((item) => {
    if (item.isTypesOnly) return `  ${title(item).padEnd(width)}   ✓ types only`;
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
