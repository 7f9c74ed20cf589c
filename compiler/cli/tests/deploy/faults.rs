//! Deployments while everything goes wrong, and what a second one makes of it.
//!
//! A proxy in front of the emulator answers with errors, cuts answers off, resets connections, takes its time; and the process is
//! killed at some moment. After each run a second deployment, undisturbed, has to end with the stack as the source says, a history
//! without gaps and without anything running, no lock, no change set left, and every asset once. The number of runs comes from
//! `CLOUDC_FAULT_RUNS`, the first seed from `CLOUDC_FAULT_SEED`; `cargo xtask faults` runs many and shows the table.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::emulator::{emulator, free_port, http, python};
use crate::project::{Project, ran};

/// Runs in the test command; `cargo xtask faults` makes it hundreds.
const RUNS: u64 = 24;
/// Lanes at once, each with a proxy and a region of its own.
const LANES: u64 = 4;

/// Every operation that a deployment uses, with its service.
const OPERATIONS: [(&str, &str); 19] = [
    ("sts", "GetCallerIdentity"),
    ("cloudformation", "DescribeStacks"),
    ("cloudformation", "GetTemplate"),
    ("cloudformation", "ListChangeSets"),
    ("cloudformation", "CreateChangeSet"),
    ("cloudformation", "DescribeChangeSet"),
    ("cloudformation", "DeleteChangeSet"),
    ("cloudformation", "ExecuteChangeSet"),
    ("cloudformation", "DescribeStackEvents"),
    ("cloudformation", "GetStackPolicy"),
    ("cloudformation", "SetStackPolicy"),
    ("cloudformation", "UpdateTerminationProtection"),
    ("cloudformation", "ListImports"),
    ("cloudformation", "DeleteStack"),
    ("cloudformation", "UpdateStack"),
    ("s3", "GetObject"),
    ("s3", "PutObject"),
    ("s3", "HeadObject"),
    ("s3", "DeleteObject"),
];

/// A sequence of numbers that a seed decides.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // SplitMix64 (Steele, Lea, Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (value ^ (value >> 31)) % sides
    }
}

/// What is done to a run.
struct Fault {
    name: &'static str,
    rules: Vec<Json>,
    kill: Option<Duration>,
}

/// One kind after the other; where and how often the dice say.
fn fault(seed: u64, dice: &mut Dice) -> Fault {
    let (service, operation) = OPERATIONS[dice.roll(OPERATIONS.len() as u64) as usize];
    let one = |rest: Json| {
        let mut rule = json!({ "service": service, "operation": operation });
        if let (Some(rule), Some(rest)) = (rule.as_object_mut(), rest.as_object()) {
            rule.extend(rest.clone());
        }
        rule
    };
    let everywhere = |rest: Json| {
        let mut rule = json!({ "service": "*" });
        if let (Some(rule), Some(rest)) = (rule.as_object_mut(), rest.as_object()) {
            rule.extend(rest.clone());
        }
        rule
    };
    let error = |code: &str, status: u16| json!({ "code": code, "status": status });
    let moment = |dice: &mut Dice| Some(Duration::from_millis(dice.roll(700)));
    let chance = |dice: &mut Dice| (1 + dice.roll(4)) as f64 / 10.0;
    let refusal = ["AccessDenied", "ValidationError", "ExpiredToken", "InternalFailure"][dice.roll(4) as usize];
    let (name, rules, kill) = match seed % 12 {
        0 => (
            "throttled everywhere",
            vec![everywhere(json!({ "probability": chance(dice), "error": error("Throttling", 400) }))],
            None,
        ),
        1 => ("an operation throttled 3 times", vec![one(json!({ "times": 3, "error": error("Throttling", 400) }))], None),
        2 => ("connections reset", vec![everywhere(json!({ "probability": chance(dice), "reset": true }))], None),
        3 => ("an operation's answers cut off", vec![one(json!({ "times": 2, "response": { "truncate_frac": 0.5 } }))], None),
        4 => (
            "answers broken off everywhere",
            vec![everywhere(json!({ "probability": chance(dice) / 2.0, "response": { "abort_frac": 0.3 } }))],
            None,
        ),
        5 => ("slow everywhere", vec![everywhere(json!({ "latency": { "min": 5, "max": 150 } }))], None),
        6 => ("an operation fails for good", vec![one(json!({ "error": error(refusal, 400) }))], None),
        7 => (
            "servers fail everywhere",
            vec![everywhere(json!({ "probability": chance(dice), "error": error("InternalFailure", 500) }))],
            None,
        ),
        8 => ("killed", Vec::new(), moment(dice)),
        9 => (
            "killed while slow",
            vec![everywhere(json!({ "latency": { "min": 20, "max": 120 } }))],
            moment(dice).map(|moment| moment * 2),
        ),
        10 => (
            "killed while throttled",
            vec![everywhere(json!({ "probability": 0.3, "error": error("Throttling", 400) }))],
            moment(dice).map(|moment| moment * 2),
        ),
        _ => ("answers lost after the work was done", vec![one(json!({ "times": 1, "response": { "abort_frac": 0.0 } }))], None),
    };
    Fault { name, rules, kill }
}

