import type { LoopError } from '@loophost/component';
import { EXIT } from './exit-codes.ts';

/** Where a command prints. Passed in, so that tests read what users see. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
  /** Colours are for terminals. */
  readonly hasColours: boolean;
}

const RED = '\u001b[31m';
const BOLD = '\u001b[1m';
const RESET = '\u001b[0m';

/** Prints an error the way all of them look: code, what and why, where, and how to fix it. */
export function printError(output: Output, error: LoopError): void {
  const [on, off] = output.hasColours ? [`${BOLD}${RED}`, RESET] : ['', ''];
  const lines = [`${on}error[${error.code}]${off}: ${error.message}`];
  for (const place of places(error)) lines.push(`   at ${place}`);
  if (error.fix !== undefined) lines.push(`  fix: ${error.fix}`);
  output.err(lines.join('\n'));
}

function places({ at, backtrace }: LoopError): string[] {
  const where = [at.file, at.interface, at.function, at.path].filter((part) => part !== undefined);
  const offset = at.offset === undefined ? [] : [`offset 0x${at.offset.toString(16)}`];
  const place = [...where, ...offset].join(' ');
  return [...(place === '' ? [] : [place]), ...backtrace];
}

/** The exit code that an error ends the process with. */
export function exitCodeOf(error: LoopError): number {
  if (error.code === 'E_USAGE' || error.code.startsWith('E_WAVE_') || error.code === 'E_ARGUMENT_MISMATCH')
    return EXIT.usage;
  if (error.fault === 'guest') return EXIT.guest;
  return error.fault === 'user' ? EXIT.component : EXIT.host;
}
