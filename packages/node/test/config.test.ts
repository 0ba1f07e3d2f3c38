import { compile } from '@loophost/component';
import { createNodeHost } from '@loophost/node';
import { expect, test } from 'vitest';
import { importer } from './draft-importer.ts';

test('everything that wit/deps/config declares is served', async () => {
  await using host = createNodeHost();
  const linked = await host.link(await compile(await importer('config')), { grants: { config: {} } });
  expect(linked.imports.map(({ status }) => status)).not.toContain('unprovided');
});
