//! What comments in a program expect of its diagnostics, types and phases, and whether that came true.

/// Everything a file's comments expect. Lines count from one.
#[derive(Debug, Default)]
pub struct Expectations {
    /// Diagnostics.
    pub findings: Vec<Expected>,
    /// `// help:`: line, part of a text.
    pub helps: Vec<(usize, String)>,
    /// `// type:`: line, type.
    pub types: Vec<(usize, String)>,
    /// `// phase:`: line, phase.
    pub phases: Vec<(usize, String)>,
}

/// One expected diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// Code; `?` is any digit.
    pub code: String,
    /// Part of the message.
    pub text: String,
    /// Where it starts.
    pub line: Line,
}

/// A line that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Just that one.
    Exactly(usize),
    /// That one or a later one.
    From(usize),
    /// Any, in any file.
    Anywhere,
}

/// A diagnostic as the comparison sees it.
#[derive(Debug, Clone)]
pub struct Finding {
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// Code.
    pub code: String,
    /// Message.
    pub message: String,
    /// Path of the file.
    pub path: String,
    /// Where it starts, from one.
    pub line: usize,
    /// Labels, notes, help and titles of fixes.
    pub asides: Vec<String>,
}

const MARKS: [(&str, &str); 6] = [
    ("// error:", "error"),
    ("// warning:", "warning"),
    ("// info:", "note"),
    ("// help:", "help"),
    ("// type:", "type"),
    ("// phase:", "phase"),
];

/// Reads the comments of a file.
pub fn expectations(text: &str) -> Expectations {
    let mut found = Expectations::default();
    let lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    // The text after the last line break is no line.
    let count = lines.len() - usize::from(lines.last().is_some_and(|line| line.is_empty()));
    for (index, line) in lines[..count].iter().enumerate() {
        if let Some(anywhere) = line.trim_start().strip_prefix("//! ") {
            for (kind, text) in marks(&format!("// {anywhere}")) {
                found.add(kind, &text, Line::Anywhere);
            }
            continue;
        }
        let Some(start) = first_mark(line) else { continue };
        let place = match line[..start].trim().is_empty() {
            false => Line::Exactly(index + 1),
            true => {
                let next = (index + 1..count).find(|later| !is_expectation(lines[*later]));
                next.map_or(Line::From(index + 1), |next| Line::Exactly(next + 1))
            }
        };
        for (kind, text) in marks(&line[start..]) {
            found.add(kind, &text, place);
        }
    }
    found
}

impl Expectations {
    fn add(&mut self, kind: &'static str, text: &str, line: Line) {
        let number = match line {
            Line::Exactly(number) | Line::From(number) => number,
            Line::Anywhere => 0,
        };
        match kind {
            "help" => self.helps.push((number, text.to_owned())),
            "type" => self.types.push((number, text.to_owned())),
            "phase" => self.phases.push((number, text.to_owned())),
            severity => {
                let inner = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
                let (code, part) = inner
                    .unwrap_or_else(|| panic!("write an expectation as `// {severity}: [C0301] part of the message`: {text}"));
                self.findings.push(Expected { severity, code: code.to_owned(), text: part.trim().to_owned(), line });
            }
        }
    }
}

/// Where the first mark of a line starts: at its start or after a space.
fn first_mark(line: &str) -> Option<usize> {
    let starts = MARKS.iter().flat_map(|(mark, _)| line.match_indices(mark).map(|(at, _)| at));
    starts.filter(|at| *at == 0 || line[..*at].ends_with(char::is_whitespace)).min()
}

fn is_expectation(line: &str) -> bool {
    let line = line.trim_start();
    first_mark(line) == Some(0) || MARKS[..3].iter().any(|(_, kind)| line.starts_with(&format!("//! {kind}:")))
}

/// The marks of the end of a line, each with its text.
fn marks(text: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((mark, kind)) = MARKS.iter().find(|(mark, _)| rest.starts_with(mark)) {
        let after = &rest[mark.len()..];
        let end = first_mark(after).unwrap_or(after.len());
        found.push((*kind, after[..end].trim().to_owned()));
        rest = &after[end..];
    }
    found
}

