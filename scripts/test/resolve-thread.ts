import { parentPort } from 'node:worker_threads';

// A fixture of toolchain.test.ts: which file a thread would load for the engine.
parentPort?.postMessage(import.meta.resolve('@loophost/component'));
