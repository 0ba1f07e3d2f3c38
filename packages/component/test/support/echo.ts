import { instantiateWat } from './wat.ts';

type Fn = (...args: unknown[]) => unknown;

/** Exports `f`, which takes and gives one value of a type, by way of an import \`g\` of the same type. */
export function echo(
  type: string,
  definitions = '',
  core: { params: string; result: string } = { params: 'i32 i32', result: '' },
): string {
  const types = [...definitions.matchAll(/\(type \$(\w+) /g)].map(([, name]) => name as string);
  const imports = types.map((name) => `(import "${name}" (type $${name}' (eq $${name})))`).join('\n');
  const outer = types.reduce((text, name) => text.replaceAll(new RegExp(`\\$${name}\\b(?!')`, 'g'), `$${name}'`), type);
  const spilled = core.result === '';
  return `(component
    ${definitions}
    ${imports}
    (import "g" (func $g (param "x" ${outer}) (result ${outer})))
    (core module $libc (memory (export "mem") 4)
      (global $next (mut i32) (i32.const 1024))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local i32)
        (local.set 4 (i32.and (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1))) (i32.sub (i32.const 0) (local.get 2))))
        (global.set $next (i32.add (local.get 4) (local.get 3)))
        (local.get 4)))
    (core instance $libc (instantiate $libc))
    (core func $g' (canon lower (func $g) (memory (core memory $libc "mem")) (realloc (core func $libc "realloc"))))
    (core module $m
      (import "" "g" (func $g (param ${core.params} ${spilled ? 'i32' : ''}) ${spilled ? '' : `(result ${core.result})`}))
      (func (export "f") (param ${core.params}) (result ${spilled ? 'i32' : core.result})
        ${core.params
          .split(' ')
          .map((_, i) => `(local.get ${i})`)
          .join(' ')} ${spilled ? '(i32.const 16) (call $g) (i32.const 16)' : '(call $g)'}))
    (core instance $i (instantiate $m (with "" (instance (export "g" (func $g'))))))
    (func (export "f") (param "x" ${outer}) (result ${outer})
      (canon lift (core func $i "f") (memory (core memory $libc "mem")) (realloc (core func $libc "realloc")))))`;
}

/** Sends a value in and out again, and tells what the host's function saw in between. */
export async function through(text: string, value: unknown): Promise<{ seen: unknown; result: unknown }> {
  let seen: unknown;
  const g = (x: unknown): unknown => ((seen = x), x);
  const { exports } = await instantiateWat(text, { g });
  return { result: (exports['f'] as Fn)(value), seen };
}

/** The core form of types that are one i32. */
export const I32: { params: string; result: string } = { params: 'i32', result: 'i32' };
