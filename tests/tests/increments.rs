//! How little an edit does again, and that what it does gives what a fresh database gives.
//!
//! The tests are those that were asked for before the pipeline was built: ways in which it could go wrong.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use cloudc_base::{Diagnostic, File, Severity};
use cloudc_driver::{Database, MemoryFs, Options, check, with_stack};
use cloudc_schema::Schema;
use cloudc_tests::mutate::Numbers;
use cloudc_tests::{run, sources};

/// A database that counts, with one file.
fn open(text: &str) -> (Database, File) {
    let db = cloudc_driver::open_logged(Arc::new(MemoryFs::new([("/main.cloud", text)])), Options::default(), Schema::embedded());
    let file = cloudc_driver::file(&db, "/main.cloud");
    (db, file)
}

/// Checks, edits, checks again; gives which queries ran for the edit, and what was found.
fn after_edit(before: &str, after: &str) -> (BTreeMap<String, usize>, Vec<Diagnostic>) {
    let (mut db, file) = open(before);
    check(&db, file);
    cloudc_driver::executed(&db);
    cloudc_driver::edit(&mut db, file, after);
    let found = check(&db, file);
    (cloudc_driver::executed(&db), found)
}

/// Queries that look at meaning, as opposed to the text of one chunk.
fn meaning(ran: &BTreeMap<String, usize>) -> BTreeMap<&str, usize> {
    let text = ["chunks", "chunks_of", "line_index", "headers", "lowered", "said"];
    ran.iter().map(|(name, count)| (name.as_str(), *count)).filter(|(name, _)| !text.contains(name)).collect()
}

/// A stack of `count` topics, each with a `let` of its own.
fn program(count: usize) -> String {
    let mut text = "stack t { region: \"eu-west-1\" }\n\n".to_owned();
    for n in 0..count {
        let _ =
            write!(text, "let name_{n} = \"topic-{n}\"\n\nresource topic_{n}: AWS::SNS::Topic {{\n  TopicName: name_{n}\n}}\n\n");
    }
    text
}

#[track_caller]
fn errors(found: &[Diagnostic]) -> usize {
    found.iter().filter(|one| one.severity == Severity::Error).count()
}

#[test]
fn t01_an_edit_verifies_few_edges() {
    with_stack(|| {
        let before = program(200);
        let (mut db, file) = open(&before);
        check(&db, file);
        cloudc_driver::verified(&db);
        cloudc_driver::edit(&mut db, file, &before.replace("\"topic-7\"", "\"topic-x\""));
        check(&db, file);
        // 401 declarations. The measure is what salsa looks at again, whether it runs or not.
        let verified = cloudc_driver::verified(&db);
        assert!(verified < 8 * 401, "{verified} memos were verified for one edit");
    });
}

#[test]
fn t02_a_comment_at_the_top_runs_no_query_about_meaning() {
    with_stack(|| {
        let before = program(20);
        let (ran, found) = after_edit(&before, &format!("// a comment\n\n{before}"));
        assert_eq!(errors(&found), 0);
        // The comment belongs to the first chunk, whose text is read again and found to say the same.
        assert!(meaning(&ran).is_empty() && ran.values().all(|count| *count == 1), "{ran:?}");
    });
}

#[test]
fn t02_a_comment_inside_a_declaration_stops_at_its_body() {
    with_stack(|| {
        let before = program(20);
        let (ran, _) =
            after_edit(&before, &before.replace("  TopicName: name_7\n", "  // named elsewhere\n  TopicName: name_7\n"));
        assert!(!ran.contains_key("inferred") && !ran.contains_key("resource") && !ran.contains_key("value"), "{ran:?}");
    });
}

#[test]
fn t03_adding_a_declaration_types_one() {
    with_stack(|| {
        let before = program(50);
        let (ran, found) = after_edit(&before, &format!("{before}let more = \"x\"\n"));
        assert_eq!(errors(&found), 0);
        assert_eq!(ran.get("inferred"), Some(&1), "{ran:?}");
        assert!(!ran.contains_key("resource"), "{ran:?}");
    });
}

