/** What a capability answered to one request of a guest, with the reason as data. */
export interface Decision {
  /** The capability that decided, like `http`. */
  readonly capability: string;
  readonly verdict: 'allow' | 'deny';
  /** What the guest asked for: a verb and its object, like `open /data/notes.txt`. At most 500 characters. */
  readonly request: string;
  /** A stable word for the reason, like `not-granted` or `private-address`; `granted` for what is allowed. */
  readonly reason: string;
  /** One sentence on how to allow it, when that is possible. */
  readonly fix?: string;
}

/** Why an import is not served under the grants that a component has. */
export interface Denial {
  readonly reason: string;
  /** One sentence: what to grant, and how. */
  readonly fix: string;
}

const MAX_REQUEST = 500;

/** A decision to allow. */
export function allow(capability: string, request: string): Decision {
  return { capability, verdict: 'allow', request: plain(request), reason: 'granted' };
}

/** A decision to deny. */
export function deny(capability: string, request: string, reason: string, fix?: string): Decision {
  return { capability, verdict: 'deny', request: plain(request), reason, ...(fix !== undefined && { fix }) };
}

/** Text that came from a guest, fit for a message: bounded, and without control characters. */
export function plain(text: string, limit: number = MAX_REQUEST): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  const visible = text.slice(0, limit + 1).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\u{fffd}');
  return visible.length > limit ? `${visible.slice(0, limit - 1)}…` : visible;
}
