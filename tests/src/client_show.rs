//! Answers of the language server as a person reads them: lines and columns count from one, files are named from their workspace, numbers
//! that stand for words are those words, and what only machines need is left out.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

/// What answers are about.
pub struct Context<'a> {
    /// The workspace.
    pub folder: &'a Path,
    /// Versions and texts of its files.
    pub texts: &'a BTreeMap<String, (i32, String)>,
    /// The names of semantic tokens.
    pub legend: &'a Value,
}

/// Lists longer than this are cut.
const MOST: usize = 12;

const SYMBOLS: [&str; 26] = [
    "file",
    "module",
    "namespace",
    "package",
    "class",
    "method",
    "property",
    "field",
    "constructor",
    "enum",
    "interface",
    "function",
    "variable",
    "constant",
    "string",
    "number",
    "boolean",
    "array",
    "object",
    "key",
    "null",
    "enum member",
    "struct",
    "event",
    "operator",
    "type parameter",
];
const COMPLETIONS: [&str; 25] = [
    "text",
    "method",
    "function",
    "constructor",
    "field",
    "variable",
    "class",
    "interface",
    "module",
    "property",
    "unit",
    "value",
    "enum",
    "keyword",
    "snippet",
    "color",
    "file",
    "reference",
    "folder",
    "enum member",
    "constant",
    "struct",
    "event",
    "operator",
    "type parameter",
];
const HIGHLIGHTS: [&str; 3] = ["text", "read", "write"];
const HINTS: [&str; 2] = ["type", "parameter"];
const SEVERITIES: [&str; 4] = ["error", "warning", "information", "hint"];
const TAGS: [&str; 2] = ["unnecessary", "deprecated"];

/// An answer as text.
pub fn answer(context: &Context<'_>, method: &str, params: &Value, answer: &Value) -> String {
    if method.contains("semanticTokens") && answer["data"].is_array() {
        return tokens(context, params, answer);
    }
    if let Some(edits) = answer["edits"].as_array().filter(|_| method.contains("semanticTokens")) {
        let count = |edit: &Value, key: &str| edit[key].as_u64().unwrap_or_default() / 5;
        let put = |edit: &Value| edit["data"].as_array().map_or(0, Vec::len) / 5;
        let line = |edit: &Value| {
            format!("after {} tokens: {} removed, {} put in\n", count(edit, "start"), count(edit, "deleteCount"), put(edit))
        };
        return if edits.is_empty() { "no edits".to_owned() } else { edits.iter().map(line).collect() };
    }
    if method == "textDocument/completion" {
        return completions(answer);
    }
    if let Some(text) =
        answer["text"].as_str().filter(|_| method.starts_with("cloud/") && answer.as_object().is_some_and(|all| all.len() == 1))
    {
        return text.to_owned();
    }
    let mut out = String::new();
    value(context, method, "", answer, 0, &mut out);
    out.trim_start().to_owned()
}

fn value(context: &Context<'_>, method: &str, key: &str, value: &Value, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    if let Some(text) = short(context, method, key, value) {
        if text.contains('\n') {
            let inner = format!("\n{pad}| ");
            out.push_str(&format!("{}{}\n", inner, text.trim_end().replace('\n', &inner)));
        } else {
            out.push_str(&format!(" {text}\n"));
        }
        return;
    }
    match value {
        Value::Array(list) => {
            out.push('\n');
            for item in list.iter().take(MOST) {
                let mut inner = String::new();
                self::value(context, method, key, item, depth + 1, &mut inner);
                // The first member stands beside the dash.
                let inner = inner.trim_start_matches('\n').trim_start();
                out.push_str(&format!("{pad}- {inner}"));
            }
            if list.len() > MOST {
                out.push_str(&format!("{pad}… and {} more\n", list.len() - MOST));
            }
        }
        Value::Object(members) => {
            out.push('\n');
            for (key, member) in members.iter().filter(|(key, member)| is_shown(key, member)) {
                out.push_str(&format!("{pad}{}:", named(context, key)));
                self::value(context, method, key, member, depth + 1, out);
            }
        }
        _ => {}
    }
}

/// Machines need ids and data to ask again.
fn is_shown(key: &str, member: &Value) -> bool {
    !(member.is_null() || ["resultId", "data"].contains(&key) || member.as_array().is_some_and(Vec::is_empty))
}

