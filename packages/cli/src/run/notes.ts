import type { HostEvent } from '@loophost/host';
import { adviceForDecision } from '../grants/advice.ts';
import { type Output, printable } from '../output.ts';

/** A guest that asks in a loop is told of once for each thing, and of no more than this. */
const MAX_NOTES = 20;

/** Runtimes of languages ask for these at every start, and find them empty: that is no news. */
const QUIET: readonly string[] = ['environment', 'stdio'];

/** Tells the user what the host has to say while a guest runs: what it was refused, and what it logs. */
export class Notes {
  /** Whether the guest has written to a standard output that nobody reads any more. */
  isUnread = false;
  private readonly output: Output;
  private readonly told = new Set<string>();

  constructor(output: Output) {
    this.output = output;
  }

  take(event: HostEvent): void {
    if (event.kind === 'output-closed' && event.stream === 'stdout') this.isUnread = true;
    if (event.kind === 'log') this.log(event);
    if (event.kind === 'decision' && event.verdict === 'deny' && !QUIET.includes(event.capability)) this.refused(event);
  }

  private log({ level, context, message }: HostEvent & { readonly kind: 'log' }): void {
    this.output.err(`${level} ${context === '' ? '' : `${printable(context)}: `}${printable(message)}`);
  }

  private refused(event: HostEvent & { readonly kind: 'decision' }): void {
    const { capability, request, reason } = event;
    const note = `denied[${capability}]: ${printable(request)}: ${reason}`;
    if (this.told.has(note) || this.told.size > MAX_NOTES) return;
    this.told.add(note);
    if (this.told.size > MAX_NOTES) return this.output.err('denied: and more: --audit FILE lists everything');
    const fix = adviceForDecision(event);
    this.output.err(fix === undefined ? note : `${note}\n  fix: ${printable(fix)}`);
  }
}
