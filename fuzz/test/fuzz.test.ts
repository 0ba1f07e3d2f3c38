// A short run of `npm run fuzz`, always the same.
import { describe, expect, test } from 'vitest';
import { readBinaries } from '../binaries.ts';
import { type Campaign, runCampaign } from '../campaign.ts';
import { sharesOf } from '../report.ts';

const SEED = 1;
const THREADS = 2;
const TIMEOUT_MS = 60_000;

describe('whatever comes ends in a result or a coded error within a second:', () => {
  test(
    'mutated components, some of which also run',
    async () => {
      const binaries = await readBinaries();
      const campaign: Campaign = { subject: 'components', seed: SEED, binaries, cases: 3000, threads: THREADS };
      const { counts } = await runCampaign(campaign);
      expect(counts.violations).toEqual([]);
      expect(counts.cases).toBe(campaign.cases);
      for (const { what, percent, least } of sharesOf(counts)) expect(percent, what).toBeGreaterThanOrEqual(least);
    },
    TIMEOUT_MS,
  );

  test(
    'texts and other files that are no components',
    async () => {
      const campaign: Campaign = { subject: 'texts', seed: SEED, binaries: [], cases: 3000, threads: THREADS };
      const { counts } = await runCampaign(campaign);
      expect(counts.violations).toEqual([]);
      expect(counts.cases).toBe(campaign.cases);
      expect(counts.accepted).toBeLessThan(campaign.cases / 10);
    },
    TIMEOUT_MS,
  );

  test(
    'mutated WAVE texts, and what parses prints and parses back',
    async () => {
      const campaign: Campaign = { subject: 'wave', seed: SEED, binaries: [], cases: 3000, threads: THREADS };
      const { counts } = await runCampaign(campaign);
      expect(counts.violations).toEqual([]);
      expect(counts.cases).toBe(campaign.cases);
      expect(counts.accepted).toBeGreaterThan(campaign.cases / 10);
    },
    TIMEOUT_MS,
  );
});
