//! The JSON text of a value with parts that only the deployment knows.
//!
//! In: the value. Out: `Fn::Sub` of its text when every part is a reference whose value cannot break the text, else
//! `Fn::ToJsonString`. Always: the reader of the text gets JSON.

use cloudc_eval::params::param_shape;
use cloudc_eval::{Db, Expr, Node, Value};
use cloudc_types::ty::Lit;
use serde_json::{Value as Json, json};

use crate::expr::{Lower, escape, hole, substitution};

/// Lowers `to_json(node)`.
pub fn lower(lower: &mut Lower<'_>, node: &Node) -> Json {
    let mut text = String::new();
    if write(lower.db, node, &mut text).is_some() {
        return json!({ "Fn::Sub": text });
    }
    lower.extensions = true;
    let inner = lower.under("Fn::ToJsonString", |lower| lower.value(node));
    json!({ "Fn::ToJsonString": without_null(inner) })
}

/// The text for `Fn::Sub`; nothing when a part is more than a harmless reference.
fn write(db: &dyn Db, node: &Node, out: &mut String) -> Option<()> {
    match &node.value {
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().filter(|item| item.value != Value::None).enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                write(db, item, out)?;
            }
            out.push(']');
        }
        Value::Record(fields) => {
            out.push('{');
            for (at, field) in fields.iter().filter(|field| field.node.value != Value::None).enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                out.push_str(&escape(&quoted(&field.name)));
                out.push(':');
                write(db, &field.node, out)?;
            }
            out.push('}');
        }
        Value::Deploy(expr) => match &**expr {
            Expr::Concat(parts) => {
                if !parts.iter().all(|part| matches!(part.value, Value::Str(_)) || is_harmless(db, part) == Some(Hole::Text)) {
                    return None;
                }
                let escaped: Vec<Node> = parts.iter().map(inside_quotes).collect();
                out.push('"');
                out.push_str(&substitution(db, &escaped)?);
                out.push('"');
            }
            _ => match is_harmless(db, node)? {
                Hole::Text => {
                    out.push('"');
                    out.push_str(&hole(db, node)?);
                    out.push('"');
                }
                Hole::Number => out.push_str(&hole(db, node)?),
            },
        },
        value => out.push_str(&escape(&cloudc_eval::evaluate::to_json(value)?)),
    }
    Some(())
}

#[derive(PartialEq)]
enum Hole {
    Text,
    Number,
}

/// References whose text holds no quote and no backslash: identifiers, attributes, and parameters that are restricted.
fn is_harmless(db: &dyn Db, node: &Node) -> Option<Hole> {
    match node.value.expr()? {
        Expr::Ref(_) | Expr::Attr(..) | Expr::Pseudo(_) => hole(db, node).map(|_| Hole::Text),
        Expr::Param(site) => {
            let shape = param_shape(db, site.decl(db));
            if shape.ty == "Number" {
                return Some(Hole::Number);
            }
            let plain = |text: &str| !text.contains(['"', '\\']) && !text.chars().any(char::is_control);
            let harmless = |lit: &Lit| match lit {
                Lit::Str(text) => plain(text),
                Lit::Int(_) | Lit::Bool(_) => true,
            };
            let listed = !shape.allowed.is_empty() && shape.allowed.iter().all(harmless);
            (listed || shape.ty.starts_with("AWS::EC2::") || shape.ty.starts_with("AWS::Route53::")).then_some(Hole::Text)
        }
        _ => None,
    }
}

fn quoted(text: &str) -> String {
    Json::String(text.to_owned()).to_string()
}

/// Text as it stands between quotes.
fn inside_quotes(part: &Node) -> Node {
    match &part.value {
        Value::Str(text) => {
            let quoted = quoted(text);
            part.src.node(Value::text(&quoted[1..quoted.len() - 1]))
        }
        _ => part.clone(),
    }
}

/// CloudFormation refuses null anywhere in a template; an absent entry says the same to nearly every reader.
fn without_null(json: Json) -> Json {
    match json {
        Json::Object(map) => Json::Object(
            map.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key, without_null(value))).collect(),
        ),
        Json::Array(items) => Json::Array(items.into_iter().filter(|item| !item.is_null()).map(without_null).collect()),
        other => other,
    }
}
