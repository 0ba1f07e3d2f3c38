// Loaded before everything else in the processes and threads of tests: what Node makes of our sources is kept, so that a
// thread starts in 30 ms instead of 200.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/loophost/compile', import.meta.url)));
