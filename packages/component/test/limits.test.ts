import { execFileSync } from 'node:child_process';
import { compile, type CompileOptions, isLoopError, type Limits } from '@loophost/component';
import { describe, expect, test } from 'vitest';
import { instantiateWat, wat } from './support/wat.ts';

type Fn = (...args: unknown[]) => unknown;

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'no error';
  } catch (error) {
    if (!isLoopError(error)) throw error;
    return error.problems[0]?.code ?? error.code;
  }
}

/** A component whose core instances define memories; \`grow\` grows the first until that fails and gives its pages. */
function growing(memories: string, more = ''): string {
  return `(component
    (core module $m ${memories}
      (func (export "grow") (result i32)
        (loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
        (memory.size)))
    (core instance $i (instantiate $m))
    ${more}
    (func (export "grow") (result u32) (canon lift (core func $i "grow"))))`;
}

const MIB = 2 ** 20;
const PAGES_PER_MIB = 16;

async function grownTo(text: string, limits: Partial<Limits>, options: CompileOptions = {}): Promise<unknown> {
  const { exports } = await instantiateWat(text, {}, { ...options, limits });
  return (exports['grow'] as Fn)();
}

describe('the memory budget', () => {
  test('may be larger than any one memory or table can be', async () => {
    const limits = { maxMemoryBytes: 2 ** 40, maxTableElements: 2 ** 40 };
    expect(await grownTo(growing('(memory 1 3)'), limits)).toBe(3);
    for (const items of ['(memory 1) (table 1 funcref)', '(memory i64 1) (table i64 1 funcref)'])
      await instantiateWat(`(component (core module $m ${items}) (core instance (instantiate $m)))`, {}, { limits });
  });

  test('bounds how far a memory grows', async () => {
    expect(await grownTo(growing('(memory 1)'), { maxMemoryBytes: 4 * MIB })).toBe(4 * PAGES_PER_MIB);
  });

  test('leaves a memory its own maximum when that is less', async () => {
    expect(await grownTo(growing('(memory 1 3)'), { maxMemoryBytes: 4 * MIB })).toBe(3);
  });

  test('lets the same guest grow on when it is larger', async () => {
    expect(await grownTo(growing('(memory 1 100)'), { maxMemoryBytes: 256 * MIB })).toBe(100);
  });

  test('is one for all memories of an instance: each gets its minimum and an equal share of the rest', async () => {
    const other = '(core module $n (memory 16)) (core instance (instantiate $n)) (core instance (instantiate $n))';
    // 4 MiB less 1 page and 2 x 16 pages leaves 31 pages for three memories.
    expect(await grownTo(growing('(memory 1)', other), { maxMemoryBytes: 4 * MIB })).toBe(1 + Math.floor(31 / 3));
  });

  test('gives what a memory cannot use to the others', async () => {
    const other = '(core module $n (memory 1 2)) (core instance (instantiate $n))';
    expect(await grownTo(growing('(memory 1)', other), { maxMemoryBytes: 4 * MIB })).toBe(4 * PAGES_PER_MIB - 2);
  });

  test('counts an imported memory once', async () => {
    const text = `(component
      (core module $lib (memory (export "m") 1))
      (core instance $lib (instantiate $lib))
      (core module $a (import "lib" "m" (memory 1))
        (func (export "grow") (result i32) (loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (memory.size)))
      (core instance $a (instantiate $a (with "lib" (instance $lib))))
      (func (export "grow") (result u32) (canon lift (core func $a "grow"))))`;
    expect(await grownTo(text, { maxMemoryBytes: 2 * MIB })).toBe(2 * PAGES_PER_MIB);
  });

  test('includes nested components, by the number of their instances', async () => {
    const nested = `(component $c (core module $n (memory 20)) (core instance (instantiate $n)))
      (instance (instantiate $c)) (instance (instantiate $c)) (instance (instantiate $c))`;
    const component = await compile(await wat(growing('(memory 1)', nested)), { limits: { maxMemoryBytes: 3 * MIB } });
    expect(await codeOf(() => component.link({}))).toBe('E_LIMIT_EXCEEDED');
  });

  test('includes shared and 64-bit memories', async () => {
    expect(
      await grownTo(
        growing('(memory i64 1)')
          .replace(
            '(memory.grow (i32.const 1)) (i32.const -1)',
            '(i32.wrap_i64 (memory.grow (i64.const 1))) (i32.const -1)',
          )
          .replace('(memory.size)', '(i32.wrap_i64 (memory.size))'),
        { maxMemoryBytes: MIB },
      ),
    ).toBe(PAGES_PER_MIB);
    expect(await grownTo(growing('(memory 1 1000 shared)'), { maxMemoryBytes: MIB })).toBe(PAGES_PER_MIB);
  });

  test('fails at link when the least memory is above it', async () => {
    const component = await compile(await wat(growing('(memory 33)')), { limits: { maxMemoryBytes: 2 * MIB } });
    expect(() => component.link({})).toThrow(
      /the least memory of the core instances in bytes is 2162688, more than the limit of 2097152/,
    );
  });
});

