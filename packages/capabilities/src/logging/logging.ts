import type { Capability, Denial, HostContext } from '@loophost/host';
import { GrantFields } from '../grant-fields.ts';
import { DEFAULT_LOG_BOUNDS, LOG_LEVELS, type LogBounds, type LogEntry, LOGGING_INTERFACE } from './bounds.ts';

const CAPABILITY = 'logging';

/**
 * Serves `wasi:logging`: each entry becomes an event of kind `log`. It gives a component nothing but a voice, so it needs
 * no grant; `logging: false` takes it away, and a record sets the bounds: `{ level, maxMessageChars, maxEntriesPerSecond }`
 * (default {@link DEFAULT_LOG_BOUNDS}). Line breaks become `↵`, and other control characters are replaced, so that an
 * entry cannot pass for two. A guest that logs too much is not stopped: the first entry that is left out is reported as
 * denied, and the next event says how many were.
 *
 * A grant that is not of this form fails `host.link` with `E_GRANT_INVALID`.
 *
 * It runs in the guest's thread and never waits, so start functions may call it.
 */
export function logging(): Capability {
  return {
    name: CAPABILITY,
    interfaces: [LOGGING_INTERFACE],
    configure(grant) {
      const bounds = boundsOf(grant);
      return {
        mayWait: false,
        guestPart: CAPABILITY,
        prepare: (context) => ({ settings: bounds, operations: { log: (entry: LogEntry) => emit(context, entry) } }),
        ...(grant === false && {
          denial: (): Denial => ({
            reason: 'it is taken away by `logging: false`',
            fix: 'grant it with `logging: {}`',
          }),
        }),
      };
    },
  };
}

function emit(context: HostContext, { level, context: group, message, dropped }: LogEntry): void {
  context.emit({ kind: 'log', level, context: group, message, ...(dropped !== undefined && { dropped }) });
}

function boundsOf(grant: unknown): LogBounds {
  if (grant === undefined || typeof grant === 'boolean') return DEFAULT_LOG_BOUNDS;
  const fields = new GrantFields(CAPABILITY, grant, {
    known: Object.keys(DEFAULT_LOG_BOUNDS),
    shape: "logging: { level: 'info' }",
  });
  const { level, maxMessageChars, maxEntriesPerSecond } = DEFAULT_LOG_BOUNDS;
  return {
    level: fields.oneOf('level', LOG_LEVELS, level),
    maxMessageChars: fields.count('maxMessageChars', maxMessageChars),
    maxEntriesPerSecond: fields.count('maxEntriesPerSecond', maxEntriesPerSecond),
  };
}
