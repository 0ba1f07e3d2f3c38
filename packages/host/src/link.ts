import {
  type Component,
  type ExternItem,
  findProviders,
  isLoopError,
  linkFailed,
  type LoopError,
} from '@loophost/component';
import type { Capability, Configured, GuestParts, HostContext, TrustClass } from './capability.ts';
import { grantInvalid, grantMissing, importUnprovided, trustTooLow } from './errors.ts';
import { mergedImports } from './guest/merged-imports.ts';
import { HeldObjects } from './held-objects.ts';

/** What a component is given, by the name of the capability. */
export type Grants = Readonly<Record<string, unknown>>;

/** Who serves an import of a component, or why nobody does. */
export interface ImportReport {
  readonly name: string;
  /** `types`: it holds types alone, which nobody needs to serve. */
  readonly status: 'served' | 'types' | 'denied' | 'unprovided' | 'mismatch';
  /** The capability that serves it, or would. */
  readonly capability?: string;
  readonly reason?: string;
  readonly fix?: string;
}

/** A capability that serves at least one import of a component, under its grant. */
export interface Selected {
  readonly capability: Capability;
  readonly configured: Configured;
}

export interface LinkInput {
  readonly component: Component;
  readonly name: string;
  readonly trust: TrustClass;
  readonly grants: Grants;
}

/** Decides who serves each import, and collects everything that stands in the way. Loads nothing. */
export class Selection {
  readonly imports: ImportReport[] = [];
  readonly selected: Selected[] = [];
  readonly problems: LoopError[] = [];
  private readonly input: LinkInput;
  private readonly capabilities: readonly Capability[];
  private readonly configured = new Map<Capability, Configured | undefined>();

  constructor(capabilities: readonly Capability[], input: LinkInput) {
    this.capabilities = capabilities;
    this.input = input;
    this.checkGrants();
    for (const item of input.component.imports) this.imports.push(this.choose(item));
    const rank = ({ capability }: Selected): number => capabilities.indexOf(capability);
    this.selected.sort((a, b) => rank(a) - rank(b));
  }

  get mayWait(): boolean {
    return this.selected.some(({ configured }) => configured.mayWait);
  }

  private checkGrants(): void {
    const known = this.capabilities.map(({ name }) => name);
    for (const name of Object.keys(this.input.grants)) {
      if (known.includes(name)) continue;
      const fix = `grant one of ${known.map((one) => `"${one}"`).join(', ')}`;
      this.problems.push(grantInvalid({ capability: name, why: 'this host has no capability of that name', fix }));
    }
  }

  private choose(item: ExternItem): ImportReport {
    const { name } = item;
    if (isTypesOnly(item)) return { name, status: 'types' };
    const capability = this.capabilities.find((one) => serves(one.interfaces, name));
    if (!capability) return this.unprovided(name);
    const trust = this.trustProblem(capability, name);
    if (trust) return trust;
    const configured = this.configure(capability);
    if (!configured) return { name, status: 'denied', capability: capability.name, reason: 'its grant is not valid' };
    const denial = configured.denial?.(name);
    if (denial) {
      this.problems.push(
        grantMissing({ component: this.input.name, wanted: name, capability: capability.name, ...denial }),
      );
      return { name, status: 'denied', capability: capability.name, ...denial };
    }
    if (!this.selected.some((one) => one.capability === capability)) this.selected.push({ capability, configured });
    return { name, status: 'served', capability: capability.name };
  }

  private unprovided(name: string): ImportReport {
    const all = this.capabilities.flatMap(({ interfaces }) => interfaces);
    const { offered } = findProviders(Object.fromEntries(all.map((one) => [one, {}])), name);
    const problem = importUnprovided({ component: this.input.name, wanted: name, offered });
    this.problems.push(problem);
    return { name, status: 'unprovided', reason: 'no capability of this host serves it', fix: problem.fix as string };
  }

  private trustProblem(
    { name: capability, trust = 'untrusted' }: Capability,
    wanted: string,
  ): ImportReport | undefined {
    if (trust === 'untrusted' || this.input.trust === 'trusted') return undefined;
    const problem = trustTooLow({
      component: this.input.name,
      what: `its import "${wanted}"`,
      needed: trust,
      found: this.input.trust,
    });
    this.problems.push(problem);
    const reason = `it is for ${trust} components`;
    return { name: wanted, status: 'denied', capability, reason, fix: problem.fix as string };
  }

  private configure(capability: Capability): Configured | undefined {
    if (this.configured.has(capability)) return this.configured.get(capability);
    let configured: Configured | undefined;
    try {
      configured = capability.configure(this.input.grants[capability.name], { component: this.input.name });
    } catch (thrown) {
      if (!isLoopError(thrown)) throw thrown;
      this.problems.push(thrown);
    }
    this.configured.set(capability, configured);
    return configured;
  }
}

/** Links a component with stand-ins of its providers, to find what is of another type, and throws everything found. */
export async function checkLink(input: LinkInput, selection: Selection, parts: GuestParts): Promise<void> {
  const found = await mismatches(input, selection, parts).catch((thrown: unknown) => {
    // A grant can turn out to be unusable when it is first used: a directory that is not there.
    if (!isLoopError(thrown)) throw thrown;
    return [thrown];
  });
  const problems = [...selection.problems, ...found];
  if (problems.length > 0) throw linkFailed(problems);
}

/** What the engine says of the link. Imports that nobody serves are left to the selection, which knows why. */
export async function mismatches(input: LinkInput, selection: Selection, parts: GuestParts): Promise<LoopError[]> {
  const waiting = selection.mayWait ? 'suspend' : 'block';
  const imports = await Promise.all(
    selection.selected.map(async ({ capability, configured }) => {
      const part = await parts(configured.guestPart);
      const handles = { take: () => undefined, giveBack: () => undefined };
      const context: HostContext = {
        component: input.name,
        imports: input.component.imports,
        signal: AbortSignal.abort(),
        handles,
        objects: new HeldObjects(handles, () => undefined),
        report: () => undefined,
        emit: () => undefined,
      };
      using prepared = disposable(configured.prepare(context));
      return part.link(prepared.value.settings, {
        capability: capability.name,
        imports: input.component.imports,
        waiting,
        ask: () => Promise.reject(new Error('not running')),
        tell: () => undefined,
        report: () => undefined,
      }).imports;
    }),
  );
  try {
    input.component.link(mergedImports(imports), { allMaySuspend: true });
    return [];
  } catch (thrown) {
    if (!isLoopError(thrown) || thrown.code !== 'E_LINK_FAILED') throw thrown;
    const unserved = new Set(selection.imports.filter(({ status }) => status !== 'served').map(({ name }) => name));
    return thrown.problems.filter(({ code, at }) => code !== 'E_IMPORT_UNMET' || !unserved.has(at.interface ?? ''));
  }
}

function disposable<T extends Partial<Disposable>>(value: T): { value: T } & Disposable {
  return { value, [Symbol.dispose]: () => value[Symbol.dispose]?.() };
}

/** Tells whether one of these interfaces serves an import, by the rule of compatible versions. */
function serves(interfaces: readonly string[], wanted: string): boolean {
  return findProviders(Object.fromEntries(interfaces.map((one) => [one, {}])), wanted).candidates.length > 0;
}

/** Types without resources or functions need nobody to serve them. */
function isTypesOnly(item: ExternItem): boolean {
  if (item.sort === 'type') return item.type.kind !== 'resource';
  return item.sort === 'instance' && [...item.type.exports.values()].every(isTypesOnly);
}
