//! How little an edit runs again.

mod support;

use std::fmt::Write as _;

use cloudc_base::{Content, Db as _};
use cloudc_eval::Target;
use salsa::Setter as _;
use support::{counted, taken};

/// Groups of three resources, each group in lines of its own.
fn program(groups: usize) -> String {
    let mut text = String::from("stack t {}\nlet stage = \"prod\"\n");
    for n in 0..groups {
        let _ = writeln!(text, "resource dead_{n}: AWS::SQS::Queue {{ DelaySeconds: 1 }}");
        let _ = writeln!(
            text,
            "resource jobs_{n}: AWS::SQS::Queue {{ QueueName: \"jobs-{n}-${{stage}}\"\n  RedrivePolicy: {{ deadLetterTargetArn: dead_{n}.Arn, maxReceiveCount: 3 }} }}"
        );
        let _ = writeln!(
            text,
            "resource topic_{n}: AWS::SNS::Topic {{ Subscription: [{{ Protocol: \"sqs\", Endpoint: jobs_{n}.Arn }}] }}"
        );
    }
    text
}

/// Everything an editor asks for after a keystroke.
fn ask(db: &dyn cloudc_eval::Db, target: Target) -> usize {
    cloudc_eval::problems(db, target).len() + cloudc_graph::order(db, target).problems.len()
}

#[test]
fn a_literal_runs_one_resource() {
    let text = program(50);
    let (mut db, log) = counted(&[("/main.cloud", &text)]);
    let file = db.files().get(&db, "/main.cloud");
    let target = Target::new(&db, file, None, None);
    assert_eq!(ask(&db, target), 0);
    assert_eq!(taken(&log, &db).get("resource").copied(), Some(150));

    file.set_content(&mut db).to(Content::Text(text.replacen("DelaySeconds: 1", "DelaySeconds: 2", 1).into()));
    assert_eq!(ask(&db, target), 0);
    let ran = taken(&log, &db);
    assert_eq!(ran.get("resource"), Some(&1), "{ran:?}");
    assert!(ran.get("links_in").is_some_and(|shares| *shares <= 3), "of declarations and of sites: {ran:?}");
    for query in ["stack", "order", "members", "value", "named", "existence"] {
        assert_eq!(ran.get(query), None, "{query}: {ran:?}");
    }
}

#[test]
fn a_comment_on_top_runs_nothing() {
    let text = program(10);
    let (mut db, log) = counted(&[("/main.cloud", &text)]);
    let file = db.files().get(&db, "/main.cloud");
    let target = Target::new(&db, file, None, None);
    assert_eq!(ask(&db, target), 0);
    taken(&log, &db);
    file.set_content(&mut db).to(Content::Text(format!("// first\n\n{text}").into()));
    assert_eq!(ask(&db, target), 0);
    let ran = taken(&log, &db);
    for query in ["resource", "links_in", "stack", "order", "members", "value"] {
        assert_eq!(ran.get(query), None, "{query}: {ran:?}");
    }
}

#[test]
fn a_new_resource_evaluates_itself() {
    let text = program(20);
    let (mut db, log) = counted(&[("/main.cloud", &text)]);
    let file = db.files().get(&db, "/main.cloud");
    let target = Target::new(&db, file, None, None);
    assert_eq!(ask(&db, target), 0);
    taken(&log, &db);
    file.set_content(&mut db).to(Content::Text(format!("{text}resource one_more: AWS::SNS::Topic {{}}\n").into()));
    assert_eq!(ask(&db, target), 0);
    let ran = taken(&log, &db);
    assert_eq!(ran.get("resource"), Some(&1), "{ran:?}");
    assert_eq!(ran.get("stack"), Some(&1), "{ran:?}");
}

#[test]
fn an_argument_runs_what_uses_it() {
    let text = r#"stack t {}
component Pair {
  input name: String
  input delay: Int
  resource a: AWS::SQS::Queue { QueueName: name }
  resource b: AWS::SQS::Queue { DelaySeconds: delay }
}
resource one: Pair { name: "n", delay: 1 }
resource two: Pair { name: "m", delay: 1 }
"#;
    let (mut db, log) = counted(&[("/main.cloud", text)]);
    let file = db.files().get(&db, "/main.cloud");
    let target = Target::new(&db, file, None, None);
    assert_eq!(ask(&db, target), 0);
    taken(&log, &db);
    file.set_content(&mut db).to(Content::Text(text.replacen("delay: 1", "delay: 2", 1).into()));
    assert_eq!(ask(&db, target), 0);
    let ran = taken(&log, &db);
    assert_eq!(ran.get("resource"), Some(&1), "{ran:?}");
    assert_eq!(ran.get("stack"), None, "{ran:?}");
}
