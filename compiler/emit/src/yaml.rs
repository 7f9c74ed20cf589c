//! YAML as people write templates: block style, short forms of functions, literal blocks.
//!
//! In: a template as JSON. Out: YAML text that CloudFormation reads as the same template. Always: a text that YAML 1.1 would read
//! as something else is quoted; a short form never stands directly inside another, which YAML tags do not allow.

use serde_json::{Map, Value as Json};

/// The template as YAML, with a newline at the end.
pub fn to_yaml(template: &Json) -> String {
    let mut out = String::new();
    match template {
        Json::Object(map) if !map.is_empty() => write_map(map, 0, &mut out),
        other => {
            out.push_str(&inline(other).unwrap_or_default());
            out.push('\n');
        }
    }
    out
}

/// Writes entries, each on lines of its own at `indent`.
fn write_map(map: &Map<String, Json>, indent: usize, out: &mut String) {
    for (key, value) in map {
        push_indent(indent, out);
        out.push_str(&scalar(key));
        out.push(':');
        write_after(value, indent, false, out);
    }
}

fn write_list(items: &[Json], indent: usize, out: &mut String) {
    for item in items {
        push_indent(indent, out);
        out.push('-');
        match item {
            // The first entry of a map stands on the dash's line.
            Json::Object(map) if !map.is_empty() && short_form(map).is_none() => {
                let mut inner = String::new();
                write_map(map, indent + 2, &mut inner);
                out.push(' ');
                out.push_str(inner.trim_start_matches(' '));
            }
            // So does the first element of a list.
            Json::Array(items) if !items.is_empty() => {
                let mut inner = String::new();
                write_list(items, indent + 2, &mut inner);
                out.push(' ');
                out.push_str(inner.trim_start_matches(' '));
            }
            _ => write_after(item, indent, false, out),
        }
    }
}

/// Writes a value behind `key:`, `-` or a tag, on the same line or the following ones. `tagged`: a tag stands before it.
fn write_after(value: &Json, indent: usize, tagged: bool, out: &mut String) {
    match value {
        Json::Object(map) if !map.is_empty() => {
            if let (Some((tag, argument)), false) = (short_form(map), tagged) {
                out.push(' ');
                out.push_str(&tag);
                write_after(&argument, indent, true, out);
                return;
            }
            out.push('\n');
            write_map(map, indent + 2, out);
        }
        Json::Array(items) if !items.is_empty() => {
            out.push('\n');
            write_list(items, indent + 2, out);
        }
        Json::String(text) if is_block(text) => write_block(text, indent + 2, out),
        other => {
            out.push(' ');
            out.push_str(&inline(other).unwrap_or_default());
            out.push('\n');
        }
    }
}

/// Functions with a short form. `Fn::GetStackOutput` and `Fn::Transform` are written in full: their arguments often hold others.
const SHORT: &[&str] = &[
    "Fn::And",
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::Contains",
    "Fn::EachMemberIn",
    "Fn::Equals",
    "Fn::FindInMap",
    "Fn::GetAZs",
    "Fn::GetAtt",
    "Fn::If",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Length",
    "Fn::Not",
    "Fn::Or",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
    "Fn::ToJsonString",
];

/// The tag and argument of a function call. A call whose argument is a call has none: `!Base64 !Sub x` is no YAML.
fn short_form(map: &Map<String, Json>) -> Option<(String, Json)> {
    let (name, argument) = map.iter().next().filter(|_| map.len() == 1)?;
    if argument.as_object().is_some_and(|inner| short_form(inner).is_some() || is_call(inner)) {
        return None;
    }
    match (name.as_str(), argument) {
        ("Ref" | "Condition", Json::String(_)) => Some((format!("!{name}"), argument.clone())),
        ("Fn::GetAtt", Json::Array(parts)) => {
            let texts: Option<Vec<&str>> = parts.iter().map(Json::as_str).collect();
            // The short form splits at the first dot, so a dotted attribute is read right.
            texts.map(|texts| ("!GetAtt".to_owned(), Json::String(texts.join("."))))
        }
        (name, argument) if SHORT.contains(&name) => Some((format!("!{}", &name[4..]), argument.clone())),
        _ => None,
    }
}

