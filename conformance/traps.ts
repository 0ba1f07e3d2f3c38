/** For each trap code of the engine, the texts by which the reference tests know that trap. */
const TEXTS: Record<string, readonly RegExp[]> = {
  E_TRAP_CORE: [/unreachable/, /integer divide by zero/, /out of bounds memory access/, /undefined element/, /indirect call type mismatch/],
  E_TRAP_STACK_OVERFLOW: [/call stack exhausted/],
  E_TRAP_EXCEPTION: [/uncaught exception/],
  E_TRAP_UNALIGNED: [/unaligned pointer/, /pointer not aligned/],
  E_TRAP_OUT_OF_BOUNDS: [/string pointer\/length out of bounds/, /list pointer\/length out of bounds/, /(string|list) content out-of-bounds/, /pointer out of bounds/],
  E_TRAP_REALLOC_OUT_OF_BOUNDS: [/realloc return: beyond end of memory/, /(string|list) content out-of-bounds/],
  E_TRAP_REALLOC_UNALIGNED: [/realloc return: result not aligned/, /unaligned pointer/],
  E_TRAP_VALUE_TOO_LARGE: [/(string|list) content out-of-bounds/, /pointer\/length out of bounds/, /too large/],
  E_TRAP_INVALID_STRING: [/invalid utf-?8/i, /incomplete utf-8/, /invalid utf16/i, /unpaired surrogate/],
  E_TRAP_INVALID_CHAR: [/invalid `char` bit pattern/],
  E_TRAP_INVALID_DISCRIMINANT: [/invalid variant discriminant/, /unexpected discriminant/],
  E_TRAP_UNKNOWN_HANDLE: [/unknown handle index/],
  E_TRAP_HANDLE_TYPE: [/used with the wrong type/],
  E_TRAP_HANDLE_LENT: [/cannot remove owned resource while borrowed/],
  E_TRAP_BORROW_LEAKED: [/borrow handles still remain at the end of the call/],
  E_TRAP_CANNOT_LEAVE: [/cannot leave component instance/],
  E_TRAP_CANNOT_ENTER: [/cannot enter component instance/],
  E_INSTANCE_TRAPPED: [/cannot enter component instance/],
}; // prettier-ignore

/** Tells whether the engine's error is the trap that a test expects by its text. */
export function isExpectedTrap(code: string, expected: string): boolean {
  return TEXTS[code]?.some((text) => text.test(expected)) ?? false;
}
