import { parse } from '@bytecodealliance/jco';
export const wat = (text: string): Promise<Uint8Array> => parse(text);
