import { DEFAULT_STORE_BOUNDS, keyValue, MemoryStore } from '@loophost/capabilities';
import { expect, test } from 'vitest';
import { hostContext } from '../host-context.ts';

const context = { component: 'test' };

test.each([
  [null, 'it is nothing, not a record'],
  [true, 'it is a boolean, not a record'],
  ['memory', 'it is a text, not a record'],
  [{}, 'its stores is nothing, not a record'],
  [{ stores: ['default'] }, 'its stores is a list, not a record'],
  [{ store: {} }, 'it has no field "store"'],
  [{ stores: {}, maxValueByte: 1 }, 'it has no field "maxValueByte"'],
  [{ stores: { a: 'disk' } }, 'its stores.a is a text, not a record'],
  [{ stores: { a: { path: 'x' } } }, 'it has no field "stores.a.path"'],
  [{ stores: { a: { file: '' } } }, 'its stores.a names no file'],
  [{ stores: { a: { file: 'a\0b' } } }, 'its stores.a names no file'],
  [{ stores: { a: { file: 'x' } } }, 'its stores.a is a file, and this host keeps no stores in files'],
  [{ stores: {}, maxKeys: 0 }, 'its maxKeys is 0'],
  [{ stores: {}, maxKeys: 1.5 }, 'its maxKeys is 1.5'],
  [{ stores: {}, maxValueBytes: '1' }, 'its maxValueBytes is a text'],
])('the grant %j is not valid', (grant, why) => {
  expect(() => keyValue().configure(grant, context)).toThrow(
    expect.objectContaining({ code: 'E_GRANT_INVALID', message: `cannot use the grant "keyValue": ${why}` }),
  );
});

test('a misspelt field is answered with the nearest', () => {
  expect(() => keyValue().configure({ stores: {}, maxValueByte: 1 }, context)).toThrow(
    expect.objectContaining({ fix: 'did you mean "maxValueBytes"?' }),
  );
});

test('without a grant every interface is denied, with what to write', () => {
  const capability = keyValue();
  const configured = capability.configure(undefined, context);
  for (const name of capability.interfaces)
    expect(configured.denial?.(name)).toEqual({
      reason: 'it is not granted',
      fix: "grant it with `keyValue: { stores: { default: 'memory' } }`",
    });
});

test('a store opens when a guest opens it, stays open for all guests of the component, and closes after the last', async () => {
  const log: string[] = [];
  class Logged extends MemoryStore {
    override [Symbol.dispose](): void {
      log.push('close');
    }
  }
  const capability = keyValue({
    openFile: async (file, bounds) => {
      log.push(`open ${file}`);
      return new Logged(bounds);
    },
  });
  const configured = capability.configure({ stores: { a: { file: 'x' } } }, context);
  const host = hostContext();
  const [one, other] = [configured.prepare(host), configured.prepare(host)];
  expect(log).toEqual([]);
  const open = async ({ operations = {} }: typeof one): Promise<unknown> => operations['open']?.(...(['a'] as never[]));
  await Promise.all([open(one), open(other), open(one)]);
  one[Symbol.dispose]?.();
  await Promise.resolve();
  expect(log).toEqual(['open x']);
  other[Symbol.dispose]?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(log).toEqual(['open x', 'close']);
  expect(configured.prepare(host).settings).toEqual({ bounds: DEFAULT_STORE_BOUNDS });
});

test('the host refuses a store that a guest has not opened, whatever its thread asks for', async () => {
  const decisions: unknown[] = [];
  const configured = keyValue().configure({ stores: { a: 'memory' } }, context);
  const { operations = {} } = configured.prepare(hostContext({ report: (one) => void decisions.push(one) }));
  const get = (name: string): unknown => operations['get']?.(...([name, ['k']] as never[]));
  await expect(get('a')).rejects.toMatchObject({ payload: { tag: 'access-denied' } });
  await expect(get('b')).rejects.toMatchObject({ payload: { tag: 'access-denied' } });
  await operations['open']?.(...(['a'] as never[]));
  expect(await get('a')).toEqual([undefined]);
  expect(decisions).toMatchObject([{ verdict: 'allow', request: 'open a' }]);
});
