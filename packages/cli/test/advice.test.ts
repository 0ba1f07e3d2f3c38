// What is advised on the command line, where a program would be told of grants.
import { expect, test } from 'vitest';
import { adviceForDecision } from '../src/grants/advice.ts';

test.each([
  ['http', 'not-granted', 'add "https://a.example" to http.allow', 'allow it with --allow-http https://a.example'],
  [
    'http',
    'private-address',
    'if that host is yours, add "http://a.example" to http.allowPrivate',
    'if that host is yours, allow it with --allow-http http://a.example=private',
  ],
  [
    'http',
    'loopback-address',
    'if it must be reached, name its address in http.allow and have the guest use that',
    'if it must be reached, give its address with --allow-http and have the guest use that',
  ],
  ['http', 'too-many', 'have the guest drop requests, or raise http.maxConcurrent', 'have the guest drop requests'],
  [
    'filesystem',
    'too-many',
    'have the guest close some, or raise filesystem.maxOpenFiles',
    'have the guest close some',
  ],
  ['logging', 'too-many-entries', 'raise maxEntriesPerSecond above 1000', 'have it log less'],
  ['http', 'other-address', undefined, undefined],
])('a denial of %s for %s is answered by an option, or by what the guest can do', (capability, reason, fix, advice) => {
  const decision = { capability, verdict: 'deny', request: 'any', reason, ...(fix !== undefined && { fix }) } as const;
  expect(adviceForDecision(decision)).toBe(advice);
});
