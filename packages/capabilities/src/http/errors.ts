import { LoopError } from '@loophost/component';

/** A guest keeps more headers and trailers than the host holds for it. */
export function fieldsExceeded(limit: number): LoopError<'E_HTTP_FIELDS_EXCEEDED'> {
  return new LoopError('E_HTTP_FIELDS_EXCEEDED', {
    fault: 'guest',
    message: `cannot keep more headers for the guest: they take more than ${limit} bytes`,
    fix: 'have the guest drop the fields, requests and responses that it no longer needs',
  });
}
