//! A project on disk and what `cloudc` says about it, against the emulator.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value as Json;

use crate::emulator::emulator;

/// What a command ended with.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Asserts how it ended, showing everything otherwise.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n--- out\n{}\n--- err\n{}", self.out, self.err);
        self
    }

    /// Asserts that it says something, on either channel.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.out.contains(text) || self.err.contains(text),
            "`{text}` is missing\n--- out\n{}\n--- err\n{}",
            self.out,
            self.err
        );
        self
    }

    /// Asserts that it does not say something.
    #[track_caller]
    pub fn hides(self, text: &str) -> Self {
        assert!(
            !self.out.contains(text) && !self.err.contains(text),
            "`{text}` is there\n--- out\n{}\n--- err\n{}",
            self.out,
            self.err
        );
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n--- out\n{}\n--- err\n{}", self.out, self.err))
    }
}

/// A folder with sources, in a region of its own: stacks, exports and buckets of tests do not meet.
pub struct Project {
    /// The folder.
    pub root: PathBuf,
    /// The region.
    pub region: String,
    /// Where AWS is.
    pub endpoint: String,
}

/// Regions that tests take one after another.
const REGIONS: [&str; 17] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ca-central-1",
    "sa-east-1",
];

impl Project {
    /// A project with these files, in an account that was made ready.
    pub fn new(name: &str, files: &[(&str, &str)]) -> Project {
        let project = Project::bare(name, files);
        project.run(&["bootstrap", "--region", &project.region]).ends(0);
        project
    }

    /// A project with these files.
    pub fn bare(name: &str, files: &[(&str, &str)]) -> Project {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("deploy-{}-{number}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        let region = REGIONS[number as usize % REGIONS.len()].to_owned();
        let project = Project { root, region, endpoint: emulator().url() };
        std::fs::create_dir_all(project.root.join(".git")).expect("a folder");
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// Writes a file; `REGION` in it is the project's.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text.replace("REGION", &self.region)).expect("a file");
    }

    /// A command, ready to run here.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloudc"));
        command.args(arguments).current_dir(&self.root).stdin(Stdio::null());
        for name in ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "NO_COLOR"] {
            command.env_remove(name);
        }
        command
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", &self.region)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("HOME", &self.root)
            .env("USER", "tester");
        command
    }

    /// Runs `cloudc` here.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).output().expect("cloudc starts"))
    }

    /// Deploys without questions.
    pub fn deploy(&self) -> Ran {
        self.run(&["deploy", "--yes"])
    }

    /// The stack as AWS describes it.
    pub fn stack(&self, name: &str) -> Json {
        let shown = self.run(&["show", name, "--json"]).ends(0).json();
        shown["stacks"][0].clone()
    }

    /// The bucket's name.
    pub fn bucket(&self) -> String {
        format!("cloudc-{}-{}", crate::emulator::ACCOUNT, self.region)
    }
}

/// What a process ended with.
pub fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
