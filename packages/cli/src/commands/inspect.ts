import type { Command } from '../command.ts';
import { GRANT_OPTIONS } from '../grants/options.ts';

export const inspect: Command = {
  name: 'inspect',
  usage: 'FILE [--wit | --json] [options]',
  summary: 'show what a component imports and exports, and who would serve it',
  details: `The options that give something are those of "loop run": with them it tells what that would do.`,
  options: {
    wit: { type: 'boolean', help: "print the component's world as WIT" },
    json: { type: 'boolean', help: 'print everything as JSON' },
    ...GRANT_OPTIONS,
  },
  examples: [
    ['loop inspect greeter.wasm', 'digest, size, producers, imports and exports'],
    ['loop inspect client.wasm --allow-http https://api.example.com', 'whether "loop run" would run it with that'],
    ['loop inspect greeter.wasm --wit > greeter.wit', 'write the world down as WIT'],
  ],
  run: async (input) => (await import('../inspect/inspect.ts')).inspectComponent(input),
};
