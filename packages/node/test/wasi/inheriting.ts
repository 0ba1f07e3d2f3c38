// A process whose guest inherits its standard streams: `inheriting.ts EXECUTOR GRANT CALLS`, the latter two as JSON. Each
// call is a name and its arguments, of which a text of digits and `n` is a bigint. What came of them goes to the file
// descriptor 3.
import { writeSync } from 'node:fs';
import { isLoopError } from '@loophost/component';
import { guest } from '../guests.ts';
import { start } from './guests.ts';

const [executor = '', grant = '', calls = ''] = process.argv.slice(2);
const reports: string[] = [];
const started = await start(await guest('wasi-probe'), { executor, grants: { stdio: JSON.parse(grant) as unknown } });
for (const [name, args, options] of JSON.parse(calls) as [string, unknown[], object?][]) {
  if (name === 'say') writeSync(1, args[0] as string);
  else reports.push(await outcomeOf(name, args, options));
}
for (const event of started.events) if (event.kind.startsWith('output')) reports.push(event.kind);
await started[Symbol.asyncDispose]();
reports.push(JSON.stringify(started.host.live));
writeSync(3, `${reports.join('\n')}\n`);

async function outcomeOf(name: string, args: readonly unknown[], options: object | undefined): Promise<string> {
  const values = args.map((arg) => (typeof arg === 'string' && /^\d+n$/.test(arg) ? BigInt(arg.slice(0, -1)) : arg));
  try {
    const result = await started.instance.call(name, values, options);
    return result instanceof Uint8Array ? Buffer.from(result).toString() : String(result);
  } catch (thrown) {
    return isLoopError(thrown) ? thrown.code : String(thrown);
  }
}
