// A process of its own that works on a store: writer.ts FILE set KEY VALUE | set-and-die KEY VALUE | increment KEY TIMES
import { DEFAULT_STORE_BOUNDS } from '@loophost/capabilities';
import { openSqliteStore } from '../../src/store/sqlite.ts';

const [file = '', verb, key = '', value = ''] = process.argv.slice(2);
const store = await openSqliteStore(file, DEFAULT_STORE_BOUNDS);
if (verb === 'increment')
  for (let i = 0; i < Number(value); i++) await store.increment(key, 1n, { min: 0n, max: 1_000_000n });
else await store.set([[key, new TextEncoder().encode(value)]]);
if (verb === 'set-and-die') process.kill(process.pid, 'SIGKILL');
store[Symbol.dispose]();
