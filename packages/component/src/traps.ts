import { LoopError } from './loop-error.ts';

/** Each way in which a guest can trap. The comments name the rule of CanonicalABI.md, or the core instruction. */
const TRAPS = {
  /** A core instruction trapped: unreachable, out of bounds, division by zero, a failed indirect call. */
  E_TRAP_CORE: 'wasm trap',
  /** The guest's own calls nested deeper than the stack. */
  E_TRAP_STACK_OVERFLOW: 'call stack exhausted',
  /** A core exception reached the boundary of the component. */
  E_TRAP_EXCEPTION: 'uncaught core WebAssembly exception',
  /** A pointer from the guest is not aligned for its type. */
  E_TRAP_UNALIGNED: 'unaligned pointer',
  /** A string, list or record lies outside of memory. */
  E_TRAP_OUT_OF_BOUNDS: 'pointer out of bounds of memory',
  /** `realloc` returned a pointer outside of memory. */
  E_TRAP_REALLOC_OUT_OF_BOUNDS: 'realloc return: beyond end of memory',
  /** `realloc` returned a pointer that is not aligned as asked. */
  E_TRAP_REALLOC_UNALIGNED: 'realloc return: result not aligned',
  /** A string is longer than 2^28-1 bytes, a list takes more, or a call passes more than the limit in all. */
  E_TRAP_VALUE_TOO_LARGE: 'value too large',
  /** A string is not valid in its encoding. */
  E_TRAP_INVALID_STRING: 'invalid string encoding',
  /** A char is a surrogate or above U+10FFFF. */
  E_TRAP_INVALID_CHAR: 'invalid `char` bit pattern',
  /** A discriminant has no case. */
  E_TRAP_INVALID_DISCRIMINANT: 'invalid variant discriminant',
  /** A handle index that is not in the instance's table. */
  E_TRAP_UNKNOWN_HANDLE: 'unknown handle index',
  /** A handle of another resource type, or a borrow where an own is needed. */
  E_TRAP_HANDLE_TYPE: 'handle used with the wrong type',
  /** An owned handle is dropped or moved while it is lent. */
  E_TRAP_HANDLE_LENT: 'cannot remove owned resource while borrowed',
  /** A call returned before its borrowed handles were dropped. */
  E_TRAP_BORROW_LEAKED: 'borrow handles still remain at the end of the call',
  /** The handle table is full. */
  E_TRAP_HANDLE_LIMIT: 'handle table overflow',
  /** An import was called inside `realloc` or `post-return`. */
  E_TRAP_CANNOT_LEAVE: 'cannot leave component instance',
  /** A component called, through another, back into an instance that is in the middle of a call. */
  E_TRAP_CANNOT_ENTER: 'cannot enter component instance',
  /** A suspending import was reached where the guest's stack cannot be suspended. */
  E_TRAP_CANNOT_SUSPEND: 'cannot suspend here',
} as const;

/** The code of a trap. */
export type TrapCode = keyof typeof TRAPS;

/** The codes of all traps. */
export const TRAP_CODES: readonly TrapCode[] = Object.keys(TRAPS) as TrapCode[];

/** Makes the error of a trap. `detail` adds what was found. */
export function trapError(code: TrapCode, detail?: string, cause?: unknown): LoopError<TrapCode> {
  const text = TRAPS[code];
  return new LoopError(code, {
    fault: 'guest',
    message: `guest trapped: ${detail ? `${text}: ${detail}` : text}`,
    cause,
  });
}
