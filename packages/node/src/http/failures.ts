import { type ErrorCode, HttpFailure } from '@loophost/capabilities';

/** What an error of Node's network or TLS is in `wasi:http`. Texts stay here: they tell of the host. */
export function failureOf(thrown: unknown): HttpFailure {
  if (thrown instanceof HttpFailure) return thrown;
  const first: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  const { code } = (first ?? {}) as { readonly code?: unknown };
  return new HttpFailure(codeOf(typeof code === 'string' ? code : ''));
}

function codeOf(code: string): ErrorCode {
  const known = CODES[code];
  if (known) return known;
  if (code.startsWith('HPE_')) return { tag: 'HTTP-protocol-error' };
  if (/CERT|^UNABLE_TO_|^HOSTNAME_MISMATCH/.test(code)) return { tag: 'TLS-certificate-error' };
  if (/^ERR_(?:SSL|TLS|OSSL)_|^EPROTO$/.test(code)) return { tag: 'TLS-protocol-error' };
  return { tag: 'internal-error', val: undefined };
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOTFOUND: { tag: 'DNS-error', val: { rcode: 'NXDOMAIN' } },
  ENODATA: { tag: 'DNS-error', val: { rcode: 'NOERROR' } },
  EAI_AGAIN: { tag: 'DNS-timeout' },
  ECONNREFUSED: { tag: 'connection-refused' },
  ECONNRESET: { tag: 'connection-terminated' },
  EPIPE: { tag: 'connection-terminated' },
  ERR_STREAM_DESTROYED: { tag: 'connection-terminated' },
  ETIMEDOUT: { tag: 'connection-timeout' },
  EHOSTUNREACH: { tag: 'destination-IP-unroutable' },
  ENETUNREACH: { tag: 'destination-IP-unroutable' },
  EADDRNOTAVAIL: { tag: 'destination-IP-unroutable' },
  HPE_HEADER_OVERFLOW: { tag: 'HTTP-response-header-section-size', val: undefined },
};
