import { readFileSync } from 'node:fs';

/** A fenced piece of a Markdown file that carries a name: ```` ```ts first.ts ````. */
export interface Example {
  readonly language: string;
  /** The name of the file that a reader would put it in. */
  readonly name: string;
  readonly text: string;
  /** What it prints, by its comments `// → …`. */
  readonly prints: string;
}

/** A command of a ```` ```console ```` piece, and what it prints. */
export interface Command {
  readonly command: string;
  readonly prints: string;
}

interface Fence {
  readonly language: string;
  readonly name: string;
  readonly text: string;
}

function fencesOf(path: string): Fence[] {
  const found = readFileSync(path, 'utf8').matchAll(/^```(\S+)(?: (\S+))?\n([^]*?)^```$/gm);
  return [...found].map(([, language = '', name = '', text = '']) => ({ language, name, text }));
}

/** The named examples of a Markdown file, in order. A name stands for one file: later pieces replace earlier ones. */
export function examplesOf(path: string): Example[] {
  return fencesOf(path)
    .filter(({ name }) => name !== '')
    .map((fence) => ({ ...fence, prints: promisedOutput(fence.text) }));
}

function promisedOutput(text: string): string {
  return [...text.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => `${line}\n`).join('');
}

/** The commands of a Markdown file, in order: lines that start with `$ `, each with the lines after it. */
export function commandsOf(path: string): Command[] {
  return fencesOf(path)
    .filter(({ language }) => language === 'console')
    .flatMap(({ text }) => text.split(/^\$ /m).slice(1))
    .map((part) => {
      const [command = '', ...lines] = part.split('\n');
      return { command, prints: lines.join('\n') };
    });
}
