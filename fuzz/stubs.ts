import { ComponentError, type ExternItem, type FuncType, type Imports } from '@loophost/component';
import { camelCase, type ExternName, parseExternName, pascalCase } from '../packages/component/src/types/names.ts';
import type { Sampler } from './sample.ts';

type StubClass = (new () => object) & Record<string, unknown>;

/** Import objects made of a component's types alone: functions that give values of their result types. */
export class Stubs {
  private readonly sampler: Sampler;
  private readonly classes = new Map<number, StubClass>();

  constructor(sampler: () => Sampler) {
    this.sampler = sampler();
  }

  /** An object of a host resource, if the component imports a resource of this identity. */
  instanceOf(resource: number): object | undefined {
    const Class = this.classes.get(resource);
    return Class && new Class();
  }

  imports(items: readonly ExternItem[]): Imports {
    const provider: Record<string, unknown> = {};
    for (const item of items) this.add(provider, item);
    return provider;
  }

  private add(provider: Record<string, unknown>, item: ExternItem): void {
    if (item.sort === 'type' && item.type.kind === 'resource') {
      const Class = class {} as unknown as StubClass;
      this.classes.set(item.type.id, Class);
      provider[pascalCase(item.name)] = Class;
    } else if (item.sort === 'instance') {
      const inner: Record<string, unknown> = {};
      for (const member of item.type.exports.values()) this.add(inner, member);
      provider[item.name] = inner;
    } else if (item.sort === 'func') {
      this.addFunction(provider, item.name, parseExternName(item.name), item.type);
    }
  }

  private addFunction(
    provider: Record<string, unknown>,
    text: string,
    name: ExternName | string,
    type: FuncType,
  ): void {
    const stub = (): unknown => this.result(type);
    // The world's own functions are served by their exact names, those of interfaces by camelCase ones.
    provider[text] = stub;
    if (typeof name === 'string' || name.kind === 'interface') return;
    if (name.kind === 'label') {
      provider[camelCase(name.label)] = stub;
      return;
    }
    const Class = provider[pascalCase(name.resource)] as StubClass | undefined;
    if (!Class || name.kind === 'constructor') return;
    const target = name.kind === 'static' ? Class : (Class.prototype as object);
    Object.defineProperty(target, camelCase(name.label), { value: stub, configurable: true });
  }

  private result({ result }: FuncType): unknown {
    if (!result) return undefined;
    const value = this.sampler.value(result);
    if (result.kind !== 'result') return value;
    const { tag, val } = value as { tag: string; val: unknown };
    if (tag === 'err') throw new ComponentError(val);
    return val;
  }
}
