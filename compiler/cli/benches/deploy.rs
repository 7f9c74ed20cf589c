//! What deploying costs beside AWS, against the emulator: printed as a table.
//!
//! The emulator answers in milliseconds, so what is left of the time of a command is the command's own: starting, building, planning,
//! waiting between two looks.

#[path = "../tests/deploy/emulator.rs"]
#[allow(dead_code)] // the tests use the rest
mod emulator;
#[path = "../tests/deploy/project.rs"]
#[allow(dead_code)] // the tests use the rest
mod project;

use std::io::Write as _;
use std::time::Instant;

use project::Project;

/// Times each thing is done.
const ROUNDS: usize = 9;
/// Stacks that nothing changes in.
const STACKS: usize = 100;

fn main() {
    let mut rows = vec!["| what | median | slowest | to reach |".to_owned(), "|---|---|---|---|".to_owned()];
    let (mut own, mut whole) = (Vec::new(), Vec::new());
    let source = |round: usize| {
        format!(
            "stack timed {{ region: \"REGION\" }}\nfor i in range(20) {{\n  resource topic: AWS::SNS::Topic {{ DisplayName: \"round {round} ${{i}}\" }}\n}}\noutput name = topic[0].TopicName\n"
        )
    };
    let project = Project::new("timed", &[("timed.cloud", &source(0))]);
    project.deploy().ends(0);
    for round in 1..=ROUNDS {
        project.write("timed.cloud", &source(round));
        let begun = Instant::now();
        let ran = project.run(&["deploy", "--yes", "--verbose"]).ends(0);
        whole.push(begun.elapsed().as_secs_f64() * 1000.0);
        own.push(own_time(&ran.err));
    }
    rows.push(row("deploying one stack of 20 resources, beside what AWS takes", &mut own, "150 ms"));
    rows.push(row("the same with the emulator", &mut whole, ""));
    let mut unchanged: Vec<f64> = (0..ROUNDS).map(|_| timed(&project, "unchanged")).collect();
    rows.push(row("one unchanged stack", &mut unchanged, ""));
    let many = many();
    many.deploy().ends(0);
    let mut all: Vec<f64> = (0..ROUNDS).map(|_| timed(&many, "100 of 100 stacks")).collect();
    rows.push(row(&format!("{STACKS} unchanged stacks"), &mut all, "2,000 ms"));
    let text = rows.join("\n");
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Milliseconds of a deployment that has nothing to do.
fn timed(project: &Project, says: &str) -> f64 {
    let begun = Instant::now();
    let ran = project.deploy().ends(0);
    let took = begun.elapsed().as_secs_f64() * 1000.0;
    ran.says(says);
    took
}

/// `… 55 ms of it not waiting for them`.
fn own_time(said: &str) -> f64 {
    let before = said.split(" ms of it not waiting").next().unwrap_or_default();
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).expect("what --verbose says at the end")
}

fn many() -> Project {
    let names: Vec<String> = (0..STACKS).map(|at| format!("s{at:03}")).collect();
    let mut files: Vec<(String, String)> = names
        .iter()
        .map(|name| {
            (
                format!("{name}.cloud"),
                format!("stack {name} {{}}\nresource topic: AWS::SNS::Topic {{ DisplayName: \"{name}\" }}\n"),
            )
        })
        .collect();
    let listed: Vec<String> = names.iter().map(|name| format!("{name}: \"./{name}.cloud\"")).collect();
    files.push((
        "project.cloud".to_owned(),
        format!("project hundred {{ region: \"REGION\", stacks: {{ {} }} }}\n", listed.join(", ")),
    ));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Project::new("hundred", &files)
}

fn row(what: &str, times: &mut [f64], goal: &str) -> String {
    times.sort_by(f64::total_cmp);
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    format!("| {what} | {median:.0} ms | {slowest:.0} ms | {goal} |")
}
