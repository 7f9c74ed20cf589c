//! Prints the tree and the errors of a file, or how long parsing it takes with `--time`.
#![allow(clippy::print_stdout)]

use std::time::Instant;

fn main() {
    let mut args = std::env::args().skip(1);
    let mut path = args.next().unwrap_or_default();
    let time = path == "--time";
    if time {
        path = args.next().unwrap_or_default();
    }
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    if time {
        let start = Instant::now();
        let chunks = cloudc_syntax::split(&text);
        let split = start.elapsed();
        let start = Instant::now();
        let parse = cloudc_syntax::parse_file(&text);
        let whole = start.elapsed();
        let start = Instant::now();
        for it in &chunks {
            std::hint::black_box(cloudc_syntax::parse_chunk(&text[it.range]));
        }
        let each = start.elapsed() / chunks.len().max(1) as u32;
        let mb = text.len() as f64 / 1e6;
        println!("{mb:.2} MB, {} chunks, {} errors", chunks.len(), parse.errors().len());
        println!(
            "split {split:?} ({:.0} MB/s), parse_file {whole:?} ({:.0} MB/s), parse_chunk {each:?} each",
            mb / split.as_secs_f64(),
            mb / whole.as_secs_f64()
        );
        return;
    }
    let parse = cloudc_syntax::parse_file(&text);
    println!("{:#?}", parse.syntax());
    for it in parse.errors() {
        println!("{} {:?} {} | {} | {:?} {:?}", it.code, it.range, it.message, it.label, it.help, it.fix);
    }
}
