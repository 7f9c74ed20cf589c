//! Two templates as text: unified, side by side, as a page.
//!
//! Both are written as YAML with their keys in the order of the second, so that only what differs differs.

use std::fmt::Write as _;

use cloudc_base::render;
use serde_json::{Map, Value as Json};
use similar::{ChangeTag, TextDiff};

use crate::commands::diff::Pair;

/// Lines around a change.
const AROUND: usize = 3;

/// The YAML of both sides.
fn sides(pair: &Pair) -> (String, String) {
    let before = pair.before.as_ref().map(|before| match &pair.after {
        Some(after) => ordered(before, after),
        None => before.clone(),
    });
    let text = |template: &Json| render_lines(&cloudc_emit::to_yaml(template));
    (before.as_ref().map(text).unwrap_or_default(), pair.after.as_ref().map(text).unwrap_or_default())
}

/// Text from AWS line by line, without control characters.
fn render_lines(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", render::printable(line))).collect()
}

/// A value with its keys in the order of another one; what the other does not have comes last.
fn ordered(value: &Json, like: &Json) -> Json {
    match (value, like) {
        (Json::Object(map), Json::Object(other)) => {
            let mut sorted = Map::new();
            for (key, inner) in other {
                if let Some(value) = map.get(key) {
                    // What means the same is written the same.
                    let same = cloudc_deploy::plan::same(value, inner);
                    sorted.insert(key.clone(), if same { inner.clone() } else { ordered(value, inner) });
                }
            }
            for (key, value) in map {
                sorted.entry(key).or_insert_with(|| value.clone());
            }
            Json::Object(sorted)
        }
        (Json::Array(items), Json::Array(others)) => {
            let nothing = Json::Null;
            Json::Array(items.iter().enumerate().map(|(at, item)| ordered(item, others.get(at).unwrap_or(&nothing))).collect())
        }
        _ => value.clone(),
    }
}

/// Lines that go and lines that come, under each other.
pub fn unified(pair: &Pair, color: bool) -> String {
    let (before, after) = sides(pair);
    let diff = TextDiff::from_lines(&before, &after);
    let name = render::printable(&pair.name);
    let text =
        diff.unified_diff().context_radius(AROUND).header(&format!("{name} (before)"), &format!("{name} (after)")).to_string();
    if !color {
        return text;
    }
    let painted = text.lines().map(|line| match line.chars().next() {
        Some('+') => format!("\u{1b}[32m{line}\u{1b}[0m\n"),
        Some('-') => format!("\u{1b}[31m{line}\u{1b}[0m\n"),
        Some('@') => format!("\u{1b}[36m{line}\u{1b}[0m\n"),
        _ => format!("{line}\n"),
    });
    painted.collect()
}

/// A row of both sides; what is only on one has nothing on the other.
struct Row {
    tag: ChangeTag,
    left: Option<String>,
    right: Option<String>,
}

/// Rows of the changes with what is around them; nothing between two groups.
fn rows(pair: &Pair) -> Vec<Option<Row>> {
    let (before, after) = sides(pair);
    let diff = TextDiff::from_lines(&before, &after);
    let mut rows: Vec<Option<Row>> = Vec::new();
    for group in diff.grouped_ops(AROUND) {
        if !rows.is_empty() {
            rows.push(None);
        }
        for op in group {
            let (mut left, mut right) = (Vec::new(), Vec::new());
            for change in diff.iter_changes(&op) {
                let line = change.value().trim_end_matches('\n').to_owned();
                match change.tag() {
                    ChangeTag::Equal => {
                        rows.push(Some(Row { tag: ChangeTag::Equal, left: Some(line.clone()), right: Some(line) }))
                    }
                    ChangeTag::Delete => left.push(line),
                    ChangeTag::Insert => right.push(line),
                }
            }
            for at in 0..left.len().max(right.len()) {
                let (left, right) = (left.get(at).cloned(), right.get(at).cloned());
                let tag = if left.is_some() { ChangeTag::Delete } else { ChangeTag::Insert };
                rows.push(Some(Row { tag, left, right }));
            }
        }
    }
    rows
}

