//! A command on Rust's standard library: what most commands look like.
//!
//!   rust-hello [ARGUMENT…]   greets, then prints each argument; tells on stderr how many there were
//!     --stdin                copies stdin to stdout
//!     --exit N               ends with the exit code N; the adapter to WASI 0.2 makes it 0 or 1
//!     --panic                ends in a trap
use std::io;
use std::process::exit;

fn main() {
    println!("Hello from Rust!");
    let mut arguments = std::env::args().skip(1);
    let mut count = 0;
    while let Some(argument) = arguments.next() {
        count += 1;
        match argument.as_str() {
            "--stdin" => copy_stdin(),
            "--exit" => exit(arguments.next().and_then(|code| code.parse().ok()).unwrap_or(2)),
            "--panic" => panic!("asked to"),
            text => println!("argument: {text}"),
        }
    }
    eprintln!("arguments: {count}");
}

fn copy_stdin() {
    if let Err(error) = io::copy(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        eprintln!("cannot copy stdin: {error}");
        exit(1);
    }
}
