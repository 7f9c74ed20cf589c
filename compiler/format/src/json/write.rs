//! From declarations to JSON.

use cloudc_syntax::{NodeOrToken, SyntaxElement, SyntaxKind as K, SyntaxNode};
use serde_json::{Map, Value as Json, json};

use super::{read, values};

/// Declarations and the comments between them.
pub fn items(parts: impl Iterator<Item = SyntaxElement>) -> Vec<Json> {
    let mut found = Vec::new();
    for part in parts {
        match part {
            NodeOrToken::Token(token) if token.kind().is_comment() => found.push(json!({ "//": token.text().trim_end() })),
            NodeOrToken::Node(node) => found.push(item(&node)),
            NodeOrToken::Token(_) => {}
        }
    }
    found
}

/// A declaration. One that is not read back as it was is kept as text.
fn item(node: &SyntaxNode) -> Json {
    let text = node.text().to_string();
    let made = structured(node);
    match made {
        Some(made) if read::item(&made, "", "\n").is_ok_and(|read| values::same(&read, &text)) => made,
        _ => json!({ "$": text }),
    }
}

/// The parts of a declaration by what they are; nothing where a comment stands between them.
fn structured(node: &SyntaxNode) -> Option<Json> {
    let mut out = Map::new();
    let mut attributes = Vec::new();
    let mut head: Option<String> = None;
    let mut label = K::Whitespace;
    for part in node.children_with_tokens() {
        let part = match part {
            NodeOrToken::Token(token) if token.kind().is_comment() => return None,
            NodeOrToken::Token(token) if token.kind().is_trivia() => continue,
            NodeOrToken::Token(token) if token.kind() == K::PubKw => {
                out.insert("pub".to_owned(), true.into());
                continue;
            }
            NodeOrToken::Token(token) if token.kind() == K::Underscore => Json::from("_"),
            NodeOrToken::Token(token) => {
                if head.is_none() {
                    head = Some(token.text().to_owned());
                }
                label = token.kind();
                continue;
            }
            NodeOrToken::Node(inner) if inner.kind() == K::Attr => {
                attributes.push(Json::from(inner.text().to_string().trim_start_matches('@')));
                continue;
            }
            NodeOrToken::Node(inner) => {
                let (key, value) = part_of(node.kind(), label, &inner, out.len() - usize::from(out.contains_key("pub")) == 0)?;
                if !key.is_empty() {
                    out.insert(key.to_owned(), value);
                    continue;
                }
                value
            }
        };
        name(&mut out, head.as_deref()?, part)?;
    }
    let head = head?;
    // The first key says what is declared.
    let first = out.shift_remove(&head)?;
    let mut whole = Map::new();
    whole.insert(head, first);
    if !attributes.is_empty() {
        whole.insert("@".to_owned(), attributes.into());
    }
    whole.extend(out);
    Some(Json::Object(whole))
}

/// What is declared: the first is the value of the keyword; of `for k, v` both are.
fn name(out: &mut Map<String, Json>, head: &str, value: Json) -> Option<()> {
    match out.get_mut(head) {
        None => {
            out.insert(head.to_owned(), value);
        }
        Some(first) if head == "for" && !first.is_array() => *first = json!([first.take(), value]),
        Some(_) => return None,
    }
    Some(())
}

/// The key of a part, and its value; no key for what is declared.
fn part_of(kind: K, label: K, part: &SyntaxNode, first: bool) -> Option<(&'static str, Json)> {
    let text = || Json::from(part.text().to_string());
    Some(match (part.kind(), label) {
        (K::Block, _) => (
            if kind == K::IfItem && label == K::IfKw {
                "then"
            } else if kind == K::IfItem {
                "else"
            } else {
                "items"
            },
            block(part)?,
        ),
        (K::RecordExpr, K::Colon) => ("body", values::expression(part)),
        (K::IfItem, K::ElseKw) => ("else", structured(part)?),
        (K::Name, K::Colon) => ("parent", text()),
        (K::Name, K::AsKw) => ("as", text()),
        (K::Name, _) => ("", text()),
        (K::AsType, _) => ("as", part.children().next()?.text().to_string().into()),
        (K::ByClause, _) => ("by", values::expression(&part.children().next()?)),
        (K::WithBlock, _) => ("with", text()),
        (K::ParamList, _) => ("params", listed(part, K::FnParam)?),
        (K::ImportSpecList, _) => ("names", listed(part, K::ImportSpec)?),
        (_, K::Colon) => ("type", text()),
        (_, K::Eq) if kind == K::TypeItem => ("is", text()),
        (_, K::Eq) if matches!(kind, K::InputItem | K::ParamItem) => ("default", values::expression(part)),
        (_, K::Eq) => ("value", values::expression(part)),
        (_, K::InKw) => ("in", values::expression(part)),
        (_, K::Arrow) => ("to", values::expression(part)),
        (_, K::Comma) if kind == K::AssertItem => ("message", values::expression(part)),
        (_, K::DefaultsKw) if first => ("", text()),
        (K::RecordExpr, _) if !first => ("body", values::expression(part)),
        _ => ("", values::expression(part)),
    })
}

/// Declarations in braces.
fn block(block: &SyntaxNode) -> Option<Json> {
    Some(items(block.children_with_tokens()).into())
}

/// Texts of the parts of a list; nothing where there is a comment.
fn listed(list: &SyntaxNode, kind: K) -> Option<Json> {
    let commented = list.descendants_with_tokens().any(|part| part.kind().is_comment());
    let parts = list.children().filter(|part| part.kind() == kind).map(|part| Json::from(part.text().to_string()));
    (!commented).then(|| parts.collect())
}
