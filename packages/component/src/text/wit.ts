import type { AnyType, ExternItem, FuncType } from '../types/extern-type.ts';
import { describeType } from '../types/extern-type.ts';
import type { ValueType } from '../types/value-type.ts';
import { InterfaceText, printFunc, quoteComment, witId } from './wit-interface.ts';
import { type Scope, type Side, World, type WorldItem, type WorldSource } from './world.ts';

const WORLD = 'root';

/**
 * Prints a component's world as WIT: the world, which a binary does not name and which is called `root` here, and every
 * interface that it imports or exports, in its package. What a component does not use of an interface is not in it.
 *
 * Equal components give equal texts. What WIT has no notation for, such as imported core modules, stands in comments.
 *
 * @example
 * console.log(printWit(await compile(bytes)))
 */
export function printWit(component: WorldSource): string {
  return new WitPrinter(new World(component)).print();
}

/** The interfaces of one package by name. */
type Packages = Map<string, Map<string, InterfaceText>>;

class WitPrinter {
  private readonly world: World;
  private readonly packages: Packages = new Map();

  constructor(world: World) {
    this.world = world;
  }

  print(): string {
    for (const scope of this.world.interfaces) if (scope.interfaceName !== undefined) this.addInterface(scope);
    const lines = [`package ${this.rootPackage()};`, '', `world ${WORLD} {`, ...indent(this.worldLines()), '}'];
    for (const [name, interfaces] of this.packages) {
      lines.push('', `package ${escapePath(name)} {`);
      [...interfaces].forEach(([label, text], i) => {
        if (i > 0) lines.push('');
        lines.push(...indent([`interface ${witId(label)} {`, ...indent(text.lines()), '}']));
      });
      lines.push('}');
    }
    return `${lines.join('\n')}\n`;
  }

  /** A name for the package of the world that no interface is in. */
  private rootPackage(): string {
    let name = 'root:component';
    while (this.packages.has(name)) name += '-world';
    return name;
  }

  /** Adds what one side of the world shows of an interface. Both sides together are the interface. */
  private addInterface(scope: Scope): void {
    const { packageName, label } = splitInterfaceName(scope.interfaceName as string);
    const interfaces = this.packages.get(packageName) ?? new Map<string, InterfaceText>();
    this.packages.set(packageName, interfaces);
    const text = interfaces.get(label) ?? new InterfaceText(this.world, packageName);
    interfaces.set(label, text);
    text.add(scope);
  }

  private worldLines(): string[] {
    const root = new InterfaceText(this.world, undefined);
    const { import: imports, export: exports } = this.world.root;
    root.addTypes(imports);
    root.addTypes(exports);
    const importLines = this.world.imports.flatMap((item) => this.itemLines('import', item, root, imports));
    const exportLines = this.world.exports.flatMap((item) => this.itemLines('export', item, root, exports));
    const gap = importLines.length > 0 && exportLines.length > 0 ? [''] : [];
    return [...root.lines(), ...importLines, ...gap, ...exportLines];
  }

  private itemLines(side: Side, { item, scope }: WorldItem, root: InterfaceText, at: Scope): string[] {
    if (scope) return this.instanceLines(side, item, scope);
    const externalId = externalIdLine(item);
    if (item.sort === 'func' && at.funcs.has(item.name)) {
      return [...externalId, `${side} ${witId(item.name)}: ${printFunc(item.type, (type) => root.type(type, at))};`];
    }
    return item.sort === 'type' || item.sort === 'func' ? [] : [quoteComment(`${side} "${item.name}": ${describe(item)}`)];
  }

  private instanceLines(side: Side, item: ExternItem, scope: Scope): string[] {
    const externalId = externalIdLine(item);
    const { interfaceName } = scope;
    if (interfaceName !== undefined) {
      const label = item.attributes?.implements === undefined ? '' : `${witId(item.name)}: `;
      return [...externalId, `${side} ${label}${escapePath(interfaceName)};`];
    }
    const text = new InterfaceText(this.world, undefined);
    text.add(scope);
    return [...externalId, `${side} ${witId(item.name)}: interface {`, ...indent(text.lines()), '}'];
  }
}

function describe(item: ExternItem): string {
  return item.sort === 'module' ? 'core module' : describeType(item.type as AnyType);
}

function externalIdLine(item: ExternItem): string[] {
  const id = item.attributes?.externalId;
  return id === undefined ? [] : [`@external-id(${JSON.stringify(id)})`];
}
