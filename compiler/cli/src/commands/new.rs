//! `cloudc new`: a project that builds from the first moment.

use std::path::{Path, PathBuf};

use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::output::{self, Written};

/// Options of `new`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc new shop      # makes ./shop
  cloudc new           # in this folder")]
pub struct Args {
    /// Name of the project and its folder
    name: Option<String>,
}

/// The files of a project; `NAME` stands for the stack's name.
const FILES: [(&str, &str); 3] = [
    ("main.cloud", include_str!("../../templates/main.cloud")),
    ("README.md", include_str!("../../templates/README.md")),
    (".gitignore", include_str!("../../templates/gitignore")),
];

/// Makes the folder and its files; never replaces anything.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let folder = args.name.as_ref().map_or_else(|| PathBuf::from("."), PathBuf::from);
    let name = stack_name(&folder)?;
    let taken = FILES.iter().map(|(file, _)| folder.join(file)).find(|path| path.symlink_metadata().is_ok());
    if let Some(path) = taken {
        return Err(Failure::world(format!("`{}` exists already", path.display())).help("nothing was changed"));
    }
    let files = FILES.map(|(file, text)| Written { path: folder.join(file), bytes: text.replace("NAME", &name).into_bytes() });
    output::write_all(&files)?;
    if !global.quiet {
        let shown = folder.join("main.cloud");
        output::line(&format!("made a stack called `{name}`; try:  cloudc build {}", shown.display()));
    }
    Ok(Exit::Fine)
}

/// The folder's name as an identifier of the language.
fn stack_name(folder: &Path) -> Result<String, Failure> {
    let full = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let last = full.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = last.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let name = name.trim_matches('_').to_owned();
    if name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Ok(name);
    }
    Err(Failure::usage(format!("`{last}` gives no name for a stack"))
        .help("use a name that starts with a letter, such as `cloudc new shop`"))
}
