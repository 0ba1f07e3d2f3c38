import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, type ExternItem } from '@loophost/component';
import { printWit } from '@loophost/component/text';
import { describe, expect, test } from 'vitest';
import { wat } from '../support/wat.ts';
import { componentOf } from './support.ts';

const GOLDEN = join(import.meta.dirname, 'golden');
const CASES = readdirSync(GOLDEN)
  .filter((name) => name.endsWith('.in.wit'))
  .map((name) => name.replace('.in.wit', ''));

describe('printWit', () => {
  test.each(CASES)('prints the component of %s.in.wit as %s.out.wit', async (name) => {
    const printed = printWit(await componentOf(readFileSync(join(GOLDEN, `${name}.in.wit`), 'utf8')));
    const path = join(GOLDEN, `${name}.out.wit`);
    if (process.env['BLESS'] === '1') writeFileSync(path, printed);
    expect(printed).toBe(readFileSync(path, 'utf8'));
  });

  test.each(CASES)(
    'prints a text from which real tools build a component that prints as the same text: %s',
    async (name) => {
      const text = readFileSync(join(GOLDEN, `${name}.out.wit`), 'utf8');
      expect(printWit(await componentOf(text))).toBe(text);
    },
  );

  test('prints types that exported interfaces share in a form that does not change when it is built again', async () => {
    const first = printWit(await componentOf(SHARED));
    const second = printWit(await componentOf(first));
    expect(printWit(await componentOf(second))).toBe(second);
    expect(first).toContain('record wrap {\n      a: point,');
  });

  test('keeps types apart that only look alike', async () => {
    const text = printWit(
      await componentOf(`package a:b; interface one { record r { x: u8 } type s = r; f: func(r: s); }
        interface two { record r { x: u8 } record s { x: u8 } f: func(r: r, s: s); } world w { import one; import two; }`),
    );
    expect(text.match(/record \w+ \{/g)).toHaveLength(3);
    expect(text).toContain('type s = r;');
    expect(text).not.toContain('use ');
  });

  test("keeps the order of the component, which is its author's", async () => {
    const text = printWit(
      await componentOf(`package a:b; interface i { record z { x: u8 } enum y { q } last: func(z: z); first: func(y: y); }
        world w { export i; export walk: func(); export go: func(); }`),
    );
    const words = ['record z', 'enum y', 'last:', 'first:'];
    expect(words.map((word) => text.indexOf(word))).toEqual(
      words.map((word) => text.indexOf(word)).toSorted((a, b) => a - b),
    );
    expect(text.indexOf('export walk')).toBeLessThan(text.indexOf('export go'));
  });

  test('prints a world without imports and exports', async () => {
    expect(printWit(await compile(await wat('(component)')))).toBe('package root:component;\n\nworld root {}\n');
  });

  test('names another package when an interface is in the one of the world', async () => {
    const text = printWit(
      await componentOf('package root:component; interface i { f: func(); } world w { import i; }'),
    );
    expect(text).toContain('package root:component-world;');
    expect(printWit(await componentOf(text))).toBe(text);
  });
});

const SHARED = `
package a:b@1.0.0;
interface types { record point { x: s32, y: s32 } }
interface api { use types.{point}; record wrap { a: point } f: func(w: wrap) -> point; }
world w {
  import types;
  export api;
  export more: interface { use api.{wrap}; f: func(w: wrap); }
}`;

describe('printWit, of what WIT has no notation for', () => {
  test('takes over a type that only another interface names', async () => {
    const text = printWit(await compile(await wat(BORROWED)));
    expect(text).toContain('use types.{point};\n\n    f: func(p: point);');
    expect(text).toContain(
      'import two: interface {\n    use a:b/types.{point as point2};\n\n    point: func(p: point2);',
    );
    expect(printWit(await componentOf(text))).toBe(text);
  });

  test('defines types that the world exports', async () => {
    const text = printWit(await compile(await wat(ROOT_TYPES)));
    expect(text).toContain('record pair {\n    a: u8,\n  }');
    expect(text).toContain('export f: func(p: pair) -> pair;');
    expect(text).toContain('// export "pair", a type, has no form in WIT');
    expect(text).toContain('// import "m", a module, has no form in WIT');
    await expect(componentOf(text)).resolves.toBeDefined();
  });

  test('refers to what the world imports from what it exports', async () => {
    const text = printWit(await compile(await wat(IMPORTED_TYPE)));
    expect(text).toContain('record pair {\n    a: u8,\n  }\n\n  resource r;\n\n  export f: func(p: pair) -> r;');
    expect(printWit(await componentOf(text))).toBe(text);
  });

  test('gives a name to a type that has none where it is used', async () => {
    const text = printWit(await compile(await wat(UNNAMED)));
    expect(text).toContain(
      '// The component gives this type no name here.\n    record unnamed-record {\n      a: u8,\n    }',
    );
    expect(text).toContain('f: func(p: unnamed-record);');
    await expect(componentOf(text)).resolves.toBeDefined();
  });

  test('says where the exported interface differs from the imported one', async () => {
    const text = printWit(await compile(await wat(DIFFERENT)));
    expect(text).toContain(
      'f: func(a: u8);\n\n    // The exported interface differs from the imported one:\n    // f: func();',
    );
  });

  test('prints names with attributes', () => {
    const store: ExternItem = {
      sort: 'instance',
      name: 'primary',
      attributes: { implements: 'acme:kv/store@1.0.0', externalId: 'db "1"' },
      type: { kind: 'instance', exports: new Map(), bound: [], resources: new Map(), extent: { nodes: 1, depth: 1 } },
    };
    const suffixed: ExternItem = { ...store, name: 'acme:io/types@1', attributes: { versionSuffix: '.2.3' } };
    const bare: ExternItem = { ...store, name: 'acme:io/more@0.2', attributes: {} };
    const text = printWit({ imports: [store, suffixed, bare], exports: [] });
    expect(text).toContain('@external-id("db \\"1\\"")\n  import primary: acme:kv/store@1.0.0;');
    expect(text).toContain('import acme:io/types@1.2.3;');
    expect(text).toContain('import acme:io/more@0.2.0;');
    expect(text).toContain('package acme:kv@1.0.0 {\n  interface store {}\n}');
  });
});

const BORROWED = `(component
  (type $types (instance (type $p (record (field "x" u8))) (export "point" (type (eq $p)))))
  (import "a:b/types" (instance $types (type $types)))
  (alias export $types "point" (type $point))
  (type $one (instance (alias outer 1 $point (type $p)) (type $f (func (param "p" $p))) (export "f" (func (type $f)))))
  (type $two (instance (alias outer 1 $point (type $p)) (type $f (func (param "p" $p))) (export "point" (func (type $f)))))
  (import "a:b/one" (instance (type $one)))
  (import "two" (instance (type $two))))`;

const ROOT_TYPES = `(component
  (core module $m (func (export "f") (param i32) (result i32) unreachable))
  (core instance $m (instantiate $m))
  (import "m" (core module))
  (type $r (record (field "a" u8)))
  (export $pair "pair" (type $r))
  (type $f (func (param "p" $pair) (result $pair)))
  (func $f (type $f) (canon lift (core func $m "f")))
  (export "f" (func $f)))`;

const IMPORTED_TYPE = `(component
  (core module $m (func (export "f") (param i32) (result i32) unreachable))
  (core instance $m (instantiate $m))
  (type $p (record (field "a" u8)))
  (import "pair" (type $pair (eq $p)))
  (import "r" (type $r (sub resource)))
  (func $f (param "p" $pair) (result (own $r)) (canon lift (core func $m "f")))
  (export "f" (func $f)))`;

const UNNAMED = `(component
  (type $r (record (field "a" u8)))
  (import "r" (type $r1 (eq $r)))
  (type $i (instance (alias outer 1 $r1 (type $p)) (type $f (func (param "p" $p))) (export "f" (func (type $f)))))
  (import "a:b/i" (instance (type $i))))`;

const DIFFERENT = `(component
  (type $i (instance (type $f (func (param "a" u8))) (export "f" (func (type $f)))))
  (import "a:b/i" (instance (type $i)))
  (core module $m (func (export "f")))
  (core instance $m (instantiate $m))
  (func $f (canon lift (core func $m "f")))
  (instance $e (export "f" (func $f)))
  (export "a:b/i" (instance $e)))`;
