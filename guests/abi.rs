//! The canonical ABI by hand: values in linear memory, and as core values one by one.
//!
//! Who owns memory: what the host passes was allocated by `cabi_realloc` and belongs to the callee, so `load` and
//! `lift` take it over. What a function returns lives until the host has read it and calls `cabi_post_…`.
#![allow(dead_code, unused_macros, unused_mut)]

use std::alloc::{alloc, dealloc, handle_alloc_error, realloc, Layout};

#[export_name = "cabi_realloc"]
pub unsafe extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
    if old_size == 0 {
        return allocate(size, align);
    }
    let block = realloc(old, Layout::from_size_align_unchecked(old_size, align), size);
    if block.is_null() { abort() } else { block }
}

pub fn abort() -> ! {
    std::process::abort()
}

/// An empty block is an aligned address without memory.
pub unsafe fn allocate(size: usize, align: usize) -> *mut u8 {
    if size == 0 {
        return align as *mut u8;
    }
    let layout = Layout::from_size_align_unchecked(size, align);
    let block = alloc(layout);
    if block.is_null() { handle_alloc_error(layout) } else { block }
}

pub unsafe fn release(block: *mut u8, size: usize, align: usize) {
    if size > 0 {
        dealloc(block, Layout::from_size_align_unchecked(size, align));
    }
}

/// The core values of a call, as bits, read from left to right.
pub struct Flat<'a> {
    slots: &'a [u64],
    next: usize,
}

impl<'a> Flat<'a> {
    pub fn new(slots: &'a [u64]) -> Self {
        Flat { slots, next: 0 }
    }

    pub fn take(&mut self) -> u64 {
        self.next += 1;
        self.slots[self.next - 1]
    }

    /// All core values were read, or the types and the core parameters differ.
    pub fn end(self) {
        assert!(self.next == self.slots.len());
    }

    /// Lifts one case of a variant, then skips the core values that only other cases use.
    pub fn case<T>(&mut self, width: usize, lift: impl FnOnce(&mut Self) -> T) -> T {
        let end = self.next + width;
        let value = lift(self);
        self.next = end;
        value
    }
}

/// A core value's bits. A float keeps its own: in a variant it may arrive in an integer.
pub trait Core {
    fn bits(self) -> u64;
}

impl Core for i32 {
    fn bits(self) -> u64 {
        self as u32 as u64
    }
}

impl Core for i64 {
    fn bits(self) -> u64 {
        self as u64
    }
}

impl Core for f32 {
    fn bits(self) -> u64 {
        self.to_bits() as u64
    }
}

impl Core for f64 {
    fn bits(self) -> u64 {
        self.to_bits()
    }
}

/// A value type of the Component Model.
pub trait Value: Sized {
    const SIZE: usize;
    const ALIGN: usize;
    /// How many core values it is passed as.
    const FLAT: usize;
    unsafe fn load(at: *const u8) -> Self;
    unsafe fn store(self, at: *mut u8);
    unsafe fn lift(flat: &mut Flat) -> Self;
}

pub const fn align_to(offset: usize, align: usize) -> usize {
    (offset + align - 1) / align * align
}

pub const fn larger(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}

/// Where a field that follows `offset` bytes ends.
pub const fn end_of<T: Value>(offset: usize) -> usize {
    align_to(offset, T::ALIGN) + T::SIZE
}

macro_rules! number {
    ($($type:ty: $bits:ident => $value:expr),*) => {$(
        impl Value for $type {
            const SIZE: usize = std::mem::size_of::<$type>();
            const ALIGN: usize = Self::SIZE;
            const FLAT: usize = 1;
            unsafe fn load(at: *const u8) -> Self {
                *(at as *const $type)
            }
            unsafe fn store(self, at: *mut u8) {
                *(at as *mut $type) = self
            }
            unsafe fn lift(flat: &mut Flat) -> Self {
                let $bits = flat.take();
                $value
            }
        }
    )*};
}

number! {
    i8: bits => bits as i8, u8: bits => bits as u8, i16: bits => bits as i16, u16: bits => bits as u16,
    i32: bits => bits as i32, u32: bits => bits as u32, i64: bits => bits as i64, u64: bits => bits,
    f32: bits => f32::from_bits(bits as u32), f64: bits => f64::from_bits(bits)
}

