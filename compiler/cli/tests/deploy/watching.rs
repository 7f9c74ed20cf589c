//! `cloudc watch`, as a tool reads it: one object a line.

use std::io::BufRead as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value as Json;

use crate::project::Project;

/// Long enough for a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program that watches.
struct Watcher {
    child: Child,
    lines: Receiver<Json>,
}

impl Watcher {
    fn start(project: &Project, arguments: &[&str]) -> Watcher {
        let mut command = project.command(&[&["watch", "--json"], arguments].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("cloudc starts");
        let out = std::io::BufReader::new(child.stdout.take().expect("its output"));
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let object = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
                if tell.send(object).is_err() {
                    break;
                }
            }
        });
        Watcher { child, lines }
    }

    /// The next object of this kind; others are passed over.
    #[track_caller]
    fn next(&self, event: &str) -> Json {
        loop {
            let object = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("no `{event}` came: {error}"));
            if object["event"] == event {
                return object;
            }
        }
    }

    /// The next round, once it is over and the next change is waited for.
    #[track_caller]
    fn round(&self, outcome: &str) -> Json {
        let round = self.next("round");
        assert_eq!(round["outcome"], outcome, "{round:#}");
        self.next("waiting");
        round
    }

    /// Ctrl-C.
    #[track_caller]
    fn end(mut self) {
        let interrupted = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().expect("kill");
        assert!(interrupted.success());
        self.next("ended");
        assert_eq!(self.child.wait().expect("it ends").code(), Some(0));
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const QUEUE: &str = "import \"./lib/names.cloud\" { label }\nstack one { region: \"REGION\" }\nparam wait: Int = 30\nresource queue: AWS::SQS::Queue { VisibilityTimeout: wait, QueueName: label }\n";

#[test]
fn what_building_reads_is_watched() {
    let files = [("one.cloud", QUEUE), ("lib/names.cloud", "pub let label = \"first\"\n"), ("values.json", "{ \"Wait\": 30 }")];
    let project = Project::bare("watch", &files);
    let watcher = Watcher::start(&project, &["one.cloud", "--params", "values.json"]);
    let first = watcher.round("unchanged");
    assert_eq!((&first["round"], &first["plans"][0]["action"]), (&1.into(), &"nothing".into()), "{first:#}");
    // A module in another folder.
    project.write("lib/names.cloud", "pub let label = \"second\"\n");
    let round = watcher.round("changes");
    assert_eq!(round["changed"], serde_json::json!(["lib/names.cloud"]), "{round:#}");
    let planned = &round["plans"][0]["resources"][0];
    assert_eq!((&planned["id"], &planned["action"]), (&"Queue".into(), &"replace".into()), "{round:#}");
    // A mistake, and its end.
    project.write("one.cloud", &QUEUE.replace("QueueName", "QueueNam"));
    let round = watcher.round("errors");
    assert_eq!(round["diagnostics"][0]["severity"], "error", "{round:#}");
    project.write("one.cloud", QUEUE);
    watcher.round("changes");
    // Values of parameters.
    project.write("values.json", "{ \"Wait\": 60 }");
    let round = watcher.round("changes");
    assert_eq!(round["plans"][0]["parameters"][0]["after"], "60", "{round:#}");
    // What cannot be read is told, and waited for.
    project.write("values.json", "{ nonsense");
    let round = watcher.round("errors");
    assert!(round["failures"][0]["message"].as_str().is_some_and(|text| text.contains("values.json")), "{round:#}");
    project.write("values.json", "{ \"Wait\": 30 }");
    project.write("lib/names.cloud", "pub let label = \"first\"\n");
    watcher.round("unchanged");
    std::fs::remove_file(project.root.join("lib/names.cloud")).expect("removed");
    watcher.round("errors");
    watcher.end();
}

#[test]
fn files_that_come_later_are_watched() {
    let source = "stack code { region: \"REGION\" }\nresource worker: AWS::Lambda::Function { Runtime: \"python3.12\", Handler: \"main.run\", Role: \"arn:aws:iam::123456789012:role/x\", Code: asset(\"./job\") }\n";
    let project =
        Project::bare("watch-new", &[("code.cloud", "stack code { region: \"REGION\" }\nresource topic: AWS::SNS::Topic {}\n")]);
    let watcher = Watcher::start(&project, &["--run", "test -n \"$CLOUDC_ROUND\"", "."]);
    watcher.round("unchanged");
    project.write("job/main.py", "print(1)\n");
    project.write("code.cloud", source);
    watcher.round("changes");
    project.write("job/lib/more.py", "print(2)\n");
    let round = watcher.round("changes");
    assert_eq!(round["changed"], serde_json::json!(["job/lib/more.py"]), "{round:#}");
    project.write("other.cloud", "let x: Int = \"no number\"\n");
    let round = watcher.next("round");
    assert_eq!((&round["changed"], &round["outcome"]), (&serde_json::json!(["other.cloud"]), &"errors".into()), "{round:#}");
    assert_eq!(watcher.next("ran")["fine"], true);
    watcher.next("waiting");
    std::fs::remove_file(project.root.join("other.cloud")).expect("removed");
    watcher.round("changes");
    watcher.end();
}

const LIVE: &str = "stack live {}\nresource address: AWS::EC2::EIP { Tags: { slow: \"SLOW\" } }\n";

#[test]
fn every_save_is_deployed_one_after_the_other() {
    let settings =
        "project p { region: \"REGION\", stacks: { live: \"./live.cloud\" } }\nenv dev {}\nenv prod { approval: \"always\" }\n";
    let project = Project::new("watch-deploy", &[("project.cloud", settings), ("live.cloud", &LIVE.replace("SLOW", "0"))]);
    project.run(&["watch", "--deploy", "--env", "prod"]).ends(3).says("C0883").says("the environment `prod`");
    let watcher = Watcher::start(&project, &["--deploy", "--env", "dev"]);
    watcher.round("deployed");
    // A change while a deployment is under way is deployed after it.
    project.write("live.cloud", &LIVE.replace("SLOW", "4"));
    watcher.next("begun");
    project.write("live.cloud", &LIVE.replace("SLOW", "1"));
    assert_eq!(watcher.next("result")["outcome"], "succeeded");
    watcher.round("deployed");
    watcher.round("deployed");
    // What a template does not hold is no deployment.
    project.write("live.cloud", &format!("// a word\n{}", LIVE.replace("SLOW", "1")));
    watcher.round("unchanged");
    let holds = "resource data: AWS::S3::Bucket {}\n";
    project.write("live.cloud", &format!("{}{holds}", LIVE.replace("SLOW", "0")));
    watcher.round("deployed");
    // Nobody can be asked about what destroys data.
    project.write("live.cloud", &LIVE.replace("SLOW", "0"));
    let result = watcher.next("result");
    assert_eq!((&result["outcome"], &result["code"]), (&"error".into(), &"C0867".into()), "{result:#}");
    watcher.round("failed");
    watcher.end();
    assert_eq!(project.run(&["locks", "--env", "dev"]).ends(0).out, "");
    let history = project.run(&["history", "p-dev-live", "--json"]).ends(0).json();
    assert_eq!(history["p-dev-live"].as_array().map(Vec::len), Some(4), "{history:#}");
}

#[test]
fn plans_are_asked_for_when_templates_change() {
    let source = "stack asked { region: \"REGION\" }\nresource queue: AWS::SQS::Queue { VisibilityTimeout: 30s }\n";
    let project = Project::new("watch-plan", &[("asked.cloud", source)]);
    project.deploy().ends(0);
    let watcher = Watcher::start(&project, &["--plan"]);
    let first = watcher.round("unchanged");
    assert_eq!(first["plans"][0]["exact"], true, "{first:#}");
    project.write("asked.cloud", &source.replace("30s", "45s"));
    let round = watcher.round("changes");
    assert_eq!(round["plans"][0]["resources"][0]["action"], "update", "{round:#}");
    watcher.end();
    // No change set is left behind.
    project.run(&["watch", "nowhere"]).ends(3).says("nowhere");
    project.run(&["watch", "--target", "aked"]).ends(2).says("did you mean `asked`?");
}
