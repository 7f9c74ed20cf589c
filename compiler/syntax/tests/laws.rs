//! What holds for every text: the tree's text is the input, chunks cover the file, nothing panics.

use cloudc_syntax::{TextSize, parse_chunk, parse_file, split};
use proptest::prelude::*;

/// Text that holds every construct of the language.
const SAMPLE: &str = include_str!("samples/everything.cloud");

fn check(text: &str) {
    let parse = parse_file(text);
    assert_eq!(parse.syntax().text().to_string(), text);
    let len = TextSize::of(text);
    for error in parse.errors() {
        assert!(error.range.end() <= len, "{error:?}");
        assert!(text.get(std::ops::Range::<usize>::from(error.range)).is_some(), "{error:?}");
        assert!(!error.message.ends_with('.') && !error.message.contains('\n'), "{error:?}");
        for range in error.fix.iter().map(|it| it.range).chain(error.related.iter().map(|it| it.0)) {
            assert!(text.get(std::ops::Range::<usize>::from(range)).is_some(), "{error:?}");
        }
    }
    let mut end = TextSize::new(0);
    let mut errors = 0;
    for chunk in split(text) {
        assert_eq!(chunk.range.start(), end);
        assert!(!chunk.range.is_empty());
        end = chunk.range.end();
        let alone = parse_chunk(&text[chunk.range]);
        assert_eq!(alone.syntax().text().to_string(), &text[chunk.range]);
        errors += alone.errors().len();
    }
    assert_eq!(end, len);
    assert_eq!(errors, parse.errors().len());
}

#[test]
fn sample_has_no_errors() {
    let parse = parse_file(SAMPLE);
    assert!(parse.errors().is_empty(), "{:#?}", parse.errors());
    check(SAMPLE);
    check(&SAMPLE.replace('\n', "\r\n"));
    assert!(parse_file(&SAMPLE.replace('\n', "\r\n")).errors().is_empty());
    check(&format!("\u{feff}{SAMPLE}"));
    assert!(parse_file(&format!("\u{feff}{SAMPLE}")).errors().is_empty());
}

#[test]
fn every_prefix_and_suffix() {
    // A stride that shares no factor with the line lengths keeps this short and still reaches every token.
    for at in (0..SAMPLE.len()).step_by(3).filter(|it| SAMPLE.is_char_boundary(*it)) {
        check(&SAMPLE[..at]);
        check(&SAMPLE[at..]);
    }
}

#[test]
fn splitting_finds_each_declaration() {
    let text = "// head\n\nimport \"a\" as b\n/// doc\n@retain\nresource r: T {\n  type: 1\nproject: 2\n  let: 3\n\
                // above\nlet x =\n  1\n\n// apart\n\npub fn f(a: Int) = a\nif c {\n}\nelse {\n}\npolicy \"p\" {}\n";
    let chunks: Vec<_> = split(text).into_iter().map(|it| (format!("{:?} {}", it.kind, it.name), &text[it.range])).collect();
    let names: Vec<_> = chunks.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(names, ["Import ", "Resource r", "Let x", "Fn f", "If ", "Policy "]);
    assert!(chunks[0].1.starts_with("// head"));
    assert!(chunks[1].1.starts_with("/// doc"));
    assert!(chunks[2].1.starts_with("let x"), "an unclosed brace keeps the comments below it");
    assert!(chunks[2].1.ends_with("// apart\n\n"));
}

#[test]
fn large_files() {
    let many = SAMPLE.repeat(1_000_000 / SAMPLE.len() + 1);
    let parse = parse_file(&many);
    assert_eq!(parse.syntax().text().len(), TextSize::of(&many));
    let one = format!("let a = [\n{}]\n", "  { key: \"value ${x.y}\", other: 12 }\n".repeat(20_000));
    assert!(parse_file(&one).errors().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC*") {
        check(&text);
    }

    #[test]
    fn token_soup(pieces in prop::collection::vec(prop::sample::select(TOKENS), 0..60)) {
        check(&pieces.concat());
    }

    #[test]
    fn mutations(cut in 0..SAMPLE.len(), len in 0usize..40, insert in prop::sample::select(TOKENS)) {
        let floor = |mut at: usize| {
            while !SAMPLE.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let from = floor(cut);
        let to = floor((cut + len).min(SAMPLE.len()));
        check(&format!("{}{insert}{}", &SAMPLE[..from], &SAMPLE[to..]));
    }
}

const TOKENS: &[&str] = &[
    "resource",
    "let",
    "if",
    "else",
    "for",
    "in",
    "match",
    "with",
    "as",
    "by",
    "pub",
    "input",
    "type",
    "fn",
    "import",
    "a",
    "_",
    "AWS",
    "1",
    "1.5",
    "5m",
    "10.0.0.0/8",
    "10.",
    "\"",
    "\"\"\"",
    "r\"",
    "${",
    "$${",
    "\\",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    ":",
    "::",
    ",",
    ";",
    "@",
    ".",
    "..",
    "..=",
    "...",
    "?",
    "?.",
    "??",
    "=",
    "==",
    "!=",
    "=>",
    "->",
    "+",
    "-",
    "*",
    "/",
    "%",
    "&&",
    "||",
    "|",
    "!",
    " ",
    " ",
    "\n",
    "\n",
    "\n  ",
    "\r\n",
    "//",
    "///",
    "/*",
    "*/",
    "#",
    "'",
    "é",
    "\u{feff}",
    "true",
    "none",
    "not",
    "and",
];
