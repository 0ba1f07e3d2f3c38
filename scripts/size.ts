// `npm run size [-- --json FILE]`: what a page downloads to run components, ours beside jco's transpiler.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { text, toolOptions } from './house/options.ts';
import { ROOT } from './house/workspace.ts';

const USAGE = `usage: npm run size [-- --json FILE]
  --json FILE   write { rows: [{ name, rawBytes, gzipBytes, boundBytes }] }`;

/** Decode, validate, link and instantiate, together. */
const BOUND_BYTES = 40_000;

const SOURCES = join(ROOT, 'packages/component/src');
const JCO = fileURLToPath(import.meta.resolve('@bytecodealliance/jco-transpile/component'));

interface Row {
  readonly name: string;
  readonly rawBytes: number;
  readonly gzipBytes: number;
  readonly boundBytes?: number;
}

/** Bundles an entry for browsers and minifies it. Property names stay as they are: they are our API. */
async function bundle(entry: string): Promise<Uint8Array> {
  const build = await rolldown({
    input: entry,
    platform: 'browser',
    external: ['node:fs/promises'],
    resolve: { conditionNames: ['@loophost/source', 'browser', 'import', 'default'] },
    onLog: () => undefined,
  });
  const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false });
  await build.close();
  const code = output.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('');
  return new TextEncoder().encode(code);
}

function row(name: string, files: readonly Uint8Array[], boundBytes?: number): Row {
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
  return {
    name,
    rawBytes: sum(files.map((file) => file.length)),
    gzipBytes: sum(files.map((file) => gzipSync(file, { level: 9 }).length)),
    ...(boundBytes !== undefined && { boundBytes }),
  };
}

async function measure(): Promise<Row[]> {
  const texts = join(SOURCES, 'text/index.ts');
  const transpiler = await bundle(JCO);
  const wasm = ['core', 'core2'].map((part) => readFileSync(JCO.replace(/js$/, `${part}.wasm`)));
  return [
    row('@loophost/component', [await bundle(join(SOURCES, 'index.ts'))], BOUND_BYTES),
    ...(existsSync(texts) ? [row('@loophost/component/text', [await bundle(texts)])] : []),
    row('jco-transpile/component', [transpiler, ...wasm]),
  ];
}

function print(rows: readonly Row[]): void {
  const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`.padStart(12);
  console.log(`${'entry'.padEnd(28)}${'minified'.padStart(12)}${'gzip -9'.padStart(12)}${'bound'.padStart(12)}`);
  for (const { name, rawBytes, gzipBytes, boundBytes } of rows) {
    console.log(
      name.padEnd(28) + kilobytes(rawBytes) + kilobytes(gzipBytes) + (boundBytes ? kilobytes(boundBytes) : ''),
    );
  }
}

const { json } = toolOptions('size', USAGE, { json: text });
const rows = await measure();
print(rows);
if (json) writeFileSync(json, `${JSON.stringify({ rows }, null, 2)}\n`);
for (const { name, gzipBytes, boundBytes } of rows) {
  if (boundBytes === undefined || gzipBytes <= boundBytes) continue;
  console.error(
    `error: size: ${name} takes ${gzipBytes} bytes, ${gzipBytes - boundBytes} more than its bound of ${boundBytes}`,
  );
  process.exitCode = 1;
}