/// A proxy that makes trouble.
pub struct Proxy {
    /// Where it listens.
    pub port: u16,
    process: Child,
}

impl Proxy {
    /// In front of the emulator.
    pub fn start() -> Proxy {
        let port = free_port();
        let process = Command::new(python().with_file_name("microburst"))
            .args(["--upstream", &emulator().url(), "--port", &port.to_string(), "--host", "127.0.0.1"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("microburst starts");
        let begun = Instant::now();
        while http(port, "GET", "/_microburst/health", "").is_none_or(|answer| !answer.contains(" 200")) {
            assert!(begun.elapsed() < Duration::from_secs(60), "the proxy does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Proxy { port, process }
    }

    /// From now on it does this.
    pub fn set(&self, rules: &[Json]) {
        let answer = http(self.port, "POST", "/_microburst/rules", &Json::from(rules.to_vec()).to_string()).unwrap_or_default();
        assert!(answer.contains(" 200") || answer.contains(" 201"), "{answer}");
    }

    /// How many faults there were, and forgets them.
    fn fired(&self) -> usize {
        let answer = http(self.port, "GET", "/_microburst/fired?limit=10000", "").unwrap_or_default();
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let count = answer_items(body);
        http(self.port, "DELETE", "/_microburst/fired", "");
        count
    }
}

fn answer_items(body: &str) -> usize {
    let parsed: Json = serde_json::from_str(body).unwrap_or_default();
    parsed.as_array().map_or_else(|| parsed["fired"].as_array().map_or(0, Vec::len), Vec::len)
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What is deployed in a run: something else each time, now and then another shape, a protected resource, an export, an asset.
fn source(seed: u64, dice: &mut Dice) -> (String, String) {
    let count = 1 + dice.roll(4);
    let protect = if dice.roll(3) == 0 { "@protect\n" } else { "" };
    let output = if dice.roll(2) == 0 { "output topic_name = topic.TopicName\n" } else { "" };
    let text = format!(
        "stack storm {{ region: \"REGION\", tags: {{ run: \"{}\" }} }}\nlet data = asset(\"./data\")\nresource topic: AWS::SNS::Topic {{ DisplayName: \"run {seed}\" }}\n{protect}resource store: AWS::SSM::Parameter {{ Type: \"String\", Value: data.key }}\nfor i in range({count}) {{\n  resource queue: AWS::SQS::Queue {{ VisibilityTimeout: {}s }}\n}}\n{output}",
        seed / 7,
        seed % 600
    );
    (text, format!("data of {}\n", dice.roll(5)))
}

/// What became of the runs of one kind.
#[derive(Default)]
struct Row {
    runs: usize,
    faults: usize,
    fine: usize,
    failed: usize,
    killed: usize,
    mended: usize,
}

#[test]
fn a_second_deployment_mends_everything() {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (runs, first) = (number("CLOUDC_FAULT_RUNS", RUNS), number("CLOUDC_FAULT_SEED", 1));
    let lanes: Vec<_> = (0..LANES).map(|lane| std::thread::spawn(move || storm(lane, first, runs))).collect();
    let mut table: BTreeMap<&str, Row> = BTreeMap::new();
    let mut wrong = Vec::new();
    for lane in lanes {
        let (rows, found) = lane.join().expect("a lane");
        wrong.extend(found);
        for (name, row) in rows {
            let all = table.entry(name).or_default();
            all.runs += row.runs;
            all.faults += row.faults;
            all.fine += row.fine;
            all.failed += row.failed;
            all.killed += row.killed;
            all.mended += row.mended;
        }
    }
    let mut shown =
        String::from("| what was done | runs | faults | ended well | ended with an error | killed | mended by the second |\n");
    shown.push_str("|---|---:|---:|---:|---:|---:|---:|\n");
    for (name, row) in &table {
        let Row { runs, faults, fine, failed, killed, mended } = row;
        shown.push_str(&format!("| {name} | {runs} | {faults} | {fine} | {failed} | {killed} | {mended} |\n"));
    }
    // Shown with `--nocapture`, and kept beside what the tests leave.
    std::io::Write::write_all(&mut std::io::stdout(), shown.as_bytes()).expect("standard output");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert_eq!(table.values().map(|row| row.mended).sum::<usize>() as u64, runs);
    assert!(table.values().any(|row| row.faults > 0), "the proxy did nothing");
}

/// The runs of one lane: every [`LANES`]th seed.
fn storm(lane: u64, first: u64, runs: u64) -> (BTreeMap<&'static str, Row>, Vec<String>) {
    let mut table: BTreeMap<&'static str, Row> = BTreeMap::new();
    let mut wrong = Vec::new();
    let proxy = Proxy::start();
    let mut project = Project::new(&format!("storm-{lane}"), &[]);
    let direct = std::mem::replace(&mut project.endpoint, format!("http://127.0.0.1:{}", proxy.port));
    for seed in (first..first + runs).filter(|seed| seed % LANES == lane) {
        let mut dice = Dice(seed);
        let (text, data) = source(seed, &mut dice);
        project.write("storm.cloud", &text);
        project.write("data/file.txt", &data);
        // Now and then from the beginning.
        if dice.roll(6) == 0 {
            project.run(&["destroy", "storm", "--yes", "--confirm", "storm"]).ends(0);
        }
        let fault = fault(seed, &mut dice);
        proxy.set(&fault.rules);
        let row = table.entry(fault.name).or_default();
        row.runs += 1;
        match disturbed(&project, fault.kill) {
            None => row.killed += 1,
            Some(0) => row.fine += 1,
            Some(_) => row.failed += 1,
        }
        proxy.set(&[]);
        row.faults += proxy.fired();
        match mended(&project, &direct) {
            Ok(()) => row.mended += 1,
            Err(why) => wrong.push(format!("seed {seed} ({}): {why}", fault.name)),
        }
    }
    (table, wrong)
}

/// A deployment in trouble: its exit code, or nothing when it was killed.
fn disturbed(project: &Project, kill: Option<Duration>) -> Option<i32> {
    let mut command = project.command(&["deploy", "--yes", "--confirm", "storm"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("cloudc starts");
    if let Some(moment) = kill {
        std::thread::sleep(moment);
        // One that ended already is not killed.
        if child.try_wait().expect("its state").is_none() {
            child.kill().expect("killed");
            child.wait().expect("ended");
            return None;
        }
    }
    let ended = ran(child.wait_with_output().expect("it ends"));
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    Some(ended.code)
}

/// A second deployment and what it leaves.
fn mended(project: &Project, direct: &str) -> Result<(), String> {
    let told = |ran: &crate::project::Ran| format!("ended with {}\n{}{}", ran.code, ran.out, ran.err);
    let second = project.run(&["deploy", "--yes", "--confirm", "storm"]);
    if second.code != 0 {
        return Err(format!("the second deployment {}", told(&second)));
    }
    let mut calm = project.command(&["plan"]);
    calm.env("AWS_ENDPOINT_URL", direct);
    let plan = ran(calm.output().expect("cloudc starts"));
    if plan.code != 0 {
        return Err(format!("the plan after it {}", told(&plan)));
    }
    let same = project.run(&["diff"]);
    if same.code != 0 {
        return Err(format!("the difference to the source {}", told(&same)));
    }
    let locks = project.run(&["locks"]);
    if !locks.out.is_empty() {
        return Err(format!("a lock is left: {}", locks.out));
    }
    let history = project.run(&["history", "storm", "-n", "2000", "--json"]).json();
    let records = history["storm"].as_array().cloned().unwrap_or_default();
    if records.first().map(|record| &record["outcome"]) != Some(&Json::from("succeeded")) {
        return Err(format!("the newest record is {:#}", records.first().cloned().unwrap_or_default()));
    }
    if let Some(running) = records.iter().find(|record| record["outcome"] == "running") {
        return Err(format!("a record is still running: {running:#}"));
    }
    let versions: Vec<u64> = records.iter().rev().filter_map(|record| record["version"].as_u64()).collect();
    if versions != (1..=versions.len() as u64).collect::<Vec<_>>() {
        return Err(format!("the versions have gaps: {versions:?}"));
    }
    let port = direct.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_default();
    left_over(project, port)
}

/// Change sets and assets that should not be there.
fn left_over(project: &Project, port: u16) -> Result<(), String> {
    let sets = project.run(&["show", "storm", "--json"]).json();
    if sets["stacks"][0]["change_sets"].as_array().is_some_and(|sets| !sets.is_empty()) {
        return Err(format!("change sets are left: {}", sets["stacks"][0]["change_sets"]));
    }
    let listed =
        http(port, "GET", &format!("/{}?list-type=2&prefix=assets/&max-keys=1000", project.bucket()), "").unwrap_or_default();
    let mut tags: Vec<&str> = listed.split("<ETag>").skip(1).filter_map(|part| part.split("</ETag>").next()).collect();
    let all = tags.len();
    tags.sort_unstable();
    tags.dedup();
    // Five contents are deployed in all, whatever happened to their uploads.
    if all == 0 || all > 5 || tags.len() != all {
        return Err(format!("{all} assets with {} contents", tags.len()));
    }
    Ok(())
}