/// Values that are made from an integer, and checked: a wrong one ends the guest.
macro_rules! checked {
    ($($type:ty as $carrier:ty: $from:expr, $to:expr);* $(;)?) => {$(
        impl Value for $type {
            const SIZE: usize = <$carrier>::SIZE;
            const ALIGN: usize = <$carrier>::ALIGN;
            const FLAT: usize = 1;
            unsafe fn load(at: *const u8) -> Self {
                $from(<$carrier>::load(at)).unwrap()
            }
            unsafe fn store(self, at: *mut u8) {
                $to(self).store(at)
            }
            unsafe fn lift(flat: &mut Flat) -> Self {
                $from(<$carrier>::lift(flat)).unwrap()
            }
        }
    )*};
}

checked! {
    bool as u8: |byte| match byte { 0 => Some(false), 1 => Some(true), _ => None }, |value| value as u8;
    char as u32: char::from_u32, |value| value as u32;
}

/// An empty payload.
impl Value for () {
    const SIZE: usize = 0;
    const ALIGN: usize = 1;
    const FLAT: usize = 0;
    unsafe fn load(_: *const u8) -> Self {}
    unsafe fn store(self, _: *mut u8) {}
    unsafe fn lift(_: &mut Flat) -> Self {}
}

/// What strings and lists have in common: an address and a length.
macro_rules! sequence {
    ($take:path, $give:path) => {
        const SIZE: usize = 8;
        const ALIGN: usize = 4;
        const FLAT: usize = 2;
        unsafe fn load(at: *const u8) -> Self {
            $take(u32::load(at) as *mut u8, u32::load(at.add(4)) as usize)
        }
        unsafe fn store(self, at: *mut u8) {
            let (data, length) = $give(self);
            (data as u32).store(at);
            (length as u32).store(at.add(4));
        }
        unsafe fn lift(flat: &mut Flat) -> Self {
            let data = u32::lift(flat) as *mut u8;
            $take(data, u32::lift(flat) as usize)
        }
    };
}

impl Value for String {
    sequence!(take_string, give_string);
}

impl<T: Value> Value for Vec<T> {
    sequence!(take_list, give_list);
}

pub unsafe fn take_string(data: *mut u8, length: usize) -> String {
    if length == 0 {
        return String::new();
    }
    String::from_utf8(Vec::from_raw_parts(data, length, length)).unwrap()
}

unsafe fn give_string(text: String) -> (*mut u8, usize) {
    let bytes = text.into_bytes().into_boxed_slice();
    let length = bytes.len();
    (Box::into_raw(bytes) as *mut u8, length)
}

unsafe fn take_list<T: Value>(data: *mut u8, length: usize) -> Vec<T> {
    let list = (0..length).map(|i| T::load(data.add(i * T::SIZE))).collect();
    release(data, length * T::SIZE, T::ALIGN);
    list
}

unsafe fn give_list<T: Value>(list: Vec<T>) -> (*mut u8, usize) {
    let length = list.len();
    let data = allocate(length * T::SIZE, T::ALIGN);
    for (i, item) in list.into_iter().enumerate() {
        item.store(data.add(i * T::SIZE));
    }
    (data, length)
}

/// Implements `Value` for a product type. `[$make]` takes it apart, and makes it, by variables named like its fields.
macro_rules! product {
    ([$($param:ident)*] $name:ty, [$($make:tt)*], $($field:ident: $type:ty),*) => {
        impl<$($param: Value),*> Value for $name {
            const ALIGN: usize = {
                let align = 1;
                $(let align = larger(align, <$type>::ALIGN);)*
                align
            };
            const SIZE: usize = {
                let end = 0;
                $(let end = end_of::<$type>(end);)*
                align_to(end, Self::ALIGN)
            };
            const FLAT: usize = 0 $(+ <$type>::FLAT)*;
            unsafe fn load(at: *const u8) -> Self {
                let end = 0;
                $(
                    let end = end_of::<$type>(end);
                    let $field = <$type>::load(at.add(end - <$type>::SIZE));
                )*
                let _ = end;
                $($make)*
            }
            unsafe fn store(self, at: *mut u8) {
                let $($make)* = self;
                let end = 0;
                $(
                    let end = end_of::<$type>(end);
                    $field.store(at.add(end - <$type>::SIZE));
                )*
                let _ = end;
            }
            unsafe fn lift(flat: &mut Flat) -> Self {
                $(let $field = <$type>::lift(flat);)*
                $($make)*
            }
        }
    };
}

macro_rules! record {
    ($name:ident { $($field:ident: $type:ty),* $(,)? }) => {
        pub struct $name { $(pub $field: $type),* }
        product!([] $name, [$name { $($field),* }], $($field: $type),*);
    };
}

macro_rules! tuple {
    ($($param:ident $field:ident),*) => {
        product!([$($param)*] ($($param),*), [($($field),*)], $($field: $param),*);
    };
}

