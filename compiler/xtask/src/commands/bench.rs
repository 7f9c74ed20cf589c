//! `cargo xtask bench`: builds the release binary, then times it, the stages in it, and what an editor waits for.

use std::path::PathBuf;
use std::process::Command;

use super::{cargo, run, target};
use crate::Outcome;

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
pub struct Args {
    /// What to time; all when left out
    which: Option<Which>,
    /// Time the language servers of others beside it; fetches them from PyPI and npm the first time
    #[arg(long)]
    peers: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// The compiler: whole builds, keystrokes, throughput, memory
    Speed,
    /// The language server, over real standard input and output
    Editor,
    /// Deploying, against an emulator of AWS
    Deploy,
}

/// Prints the tables.
pub fn bench(args: &Args) -> Outcome {
    run(cargo().args(["build", "--release", "--package", "cloudc"]))?;
    let binary = target().join("release").join(format!("cloudc{}", std::env::consts::EXE_SUFFIX));
    let binary = std::path::absolute(&binary).unwrap_or(binary);
    let peers = if args.peers { Some(peers()?) } else { None };
    for (which, name) in [(Which::Speed, "speed"), (Which::Editor, "editor")] {
        if args.which.is_some_and(|wanted| wanted != which) {
            continue;
        }
        let mut command = cargo();
        command.args(["bench", "--package", "cloudc-tests", "--bench", name]).env("CLOUDC_BINARY", &binary);
        if let Some(peers) = &peers {
            command.env("CLOUDC_PEERS", peers);
        }
        run(&mut command)?;
    }
    if args.which.is_none_or(|wanted| wanted == Which::Deploy) {
        let oracles = super::test::oracles()?;
        run(cargo().args(["bench", "--package", "cloudc", "--bench", "deploy"]).env("CLOUDC_ORACLES", oracles))?;
    }
    Ok(())
}

/// The folder with the language servers of others, of pinned versions.
fn peers() -> Result<PathBuf, String> {
    let folder = std::path::absolute(target().join("peers")).map_err(|error| error.to_string())?;
    let node = folder.join("node");
    if !folder.join("bin").join("cfn-lsp-extra").is_file() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        run(Command::new(folder.join("bin").join("python")).args(["-m", "pip", "install", "--quiet", "cfn-lsp-extra==0.7.5"]))?;
    }
    if !node.join("node_modules").is_dir() {
        std::fs::create_dir_all(&node).map_err(|error| format!("{}: {error}", node.display()))?;
        run(Command::new("npm").args(["install", "--silent", "yaml-language-server@1.25.0"]).current_dir(&node))?;
    }
    Ok(folder)
}
