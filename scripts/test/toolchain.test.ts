import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { readManifest, ROOT } from '../house/workspace.ts';

test('tests run on the Node that npm ci installs, whatever the machine has', () => {
  const versions = new Set(Object.values(readManifest(ROOT).optionalDependencies ?? {}));
  expect([...versions]).toEqual([process.versions.node]);
  expect(process.execPath).toBe(realpathSync(join(ROOT, 'node_modules/.bin/node')));
});

test('a thread that a test starts loads our packages as sources', async () => {
  const thread = new Worker(new URL('./resolve-thread.ts', import.meta.url));
  const [resolved] = (await once(thread, 'message')) as [string];
  await thread.terminate();
  expect(resolved).toMatch(/packages\/component\/src\/index\.ts$/);
});
