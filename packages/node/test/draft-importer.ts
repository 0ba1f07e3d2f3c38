import { readFile } from 'node:fs/promises';
import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools';

/** Makes a component that imports everything of one of the packages in `wit/deps/`, and does nothing with it. */
export async function importer(name: string): Promise<Uint8Array> {
  const file = `${name.replace(/-draft$/, '')}.wit`;
  const witSource = await readFile(new URL(`../../../wit/deps/${name}/${file}`, import.meta.url), 'utf8');
  return componentNew(await componentEmbed({ dummy: true, witSource, world: 'imports' }), []);
}
