/** `wasi:http/types.error-code`, as far as it is given here. */
export type ErrorCode =
  | { readonly tag: PlainCode; readonly val?: undefined }
  | {
      readonly tag: 'DNS-error';
      readonly val: { readonly rcode?: string | undefined; readonly infoCode?: number | undefined };
    }
  | {
      readonly tag: 'TLS-alert-received';
      readonly val: { readonly alertId?: number | undefined; readonly alertMessage?: string | undefined };
    }
  | { readonly tag: 'HTTP-request-body-size' | 'HTTP-response-body-size'; readonly val: bigint | undefined }
  | {
      readonly tag:
        | 'HTTP-request-header-section-size'
        | 'HTTP-request-trailer-section-size'
        | 'HTTP-response-header-section-size';
      readonly val: number | undefined;
    }
  | { readonly tag: 'internal-error'; readonly val: string | undefined };

export type PlainCode =
  | 'DNS-timeout'
  | 'destination-not-found'
  | 'destination-unavailable'
  | 'destination-IP-prohibited'
  | 'destination-IP-unroutable'
  | 'connection-refused'
  | 'connection-terminated'
  | 'connection-timeout'
  | 'connection-read-timeout'
  | 'connection-write-timeout'
  | 'connection-limit-reached'
  | 'TLS-protocol-error'
  | 'TLS-certificate-error'
  | 'HTTP-request-denied'
  | 'HTTP-request-method-invalid'
  | 'HTTP-request-URI-invalid'
  | 'HTTP-request-URI-too-long'
  | 'HTTP-response-incomplete'
  | 'HTTP-response-timeout'
  | 'HTTP-upgrade-failed'
  | 'HTTP-protocol-error';

/** Why a request failed, as the guest is told. */
export class HttpFailure extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode) {
    super(`the request failed: ${code.tag}`);
    this.name = 'HttpFailure';
    this.code = code;
  }
}

export function failure(tag: PlainCode): HttpFailure {
  return new HttpFailure({ tag });
}