/// What fits on a line, and texts.
fn short(context: &Context<'_>, method: &str, key: &str, value: &Value) -> Option<String> {
    if let (Some(start), Some(end)) = (value.get("start").and_then(place), value.get("end").and_then(place)) {
        return Some(if start == end { start } else { format!("{start}-{end}") });
    }
    if let Some(place) = place(value) {
        return Some(place);
    }
    if let (Some(uri), Some(range), 2) =
        (value["uri"].as_str(), value.get("range"), value.as_object().map_or(0, serde_json::Map::len))
    {
        return Some(format!("{} {}", named(context, uri), short(context, method, "range", range)?));
    }
    match value {
        Value::String(text) => Some(named(context, text)),
        Value::Number(number) => Some(word(method, key, number.as_u64()?).map_or_else(|| number.to_string(), str::to_owned)),
        Value::Bool(is) => Some(is.to_string()),
        Value::Null => Some("nothing".to_owned()),
        Value::Array(list) if list.is_empty() => Some("nothing".to_owned()),
        Value::Array(list) if list.iter().all(|item| item.is_number() || item.is_string() || item.is_boolean()) => {
            let items: Option<Vec<String>> = list.iter().map(|item| short(context, method, key, item)).collect();
            items.map(|items| items.join(", ")).filter(|line| line.len() < 120 && !line.contains('\n'))
        }
        _ => None,
    }
}

fn place(value: &Value) -> Option<String> {
    let (line, column) = (value.get("line")?.as_u64()?, value.get("character")?.as_u64()?);
    Some(format!("{}:{}", line + 1, column + 1))
}

/// A text with URIs and paths as from the workspace.
pub fn named(context: &Context<'_>, text: &str) -> String {
    text.replace(&format!("file://{}", context.folder.display()), "file:").replace(&*context.folder.to_string_lossy(), "")
}

fn word(method: &str, key: &str, number: u64) -> Option<&'static str> {
    let words: &[&str] = match key {
        "kind" if method.contains("ymbol") || method.contains("ierarchy") => &SYMBOLS,
        "kind" if method.contains("ighlight") => &HIGHLIGHTS,
        "kind" if method.contains("nlay") => &HINTS,
        "kind" => &COMPLETIONS,
        "severity" => &SEVERITIES,
        "tags" => &TAGS,
        _ => return None,
    };
    words.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
}

/// A line for each item: label, kind, detail, what is inserted when that is something else.
fn completions(answer: &Value) -> String {
    let list = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    if list.is_empty() {
        return "nothing".to_owned();
    }
    let mut out = String::new();
    for item in list.iter().take(MOST) {
        let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
        let kind = item["kind"].as_u64().and_then(|kind| word("", "kind", kind)).unwrap_or_default();
        let mut line = format!("{} ({kind}) {}", text("label"), text("detail"));
        let insert = item["textEdit"]["newText"].as_str().unwrap_or_default();
        if insert != text("label") {
            line.push_str(&format!(" => {insert:?}"));
        }
        if item["additionalTextEdits"].is_array() {
            line.push_str(&format!(" + {}", item["additionalTextEdits"][0]["newText"]));
        }
        out.push_str(&format!("{}\n", line.trim_end()));
    }
    if list.len() > MOST {
        out.push_str(&format!("… and {} more\n", list.len() - MOST));
    }
    out
}

/// A line for each token: place, text, kind, modifiers.
fn tokens(context: &Context<'_>, params: &Value, answer: &Value) -> String {
    let uri = named(context, params["textDocument"]["uri"].as_str().unwrap_or_default());
    let text = context.texts.get(uri.trim_start_matches("file:")).map(|(_, text)| text.as_str()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let numbers: Vec<usize> =
        answer["data"].as_array().into_iter().flatten().filter_map(Value::as_u64).map(|n| n as usize).collect();
    let (mut line, mut column) = (0, 0);
    let mut out = String::new();
    for token in numbers.chunks_exact(5) {
        (line, column) = if token[0] == 0 { (line, column + token[1]) } else { (line + token[0], token[1]) };
        let written = lines.get(line).and_then(|text| text.get(column..column + token[2])).unwrap_or("?");
        let kind = context.legend["tokenTypes"][token[3]].as_str().unwrap_or("?");
        let modifiers = context.legend["tokenModifiers"].as_array().into_iter().flatten().enumerate();
        let modifiers = modifiers.filter(|(bit, _)| token[4] & (1 << bit) != 0).filter_map(|(_, name)| name.as_str());
        let modifiers: Vec<&str> = modifiers.collect();
        out.push_str(format!("{}:{} {written} {kind} {}", line + 1, column + 1, modifiers.join(" ")).trim_end());
        out.push('\n');
    }
    if out.is_empty() { "nothing".to_owned() } else { out }
}
