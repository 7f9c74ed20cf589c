//! The real binary: contracts, settings, the JSON form, exported schemas. What it prints as JSON has the form that it says it has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

/// A folder of its own for each test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tools-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join(".git")).unwrap();
        Folder(path)
    }

    fn with(self, name: &str, text: &str) -> Self {
        self.write(name, text);
        self
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    #[track_caller]
    fn run(&self, args: &[&str], code: i32) -> (String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloudc"));
        let out = command.args(args).current_dir(&self.0).env("CLOUDC_CACHE_DIR", self.0.join(".cache")).output().unwrap();
        let (told, err) = (String::from_utf8_lossy(&out.stdout).into_owned(), String::from_utf8_lossy(&out.stderr).into_owned());
        assert_eq!(out.status.code(), Some(code), "{args:?}\n{told}\n{err}");
        (told, err)
    }

    /// Runs, and looks whether what is printed has its form.
    #[track_caller]
    fn json(&self, args: &[&str], code: i32, form: &str) -> Json {
        let (text, err) = self.run(args, code);
        let value: Json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}\n{err}"));
        self.valid(&value, form);
        value
    }

    #[track_caller]
    fn valid(&self, value: &Json, form: &str) {
        let (schema, _) = self.run(&["schema", "export", "--of", form], 0);
        let mut compiler = boon::Compiler::new();
        compiler.add_resource("https://schemas.example/one", serde_json::from_str(&schema).unwrap()).unwrap();
        let mut schemas = boon::Schemas::new();
        let one =
            compiler.compile("https://schemas.example/one", &mut schemas).unwrap_or_else(|error| panic!("{form}: {error:#}"));
        if let Err(error) = schemas.validate(value, one) {
            panic!("{form}: {error:#}\n{value:#}");
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const API: &str = "stack api { region: \"eu-west-1\" }
param stage: \"dev\" | \"prod\" = \"dev\"
resource jobs: AWS::SQS::Queue { QueueName: \"jobs-${stage}\" }
@export(\"jobs-arn\")
output jobs_arn = jobs.Arn
output docs = \"https://docs.example\"
";

#[test]
fn a_contract_is_kept_or_broken() {
    let folder = Folder::new("contract").with("main.cloud", API);
    let (_, said) = folder.run(&["contract", "define", "api", "-o", "contracts/"], 0);
    assert!(said.contains("api 1.0.0 → contracts/api.contract.json"), "{said}");
    let contract: Json = serde_json::from_str(&folder.read("contracts/api.contract.json")).unwrap();
    folder.valid(&contract, "contract");
    assert_eq!(contract["outputs"]["JobsArn"]["type"], "AWS::SQS::Queue.Arn");
    assert_eq!(contract["names"]["Jobs"]["name"], "jobs-${}");
    let (said, _) = folder.run(&["contract", "validate"], 0);
    assert!(said.contains("api keeps contracts/api.contract.json (1.0.0)"), "{said}");

    folder.write(
        "main.cloud",
        &API.replace("docs.example", "other.example").replace(" | \"prod\" = \"dev\"", " | \"test\"").replace("jobs-$", "work-$"),
    );
    let (said, err) = folder.run(&["contract", "validate"], 1);
    assert!(said.contains("breaks contracts/api.contract.json (1.0.0) in 4 ways"), "{said}");
    for part in [
        "error[C0795]: the output `Docs` is `https://other.example`",
        "has to be given, and was `dev`",
        "no longer takes `prod`",
        "is called `work-${}` now",
        "main.cloud:",
    ] {
        assert!(err.contains(part), "{part:?} is not in\n{err}");
    }
    let told = folder.json(&["contract", "validate", "--json"], 1, "contract-changes");
    assert_eq!(told["breaking"], 4);

    // A new version keeps what a person wrote.
    let noted = folder
        .read("contracts/api.contract.json")
        .replace("\"text\": \"https://docs.example\"", "\"text\": \"https://docs.example\", \"pattern\": \"^https://\"");
    folder.write("contracts/api.contract.json", &noted);
    folder.write("old.contract.json", &noted);
    let (_, said) = folder.run(&["contract", "define", "main.cloud", "-o", "contracts/api.contract.json"], 0);
    assert!(said.contains("api 2.0.0"), "{said}");
    assert!(folder.read("contracts/api.contract.json").contains("\"pattern\": \"^https://\""));
    let told =
        folder.json(&["contract", "diff", "old.contract.json", "contracts/api.contract.json", "--json"], 1, "contract-changes");
    assert_eq!(told["versions"]["needed"], "2.0.0");
    let (said, _) = folder.run(&["contract", "diff", "old.contract.json", "old.contract.json"], 0);
    assert_eq!(said, "the same promises\n");

    // A pattern that the program no longer matches.
    folder.write("main.cloud", &folder.read("main.cloud").replace("https://other", "http://other"));
    let (_, err) = folder.run(&["contract", "validate", "contracts"], 1);
    assert!(err.contains("does not match `^https://`"), "{err}");
}

#[test]
fn contracts_of_templates_and_wrong_files() {
    let template = "Resources:\n  Data:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: my-data\nOutputs:\n  Arn:\n    Value: !GetAtt Data.Arn\n";
    let folder = Folder::new("templates").with("legacy.yaml", template).with("bad.contract.json", "{ \"contract\": 1 }");
    let contract = folder.json(&["contract", "define", "legacy.yaml"], 0, "contract");
    assert_eq!(contract["outputs"]["Arn"]["type"], "AWS::S3::Bucket.Arn");
    let (_, err) = folder.run(&["contract", "validate"], 1);
    assert!(err.contains("error[C0796]: `bad.contract.json` is no contract: missing field `stack`"), "{err}");
    let (_, err) = folder.run(&["contract", "diff", "none.json", "bad.contract.json"], 3);
    assert!(err.contains("cannot read `none.json`"), "{err}");
}

#[test]
fn settings_are_shown_with_their_places() {
    let project = "project shop {
  region: \"eu-west-1\"
  tags: { product: \"shop\" }
  budget: 50.0
  stacks: { api: \"./api.cloud\" }
}
env dev { account: \"111111111111\", inputs: { shards: 1 } }
env prod: dev {
  account: \"222222222222\"
  inputs: { shards: 3 }
  tags: { critical: \"yes\" }
  params: { password: \"hunter2hunter2\" }
}
";
    let api = "stack api { protection: true }
input shards: Int = 1
input flavour: String = \"plain\"
param alert_email: String
param password: Secret<String>
resource topics: AWS::SNS::Topic { DisplayName: \"${shards} ${flavour}\" }
";
    let folder = Folder::new("config").with("project.cloud", project).with("api.cloud", api);
    let (said, _) = folder.run(&["config", "--env", "prod", "--set", "flavour=rich"], 0);
    let shown: Vec<String> = said.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "api: shop-prod-api in eu-west-1",
        "account 222222222222 env prod project.cloud:9",
        "budget 50.0 project shop project.cloud:4",
        "tags.critical yes env prod project.cloud:11",
        "inputs.flavour rich --set",
        "params.alert_email (has to be given) nobody api.cloud:4",
    ] {
        assert!(shown.iter().any(|shown| shown == line), "{line:?} is not in\n{said}");
    }
    assert!(!said.contains("hunter2"), "{said}");
    let told = folder.json(&["config", "api", "--env", "prod", "--json"], 0, "config");
    let of = |name: &str| {
        told["stacks"][0]["settings"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned().unwrap_or_default()
    };
    assert_eq!((of("account")["from"].clone(), of("account")["line"].clone()), ("env prod".into(), 9.into()));
    assert_eq!((of("tags.product")["from"].clone(), of("tags.product")["line"].clone()), ("project shop".into(), 3.into()));
    assert_eq!((of("protection")["from"].clone(), of("protection")["file"].clone()), ("stack api".into(), "api.cloud".into()));
    assert_eq!((of("inputs.shards")["value"].clone(), of("inputs.shards")["from"].clone()), (3.into(), "env prod".into()));
    assert_eq!(of("params.alert_email")["from"], "nobody");
    assert_eq!(of("params.password")["value"], "****");
    assert_eq!(of("name")["from"], "default");
    let (_, err) = folder.run(&["config", "apo", "--env", "prod"], 2);
    assert!(err.contains("did you mean `api`?"), "{err}");
}

#[test]
fn programs_are_built_from_json() {
    let folder = Folder::new("json").with("main.cloud", API);
    let form = folder.json(&["convert", "main.cloud"], 0, "program");
    assert_eq!(form["items"][0]["stack"], "api");
    folder.run(&["convert", "main.cloud", "-o", "other/main.cloud.json"], 0);
    let (back, _) = folder.run(&["convert", "other/main.cloud.json"], 0);
    assert_eq!(back, API);
    let (from_text, _) = folder.run(&["build", "main.cloud", "-o", "-"], 0);
    let (from_json, _) = folder.run(&["build", "other/main.cloud.json", "-o", "-"], 0);
    assert_eq!(from_json, from_text);
    let (said, _) = folder.run(&["convert", "main.cloud", "--to", "tree", "-o", "tree.json"], 0);
    assert_eq!(said, "");
    assert_eq!(folder.run(&["convert", "tree.json"], 0).0, API);

    folder.write("bad.cloud.json", "{ \"cloudc\": 1, \"items\": [{ \"resource\": \"a\", \"typ\": \"B\" }] }");
    let (_, err) = folder.run(&["convert", "bad.cloud.json"], 1);
    assert!(
        err.contains("error[C0797]: `bad.cloud.json` is no program in JSON form: at `/items/0`: `resource` has no `typ`"),
        "{err}"
    );
    let (_, err) = folder.run(&["build", "bad.cloud.json"], 1);
    assert!(err.contains("`resource` has no `typ`"), "{err}");
    folder.write("text.cloud", "stack a {\n  region: }\n");
    let (_, err) = folder.run(&["convert", "text.cloud"], 1);
    assert!(err.contains("text.cloud:2"), "{err}");
}

#[test]
fn what_commands_print_has_its_form() {
    let folder = Folder::new("forms")
        .with("main.cloud", API)
        .with("wrong.cloud", "stack wrong {}\nresource a: AWS::SQS::Queue { QueueNam: 1 }\n");
    folder.json(&["check", "main.cloud", "--format", "json"], 0, "check");
    folder.json(&["check", "wrong.cloud", "--format", "json"], 1, "check");
    folder.run(&["build", "main.cloud"], 0);
    folder.valid(&serde_json::from_str(&folder.read("build/api.manifest.json")).unwrap(), "manifest");
}

#[test]
fn what_could_be_better_is_found_in_programs_and_templates() {
    let stack = |name: &str| {
        format!(
            "stack {name} {{ region: \"eu-west-1\" }}\nparam left_over: String = \"x\"\nresource net: AWS::EC2::VPC {{ CidrBlock: 10.0.0.0/16 }}\nresource guard: AWS::EC2::SecurityGroup {{ GroupDescription: \"none\", VpcId: net }}\n"
        )
    };
    let template = "Conditions:\n  Never: !Equals [a, b]\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Condition: Never\n";
    let folder = Folder::new("optimize").with("a.cloud", &stack("a")).with("b.cloud", &stack("b")).with("legacy.yaml", template);
    let (said, _) = folder.run(&["optimize"], 0);
    for part in [
        "a: 2 of 500 resources",
        "a.cloud:2: the parameter `LeftOver` is used by nothing (saves",
        "b.cloud:4: nothing uses the AWS::EC2::SecurityGroup `Guard`",
        "`a`, `b` each make a VPC: one stack can make it, and the others read its outputs (saves 1 resource)",
    ] {
        assert!(said.contains(part), "{part:?} is not in\n{said}");
    }
    let told = folder.json(&["optimize", "legacy.yaml", "a.cloud", "--json"], 0, "optimize");
    assert_eq!(told["templates"][1]["suggestions"][0]["kind"], "constant-condition");
    assert_eq!(told["templates"][1]["suggestions"][0]["line"], 2);
    folder.run(&["optimize", "legacy.yaml", "--html", "report.html"], 0);
    assert!(folder.read("report.html").contains("the condition `Never` never holds"));
    folder.write("wrong.json", "[]");
    let (_, err) = folder.run(&["optimize", "wrong.json"], 1);
    assert!(err.contains("`wrong.json` is no CloudFormation template"), "{err}");
}

#[test]
fn graphs_tell_what_edges_mean() {
    let program = "stack app { region: \"eu-west-1\" }
resource net: AWS::EC2::VPC { CidrBlock: 10.0.0.0/16 }
resource zone: AWS::EC2::Subnet { VpcId: net, CidrBlock: 10.0.1.0/24 }
resource jobs: AWS::SQS::Queue {}
resource logs: AWS::Logs::LogGroup {}
resource role: AWS::IAM::Role { AssumeRolePolicyDocument: trust(\"lambda.amazonaws.com\") }
resource work: AWS::Lambda::Function {
  Role: role
  Runtime: \"python3.13\"
  Handler: \"index.main\"
  Code: { ZipFile: \"pass\" }
  Environment: { Variables: { QUEUE: jobs.ref } }
  LoggingConfig: { LogGroup: logs }
}
";
    let folder = Folder::new("graph").with("main.cloud", program);
    let graph = folder.json(&["graph", "--format", "json"], 0, "graph");
    let edges = graph["edges"].as_array().unwrap();
    for (from, to, kind) in [
        ("app.Work", "app.Jobs", "COMMUNICATES_WITH"),
        ("app.Work", "app.Logs", "LOGS_TO"),
        ("app.Work", "app.Role", "DEPENDS_ON"),
        ("app.Net", "app.Zone", "CONTAINS"),
        ("app", "app.Work", "CONTAINS"),
    ] {
        let wanted = serde_json::json!({ "from": from, "to": to, "kind": kind });
        assert!(edges.contains(&wanted), "{wanted} is not in\n{edges:#?}");
    }
    let (waves, _) = folder.run(&["graph", "--waves"], 0);
    assert_eq!(waves, "1: app\n   app 1.1: Jobs, Logs, Net, Role\n   app 1.2: Work, Zone\n");
    let (picture, _) = folder.run(&["graph", "--format", "svg"], 0);
    assert!(picture.starts_with("<svg") && picture.contains(">app.Work</text>"), "{picture}");
    let (said, _) = folder.run(&["impact", "Net", "--json"], 0);
    assert!(said.contains("app.Zone"), "{said}");
}

#[test]
fn schemas_are_written_to_a_folder() {
    let folder = Folder::new("export");
    folder.run(&["schema", "export", "AWS::SQS::*", "AWS::S3::Bucket", "-o", "out", "--template"], 0);
    let names: Vec<String> = fs::read_dir(folder.0.join("out"))
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(
        names.contains(&"AWS-S3-Bucket.schema.json".to_owned()) && names.contains(&"template.schema.json".to_owned()),
        "{names:?}"
    );
    folder.run(&["schema", "export", "AWS::SQS::Queue", "-o", "out", "--format", "markdown"], 0);
    assert!(folder.read("out/AWS-SQS-Queue.md").contains("| `QueueName` | String |"));
    assert!(folder.read("out/README.md").contains("[Queue](AWS-SQS-Queue.md)"));
    let (_, err) = folder.run(&["schema", "export", "AWS::SQS::Queu"], 1);
    assert!(err.contains("did you mean `AWS::SQS::Queue`?"), "{err}");
    let (_, err) = folder.run(&["schema", "export", "AWS::SQS::*"], 2);
    assert!(err.contains("do not fit into one output"), "{err}");
    folder.run(&["schema", "export", "--of", "all", "-o", "forms"], 0);
    assert!(folder.read("forms/contract.schema.json").contains("2020-12"));
    folder.run(&["schema", "export", "--of", "nothing"], 2);
}
