//! The real binary: what it prints, writes and ends with.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const GOOD: &str = "stack shop { region: \"eu-west-1\" }\nresource topic: AWS::SNS::Topic {}\noutput arn = topic.TopicArn\n";
const BAD: &str = "stack shop {}\nresource topic: AWS::SNS::Topic { TopicNam: \"x\" }\n";

/// A folder of its own for each test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        // A project of its own: otherwise the repository around it would be the project.
        fs::create_dir(path.join(".git")).unwrap();
        Folder(path)
    }

    fn with(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloudc"));
        command.args(args).current_dir(&self.0).env("CLOUDC_CACHE_DIR", self.0.join(".cache")).env_remove("NO_COLOR");
        command
    }

    fn run(&self, args: &[&str]) -> Ended {
        Ended::from(self.command(args).output().unwrap())
    }

    /// Names of everything in a folder, sorted; empty when there is none.
    fn list(&self, name: &str) -> Vec<String> {
        let entries = fs::read_dir(self.0.join(name)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Ended {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ended {
    #[track_caller]
    fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "\n{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    fn says(&self, part: &str) -> &Self {
        assert!(self.err.contains(part), "{part:?} is not in\n{}", self.err);
        self
    }
}

#[test]
fn build_writes_template_map_and_manifest() {
    let folder = Folder::new("build").with("main.cloud", GOOD);
    folder.run(&["build", "main.cloud"]).ends_with(0).says("main.cloud → build/shop.template.json (1 resource)");
    assert_eq!(folder.list("build"), ["shop.manifest.json", "shop.map.json", "shop.template.json"]);
    let template = fs::read_to_string(folder.0.join("build/shop.template.json")).unwrap();
    assert!(template.contains("\"AWS::SNS::Topic\"") && template.ends_with("}\n"));
    let map = fs::read_to_string(folder.0.join("build/shop.map.json")).unwrap();
    assert!(map.contains("\"/Resources/Topic\"") && map.contains("\"main.cloud\""), "{map}");
}

#[test]
fn build_prints_to_standard_output_as_json_and_yaml() {
    let folder = Folder::new("stdout").with("main.cloud", GOOD);
    let ended = folder.run(&["build", "main.cloud", "-o", "-"]);
    assert!(ended.ends_with(0).out.starts_with("{\n"));
    assert_eq!(ended.err, "");
    let ended = folder.run(&["build", "main.cloud", "-o", "-", "--format", "yaml"]);
    assert!(ended.ends_with(0).out.contains("Type: AWS::SNS::Topic"), "{}", ended.out);
    assert!(folder.list("build").is_empty());
}

#[test]
fn a_folder_builds_every_stack_in_it_and_skips_what_was_made() {
    let other = GOOD.replace("shop", "other");
    let folder =
        Folder::new("folder").with("a/main.cloud", GOOD).with("b/main.cloud", &other).with("lib.cloud", "pub let x = 1\n");
    let folder = folder
        .with("target/x.cloud", BAD)
        .with("node_modules/x.cloud", BAD)
        .with(".hidden/x.cloud", BAD)
        .with("build/x.cloud", BAD);
    folder.run(&["build", ".", "-o", "out"]).ends_with(0);
    assert_eq!(folder.list("out").len(), 6);
    let folder = folder.with("c/main.cloud", GOOD);
    folder.run(&["build", ".", "-o", "again"]).ends_with(1).says("both make a stack called `shop`");
    assert!(folder.list("again").is_empty());
}

#[test]
fn an_error_ends_with_one_and_writes_nothing() {
    let folder = Folder::new("error").with("main.cloud", BAD).with("good.cloud", GOOD.replace("shop", "good"));
    let ended = folder.run(&["build", "main.cloud"]);
    ended.ends_with(1).says("main.cloud:2:").says("`TopicNam`").says("1 error");
    folder.run(&["build", "."]).ends_with(1);
    assert!(folder.list("build").is_empty());
    folder.run(&["check", "."]).ends_with(1);
    folder.run(&["check", "good.cloud"]).ends_with(0).says("no errors");
}

#[test]
fn building_at_once_gives_the_same_bytes_every_time() {
    let mut folder = Folder::new("parallel");
    for n in 0..12 {
        folder = folder.with(&format!("s{n}.cloud"), GOOD.replace("shop", &format!("s{n}")));
    }
    let read = |out: &str| {
        folder.run(&["build", ".", "-o", out]).ends_with(0);
        let names = folder.list(out);
        names.iter().map(|name| fs::read_to_string(folder.0.join(out).join(name)).unwrap()).collect::<Vec<_>>()
    };
    let first = read("first");
    assert_eq!(first.len(), 36);
    for round in 0..5 {
        assert_eq!(first, read(&format!("again{round}")));
    }
}

#[test]
fn a_module_alone_is_nothing_to_build() {
    let folder = Folder::new("module").with("lib.cloud", "pub let x = 1\n");
    folder.run(&["build", "lib.cloud"]).ends_with(1).says("no `stack`");
    folder.run(&["build", "."]).ends_with(1).says("no stack to build");
    folder.run(&["check", "lib.cloud"]).ends_with(0);
}

#[test]
fn the_outside_world_is_three_and_usage_is_two() {
    let folder = Folder::new("codes").with("main.cloud", GOOD);
    folder.run(&["check", "gone.cloud"]).ends_with(3).says("cannot read `gone.cloud`");
    fs::create_dir(folder.0.join("empty")).unwrap();
    folder.run(&["check", "empty"]).ends_with(3).says("no `.cloud` file");
    folder.run(&["biuld"]).ends_with(2).says("build");
    folder.run(&["build", "main.cloud", "--set", "x"]).ends_with(2).says("NAME=VALUE");
    folder.run(&["build", "main.cloud", "--format", "xml"]).ends_with(2);
    assert!(folder.run(&["--help"]).ends_with(0).out.contains("Exit codes"));
    assert!(folder.run(&["build", "--help"]).ends_with(0).out.contains("Examples"));
}

#[test]
fn odd_files_give_one_clear_error() {
    let folder = Folder::new("odd").with("latin1.cloud", b"stack t {}\nlet a = \"caf\xe9\"\n").with("empty.cloud", "");
    let folder = folder.with("dir.cloud/readme.txt", "").with("zero.cloud", "stack t {}\n\0\n");
    folder.run(&["check", "latin1.cloud"]).ends_with(1).says("UTF-8").says("1 error\n");
    folder.run(&["check", "empty.cloud"]).ends_with(1).says("stack").says("1 error\n");
    folder.run(&["check", "zero.cloud"]).ends_with(1).says("1 error\n");
    folder.run(&["check", "dir.cloud"]).ends_with(3);
    let import = folder.with("main.cloud", "import \"./dir.cloud\" { x }\nstack t {}\n");
    import.run(&["check", "main.cloud"]).ends_with(1).says("1 error\n");
}

#[test]
fn a_byte_order_mark_and_crlf_change_nothing() {
    let folder = Folder::new("bom").with("a.cloud", GOOD).with("b.cloud", format!("\u{feff}{}", GOOD.replace('\n', "\r\n")));
    let (a, b) = (folder.run(&["build", "a.cloud", "-o", "-"]), folder.run(&["build", "b.cloud", "-o", "-"]));
    assert_eq!(a.ends_with(0).out, b.ends_with(0).out);
}

#[test]
fn a_large_file_is_checked() {
    let line = "// ten megabytes of comments are not worth much, but no reason to fall over either\n";
    let folder = Folder::new("large").with("main.cloud", format!("{GOOD}{}", line.repeat(10 * 1024 * 1024 / line.len())));
    folder.run(&["check", "main.cloud"]).ends_with(0);
}

#[test]
fn a_file_beyond_the_limit_is_refused() {
    let folder = Folder::new("huge").with("main.cloud", " ".repeat((32 << 20) + 1));
    folder.run(&["check", "main.cloud"]).ends_with(1).says("larger than 33554432 bytes");
}

#[test]
fn ten_thousand_brackets_are_one_error() {
    let folder = Folder::new("brackets")
        .with("main.cloud", format!("stack t {{}}\nlet a = {}1{}\n", "[".repeat(10_000), "]".repeat(10_000)));
    folder.run(&["check", "main.cloud"]).ends_with(1).says("1 error\n");
    let folder = folder.with("open.cloud", format!("stack t {{}}\nlet a = {}\n", "[".repeat(10_000)));
    folder.run(&["check", "open.cloud"]).ends_with(1);
}

#[test]
fn a_chain_of_a_thousand_passes_and_one_more_is_an_error() {
    let chain = |count: usize| {
        let lets: String = (1..count).map(|n| format!("let a{n} = a{}\n", n - 1)).collect();
        format!("stack t {{}}\nlet a0 = 1\n{lets}")
    };
    let folder = Folder::new("chain").with("fits.cloud", chain(1000)).with("deep.cloud", chain(1001));
    folder.run(&["check", "fits.cloud"]).ends_with(0);
    folder.run(&["check", "deep.cloud"]).ends_with(1).says("1 error\n");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_leaves_nothing_behind() {
    let folder = Folder::new("readonly").with("main.cloud", GOOD).with("out/shop.map.json/in-the-way", "").with("file", "");
    // A directory where a file has to go: works for the superuser too, whom permissions do not stop.
    folder.run(&["build", "main.cloud", "-o", "out"]).ends_with(3).says("cannot write");
    assert_eq!(folder.list("out"), ["shop.map.json"]);
    folder.run(&["build", "main.cloud", "-o", "file/out"]).ends_with(3).says("cannot write");
    folder.run(&["build", "main.cloud", "-o", "/proc/nothing"]).ends_with(3).says("cannot write");
}

#[cfg(unix)]
#[test]
fn nothing_outside_the_project_is_read() {
    let folder = Folder::new("outside").with("inner/.git/x", "").with("secret.txt", "secret").with("inner/main.cloud", GOOD);
    std::os::unix::fs::symlink(folder.0.join("secret.txt"), folder.0.join("inner/link.txt")).unwrap();
    let text = format!("{GOOD}output x = file(\"link.txt\")\n");
    let folder = folder.with("inner/linked.cloud", text);
    folder.run(&["check", "inner/linked.cloud"]).ends_with(1).says("outside");
    let folder = folder.with("inner/up.cloud", format!("{GOOD}output x = file(\"../secret.txt\")\n"));
    folder.run(&["check", "inner/up.cloud"]).ends_with(1);
}

#[test]
fn colours_come_only_when_wanted() {
    let folder = Folder::new("colour").with("main.cloud", BAD);
    assert!(!folder.run(&["check"]).err.contains('\u{1b}'));
    assert!(folder.run(&["check", "--color", "always"]).err.contains('\u{1b}'));
    let never = folder.command(&["check", "--color", "never"]).env("NO_COLOR", "1").output().unwrap();
    assert!(!Ended::from(never).err.contains('\u{1b}'));
}

#[test]
fn findings_for_machines() {
    let folder = Folder::new("json").with("main.cloud", BAD);
    let ended = folder.run(&["check", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&ended.ends_with(1).out).unwrap();
    assert_eq!(value["errors"], 1);
    let one = &value["diagnostics"][0];
    assert_eq!((&one["file"], &one["range"]["start"]["line"]), (&"main.cloud".into(), &2.into()));
    assert_eq!(ended.err, "");
    let ended = folder.run(&["build", "main.cloud", "-o", "-", "--diagnostics", "json"]);
    assert_eq!(ended.ends_with(1).out, "");
    assert!(ended.err.starts_with('{'));
}

#[test]
fn settings_choose_inputs() {
    let text = "stack t {}\ninput stage: \"dev\" | \"prod\"\nresource topic: AWS::SNS::Topic { TopicName: stage }\n";
    let folder = Folder::new("set").with("main.cloud", text);
    folder.run(&["build", "main.cloud"]).ends_with(1).says("--set stage=");
    folder.run(&["check", "main.cloud"]).ends_with(0);
    let ended = folder.run(&["build", "main.cloud", "--set", "stage=prod", "-o", "-"]);
    assert!(ended.ends_with(0).out.contains("\"prod\""));
    folder.run(&["build", "main.cloud", "--set", "stage=test"]).ends_with(1).says("\"test\"");
    folder.run(&["build", "main.cloud", "--set", "stage=dev", "--set", "stgae=dev"]).ends_with(1).says("did you mean `stage`?");
}

#[test]
fn formatting_in_place_checking_and_through_a_pipe() {
    let folder = Folder::new("fmt").with("main.cloud", "let   a=1\n").with("broken.cloud", "let a = {\n");
    folder.run(&["fmt", "--check", "main.cloud"]).ends_with(1).says("would change: main.cloud");
    folder.run(&["fmt", "main.cloud"]).ends_with(0);
    assert_eq!(fs::read_to_string(folder.0.join("main.cloud")).unwrap(), "let a = 1\n");
    folder.run(&["fmt", "--check", "main.cloud"]).ends_with(0);
    folder.run(&["fmt", "broken.cloud"]).ends_with(1);
    assert_eq!(fs::read_to_string(folder.0.join("broken.cloud")).unwrap(), "let a = {\n");
    let mut child = folder.command(&["fmt", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"let   b=2\n").unwrap();
    assert_eq!(Ended::from(child.wait_with_output().unwrap()).ends_with(0).out, "let b = 2\n");
}

#[test]
fn explaining_a_code() {
    let folder = Folder::new("explain");
    let ended = folder.run(&["explain", "c0101"]);
    assert!(ended.ends_with(0).out.starts_with("# C0101: ") && !ended.out.contains("// error:"), "{}", ended.out);
    folder.run(&["explain", "C01O1"]).ends_with(2).says("did you mean `C0101`?");
    assert!(folder.run(&["explain"]).ends_with(0).out.lines().count() > 20);
}

#[test]
fn a_new_project_builds() {
    let folder = Folder::new("new");
    folder.run(&["new", "web-shop"]).ends_with(0).says("`web_shop`");
    folder.run(&["build", "web-shop/main.cloud", "-o", "-"]).ends_with(0);
    folder.run(&["fmt", "--check", "web-shop"]).ends_with(0);
    folder.run(&["new", "web-shop"]).ends_with(3).says("exists already");
    folder.run(&["new", "123"]).ends_with(2);
}

#[test]
fn schemas_are_shown_found_and_imported() {
    let folder = Folder::new("schema");
    assert!(folder.run(&["schema", "show", "AWS::SNS::Topic"]).ends_with(0).out.contains("TopicName"));
    folder.run(&["schema", "show", "AWS::SNS::Topc"]).ends_with(1).says("did you mean `AWS::SNS::Topic`?");
    assert!(folder.run(&["schema", "search", "topic"]).ends_with(0).out.contains("AWS::SNS::Topic\n"));
    let private = r#"{ "typeName": "Acme::Web::Site", "description": "A site", "properties": { "Name": { "type": "string" }, "Arn": { "type": "string" } },
        "required": ["Name"], "readOnlyProperties": ["/properties/Arn"], "primaryIdentifier": ["/properties/Arn"], "additionalProperties": false }"#;
    let folder = folder.with("site.json", private).with("wrong.json", "{ \"typeName\": 1 }");
    folder.run(&["schema", "import", "wrong.json"]).ends_with(1).says("nothing was changed");
    folder.run(&["schema", "import", "site.json"]).ends_with(0).says("imported Acme::Web::Site");
    assert!(folder.run(&["schema", "show", "Acme::Web::Site"]).ends_with(0).out.contains("Name"));
    folder.run(&["schema", "show", "Acme::Web::Site", "--embedded-schemas"]).ends_with(1);
    let folder = folder.with("schemas/site.json", private.replace("Acme::Web::Site", "Acme::Web::Shop"));
    folder.run(&["schema", "sync", "--from", "schemas"]).ends_with(0).says("synced 1 resource type");
    folder.run(&["schema", "sync", "--from", "gone.zip"]).ends_with(3);
    // What cannot be read is told and left aside.
    let folder = folder.with(".cache/synced.layer", "nonsense");
    folder.run(&["schema", "show", "AWS::SNS::Topic"]).ends_with(0).says("is not used");
}

#[test]
fn completions_for_every_shell() {
    let folder = Folder::new("completions");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(folder.run(&["completions", shell]).ends_with(0).out.contains("cloudc"));
    }
    assert!(folder.run(&["version"]).ends_with(0).out.starts_with("cloudc "));
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let folder = Folder::new("pipe");
    let mut child = folder
        .command(&["schema", "search", "a", "--limit", "100000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = Ended::from(child.wait_with_output().unwrap());
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
}