describe('the table budget', () => {
  const table = (size: string): string => `(component
    (core module $m (table $t ${size} funcref)
      (func (export "grow") (result i32)
        (loop $l (br_if $l (i32.ne (table.grow $t (ref.null func) (i32.const 10)) (i32.const -1))))
        (table.size $t)))
    (core instance $i (instantiate $m))
    (func (export "grow") (result u32) (canon lift (core func $i "grow"))))`;

  test('bounds how far a table grows, and a larger one lets it', async () => {
    expect(await grownTo(table('10'), { maxTableElements: 95 })).toBe(90);
    expect(await grownTo(table('10 500'), { maxTableElements: 1000 })).toBe(500);
  });

  test('fails at link when the least size is above it', async () => {
    const component = await compile(await wat(table('96')), { limits: { maxTableElements: 95 } });
    expect(await codeOf(() => component.link({}))).toBe('E_LIMIT_EXCEEDED');
  });

  test('keeps the initial value of a table', async () => {
    const { exports } = await instantiateWat(`(component
      (core module $m (func $f (result i32) (i32.const 42)) (table 3 (ref null func) (ref.func $f)) (type $t (func (result i32)))
        (func (export "call") (result i32) (call_indirect (type $t) (i32.const 2))))
      (core instance $i (instantiate $m))
      (func (export "call") (result u32) (canon lift (core func $i "call"))))`);
    expect((exports['call'] as Fn)()).toBe(42);
  });
});

describe('types that live on the garbage-collected heap', () => {
  const modules = {
    'a struct': '(type (struct (field i32)))',
    'an array': '(type (array (mut i32)))',
    'a table of exception references': '(table 1 exnref)',
    'a tag that carries an exception reference': '(type $t (func (param exnref))) (tag (type $t))',
    'a global that holds an exception reference': '(global (mut exnref) (ref.null exn))',
    'an exception of nine values': `(tag (param ${'i32 '.repeat(9)}))`,
    'an imported one': `(import "" "t" (tag (param ${'i32 '.repeat(9)})))`,
  };
  test.each(Object.entries(modules))('%s is refused unless allowed', async (_name, definitions) => {
    const bytes = await wat(`(component (core module ${definitions}))`);
    expect(await codeOf(() => compile(bytes))).toBe('E_GC_HEAP_DENIED');
    expect(await codeOf(() => compile(bytes, { allowGcHeap: true }))).toBe('no error');
  });

  test('exceptions of up to eight values are allowed, and references to them where a stack holds them', async () => {
    const { exports } = await instantiateWat(`(component
      (core module $m
        (tag $t (param i32 i32 i32 i32 i32 i32 i32 i32))
        (func $throw (throw $t ${'(i32.const 1) '.repeat(8)}))
        (func (export "f") (result i32) (local $held exnref)
          (block $caught (result exnref) (try_table (catch_all_ref $caught) (call $throw)) unreachable)
          (local.set $held)
          (ref.is_null (local.get $held))))
      (core instance $i (instantiate $m))
      (func (export "f") (result u32) (canon lift (core func $i "f"))))`);
    expect((exports['f'] as Fn)()).toBe(0);
  });
});

test('a component larger than maxComponentBytes is refused before it is read', async () => {
  const bytes = await wat(`(component (core module (memory 1) (data (i32.const 0) "${'x'.repeat(2000)}")))`);
  expect(await codeOf(() => compile(bytes, { limits: { maxComponentBytes: 1000 } }))).toBe('E_LIMIT_EXCEEDED');
  expect(await codeOf(() => compile(bytes, { limits: { maxComponentBytes: 3000 } }))).toBe('no error');
});

