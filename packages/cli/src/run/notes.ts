import type { HostEvent } from '@loophost/host';
import { adviceForDecision } from '../grants/advice.ts';
import { type Output, printable } from '../output.ts';

/** A guest that asks in a loop is told of once for each thing, and of no more than this. */
const MAX_NOTES = 20;

/** Runtimes of languages ask for these at every start, and find them empty: that is no news. */
const QUIET: readonly string[] = ['environment', 'stdio'];

/** Tells the user what the host has to say while a guest runs: what it was refused, and what it logs. */
export class Notes {
  private readonly output: Output;
  private readonly asJson: boolean;
  private readonly told = new Set<string>();

  /** @param asJson - Tells everything in lines of JSON, as the results are. */
  constructor(output: Output, asJson: boolean) {
    this.output = output;
    this.asJson = asJson;
  }

  take(event: HostEvent): void {
    if (event.kind === 'log') this.log(event);
    if (event.kind === 'decision' && event.verdict === 'deny' && !QUIET.includes(event.capability)) this.refused(event);
  }

  private log({ level, context, message }: HostEvent & { readonly kind: 'log' }): void {
    if (this.asJson) return this.output.err(JSON.stringify({ log: { level, context, message } }));
    this.output.err(`${level} ${context === '' ? '' : `${printable(context)}: `}${printable(message)}`);
  }

  private refused(event: HostEvent & { readonly kind: 'decision' }): void {
    const { capability, request, reason } = event;
    const note = `denied[${capability}]: ${printable(request)}: ${reason}`;
    if (this.told.has(note) || this.told.size > MAX_NOTES) return;
    this.told.add(note);
    const fix = adviceForDecision(event);
    if (this.asJson) return this.output.err(JSON.stringify({ denied: { capability, request, reason, fix } }));
    if (this.told.size > MAX_NOTES) return this.output.err('denied: and more: --audit FILE lists everything');
    this.output.err(fix === undefined ? note : `${note}\n  fix: ${printable(fix)}`);
  }
}
