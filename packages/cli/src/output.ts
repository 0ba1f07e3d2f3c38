import type { LoopError } from '@loophost/component';
import { EXIT } from './exit-codes.ts';
import { type Context, type Failure, fixOf } from './failure.ts';

/** Where a command prints. Passed in, so that tests read what users see. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
  /** Colours are for terminals. */
  readonly hasColours: boolean;
  /** Shows what takes long, in a line that whatever comes next replaces; nothing clears it. Only terminals have it. */
  status?(text: string): void;
  /** Fulfilled when something was printed that nobody reads any more. */
  readonly unread?: Promise<void>;
}

const RED = '\u001b[31m';
const BOLD = '\u001b[1m';
const RESET = '\u001b[0m';

/** What is told of an error, by whatever means: as text, as JSON, in an audit. */
export interface ErrorReport {
  readonly code: string;
  readonly fault: string;
  readonly message: string;
  /** Where it happened, the innermost first. */
  readonly places: readonly string[];
  readonly fix: string;
}

export function reportOf({ error, context }: Failure): ErrorReport {
  const { code, fault, message } = error;
  return { code, fault, message, places: places(error, context), fix: context.fix ?? fixOf(error) };
}

/** Prints an error the way all of them look: code, what and why, where, and how to fix it. */
export function printError(output: Output, error: LoopError, context: Context = {}): void {
  const { code, message, places: where, fix } = reportOf({ error, context });
  const [on, off] = output.hasColours ? [`${BOLD}${RED}`, RESET] : ['', ''];
  const lines = [`${on}error[${code}]${off}: ${message.split('\n').map(printable).join('\n')}`];
  for (const place of where) lines.push(`   at ${printable(place)}`);
  lines.push(`  fix: ${printable(fix)}`);
  output.err(lines.join('\n'));
}

/** Prints an error as a line of JSON. */
export function printErrorAsJson(output: Output, error: LoopError, context: Context): void {
  output.err(JSON.stringify({ error: reportOf({ error, context }) }));
}

/** Makes text harmless that may come from a component: its tools' names, its functions' names, V8's words on it. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu, '�');
}

function places({ at, backtrace }: LoopError, { place, also = [] }: Context): string[] {
  const func = at.function !== undefined && place?.includes(at.function) ? undefined : at.function;
  const where = [place ?? at.file, at.interface, func, at.path].filter((part) => part !== undefined);
  const offset = at.offset === undefined ? [] : [`offset 0x${at.offset.toString(16)}`];
  return [...(where.length + offset.length > 0 ? [[...where, ...offset].join(' ')] : []), ...also, ...backtrace];
}

/** Codes of what is wrong with the command line itself, found before anything runs. */
const USAGE_CODES: readonly string[] = [
  'E_USAGE', 'E_NOTHING_TO_RUN', 'E_NO_SUCH_FUNCTION', 'E_FUNCTION_AMBIGUOUS', 'E_CALL_NOT_TEXT', 'E_ARGUMENT_MISMATCH',
  'E_GRANT_INVALID',
]; // prettier-ignore

/** The exit code that an error ends the process with. */
export function exitCodeFor({ code, fault }: LoopError): number {
  if (USAGE_CODES.includes(code) || code.startsWith('E_WAVE_')) return EXIT.usage;
  if (fault === 'guest') return EXIT.guest;
  return fault === 'user' ? EXIT.component : EXIT.host;
}
