import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { printTypeScript } from '@loophost/component/text';
import type { CommandInput } from '../command.ts';
import { usage } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { loadFile } from '../load.ts';
import { placeWrong } from '../places.ts';

/** Does what `loop types` was told, and gives the exit code. */
export async function writeTypes({ positionals, values, output }: CommandInput): Promise<number> {
  const folder = values['out'] as string | undefined;
  if (!folder) throw usage('cannot write types: no folder is given', 'name one: loop types FILE --out DIR');
  const { component } = await loadFile(positionals, 'types');
  const files: string[] = [];
  for (const [name, text] of printTypeScript(component, { suspending: values['suspending'] === true })) {
    const path = join(folder, name);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    } catch (cause) {
      throw placeWrong('out', path, cause);
    }
    files.push(path);
  }
  output.out(values['json'] === true ? JSON.stringify({ files }, undefined, 2) : files.join('\n'));
  return EXIT.ok;
}
