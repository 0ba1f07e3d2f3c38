// A process of its own: from importing the engine to the first result of the QuickJS agent. Prints milliseconds.
import { readFileSync } from 'node:fs';
import { jcoTranspile, jsco, loophost } from './engines.ts';

const [which, path = ''] = process.argv.slice(2);
const bytes = readFileSync(path);
const start = performance.now();
const engine = await (which === 'ours' ? loophost() : which === 'jco' ? jcoTranspile() : jsco(which ?? ''));
const { runCode } = (await (await engine.load(bytes)).instantiate({})) as unknown as { runCode(code: string): string };
const result = runCode('6 * 7');
const elapsed = performance.now() - start;
engine.close();
if (result !== '42') throw new Error(`wrong result "${result}"`);
console.log(elapsed);
