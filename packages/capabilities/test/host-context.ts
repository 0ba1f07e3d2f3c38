import type { HostContext } from '@loophost/host';

/** What the host's half of a capability gets for a guest that imports nothing, with what a test cares for. */
export function hostContext(given: Partial<HostContext> = {}): HostContext {
  return {
    component: 'test',
    imports: [],
    signal: new AbortController().signal,
    objects: {} as HostContext['objects'],
    handles: { take: () => undefined, giveBack: () => undefined },
    report: () => undefined,
    emit: () => undefined,
    ...given,
  };
}
