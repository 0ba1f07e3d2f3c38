import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { printTypeScript } from '@loophost/component/text';
import type { Command, CommandInput } from '../command.ts';
import { fileFailed, usage } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { loadFile } from '../load.ts';

export const types: Command = {
  name: 'types',
  usage: 'FILE --out DIR',
  summary: "write TypeScript declarations of a component's world, for its host",
  options: {
    out: { type: 'string', short: 'o', value: 'DIR', help: 'the folder to write to; made when it is missing' },
    suspending: { type: 'boolean', help: 'declare exports as promises too, for imports marked as suspending' },
  },
  examples: [['loop types greeter.wasm --out types', 'then: import type { Exports, Imports } from "./types/world.js"']],
  run: writeTypes,
};

async function writeTypes({ positionals, values, output }: CommandInput): Promise<number> {
  const folder = values['out'] as string | undefined;
  if (!folder) throw usage('cannot write types: no folder is given', 'name one: loop types FILE --out DIR');
  const { component } = await loadFile(positionals, 'types');
  for (const [name, text] of printTypeScript(component, { suspending: values['suspending'] === true })) {
    const path = join(folder, name);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    } catch (cause) {
      throw fileFailed('write', path, cause);
    }
    output.out(path);
  }
  return EXIT.ok;
}
