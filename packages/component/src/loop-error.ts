/** Who has to act: `user` = the caller or operator, `guest` = the component, `host` = an embedder's function or Loophost itself. */
export type Fault = 'user' | 'guest' | 'host';

/** Where an error happened. Every field is optional; texts come from WIT names, never from guest memory. */
export interface ErrorPlace {
  /** Byte offset in the component binary. */
  readonly offset?: number;
  readonly component?: string;
  readonly interface?: string;
  readonly function?: string;
  /** Path into a value, like `persons[2].age`. */
  readonly path?: string;
  readonly file?: string;
}

/** What {@link LoopError} is made from. */
export interface ErrorDetails {
  readonly message: string;
  readonly fault: Fault;
  readonly at?: ErrorPlace;
  readonly fix?: string | undefined;
  readonly cause?: unknown;
  readonly problems?: readonly LoopError[];
}

const BRAND = Symbol.for('@loophost/LoopError');
const COMPONENT_ERROR = Symbol.for('@loophost/ComponentError');

function addBrand(error: Error, brand: symbol): void {
  Object.defineProperty(error, brand, { value: true });
}

function hasBrand(value: unknown, brand: symbol): boolean {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}

/**
 * The one error class of Loophost. Branch on `code`, never on the text: codes are permanent, texts may improve.
 *
 * `problems` holds the single errors when one operation collected several. `backtrace` names the wasm functions
 * that were on the stack, innermost first, when a guest trapped.
 */
export class LoopError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly fault: Fault;
  readonly at: ErrorPlace;
  readonly fix: string | undefined;
  readonly problems: readonly LoopError[];
  backtrace: readonly string[] = [];

  constructor(code: Code, details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : details);
    this.name = 'LoopError';
    this.code = code;
    this.fault = details.fault;
    this.at = details.at ?? {};
    this.fix = details.fix;
    this.problems = details.problems ?? [];
    addBrand(this, BRAND);
  }
}

/** Tells whether a value is a {@link LoopError}, also one of another realm or of a second copy of this package. */
export function isLoopError(value: unknown): value is LoopError {
  return hasBrand(value, BRAND);
}

/**
 * The error case of a WIT `result`. A host function throws it to return `err(payload)`; an export whose result is
 * `err(payload)` throws it to the host. The payload is checked against the declared type.
 */
export class ComponentError<Payload = unknown> extends Error {
  readonly payload: Payload;

  constructor(payload: Payload, message?: string) {
    super(message ?? (typeof payload === 'string' ? payload : 'the component returned an error'));
    this.name = 'ComponentError';
    this.payload = payload;
    addBrand(this, COMPONENT_ERROR);
  }
}

/** Tells whether a value is a {@link ComponentError}, also one of another realm or of a second copy of this package. */
export function isComponentError(value: unknown): value is ComponentError {
  return hasBrand(value, COMPONENT_ERROR);
}

/** States why a condition of ours must hold. A failure is a bug of Loophost. */
export function invariant(condition: unknown, why: string): asserts condition {
  if (!condition) throw new LoopError('E_BUG', { fault: 'host', message: `bug: ${why}` });
}
