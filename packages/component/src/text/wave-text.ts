/** Words that stand for a value in WAVE: cases of these names are written with a `%` before them. */
const KEYWORDS: ReadonlySet<string> = new Set(['true', 'false', 'some', 'none', 'ok', 'err', 'inf', 'nan']);

export function isWaveKeyword(word: string): boolean {
  return KEYWORDS.has(word);
}

const WORD = /^(?:[a-z0-9]+|[A-Z0-9]+)$/;

/** Tells whether a text is a kebab-case label: in time linear in the text, since it comes from whoever types it. */
export function isKebab(text: string): boolean {
  return /^[a-zA-Z]/.test(text) && text.split('-').every((word) => WORD.test(word));
}

export function escapeLabel(name: string): string {
  return KEYWORDS.has(name) ? `%${name}` : name;
}

/** The fixed escapes of chars and strings: the letter after the backslash, and what it stands for. */
export const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"', "'": "'", '\\': '\\', t: '\t', n: '\n', r: '\r',
}; // prettier-ignore

const LETTERS = new Map(Object.entries(ESCAPES).map(([letter, char]) => [char, letter]));

/**
 * What is never written as it is: controls, line and paragraph separators, and what turns the direction of text, so
 * that a value cannot change how a terminal shows what is around it.
 */
const UNPRINTABLE = /["'\\\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Writes the inside of a char or string literal, between quotes of the given kind. */
export function escapeText(text: string, quote: '"' | "'"): string {
  const escape = (char: string): string => {
    if (char === '"' || char === "'") return char === quote ? `\\${char}` : char;
    const letter = LETTERS.get(char);
    return letter === undefined ? `\\u{${(char.codePointAt(0) as number).toString(16)}}` : `\\${letter}`;
  };
  return text.toWellFormed().replace(UNPRINTABLE, escape);
}
