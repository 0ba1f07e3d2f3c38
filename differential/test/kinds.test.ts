import { expect, test } from 'vitest';
import { Kinds, patternOf } from '../kinds.ts';

const KINDS = new Kinds([
  { kind: 'case', ours: 'expected "', jco: '^accepted', right: 'ours', rule: 'a rule' },
  { kind: 'newer', ours: '^accepted', jco: 'not yet', right: 'both', rule: 'another' },
]);

test('a disagreement is explained when what both sides said fits', () => {
  expect(KINDS.explain('E_COMPONENT_INVALID: expected "a", found "A"', 'accepted')?.kind).toBe('case');
  expect(KINDS.explain('accepted', 'this is not yet there')?.kind).toBe('newer');
  expect(KINDS.explain('E_COMPONENT_INVALID: expected "a", found "A"', 'refused too')).toBeUndefined();
  expect(KINDS.explain('accepted', 'something else')).toBeUndefined();
});

test('the explanations that are checked in name each kind once', () => {
  const names = new Kinds().all.map(({ kind }) => kind);
  expect(new Set(names).size).toBe(names.length);
  for (const { rule, right } of new Kinds().all) {
    expect(rule.length).toBeGreaterThan(20);
    expect(['ours', 'jco', 'both']).toContain(right);
  }
});

test('reasons that differ in names, numbers and offsets have one pattern', () => {
  expect(patternOf('unknown type 5: "x" (at offset 0x1f)')).toBe(patternOf('unknown type 77: "yz" (at offset 0x3)'));
});
