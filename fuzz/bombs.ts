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

function many(count: number, bytes: Bytes): Uint8Array {
  const all = new Uint8Array(count * bytes.length);
  for (let at = 0; at < all.length; at += bytes.length) all.set(bytes, at);
  return all;
}

/** A section of many equal definitions. */
function repeated(id: number, count: number, definition: Bytes): Uint8Array {
  const body = concat([leb(count), many(count, definition)]);
  return concat([[id], leb(body.length), body]);
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

/** Types that each hold two of the one before: `levels` definitions, written out 2^levels. */
function doubled(first: Bytes, levels: number, next: (below: number) => Bytes): Bytes[] {
  return [first, ...times(levels, next)];
}

/** A type of many labels that is exported often. */
function exportedLabels(form: number, rest: readonly number[]): Uint8Array {
  const labels = times(80_000, (i) => concat([name(`c${i}`), rest]));
  const type = concat([[form], leb(labels.length), ...labels]);
  return component(
    section(7, [type]),
    section(
      11,
      times(30_000, (i) => concat([[0], name(`e${i}`), [TYPE, 0, 0]])),
    ),
  );
}

const LEVELS = 18;
const DOUBLED_INSTANCES = section(
  7,
  doubled([0x42, 0], LEVELS, (below) =>
    concat([
      [0x42, 3, 2, TYPE, 2, 1, ...leb(below)],
      ...['a', 'b'].map((text) => concat([[4, 0], name(text), [INSTANCE, 0]])),
    ]),
  ),
);

/** A component that imports instances of a large type, and is instantiated often. */
function largeArgument(count: number): Uint8Array {
  const imported = concat([[0], name('a'), [INSTANCE]]);
  const taker = component(section(6, [[TYPE, 2, 1, LEVELS]]), section(10, [concat([imported, [0]])]));
  const given = concat([[0, 0, 1], name('a'), [INSTANCE, 0]]);
  return component(
    DOUBLED_INSTANCES,
    section(10, [concat([imported, [LEVELS]])]),
    nested(taker),
    repeated(5, count, given),
  );
}

/** Component types that each import an instance of a large type. */
function largeImports(count: number): Uint8Array {
  const taker = concat([[0x41, 2, 2, TYPE, 2, 1, LEVELS, 3, 0], name('a'), [INSTANCE, 0]]);
  return component(DOUBLED_INSTANCES, repeated(7, count, taker));
}

/** Component types that each export a function of a tuple of 2^18 parts. */
function largeTuples(count: number): Uint8Array {
  const types = section(
    7,
    doubled([0x6f, 2, 0x7d, 0x7d], LEVELS - 1, (below) => [0x6f, 2, ...leb(below), ...leb(below)]),
  );
  const func = concat([[0x40, 1], name('x'), [0, 1, 0]]);
  const taker = concat([[0x41, 3, 2, TYPE, 2, 1, LEVELS - 1, 1], func, [4, 0], name('a'), [1, 1]]);
  return component(types, repeated(7, count, taker));
}

/** A core module that defines much, instantiated often. */
function largeModule(instances: number, ...sections: readonly Bytes[]): Uint8Array {
  return component(coreModule(...sections), repeated(2, instances, [0, 0, 0]));
}

/** A type of many handles, which is exported. */
function manyHandles(count: number): Uint8Array {
  const exported = (text: string, type: number): Uint8Array =>
    section(11, [concat([[0], name(text), [TYPE, type, 0]])]);
  const tuple = concat([[0x6f], leb(count), many(count, [2])]);
  return component(section(7, [[0x3f, 0x7f, 0]]), exported('r', 0), section(7, [[0x69, 1], tuple]), exported('t', 3));
}

function exported(count: number): Bytes[] {
  return [
    section(1, [[0x60, 0, 0]]),
    repeated(3, count, [0]),
    section(
      7,
      times(count, (i) => concat([name(String(i)), [0], leb(i)])),
    ),
    repeated(10, count, [2, 0, 0x0b]),
  ];
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
  { name: 'an enum of 80,000 cases, exported 30,000 times', bytes: () => exportedLabels(0x6d, []) },
  { name: 'a variant of 80,000 cases without types, exported 30,000 times', bytes: () => exportedLabels(0x71, [0, 0]) },
  {
    name: 'a variant of 200,000 cases',
    bytes: () => wideType(0x71, 200_000, (i) => concat([name(`c${i}`), [1, 0x73, 0]])),
  },
  { name: 'a tuple of 400,000 types', bytes: () => wideType(0x6f, 400_000, () => [0x7f]) },
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
  { name: '40,000 empty components', bytes: () => component(...times(40_000, () => nested(component()))) },
  { name: '45,000 empty component types', bytes: () => component(repeated(7, 45_000, [0x41, 0])) },
  { name: 'a tuple of 150,000 handles', bytes: () => manyHandles(150_000) },
  { name: '45,000 empty instances', bytes: () => component(repeated(5, 45_000, [1, 0])) },
  { name: '245,000 empty core instances', bytes: () => component(repeated(2, 245_000, [1, 0])) },
  { name: '490,000 list types', bytes: () => component(repeated(7, 490_000, [0x70, 0x7f])) },
  { name: '490,000 core types', bytes: () => component(repeated(3, 490_000, [0x60, 0, 0])) },
  { name: '490,000 custom sections', bytes: () => component(many(490_000, [0, 1, 0])) },
  { name: '4,500 empty core modules', bytes: () => component(...times(4500, () => coreModule())) },
  { name: 'two million empty component types', bytes: () => component(repeated(7, 2_000_000, [0x41, 0])) },
  { name: 'two million empty instance types', bytes: () => component(repeated(7, 2_000_000, [0x42, 0])) },
  { name: 'two million empty instances', bytes: () => component(repeated(5, 2_000_000, [1, 0])) },
  { name: 'two million empty core instances', bytes: () => component(repeated(2, 2_000_000, [1, 0])) },
  {
    name: 'five million functions that drop a resource',
    bytes: () => component(section(7, [[0x3f, 0x7f, 0]]), repeated(8, 5_000_000, [3, 0])),
  },
  { name: 'five million list types', bytes: () => component(repeated(7, 5_000_000, [0x70, 0x7f])) },
  { name: 'three million core types', bytes: () => component(repeated(3, 3_000_000, [0x60, 0, 0])) },
  {
    name: 'one recursion group of three million core types',
    bytes: () => component(coreModule(section(1, [concat([[0x4e], leb(3_000_000), many(3_000_000, [0x60, 0, 0])])]))),
  },
  {
    name: 'ten million functions of a core module',
    bytes: () => component(coreModule(section(1, [[0x60, 0, 0]]), repeated(3, 10_000_000, [0]))),
  },
  {
    name: 'three million custom sections',
    bytes: () => component(many(3_000_000, [0, 1, 0])),
  },
  { name: '50,000 empty core modules', bytes: () => component(...times(50_000, () => coreModule())) },
  { name: 'component types that import an instance of 2^18 parts', bytes: () => largeImports(400) },
  { name: 'an instance of 2^18 parts, an argument 400 times', bytes: () => largeArgument(400) },
  { name: 'component types that export a function of 2^18 parts', bytes: () => largeTuples(400) },
  {
    name: 'a core module of 20,000 exports, instantiated 700 times',
    bytes: () => largeModule(700, ...exported(20_000)),
  },
  {
    name: 'a core module of 100,000 globals, instantiated 1000 times',
    bytes: () => largeModule(1000, repeated(6, 100_000, [0x7e, 1, 0x42, 1, 0x0b])),
  },
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
