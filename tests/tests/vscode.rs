//! The extension in `editors/vscode`: its own tests, and a user's way through it in real VS Code, with the `cloudc` that
//! was just built.
//!
//! `editors/vscode/test/journey/run.sh` does the work and installs what it needs below the target folder: Node, code-server
//! and, where they are missing, Debian packages. Pictures of the journey are left in `TARGET/editors/vscode/*.png`.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use cloudc_tests::{client, sources};

/// The two share what they install and package.
static TURN: Mutex<()> = Mutex::new(());

fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// Does one stage of the script; what it says is shown when it fails.
fn run(stage: &str) {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let script = sources::root().join("editors/vscode/test/journey/run.sh");
    let target = absolute(sources::target()).join("editors").join("vscode");
    let mut command = Command::new("bash");
    command.arg(script).arg(stage).env("CLOUDC", client::program()).env("TARGET", &target).stdin(Stdio::null());
    let output = command.output().expect("bash starts");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\npictures, if any: {}", target.display());
}

#[test]
fn the_extension_passes_its_own_tests() {
    run("unit");
}

#[test]
fn a_user_finds_their_way_in_real_vs_code() {
    run("journey");
}
