export { type FunctionSchemas, type JsonSchema, printJsonSchema } from './json-schema.ts';
export { argumentsFromJson, type Json, valueFromJson, valueToJson } from './json-values.ts';
export { printTypeScript, type TypeScriptOptions } from './typescript.ts';
export { parseCall, type WaveCall } from './wave-call.ts';
export { parseArguments, parseWave } from './wave-parse.ts';
export { printWave } from './wave-print.ts';
export { printWit } from './wit.ts';
export type { WorldSource } from './world.ts';
