//! From JSON to text.
//!
//! Always: a declaration whose text is not of the grammar is told with its place in the JSON.

use cloudc_syntax::parse_chunk;
use serde_json::{Map, Value as Json};

use super::{FORM, JsonError};

/// What stays on one line, in characters.
const SHORT: usize = 72;

/// Keywords of declarations, in the order in which they are looked for: `type` is also a part of others.
const KEYWORDS: [&str; 21] = [
    "import",
    "input",
    "param",
    "let",
    "resource",
    "existing",
    "output",
    "component",
    "fn",
    "if",
    "for",
    "defaults",
    "moved",
    "forget",
    "assert",
    "policy",
    "test",
    "stack",
    "project",
    "env",
    "type",
];

/// The text of a whole program.
pub fn program(json: &Json) -> Result<String, JsonError> {
    let fail = |at: &str, message: String| Err(JsonError { at: at.to_owned(), message });
    let Some(whole) = json.as_object() else {
        return fail("", "a program is an object: `{ \"cloudc\": 1, \"items\": […] }`".to_owned());
    };
    match whole.get("cloudc").and_then(Json::as_u64) {
        Some(FORM) => {}
        Some(other) => return fail("/cloudc", format!("the form is {other}, and this version of cloudc reads {FORM}")),
        None => return fail("", format!("the form is missing: `\"cloudc\": {FORM}`")),
    }
    let known = ["cloudc", "items", "layout", "$schema"];
    if let Some(key) = whole.keys().find(|key| !known.contains(&key.as_str())) {
        return fail("", format!("a program has no `{key}`: its declarations are `items`"));
    }
    let Some(all) = whole.get("items").and_then(Json::as_array) else {
        return fail("", "`items` is the list of declarations".to_owned());
    };
    let mut out = String::new();
    for (index, one) in all.iter().enumerate() {
        let at = format!("/items/{index}");
        let text = item(one, &at, "\n")?;
        if let Some(error) = parse_chunk(&text).errors().first() {
            return fail(&at, format!("{}: `{}`", error.message, first_line(&text)));
        }
        out.push_str(&text);
        // A comment belongs to what follows it.
        out.push_str(if is_comment(one) { "\n" } else { "\n\n" });
    }
    Ok(out)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(SHORT).collect()
}

fn is_comment(json: &Json) -> bool {
    json.as_object().is_some_and(|map| map.len() == 1 && map.contains_key("//"))
}

/// A declaration, or a comment between declarations. `line` begins a line: in column 0 a keyword would start a declaration of the file.
pub fn item(json: &Json, at: &str, line: &str) -> Result<String, JsonError> {
    let fail = |message: String| Err(JsonError { at: at.to_owned(), message });
    let Some(map) = json.as_object() else { return fail("a declaration is an object".to_owned()) };
    if let Some(Json::String(text)) = map.get("//").filter(|_| map.len() == 1) {
        return Ok(comment(text).replace('\n', line));
    }
    if let Some(Json::String(text)) = map.get("$").filter(|_| map.len() == 1) {
        return Ok(text.clone());
    }
    let Some(keyword) = KEYWORDS.iter().find(|keyword| map.contains_key(**keyword)) else {
        let keys: Vec<&str> = map.keys().map(String::as_str).collect();
        return fail(format!("one key has to be a keyword, as `resource` or `let`; there are {}", keys.join(", ")));
    };
    let allowed = parts_of(keyword);
    if let Some(key) =
        map.keys().find(|key| *key != keyword && !["@", "pub"].contains(&key.as_str()) && !allowed.contains(&key.as_str()))
    {
        return fail(format!("`{keyword}` has no `{key}`; it takes {}", allowed.join(", ")));
    }
    let item = Item { map, keyword, at, line };
    item.text()
}

/// What a declaration may say besides its name, attributes and `pub`.
fn parts_of(keyword: &str) -> &'static [&'static str] {
    match keyword {
        "import" => &["names", "as"],
        "input" | "param" => &["type", "default"],
        "let" | "existing" => &["type", "value"],
        "resource" => &["type", "body", "with"],
        "output" => &["as", "type", "value"],
        "component" | "policy" | "test" => &["items"],
        "fn" => &["params", "type", "value"],
        "if" => &["then", "else"],
        "for" => &["in", "by", "items"],
        "moved" => &["to"],
        "assert" => &["message"],
        "defaults" | "stack" | "project" => &["body"],
        "env" => &["parent", "body"],
        "type" => &["is"],
        _ => &[],
    }
}

/// A declaration while its text is put together.
struct Item<'a> {
    map: &'a Map<String, Json>,
    keyword: &'a str,
    at: &'a str,
    line: &'a str,
}

