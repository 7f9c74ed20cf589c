//! What cfn-lint and the compiler say of every file.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::files::File;
use crate::commands::{cargo, root};

/// What cfn-lint says, one value a file; its memory makes the second time quick.
pub fn lint(oracles: &Path, folder: &Path, files: &[File]) -> Result<Vec<Value>, String> {
    let list = list(folder, "lint.txt", files)?;
    let mut python = Command::new(oracles.join("bin").join("python"));
    python.arg(root().join("tests").join("oracles").join("corpus.py")).arg(&list).arg(folder.join("lint.jsonl"));
    let output = python.stderr(Stdio::inherit()).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("cfn-lint ended with {}", output.status));
    }
    let verdicts = lines(&output.stdout);
    if verdicts.len() == files.len() { Ok(verdicts) } else { Err("cfn-lint did not judge every file".to_owned()) }
}

/// What the compiler makes of them, one value a file. A file that ends the whole process is told as such.
pub fn import(folder: &Path, files: &[File], profile: &str) -> Result<Vec<Value>, String> {
    let mut all = Vec::new();
    while all.len() < files.len() {
        let rest = list(folder, "import.txt", &files[all.len()..])?;
        let mut command = cargo();
        command.args(["bench", "--quiet", "--package", "cloudc-import", "--bench", "corpus", "--profile", profile]);
        let output = command.env("CLOUDC_CORPUS_LIST", &rest).stderr(Stdio::inherit()).output();
        let output = output.map_err(|error| format!("cargo: {error}"))?;
        let done = lines(&output.stdout);
        if done.is_empty() && all.is_empty() && !output.status.success() {
            return Err(format!("the compiler could not be built or run: {}", output.status));
        }
        all.extend(done);
        if all.len() < files.len() {
            all.push(json!({ "path": files[all.len()].path, "import": "panic", "why": "the whole process ended" }));
        }
    }
    Ok(all)
}

/// Writes the list of paths.
fn list(folder: &Path, name: &str, files: &[File]) -> Result<PathBuf, String> {
    let path = folder.join(name);
    let paths: Vec<String> = files.iter().map(|file| file.path.display().to_string()).collect();
    std::fs::write(&path, paths.join("\n")).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

fn lines(output: &[u8]) -> Vec<Value> {
    String::from_utf8_lossy(output).lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}
