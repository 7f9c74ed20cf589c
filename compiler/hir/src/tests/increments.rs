//! How little runs again after an edit.

use std::collections::BTreeMap;

use super::TestDb;
use crate::uses::uses;
use crate::{all_declarations, body, cyclic, lower_problems, refs, scope_problems, syntax_diagnostics, too_deep};

const PROGRAM: &str = "let first = 1

stack t {}
input i: Int = 1
let a = first + i
let b = a
component C {
  input size: Int = 2
  let double = size * 2
  resource inner: AWS::SQS::Queue { DelaySeconds: double }
  output arn = inner.Arn
}
resource c: C { size: b }
resource q: AWS::SQS::Queue { DelaySeconds: 3 }
output o = c.arn
";

/// Asks for everything and says what ran.
fn everything(db: &TestDb) -> BTreeMap<String, usize> {
    let file = db.main();
    syntax_diagnostics(db, file);
    scope_problems(db, file);
    uses(db, file);
    for decl in all_declarations(db, file) {
        body(db, *decl);
        lower_problems(db, *decl);
        refs(db, *decl);
        cyclic(db, *decl);
        too_deep(db, *decl);
    }
    db.ran()
}

fn after(edit: impl Fn(&str) -> String) -> BTreeMap<String, usize> {
    let mut db = TestDb::new(PROGRAM);
    everything(&db);
    assert_eq!(everything(&db), BTreeMap::new(), "nothing runs twice");
    let text = edit(PROGRAM);
    assert_ne!(text, PROGRAM);
    db.edit("/main.cloud", &text);
    everything(&db)
}

fn counts(pairs: &[(&str, usize)]) -> BTreeMap<String, usize> {
    pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[test]
fn a_comment_at_the_top_reruns_its_own_chunk_only() {
    let ran = after(|text| format!("// a note\n\n{text}"));
    let allowed = ["chunks_of", "headers", "lowered", "said", "index"];
    assert!(ran.keys().all(|name| allowed.contains(&name.as_str())), "{ran:?}");
    assert!(ran.values().all(|count| *count <= 2), "{ran:?}");
    assert!(!ran.contains_key("index"), "{ran:?}");
}

#[test]
fn a_comment_inside_a_body_moves_ranges_only() {
    let ran = after(|text| text.replace("DelaySeconds: 3", "/* three */ DelaySeconds: 3"));
    assert_eq!(ran, counts(&[("chunks_of", 1), ("headers", 1), ("lowered", 1), ("said", 1)]));
}

#[test]
fn a_literal_reruns_its_own_declaration() {
    let ran = after(|text| text.replace("DelaySeconds: 3", "DelaySeconds: 4"));
    let expected = [("chunks_of", 1), ("headers", 1), ("lowered", 1), ("said", 1), ("refs", 1), ("head", 1), ("links_in", 2)];
    let expected = counts(&expected);
    assert!(ran.iter().all(|(name, count)| expected.get(name).is_some_and(|most| count <= most)), "{ran:?}");
}

#[test]
fn a_literal_in_a_component_reruns_one_of_its_parts() {
    let ran = after(|text| text.replace("size * 2", "size * 3"));
    // Every part of the chunk is compared, the one that changed is looked at again.
    assert_eq!(ran.get("said"), Some(&5), "{ran:?}");
    assert_eq!(ran.get("refs"), Some(&1), "{ran:?}");
    assert_eq!(ran.get("uses"), None, "{ran:?}");
    assert_eq!(ran.get("resolve_name"), None, "{ran:?}");
}

#[test]
fn a_new_declaration_is_looked_at_alone() {
    let ran = after(|text| format!("{text}let added = b\n"));
    assert_eq!(ran.get("lowered"), Some(&1), "{ran:?}");
    assert_eq!(ran.get("said"), Some(&1), "{ran:?}");
    assert_eq!(ran.get("refs"), Some(&1), "{ran:?}");
    assert!(ran.get("links_in").is_some_and(|shares| *shares <= 2), "{ran:?}");
}

#[test]
fn a_new_dependency_reruns_the_graph_and_no_other_body() {
    let ran = after(|text| text.replace("let b = a\n", "let b = first\n"));
    assert_eq!(ran.get("refs"), Some(&1), "{ran:?}");
    assert_eq!(ran.get("uses"), Some(&1), "{ran:?}");
    assert_eq!(ran.get("said"), Some(&1), "{ran:?}");
}

#[test]
fn after_many_edits_the_answers_are_those_of_a_fresh_database() {
    let edits: &[(&str, &str)] = &[
        ("let b = a\n", "let b = b\n"),
        ("resource c: C", "resource q: C"),
        ("stack t {}\n", ""),
        ("component C {", "component D {"),
        ("let double", "output double"),
        ("output o = c.arn\n", ""),
    ];
    let mut db = TestDb::new(PROGRAM);
    let mut text = PROGRAM.to_owned();
    for (from, to) in edits {
        text = text.replace(from, to);
        db.edit("/main.cloud", &text);
        let fresh = TestDb::new(&text);
        assert_eq!(diagnostics(&db), diagnostics(&fresh));
    }
}

fn diagnostics(db: &TestDb) -> Vec<String> {
    let file = db.main();
    let problems = scope_problems(db, file).into_iter().chain(crate::cycle_problems(db, file));
    problems.map(|problem| problem.place(db)).map(|it| format!("{} {:?} {}", it.code, it.range, it.message)).collect()
}
