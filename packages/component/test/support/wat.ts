import { parse } from '@bytecodealliance/jco';
import { type CompileOptions, compile, type Imports, type Instance } from '@loophost/component';

const assembled = new Map<string, Promise<Uint8Array>>();

/**
 * Assembles a component (or core module) from its text, by jco's `parse`. Each text is assembled once per test file.
 *
 * A panic of the assembler (`RuntimeError: unreachable`, not a syntax error) breaks it for the rest of the test file.
 */
export function wat(text: string): Promise<Uint8Array> {
  let bytes = assembled.get(text);
  if (!bytes) assembled.set(text, (bytes = parse(text)));
  return bytes;
}

/** Assembles, compiles, links and instantiates a component from its text. */
export async function instantiateWat(
  text: string,
  imports: Imports = {},
  options: CompileOptions = {},
): Promise<Instance> {
  const component = await compile(await wat(text), options);
  return component.link(imports).instantiate();
}
