// `npm run pack`: packs what would be published into `packed/`, for programs outside of this repository.
import { join, relative } from 'node:path';
import { packAll } from './house/pack.ts';
import { ROOT } from './house/workspace.ts';

for (const { tarball } of await packAll(join(ROOT, 'packed'))) console.log(relative(ROOT, tarball));
