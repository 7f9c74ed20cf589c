//! The `cloudc` command: arguments in, files and diagnostics out.
//!
//! Always: exit codes are those of [`Exit`]; what is printed for machines goes to standard output, what is printed for people about
//! the work to standard error; a reader that closes the pipe early ends the program quietly.

mod args;
mod aws;
mod commands;
mod contract;
mod disk;
mod documents;
mod exit;
mod layers;
mod optimize;
mod output;
mod pages;
mod records;
mod report;
mod review;
mod session;
mod templates;
mod values;
mod walk;
mod watching;

use clap::Parser as _;

use crate::args::Cli;
use crate::exit::{Exit, Failure};

/// Deep chains of declarations recurse; this much stack holds the longest the language allows.
const STACK: usize = 64 << 20;

/// Trees and queries are many small allocations made on a thread of their own, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    // All of it on one thread of its own: each has a heap, and pages of two heaps are pages that the system has to clear.
    let worker = std::thread::Builder::new().name("cloudc".to_owned()).stack_size(STACK).spawn(start);
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(exit)) => exit.into(),
        // The panic hook has printed what happened.
        Ok(Err(_)) => std::process::ExitCode::from(101),
        Err(error) => {
            output::error(None, &format!("cannot start a thread: {error}"));
            Exit::World.into()
        }
    }
}

fn start() -> Exit {
    match Cli::try_parse() {
        Ok(cli) => run(&cli),
        Err(error) => {
            let _ = error.print();
            if error.use_stderr() { Exit::Usage } else { Exit::Fine }
        }
    }
}

fn run(cli: &Cli) -> Exit {
    match commands::run(cli) {
        Ok(exit) => exit,
        Err(Failure::BrokenPipe) => Exit::Fine,
        Err(Failure::Silent(exit)) => exit,
        Err(Failure::Told { exit, code, message, notes, help }) => {
            output::error(code, &message);
            for note in notes.iter().filter(|note| !note.is_empty()) {
                output::line(&cloudc_base::render::printable(&format!("  note: {note}")));
            }
            if let Some(help) = help {
                output::line(&cloudc_base::render::printable(&format!("  help: {help}")));
            }
            exit
        }
    }
}
