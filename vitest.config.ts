import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const cache = new URL('scripts/house/compile-cache.ts', import.meta.url);
// Our own packages are imported as sources: no build in the inner loop.
const conditions = ['@loophost/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages/*,scripts,fuzz,differential}/test/**/*.test.ts', 'e2e/**/*.e2e.ts'],
    // Threads that a test starts load our sources in the same way, and programs that it runs quickly.
    execArgv: ['--conditions=@loophost/source', `--import=${cache.href}`],
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/loophost/compile', import.meta.url)) },
    testTimeout: 20_000,
  },
});
