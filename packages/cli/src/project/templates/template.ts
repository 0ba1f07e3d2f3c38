import type { NpmToolName } from '../npm-tools.ts';

/** What a new project starts with, apart from the files that all have. */
export interface Template {
  /** For people: `TypeScript`. */
  readonly language: string;
  /** Where the source is, in the project. */
  readonly source: string;
  /** Further packages and scripts of the project. */
  readonly tools: readonly NpmToolName[];
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  /** A paragraph or two for README.md. */
  readonly notes: string;
  /** Further rows for the table of files in README.md. */
  readonly rows?: readonly (readonly [file: string, what: string])[];
  /** The files by path. */
  files(name: string): Readonly<Record<string, string>>;
}
