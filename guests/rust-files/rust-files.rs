//! Files by Rust's standard library, as most programs use them.
//!
//!   rust-files DIRECTORY   writes, reads, lists, renames and removes files in it, and prints what it found
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

fn main() {
    let directory = std::env::args().nth(1).unwrap_or_else(|| "/data".to_string());
    if let Err(error) = work(Path::new(&directory)) {
        println!("cannot: {error}");
        std::process::exit(1);
    }
}

fn work(directory: &Path) -> io::Result<()> {
    let box_path = directory.join("box");
    fs::create_dir(&box_path)?;
    let file = box_path.join("lines.txt");
    fs::write(&file, "one\ntwo\n")?;
    OpenOptions::new().append(true).open(&file)?.write_all(b"three\n")?;
    for line in BufReader::new(File::open(&file)?).lines() {
        println!("line: {}", line?);
    }
    let mut both = OpenOptions::new().read(true).write(true).open(&file)?;
    both.seek(SeekFrom::Start(4))?;
    both.write_all(b"TWO")?;
    both.seek(SeekFrom::End(-6))?;
    let mut end = String::new();
    both.read_to_string(&mut end)?;
    println!("end: {}", end.trim());
    both.set_len(7)?;
    both.sync_all()?;
    println!("now: {:?}", fs::read_to_string(&file)?);
    println!("size: {}", fs::metadata(&file)?.len());
    fs::rename(&file, box_path.join("renamed.txt"))?;
    let mut names: Vec<_> = fs::read_dir(&box_path)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<_>>()?;
    names.sort();
    println!("names: {}", names.join(" "));
    println!("missing: {:?}", File::open(&file).map_err(|error| error.kind()).err());
    println!("above: {:?}", File::open(directory.join("../secret.txt")).map_err(|error| error.kind()).err());
    fs::remove_file(box_path.join("renamed.txt"))?;
    fs::remove_dir(&box_path)?;
    println!("left: {}", fs::read_dir(directory)?.count());
    Ok(())
}
