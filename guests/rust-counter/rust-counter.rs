//! A resource that the component exports. The host and other components hold handles; what a handle stands for, the
//! representation, is a number of the component's choice: here the address of a boxed counter.
#[macro_use]
#[path = "../abi.rs"]
mod abi;
use abi::*;
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

#[repr(C)]
struct Counter {
    value: Cell<u32>,
}

static LIVE: AtomicU32 = AtomicU32::new(0);

#[link(wasm_import_module = "loop:guests/counter-host@0.1.0")]
extern "C" {
    #[link_name = "log"]
    fn host_log(data: *const u8, length: usize);
}

// What the Component Model gives to whoever defines a resource type.
#[link(wasm_import_module = "[export]loop:guests/counters@0.1.0")]
extern "C" {
    #[link_name = "[resource-new]counter"]
    fn counter_new(representation: *mut Counter) -> i32;
    #[link_name = "[resource-rep]counter"]
    fn counter_rep(handle: i32) -> *mut Counter;
    #[link_name = "[resource-drop]counter"]
    fn counter_drop(handle: i32);
}

/// An owned handle: it gives the counter back when it is dropped, unless it was given away.
struct Own(i32);

impl Own {
    fn new(value: u32) -> Self {
        LIVE.fetch_add(1, Relaxed);
        Own(unsafe { counter_new(Box::into_raw(Box::new(Counter { value: Cell::new(value) }))) })
    }

    fn value(&self) -> u32 {
        unsafe { (*counter_rep(self.0)).value.get() }
    }

    fn give(self) -> i32 {
        let handle = self.0;
        std::mem::forget(self);
        handle
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        unsafe { counter_drop(self.0) }
    }
}

impl Value for Own {
    const SIZE: usize = 4;
    const ALIGN: usize = 4;
    const FLAT: usize = 1;
    unsafe fn load(at: *const u8) -> Self {
        Own(i32::load(at))
    }
    unsafe fn store(self, at: *mut u8) {
        self.give().store(at)
    }
    unsafe fn lift(flat: &mut Flat) -> Self {
        Own(i32::lift(flat))
    }
}

/// A borrowed handle of one's own resource arrives as the representation itself.
type Borrowed = u32;

unsafe fn borrowed<'a>(representation: Borrowed) -> &'a Cell<u32> {
    &(*(representation as *const Counter)).value
}

/// Called when the last owner drops the counter.
#[export_name = "loop:guests/counters@0.1.0#[dtor]counter"]
unsafe extern "C" fn destroy(representation: *mut Counter) {
    let counter = Box::from_raw(representation);
    LIVE.fetch_sub(1, Relaxed);
    let message = format!("dropped counter at {}", counter.value.get());
    host_log(message.as_ptr(), message.len());
}

export_flat!("loop:guests/counters@0.1.0#", "[constructor]counter", (a: i32), |start: u32| -> i32 {
    Own::new(start).give()
});

export_flat!(
    "loop:guests/counters@0.1.0#", "[method]counter.increment", (a: i32, b: i32),
    |counter: Borrowed, by: u32| -> u32 {
        let counter = borrowed(counter);
        counter.set(counter.get().wrapping_add(by));
        counter.get()
    }
);

export_flat!("loop:guests/counters@0.1.0#", "[method]counter.value", (a: i32), |counter: Borrowed| -> u32 {
    borrowed(counter).get()
});

export_flat!("loop:guests/counters@0.1.0#", "[static]counter.merge", (a: i32, b: i32), |a: Own, b: Own| -> i32 {
    Own::new(a.value().wrapping_add(b.value())).give()
});

export_flat!("loop:guests/counters@0.1.0#", "is-larger", (a: i32, b: i32), |a: Borrowed, b: Borrowed| -> i32 {
    (borrowed(a).get() > borrowed(b).get()) as i32
});

// A list of handles that the host takes leaves no handle behind: only its block is freed afterwards.
const _: () = {
    #[export_name = "loop:guests/counters@0.1.0#make-many"]
    unsafe extern "C" fn call(starts: i32, length: i32) -> *mut u8 {
        let slots = [starts.bits(), length.bits()];
        let starts = Vec::<u32>::lift(&mut Flat::new(&slots));
        give(starts.into_iter().map(Own::new).collect::<Vec<_>>())
    }
    #[export_name = "cabi_post_loop:guests/counters@0.1.0#make-many"]
    unsafe extern "C" fn post(at: *mut u8) {
        drop(take::<Vec<u32>>(at));
    }
};

export_flat!("loop:guests/counters@0.1.0#", "sum", (a: i32, b: i32), |counters: Vec<Own>| -> u32 {
    counters.iter().fold(0, |sum, counter| sum.wrapping_add(counter.value()))
});

export_flat!("loop:guests/counters@0.1.0#", "or-new", (a: i32, b: i32), |counter: Option<Own>| -> i32 {
    counter.unwrap_or_else(|| Own::new(0)).give()
});

export_flat!("loop:guests/counters@0.1.0#", "live", (), | | -> u32 { LIVE.load(Relaxed) });