test('components nested deeper than maxNesting are refused', async () => {
  const nested = (depth: number): string => (depth === 0 ? '' : `(component ${nested(depth - 1)})`);
  const bytes = await wat(nested(6));
  expect(await codeOf(() => compile(bytes, { limits: { maxNesting: 5 } }))).toBe('E_LIMIT_EXCEEDED');
  expect(await codeOf(() => compile(bytes, { limits: { maxNesting: 6 } }))).toBe('no error');
});

test('instances that multiply by nesting are refused instead of counted for ever', async () => {
  let inner = '(component $c0 (core module $m) (core instance (instantiate $m)))';
  for (let i = 1; i <= 20; i++)
    inner = `(component $c${i} ${inner} (instance (instantiate $c${i - 1})) (instance (instantiate $c${i - 1})))`;
  const bytes = await wat(`(component ${inner} (instance (instantiate $c20)))`);
  expect(await codeOf(() => compile(bytes))).toBe('E_LIMIT_EXCEEDED');
});

/** Components that each export `width` instances of the one before, `levels` deep: a few bytes, many instances. */
function instanceTree(levels: number, width: number, resource: string): string {
  const times = (make: (i: number) => string): string => Array.from({ length: width }, (_, i) => make(i)).join(' ');
  let inner = `(component $c0 ${resource})`;
  for (let level = 1; level <= levels; level++)
    inner = `${inner} (component $c${level} (alias outer 1 $c${level - 1} (component $below))
      ${times((i) => `(instance $i${i} (instantiate $below)) (export "e${i}" (instance $i${i}))`)})`;
  return `(component ${inner} (instance (instantiate $c${levels})))`;
}

test('component instances inside one another are refused when they are too many for the stack', async () => {
  const chain = (depth: number): string => {
    const inner = Array.from({ length: depth }, (_, i) => {
      const before = `(alias outer 1 $c${i} (component $x)) (instance (instantiate $x))`;
      return `(component $c${i + 1} ${before})`;
    });
    return `(component (component $c0) ${inner.join('')} (instance (instantiate $c${depth})))`;
  };
  expect(await codeOf(async () => compile(await wat(chain(198))).then((made) => made.link().instantiate()))).toBe(
    'no error',
  );
  for (const depth of [199, 5000]) {
    await expect(wat(chain(depth)).then((bytes) => compile(bytes))).rejects.toThrow(
      /the depth of component instances is 201, more than the limit of 200/,
    );
  }
});

test('empty instances that multiply by nesting are refused too', async () => {
  expect(await codeOf(async () => compile(await wat(instanceTree(2, 8, ''))))).toBe('no error');
  const many = wat(instanceTree(5, 8, ''));
  await expect(many.then((bytes) => compile(bytes))).rejects.toThrow(/the work of instantiating, in steps, is/);
});

test('instances of large core modules are counted by what the modules hold', async () => {
  const modules = {
    exports: Array.from({ length: 2000 }, (_, i) => `(func (export "${i}"))`),
    globals: Array.from({ length: 20_000 }, () => '(global i32 (i32.const 0))'),
    elements: ['(func $f)', '(table 20000 funcref)', `(elem (i32.const 0) ${'$f '.repeat(20_000)})`],
    data: ['(memory 16)', `(data (i32.const 0) "${'x'.repeat(1_000_000)}")`],
  };
  for (const [what, module] of Object.entries(modules)) {
    const text = (instances: number): string =>
      `(component (core module $m ${module.join('')}) ${'(core instance (instantiate $m))'.repeat(instances)})`;
    expect(await codeOf(async () => compile(await wat(text(30)))), what).toBe('no error');
    expect(await codeOf(async () => compile(await wat(text(1200)))), what).toBe('E_LIMIT_EXCEEDED');
  }
});

test('types that multiply by renaming are refused before they fill the memory', async () => {
  const members = Array.from({ length: 500 }, (_, i) => `(export "r${i}" (type (sub resource)))`).join(' ');
  const component = (imports: number): string => `(component
    (import "i" (instance $i ${members}))
    (component $c (import "i" (instance ${members})))
    ${'(instance (instantiate $c (with "i" (instance $i))))'.repeat(imports)})`;
  expect(await codeOf(async () => compile(await wat(component(10))))).toBe('no error');
  const many = wat(component(1000));
  await expect(many.then((bytes) => compile(bytes))).rejects.toThrow(/the work of checking definitions, in steps, is/);
});