#[test]
fn t03_editing_one_declaration_checks_it_and_what_depends_on_it() {
    with_stack(|| {
        let before = program(50);
        let (ran, found) = after_edit(&before, &before.replace("\"topic-7\"", "\"topic-x\""));
        assert_eq!(errors(&found), 0);
        assert!(ran.get("inferred").is_some_and(|count| *count <= 2), "{ran:?}");
        assert_eq!(ran.get("resource"), Some(&1), "{ran:?}");
    });
}

#[test]
fn t04_a_chain_of_1000_passes_and_one_of_1001_is_an_error() {
    with_stack(|| {
        let chain = |count: usize| {
            (1..count).fold("stack t {}\nlet a0 = 1\n".to_owned(), |text, n| format!("{text}let a{n} = a{}\n", n - 1))
        };
        for (count, wanted) in [(1000, 0), (1001, 1), (5000, 1)] {
            let (db, file) = open(&chain(count));
            let found = check(&db, file);
            assert_eq!(errors(&found), wanted, "{count}: {}", run::drawn(&db, &found));
        }
    });
}

#[test]
fn t05_reading_back_hides_no_cycle_and_invents_none() {
    with_stack(|| {
        let program = |a: &str, b: &str| {
            format!(
                "stack t {{}}\nresource a: AWS::EC2::SecurityGroup {{\n  {a}\n}}\nresource b: AWS::EC2::SecurityGroup {{\n  {b}\n}}\n"
            )
        };
        let fine = program(
            "GroupName: b.GroupDescription\n  GroupDescription: \"x\"",
            "GroupName: a.GroupDescription\n  GroupDescription: \"y\"",
        );
        let (db, file) = open(&fine);
        let found = check(&db, file);
        assert_eq!(errors(&found), 0, "{}", run::drawn(&db, &found));
        let (db, file) = open(&program("GroupDescription: b.GroupDescription", "GroupDescription: a.GroupDescription"));
        let found = check(&db, file);
        assert_eq!(errors(&found), 1, "{}", run::drawn(&db, &found));
    });
}

#[test]
fn t06_no_expression_has_two_errors() {
    with_stack(|| {
        for page in sources::pages() {
            for program in page.cases.iter().flat_map(|case| &case.programs) {
                let files: Vec<_> =
                    program.files.iter().filter_map(|file| Some((file.path.clone(), file.bytes.clone()?))).collect();
                let outcome = run::run(&files, &program.flags);
                let errors: Vec<_> = outcome.diagnostics.iter().filter(|one| one.severity == Severity::Error).collect();
                for (index, one) in errors.iter().enumerate() {
                    let again = errors[..index]
                        .iter()
                        .find(|other| (other.file, other.range) == (one.file, one.range) && !one.range.is_empty());
                    assert!(again.is_none(), "{}: {}", page.name, run::drawn(&outcome.db, &outcome.diagnostics));
                }
            }
        }
    });
}

#[test]
fn t07_what_is_well_phased_evaluates() {
    with_stack(|| {
        let mut built = 0;
        for seed in 0..300 {
            let text = generated(seed);
            let outcome = run::run(&[("/main.cloud".to_owned(), text.clone().into_bytes())], &[]);
            let late: Vec<_> =
                outcome.diagnostics.iter().filter(|one| one.severity == Severity::Error && one.code.0 > "C05").collect();
            assert!(late.is_empty(), "{text}\n{}", run::drawn(&outcome.db, &outcome.diagnostics));
            built += outcome.built.len();
        }
        assert!(built > 50, "only {built} of 300 generated programs were built");
    });
}

