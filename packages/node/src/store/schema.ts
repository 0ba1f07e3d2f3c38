import { DatabaseSync } from 'node:sqlite';
import { StoreFailure } from '@loophost/capabilities';

/** `Loop`, in the header of our files. */
const APPLICATION_ID = 0x4c_6f_6f_70;
const FORMAT = 1;
/** What the log of a file that was written a lot is cut to. */
const MAX_LOG_BYTES = 4_194_304;

/**
 * Numbers grow and are never used again: pages begin at one, and a key that was deleted and written again has another. The
 * triggers keep the totals right in the same step as the entries, whoever writes.
 */
const SCHEMA = `
  CREATE TABLE entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key BLOB NOT NULL UNIQUE,
    value BLOB NOT NULL,
    writes INTEGER NOT NULL DEFAULT 1
  ) STRICT;
  CREATE TABLE totals (keys INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
  INSERT INTO totals VALUES (0, 0);
  CREATE TRIGGER entry_added AFTER INSERT ON entries BEGIN
    UPDATE totals SET keys = keys + 1, bytes = bytes + length(new.key) + length(new.value);
  END;
  CREATE TRIGGER entry_changed AFTER UPDATE OF value ON entries BEGIN
    UPDATE totals SET bytes = bytes + length(new.value) - length(old.value);
  END;
  CREATE TRIGGER entry_deleted AFTER DELETE ON entries BEGIN
    UPDATE totals SET keys = keys - 1, bytes = bytes - length(old.key) - length(old.value);
  END;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${FORMAT};`;

/**
 * Sets a connection up, and makes the tables in a file that is new. Can be tried again after any failure.
 *
 * @throws {StoreFailure} when the file is a database of something else.
 */
export function prepareFile(database: DatabaseSync, path: string): void {
  // Before anything is written: the first write of a foreign file would be one too many.
  if (!isNew(database)) checkFormat(database, path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF;');
  database.exec(`PRAGMA journal_size_limit = ${MAX_LOG_BYTES};`);
  if (!isNew(database)) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have been first.
    if (isNew(database)) database.exec(SCHEMA);
    database.exec('COMMIT');
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}

function isNew(database: DatabaseSync): boolean {
  return numberOf(database, 'SELECT count(*) AS n FROM sqlite_schema') === 0;
}

/** Anyone can write our numbers into a file: its tables and triggers must be ours as well, or nothing holds. */
function checkFormat(database: DatabaseSync, path: string): void {
  const id = numberOf(database, 'SELECT application_id AS n FROM pragma_application_id');
  const format = numberOf(database, 'SELECT user_version AS n FROM pragma_user_version');
  const isOurs = id === APPLICATION_ID;
  if (isOurs && format === FORMAT && isIntact(database)) return;
  const found = isOurs && format > FORMAT ? `format ${format} of a later version` : 'a database of something else';
  throw new StoreFailure(
    'not-a-store',
    'the store cannot be opened',
    `name another file than "${path}", which is ${found}`,
  );
}

function isIntact(database: DatabaseSync): boolean {
  using empty = new DatabaseSync(':memory:');
  empty.exec(SCHEMA);
  return schemaOf(database) === schemaOf(empty) && numberOf(database, 'SELECT count(*) AS n FROM totals') === 1;
}

/** What a database is made of, in one spelling. */
function schemaOf(database: DatabaseSync): string {
  const rows = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();
  return JSON.stringify(rows.map(({ type, name, sql }) => [type, name, String(sql).replaceAll(/\s+/g, ' ')]));
}

function numberOf(database: DatabaseSync, query: string): number {
  return (database.prepare(query).get() as { n: number }).n;
}