/// Before on the left, after on the right, in so many columns.
pub fn side_by_side(pair: &Pair, columns: usize, color: bool) -> String {
    let half = (columns.max(40) - 3) / 2;
    let mut out = format!("{}\n", render::printable(&pair.name));
    for row in rows(pair) {
        let Some(row) = row else {
            out.push_str("…\n");
            continue;
        };
        let cut = |line: &Option<String>| {
            let line = line.as_deref().unwrap_or_default();
            let short: String = line.chars().take(half).collect();
            format!("{short}{}", " ".repeat(half - short.chars().count()))
        };
        let (left, right) = (cut(&row.left), cut(&row.right));
        let sign = match (row.tag, &row.left, &row.right) {
            (ChangeTag::Equal, ..) => ' ',
            (_, Some(_), Some(_)) => '|',
            (_, Some(_), None) => '<',
            _ => '>',
        };
        let _ = match (color, row.tag) {
            (true, ChangeTag::Delete | ChangeTag::Insert) => {
                writeln!(out, "\u{1b}[31m{left}\u{1b}[0m {sign} \u{1b}[32m{}\u{1b}[0m", right.trim_end())
            }
            _ => writeln!(out, "{}", format!("{left} {sign} {right}").trim_end()),
        };
    }
    out
}

/// A page that needs nothing else.
pub fn html(pairs: &[Pair]) -> String {
    let mut out = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Changes</title>\n<style>\n\
         body { font: 14px system-ui, sans-serif; margin: 2rem; }\n\
         table { border-collapse: collapse; width: 100%; table-layout: fixed; font: 12px ui-monospace, monospace; }\n\
         td { white-space: pre-wrap; vertical-align: top; padding: 0 .5rem; width: 50%; overflow-wrap: anywhere; }\n\
         .gone { background: #ffebe9; }\n.new { background: #dafbe1; }\n.gap td { color: #888; }\n</style>\n",
    );
    if pairs.is_empty() {
        out.push_str("<p>No differences.</p>\n");
    }
    for pair in pairs {
        let _ = writeln!(out, "<h2>{}</h2>\n<table>", escaped(&pair.name));
        for row in rows(pair) {
            let Some(row) = row else {
                out.push_str("<tr class=\"gap\"><td>…</td><td>…</td></tr>\n");
                continue;
            };
            let cell = |line: &Option<String>, class: &str| match line {
                Some(line) if row.tag != ChangeTag::Equal => format!("<td class=\"{class}\">{}</td>", escaped(line)),
                Some(line) => format!("<td>{}</td>", escaped(line)),
                None => "<td></td>".to_owned(),
            };
            let _ = writeln!(out, "<tr>{}{}</tr>", cell(&row.left, "gone"), cell(&row.right, "new"));
        }
        out.push_str("</table>\n");
    }
    out.push_str("</html>\n");
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{html, side_by_side, unified};
    use crate::commands::diff::Pair;

    fn pair() -> Pair {
        let before = json!({ "Resources": { "A": { "Type": "T", "Properties": { "Size": "1", "Name": "<a>" } } } });
        let after = json!({ "Resources": { "A": { "Properties": { "Size": 1, "Name": "<b>" }, "Type": "T" } } });
        Pair { name: "x".to_owned(), before: Some(before), after: Some(after) }
    }

    #[test]
    fn only_what_differs_is_shown() {
        let text = unified(&pair(), false);
        assert_eq!(text.lines().filter(|line| line.starts_with('-') && !line.starts_with("---")).count(), 1, "{text}");
        assert!(text.contains("+      Name: '<b>'"), "{text}");
    }

    #[test]
    fn sides_stand_beside_each_other() {
        let text = side_by_side(&pair(), 80, false);
        assert!(
            text.lines().any(|line| line.contains("Name: '<a>'") && line.contains(" | ") && line.contains("Name: '<b>'")),
            "{text}"
        );
    }

    #[test]
    fn a_page_escapes_what_it_shows() {
        let page = html(&[pair()]);
        assert!(page.contains("&lt;b&gt;") && !page.contains("Name: <b>"), "{page}");
    }
}