tuple!(A a, B b);
tuple!(A a, B b, C c);
tuple!(A a, B b, C c, D d);
tuple!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n);

/// Implements `Value` for a sum type of up to 256 cases: each with its number, its pattern and the type of its payload.
macro_rules! sum {
    ([$($param:ident)*] $name:ty, $($tag:literal => $case:path: $type:ty),* $(,)?) => {
        impl<$($param: Value),*> Value for $name {
            const ALIGN: usize = {
                let align = 1;
                $(let align = larger(align, <$type>::ALIGN);)*
                align
            };
            const SIZE: usize = {
                let size = 0;
                $(let size = larger(size, <$type>::SIZE);)*
                align_to(align_to(1, Self::ALIGN) + size, Self::ALIGN)
            };
            const FLAT: usize = 1 + {
                let flat = 0;
                $(let flat = larger(flat, <$type>::FLAT);)*
                flat
            };
            unsafe fn load(at: *const u8) -> Self {
                let payload = at.add(align_to(1, Self::ALIGN));
                match *at {
                    $($tag => $case(<$type>::load(payload)),)*
                    _ => abort(),
                }
            }
            unsafe fn store(self, at: *mut u8) {
                let payload = at.add(align_to(1, Self::ALIGN));
                match self {
                    $($case(value) => {
                        *at = $tag;
                        value.store(payload);
                    })*
                }
            }
            unsafe fn lift(flat: &mut Flat) -> Self {
                let tag = flat.take();
                flat.case(Self::FLAT - 1, |flat| match tag {
                    $($tag => $case(<$type>::lift(flat)),)*
                    _ => abort(),
                })
            }
        }
    };
}

sum!([T E] Result<T, E>, 0 => Ok: T, 1 => Err: E);

/// `Option` has a case without a payload, which a pattern for all cases cannot name.
impl<T: Value> Value for Option<T> {
    const ALIGN: usize = Result::<(), T>::ALIGN;
    const SIZE: usize = Result::<(), T>::SIZE;
    const FLAT: usize = Result::<(), T>::FLAT;
    unsafe fn load(at: *const u8) -> Self {
        Result::<(), T>::load(at).err()
    }
    unsafe fn store(self, at: *mut u8) {
        self.map_or(Ok(()), Err).store(at)
    }
    unsafe fn lift(flat: &mut Flat) -> Self {
        Result::<(), T>::lift(flat).err()
    }
}

/// Puts a result where the host finds it.
pub unsafe fn give<T: Value>(value: T) -> *mut u8 {
    let at = allocate(T::SIZE, T::ALIGN);
    value.store(at);
    at
}

/// Takes a result, or parameters, back out of memory.
pub unsafe fn take<T: Value>(at: *mut u8) -> T {
    let value = T::load(at);
    release(at, T::SIZE, T::ALIGN);
    value
}

/// Exports a function whose result lies in memory, and the function that frees it afterwards.
///
/// `export!("interface#", "name", (a: i32, …core parameters), |value: Type, …| -> Result { … });`
macro_rules! export {
    (
        $interface:literal, $name:literal, ($($core:ident: $kind:ty),*),
        |$($value:ident: $type:ty),*| -> $result:ty $body:block
    ) => {
        #[allow(unused_mut)]
        const _: () = {
            #[export_name = concat!($interface, $name)]
            unsafe extern "C" fn call($($core: $kind),*) -> *mut u8 {
                let slots: &[u64] = &[$($core.bits()),*];
                let mut flat = Flat::new(slots);
                $(let $value = <$type>::lift(&mut flat);)*
                flat.end();
                give::<$result>($body)
            }
            #[export_name = concat!("cabi_post_", $interface, $name)]
            unsafe extern "C" fn post(at: *mut u8) {
                drop(take::<$result>(at));
            }
        };
    };
}

/// Exports a function whose result is one core value, or nothing.
macro_rules! export_flat {
    (
        $interface:literal, $name:literal, ($($core:ident: $kind:ty),*),
        |$($value:ident: $type:ty),*| $(-> $result:ty)? $body:block
    ) => {
        #[allow(unused_mut)]
        const _: () = {
            #[export_name = concat!($interface, $name)]
            unsafe extern "C" fn call($($core: $kind),*) $(-> $result)? {
                let slots: &[u64] = &[$($core.bits()),*];
                let mut flat = Flat::new(slots);
                $(let $value = <$type>::lift(&mut flat);)*
                flat.end();
                $body
            }
        };
    };
}
