import type { Command } from '../command.ts';

export const types: Command = {
  name: 'types',
  usage: 'FILE --out DIR [options]',
  summary: "write TypeScript declarations of a component's world, for its host",
  options: {
    out: { type: 'string', short: 'o', value: 'DIR', help: 'the folder to write to; made when it is missing' },
    suspending: { type: 'boolean', help: 'declare exports as promises too, for imports marked as suspending' },
    json: { type: 'boolean', help: 'print the names of the files as JSON' },
  },
  examples: [['loop types greeter.wasm --out types', 'then: import type { Exports, Imports } from "./types/world.js"']],
  run: async (input) => (await import('../inspect/declarations.ts')).writeTypes(input),
};
