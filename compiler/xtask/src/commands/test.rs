//! `cargo xtask test`: everything that tests this repository, set-up included.

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use super::{cargo, root, run, target};
use crate::Outcome;

/// Options of `cargo xtask test`.
#[derive(clap::Args)]
pub struct Args {
    /// Only tests whose name contains this
    filter: Option<String>,
}

/// Makes the Python environment of the oracles if need be, runs all tests, sums up.
pub fn run_tests(args: &Args) -> Outcome {
    let start = Instant::now();
    let oracles = prepared()?;
    let mut command = cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]).env("CLOUDC_ORACLES", oracles);
    command.env("CARGO_TERM_COLOR", "never").stdout(Stdio::piped());
    if let Some(filter) = &args.filter {
        command.args(["--", filter]);
    }
    let mut child = command.spawn().map_err(|error| format!("cargo: {error}"))?;
    let summary = child.stdout.take().map(follow).unwrap_or_default();
    let status = child.wait().map_err(|error| format!("cargo: {error}"))?;
    println!(
        "\n{} passed, {} failed, {} ignored in {:.0?}",
        summary.passed,
        summary.failed.len(),
        summary.ignored,
        start.elapsed()
    );
    for name in &summary.failed {
        println!("  failed: {name}");
    }
    if status.success() && summary.failed.is_empty() { Ok(()) } else { Err("not all tests passed".to_owned()) }
}

/// Compiles all tests; the oracles and what the editors' tests need are brought meanwhile: one needs processors, the others mostly wait
/// for the network.
fn prepared() -> Result<PathBuf, String> {
    std::thread::scope(|scope| {
        scope.spawn(editors);
        let oracles = scope.spawn(oracles);
        let built = run(cargo().args(["test", "--workspace", "--no-run"]));
        let oracles = oracles.join().map_err(|_| "making the oracles panicked".to_owned())?;
        built.and(oracles)
    })
}

/// What the tests of the extension for VS Code need. When it cannot be had, they say why.
fn editors() {
    let script = root().join("editors/vscode/test/journey/run.sh");
    let mut command = Command::new("bash");
    command.arg(script).arg("install").env("TARGET", target().join("editors").join("vscode"));
    let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

/// What the test programs said.
#[derive(Default)]
struct Summary {
    passed: usize,
    ignored: usize,
    failed: Vec<String>,
}

/// Shows what matters of the tests' output while it comes, and counts.
fn follow(output: impl Read) -> Summary {
    let mut summary = Summary::default();
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        match line.strip_prefix("test ").and_then(outcome) {
            Some((_, "ok")) => summary.passed += 1,
            Some((_, "ignored")) => summary.ignored += 1,
            Some((name, _)) => {
                println!("{line}");
                summary.failed.push(name.to_owned());
            }
            None => println!("{line}"),
        }
    }
    summary
}

/// Name of a test and what became of it, from `NAME ... ok`.
fn outcome(line: &str) -> Option<(&str, &str)> {
    line.rsplit_once(" ... ").filter(|(_, result)| ["ok", "FAILED", "ignored"].contains(result))
}

/// The Python environment with the judges that nobody here wrote, made anew when its list changed.
pub fn oracles() -> Result<PathBuf, String> {
    let folder = target().join("oracles");
    let list = root().join("tests").join("oracles").join("requirements.txt");
    let wanted = std::fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let stamp = folder.join("requirements.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) && python_in(&folder).is_file() {
        return Ok(folder);
    }
    println!("making {} …", folder.display());
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        .map_err(|error| format!("{error}\nPython 3 with its venv module is needed (on Debian: apt install python3-venv)"))?;
    run(Command::new(python_in(&folder))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(&list))?;
    std::fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(folder)
}

fn python_in(folder: &Path) -> PathBuf {
    folder.join("bin").join("python")
}
