import { defineConfig } from 'vitest/config';

// Our own packages are imported as sources: no build in the inner loop.
const conditions = ['@loophost/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages/*,scripts,fuzz,differential}/test/**/*.test.ts', 'e2e/**/*.e2e.ts'],
    // Threads that a test starts load our sources in the same way.
    execArgv: ['--conditions=@loophost/source'],
    testTimeout: 20_000,
  },
});