const LISTS = `(component
  (core module $m (memory (export "mem") 2)
    (func (export "f") (param i32) (result i32) (local i32)
      (loop $l
        (i32.store (i32.add (i32.const 1024) (i32.mul (local.get 1) (i32.const 8))) (i32.const 65536))
        (i32.store offset=4 (i32.add (i32.const 1024) (i32.mul (local.get 1) (i32.const 8))) (i32.const 60000))
        (br_if $l (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
      (i32.store (i32.const 8) (i32.const 1024))
      (i32.store (i32.const 12) (local.get 0))
      (i32.const 8)))
  (core instance $i (instantiate $m))
  (func (export "f") (param "n" u32) (result (list string)) (canon lift (core func $i "f") (memory (core memory $i "mem")))))`;

describe('maxTransferBytes', () => {
  test('bounds what one call brings out, though every string is the same bytes', async () => {
    const { exports } = await instantiateWat(LISTS, {}, { limits: { maxTransferBytes: MIB } });
    expect((exports['f'] as Fn)(10)).toHaveLength(10);
    expect(await codeOf(() => (exports['f'] as Fn)(20))).toBe('E_TRAP_VALUE_TOO_LARGE');
  });

  const PLAIN = `(component
    (core module $m (memory (export "mem") 200)
      (func (export "f") (param i32) (result i32)
        (i32.store (i32.const 8) (i32.const 1024)) (i32.store (i32.const 12) (local.get 0)) (i32.const 8))
      (func (export "g") (result i32) (i32.const 1024)))
    (core instance $i (instantiate $m))
    (func (export "bools") (param "n" u32) (result (list bool)) (canon lift (core func $i "f") (memory (core memory $i "mem"))))
    (func (export "pairs") (param "n" u32) (result (list (tuple u8 u8))) (canon lift (core func $i "f") (memory (core memory $i "mem"))))
    (func (export "fixed") (result (list bool 1000)) (canon lift (core func $i "g") (memory (core memory $i "mem"))))
    (func (export "bytes") (param "n" u32) (result (list u8)) (canon lift (core func $i "f") (memory (core memory $i "mem")))))`;

  test('counts a list as what it takes in JavaScript, which is more than its bytes in the guest', async () => {
    const start = async (maxTransferBytes: number): Promise<Record<string, Fn>> =>
      (await instantiateWat(PLAIN, {}, { limits: { maxTransferBytes } })).exports as Record<string, Fn>;
    const enough = await start(32_000);
    expect(enough['bools']?.(1000)).toHaveLength(1000);
    expect(enough['pairs']?.(333)).toHaveLength(333);
    expect(enough['bytes']?.(32_000)).toHaveLength(32_000);
    expect(enough['fixed']?.()).toHaveLength(1000);
    for (const [name, n] of [
      ['bools', 1001],
      ['pairs', 334],
      ['bytes', 32_001],
    ] as const) {
      const { [name]: f } = await start(32_000);
      expect(await codeOf(() => f?.(n))).toBe('E_TRAP_VALUE_TOO_LARGE');
    }
    const { fixed } = await start(31_999);
    expect(await codeOf(() => fixed?.())).toBe('E_TRAP_VALUE_TOO_LARGE');
  });

  /** A list of `n` values of a type, all zero in the guest's memory. */
  const listOf = (type: string): string => `(component
    (type $t' ${type}) (export $t "t" (type $t'))
    (core module $m (memory (export "mem") 40)
      (func (export "f") (param i32) (result i32)
        (i32.store (i32.const 8) (i32.const 1024)) (i32.store (i32.const 12) (local.get 0)) (i32.const 8)))
    (core instance $i (instantiate $m))
    (func (export "f") (param "n" u32) (result (list $t)) (canon lift (core func $i "f") (memory (core memory $i "mem")))))`;
  const fields = (n: number, type: string): string =>
    Array.from({ length: n }, (_, i) => `(field "f${i}" ${type})`).join(' ');
  const flags = (n: number): string => `(flags ${Array.from({ length: n }, (_, i) => `"f${i}"`).join(' ')})`;

  test.each([
    ['a flags value for each of its names', flags(8), 32 + 8 * 32],
    ['twice for each name of more than 16', flags(32), 32 + 32 * 64],
    ['a record for itself and its fields', `(record ${fields(3, 'u8')})`, 32 + 3 * 32],
    ['twice for each field of more than 16', `(record ${fields(20, 'u8')})`, 32 + 20 * 64],
    ['a tuple for itself and its items', '(tuple u8 bool)', 32 + 2 * 32],
    ['a variant for itself and its largest case', '(variant (case "a" u8) (case "b" (tuple u8 u8)))', 32 + 96],
    ['an enum as one value', '(enum "a" "b")', 32],
    ['an option as what is in it', '(option (tuple u8 u8))', 96],
    ['a string as one value, besides its bytes', 'string', 32],
    ['an empty list', '(list string)', 64],
    ['an empty list of numbers', '(list u8)', 256],
  ])('counts in a list %s', async (_what, type, cost) => {
    const limit = { limits: { maxTransferBytes: 100 * cost } };
    const enough = await instantiateWat(listOf(type), {}, limit);
    expect((enough.exports['f'] as Fn)(100)).toHaveLength(100);
    expect(await codeOf(() => (enough.exports['f'] as Fn)(101))).toBe('E_TRAP_VALUE_TOO_LARGE');
  });

  test('bounds one string of the host by what the Canonical ABI allows, 2^28 - 1 bytes, even where it is larger', async () => {
    const text = `(component (core module $m (memory (export "mem") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) (i32.const 0))
        (func (export "f") (param i32 i32)))
      (core instance $i (instantiate $m))
      (func (export "f") (param "s" string) (canon lift (core func $i "f") (memory (core memory $i "mem")) (realloc (core func $i "r")))))`;
    const { exports } = await instantiateWat(text, {}, { limits: { maxTransferBytes: 2 ** 40 } });
    expect(await codeOf(() => (exports['f'] as Fn)('x'.repeat(2 ** 28)))).toBe('E_ARGUMENT_MISMATCH');
  });

  test('ends by default what would fill the heap of the process', async () => {
    const { exports } = await instantiateWat(PLAIN);
    expect(await codeOf(() => (exports['bools'] as Fn)(13_000_000))).toBe('E_TRAP_VALUE_TOO_LARGE');
  });

  test('does not, when it is larger', async () => {
    const { exports } = await instantiateWat(LISTS, {}, { limits: { maxTransferBytes: 4 * MIB } });
    expect((exports['f'] as Fn)(20)).toHaveLength(20);
  });

  test('bounds each argument, without poisoning the instance', async () => {
    const text = `(component
      (core module $m (memory (export "mem") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) (i32.const 64))
        (func (export "f") (param i32 i32) (result i32) (local.get 1)))
      (core instance $i (instantiate $m))
      (func (export "f") (param "s" string) (result u32) (canon lift (core func $i "f") (memory (core memory $i "mem")) (realloc (core func $i "r")))))`;
    const { exports } = await instantiateWat(text, {}, { limits: { maxTransferBytes: 100 } });
    expect(await codeOf(() => (exports['f'] as Fn)('x'.repeat(101)))).toBe('E_ARGUMENT_MISMATCH');
    expect((exports['f'] as Fn)('x'.repeat(100))).toBe(100);
  });
});

/** Keeps as many instances as it is told to, or as there is memory for, and prints what ended that. */
const HOARDER = `
  import { compile } from '@loophost/component';
  const component = await compile(Buffer.from(process.argv[1], 'base64'), { limits: { maxMemoryBytes: 2 ** 30 } });
  const linked = component.link();
  const instances = [];
  try {
    while (instances.length < 100) instances.push(await linked.instantiate());
    console.log(instances.length);
  } catch (error) {
    console.log(error.code);
  }`;

test('where the process has no memory for an instance, that is E_OUT_OF_MEMORY', async () => {
  const bytes = Buffer.from(await wat(growing('(memory 16384)'))).toString('base64');
  const run = (before: string): string =>
    execFileSync(
      'bash',
      [
        '-c',
        `${before} exec "$@"`,
        'bash',
        process.execPath,
        '--conditions=@loophost/source',
        '--input-type=module',
        '-e',
        HOARDER,
        bytes,
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    ).trim();
  expect(run('')).toBe('100');
  expect(run('ulimit -v 60000000;')).toBe('E_OUT_OF_MEMORY');
});
