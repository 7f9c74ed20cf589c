//! Agreeing at a terminal: the review of changes, and what Ctrl-C means.

use std::process::Command;

use crate::project::Project;
use crate::terminal::Terminal;

const BEFORE: &str = "stack seen { region: \"REGION\" }\nresource orders: AWS::SQS::Queue { QueueName: \"orders-one\" }\nresource topic: AWS::SNS::Topic { DisplayName: \"one\" }\n";
const UP: &str = "\u{1b}[A";
const RIGHT: &str = "\u{1b}[C";

/// A project with a change that loses what a queue holds.
fn project(name: &str) -> Project {
    let project = Project::new(name, &[("seen.cloud", BEFORE)]);
    project.deploy().ends(0);
    project.write("seen.cloud", &BEFORE.replace("orders-one", "orders-two").replace("\"one\"", "\"two\""));
    project
}

#[test]
fn what_is_dangerous_is_reviewed_before_it_is_agreed_to() {
    let project = project("review");
    let mut terminal = Terminal::start(&project, &["deploy", "--interactive"]);
    terminal.sees("deploy 1 stack: 1 to update, 1 to replace · risk: critical").sees("0 of 1 dangerous changes reviewed");
    assert!(terminal.is_taken());
    terminal.types("y").sees("1 change of high or critical risk not reviewed yet");
    terminal.types("n").types(RIGHT).sees("danger: what it holds is lost").sees("why: `QueueName` cannot be changed");
    terminal.sees("- \"orders-one\"").sees("+ \"orders-two\"").sees(">    2 │ resource orders");
    terminal.types("x").sees("all of a stack's changes or none");
    terminal.types(UP).types("/topic\r").sees("with `topic`");
    assert!(!terminal.shown().contains("Orders"), "{}", terminal.shown());
    terminal.types("\u{1b}").sees("Orders");
    terminal.types("n ").sees("1 of 1 dangerous changes reviewed");
    terminal.types("y").sees("type the stack's name to go on");
    terminal.types("sean\r").sees("is not the name");
    terminal.types("yseen\r").sees("deployed");
    terminal.ends(0);
    project.run(&["plan"]).ends(0).says("no changes");
}

#[test]
fn a_review_that_ends_with_no_changes_nothing() {
    let project = project("review-no");
    let mut terminal = Terminal::start(&project, &["deploy"]);
    terminal.sees("[r]eview");
    terminal.types("r\n").sees("0 of 1 dangerous changes reviewed");
    terminal.types("?").sees("mark a change as reviewed");
    terminal.types("?").types("q");
    terminal.ends(3);
    // Told to end, it does, and leaves the terminal as it was.
    let mut terminal = Terminal::start(&project, &["deploy", "--interactive"]);
    terminal.sees("0 of 1 dangerous changes reviewed");
    assert!(Command::new("kill").args(["-TERM", &terminal.pid]).status().expect("kill").success());
    terminal.ends(3);
    let mut terminal = Terminal::start(&project, &["deploy", "--interactive"]);
    terminal.sees("0 of 1 dangerous changes reviewed");
    terminal.types("\u{3}");
    terminal.ends(3);
    assert_eq!(project.run(&["locks"]).ends(0).out, "");
    project.run(&["plan"]).ends(2).says("orders-two");
    // Without a terminal nobody reviews.
    project.run(&["deploy", "--interactive"]).ends(3).says("C0884");
    project.run(&["deploy", "--interactive", "--yes"]).ends(2);
}

#[test]
fn rollbacks_and_deletions_are_reviewed_too() {
    let project = project("review-destroy");
    project.run(&["deploy", "--yes", "--confirm", "seen"]).ends(0);
    let mut terminal = Terminal::start(&project, &["rollback", "seen", "-i"]);
    terminal.sees("1 to replace").types("n ").sees("1 of 1").types("q");
    terminal.ends(3);
    let mut terminal = Terminal::start(&project, &["destroy", "seen", "-i"]);
    terminal.sees("delete 1 stack: 2 to delete · risk: critical").sees("0 of 2 dangerous changes reviewed");
    terminal.types("n n ").sees("2 of 2").types("y").sees("type the stack's name").types("seen\r").sees("deleted");
    terminal.ends(0);
    project.run(&["show", "seen"]).ends(3).says("C0873");
}
