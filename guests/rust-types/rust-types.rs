//! Every value type: decoded to Rust values and encoded again.
#[macro_use]
#[path = "../abi.rs"]
mod abi;
use abi::*;

/// Enums and flags are integers that Rust's own types describe well enough here.
macro_rules! newtype {
    ($($name:ident($carrier:ty)),*) => {$(
        pub struct $name(pub $carrier);
        product!([] $name, [$name(value)], value: $carrier);
    )*};
}

newtype!(Access(u8), Months(u16), Bits(u32));

#[derive(Clone, Copy)]
pub enum Color {
    Red,
    Green,
    Blue,
}

impl Color {
    fn from_u8(tag: u8) -> Option<Self> {
        [Color::Red, Color::Green, Color::Blue].get(tag as usize).copied()
    }
}

impl Value for Color {
    const SIZE: usize = 1;
    const ALIGN: usize = 1;
    const FLAT: usize = 1;
    unsafe fn load(at: *const u8) -> Self {
        Self::from_u8(*at).unwrap()
    }
    unsafe fn store(self, at: *mut u8) {
        *at = self as u8
    }
    unsafe fn lift(flat: &mut Flat) -> Self {
        Self::from_u8(flat.take() as u8).unwrap()
    }
}

record!(Point { x: f64, y: f64 });
record!(Address { street: String, zip: u32, at: Point });
record!(Person { name: String, age: u8, home: Address, nickname: Option<String>, tags: Vec<String> });
record!(Numbers {
    a: bool,
    b: i8,
    c: u16,
    d: u8,
    e: i64,
    f: f32,
    g: i16,
    h: f64,
    i: char,
    j: u64,
    k: i32,
    l: u32,
});

pub enum Payload {
    Nothing(()),
    Count(u32),
    Single(f32),
    Double(f64),
    Long(i64),
    Text(String),
    Place(Point),
    Codes(Vec<u16>),
}

sum!([] Payload,
    0 => Payload::Nothing: (),
    1 => Payload::Count: u32,
    2 => Payload::Single: f32,
    3 => Payload::Double: f64,
    4 => Payload::Long: i64,
    5 => Payload::Text: String,
    6 => Payload::Place: Point,
    7 => Payload::Codes: Vec<u16>,
);

pub enum Reading {
    Level(f32),
    Counter(u32),
}

sum!([] Reading, 0 => Reading::Level: f32, 1 => Reading::Counter: u32);

/// Echoes whose result is one core value.
macro_rules! echo_flat {
    ($($name:literal ($core:ty) $type:ty => |$value:ident| $lowered:expr;)*) => {$(
        export_flat!("loop:guests/types@0.1.0#", $name, (a: $core), |$value: $type| -> $core { $lowered });
    )*};
}

echo_flat! {
    "echo-bool" (i32) bool => |v| v as i32;
    "echo-s8" (i32) i8 => |v| v as i32;
    "echo-u8" (i32) u8 => |v| v as i32;
    "echo-s16" (i32) i16 => |v| v as i32;
    "echo-u16" (i32) u16 => |v| v as i32;
    "echo-s32" (i32) i32 => |v| v;
    "echo-u32" (i32) u32 => |v| v as i32;
    "echo-s64" (i64) i64 => |v| v;
    "echo-u64" (i64) u64 => |v| v as i64;
    "echo-f32" (f32) f32 => |v| v;
    "echo-f64" (f64) f64 => |v| v;
    "echo-char" (i32) char => |v| v as i32;
    "echo-color" (i32) Color => |v| v as i32;
    "echo-access" (i32) Access => |v| v.0 as i32;
    "echo-months" (i32) Months => |v| v.0 as i32;
    "echo-bits" (i32) Bits => |v| v.0 as i32;
    "echo-result-empty" (i32) Result<(), ()> => |v| v.is_err() as i32;
}

/// Echoes through memory, each with the core parameters that its type is passed as.
macro_rules! echo {
    ($($name:literal ($($core:ident: $kind:ty),*) $type:ty;)*) => {$(
        export!("loop:guests/types@0.1.0#", $name, ($($core: $kind),*), |value: $type| -> $type { value });
    )*};
}

