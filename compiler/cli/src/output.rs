//! Printing and writing files.
//!
//! Always: a file appears under its name complete or not at all.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use cloudc_base::render;

use crate::args::ColorChoice;
use crate::exit::Failure;

/// Prints to standard output.
pub fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(())
}

/// Prints a line to standard error; nobody reading it is no reason to stop.
pub fn line(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Prints text that brings its own line ends to standard error.
pub fn drawing(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Prints `error: …`, or `error[C0850]: …`, to standard error.
pub fn error(code: Option<&str>, message: &str) {
    let code = code.map_or_else(String::new, |code| format!("[{code}]"));
    line(&format!("error{code}: {}", render::printable(message)));
}

/// Whether to colour what goes to standard error.
pub fn color_on_stderr(choice: ColorChoice) -> bool {
    wants_color(choice, io::stderr().is_terminal())
}

/// Whether to colour what goes to standard output.
pub fn color_on_stdout(choice: ColorChoice) -> bool {
    wants_color(choice, io::stdout().is_terminal())
}

fn wants_color(choice: ColorChoice, terminal: bool) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
            terminal && !refused && !dumb
        }
    }
}

/// Columns of the terminal, 100 when there is none.
pub fn width() -> usize {
    terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0))
}

/// A file to write.
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub bytes: Vec<u8>,
}

/// Writes all of them, or none when one cannot be written: each to a temporary file beside its place, then renamed.
pub fn write_all(files: &[Written]) -> Result<(), Failure> {
    let mut waiting = Temporaries::default();
    for file in files {
        let folder = file.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let fail = |error: &io::Error| Failure::world(format!("cannot write `{}`: {}", file.path.display(), reason(error)));
        std::fs::create_dir_all(folder).map_err(|error| fail(&error))?;
        if file.path.is_dir() {
            return Err(Failure::world(format!("cannot write `{}`: a directory is in the way", file.path.display())));
        }
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
        waiting.0.push(temporary.clone());
        let written = std::fs::File::create(&temporary).and_then(|mut out| out.write_all(&file.bytes));
        written.map_err(|error| fail(&error))?;
    }
    for (temporary, file) in waiting.0.iter().zip(files) {
        let renamed = std::fs::rename(temporary, &file.path);
        renamed.map_err(|error| Failure::world(format!("cannot write `{}`: {}", file.path.display(), reason(&error))))?;
    }
    Ok(())
}

/// Temporary files, removed unless they were renamed.
#[derive(Default)]
struct Temporaries(Vec<PathBuf>);

impl Drop for Temporaries {
    fn drop(&mut self) {
        for path in &self.0 {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The operating system's words without its error number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