impl Item<'_> {
    fn text(&self) -> Result<String, JsonError> {
        let mut out = String::new();
        for (index, attribute) in self.map.get("@").and_then(Json::as_array).into_iter().flatten().enumerate() {
            let Json::String(text) = attribute else {
                return Err(JsonError { at: format!("{}/@/{index}", self.at), message: "an attribute is text".to_owned() });
            };
            out.push_str(&format!("@{}{}", text.trim_start_matches('@'), self.line));
        }
        if self.map.get("pub") == Some(&Json::Bool(true)) {
            out.push_str("pub ");
        }
        out.push_str(self.keyword);
        out.push(' ');
        out.push_str(&self.declared()?);
        match self.keyword {
            "import" => {
                if self.map.contains_key("names") {
                    out.push_str(&format!(" {{ {} }}", self.texts("names")?.join(", ")));
                }
                out.push_str(&self.plain(" as ", "as")?);
            }
            "fn" => {
                out.push_str(&format!("({})", self.texts("params")?.join(", ")));
                out.push_str(&self.plain(": ", "type")?);
                out.push_str(&self.value(" = ", "value")?);
            }
            "output" => {
                out.push_str(&self.plain(" as ", "as")?);
                out.push_str(&self.plain(": ", "type")?);
                out.push_str(&self.value(" = ", "value")?);
            }
            "type" => out.push_str(&self.plain(" = ", "is")?),
            "moved" => out.push_str(&self.value(" -> ", "to")?),
            "assert" => out.push_str(&self.value(", ", "message")?),
            "if" => {
                out.push_str(&self.block("then")?);
                match self.map.get("else") {
                    None => {}
                    Some(Json::Array(_)) => out.push_str(&format!(" else{}", self.block("else")?)),
                    Some(other) => out.push_str(&format!(" else {}", item(other, &format!("{}/else", self.at), self.line)?)),
                }
            }
            "for" => {
                out.push_str(&self.value(" in ", "in")?);
                out.push_str(&self.value(" by ", "by")?);
                out.push_str(&self.block("items")?);
            }
            "component" | "policy" | "test" => out.push_str(&self.block("items")?),
            _ => {
                out.push_str(&self.plain(": ", "parent")?);
                out.push_str(&self.plain(": ", "type")?);
                out.push_str(&self.value(" = ", "default")?);
                out.push_str(&self.value(" = ", "value")?);
                out.push_str(&self.value(" ", "body")?);
                out.push_str(&self.plain(" with ", "with")?);
            }
        }
        Ok(out)
    }

    /// What the keyword declares: a name, a text, a type, an expression.
    fn declared(&self) -> Result<String, JsonError> {
        let value = &self.map[self.keyword];
        let at = format!("{}/{}", self.at, self.keyword);
        let fail = |message: &str| Err(JsonError { at: at.clone(), message: message.to_owned() });
        match (self.keyword, value) {
            ("import" | "policy" | "test" | "if" | "forget" | "assert" | "moved", _) => expression(value, &at),
            ("for", Json::Array(both)) => match both.as_slice() {
                [Json::String(key), Json::String(value)] => Ok(format!("{key}, {value}")),
                _ => fail("a loop over keys and values has two names"),
            },
            (_, Json::String(name)) => Ok(name.clone()),
            _ => fail("this is a name"),
        }
    }

    /// Source text, when it is there.
    fn plain(&self, before: &str, key: &str) -> Result<String, JsonError> {
        match self.map.get(key) {
            None => Ok(String::new()),
            Some(Json::String(text)) => Ok(format!("{before}{text}")),
            Some(_) => Err(JsonError { at: format!("{}/{key}", self.at), message: "this is source text".to_owned() }),
        }
    }

    fn value(&self, before: &str, key: &str) -> Result<String, JsonError> {
        let Some(value) = self.map.get(key) else { return Ok(String::new()) };
        Ok(format!("{before}{}", expression(value, &format!("{}/{key}", self.at))?))
    }

    fn texts(&self, key: &str) -> Result<Vec<&str>, JsonError> {
        let wrong = || JsonError { at: format!("{}/{key}", self.at), message: "this is a list of source texts".to_owned() };
        match self.map.get(key) {
            None => Ok(Vec::new()),
            Some(Json::Array(all)) => all.iter().map(|one| one.as_str().ok_or_else(wrong)).collect(),
            Some(_) => Err(wrong()),
        }
    }

    fn block(&self, key: &str) -> Result<String, JsonError> {
        let at = format!("{}/{key}", self.at);
        let Some(all) = self.map.get(key).and_then(Json::as_array) else {
            return Err(JsonError { at, message: "this is a list of declarations".to_owned() });
        };
        if all.is_empty() {
            return Ok(" {}".to_owned());
        }
        let mut out = String::from(" {\n");
        for (index, one) in all.iter().enumerate() {
            out.push_str("  ");
            out.push_str(&item(one, &format!("{at}/{index}"), "\n  ")?);
            out.push('\n');
        }
        out.push('}');
        Ok(out)
    }
}

