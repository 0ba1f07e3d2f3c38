// `npm run build`, after the types: bundles what each package publishes into its `dist/bundle`.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { bundlePackage } from './house/bundle.ts';
import { packages, ROOT } from './house/workspace.ts';

for (const owner of packages().filter(({ manifest }) => !manifest.private)) {
  for (const path of await bundlePackage(owner)) {
    console.log(`${relative(ROOT, path).padEnd(44)}${(readFileSync(path).length / 1000).toFixed(1).padStart(8)} KB`);
  }
}
