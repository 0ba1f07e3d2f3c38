import { resolve } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import {
  type Awaitable,
  batchCheck,
  checkGrowth,
  type Entry,
  increased,
  type KeyPage,
  type KeyValueStore,
  type NumberRange,
  type StoreBounds,
  type StoreTotals,
  type Versioned,
} from '@loophost/capabilities';
import { PATIENCE_MS, patiently, type StoreFile, whenClosed } from './patience.ts';
import { prepareFile } from './schema.ts';

/**
 * Opens a store in a SQLite file, and makes the file if there is none. Any number of processes may have it open.
 *
 * What was written survives the end of the process at any moment; after a loss of power, the last writes may be missing,
 * and nothing is damaged.
 *
 * @param patienceMs - How long to try again while another process writes. Default 2 s.
 * @throws {StoreFailure} when the file cannot be opened, or holds something else.
 */
export async function openSqliteStore(
  file: string,
  bounds: StoreBounds,
  patienceMs: number = PATIENCE_MS,
): Promise<KeyValueStore> {
  // An absolute path: SQLite gives names like `:memory:` and `file:x?mode=ro` a meaning of their own.
  const path = resolve(file);
  return patiently({ path, patienceMs }, () => {
    const database = new DatabaseSync(path, { timeout: 0, allowExtension: false, defensive: true });
    try {
      prepareFile(database, path);
      return new SqliteStore(database, { path, patienceMs }, bounds);
    } catch (thrown) {
      database.close();
      throw thrown;
    }
  });
}

interface Row {
  readonly number: number;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly writes: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Statements are prepared once. Keys are bytes: as text, SQLite would end them at a zero. */
class SqliteStore implements KeyValueStore {
  private readonly database: DatabaseSync;
  private readonly file: StoreFile;
  private readonly bounds: StoreBounds;
  private readonly sql: Record<'find' | 'write' | 'remove' | 'page' | 'totals', StatementSync>;

  constructor(database: DatabaseSync, file: StoreFile, bounds: StoreBounds) {
    this.database = database;
    this.file = file;
    this.bounds = bounds;
    this.sql = {
      find: database.prepare('SELECT number, value, writes FROM entries WHERE key = ?'),
      write: database.prepare(
        'INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, writes = writes + 1',
      ),
      remove: database.prepare('DELETE FROM entries WHERE key = ?'),
      page: database.prepare('SELECT number, key FROM entries WHERE number >= ? ORDER BY number LIMIT ?'),
      totals: database.prepare('SELECT keys, bytes FROM totals'),
    };
  }

  get(keys: readonly string[]): Awaitable<readonly (Uint8Array | undefined)[]> {
    if (keys.length === 1) return this.attempt(() => keys.map((key) => this.find(key)?.value));
    return this.transaction('BEGIN', () => {
      const check = batchCheck(this.bounds);
      return keys.map((key) => {
        const value = this.find(key)?.value;
        check(value);
        return value;
      });
    });
  }

  has(key: string): Awaitable<boolean> {
    return this.attempt(() => this.find(key) !== undefined);
  }

  set(entries: readonly Entry[]): Awaitable<void> {
    return this.change(() => this.write(entries));
  }

  delete(keys: readonly string[]): Awaitable<void> {
    return this.change(() => {
      for (const key of keys) this.sql.remove.run(encoder.encode(key));
    });
  }

  list(from: number | undefined, max: number): Awaitable<KeyPage> {
    return this.attempt(() => {
      const rows = this.sql.page.all(from ?? 0, max + 1) as unknown as Pick<Row, 'number' | 'key'>[];
      const keys = rows.slice(0, max).map(({ key }) => decoder.decode(key));
      const next = rows[max]?.number;
      return next === undefined ? { keys } : { keys, next };
    });
  }

  increment(key: string, delta: bigint, range: NumberRange): Awaitable<bigint> {
    return this.change(() => {
      const { sum, bytes } = increased(this.find(key)?.value, delta, range);
      this.write([[key, bytes]]);
      return sum;
    });
  }

  read(key: string): Awaitable<Versioned> {
    return this.attempt(() => this.look(key));
  }

  swap(key: string, version: string | undefined, value: Uint8Array): Awaitable<boolean> {
    return this.change(() => {
      if (this.look(key).version !== version) return false;
      this.write([[key, value]]);
      return true;
    });
  }

  private find(key: string): Row | undefined {
    return this.sql.find.get(encoder.encode(key)) as unknown as Row | undefined;
  }

  private look(key: string): Versioned {
    const row = this.find(key);
    return { value: row?.value, version: row && `${row.number}.${row.writes}` };
  }

  /** Inside of a change, which takes everything back when the bounds are exceeded. */
  private write(entries: readonly Entry[]): void {
    const before = this.totals();
    for (const [key, value] of entries) this.sql.write.run(encoder.encode(key), value);
    checkGrowth(this.bounds, before, this.totals());
  }

  private totals(): StoreTotals {
    return this.sql.totals.get() as unknown as StoreTotals;
  }

  private change<T>(work: () => T): Awaitable<T> {
    return this.transaction('BEGIN IMMEDIATE', work);
  }

  private transaction<T>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): Awaitable<T> {
    return this.attempt(() => {
      this.database.exec(begin);
      try {
        const result = work();
        this.database.exec('COMMIT');
        return result;
      } finally {
        if (this.database.isTransaction) this.database.exec('ROLLBACK');
      }
    });
  }

  private attempt<T>(work: () => T): Awaitable<T> {
    return patiently(this.file, () => {
      if (!this.database.isOpen) throw whenClosed();
      return work();
    });
  }

  [Symbol.dispose](): void {
    if (this.database.isOpen) this.database.close();
  }
}
