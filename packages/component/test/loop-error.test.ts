import { ComponentError, isComponentError, isLoopError, LoopError } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { invariant } from '../src/loop-error.ts';

describe('errors', () => {
  test('are known by their brand, also those of a second copy of the package', async () => {
    const copy = '../src/loop-error.ts?second-copy';
    const other = (await import(copy)) as typeof import('../src/loop-error.ts');
    const error = new other.LoopError('E_BUG', { fault: 'host', message: 'x' });
    expect([error instanceof LoopError, isLoopError(error), isComponentError(error)]).toEqual([false, true, false]);
    const declared = new other.ComponentError('no');
    expect([declared instanceof ComponentError, isComponentError(declared), isLoopError(declared)]).toEqual([
      false,
      true,
      false,
    ]);
    for (const value of [undefined, null, 'E_BUG', { code: 'E_BUG' }, new Error('x')])
      expect([isLoopError(value), isComponentError(value)]).toEqual([false, false]);
  });

  test('of ours are E_BUG, and say what should have held', () => {
    expect(() => invariant('something', 'there is something')).not.toThrow();
    expect(() => invariant(undefined, 'there is something')).toThrow(
      expect.objectContaining({ code: 'E_BUG', fault: 'host', message: 'bug: there is something' }),
    );
  });

  test('of a component carry their payload, and its text where it is one', () => {
    expect(new ComponentError('full')).toMatchObject({ name: 'ComponentError', message: 'full', payload: 'full' });
    expect(new ComponentError({ code: 3 }).message).toBe('the component returned an error');
  });
});
