import { DEFAULT_LOG_BOUNDS, type LogBounds, type LogEntry, logging } from '@loophost/capabilities';
import { expect, test } from 'vitest';
import { BoundedLog } from '../../src/logging/part.ts';

function logOf(bounds: Partial<LogBounds> = {}): {
  log: BoundedLog;
  entries: LogEntry[];
  floods: number[];
  at: (ms: number) => void;
} {
  const entries: LogEntry[] = [];
  const floods: number[] = [];
  let now = 0;
  const output = { write: (entry: LogEntry) => void entries.push(entry), flood: () => void floods.push(now) };
  const log = new BoundedLog({ ...DEFAULT_LOG_BOUNDS, ...bounds }, output, () => now);
  return { log, entries, floods, at: (ms) => (now = ms) };
}

test('passes an entry on as it is', () => {
  const { log, entries } = logOf();
  log.add('warn', 'disk', 'nearly full: 99 % 🦊');
  expect(entries).toEqual([{ level: 'warn', context: 'disk', message: 'nearly full: 99 % 🦊' }]);
});

test.each([
  ['two\nlines', 'two↵lines'],
  ['two\r\nlines\n', 'two↵lines↵'],
  ['red \u001b[31m\u009b1m', 'red \u{fffd}[31m\u{fffd}1m'],
  ['back\rover', 'back\u{fffd}over'],
  ['\u2028\0', '\u{fffd}\u{fffd}'],
])('an entry that reads %j stays one line', (message, expected) => {
  const { log, entries } = logOf();
  log.add('info', message, message);
  expect(entries[0]?.message).toBe(expected);
  expect(entries[0]?.context).not.toMatch(/[\p{Cc}\u2028]/u);
});

test('long messages and contexts are cut, and end in an ellipsis', () => {
  const { log, entries } = logOf({ maxMessageChars: 10 });
  log.add('info', 'c'.repeat(1_000), '1234567890');
  log.add('info', '', '12345678901');
  expect(entries.map(({ message }) => message)).toEqual(['1234567890', '123456789…']);
  expect(entries[0]?.context).toHaveLength(256);
});

test('entries below the least level are left out, and not counted', () => {
  const { log, entries } = logOf({ level: 'warn', maxEntriesPerSecond: 1 });
  for (const level of ['trace', 'debug', 'info', 'critical'] as const) log.add(level, '', level);
  log[Symbol.dispose]();
  expect(entries).toEqual([{ level: 'critical', context: '', message: 'critical' }]);
});

test('of too many entries in one second the first are kept, and the next one says how many were not', () => {
  const { log, entries, floods, at } = logOf({ maxEntriesPerSecond: 3 });
  for (let i = 0; i < 10; i++) log.add('info', '', `${i}`);
  at(999);
  log.add('info', '', 'still too soon');
  at(1_000);
  log.add('info', '', 'later');
  log.add('info', '', 'last');
  expect(entries.map(({ message, dropped }) => [message, dropped])).toEqual([
    ['0', undefined],
    ['1', undefined],
    ['2', undefined],
    ['later', 8],
    ['last', undefined],
  ]);
  expect(floods).toEqual([0]);
});

test('what was left out at the end is told at the end', () => {
  const { log, entries } = logOf({ maxEntriesPerSecond: 1 });
  for (let i = 0; i < 5; i++) log.add('info', '', 'again');
  log[Symbol.dispose]();
  expect(entries.at(-1)).toMatchObject({ level: 'warn', context: 'loophost', dropped: 4 });
});

test.each([
  ['loud', 'it is a text, not a record'],
  [{ level: 'warning' }, 'its level is a text'],
  [{ maxEntriesPerSecond: -1 }, 'its maxEntriesPerSecond is -1'],
  [{ levels: 'warn' }, 'it has no field "levels"'],
])('the grant %j is not valid', (grant, why) => {
  expect(() => logging().configure(grant, { component: 'test' })).toThrow(
    expect.objectContaining({ code: 'E_GRANT_INVALID', message: `cannot use the grant "logging": ${why}` }),
  );
});
