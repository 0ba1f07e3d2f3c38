#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { compileCacheFolder, makeFolder } from './compile-cache.ts';

/** Node is older than what Loophost needs. `loop` says so before it loads the engine, which such a Node cannot parse. */
function nodeTooOld(found: string): string {
  return `error[E_NODE_TOO_OLD]: cannot start: this is Node ${found}, and Loophost needs Node 24 or newer
  fix: install Node 24 or newer, for example with "npm install node@26"
`;
}

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(nodeTooOld(process.versions.node));
  process.exit(4);
}

const folder = compileCacheFolder();
if (folder !== undefined && makeFolder(folder)) enableCompileCache(folder);
void import('./program.ts').then(({ start }) => start());
