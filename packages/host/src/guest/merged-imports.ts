import type { Imports } from '@loophost/component';

/** The imports that several capabilities serve. Of two that have one interface, the first serves it: it was chosen. */
export function mergedImports(imports: readonly Imports[]): Imports {
  return Object.assign({}, ...imports.toReversed()) as Imports;
}