/// The differences between what was expected in a file (by path) and what was found; empty when there are none.
///
/// Notes count only where one is asked for.
pub fn differences(expected: &[(String, &Expectations)], found: &[Finding]) -> Vec<String> {
    let wanted: Vec<(&str, &Expected)> =
        expected.iter().flat_map(|(path, list)| list.findings.iter().map(move |one| (path.as_str(), one))).collect();
    let fits = |want: &(&str, &Expected), have: &Finding| fits(want.0, want.1, have);
    // Each expectation gets a diagnostic of its own: matching by augmenting paths.
    let mut owner: Vec<Option<usize>> = vec![None; found.len()];
    for index in 0..wanted.len() {
        let mut seen = vec![false; found.len()];
        assign(index, &wanted, found, &fits, &mut owner, &mut seen);
    }
    let mut differences = Vec::new();
    for (index, (path, want)) in wanted.iter().enumerate() {
        if !owner.contains(&Some(index)) {
            let place = match want.line {
                Line::Exactly(line) => format!("{path}:{line}"),
                Line::From(line) => format!("{path}, from line {line} on"),
                Line::Anywhere => "anywhere".to_owned(),
            };
            differences.push(format!("expected and not found, {place}: {}[{}] …{}…", want.severity, want.code, want.text));
        }
    }
    for (have, owner) in found.iter().zip(&owner) {
        if owner.is_none() && have.severity != "note" {
            let message = &have.message;
            differences
                .push(format!("found and not expected, {}:{}: {}[{}] {message}", have.path, have.line, have.severity, have.code));
        }
    }
    for (path, list) in expected {
        for (line, part) in &list.helps {
            let here = found.iter().filter(|have| have.path == *path && (*line == 0 || have.line == *line));
            if !here.flat_map(|have| &have.asides).any(|text| text.contains(part.as_str())) {
                differences.push(format!("nothing at {path}:{line} helps with …{part}…"));
            }
        }
    }
    differences
}

fn fits(path: &str, want: &Expected, have: &Finding) -> bool {
    let line = match want.line {
        Line::Exactly(line) => have.path == path && have.line == line,
        Line::From(line) => have.path == path && have.line >= line,
        Line::Anywhere => true,
    };
    let digits = |(want, have): (char, char)| want == have || (want == '?' && have.is_ascii_digit());
    let code = want.code.len() == have.code.len() && want.code.chars().zip(have.code.chars()).all(digits);
    line && code && want.severity == have.severity && have.message.contains(&want.text)
}

fn assign(
    index: usize,
    wanted: &[(&str, &Expected)],
    found: &[Finding],
    fits: &impl Fn(&(&str, &Expected), &Finding) -> bool,
    owner: &mut [Option<usize>],
    seen: &mut [bool],
) -> bool {
    for slot in 0..found.len() {
        if seen[slot] || !fits(&wanted[index], &found[slot]) {
            continue;
        }
        seen[slot] = true;
        if owner[slot].is_none_or(|other| assign(other, wanted, found, fits, owner, seen)) {
            owner[slot] = Some(index);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(code: &str, line: usize, message: &str) -> Finding {
        let (code, message) = (code.to_owned(), message.to_owned());
        Finding { severity: "error", code, message, path: "/main.cloud".to_owned(), line, asides: Vec::new() }
    }

    #[test]
    fn comments_name_their_line() {
        let found = expectations(
            "let a = b // error: [C0201] `b` // help: x\n// error: [C03??]\n// error: [C0302] y\n\nlet c = 1\n// error: [C0101]\n",
        );
        let lines: Vec<Line> = found.findings.iter().map(|one| one.line).collect();
        assert_eq!(lines, [Line::Exactly(1), Line::Exactly(4), Line::Exactly(4), Line::From(6)]);
        assert_eq!(found.findings[0].text, "`b`");
        assert_eq!(found.helps, [(1, "x".to_owned())]);
    }

    #[test]
    fn every_finding_needs_its_own_expectation() {
        let expected = expectations("a // error: [C????] // error: [C0201] one\n");
        let files = [("/main.cloud".to_owned(), &expected)];
        let both = [finding("C0201", 1, "one"), finding("C0202", 1, "two")];
        assert!(differences(&files, &both).is_empty());
        assert_eq!(differences(&files, &both[..1]).len(), 1);
        let three = [both[0].clone(), both[1].clone(), finding("C0203", 2, "three")];
        assert_eq!(differences(&files, &three).len(), 1);
    }
}
