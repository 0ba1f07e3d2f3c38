import {
  ComponentError,
  type ErrorPlace,
  type Fault,
  isComponentError,
  isLoopError,
  LoopError,
} from '@loophost/component';

/** An error as plain data, for another thread. `structuredClone` would keep neither code nor brand. */
export type WireError =
  | {
      readonly kind: 'loop';
      readonly code: string;
      readonly message: string;
      readonly fault: Fault;
      readonly at: ErrorPlace;
      readonly fix?: string;
      readonly backtrace: readonly string[];
      readonly problems: readonly WireError[];
      readonly cause?: WireError;
    }
  | { readonly kind: 'component'; readonly message: string; readonly payload: unknown }
  | { readonly kind: 'other'; readonly name: string; readonly message: string; readonly stack?: string };

/** Texts and lists of errors are cut to these sizes: a guest may have had a hand in them. */
const MAX_TEXT = 10_000;
const MAX_LIST = 100;
const MAX_DEPTH = 5;

/** What an error says, or whatever else was thrown. */
export function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return 'something that cannot be shown';
  }
}

/** Turns whatever was thrown into plain data. */
export function toWire(thrown: unknown, depth = 0): WireError {
  try {
    return wireOf(thrown, depth);
  } catch {
    return { kind: 'other', name: 'Error', message: cut(textOf(thrown)) };
  }
}

function wireOf(thrown: unknown, depth: number): WireError {
  if (isLoopError(thrown)) {
    const { code, message, fault, at, fix, backtrace, problems, cause } = thrown;
    const inner = depth < MAX_DEPTH;
    return {
      kind: 'loop',
      code,
      message: cut(message),
      fault,
      at: { ...at },
      ...(fix !== undefined && { fix: cut(fix) }),
      backtrace: backtrace.slice(0, MAX_LIST).map(cut),
      problems: inner ? problems.slice(0, MAX_LIST).map((problem) => toWire(problem, depth + 1)) : [],
      ...(inner && cause !== undefined && { cause: toWire(cause, depth + 1) }),
    };
  }
  if (isComponentError(thrown)) return { kind: 'component', message: cut(thrown.message), payload: thrown.payload };
  if (!(thrown instanceof Error)) return { kind: 'other', name: 'Error', message: cut(textOf(thrown)) };
  const { name, message, stack } = thrown;
  return { kind: 'other', name, message: cut(message), ...(stack !== undefined && { stack: cut(stack) }) };
}

/** Makes the error again. */
export function fromWire(wire: WireError): Error {
  switch (wire.kind) {
    case 'loop': {
      const { code, message, fault, at, fix, problems, cause, backtrace } = wire;
      const error = new LoopError(code, {
        message,
        fault,
        at,
        ...(fix !== undefined && { fix }),
        problems: problems.map(fromWire).filter(isLoopError),
        ...(cause && { cause: fromWire(cause) }),
      });
      error.backtrace = backtrace;
      return error;
    }
    case 'component':
      return new ComponentError(wire.payload, wire.message);
    case 'other': {
      const error = new Error(wire.message);
      error.name = wire.name;
      if (wire.stack !== undefined) error.stack = wire.stack;
      return error;
    }
  }
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}
