// Copied into an empty project by `npm run check:exports`, beside the packed package: type-checked strictly, then run.
import { type Component, compile, type Imports, type Instance, isLoopError, suspending } from '@loophost/component';

const empty = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00);
const imports: Imports = {
  'acme:kv/store@0.1.0': {
    get: (key: string): string => key,
    wait: suspending(async (key: string): Promise<string> => key),
  },
};

const component: Component = await compile(empty);
const instance: Instance = await component.link(imports).instantiate();
const exported: readonly string[] = Object.keys(instance.exports);
if (component.imports.length + component.exports.length + exported.length !== 0)
  throw new Error('the empty component is not empty');

const refusal: unknown = await compile(empty.slice(0, 6)).catch((error: unknown) => error);
if (!isLoopError(refusal) || refusal.code !== 'E_COMPONENT_MALFORMED') {
  throw new Error('a cut component was not refused by its code', { cause: refusal });
}
