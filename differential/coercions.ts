/**
 * Wrong arguments that jco turns into some value of the type, or lets into the guest as they are, by the way in which
 * they are wrong.
 *
 * The specification has no normative mapping to JavaScript: its table of `ToWebAssemblyValue` (Explainer, "JS API") is a
 * sketch that "would" coerce as Web IDL does. Here a wrong value is refused, with its path and before the guest is
 * entered: one that was silently changed is a wrong answer.
 */
const TAKEN_BY_JCO: ReadonlyMap<RegExp, string> = new Map([
  [/^[su]\d+: out of range$/, 'jco keeps the low bits, as ToInt8 … ToBigUint64 of the sketch'],
  [
    /^[su]\d+: no (integer|number|BigInt)$/,
    'jco converts by ToInt8 … ToBigUint64: 1.5 and "1" are 1, true is 1, undefined is 0',
  ],
  [
    /^[su]64: a number for a BigInt$/,
    'jco calls BigInt() on it; the sketch (ToBigInt64) and jco’s own types refuse numbers',
  ],
  [/^f\d\d: no number$/, 'jco converts by unary plus, as ToNumber of the sketch: undefined is NaN, null is 0'],
  [/^bool: no boolean$/, 'jco takes what is truthy for true, as ToBoolean of the sketch'],
  [/^char: no single character$/, 'jco takes the first character; the sketch throws'],
  [
    /^flags: (null|a flag that is no boolean)$/,
    'jco takes flags that are truthy, and none of null, as a dictionary of the sketch',
  ],
  [
    /^list: (no array|an object|a text as a list)$/,
    'jco takes what has no length for empty, and a text for its characters; the sketch iterates',
  ],
  [
    /^record: (no object|an empty object)$/,
    'jco reads the fields of anything; those that are absent are coerced in turn',
  ],
  [/^tuple: (no array|an empty array)$/, 'jco reads the items of anything; those that are absent are coerced in turn'],
  [
    /^char: half a character$/,
    'CanonicalABI.md, "Loading": a char is a Unicode scalar value; jco lowers the half as it is',
  ],
]);

/** Why jco may take a value that is wrong in this way, if that is known. */
export function explanationOf(way: string): string | undefined {
  for (const [pattern, why] of TAKEN_BY_JCO) if (pattern.test(way)) return why;
  return undefined;
}
