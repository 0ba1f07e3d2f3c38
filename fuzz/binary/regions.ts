import { Cursor, Unreadable } from './cursor.ts';
import { COMPONENT, CORE_MODULE, CUSTOM, PREAMBLE } from './tree.ts';

/** Where bytes of a component stand: in its own definitions, in a core module's code and data or its rest, or in a custom section. */
export type RegionKind = 'component' | 'core' | 'core-code' | 'custom';

export interface Region {
  readonly kind: RegionKind;
  readonly start: number;
  readonly end: number;
}

const CORE_CODE = 10;
const CORE_DATA = 11;

/** Divides a component into regions, in order and without gaps. A part that cannot be walked is one region. */
export function regionsOf(bytes: Uint8Array): Region[] {
  const regions: Region[] = [];
  addComponent(regions, bytes, 0, bytes.length);
  return regions;
}

function attempt(regions: Region[], kind: RegionKind, start: number, end: number, walk: () => void): void {
  const before = regions.length;
  try {
    walk();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    regions.length = before;
    regions.push({ kind, start, end });
  }
}

function add(regions: Region[], kind: RegionKind, start: number, end: number): void {
  if (start < end) regions.push({ kind, start, end });
}

function addComponent(regions: Region[], bytes: Uint8Array, start: number, end: number): void {
  add(regions, 'component', start, start + PREAMBLE.length);
  forEachSection(bytes, start + PREAMBLE.length, end, (id, from, body, to) => {
    add(regions, id === CUSTOM ? 'custom' : 'component', from, body);
    if (id === COMPONENT) attempt(regions, 'component', body, to, () => addComponent(regions, bytes, body, to));
    else if (id === CORE_MODULE) attempt(regions, 'core', body, to, () => addModule(regions, bytes, body, to));
    else add(regions, id === CUSTOM ? 'custom' : 'component', body, to);
  });
}

function addModule(regions: Region[], bytes: Uint8Array, start: number, end: number): void {
  add(regions, 'core', start, start + PREAMBLE.length);
  forEachSection(bytes, start + PREAMBLE.length, end, (id, from, _, to) => {
    add(regions, id === CUSTOM ? 'custom' : id === CORE_CODE || id === CORE_DATA ? 'core-code' : 'core', from, to);
  });
}

function forEachSection(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (id: number, from: number, body: number, to: number) => void,
): void {
  const at = new Cursor(bytes, start, end);
  while (!at.done) {
    const from = at.pos;
    const id = at.byte();
    const length = at.unsigned('length');
    const body = at.pos;
    at.skip(length);
    visit(id, from, body, at.pos);
  }
}
