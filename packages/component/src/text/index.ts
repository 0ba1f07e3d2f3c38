export { printWave } from './wave-print.ts';
export { parseArguments, parseWave } from './wave-parse.ts';
export { parseCall, type WaveCall } from './wave-call.ts';
