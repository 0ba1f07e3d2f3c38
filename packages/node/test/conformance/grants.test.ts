import { isLoopError, type LoopError } from '@loophost/component';
import { createHost, type Host, inlineExecutor, LiveCounter } from '@loophost/host';
import { standardCapabilities } from '@loophost/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { guestParts } from '../../src/guest-parts.ts';
import { ThreadExecutor } from '../../src/thread/executor.ts';
import { EXECUTORS } from '../guests.ts';
import type { GrantCase, Refusal } from './grant-case.ts';
import { GRANTS } from './grants.ts';
import { outcomeOf, Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});

afterEach(() => expect(stage.alive).toBe(0));

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  expect(stage.host.live).toEqual({ instances: 0, threads: 0, handles: 0, calls: 0 });
});

/** A host with all standard capabilities but one. */
function hostWithout(name: string): Host {
  const live = new LiveCounter();
  return createHost({
    capabilities: standardCapabilities().filter((one) => one.name !== name),
    executors: [new ThreadExecutor(live), inlineExecutor(guestParts)],
    guestParts,
    live,
  });
}

/** Why a component does not link. */
async function refusals(linking: Promise<unknown>): Promise<readonly Refusal[]> {
  const thrown = await linking.catch((error: unknown) => error);
  if (!isLoopError(thrown) || thrown.code !== 'E_LINK_FAILED') throw thrown;
  return thrown.problems.map(({ code, at, fix }: LoopError) => ({
    code,
    ...(at.interface !== undefined && { import: at.interface }),
    fix: fix ?? '',
  }));
}

/** Text of a run, without what differs from machine to machine. */
function general(text: string): string {
  return text.replaceAll(stage.origin, 'ORIGIN').replaceAll(stage.disk.top, 'TOP');
}

const NUMBERED = GRANTS.map((one, i) => ({ ...one, number: i + 1 }));

describe.each(EXECUTORS)('in the executor %s', (executor) => {
  test.each(NUMBERED)('$capability, $subject, $verdict ($number)', async (row: GrantCase) => {
    const { capability, guest, grants, does, gets, heard = [], isAbsent } = row;
    const component = await guest();
    const given = { executor, grants: grants?.(stage) ?? {} };
    if (does) {
      expect(await outcomeOf(stage.run({ ...given, component }, does))).toEqual(gets);
      expect(stage.heard.map(general)).toEqual(heard);
      return;
    }
    await using other = isAbsent ? hostWithout(capability) : undefined;
    expect(await refusals((other ?? stage.host).link(component, { ...given, trust: 'trusted' }))).toEqual(gets);
  });
});

/** Nothing grants them: see the page on security. */
const NEVER_GRANTED: readonly string[] = ['sockets'];

test('every standard capability has a granted and a denied case, and so has each subject of it', () => {
  const names = standardCapabilities().map(({ name }) => name);
  expect(names.filter((name) => !GRANTS.some(({ capability }) => capability === name))).toEqual([]);
  const lacking = GRANTS.flatMap(({ capability, subject }) =>
    (['granted', 'denied'] as const)
      .filter((verdict) => verdict === 'denied' || !NEVER_GRANTED.includes(capability))
      .filter((verdict) => !GRANTS.some((one) => one.subject === subject && one.verdict === verdict))
      .map((verdict) => `${capability}, ${subject}: ${verdict}`),
  );
  expect(lacking).toEqual([]);
});

test('nothing grants a socket', () => {
  const granted = GRANTS.filter(({ verdict }) => verdict === 'granted').map(({ capability }) => capability);
  expect(NEVER_GRANTED.filter((name) => granted.includes(name))).toEqual([]);
});
