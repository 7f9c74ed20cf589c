//! How fast the release build is. Every result is looked at before it is timed. Run it with `cargo xtask bench`.
#![allow(missing_docs, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloudc_base::Severity;
use cloudc_driver::{MemoryFs, Options, with_stack};
use cloudc_schema::Schema;
use cloudc_tests::{generate, sources};

/// As the program that is measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mode, file] = arguments.as_slice()
        && mode == "--peak"
    {
        return with_stack(|| peak_of(file));
    }
    let Some(binary) = std::env::var_os("CLOUDC_BINARY").map(PathBuf::from) else {
        println!("set CLOUDC_BINARY, or run `cargo xtask bench`");
        return;
    };
    let folder = sources::target().join("bench");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join(".git")).expect("the target folder can be written");
    println!("{:<58} {:>9} {:>9} {:>9}", "", "median", "p99", "max");
    whole_process(&binary, &folder);
    templates(&binary, &folder);
    with_stack(edits);
    with_stack(throughput);
    memory(&folder);
}

/// `cloudc` from start to end.
fn whole_process(binary: &Path, folder: &Path) {
    let run = |args: &[&str]| {
        let output = Command::new(binary).args(args).current_dir(folder).output().expect("the binary runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    row("start: cloudc --version", 50, |_| run(&["--version"]));
    for count in [20, 200] {
        let name = format!("s{count}");
        std::fs::write(folder.join(format!("{name}.cloud")), generate::stack(&name, count)).expect("written");
        let file = format!("{name}.cloud");
        run(&["build", &file]);
        let template = std::fs::read_to_string(folder.join(format!("build/{name}.template.json"))).expect("a template");
        assert_eq!(template.matches("\"Type\": \"AWS::").count(), count);
        row(&format!("build: {count} resources"), 40, |_| run(&["build", &file]));
    }
    let project = folder.join("project");
    std::fs::create_dir_all(&project).expect("created");
    for n in 0..12 {
        let count = if n < 11 { 450 } else { 50 };
        std::fs::write(project.join(format!("p{n}.cloud")), generate::stack(&format!("p{n}"), count)).expect("written");
    }
    run(&["build", "project", "-o", "out"]);
    assert_eq!(std::fs::read_dir(folder.join("out")).expect("built").count(), 36);
    row("build: 5,000 resources in stacks of 450", 10, |_| run(&["build", "project", "-o", "out"]));
}

/// CloudFormation templates in, programs or diagnostics out.
fn templates(binary: &Path, folder: &Path) {
    let run = |args: &[&str]| {
        let output = Command::new(binary).args(args).current_dir(folder).output().expect("the binary runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    std::fs::write(folder.join("t.cloud"), generate::stack("t", 400)).expect("written");
    run(&["build", "t.cloud", "-o", "templates", "--format", "yaml"]);
    let file = "templates/t.template.yaml";
    let size = std::fs::metadata(folder.join(file)).expect("a template").len() as f64 / 1e3;
    let program = run(&["import", file, "-o", "-"]);
    assert!(String::from_utf8_lossy(&program).contains("stack t"));
    row(&format!("import: a YAML template of {size:.0} kB"), 40, |_| drop(run(&["import", file, "-o", "-"])));
    row(&format!("check: a YAML template of {size:.0} kB"), 40, |_| drop(run(&["check", file])));
}

/// One character typed, until the new diagnostics are there.
fn edits() {
    keystrokes("edit: a literal in 10,000 lines", &generate::stack("big", 1550));
    keystrokes("edit: a literal in a component of 3,000 lines", &generate::component("one", 470));
}

fn keystrokes(title: &str, text: &str) {
    let options = Options { purpose: cloudc_driver::Purpose::Edit, ..Options::default() };
    let mut db = cloudc_driver::open(Arc::new(MemoryFs::new([("/main.cloud", text)])), options, Schema::embedded());
    let file = cloudc_driver::file(&db, "/main.cloud");
    let start = Instant::now();
    let found = cloudc_driver::check(&db, file);
    let cold = start.elapsed();
    assert!(found.iter().all(|one| one.severity != Severity::Error), "{}", cloudc_tests::run::drawn(&db, &found));
    let wrong = text.replacen("DisplayName: \"Topic 50\"", "DisplayName: Topic 50\"", 1);
    cloudc_driver::edit(&mut db, file, &wrong);
    assert!(!cloudc_driver::check(&db, file).is_empty());
    let lines = text.lines().count();
    let texts: Vec<String> = (0..10).map(|n| text.replacen("\"Topic 50\"", &format!("\"Topic 5{n}x\""), 1)).collect();
    row(&format!("{title} ({lines}; cold {:.0} ms)", cold.as_secs_f64() * 1e3), 200, |n| {
        cloudc_driver::edit(&mut db, file, &texts[n % texts.len()]);
        assert!(cloudc_driver::check(&db, file).is_empty());
    });
    let commented: Vec<String> = (0..2).map(|n| format!("{}{text}", "// x\n".repeat(n))).collect();
    row(&format!("{} (a comment at the top)", title.split(" in ").last().unwrap_or(title)), 100, |n| {
        cloudc_driver::edit(&mut db, file, &commented[n % 2]);
        assert!(cloudc_driver::check(&db, file).is_empty());
    });
}

/// Megabytes a second of each stage.
fn throughput() {
    let text = generate::stack("big", 1550);
    let size = text.len() as f64 / 1e6;
    let speed = |title: &str, times: usize, job: &mut dyn FnMut()| {
        let taken = timings(times, |_| job());
        println!("{title:<58} {:>7.1} MB/s", size / taken[times / 2].as_secs_f64());
    };
    speed("throughput: splitting (lexing)", 30, &mut || assert!(cloudc_syntax::split(&text).len() > 1500));
    speed("throughput: parsing, tree built", 30, &mut || assert!(cloudc_syntax::parse_file(&text).errors().is_empty()));
    speed("throughput: checking from cold, evaluation included", 10, &mut || {
        let options = Options { purpose: cloudc_driver::Purpose::Edit, ..Options::default() };
        let db = cloudc_driver::open(Arc::new(MemoryFs::new([("/main.cloud", text.as_str())])), options, Schema::embedded());
        assert!(cloudc_driver::check(&db, cloudc_driver::file(&db, "/main.cloud")).is_empty());
    });
}

/// Peak memory of a build, in a process of its own.
fn memory(folder: &Path) {
    let here = std::env::current_exe().expect("this program");
    for name in ["s20", "s200", "project/p0"] {
        let file = folder.join(format!("{name}.cloud"));
        let output = Command::new(&here).arg("--peak").arg(file).output().expect("this program runs");
        println!("{:<58} {:>9}", format!("peak memory: {name}"), String::from_utf8_lossy(&output.stdout).trim());
    }
}

fn peak_of(file: &str) {
    let text = std::fs::read(file).expect("the program is there");
    let db = cloudc_driver::open(Arc::new(MemoryFs::new([("/main.cloud", text)])), Options::default(), Schema::embedded());
    for target in cloudc_driver::targets(&db, cloudc_driver::file(&db, "/main.cloud")) {
        let (artifact, _) = cloudc_driver::build(&db, target);
        assert!(cloudc_driver::template_json(&artifact.expect("it builds")).len() > 100);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().split(' ').next()?.parse::<f64>().ok());
    println!("{}", peak.map_or("unknown here".to_owned(), |kb| format!("{:.1} MB", kb / 1024.0)));
}

fn row(title: &str, times: usize, job: impl FnMut(usize)) {
    let taken = timings(times, job);
    let at = |part: f64| format!("{:.2} ms", taken[((taken.len() - 1) as f64 * part).round() as usize].as_secs_f64() * 1e3);
    println!("{title:<58} {:>9} {:>9} {:>9}", at(0.5), at(0.99), at(1.0));
}

/// Sorted durations; the first run, which warms caches, is left out.
fn timings(times: usize, mut job: impl FnMut(usize)) -> Vec<Duration> {
    job(0);
    let mut taken: Vec<Duration> = (0..times)
        .map(|n| {
            let start = Instant::now();
            job(n + 1);
            start.elapsed()
        })
        .collect();
    taken.sort();
    taken
}