/// A program of lets over values of every phase; about half of them are well phased.
fn generated(seed: usize) -> String {
    let mut numbers = Numbers::seeded(&seed.to_string());
    let mut text = String::from(
        "stack t { region: \"eu-west-1\" }\nparam p: String = \"p\"\nparam q: Bool = true\nresource r: AWS::SNS::Topic {}\nlet v0 = \"c\"\nlet v1 = p\nlet v2 = r.TopicArn\n",
    );
    let mut count = 3;
    for _ in 0..3 + numbers.below(5) {
        let mut pick = || format!("v{}", numbers.below(count));
        let (a, b) = (pick(), pick());
        let made = match numbers.below(9) {
            0 => format!("\"${{{a}}}-${{{b}}}\""),
            1 => format!("if q {{ {a} }} else {{ {b} }}"),
            2 => format!("if {a} == {b} {{ \"x\" }} else {{ {b} }}"),
            3 => format!("[{a}, {b}].join(\",\")"),
            4 => format!("{a} + {b}"),
            5 => format!("[for x in [{a}, {b}]: \"<${{x}}>\"].join(\"\")"),
            6 => format!("{a}.upper()"),
            7 => format!("to_json({{ a: {a}, b: {b} }})"),
            _ => format!("match {a} {{ \"c\" => {b}, _ => {a} }}"),
        };
        let _ = writeln!(text, "let v{count} = {made}");
        count += 1;
    }
    let _ = writeln!(text, "output o = v{}", count - 1);
    text
}

#[test]
fn t08_forty_conditions_over_twenty_parameters() {
    with_stack(|| {
        let mut text = "stack t {}\n".to_owned();
        for n in 0..20 {
            let _ = writeln!(text, "param p{n}: \"a\" | \"b\" | \"c\" = \"a\"");
        }
        for n in 0..40 {
            let (a, b, c) = (n % 20, (n + 7) % 20, (n + 13) % 20);
            let _ = writeln!(text, "let c{n} = (p{a} == \"a\" || p{b} == \"b\") && p{c} != \"c\"");
            let _ = writeln!(text, "if c{n} {{\n  resource r{n}: AWS::SNS::Topic {{}}\n}}");
            let _ = writeln!(text, "if c{n} && p{b} == \"b\" {{\n  output o{n} = r{n}.TopicArn\n}}");
        }
        let outcome = run::run(&[("/main.cloud".to_owned(), text.into_bytes())], &[]);
        assert_eq!(outcome.built.len(), 1, "{}", run::drawn(&outcome.db, &outcome.diagnostics));
    });
}

#[test]
fn t10_an_edit_inside_a_large_component_types_one_declaration() {
    with_stack(|| {
        let inner = program(100).replace("stack t { region: \"eu-west-1\" }\n\n", "").replace('\n', "\n  ");
        let before = format!("stack t {{}}\nresource all: All {{}}\ncomponent All {{\n  {inner}\n}}\n");
        let (ran, found) = after_edit(&before, &before.replace("\"topic-7\"", "\"topic-x\""));
        assert_eq!(errors(&found), 0);
        assert!(ran.get("inferred").is_some_and(|count| *count <= 2), "{ran:?}");
    });
}

#[test]
fn many_edits_equal_a_fresh_database() {
    with_stack(|| {
        let text = String::from_utf8(
            sources::examples()
                .into_iter()
                .find(|folder| folder.name.ends_with("queue-worker"))
                .and_then(|folder| folder.files.into_iter().find(|(path, _)| path == "/main.cloud").map(|(_, bytes)| bytes))
                .expect("the example is there"),
        )
        .expect("it is text");
        let (mut db, file) = open(&text);
        check(&db, file);
        for mutation in cloudc_tests::mutate::mutations(&text, 150) {
            cloudc_driver::edit(&mut db, file, &mutation);
            let after = run::findings(&db, &check(&db, file));
            let (fresh, again) = open(&mutation);
            let wanted = run::findings(&fresh, &check(&fresh, again));
            assert_eq!(format!("{after:?}"), format!("{wanted:?}"), "{mutation}");
        }
    });
}