echo! {
    "echo-string" (a: i32, b: i32) String;
    "echo-bools" (a: i32, b: i32) Vec<bool>;
    "echo-bytes" (a: i32, b: i32) Vec<u8>;
    "echo-s8s" (a: i32, b: i32) Vec<i8>;
    "echo-u16s" (a: i32, b: i32) Vec<u16>;
    "echo-s32s" (a: i32, b: i32) Vec<i32>;
    "echo-s64s" (a: i32, b: i32) Vec<i64>;
    "echo-u64s" (a: i32, b: i32) Vec<u64>;
    "echo-f32s" (a: i32, b: i32) Vec<f32>;
    "echo-f64s" (a: i32, b: i32) Vec<f64>;
    "echo-chars" (a: i32, b: i32) Vec<char>;
    "echo-strings" (a: i32, b: i32) Vec<String>;
    "echo-grid" (a: i32, b: i32) Vec<Vec<String>>;
    "echo-option" (a: i32, b: i32) Option<u32>;
    "echo-option-f64" (a: i32, b: f64) Option<f64>;
    "echo-option-string" (a: i32, b: i32, c: i32) Option<String>;
    "echo-option-twice" (a: i32, b: i32, c: i32) Option<Option<u32>>;
    "echo-result" (a: i32, b: i32, c: i32) Result<u32, String>;
    "echo-result-ok" (a: i32, b: i32, c: i32) Result<String, ()>;
    "echo-result-error" (a: i32, b: i32, c: i32) Result<(), String>;
    "echo-result-joined" (a: i32, b: i64) Result<f32, u64>;
    "echo-results" (a: i32, b: i32) Vec<Result<u8, Color>>;
    "echo-tuple" (a: i32, b: i32, c: i32, d: f32, e: i64) (u8, String, f32, i64);
    "echo-point" (a: f64, b: f64) Point;
    "echo-person" (a: i32, b: i32, c: i32, d: i32, e: i32, f: i32, g: f64, h: f64, i: i32, j: i32, k: i32, l: i32, m: i32) Person;
    "echo-numbers" (a: i32, b: i32, c: i32, d: i32, e: i64, f: f32, g: i32, h: f64, i: i32, j: i64, k: i32, l: i32) Numbers;
    "echo-payload" (a: i32, b: i64, c: i64) Payload;
    "echo-reading" (a: i32, b: i32) Reading;
    "echo-people" (a: i32, b: i32) Vec<Person>;
    "echo-payloads" (a: i32, b: i32) Vec<Payload>;
    "echo-pairs" (a: i32, b: i32) Vec<(String, Option<Color>)>;
    "echo-flag-sets" (a: i32, b: i32) Vec<(Access, Months, Bits)>;
}

export!(
    "loop:guests/types@0.1.0#", "sixteen",
    (a: i32, b: i32, c: i32, d: i32, e: i32, f: i32, g: i32, h: i32, i: i32, j: i32, k: i32, l: i32, m: i32, n: i32, o: i32, p: i32),
    |a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32, k: u32, l: u32, m: u32, n: u32, o: u32, p: u32| -> Vec<u32> {
        vec![a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
    }
);

type Spilled = (u8, i16, u32, i64, f32, f64, bool, char, String, Vec<u8>, Option<u16>, Color, Access, Point);

// More than 16 core parameters: they come as one address, whose block is the callee's.
export!("loop:guests/types@0.1.0#", "spilled", (a: i32), |at: u32| -> Spilled { take::<Spilled>(at as *mut u8) });

export!(
    "loop:guests/types@0.1.0#", "label-of",
    (a: i32, b: i32, c: i32, d: i32, e: i32, f: i32, g: f64, h: f64, i: i32, j: i32, k: i32, l: i32, m: i32),
    |who: Person| -> String { format!("{} ({}) of {}", who.name, who.age, who.home.street) }
);

export!("loop:guests/types@0.1.0#", "case-of", (a: i32, b: i64, c: i64), |payload: Payload| -> String {
    let name = match payload {
        Payload::Nothing(()) => "nothing",
        Payload::Count(_) => "count",
        Payload::Single(_) => "single",
        Payload::Double(_) => "double",
        Payload::Long(_) => "long",
        Payload::Text(_) => "text",
        Payload::Place(_) => "place",
        Payload::Codes(_) => "codes",
    };
    name.to_string()
});

export_flat!(
    "loop:guests/types@0.1.0#", "count-flags", (a: i32, b: i32, c: i32),
    |a: Access, b: Months, c: Bits| -> i32 { (a.0.count_ones() + b.0.count_ones() + c.0.count_ones()) as i32 }
);

export_flat!(
    "loop:guests/types@0.1.0#", "sum-of",
    (a: i32, b: i32, c: i32, d: i32, e: i64, f: f32, g: i32, h: f64, i: i32, j: i64, k: i32, l: i32),
    |v: Numbers| -> f64 {
        let small = v.a as i64 + v.b as i64 + v.c as i64 + v.d as i64 + v.g as i64 + v.k as i64 + v.l as i64;
        small as f64 + v.e as f64 + v.f as f64 + v.h + v.i as u32 as f64 + v.j as f64
    }
);

export!("loop:guests/types@0.1.0#", "sample", (), | | -> Person {
    Person {
        name: "Ada".into(),
        age: 36,
        home: Address { street: "Baker Street".into(), zip: 221, at: Point { x: 51.5, y: -0.25 } },
        nickname: Some("the Countess".into()),
        tags: ["first", "Zürich", "計算", "🧮"].map(String::from).into(),
    }
});
