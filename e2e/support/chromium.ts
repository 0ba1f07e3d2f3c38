import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PROGRAM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Without a display, without what Chromium does on its own account, and as root, which its sandbox does not allow. */
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
]; // prettier-ignore

/** Why there is no browser to test in; printed, so that a skipped test is seen. CI has one, or the tests fail. */
export function reasonToSkip(): string | undefined {
  if (existsSync(PROGRAM) || process.env['CI'] === 'true') return undefined;
  const reason = `there is no ${PROGRAM}; install it with "apt-get install chromium", or name one in CHROMIUM`;
  console.log(`skipped: tests in a real browser: ${reason}`);
  return reason;
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: PROGRAM, headless: true, args: FLAGS });
}
