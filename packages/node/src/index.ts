export { createNodeHost, type NodeHostOptions, standardCapabilities } from './host.ts';
export { keyValue } from './store/key-value.ts';
export { filesystem } from './files/filesystem.ts';
export { nodeStdio, nodeWasi } from './stdio/stdio.ts';
export { http, type NodeHttpOptions } from './http/http.ts';
