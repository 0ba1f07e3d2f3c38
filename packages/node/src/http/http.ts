import { http as httpOver } from '@loophost/capabilities';
import type { Capability } from '@loophost/host';
import { NodeBackend, type NodeHttpOptions } from './backend.ts';

export type { NodeHttpOptions } from './backend.ts';

/**
 * Serves outgoing `wasi:http` over Node's HTTP/1.1, to the origins that a component is granted:
 * `{ allow: ['https://api.example.com'], timeoutMs, maxRequestBytes, maxResponseBytes, maxConcurrent }`.
 *
 * Certificates are checked whatever the environment says, and its proxies are not used.
 *
 * @example
 * const host = createNodeHost({ capabilities: [io(), http()] });
 * await host.link(component, { grants: { http: { allow: ['https://api.example.com'] } } });
 */
export function http(options: NodeHttpOptions = {}): Capability {
  return httpOver({ backend: new NodeBackend(options) });
}
