import type { Command } from '../command.ts';
import { ENGINES, TEMPLATES } from '../project/kinds.ts';

export const component: Command = {
  name: 'component',
  words: ['new', 'build'],
  usage: 'new NAME --template js|ts|c|rust|wat [options]\n       loop component build [DIR] [options]',
  summary: 'make a project for a component, and build it',
  details: `new makes a folder with a world in WIT, an implementation, a test and the settings of the build; nothing is overwritten.

build writes DIR/build/NAME.wasm: JavaScript and TypeScript by componentize-qjs, WebAssembly text by jco-transpile, C by
clang, Rust by rustc. Packages are taken from the project, else from where loop is installed. What is missing is named, with
the line that installs it; "loop doctor" names all of it. The types of the world, for the module that implements it, are
written to DIR/types.`,
  options: {
    template: {
      type: 'string',
      short: 't',
      word: 'new',
      value: TEMPLATES.join('|'),
      help: 'new: the language of the component',
    },
    dir: { type: 'string', word: 'new', value: 'DIR', help: 'new: the folder to make; default: NAME' },
    out: {
      type: 'string',
      short: 'o',
      word: 'build',
      value: 'FILE',
      help: 'build: the file to write; default: DIR/build/NAME.wasm',
    },
    engine: {
      type: 'string',
      word: 'build',
      value: ENGINES.join('|'),
      help: 'build: the JavaScript engine; default: as loop.json says',
    },
    json: { type: 'boolean', help: 'print a report as JSON' },
  },
  examples: [
    ['loop component new greeter --template js', 'make the folder greeter'],
    ['loop component build greeter', 'write greeter/build/greeter.wasm'],
    ['loop component build --out dist/app.wasm', 'build the project in this folder'],
  ],
  run: async (input) => (await import('../project/commands.ts')).runComponentCommand(input),
};
