import type { ExternItem, FuncType, ResourcePath } from './types/extern-type.ts';
import type { CoreModule } from './binary/core-module.ts';
import type { BoundResource } from './types/extern-type.ts';

/**
 * What a component does when it is instantiated: its definitions, in binary order, with types resolved. Each step
 * appends to one index space, as the definition it came from does. Plain data, so that it can go to another thread.
 */
export interface Plan {
  readonly steps: Step[];
  readonly imports: ReadonlyMap<string, ExternItem>;
  readonly exports: ReadonlyMap<string, ExternItem>;
  readonly importedResources: readonly BoundResource[];
}

/** A compiled component without its compiled modules. */
export interface Program {
  readonly root: Plan;
  readonly modules: readonly CoreModule[];
  /** Features that were decoded and validated but cannot run yet, with the byte offset of the first use. */
  readonly unsupported: readonly Unsupported[];
}

export interface Unsupported {
  readonly feature: string;
  readonly offset: number;
}

export type CoreSort = 'func' | 'table' | 'memory' | 'global' | 'tag';
export type Sort = 'module' | 'func' | 'value' | 'type' | 'component' | 'instance';

export interface Reference<S> {
  readonly name: string;
  readonly sort: S;
  readonly index: number;
  /** For a resource type: its identity, since the type index space does not exist at run time. */
  readonly resource?: number;
}

export type StringEncoding = 'utf8' | 'utf16' | 'latin1+utf16';

/** Canonical options with their indices into core index spaces. */
export interface CanonOptions {
  readonly encoding: StringEncoding;
  readonly memory?: number;
  readonly realloc?: number;
  readonly postReturn?: number;
  readonly async: boolean;
  readonly callback?: number;
}

/** A resource of the enclosing component and where an instance exports it. */
export interface ResourceBinding {
  readonly path: ResourcePath;
  readonly id: number;
}

export type Step =
  | { readonly op: 'core-module'; readonly module: number }
  | { readonly op: 'core-instance'; readonly module: number; readonly args: readonly (readonly [string, number])[] }
  | { readonly op: 'core-bag'; readonly exports: readonly Reference<CoreSort>[] }
  | { readonly op: 'core-alias'; readonly sort: CoreSort; readonly instance: number; readonly name: string }
  | { readonly op: 'outer'; readonly sort: 'module' | 'component'; readonly count: number; readonly index: number }
  | { readonly op: 'alias'; readonly sort: Sort; readonly instance: number; readonly name: string }
  | { readonly op: 'component'; readonly plan: Plan }
  | {
      readonly op: 'instance';
      readonly component: number;
      readonly args: readonly Reference<Sort>[];
      readonly defined: readonly ResourceBinding[];
    }
  | { readonly op: 'bag'; readonly exports: readonly Reference<Sort>[] }
  | { readonly op: 'lift'; readonly func: number; readonly type: FuncType; readonly options: CanonOptions }
  | { readonly op: 'lower'; readonly func: number; readonly type: FuncType; readonly options: CanonOptions }
  | { readonly op: 'resource'; readonly id: number; readonly dtor?: number }
  | { readonly op: 'resource.new' | 'resource.drop' | 'resource.rep'; readonly id: number }
  | { readonly op: 'unsupported'; readonly feature: string }
  | { readonly op: 'import'; readonly item: ExternItem }
  | {
      readonly op: 'export';
      readonly item: ExternItem;
      readonly from: Reference<Sort>;
      readonly renamed: readonly ResourceBinding[];
    };

export type StepOf<Op extends Step['op']> = Extract<Step, { readonly op: Op }>;
