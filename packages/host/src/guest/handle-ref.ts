/** A resource of one side in a message to the other: names of WIT cannot hold a `$`, so no record looks like it. */
export interface HandleRef {
  readonly $handle: number;
}

export function isHandleRef(value: unknown): value is HandleRef {
  return typeof value === 'object' && value !== null && typeof (value as HandleRef).$handle === 'number';
}
