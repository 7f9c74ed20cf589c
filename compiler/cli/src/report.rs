//! What became of tests, in the forms that people and build servers read.
//!
//! In: outcomes in order. Out: text. Always: JSON and XML are whole and escaped, whatever a test is called.

use std::fmt::Write as _;

use cloudc_base::render::printable;
use cloudc_driver::{Coverage, TestRun};
use serde_json::json;

use crate::args::Global;
use crate::output;
use crate::session::{self, Findings};

/// A test that ran.
pub struct Outcome {
    /// What became of it.
    pub run: TestRun,
    /// Its file, from the current folder.
    pub path: String,
    /// The line of its name, from one.
    pub line: usize,
    /// How long it took.
    pub seconds: f64,
}

/// One line a test, under the name of its file.
pub fn text(outcomes: &[&Outcome], global: &Global) -> String {
    let color = output::color_on_stdout(global.color);
    let paint = |code: &str, text: &str| if color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() };
    let mut out = String::new();
    let mut path = "";
    for outcome in outcomes.iter().filter(|outcome| !global.quiet || !outcome.run.passed()) {
        if outcome.path != path {
            path = &outcome.path;
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{path}");
        }
        let word = if outcome.run.passed() { paint("32", "ok    ") } else { paint("31", "FAILED") };
        let _ = writeln!(out, "  {word}  {}", printable(&outcome.run.name));
    }
    out
}

/// The last lines: what was covered, and how many passed.
pub fn summary(outcomes: &[&Outcome], coverage: &[&Coverage]) -> String {
    let mut out = String::new();
    for part in coverage.iter().flat_map(|coverage| &coverage.parts) {
        let word = if part.made { "covered" } else { "NEVER MADE" };
        let _ = writeln!(out, "{} {} ({}): {word}", part.kind, part.name, part.path.trim_start_matches('/'));
        for (input, values) in &part.inputs {
            let missing: Vec<&str> = values.iter().filter(|(_, tried)| !tried).map(|(value, _)| value.as_str()).collect();
            let tried = values.len() - missing.len();
            let rest = if missing.is_empty() { String::new() } else { format!("; never {}", missing.join(", ")) };
            let _ = writeln!(out, "  {input}: {tried} of {} values{rest}", values.len());
        }
    }
    let failed = outcomes.iter().filter(|outcome| !outcome.run.passed()).count();
    let passed = outcomes.len() - failed;
    let plural = if passed == 1 { "" } else { "s" };
    let _ = writeln!(out, "{passed} test{plural} passed, {failed} failed");
    out
}

/// One JSON object: `tests`, `diagnostics` in the shape of `cloudc check`, `coverage` when it was asked for.
pub fn json(outcomes: &[&Outcome], findings: &[Findings<'_>], coverage: &[&Coverage]) -> String {
    let tests = outcomes.iter().map(|outcome| {
        json!({
            "name": outcome.run.name,
            "file": outcome.path,
            "line": outcome.line,
            "passed": outcome.run.passed(),
            "milliseconds": (outcome.seconds * 1000.0).round() as u64,
            "messages": outcome.run.diagnostics.iter().map(|one| one.message.as_str()).collect::<Vec<_>>(),
        })
    });
    let found: serde_json::Value = serde_json::from_str(&session::as_json(findings)).unwrap_or_default();
    let failed = outcomes.iter().filter(|outcome| !outcome.run.passed()).count();
    let mut whole = json!({
        "version": 1,
        "passed": outcomes.len() - failed,
        "failed": failed,
        "tests": tests.collect::<Vec<_>>(),
        "diagnostics": found["diagnostics"],
    });
    if !coverage.is_empty() {
        let parts = coverage.iter().flat_map(|coverage| &coverage.parts).map(|part| {
            let inputs = part.inputs.iter().map(|(name, values)| {
                let values: serde_json::Map<_, _> = values.iter().map(|(value, tried)| (value.clone(), (*tried).into())).collect();
                json!({ "name": name, "values": values })
            });
            json!({ "kind": part.kind, "name": part.name, "file": part.path, "made": part.made, "inputs": inputs.collect::<Vec<_>>() })
        });
        whole["coverage"] = parts.collect();
    }
    format!("{whole:#}\n")
}

/// JUnit's XML: a suite for each file, as build servers read it.
pub fn junit(outcomes: &[&Outcome], broken: &[String], drawn: impl Fn(&Outcome) -> String) -> String {
    let failed = outcomes.iter().filter(|outcome| !outcome.run.passed()).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let total = outcomes.len() + broken.len();
    let _ = writeln!(out, "<testsuites tests=\"{total}\" failures=\"{failed}\" errors=\"{}\">", broken.len());
    for text in broken {
        let _ = writeln!(out, "  <testsuite name=\"cloudc\" tests=\"1\" failures=\"0\" errors=\"1\">");
        let _ = writeln!(out, "    <testcase name=\"compiles\" classname=\"cloudc\"><error>{}</error></testcase>", escaped(text));
        out.push_str("  </testsuite>\n");
    }
    for suite in outcomes.chunk_by(|a, b| a.path == b.path) {
        let failed = suite.iter().filter(|outcome| !outcome.run.passed()).count();
        let path = escaped(suite.first().map_or("", |outcome| &outcome.path));
        let _ = writeln!(out, "  <testsuite name=\"{path}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\">", suite.len());
        for outcome in suite {
            let name = escaped(&outcome.run.name);
            let head = format!(
                "    <testcase name=\"{name}\" classname=\"{path}\" file=\"{path}\" line=\"{}\" time=\"{:.3}\"",
                outcome.line, outcome.seconds
            );
            if outcome.run.passed() {
                let _ = writeln!(out, "{head}/>");
                continue;
            }
            let message = outcome.run.diagnostics.first().map_or("", |one| one.message.as_str());
            let _ =
                writeln!(out, "{head}>\n      <failure message=\"{}\">{}</failure>", escaped(message), escaped(&drawn(outcome)));
            out.push_str("    </testcase>\n");
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// Text inside XML; characters that XML cannot hold are replaced.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_is_escaped() {
        assert_eq!(escaped("a<b> & \"c\"\u{1b}"), "a&lt;b&gt; &amp; &quot;c&quot;\u{fffd}");
    }

    #[test]
    fn nothing_run_is_still_a_document() {
        let xml = junit(&[], &["it & that".to_owned()], |_| String::new());
        assert!(xml.contains("errors=\"1\"") && xml.contains("it &amp; that") && xml.ends_with("</testsuites>\n"));
    }
}