fn is_call(map: &Map<String, Json>) -> bool {
    map.len() == 1 && map.keys().all(|key| key == "Ref" || key == "Condition" || key.starts_with("Fn::"))
}

/// Scalars and empty collections.
fn inline(value: &Json) -> Option<String> {
    match value {
        Json::Null => Some("null".to_owned()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Number(number) => Some(number.to_string()),
        Json::String(text) => Some(scalar(text)),
        Json::Array(items) if items.is_empty() => Some("[]".to_owned()),
        Json::Object(map) if map.is_empty() => Some("{}".to_owned()),
        _ => None,
    }
}

/// Whether a text becomes a literal block: several lines of printable text whose shape a block keeps.
fn is_block(text: &str) -> bool {
    let body = text.trim_end_matches('\n');
    body.contains('\n')
        && !text.starts_with([' ', '\n', '\t'])
        && !body.lines().any(|line| line.ends_with([' ', '\t']))
        && text.chars().all(|c| c == '\n' || c == '\t' || is_printable(c))
}

fn write_block(text: &str, indent: usize, out: &mut String) {
    let body = text.trim_end_matches('\n');
    out.push_str(match text.len() - body.len() {
        0 => " |-\n",
        1 => " |\n",
        _ => " |+\n",
    });
    for line in body.split('\n') {
        if !line.is_empty() {
            push_indent(indent, out);
            out.push_str(line);
        }
        out.push('\n');
    }
    for _ in 1..text.len() - body.len() {
        out.push('\n');
    }
}

fn push_indent(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}

/// A text on one line, quoted where plain text would mean something else.
fn scalar(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    if text.chars().all(is_printable) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    double_quoted(text)
}

fn double_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c if u32::from(c) <= 0xff => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if u32::from(c) <= 0xffff => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{85}' | '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether YAML 1.1 reads the text, unquoted, as that text. Errs on the side of quotes.
fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    // Numbers, dates, versions, times: whatever begins like one.
    let starts_well = first.is_ascii_alphabetic() || matches!(first, '/' | '_' | '$');
    let indicators = [": ", " #"];
    starts_well
        && !text.ends_with([' ', ':'])
        && !indicators.iter().any(|part| text.contains(part))
        && text.chars().all(|c| is_printable(c) && c != '\t')
        && !is_word(text)
}

/// Words that YAML 1.1 reads as a Bool or null, in any case.
fn is_word(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "nan" | "inf"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{scalar, to_yaml};

    #[test]
    fn words_and_numbers_are_quoted() {
        let quoted = ["yes", "No", "on", "off", "1.0", "012", "2010-09-09", "1e3", "", "a: b", "x #y", "- a", "null", "~", "y"];
        for text in quoted {
            assert!(scalar(text).starts_with('\''), "{text}");
        }
        for text in ["a, b", "x-${A}", "dev", "AWS::Region", "arn:aws:s3:::x", "/var/log", "t3.micro"] {
            assert_eq!(scalar(text), text);
        }
        assert_eq!(scalar("it's: x"), "'it''s: x'");
        assert_eq!(scalar("a\u{7}b\tc"), "\"a\\x07b\\tc\"");
    }

    #[test]
    fn functions_have_short_forms() {
        let template = json!({
            "A": { "Ref": "B" },
            "C": { "Fn::GetAtt": ["D", "Endpoint.Address"] },
            "E": { "Fn::Join": [",", [{ "Ref": "F" }, "x"]] },
            "G": { "Fn::Base64": { "Fn::Sub": "a ${B}" } },
            "H": [{ "Key": "k", "Value": "v" }, { "Ref": "I" }],
            "J": "one\ntwo\n",
            "K": [],
            "L": { "Fn::GetAZs": "" },
        });
        let expected = "\
A: !Ref B
C: !GetAtt D.Endpoint.Address
E: !Join
  - ','
  - - !Ref F
    - x
G:
  Fn::Base64: !Sub a ${B}
H:
  - Key: k
    Value: v
  - !Ref I
J: |
  one
  two
K: []
L: !GetAZs ''
";
        assert_eq!(to_yaml(&template), expected);
    }
}
