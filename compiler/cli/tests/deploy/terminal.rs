//! A person at a terminal: what is typed, and what the screen shows.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::num::NonZero;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::emulator::{oracle, python};
use crate::project::Project;

/// Long enough for a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(120);
const ROWS: NonZero<u16> = NonZero::new(30).expect("not zero");
const COLUMNS: NonZero<u16> = NonZero::new(110).expect("not zero");

/// A terminal with `cloudc` in it.
pub struct Terminal {
    child: Child,
    typing: ChildStdin,
    screen: Arc<Mutex<vt100::Parser>>,
    said: BufReader<std::process::ChildStderr>,
    /// The process of `cloudc`.
    pub pid: String,
}

impl Terminal {
    /// Starts `cloudc` in it.
    pub fn start(project: &Project, arguments: &[&str]) -> Terminal {
        let usual = project.command(arguments);
        let mut command = Command::new(python());
        command.arg(oracle("terminal.py")).args([ROWS.to_string(), COLUMNS.to_string()]);
        command.arg(usual.get_program()).args(usual.get_args()).current_dir(&project.root);
        for (name, value) in usual.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.env("TERM", "xterm-256color").env_remove("CI");
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("python starts");
        let typing = child.stdin.take().expect("its input");
        let mut out = child.stdout.take().expect("its output");
        let mut said = BufReader::new(child.stderr.take().expect("its errors"));
        let screen = Arc::new(Mutex::new(vt100::Parser::new(ROWS, COLUMNS, 1000)));
        let shown = screen.clone();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = out.read(&mut bytes) {
                shown.lock().expect("the screen").process(&bytes[..count]);
            }
        });
        let mut line = String::new();
        said.read_line(&mut line).expect("a line");
        let pid = line.trim().trim_start_matches("pid ").to_owned();
        Terminal { child, typing, screen, said, pid }
    }

    /// What the screen shows now.
    pub fn shown(&self) -> String {
        self.screen.lock().expect("the screen").screen().contents()
    }

    /// Whether it is the other screen, which programs take for themselves.
    pub fn is_taken(&self) -> bool {
        self.screen.lock().expect("the screen").screen().alternate_screen()
    }

    /// Waits until the screen shows a text.
    #[track_caller]
    pub fn sees(&mut self, text: &str) -> &mut Self {
        let begun = Instant::now();
        while !self.shown().contains(text) {
            assert!(begun.elapsed() < PATIENCE, "`{text}` never came:\n{}", self.shown());
            std::thread::sleep(Duration::from_millis(20));
        }
        self
    }

    /// Types.
    pub fn types(&mut self, keys: &str) -> &mut Self {
        self.typing.write_all(keys.as_bytes()).and_then(|()| self.typing.flush()).expect("typed");
        self
    }

    /// Waits for the end: its exit code, and the terminal as it was.
    #[track_caller]
    pub fn ends(mut self, code: i32) -> String {
        let ended = self.child.wait().expect("it ends");
        let mut said = String::new();
        self.said.read_to_string(&mut said).expect("what the terminal says");
        // What was sent last may still be on its way to the screen.
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!(ended.code(), Some(code), "{}", self.shown());
        assert_eq!(said.trim(), "terminal restored", "{}", self.shown());
        assert!(!self.is_taken(), "{}", self.shown());
        self.shown()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
