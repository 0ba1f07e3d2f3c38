import { collectOutput, wasi } from '@loophost/capabilities';
import { createNodeHost, filesystem } from '@loophost/node';
import { expect, test } from 'vitest';
import { Disk } from './file-desk.ts';
import { guest } from './guests.ts';

test.each(['thread', 'inline'])('a program uses files by its standard library in the executor %s', async (executor) => {
  using disk = new Disk();
  await using host = createNodeHost({ capabilities: [...wasi(), filesystem()] });
  using output = collectOutput(host);
  const linked = await host.link(await guest('rust-files'), {
    trust: 'trusted',
    executor,
    grants: {
      environment: { args: ['/data'] },
      filesystem: [{ host: disk.path('inside'), guest: '/data', mode: 'rw' }],
    },
  });
  const instance = await linked.instantiate();
  await instance.call('wasi:cli/run@0.2.12.run');
  expect(output.text('stdout').split('\n')).toEqual([
    'line: one',
    'line: two',
    'line: three',
    'end: three',
    'now: "one\\nTWO"',
    'size: 7',
    'names: renamed.txt',
    'missing: Some(NotFound)',
    'above: Some(PermissionDenied)',
    'left: 2',
    '',
  ]);
});
