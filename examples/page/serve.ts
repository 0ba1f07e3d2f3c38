// `npm run example:page`: serves this page on the loopback interface, under the strict policy. Nothing else is needed.
import { createReadStream, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

/** All that a page needs to run components: scripts of its own, and the right to compile WebAssembly. */
export const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

const ROOT = join(import.meta.dirname, '../..');

/** What the page asks for, by the start of its path: the engine as it is published, components, and the page itself. */
export const FOLDERS: Readonly<Record<string, string>> = {
  '/engine/': join(ROOT, 'packages/component/dist/bundle'),
  '/guests/': join(ROOT, 'guests'),
  '/': import.meta.dirname,
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
};

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves folders under a Content-Security-Policy, which workers get from the header of their own script. */
export async function serve(folders: Readonly<Record<string, string>>, policy: string, port = 0): Promise<Served> {
  const server = createServer((request, response) => {
    const path = fileOf(folders, request.url ?? '/');
    const headers = { 'Content-Security-Policy': policy, 'Cache-Control': 'no-store' };
    if (path === undefined) return void response.writeHead(404, headers).end();
    response.writeHead(200, { ...headers, 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' });
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: chosen } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${chosen}/`, close: () => close(server) };
}

/** The file behind a path. The URL parser has resolved every `..` before the path is joined to a folder. */
function fileOf(folders: Readonly<Record<string, string>>, url: string): string | undefined {
  const { pathname } = new URL(url, 'http://host');
  const prefix = Object.keys(folders)
    .toSorted((a, b) => b.length - a.length)
    .find((start) => pathname.startsWith(start));
  if (prefix === undefined || pathname.includes('%')) return undefined;
  const path = join(folders[prefix] as string, pathname.slice(prefix.length) || 'index.html');
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? path : undefined;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

if (import.meta.main) {
  const { url } = await serve(FOLDERS, `${POLICY}; style-src 'self'`, Number(process.env['PORT'] ?? 0));
  console.log(`${url}\nend with Ctrl-C`);
}
