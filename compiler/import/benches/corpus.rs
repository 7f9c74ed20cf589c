//! Imports and checks templates, for `cargo xtask corpus`.
//!
//! In: `CLOUDC_CORPUS_LIST`, a file with one path a line. Out: one JSON object a line and path. Always: a panic is caught and told;
//! what ends the whole process (a stack that is used up) is seen by who started it, because the line is missing.
#![allow(clippy::print_stdout)] // what is found is printed

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

use cloudc_base::Severity;
use cloudc_import::tree::Span;
use cloudc_import::{Finding, Imported, Options, check, import, nested};
use cloudc_schema::Schema;
use serde_json::{Value as Json, json};

/// Texts of examples in the output are not longer than this many characters.
const LONG: usize = 300;

fn main() {
    let Some(list) = std::env::var_os("CLOUDC_CORPUS_LIST") else { return };
    let list = std::fs::read_to_string(list).unwrap_or_default();
    let schema = Schema::embedded();
    std::panic::set_hook(Box::new(|_| {}));
    for path in list.lines() {
        let mut line = json!({ "path": path });
        if let Ok(bytes) = std::fs::read(path) {
            one(&schema, &bytes, &mut line);
        }
        println!("{line}");
        let _ = std::io::stdout().flush();
    }
}

/// Everything that is measured of one file.
fn one(schema: &Schema, bytes: &[u8], line: &mut Json) {
    line["bytes"] = json!(bytes.len());
    let start = Instant::now();
    let imported = guarded(|| import(schema, bytes, &Options::default()));
    line["import_ms"] = json!(start.elapsed().as_secs_f64() * 1000.0);
    match imported {
        Some(imported) => {
            tell(&imported, line);
            let several = !cloudc_import::split(&imported.source).is_empty();
            let split = || import(schema, bytes, &Options { split: true, ..Options::default() }).parts.len();
            line["several"] = json!(several);
            line["parts"] = json!(if several { guarded(split) } else { Some(0) });
        }
        None => line["import"] = json!("panic"),
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let start = Instant::now();
    let folder = line["path"].as_str().and_then(|path| Path::new(path).parent()).unwrap_or(Path::new(".")).to_owned();
    let found = guarded(|| {
        let mut found = check(schema, text);
        found.extend(nested(text, &|path| std::fs::read_to_string(folder.join(path)).ok()));
        found
    });
    line["check_ms"] = json!(start.elapsed().as_secs_f64() * 1000.0);
    match found {
        Some(found) => {
            let errors = found.iter().filter(|one| one.severity == Severity::Error);
            let resources = resources(text);
            line["check"] = errors.map(|one| finding(one, text, &resources)).collect();
        }
        None => line["check"] = json!("panic"),
    }
    let damaged = damaged(bytes);
    line["junk"] = json!(damaged.len());
    line["junk_panics"] = json!(damaged.iter().filter(|bytes| guarded(|| junk(schema, bytes)).is_none()).count());
}

fn guarded<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    catch_unwind(AssertUnwindSafe(|| cloudc_driver::with_stack(work))).ok()
}

fn junk(schema: &Schema, bytes: &[u8]) {
    let _ = import(schema, bytes, &Options::default());
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = check(schema, text);
    }
}

/// The file cut off, and with a piece overwritten; for every eighth file, because each is as much work as the file itself.
fn damaged(bytes: &[u8]) -> Vec<Vec<u8>> {
    let sum = bytes.iter().fold(bytes.len(), |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    if !sum.is_multiple_of(8) || bytes.len() < 64 {
        return Vec::new();
    }
    let at = (sum / 8) % (bytes.len() - 32);
    let mut noise = bytes.to_vec();
    for (step, byte) in noise[at..at + 8].iter_mut().enumerate() {
        *byte = u8::try_from((sum >> (step % 7)) & 0x7f).unwrap_or(0);
    }
    let mut without = bytes.to_vec();
    without.drain(at..at + 24);
    vec![bytes[..at].to_vec(), noise, without]
}

fn tell(imported: &Imported, line: &mut Json) {
    let (what, why) = if imported.source.is_empty() {
        let fault = imported.faults.iter().find(|fault| fault.fatal).or(imported.faults.first());
        ("unreadable", fault.map(|fault| fault.message.clone()).unwrap_or_default())
    } else if !imported.errors.is_empty() {
        ("errors", first(&imported.errors))
    } else if !imported.differences.is_empty() {
        ("different", first(&imported.differences))
    } else {
        ("equivalent", String::new())
    };
    line["import"] = json!(what);
    line["why"] = json!(why);
    line["raws"] = json!(imported.raws.len());
    line["raw"] = json!(first(&imported.raws));
    line["loose"] = json!(imported.raw_references);
    line["formatted"] = json!(cloudc_format::format(&imported.source).is_ok_and(|text| text == imported.source));
}

fn first<T: ToString>(all: &[T]) -> String {
    let shown: Vec<String> = all.iter().take(3).map(|one| one.to_string().chars().take(LONG).collect()).collect();
    shown.join(" ; ")
}

/// With every other place that belongs to it, and the lines of the resources around.
fn finding(one: &Finding, text: &str, resources: &[Span]) -> Json {
    let line = |at: u32| text.bytes().take(at as usize).filter(|byte| *byte == b'\n').count() + 1;
    let lines = |span: &Span| json!([line(span.start), line(span.end)]);
    let all = || std::iter::once(&one.span).chain(one.labels.iter().map(|(span, _)| span));
    let around = |span: &Span| resources.iter().find(|resource| resource.start <= span.start && span.start < resource.end);
    json!({
        "code": one.code.0,
        "line": line(one.span.start),
        "last": line(one.span.end),
        "places": all().map(lines).collect::<Vec<_>>(),
        "resources": all().filter_map(around).map(lines).collect::<Vec<_>>(),
        "message": one.message,
    })
}

/// Where the resources of a template are, keys included.
fn resources(text: &str) -> Vec<Span> {
    let tree = cloudc_import::read::read(text);
    let section = tree.root.as_ref().and_then(|root| root.get("Resources")?.map()).unwrap_or_default();
    section.iter().map(|entry| Span { start: entry.span.start, end: entry.value.span.end }).collect()
}
