import { concat, leb } from './binary/bytes.ts';
import { PREAMBLE } from './binary/tree.ts';

/** A component that asks for more work than its size tells. Whether it is valid or not, it must end in time. */
export interface Bomb {
  readonly name: string;
  readonly bytes: () => Uint8Array;
}

type Bytes = Uint8Array | readonly number[];

function section(id: number, definitions: readonly Bytes[]): Uint8Array {
  const body = concat([leb(definitions.length), ...definitions]);
  return concat([[id], leb(body.length), body]);
}

function component(...sections: readonly Bytes[]): Uint8Array {
  return concat([PREAMBLE, ...sections]);
}

function nested(inner: Uint8Array): Uint8Array {
  return concat([[4], leb(inner.length), inner]);
}

function coreModule(...sections: readonly Bytes[]): Uint8Array {
  const body = concat([[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], ...sections]);
  return concat([[1], leb(body.length), body]);
}

function name(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return concat([leb(bytes.length), bytes]);
}

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

/** Component sorts and forms by their bytes. */
const TYPE = 0x03;
const COMPONENT = 0x04;
const INSTANCE = 0x05;
const EMPTY_FUNC = [0x40, 0, 1, 0];

function importName(text: string): Uint8Array {
  return component(section(7, [EMPTY_FUNC]), section(10, [concat([[0], name(text), [1, 0]])]));
}

/** Components that each export `width` instances of the one before, `levels` deep, the last one instantiated often. */
function instanceTree(levels: number, width: number, count: number, bottom: Uint8Array): Uint8Array {
  const level = (below: number): Uint8Array =>
    component(
      section(6, [[COMPONENT, 2, 1, below]]),
      section(
        5,
        times(width, () => [0, 0, 0]),
      ),
      section(
        11,
        times(width, (i) => concat([[0], name(`e${i}`), [INSTANCE, i, 0]])),
      ),
    );
  const instances = section(
    5,
    times(count, () => [0, ...leb(levels), 0]),
  );
  return component(nested(bottom), ...times(levels, (i) => nested(level(i))), instances);
}

const RESOURCE = component(section(7, [[0x3f, 0x7f, 0]]), section(11, [concat([[0], name('r'), [TYPE, 0, 0]])]));

function supertypes(count: number): Bytes[] {
  return times(count, (i) => [0x50, ...(i === 0 ? [0] : [1, ...leb(i - 1)]), 0x60, 0, 0]);
}

/** A large type of instances with resources of their own, aliased by many components inside. */
function aliasedResources(size: number, count: number): Uint8Array {
  const member = concat([...times(size, (i) => concat([[4, 0], name(`r${i}`), [3, 1]]))]);
  const type = concat([[0x42], leb(size), member]);
  const alias = component(
    section(
      6,
      times(count, () => [TYPE, 2, 1, 0]),
    ),
  );
  return component(section(7, [type]), nested(alias));
}

/** A core module of many imports, instantiated often. */
function manyImports(imports: number, instances: number): Uint8Array {
  const module = coreModule(
    section(1, [[0x60, 0, 0]]),
    section(
      2,
      times(imports, (i) => concat([name('m'), name(String(i)), [0, 0]])),
    ),
  );
  const source = coreModule(
    section(1, [[0x60, 0, 0]]),
    section(3, [[0]]),
    section(
      7,
      times(imports, (i) => concat([name(String(i)), [0, 0]])),
    ),
    section(10, [[2, 0, 0x0b]]),
  );
  const wanted = times(instances, () => concat([[0, 1, 1], name('m'), [0x12, 0]]));
  return component(source, module, section(2, [[0, 0, 0], ...wanted]));
}

/** An instance of many exports, given as an argument often. */
function manyExports(exports: number, instances: number): Uint8Array {
  const members = times(exports, (i) => concat([[4, 0], name(`f${i}`), [1, 0]]));
  const type = concat([[0x42], leb(exports + 1), [1, ...EMPTY_FUNC], ...members]);
  const imported = concat([[0], name('i'), [INSTANCE, 0]]);
  const taker = component(section(7, [type]), section(10, [imported]));
  const args = times(instances, () => concat([[0, 0, 1], name('i'), [INSTANCE, 0]]));
  return component(section(7, [type]), section(10, [imported]), nested(taker), section(5, args));
}

