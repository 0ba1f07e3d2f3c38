import type { LoopError } from '../loop-error.ts';
import { show, type TextPosition, waveSyntax } from './errors.ts';
import { ESCAPES, isKebab } from './wave-text.ts';

/** One token of a WAVE text. */
export interface Token {
  readonly kind: 'punctuation' | 'label' | 'number' | 'string' | 'char' | 'end';
  /** The punctuation mark, the label without `%`, the digits, or the decoded string or char. */
  readonly text: string;
  readonly at: number;
  /** The label had a `%` before it, so it is no keyword. */
  readonly isEscaped?: boolean;
}

// No pattern repeats a group: a long text must not fill the stack that V8 keeps for going back.
const BLANK = /[ \t\n\r]+/y;
const COMMENT = /\/\/[^\n]*/y;
const LABEL = /%?([a-zA-Z][a-zA-Z0-9-]*)/y;
const NUMBER = /-inf|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const STRING_STOP = /["\\\n]/g;
const ESCAPE = /\\(?:(["'\\tnr])|u\{([0-9a-fA-F]{1,6})\})/y;
const TRIPLE = '"""';

/** Splits a WAVE text into tokens, one at a time, in time linear in the text. */
export class Lexer {
  readonly text: string;
  private pos: number;
  private peeked: Token | undefined;

  constructor(text: string, from = 0) {
    this.text = text;
    this.pos = from;
  }

  /** The next token, which stays next. */
  peek(): Token {
    return (this.peeked ??= this.read());
  }

  next(): Token {
    const token = this.peek();
    this.peeked = undefined;
    return token;
  }

  /** Takes the next token if it is this punctuation mark. */
  accept(mark: string): boolean {
    const token = this.peek();
    if (token.kind !== 'punctuation' || token.text !== mark) return false;
    this.peeked = undefined;
    return true;
  }

  expect(mark: string, expected = `"${mark}"`): void {
    if (!this.accept(mark)) throw this.unexpected(expected);
  }

  /** An error at the next token. */
  unexpected(expected: string, token: Token = this.peek()): LoopError {
    return this.syntax(expected, showToken(token), token.at);
  }

  syntax(expected: string, found: string, at: number): LoopError {
    return waveSyntax(expected, found, this.position(at));
  }

  position(at: number): TextPosition {
    const before = this.text.slice(0, at);
    return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
  }

  /** Where the blanks and comments from here end. */
  skipBlank(): number {
    do this.match(BLANK);
    while (this.match(COMMENT));
    return this.pos;
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.pos;
    const found = pattern.exec(this.text);
    if (found) this.pos += found[0].length;
    return found;
  }

  private read(): Token {
    const at = this.skipBlank();
    const char = this.text[at];
    if (char === undefined) return { kind: 'end', text: '', at };
    if ('(){}[]:,'.includes(char)) {
      this.pos++;
      return { kind: 'punctuation', text: char, at };
    }
    if (char === "'") return { kind: 'char', text: this.char(), at };
    if (char === '"') return { kind: 'string', text: this.string(at), at };
    const label = this.match(LABEL)?.[1];
    if (label !== undefined) {
      if (!isKebab(label)) throw this.syntax('a label in kebab case', show(label), at);
      return { kind: 'label', text: label, at, isEscaped: char === '%' };
    }
    const number = this.match(NUMBER);
    if (number) return { kind: 'number', text: number[0], at };
    throw this.syntax('a value', show(String.fromCodePoint(this.text.codePointAt(at) as number)), at);
  }

  private char(): string {
    this.pos++;
    const char = this.text[this.pos] === '\\' ? this.escape() : this.rawChar();
    if (this.text[this.pos] !== "'") throw this.syntax('"\'" after one character', this.foundAt(this.pos), this.pos);
    this.pos++;
    return char;
  }

  private rawChar(): string {
    const code = this.text.codePointAt(this.pos);
    const char = code === undefined ? '' : String.fromCodePoint(code);
    if (char === '' || char === "'" || char === '\n' || !char.isWellFormed())
      throw this.syntax('a character', this.foundAt(this.pos), this.pos);
    this.pos += char.length;
    return char;
  }

  private foundAt(at: number): string {
    return at < this.text.length ? show(this.text.slice(at, at + 1)) : 'the end of the text';
  }

  /** Decodes the escape that starts here. */
  private escape(): string {
    const found = this.match(ESCAPE);
    const code = found?.[2] === undefined ? 0 : Number.parseInt(found[2], 16);
    if (!found || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      const at = this.pos - (found?.[0].length ?? 0);
      const text = found?.[0] ?? this.text.slice(at, at + 2);
      throw this.syntax('an escape such as \\n, \\" or \\u{1f600}', show(text), at);
    }
    return found[1] === undefined ? String.fromCodePoint(code) : (ESCAPES[found[1]] as string);
  }

  private string(at: number): string {
    if (this.text.startsWith(TRIPLE, at)) return this.multiline(at);
    this.pos++;
    const decoded = this.decode(this.text.length);
    if (this.text[this.pos] !== '"')
      throw this.syntax("'\"' at the end of the string", this.foundAt(this.pos), this.pos);
    this.pos++;
    return decoded;
  }

  /** Decodes from here to a quote, a line break or the given end. */
  private decode(end: number): string {
    let decoded = '';
    for (;;) {
      STRING_STOP.lastIndex = this.pos;
      const stop = Math.min(STRING_STOP.exec(this.text)?.index ?? end, end);
      decoded += this.text.slice(this.pos, stop);
      this.pos = stop;
      if (stop === end || this.text[stop] !== '\\') return decoded.toWellFormed();
      decoded += this.escape();
    }
  }

  private multiline(at: number): string {
    const start = at + TRIPLE.length;
    const close = this.text.indexOf(TRIPLE, start);
    if (close < 0) throw this.syntax(`'${TRIPLE}' at the end of the string`, 'the end of the text', this.text.length);
    const lines = this.text.slice(start, close).split('\n');
    const indent = lines.at(-1) as string;
    if (!/^\r?$/.test(lines[0] as string) || lines.length < 2)
      throw this.syntax(`a line break right after '${TRIPLE}'`, this.foundAt(start), start);
    if (/[^ ]/.test(indent)) throw this.syntax(`only spaces before the closing '${TRIPLE}'`, 'text', close);
    let lineAt = start + (lines[0] as string).length + 1;
    const decoded: string[] = [];
    for (const line of lines.slice(1, -1)) {
      if (!line.startsWith(indent))
        throw this.syntax(`an indent as deep as that of the closing '${TRIPLE}'`, 'less', lineAt);
      decoded.push(this.line(lineAt + indent.length, lineAt + line.length - (line.endsWith('\r') ? 1 : 0)));
      lineAt += line.length + 1;
    }
    this.pos = close + TRIPLE.length;
    return decoded.join('\n');
  }

  /** Decodes one line of a multi-line string, in which quotes stand for themselves. */
  private line(from: number, end: number): string {
    this.pos = from;
    let decoded = this.decode(end);
    while (this.pos < end) {
      this.pos++;
      decoded += `"${this.decode(end)}`;
    }
    return decoded;
  }
}

export function showToken({ kind, text }: Token): string {
  if (kind === 'end') return 'the end of the text';
  if (kind === 'number') return `the number ${show(text).slice(1, -1)}`;
  return kind === 'string' || kind === 'char' ? `the ${kind} ${show(text)}` : show(text);
}
