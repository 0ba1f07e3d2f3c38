import { checkOptions } from '@loophost/component';
import type { Capability } from './capability.ts';
import { checkCapabilityKinds } from './options.ts';

/**
 * Refuses what is no capability, and two capabilities of one name: grants and messages name them. One that is never chosen, because another of its
 * name before it serves all that it does, may be there.
 */
export function checkCapabilities(capabilities: readonly Capability[]): void {
  checkCapabilityKinds(capabilities);
  const twice = capabilities.find(({ name, interfaces }, i) =>
    capabilities.some((other, j) => j < i && other.name === name && !isCovered(interfaces, other)),
  );
  if (!twice) return;
  const expected = `capabilities of different names, and not two of the name "${twice.name}"`;
  checkOptions('create host', ['options.', { capabilities }, { capabilities: [expected, () => false] }]);
}

function isCovered(interfaces: readonly string[], by: Capability): boolean {
  return interfaces.every((one) => by.interfaces.includes(one));
}
