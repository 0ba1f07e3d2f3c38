/** The shape of WebAssembly's text format: nested lists of atoms and strings. */
export type Node = Atom | Text | List;

export interface Atom {
  readonly kind: 'atom';
  readonly text: string;
  readonly start: number;
}

/** A quoted string; its bytes need not be UTF-8. */
export interface Text {
  readonly kind: 'string';
  readonly bytes: Uint8Array;
  readonly start: number;
}

export interface List {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly start: number;
  readonly end: number;
}

const ESCAPES: Record<string, number> = { n: 10, t: 9, r: 13, '"': 34, "'": 39, '\\': 92 };

/** Reads the top-level forms of a `.wast` file. */
export function readForms(source: string): List[] {
  const reader = new FormReader(source);
  return reader.all();
}

class FormReader {
  private at = 0;
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  all(): List[] {
    const forms: List[] = [];
    for (this.space(); this.at < this.source.length; this.space()) forms.push(this.list());
    return forms;
  }

  private fail(why: string): never {
    const line = this.source.slice(0, this.at).split('\n').length;
    throw new SyntaxError(`${why} in line ${line}`);
  }

  private space(): void {
    const { source } = this;
    for (;;) {
      if (/\s/.test(source.charAt(this.at))) this.at++;
      else if (source.startsWith(';;', this.at)) {
        const end = source.indexOf('\n', this.at);
        this.at = end < 0 ? source.length : end;
      } else if (source.startsWith('(;', this.at)) this.blockComment();
      else return;
    }
  }

  private blockComment(): void {
    let depth = 0;
    do {
      if (this.source.startsWith('(;', this.at)) {
        depth++;
        this.at += 2;
      } else if (this.source.startsWith(';)', this.at)) {
        depth--;
        this.at += 2;
      } else if (this.at++ >= this.source.length) this.fail('an unclosed comment');
    } while (depth > 0);
  }

  private list(): List {
    const start = this.at;
    if (this.source[start] !== '(') this.fail(`"${this.source[start]}" where "(" is expected`);
    this.at++;
    const items: Node[] = [];
    for (;;) {
      this.space();
      const char = this.source[this.at];
      if (char === undefined) this.fail('an unclosed form');
      if (char === ')') {
        this.at++;
        return { kind: 'list', items, start, end: this.at };
      }
      items.push(char === '(' ? this.list() : char === '"' ? this.string() : this.atom());
    }
  }

  private atom(): Atom {
    const start = this.at;
    while (this.at < this.source.length && !/[\s()";]/.test(this.source.charAt(this.at))) this.at++;
    if (this.at === start) this.fail(`a stray "${this.source[start]}"`);
    return { kind: 'atom', text: this.source.slice(start, this.at), start };
  }

  private string(): Text {
    const start = this.at++;
    const bytes: number[] = [];
    const encoder = new TextEncoder();
    while (this.source[this.at] !== '"') {
      if (this.at >= this.source.length) this.fail('an unclosed string');
      if (this.source[this.at] === '\\') this.escape(bytes, encoder);
      else {
        const char = String.fromCodePoint(this.source.codePointAt(this.at) as number);
        bytes.push(...encoder.encode(char));
        this.at += char.length;
      }
    }
    this.at++;
    return { kind: 'string', bytes: Uint8Array.from(bytes), start };
  }

  private escape(bytes: number[], encoder: TextEncoder): void {
    const char = this.source.charAt(this.at + 1);
    const known = ESCAPES[char];
    const unicode = /^\\u\{([0-9a-fA-F_]+)\}/.exec(this.source.slice(this.at, this.at + 16));
    if (known !== undefined) {
      bytes.push(known);
      this.at += 2;
    } else if (unicode) {
      bytes.push(
        ...encoder.encode(String.fromCodePoint(Number.parseInt((unicode[1] as string).replaceAll('_', ''), 16))),
      );
      this.at += unicode[0].length;
    } else {
      bytes.push(Number.parseInt(this.source.slice(this.at + 1, this.at + 3), 16));
      this.at += 3;
    }
  }
}

export function isList(node: Node | undefined, head?: string): node is List {
  return node?.kind === 'list' && (head === undefined || headOf(node) === head);
}

export function headOf(list: List): string {
  const [first] = list.items;
  return first?.kind === 'atom' ? first.text : '';
}

export function textOf(node: Node | undefined): string {
  if (node?.kind === 'string') return new TextDecoder().decode(node.bytes);
  return node?.kind === 'atom' ? node.text : '';
}
