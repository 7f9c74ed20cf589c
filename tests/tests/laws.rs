//! Laws that hold for every text, also a damaged one.

use cloudc_driver::with_stack;
use cloudc_tests::{mutate, run, sources};

/// Damaged versions of each text that go through the whole compiler.
const CHECKED: usize = 6;
/// Damaged versions of each text that are parsed and formatted.
const PARSED: usize = 60;

#[test]
fn trees_hold_the_text() {
    with_stack(|| {
        for (name, text) in sources::texts() {
            for text in std::iter::once(text.clone()).chain(mutate::mutations(&text, PARSED)) {
                let parse = cloudc_syntax::parse_file(&text);
                assert_eq!(parse.syntax().to_string(), text, "{name}");
                let split: String =
                    cloudc_syntax::split(&text).iter().map(|chunk| &text[std::ops::Range::<usize>::from(chunk.range)]).collect();
                assert_eq!(split, text, "{name}: the chunks do not cover the text");
            }
        }
    });
}

#[test]
fn no_prefix_makes_the_parser_panic() {
    with_stack(|| {
        for (name, text) in sources::texts() {
            for prefix in mutate::prefixes(&text, 300) {
                assert_eq!(cloudc_syntax::parse_file(prefix).syntax().to_string(), prefix, "{name}");
            }
        }
    });
}

#[test]
fn no_prefix_makes_the_checker_panic() {
    with_stack(|| {
        for (_, text) in sources::texts() {
            for prefix in mutate::prefixes(&text, 12) {
                run::run(&[("/main.cloud".to_owned(), prefix.as_bytes().to_vec())], &[]);
            }
        }
    });
}

#[test]
fn no_mutation_makes_the_compiler_panic() {
    with_stack(|| {
        for (_, text) in sources::texts() {
            for text in mutate::mutations(&text, CHECKED) {
                run::run(&[("/main.cloud".to_owned(), text.into_bytes())], &[]);
            }
        }
    });
}

#[test]
fn formatting_twice_changes_nothing() {
    with_stack(|| {
        for (name, text) in sources::texts() {
            if let Ok(once) = cloudc_format::format(&text) {
                assert_eq!(cloudc_format::format(&once).as_ref(), Ok(&once), "{name}");
            }
        }
    });
}

#[test]
fn formatting_keeps_every_token_that_matters() {
    with_stack(|| {
        for (name, text) in sources::texts() {
            let parse = cloudc_syntax::parse_file(&text);
            let formatted = cloudc_format::format(&text);
            assert_eq!(formatted.is_ok(), parse.errors().is_empty(), "{name}");
            if let Ok(formatted) = formatted {
                assert!(cloudc_syntax::parse_file(&formatted).errors().is_empty(), "{name} no longer parses:\n{formatted}");
                assert_eq!(letters(&text), letters(&formatted), "{name}");
            }
        }
    });
}

#[test]
fn formatting_keeps_the_template() {
    with_stack(|| {
        for folder in sources::programs().into_iter().chain(sources::examples()) {
            let flags = run::folder_flags(&folder.files);
            let before = templates(&folder.files, &flags);
            let mut files = folder.files.clone();
            for (_, bytes) in files.iter_mut().filter(|(path, _)| path.ends_with(".cloud")) {
                let text = String::from_utf8_lossy(bytes).into_owned();
                *bytes = cloudc_format::format(&text).unwrap_or(text).into_bytes();
            }
            assert_eq!(before, templates(&files, &flags), "{}", folder.name);
        }
    });
}

#[test]
fn sources_of_this_repository_are_formatted() {
    for (path, text) in cloudc_stdlib::modules() {
        assert_eq!(cloudc_format::format(text).as_deref(), Ok(*text), "{path}");
    }
    for folder in sources::examples() {
        for (path, bytes) in folder.files.iter().filter(|(path, _)| path.ends_with(".cloud")) {
            let text = String::from_utf8_lossy(bytes);
            assert_eq!(cloudc_format::format(&text).as_deref(), Ok(&*text), "{}{path}", folder.name);
        }
    }
}

#[test]
fn two_builds_are_byte_identical() {
    with_stack(|| {
        for folder in sources::programs().into_iter().chain(sources::examples()) {
            let flags = run::folder_flags(&folder.files);
            assert_eq!(templates(&folder.files, &flags), templates(&folder.files, &flags), "{}", folder.name);
        }
    });
}

#[test]
fn every_example_builds_without_a_word() {
    with_stack(|| {
        let mut wrong = Vec::new();
        for folder in sources::examples() {
            let outcome = run::run(&folder.files, &run::folder_flags(&folder.files));
            let drawn = run::drawn(&outcome.db, &outcome.diagnostics);
            if outcome.built.is_empty() || drawn.contains("error") || drawn.contains("warning") {
                wrong.push(format!("{}:\n{drawn}", folder.name));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

#[test]
fn the_standard_library_has_no_mistake() {
    with_stack(|| {
        let outcome = run::run(&[("/main.cloud".to_owned(), b"stack t {}\n".to_vec())], &[]);
        for (path, _) in cloudc_stdlib::modules() {
            let file = cloudc_driver::file(&outcome.db, path);
            let found = cloudc_driver::check(&outcome.db, file);
            assert!(found.is_empty(), "{}", run::drawn(&outcome.db, &found));
        }
    });
}

fn templates(files: &[(String, Vec<u8>)], flags: &[String]) -> Vec<String> {
    let outcome = run::run(files, flags);
    outcome.built.iter().map(|(_, artifact)| artifact.template.to_string()).collect()
}

/// Everything but white space, commas and a byte-order mark: what formatting may not touch.
fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | '\u{feff}')).collect()
}
