// Copied into an empty project by `npm run check:exports`, beside the packed packages: type-checked strictly, then run.
import { compile } from '@loophost/component';
import { createHost, type Grants, inlineExecutor, provide } from '@loophost/host';

const empty = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00);
const guestParts = async (name: string): Promise<never> => {
  throw new Error(`no guest part "${name}"`);
};
await using host = createHost({
  capabilities: [
    provide({ name: 'notes', interfaces: { 'acme:notes/store@1.0.0': { save: (text: string) => text } } }),
  ],
  executors: [inlineExecutor(guestParts)],
  guestParts,
});
const grants: Grants = { notes: true };
const linked = await host.link(await compile(empty), { name: 'empty', trust: 'trusted', grants });
await using instance = await linked.instantiate();
const refusal: unknown = await instance.call('greet', ['Ada']).catch((error: unknown) => error);
if (!(refusal instanceof Error) || host.live.instances !== 1) throw new Error('an empty component greeted');
