import { Reader } from '../binary/reader.ts';
import type { Component } from '../component.ts';
import { isLoopError } from '../loop-error.ts';

/** The tools that made a component, by what they did: `processed-by` → `wit-component 0.220.0`. */
export type Producers = Readonly<Record<string, readonly string[]>>;

/** What a component says of itself. Nothing checks that it is true, and its texts are the component's own. */
export interface Metadata {
  /** Its name in the `component-name` section. */
  readonly name?: string;
  readonly producers: Producers;
  /** Sections of one text each, like `authors`, `licenses` and `version`, as far as they exist. */
  readonly notes: Readonly<Record<string, string>>;
}

type Described = Pick<Component, 'customSections'>;

/** The text sections that tools write (wasm-metadata; the keys of OCI image annotations). */
const NOTES: ReadonlySet<string> = new Set([
  'authors',
  'description',
  'homepage',
  'licenses',
  'revision',
  'source',
  'version',
]);

/**
 * Reads the custom sections by which a component describes itself: its name, its producers and its notes. They carry no
 * meaning for running it, so one that is broken counts as absent.
 */
export function metadataOf(component: Described): Metadata {
  let name: string | undefined;
  const notes: [string, string][] = [];
  for (const { name: section, data } of component.customSections) {
    if (section === 'component-name') name ??= whole(() => readName(new Reader(data)));
    if (!NOTES.has(section)) continue;
    const text = whole(() => new TextDecoder('utf-8', { fatal: true }).decode(data));
    if (text !== undefined) notes.push([section, text]);
  }
  return { ...(name !== undefined && { name }), producers: producersOf(component), notes: Object.fromEntries(notes) };
}

/** Reads the `producers` sections of a component (the tool conventions' ProducersSection.md). */
export function producersOf(component: Described): Producers {
  const found = new Map<string, string[]>();
  for (const { name, data } of component.customSections) {
    if (name !== 'producers') continue;
    for (const [field, tools] of whole(() => readProducers(new Reader(data))) ?? [])
      found.set(field, [...(found.get(field) ?? []), ...tools]);
  }
  return Object.fromEntries(found);
}

/** What a section holds, or nothing when it is broken. */
function whole<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isLoopError(error) || error instanceof TypeError) return undefined;
    throw error;
  }
}

function readProducers(reader: Reader): [string, string[]][] {
  return reader.vec(() => [reader.name(), reader.vec(() => `${reader.name()} ${reader.name()}`.trim())]);
}

/** The subsection 0 of a `component-name` section (Binary.md, "Name Section"). */
function readName(reader: Reader): string | undefined {
  while (!reader.done) {
    const id = reader.u8();
    const body = reader.section(reader.u32());
    if (id === 0) return body.name();
  }
  return undefined;
}
