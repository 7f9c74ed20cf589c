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
    /// 3: the outside world said no: a missing file, a full disk, no network.
    World,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        std::process::ExitCode::from(match exit {
            Exit::Fine => 0,
            Exit::Errors => 1,
            Exit::Usage => 2,
            Exit::World => 3,
        })
    }
}

/// Why a command stopped before its end.
#[derive(Debug)]
pub enum Failure {
    /// Nobody reads what is printed any more.
    BrokenPipe,
    /// To be told to the user.
    Told {
        /// The code to end with.
        exit: Exit,
        /// One line.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
}

impl Failure {
    /// The outside world said no.
    pub fn world(message: impl Into<String>) -> Self {
        Failure::Told { exit: Exit::World, message: message.into(), help: None }
    }

    /// The command line makes no sense.
    pub fn usage(message: impl Into<String>) -> Self {
        Failure::Told { exit: Exit::Usage, message: message.into(), help: None }
    }

    /// The answer is no.
    pub fn errors(message: impl Into<String>) -> Self {
        Failure::Told { exit: Exit::Errors, message: message.into(), help: None }
    }

    /// Adds what to do about it.
    pub fn help(self, text: impl Into<String>) -> Self {
        match self {
            Failure::Told { exit, message, .. } => Failure::Told { exit, message, help: Some(text.into()) },
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
