import { Worker } from 'node:worker_threads';
import { findNpmTool, howToInstall, missingBeside, type NpmToolName } from './npm-tools.ts';
import { CLANG, type CompilerKind, programs, RUSTC, versionOf } from './toolchains.ts';

/** What one thing is needed for: everything, one template, or nothing that cannot be left out. */
export type Need = 'base' | 'template' | 'optional';

/** What `loop doctor` finds of one thing that Loophost uses. */
export interface Finding {
  readonly name: string;
  readonly need: Need;
  /** What needs it. */
  readonly use: string;
  readonly isFound: boolean;
  /** Its version, or what was found instead. */
  readonly found: string;
  /** What brings it here; only when it is missing. */
  readonly fix?: string;
}

/** Looks at everything, from the folder of a project or any other. */
export async function examine(folder: string): Promise<Finding[]> {
  return await Promise.all([
    Promise.resolve(node()),
    Promise.resolve(jspi()),
    threads(),
    ...NPM_NEEDS.map(([name, need, use]) => Promise.resolve(npmTool(name, need, use, folder))),
    compiler(CLANG, 'template c'),
    compiler(RUSTC, 'template rust'),
    chromium(),
  ]);
}

const NPM_NEEDS: readonly (readonly [name: NpmToolName, need: Need, use: string])[] = [
  ['@bytecodealliance/jco-transpile', 'template', 'all templates'],
  ['componentize-qjs', 'template', 'templates js and ts'],
  ['@bytecodealliance/componentize-js', 'optional', 'templates js and ts with --engine starlingmonkey'],
  ['@bytecodealliance/jco', 'optional', 'C and Rust that use WASI'],
];

const OLDEST_NODE = 24;

function node(): Finding {
  const { node: version } = process.versions;
  const isFound = Number(version.split('.')[0]) >= OLDEST_NODE;
  const fix = `install Node ${OLDEST_NODE} or newer`;
  return { name: 'Node', need: 'base', use: 'everything', isFound, found: version, ...(!isFound && { fix }) };
}

function jspi(): Finding {
  const isFound = 'Suspending' in (Reflect.get(globalThis, 'WebAssembly') as object);
  return {
    name: 'JSPI',
    need: 'base',
    use: 'imports that wait',
    isFound,
    found: isFound ? 'in this Node' : 'not in this Node',
    ...(!isFound && { fix: `install Node ${OLDEST_NODE} or newer` }),
  };
}

const THREAD_MS = 5000;

async function threads(): Promise<Finding> {
  const what = { name: 'worker threads', need: 'base', use: 'limits on time' } as const;
  const failed = (why: string): Finding => ({
    ...what,
    isFound: false,
    found: why,
    fix: 'run Node where it may start threads, without policies that forbid them',
  });
  try {
    const worker = new Worker("require('node:worker_threads').parentPort.postMessage('here')", { eval: true });
    const { promise, resolve } = Promise.withResolvers<Finding>();
    const timer = setTimeout(() => resolve(failed(`no answer in ${THREAD_MS} ms`)), THREAD_MS);
    worker.once('message', () => resolve({ ...what, isFound: true, found: 'start' }));
    worker.once('error', (error) => resolve(failed(String(error))));
    const finding = await promise;
    clearTimeout(timer);
    await worker.terminate();
    return finding;
  } catch (error) {
    return failed(String(error));
  }
}

function npmTool(name: NpmToolName, need: Need, use: string, folder: string): Finding {
  const tool = findNpmTool(name, folder);
  const beside = tool && missingBeside(tool);
  if (tool && beside === undefined) return { name, need, use, isFound: true, found: tool.version };
  const found = tool ? `${tool.version}, without ${beside}, which it imports` : 'missing';
  return { name, need, use, isFound: false, found, fix: howToInstall(name, folder) };
}

async function compiler({ name, install, find }: CompilerKind, use: string): Promise<Finding> {
  const found = await find();
  if (found) return { name, need: 'template', use, isFound: true, found: `${found.version}, ${found.program}` };
  return { name, need: 'template', use, isFound: false, found: 'missing', fix: install };
}

async function chromium(): Promise<Finding> {
  const what = { name: 'Chromium', need: 'optional', use: 'trying components in a page' } as const;
  const [program] = await programs('CHROMIUM', [
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
  ]);
  if (program === undefined) return { ...what, isFound: false, found: 'missing', fix: 'apt-get install chromium' };
  return { ...what, isFound: true, found: `${await versionOf(program)}, ${program}` };
}
