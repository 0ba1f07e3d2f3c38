import { expect, test } from 'vitest';
import { decide, type Mount } from '../../src/filesystem/policy.ts';

const RO: Mount = { host: '/srv/x', guest: '/data', mode: 'ro' };

test('what only looks is allowed, and what changes needs a directory that may be changed', () => {
  const request = { mount: RO, verb: 'open', path: '/data/a', mutates: false };
  expect(decide(request)).toEqual({
    capability: 'filesystem',
    verdict: 'allow',
    request: 'open /data/a',
    reason: 'granted',
  });
  expect(decide({ ...request, mutates: true })).toEqual({
    capability: 'filesystem',
    verdict: 'deny',
    request: 'open /data/a',
    reason: 'read-only',
    fix: 'grant the directory "/data" with mode "rw"',
  });
  expect(decide({ ...request, mount: { ...RO, mode: 'rw' }, mutates: true }).verdict).toBe('allow');
});

test.each([
  ['outside', 'outside-directory'],
  ['device', 'not-a-file'],
  ['process-files', 'process-files'],
  ['too-many-open', 'too-many-open'],
] as const)('what turned out to be %s is denied, whatever may be changed', (trespass, reason) => {
  const mount: Mount = { ...RO, mode: 'rw' };
  expect(decide({ mount, verb: 'open', path: 'x', mutates: false, trespass })).toMatchObject({
    verdict: 'deny',
    reason,
  });
});

test('no path of the host is in a decision', () => {
  const decisions = [false, true].map((mutates) => decide({ mount: RO, verb: 'open', path: '/data/a', mutates }));
  expect(JSON.stringify(decisions)).not.toContain('srv');
});