/** Two equal component types, each of which imports the one before twice, compared. */
function comparedTypes(levels: number): Uint8Array {
  const twice = (level: number): Uint8Array => {
    const before = level === 0 ? [] : [[2, TYPE, 2, 1, ...leb(level - 1)]];
    const wanted = level === 0 ? [] : ['a', 'b'].map((text) => concat([[3, 0], name(text), [COMPONENT, 0]]));
    return concat([[0x41], leb(before.length + wanted.length), ...before, ...wanted]);
  };
  const types = section(7, times(levels, twice));
  const imported = section(10, [concat([[0], name('c'), [COMPONENT, ...leb(levels - 1)]])]);
  const given = concat([[0, 0, 1], name('c'), [COMPONENT, 0]]);
  return component(types, imported, nested(component(types, imported)), section(5, [given.with(1, 1)]));
}

function wideType(form: number, count: number, member: (i: number) => Bytes): Uint8Array {
  const type = concat([[form], leb(count), ...times(count, member)]);
  return component(section(7, [type]), section(10, [concat([[0], name('t'), [3, 0, 0]])]));
}

export const BOMBS: readonly Bomb[] = [
  { name: 'a tree of instances, made 200 times', bytes: () => instanceTree(5, 8, 200, component()) },
  { name: 'a tree of instances with resources, made 20 times', bytes: () => instanceTree(4, 8, 20, RESOURCE) },
  {
    name: '20,000 core types, each below the one before, in a module',
    bytes: () => component(coreModule(section(1, supertypes(20_000)))),
  },
  {
    name: '20,000 core types, each below the one before, in a component',
    bytes: () =>
      component(
        section(
          3,
          supertypes(20_000).map((type) => concat([[0], type])),
        ),
      ),
  },
  { name: 'a label of digits that ends badly', bytes: () => importName(`a${'-1'.repeat(60)}!`) },
  { name: 'a label of 45,000 words', bytes: () => importName(`a${'-b'.repeat(45_000)}`) },
  { name: 'a label of five million words', bytes: () => importName(`a${'-b'.repeat(5_000_000)}`) },
  { name: 'an interface name of five million words', bytes: () => importName(`a:b/c${'-b'.repeat(5_000_000)}`) },
  { name: 'a version of five million parts', bytes: () => importName(`a:b/c@1.0.0-a${'.b'.repeat(5_000_000)}`) },
  { name: 'a type of 20,000 resources, aliased 20,000 times', bytes: () => aliasedResources(20_000, 20_000) },
  { name: 'a core module of 30,000 imports, instantiated 3,000 times', bytes: () => manyImports(30_000, 3000) },
  { name: 'an instance of 30,000 functions, an argument 3,000 times', bytes: () => manyExports(30_000, 3000) },
  { name: 'component types of 2^17 imports, compared', bytes: () => comparedTypes(18) },
  { name: 'a record of 200,000 fields', bytes: () => wideType(0x72, 200_000, (i) => concat([name(`f${i}`), [0x73]])) },
  { name: 'an enum of 200,000 cases', bytes: () => wideType(0x6d, 200_000, (i) => name(`c${i}`)) },
  {
    name: 'a variant of 200,000 cases',
    bytes: () => wideType(0x71, 200_000, (i) => concat([name(`c${i}`), [1, 0x73, 0]])),
  },
  { name: 'a tuple of a million types', bytes: () => wideType(0x6f, 1_000_000, () => [0x7f]) },
  {
    name: 'a million types',
    bytes: () =>
      component(
        section(
          7,
          times(1_000_000, () => [0x7d]),
        ),
      ),
  },
  {
    name: '100,000 imports',
    bytes: () =>
      component(
        section(7, [EMPTY_FUNC]),
        section(
          10,
          times(100_000, (i) => concat([[0], name(`f${i}`), [1, 0]])),
        ),
      ),
  },
  { name: '100,000 empty components', bytes: () => component(...times(100_000, () => nested(component()))) },
  { name: '20,000 components inside each other', bytes: () => inEachOther(20_000) },
  {
    name: '50,000 types inside each other',
    bytes: () => component(section(7, [concat([...times(50_000, () => [0x41, 1, 1]), [0x7d]])])),
  },
];

/** Sizes are written from the outside in, since the bytes would be copied at every level otherwise. */
function inEachOther(depth: number): Uint8Array {
  const levels: Bytes[] = [];
  let size = PREAMBLE.length;
  for (let i = 1; i < depth; i++) {
    const head = [...PREAMBLE, 4, ...leb(size)];
    levels.push(head);
    size += head.length;
  }
  return concat([...levels.reverse(), PREAMBLE]);
}
