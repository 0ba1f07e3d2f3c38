/** Its name, as grants and events have it. */
export const CAPABILITY = 'http';

/** The version that is served, and by the rule of compatible versions all older ones of 0.2. */
const VERSION = '0.2.12';

export const OUTGOING_HANDLER = 'wasi:http/outgoing-handler';
export const HTTP_TYPES: string = `wasi:http/types@${VERSION}`;
export const HTTP_HANDLER: string = `${OUTGOING_HANDLER}@${VERSION}`;
export const HTTP_INTERFACES: readonly string[] = [HTTP_TYPES, HTTP_HANDLER];
