import type { ExternItem } from '../types/extern-type.ts';
import { InterfaceText } from './wit-interface.ts';
import { comment, indent, splitInterfaceName, witId, witPath } from './wit-names.ts';
import { type Scope, type Side, World, type WorldItem, type WorldSource } from './world.ts';

/**
 * Prints a component's world as WIT: the world, which a binary does not name and which is called `root` here, and every
 * interface that it imports or exports, in its package. What a component does not use of an interface is not in it.
 *
 * Everything stands in the component's order, which is its author's. Equal components give equal texts. What WIT has no notation for, such as imported core modules, stands in comments.
 *
 * @example
 * console.log(printWit(await compile(bytes)))
 */
export function printWit(component: WorldSource): string {
  return new WitPrinter(new World(component)).print();
}

class WitPrinter {
  private readonly world: World;
  /** The interfaces of each package by name, each with what either side of the world shows of it. */
  private readonly packages = new Map<string, Map<string, Scope[]>>();

  constructor(world: World) {
    this.world = world;
    for (const scope of world.interfaces) if (scope.interfaceName !== undefined) this.file(scope, scope.interfaceName);
  }

  private file(scope: Scope, interfaceName: string): void {
    const { packageName, label } = splitInterfaceName(interfaceName);
    const interfaces = this.packages.get(packageName) ?? new Map<string, Scope[]>();
    this.packages.set(packageName, interfaces);
    interfaces.set(label, [...(interfaces.get(label) ?? []), scope]);
  }

  print(): string {
    const lines = [`package ${this.rootPackage()};`, '', ...block('world root', this.worldLines())];
    for (const [name, interfaces] of this.packages) {
      const texts = [...interfaces].map(([label, scopes]) =>
        block(`interface ${witId(label)}`, this.interfaceLines(scopes, name)),
      );
      lines.push(
        '',
        ...block(
          `package ${witPath(name)}`,
          texts.flatMap((text, i) => (i === 0 ? text : ['', ...text])),
        ),
      );
    }
    return `${lines.join('\n')}\n`;
  }

  /** A name for the package of the world that no interface is in. */
  private rootPackage(): string {
    let name = 'root:component';
    while (this.packages.has(name)) name += '-world';
    return name;
  }

  private interfaceLines(scopes: readonly Scope[], packageName?: string): string[] {
    const text = new InterfaceText(this.world, scopes, packageName);
    for (const scope of scopes) text.addFuncs(scope);
    return text.lines();
  }

  private worldLines(): string[] {
    const { imports, exports, root } = this.world;
    const text = new InterfaceText(this.world, [root.import, root.export]);
    const importLines = imports.flatMap((item) => this.itemLines('import', item, text));
    const exportLines = exports.flatMap((item) => this.itemLines('export', item, text));
    const parts = [text.lines(), importLines, exportLines].filter((part) => part.length > 0);
    return parts.flatMap((part, i) => (i === 0 ? part : ['', ...part]));
  }

  private itemLines(side: Side, { item, scope }: WorldItem, text: InterfaceText): string[] {
    if (scope) return [...externalId(item), ...this.instanceLines(side, item, scope)];
    const at = this.world.root[side];
    if (item.sort === 'func' && at.funcs.has(item.name) && !item.name.includes(':'))
      return [...externalId(item), `${side} ${witId(item.name)}: ${text.func(item.type, at)};`];
    if (item.sort === 'type' && (side === 'import' || !at.types.has(item.name))) return [];
    if (item.sort === 'func' && at.resources.has(/\](.*?)(?:\.|$)/.exec(item.name)?.[1] ?? '')) return [];
    return [comment(`${side} "${item.name}", a ${item.sort}, has no form in WIT`)];
  }

  private instanceLines(side: Side, item: ExternItem, scope: Scope): string[] {
    const { interfaceName } = scope;
    if (interfaceName === undefined)
      return block(`${side} ${witId(item.name)}: interface`, this.interfaceLines([scope]));
    const label = item.attributes?.implements === undefined ? '' : `${witId(item.name)}: `;
    return [`${side} ${label}${witPath(interfaceName)};`];
  }
}

function block(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [`${head} {}`] : [`${head} {`, ...indent(lines), '}'];
}

function externalId({ attributes }: ExternItem): string[] {
  return attributes?.externalId === undefined ? [] : [`@external-id(${JSON.stringify(attributes.externalId)})`];
}
