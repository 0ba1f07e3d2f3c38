// The engine in a real browser, as users get it: the published bundle, in a page and in a module worker of the page,
// under a Content-Security-Policy that allows nothing but scripts of one's own and WebAssembly.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FOLDERS, POLICY, serve } from '../examples/page/serve.ts';
import { bundlePackage } from '../scripts/house/bundle.ts';
import { packages, ROOT } from '../scripts/house/workspace.ts';
import { examplesOf } from '../scripts/house/readme.ts';
import { buildGreeter } from './support/greeter.ts';
import { launch, reasonToSkip } from './support/chromium.ts';

const WORK = join(ROOT, '.work/e2e');
const ENGINE = join(WORK, 'engine');
const PROBE = { ...FOLDERS, '/engine/': ENGINE, '/': join(import.meta.dirname, 'probe') };
const EXAMPLE = { ...FOLDERS, '/engine/': ENGINE };
const README = join(ROOT, 'packages/component/README.md');
const DONE_WITHIN_MS = 30_000;

/** What the guests must have done, in the page and in its worker alike. */
const EXPECTED = {
  values: {
    add: 5_032_704,
    greet: 'Hello, wörld 🦀!',
    birthday: { name: 'Ada', age: 37, tags: ['maths'] },
    reversed: [3, 2, 1],
    centroid: { x: 1, y: 2 },
    noCentroid: 'no points',
    callHost: 60,
    wrongArgument: 'E_ARGUMENT_MISMATCH',
  },
  suspended: {
    isPromise: true,
    blocked: 'E_CALL_BLOCKED',
    sum: 3,
    order: ['tick 0', 'waiting', 'tick 1', 'tick 2'],
    plainAgain: 3,
  },
  resources: { larger: true, sum: 15, live: 1, liveAfter: 0 },
  agent: ['1,4,9', 'undefined', 'error: ReferenceError: nothing is not defined'],
  trap: { isLoopError: true, code: 'E_TRAP_CORE', function: 'core.attack', after: 'E_INSTANCE_TRAPPED' },
  violations: [],
};

interface Report {
  readonly page?: unknown;
  readonly worker?: unknown;
  readonly codeFromText?: string;
  readonly failed?: { readonly name: string; readonly code: string; readonly message: string; readonly fix?: string };
  readonly violations?: readonly string[];
}

describe.skipIf(reasonToSkip() !== undefined)('a component in Chromium', () => {
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(WORK, { recursive: true });
    for (const owner of packages().filter(({ room }) => room === 'component')) await bundlePackage(owner, ENGINE);
    browser = await launch();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
  });

  /** Opens a page under a policy and collects what its console says is wrong. */
  async function open<T>(
    folders: Readonly<Record<string, string>>,
    policy: string,
    use: (page: Page, errors: string[]) => Promise<T>,
  ): Promise<T> {
    const server = await serve(folders, policy);
    const page = await browser.newPage({ viewport: { width: 960, height: 760 } });
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    try {
      await page.goto(server.url);
      return await use(page, errors);
    } finally {
      await page.close();
      await server.close();
    }
  }

  /** Lets the probe run under a policy, and reads its report. */
  function probe(policy: string): Promise<{ report: Report; errors: string[] }> {
    return open(PROBE, policy, async (page, errors) => {
      await page.locator('#report:not(:empty)').waitFor({ timeout: DONE_WITHIN_MS });
      return { report: JSON.parse((await page.textContent('#report')) ?? '') as Report, errors };
    });
  }

  test('does the same in a page and in its worker, under the strict policy, without a violation', async () => {
    const { report, errors } = await probe(POLICY);
    expect(report.failed).toBeUndefined();
    expect(report.page).toMatchObject(EXPECTED);
    expect(report.worker).toMatchObject({ ...EXPECTED, compiles: 0 });
    expect(report.codeFromText).toBe('EvalError');
    // The refused code from text is all that the console complains about.
    expect(errors.filter((text) => !text.includes('evaluating a string as JavaScript'))).toEqual([]);
  }, 60_000);

  test('fails with an error that names the policy where WebAssembly is not allowed', async () => {
    const { report } = await probe(POLICY.replace(" 'wasm-unsafe-eval'", ''));
    expect(report.failed).toMatchObject({
      code: 'E_COMPILE_FORBIDDEN',
      message: "cannot compile component: the page's Content Security Policy forbids WebAssembly",
      fix: "add 'wasm-unsafe-eval' to the policy's script-src",
    });
    expect(report.violations).toContain('script-src wasm-eval');
  }, 60_000);

  test('runs the page of the README under the very policy that it names', async () => {
    const folder = join(WORK, 'readme');
    const policy = /^Content-Security-Policy: (.*)$/m.exec(readFileSync(README, 'utf8'))?.[1] ?? '';
    mkdirSync(folder, { recursive: true });
    buildGreeter(folder);
    for (const { name, text } of examplesOf(README)) writeFileSync(join(folder, name), text);
    cpSync(join(ROOT, 'guests/agent/agent.wasm'), join(folder, 'agent.wasm'));
    await open({ '/engine/': ENGINE, '/': folder }, policy, async (page, errors) => {
      await page.locator('#answer', { hasText: '42' }).waitFor({ timeout: DONE_WITHIN_MS });
      expect(await page.textContent('#greeting')).toBe('Hello, page!');
      expect({ policy, errors }).toEqual({ policy: POLICY, errors: [] });
    });
  }, 60_000);

  test('runs the example page', async () => {
    await open(EXAMPLE, `${POLICY}; style-src 'self'`, async (page, errors) => {
      await page.fill('#name', 'Grace');
      await page.click('#count');
      await page.locator('#sum', { hasText: 'sum' }).waitFor({ timeout: DONE_WITHIN_MS });
      expect(await page.textContent('#greeting')).toBe('Hello, Grace!');
      expect(await page.textContent('#sum')).toBe('0 1 2 3 4 → sum 10');
      expect(await page.textContent('#result')).toBe('10,3,5,5,5,3');
      await page.screenshot({ path: join(WORK, 'example-page.png') });
      expect(errors).toEqual([]);
    });
  }, 60_000);

  test('stops a guest of the example page that never ends', async () => {
    await open(EXAMPLE, `${POLICY}; style-src 'self'`, async (page) => {
      await page.locator('#result', { hasText: '10,' }).waitFor({ timeout: DONE_WITHIN_MS });
      await page.fill('#code', 'for (;;) {}');
      await page.click('#run');
      await page.click('#stop');
      await page.fill('#code', '6 * 7');
      await page.click('#run');
      await page.locator('#result', { hasText: /^42$/ }).waitFor({ timeout: DONE_WITHIN_MS });
    });
  }, 60_000);
});
