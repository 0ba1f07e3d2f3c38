// `npm run lock`, after `npm install`: adds what the registry at hand could not tell about other platforms' packages.
import { gapsOf, readLockfile, withoutGaps, writeLockfile } from './house/lockfile.ts';

const lock = readLockfile();
const gaps = gapsOf(lock);
if (gaps.length > 0) writeLockfile(withoutGaps(lock));
console.log(`package-lock.json: ${gaps.length} entries for other platforms added`);
