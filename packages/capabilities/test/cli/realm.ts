import { vi } from 'vitest';
import type { Decision, GuestPart, GuestRealm } from '@loophost/host/guest';

type AnyFunction = (...args: unknown[]) => unknown;

export interface Linked {
  readonly decisions: Decision[];
  readonly told: [string, ...unknown[]][];
  /** A function of an interface, by both names. */
  get(iface: string, name: string): AnyFunction;
}

/** Links a guest part alone, in a realm whose host only listens. */
export function linkAlone(part: GuestPart, settings: unknown, waiting: 'suspend' | 'block' = 'block'): Linked {
  const decisions: Decision[] = [];
  const told: Linked['told'] = [];
  const realm: GuestRealm = {
    capability: 'tested',
    imports: [],
    waiting,
    ask: vi.fn(() => Promise.reject(new Error('nobody answers'))),
    tell: (operation, ...args) => void told.push([operation, ...args]),
    report: (decision) => void decisions.push(decision),
  };
  const { imports } = part.link(settings, realm);
  const get = (iface: string, name: string): AnyFunction =>
    (imports[`${iface}@0.2.12`] as Record<string, AnyFunction>)[name] as AnyFunction;
  return { decisions, told, get };
}
