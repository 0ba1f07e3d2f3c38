import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { runFile } from './run-file.ts';

// One thread per script: a panic of the assembler stays where it happens, and a script that hangs can be ended.
const { path } = workerData as { path: string };
parentPort?.postMessage(await runFile(readFileSync(path, 'utf8')));
