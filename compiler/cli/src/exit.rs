//! How a command ends.

use std::io;

/// What the exit code tells scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Fine,
    /// 1: the program (or what was asked about it) has errors.
    Errors,
    /// 2: the command line makes no sense.
    Usage,
    /// 2 as well, of `plan`, `drift` and `diff`: there is something to do.
    Changes,
    /// 3: the outside world said no: a missing file, a full disk, no network.
    World,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        std::process::ExitCode::from(match exit {
            Exit::Fine => 0,
            Exit::Errors => 1,
            Exit::Usage | Exit::Changes => 2,
            Exit::World => 3,
        })
    }
}

/// Why a command stopped before its end.
#[derive(Debug)]
pub enum Failure {
    /// Nobody reads what is printed any more.
    BrokenPipe,
    /// Everything was said already.
    Silent(Exit),
    /// To be told to the user.
    Told {
        /// The code to end with.
        exit: Exit,
        /// The error's code, where it has a page.
        code: Option<&'static str>,
        /// One line.
        message: String,
        /// Why.
        notes: Vec<String>,
        /// What to do about it.
        help: Option<String>,
    },
}

impl Failure {
    /// The outside world said no.
    pub fn world(message: impl Into<String>) -> Self {
        Failure::told(Exit::World, message.into())
    }

    /// The command line makes no sense.
    pub fn usage(message: impl Into<String>) -> Self {
        Failure::told(Exit::Usage, message.into())
    }

    /// The answer is no.
    pub fn errors(message: impl Into<String>) -> Self {
        Failure::told(Exit::Errors, message.into())
    }

    fn told(exit: Exit, message: String) -> Self {
        Failure::Told { exit, code: None, message, notes: Vec::new(), help: None }
    }

    /// The program has errors, which are on the screen already.
    pub fn silent() -> Self {
        Failure::Silent(Exit::Errors)
    }

    /// Adds the error's code.
    pub fn coded(self, given: &'static str) -> Self {
        match self {
            Failure::Told { exit, message, notes, help, .. } => Failure::Told { exit, code: Some(given), message, notes, help },
            other => other,
        }
    }

    /// Adds what to do about it.
    pub fn help(self, text: impl Into<String>) -> Self {
        match self {
            Failure::Told { exit, code, message, notes, .. } => {
                Failure::Told { exit, code, message, notes, help: Some(text.into()) }
            }
            other => other,
        }
    }
}

/// From writing to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::BrokenPipe,
            _ => Failure::world(format!("cannot write the output: {error}")),
        }
    }
}
