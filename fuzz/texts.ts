import { type Random, random } from './random.ts';

/** How files of other kinds begin, and what their first lines are made of. */
const PIECES = [
  '//', ';;', '(;', ';)', '/*', '*/', '/', ';', '(', '-', ' ', '\t', '\n', '\r\n', ' ----', '// ', ';; ', '(module', '(component',
  'package ', 'package a:b@1.0.0;', 'package main', 'interface ', 'world ', 'world w {', '<!DOCTYPE html>', '{"a": 1}', '#!/bin/sh',
  '\u007fELF', 'MZ', 'PK\u0003\u0004', '\u001f\u008b', '\0asm', '\0asm\u0001\0\0\0', '\0asm\u000d\0\u0001\0', '\0asm\u000c\0\u0001\0',
  '\0', '\u00ff', 'é', '🌊', '\u2028', 'a', '%', '"', '\\',
]; // prettier-ignore
const MOST_PIECES = 6;
const MOST_REPEATS = 200;

/** A file that is probably no component: pieces of others, most of them repeated. */
export function fileOf(seed: number, number: number): Uint8Array {
  const from = random(seed, number);
  const parts = Array.from({ length: 1 + from.below(MOST_PIECES) }, () => part(from));
  return from.chance(10)
    ? Uint8Array.from(parts.join(''), (letter) => letter.charCodeAt(0))
    : new TextEncoder().encode(parts.join(''));
}

function part(from: Random): string {
  const pieces = Array.from({ length: 1 + from.below(2) }, () => from.pick(PIECES)).join('');
  return from.chance(50) ? pieces : pieces.repeat(1 + from.below(MOST_REPEATS));
}