/// A comment as the language writes it; text without marks gets them.
fn comment(text: &str) -> String {
    if text.starts_with("/*") && text.find("*/") == Some(text.len().saturating_sub(2)) {
        return text.to_owned();
    }
    let line = |line: &str| if line.starts_with("//") { line.to_owned() } else { format!("// {line}").trim_end().to_owned() };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// An expression.
pub fn expression(json: &Json, at: &str) -> Result<String, JsonError> {
    Ok(match json {
        Json::Null => "none".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Number(number) => {
            let text = number.to_string();
            if text.contains(['e', 'E']) {
                return Err(JsonError { at: at.to_owned(), message: format!("`{text}` cannot be written as a number") });
            }
            text
        }
        Json::String(text) => quoted(text),
        Json::Array(items) => {
            let mut entries = Vec::new();
            for (index, one) in items.iter().enumerate() {
                entries.push(match one.as_object().and_then(|map| map.get("//")).filter(|_| is_comment(one)) {
                    Some(Json::String(text)) => Entry { text: comment(text).replace('\n', "\n  "), alone: true },
                    _ => Entry { text: expression(one, &format!("{at}/{index}"))?, alone: false },
                });
            }
            bracketed("[", &entries, "]", "")
        }
        Json::Object(map) => {
            if let Some(Json::String(text)) = map.get("$").filter(|_| map.len() == 1) {
                return Ok(text.clone());
            }
            let mut entries = Vec::new();
            for (name, value) in map {
                entries.push(entry(name, value, at)?);
            }
            bracketed("{", &entries, "}", " ")
        }
    })
}

/// An entry between brackets; a comment has its line alone.
struct Entry {
    text: String,
    alone: bool,
}

fn entry(name: &str, value: &Json, at: &str) -> Result<Entry, JsonError> {
    let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
    let marked = |mark: &str| name.strip_prefix(mark).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    match value {
        Json::String(text) if marked("//") => Ok(Entry { text: comment(text).replace('\n', "\n  "), alone: true }),
        Json::String(text) if marked("...") => Ok(Entry { text: text.clone(), alone: false }),
        _ => Ok(Entry { text: format!("{}: {}", key(name), expression(value, &at)?), alone: false }),
    }
}

/// Entries on one line where they are short, else each on its own.
fn bracketed(open: &str, entries: &[Entry], close: &str, pad: &str) -> String {
    if entries.is_empty() {
        return format!("{open}{close}");
    }
    let length: usize = entries.iter().map(|entry| entry.text.chars().count() + 2).sum();
    let short = length <= SHORT && entries.iter().all(|entry| !entry.alone && !entry.text.contains('\n'));
    let texts: Vec<&str> = entries.iter().map(|entry| entry.text.as_str()).collect();
    if short {
        format!("{open}{pad}{}{pad}{close}", texts.join(", "))
    } else {
        format!("{open}\n  {}\n{close}", texts.join("\n  "))
    }
}

/// A key: a name as it is, text in quotes; what begins with a quote is source text.
pub fn key(name: &str) -> String {
    let plain = name
        .bytes()
        .enumerate()
        .all(|(at, byte)| byte == b'_' || byte.is_ascii_alphabetic() || (at > 0 && byte.is_ascii_digit()));
    let own = name.starts_with('"') || name.starts_with("r\"");
    if own || (plain && !name.is_empty()) { name.to_owned() } else { quoted(name) }
}

/// Whether a key of JSON would mean something else than itself.
pub fn is_special(name: &str) -> bool {
    name == "$" || name.starts_with("//") || name.starts_with("...")
}

/// Text in quotes; `${…}` in it are interpolations, `$${` stands for `${`.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("$${") {
            out.push_str("$${");
            rest = &rest[3..];
            continue;
        }
        if rest.starts_with("${") {
            let end = interpolation(rest);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    out.push('"');
    out
}

/// The length of the interpolation that the text begins with, to its brace or to the end.
fn interpolation(text: &str) -> usize {
    let bytes = text.as_bytes();
    // What is open: a brace, or a text.
    let mut open = vec![b'{'];
    let mut at = 2;
    while at < bytes.len() && !open.is_empty() {
        let inside_text = open.last() == Some(&b'"');
        match bytes[at] {
            b'\\' if inside_text => at += 1,
            b'"' if inside_text => {
                open.pop();
            }
            b'"' => open.push(b'"'),
            b'$' if inside_text && bytes.get(at + 1) == Some(&b'{') => {
                open.push(b'{');
                at += 1;
            }
            b'{' if !inside_text => open.push(b'{'),
            b'}' if !inside_text => {
                open.pop();
            }
            _ => {}
        }
        at += 1;
    }
    at.min(bytes.len())
}
