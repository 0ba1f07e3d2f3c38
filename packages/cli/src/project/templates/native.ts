import type { Template } from './template.ts';

const ABI = `Functions follow the canonical ABI by hand: a text comes in as an address and a length, in memory that \`cabi_realloc\`
gave and that is now yours; a result that is no single number goes out as the address of where it stands, and
\`cabi_post_…\` frees it when the host has read it. A function of an interface is exported as
\`ns:pkg/interface@1.0.0#function\`.`;

export const c: Template = {
  language: 'C',
  source: 'src/component.c',
  tools: ['@bytecodealliance/jco-transpile'],
  notes: `${ABI}

It needs clang with wasi-libc: \`loop doctor\` says whether it is there. What uses WASI, such as \`printf\`, needs
\`npm install --save-dev @bytecodealliance/jco\` too.`,
  files: () => ({
    'src/component.c': `#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  char *data;
  uint32_t length;
} text;

// The host asks for memory here, for what it passes. An empty block has an address, and no memory.
__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  (void)old_size;
  if (size == 0) return (void *)align;
  void *block = realloc(old, size);
  if (!block) __builtin_trap();
  return block;
}

static const char HELLO[] = "Hello, ";

__attribute__((export_name("greet"))) text *greet(char *name, uint32_t length) {
  static text result;
  const uint32_t hello = sizeof HELLO - 1;
  result.length = hello + length + 1;
  result.data = cabi_realloc(NULL, 0, 1, result.length);
  memcpy(result.data, HELLO, hello);
  memcpy(result.data + hello, name, length);
  result.data[hello + length] = '!';
  if (length > 0) free(name);
  return &result;
}

__attribute__((export_name("cabi_post_greet"))) void greet_done(text *result) { free(result->data); }
`,
  }),
};

export const rust: Template = {
  language: 'Rust',
  source: 'src/component.rs',
  tools: ['@bytecodealliance/jco-transpile'],
  notes: `${ABI}

It needs rustc with the standard library for WebAssembly: \`loop doctor\` says whether it is there. Cargo is not used: modules
beside \`component.rs\` work, crates do not.`,
  files: () => ({
    'src/component.rs': `use std::alloc::{alloc, handle_alloc_error, realloc, Layout};

fn greet(name: String) -> String {
    format!("Hello, {}!", name)
}

/// The host asks for memory here, for what it passes. An empty block has an address, and no memory.
#[export_name = "cabi_realloc"]
pub unsafe extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
    if size == 0 {
        return align as *mut u8;
    }
    let block = match old_size {
        0 => alloc(Layout::from_size_align_unchecked(size, align)),
        _ => realloc(old, Layout::from_size_align_unchecked(old_size, align), size),
    };
    if block.is_null() {
        handle_alloc_error(Layout::from_size_align_unchecked(size, align));
    }
    block
}

/// A text as the host reads it.
#[repr(C)]
pub struct Text {
    data: *mut u8,
    length: usize,
}

#[export_name = "greet"]
pub unsafe extern "C" fn call_greet(name: *mut u8, length: usize) -> *mut Text {
    let text = greet(String::from_utf8_unchecked(Vec::from_raw_parts(name, length, length)));
    let bytes = Box::leak(text.into_bytes().into_boxed_slice());
    Box::into_raw(Box::new(Text { data: bytes.as_mut_ptr(), length: bytes.len() }))
}

#[export_name = "cabi_post_greet"]
pub unsafe extern "C" fn greet_done(result: *mut Text) {
    let Text { data, length } = *Box::from_raw(result);
    drop(Vec::from_raw_parts(data, length, length));
}
`,
  }),
};

export const wat: Template = {
  language: 'WebAssembly text',
  source: 'src/component.wat',
  tools: ['@bytecodealliance/jco-transpile'],
  notes: `The text is the whole component: a core module with the code, and the \`canon lift\` that makes its functions those of the
world. The build checks that it exports what \`wit/world.wit\` says.`,
  files: () => ({
    'src/component.wat': `(component
  (core module $code
    (memory (export "memory") 1)
    ;; From 0: where a result stands. From 16: texts of our own. From 1024: what the host passes, and what we answer.
    (data (i32.const 16) "Hello, ")
    (global $top (mut i32) (i32.const 1024))

    ;; Gives memory, block after block. All of it is free again when the host has read a result.
    (func $realloc (export "cabi_realloc")
      (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
      (local $block i32)
      (local.set $block (i32.and
        (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
      (global.set $top (i32.add (local.get $block) (local.get $size)))
      (block $fits
        (br_if $fits (i32.le_u (global.get $top) (i32.mul (memory.size) (i32.const 65536))))
        (br_if $fits (i32.ge_s
          (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1)))
          (i32.const 0)))
        unreachable)
      (memory.copy (local.get $block) (local.get $old) (local.get $old-size))
      (local.get $block))

    (func (export "greet") (param $name i32) (param $length i32) (result i32)
      (local $text i32)
      (local.set $text
        (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.add (local.get $length) (i32.const 8))))
      (memory.copy (local.get $text) (i32.const 16) (i32.const 7))
      (memory.copy (i32.add (local.get $text) (i32.const 7)) (local.get $name) (local.get $length))
      (i32.store8 (i32.add (i32.add (local.get $text) (i32.const 7)) (local.get $length)) (i32.const 33)) ;; !
      (i32.store (i32.const 0) (local.get $text))
      (i32.store (i32.const 4) (i32.add (local.get $length) (i32.const 8)))
      (i32.const 0))

    (func (export "cabi_post_greet") (param i32) (global.set $top (i32.const 1024))))

  (core instance $code (instantiate $code))
  (func (export "greet") (param "name" string) (result string)
    (canon lift (core func $code "greet")
      (memory (core memory $code "memory"))
      (realloc (core func $code "cabi_realloc"))
      (post-return (core func $code "cabi_post_greet")))))
`,
  }),
};
