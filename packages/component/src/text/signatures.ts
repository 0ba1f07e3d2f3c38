import type { ExternItem, FuncType } from '../types/extern-type.ts';
import type { ResourceType, ValueType } from '../types/value-type.ts';
import { witFunc, witMembers, witStructure } from './wit-type.ts';
import { isNominal, Scope, World, type WorldSource } from './world.ts';

/**
 * Prints function types of a component on one line each, for people to read: `func(who: person) -> list<u32>`. Types
 * have the names that the component gives them. One without a name is written out, which WIT has no notation for:
 * `record {x: f64}`.
 *
 * @example
 * const print = new Signatures(component).among(component.exports)
 * // print(item.type) of an exported function
 */
export class Signatures {
  private readonly world: World;

  constructor(component: WorldSource) {
    this.world = new World(component);
  }

  /** Gives a printer for the functions among some items, such as those of one interface: their names for types count first. */
  among(items: Iterable<ExternItem>): (type: FuncType) => string {
    const scope = new Scope('export');
    for (const item of items) scope.add(item);
    const nameOf = (type: ValueType | ResourceType): string | undefined =>
      scope.nameOf(type) ??
      (isNominal(type) || type.kind === 'resource' ? this.world.ownersOf(type)[0]?.name : undefined);
    const words = {
      part: (type: ValueType): string => nameOf(type) ?? witStructure(type, words),
      resource: (type: ResourceType): string => nameOf(type) ?? '_',
      nominal: (type: ValueType): string => `${type.kind} {${witMembers(type, words.part)?.join(', ')}}`,
    };
    return (type) => witFunc(type, words.part);
  }
}
