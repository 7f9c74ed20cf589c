//! The tutorial, done step by step by the real binary in an empty folder.
//!
//! In `docs/tutorial.md` a fence with a path behind its language (```` ```cloud api.cloud ````) writes that file; in a `console` fence every line
//! that begins with `$ ` is run by `sh`, and what follows it is what it prints, both streams together. A line `...` there stands for any
//! number of lines. A command that ends in `# exit code 1` has to end so, every other one with 0. With `CLOUDC_BLESS=1` the test writes what
//! is printed into the page.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn every_step_of_the_tutorial() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/tutorial.md");
    let text = fs::read_to_string(&page).unwrap();
    let folder = folder();
    let (done, wrong) = walk(&text, &folder);
    fs::remove_dir_all(folder.parent().unwrap()).unwrap();
    if std::env::var_os("CLOUDC_BLESS").is_some() {
        fs::write(&page, done).unwrap();
    } else {
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }
}

/// An empty folder that is a project of its own.
fn folder() -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tutorial-{}", std::process::id())).join("shop");
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(path.join(".git")).unwrap();
    path
}

/// The page with what is really printed, and where that differs from what it says.
fn walk(text: &str, folder: &Path) -> (String, Vec<String>) {
    let mut done = Vec::new();
    let mut wrong = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        done.push(line.to_owned());
        let Some(info) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match info.split_once(' ') {
            Some((_, path)) => write(&folder.join(path), &block),
            None if info == "console" => {
                let (printed, differences) = console(&block, folder);
                wrong.extend(differences);
                done.extend(printed);
                done.push("```".to_owned());
                continue;
            }
            None => {}
        }
        done.extend(block.iter().map(|line| (*line).to_owned()));
        done.push("```".to_owned());
    }
    (done.join("\n") + "\n", wrong)
}

fn write(path: &Path, lines: &[&str]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, lines.join("\n") + "\n").unwrap();
}

/// Runs the commands of a block.
fn console(block: &[&str], folder: &Path) -> (Vec<String>, Vec<String>) {
    let mut done = Vec::new();
    let mut wrong = Vec::new();
    let mut rest = block.iter().peekable();
    while let Some(line) = rest.next() {
        let command = line.strip_prefix("$ ").unwrap_or_else(|| panic!("`{line}` is not behind a command"));
        let mut expected: Vec<String> = Vec::new();
        while let Some(line) = rest.next_if(|line| !line.starts_with("$ ")) {
            expected.push((*line).to_owned());
        }
        let (code, printed) = run(command, folder);
        let wanted = command.rsplit_once("# exit code ").map_or("0", |(_, code)| code);
        let fits = matches(&expected, &printed);
        if code != wanted || !fits {
            let (expected, printed) = (expected.join("\n"), printed.join("\n"));
            wrong.push(format!("$ {command}\nexit code {code}; expected:\n{expected}\nprinted:\n{printed}"));
        }
        done.push((*line).to_owned());
        done.extend(if fits { expected } else { printed });
    }
    (done, wrong)
}

/// Exit code and what is printed, without the empty lines around it.
fn run(command: &str, folder: &Path) -> (String, Vec<String>) {
    let program = Path::new(env!("CARGO_BIN_EXE_cloudc"));
    let old = std::env::var_os("PATH").unwrap_or_default();
    let path =
        std::env::join_paths(program.parent().map(Path::to_path_buf).into_iter().chain(std::env::split_paths(&old))).unwrap();
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}\n}} 2>&1")])
        .current_dir(folder)
        .env("PATH", path)
        .env("LC_ALL", "C")
        .env("CLOUDC_CACHE_DIR", folder.with_file_name("cache"))
        .env_remove("NO_COLOR")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let code = output.status.code().map_or_else(|| "none".to_owned(), |code| code.to_string());
    (code, text.trim_matches('\n').lines().map(|line| line.trim_end().to_owned()).collect())
}

/// Whether that was printed; `...` is any number of lines.
fn matches(expected: &[String], printed: &[String]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == "..." => (0..=printed.len()).any(|at| matches(rest, &printed[at..])),
        Some((first, rest)) => printed.split_first().is_some_and(|(line, others)| line == first && matches(rest, others)),
    }
}
