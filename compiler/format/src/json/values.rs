//! Expressions as JSON: records, lists, texts, numbers and truth values are JSON's own, everything else is text.

use cloudc_syntax::ast::{AstNode as _, StringExpr, StringFlavour, StringPart};
use cloudc_syntax::{NodeOrToken, SyntaxKind as K, SyntaxNode, parse_chunk};
use serde_json::{Map, Value as Json, json};

use super::read;

/// An expression.
pub fn expression(node: &SyntaxNode) -> Json {
    let made = match node.kind() {
        K::Literal | K::PrefixExpr => literal(node),
        K::StringExpr => text(node),
        K::ListExpr => list(node),
        K::RecordExpr => record(node),
        _ => None,
    };
    made.unwrap_or_else(|| verbatim(node))
}

/// Source text.
fn verbatim(node: &SyntaxNode) -> Json {
    json!({ "$": node.text().to_string() })
}

fn literal(node: &SyntaxNode) -> Option<Json> {
    let text = node.text().to_string();
    match text.as_str() {
        "true" => Some(true.into()),
        "false" => Some(false.into()),
        "none" => Some(Json::Null),
        _ => {
            let value = serde_json::from_str::<Json>(&text).ok().filter(Json::is_number)?;
            // `1_000` and `1.50` are numbers that JSON would write otherwise.
            let written = value.to_string();
            (written == text).then_some(value)
        }
    }
}

/// A text with its interpolations as they are written, where it is read back as it is.
fn text(node: &SyntaxNode) -> Option<Json> {
    let string = StringExpr::cast(node.clone())?;
    if string.flavour() != StringFlavour::Plain {
        return None;
    }
    let written = node.text().to_string();
    let start = node.text_range().start();
    let mut out = String::new();
    for part in string.parts() {
        match part {
            StringPart::Text { cooked, .. } => out.push_str(&cooked.replace("${", "$${")),
            StringPart::Interp { range, .. } => {
                out.push_str(written.get(usize::from(range.start() - start)..usize::from(range.end() - start))?)
            }
        }
    }
    (read::quoted(&out) == written).then(|| out.into())
}

fn list(node: &SyntaxNode) -> Option<Json> {
    let mut items = Vec::new();
    for part in node.children_with_tokens() {
        match part {
            NodeOrToken::Token(token) if token.kind().is_comment() => items.push(json!({ "//": token.text().trim_end() })),
            NodeOrToken::Token(_) => {}
            NodeOrToken::Node(element) => {
                let mut inner = element.children();
                let only = inner.next().filter(|_| inner.next().is_none());
                let plain = element.kind() == K::ItemElem && element.children_with_tokens().count() == 1;
                items.push(match only.filter(|_| plain) {
                    Some(only) => expression(&only),
                    None => verbatim(&element),
                });
            }
        }
    }
    Some(items.into())
}

fn record(node: &SyntaxNode) -> Option<Json> {
    let mut out = Map::new();
    let mut entries = 0;
    for part in node.children_with_tokens() {
        let (key, value) = match part {
            NodeOrToken::Token(token) if token.kind().is_comment() => (numbered(&out, "//"), Json::from(token.text().trim_end())),
            NodeOrToken::Token(_) => continue,
            NodeOrToken::Node(entry) => {
                entries += 1;
                field(&entry).unwrap_or_else(|| (numbered(&out, "..."), entry.text().to_string().into()))
            }
        };
        // A key that is there twice has no place in JSON.
        if out.insert(key, value).is_some() {
            return None;
        }
    }
    // Comments alone would look like a comment.
    let comments_only = entries == 0 && !out.is_empty();
    (!comments_only).then_some(Json::Object(out))
}

/// `//`, `//2`, `//3`: the first that is free.
fn numbered(out: &Map<String, Json>, start: &str) -> String {
    let mut names = (1..).map(|at| if at == 1 { start.to_owned() } else { format!("{start}{at}") });
    names.find(|name| !out.contains_key(name)).unwrap_or_default()
}

/// A field with a key and a value and nothing else.
fn field(entry: &SyntaxNode) -> Option<(String, Json)> {
    if entry.kind() != K::Field || entry.children_with_tokens().any(|part| part.kind().is_comment()) {
        return None;
    }
    let mut parts = entry.children();
    let (key, value, rest) = (parts.next()?, parts.next()?, parts.next());
    let written = key.text().to_string();
    let name = match key.kind() {
        K::StringExpr => match text(&key) {
            Some(Json::String(text)) if read::key(&text) == written && !read::is_special(&text) => text,
            // As it is written, with its quotes.
            _ => written,
        },
        _ => written,
    };
    let value = match rest {
        None => expression(&value),
        Some(guard) if guard.kind() == K::Guard => json!({ "$": format!("{} {}", value.text(), guard.text()) }),
        Some(_) => return None,
    };
    Some((name, value))
}

/// Whether two texts of a declaration are the same but for white space and commas.
pub fn same(one: &str, other: &str) -> bool {
    let tokens = |text: &str| {
        let all = parse_chunk(text).syntax().descendants_with_tokens();
        let tokens = all.filter_map(NodeOrToken::into_token).filter(|token| !matches!(token.kind(), K::Whitespace | K::Comma));
        tokens.map(|token| token.text().trim_end().to_owned()).collect::<Vec<_>>()
    };
    tokens(one) == tokens(other)
}
