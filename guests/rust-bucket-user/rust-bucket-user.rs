//! A resource that the host implements: made, lent, moved, kept and given back.
#[macro_use]
#[path = "../abi.rs"]
mod abi;
use abi::*;
use std::cell::RefCell;

#[link(wasm_import_module = "loop:guests/buckets@0.1.0")]
extern "C" {
    #[link_name = "[constructor]bucket"]
    fn bucket_new(name: *const u8, name_length: usize) -> i32;
    #[link_name = "[method]bucket.name"]
    fn bucket_name(bucket: i32, result: *mut u8);
    #[link_name = "[method]bucket.put"]
    fn bucket_put(bucket: i32, key: *const u8, key_length: usize, value: *const u8, value_length: usize);
    #[link_name = "[method]bucket.get"]
    fn bucket_get(bucket: i32, key: *const u8, key_length: usize, result: *mut u8);
    #[link_name = "[static]bucket.join"]
    fn bucket_join(left: i32, right: i32) -> i32;
    #[link_name = "[resource-drop]bucket"]
    fn bucket_drop(bucket: i32);
    #[link_name = "size"]
    fn bucket_size(bucket: i32) -> u32;
}

/// A handle to a bucket, owned or borrowed: both are dropped at the end of their use, a borrowed one no later than at
/// the end of the call that lent it.
struct Bucket(i32);

impl Bucket {
    fn new(name: &str) -> Self {
        Bucket(unsafe { bucket_new(name.as_ptr(), name.len()) })
    }

    fn name(&self) -> String {
        unsafe { result_of(|at| bucket_name(self.0, at)) }
    }

    fn put(&self, key: &str, value: &str) {
        unsafe { bucket_put(self.0, key.as_ptr(), key.len(), value.as_ptr(), value.len()) }
    }

    fn get(&self, key: &str) -> Option<String> {
        unsafe { result_of(|at| bucket_get(self.0, key.as_ptr(), key.len(), at)) }
    }

    fn size(&self) -> u32 {
        unsafe { bucket_size(self.0) }
    }

    fn join(self, other: Bucket) -> Bucket {
        Bucket(unsafe { bucket_join(self.give(), other.give()) })
    }

    fn give(self) -> i32 {
        let handle = self.0;
        std::mem::forget(self);
        handle
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        unsafe { bucket_drop(self.0) }
    }
}

impl Value for Bucket {
    const SIZE: usize = 4;
    const ALIGN: usize = 4;
    const FLAT: usize = 1;
    unsafe fn load(at: *const u8) -> Self {
        Bucket(i32::load(at))
    }
    unsafe fn store(self, at: *mut u8) {
        self.give().store(at)
    }
    unsafe fn lift(flat: &mut Flat) -> Self {
        Bucket(i32::lift(flat))
    }
}

/// Calls an import that puts its result where the caller says.
unsafe fn result_of<T: Value>(call: impl FnOnce(*mut u8)) -> T {
    let at = allocate(T::SIZE, T::ALIGN);
    call(at);
    take(at)
}

thread_local! {
    static KEPT: RefCell<Option<Bucket>> = RefCell::new(None);
}

export_flat!(
    "loop:guests/bucket-user@0.1.0#", "fill", (a: i32, b: i32, c: i32, d: i32),
    |name: String, entries: Vec<(String, String)>| -> i32 {
        let bucket = Bucket::new(&name);
        for (key, value) in &entries {
            bucket.put(key, value);
        }
        bucket.give()
    }
);

export!(
    "loop:guests/bucket-user@0.1.0#", "read", (a: i32, b: i32, c: i32),
    |source: Bucket, keys: Vec<String>| -> Vec<Option<String>> { keys.iter().map(|key| source.get(key)).collect() }
);

export_flat!(
    "loop:guests/bucket-user@0.1.0#", "copy", (a: i32, b: i32, c: i32, d: i32),
    |source: Bucket, target: Bucket, keys: Vec<String>| -> u32 {
        for key in &keys {
            if let Some(value) = source.get(key) {
                target.put(key, &value);
            }
        }
        target.size()
    }
);

export_flat!("loop:guests/bucket-user@0.1.0#", "join", (a: i32, b: i32), |left: Bucket, right: Bucket| -> i32 {
    left.join(right).give()
});

export!("loop:guests/bucket-user@0.1.0#", "discard", (a: i32), |bucket: Bucket| -> String { bucket.name() });

// What is given away is an owned handle, so its block is freed without dropping a bucket.
const _: () = {
    #[export_name = "loop:guests/bucket-user@0.1.0#keep"]
    unsafe extern "C" fn call(is_some: i32, bucket: i32) -> *mut u8 {
        let slots = [is_some.bits(), bucket.bits()];
        let bucket = Option::<Bucket>::lift(&mut Flat::new(&slots));
        give(KEPT.with(|kept| kept.replace(bucket)))
    }
    #[export_name = "cabi_post_loop:guests/bucket-user@0.1.0#keep"]
    unsafe extern "C" fn post(at: *mut u8) {
        take::<Option<u32>>(at);
    }
};
