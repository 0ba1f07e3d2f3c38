import { partsOf, type ValueType } from '../types/value-type.ts';

const WITHOUT: readonly ValueType['kind'][] = ['own', 'borrow', 'stream', 'future', 'error-context'];

/** Tells whether texts, WAVE or JSON, can stand for all values of a type: none can for a handle, a stream or a future. */
export function hasText(type: ValueType): boolean {
  return !WITHOUT.includes(type.kind) && partsOf(type).every(hasText);
}
