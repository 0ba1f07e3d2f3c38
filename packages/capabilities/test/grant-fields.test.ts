import { config, environment, keyValue } from '@loophost/capabilities';
import type { Capability } from '@loophost/host';
import { describe, expect, test } from 'vitest';

const CONTEXT = { component: 'greeter' };

describe('a grant that would give less than it seems to is refused:', () => {
  test.each([
    [environment(), { env: { A: undefined } }, 'its env.A is nothing'],
    [environment(), { env: new Map([['A', 'b']]) }, 'its env is a collection, not a record'],
    [environment(), { args: new Array(1) }, 'its args are not a list of texts'],
    [config(), { a: undefined }, 'its a is nothing'],
    [config(), new Map([['a', 'b']]), 'it is a collection, not a record'],
    [keyValue(), { stores: new Map([['default', 'memory']]) }, 'its stores is a collection, not a record'],
  ] as [Capability, unknown, string][])('%#: %o, %o', (capability, grant, why) => {
    expect(() => capability.configure(grant, CONTEXT)).toThrow(
      expect.objectContaining({
        code: 'E_GRANT_INVALID',
        message: `cannot use the grant "${capability.name}": ${why}`,
      }),
    );
  });
});

test('the environment of the process can be granted as it is', () => {
  const configured = environment().configure({ env: process.env }, CONTEXT);
  expect(configured.prepare).toBeTypeOf('function');
});
