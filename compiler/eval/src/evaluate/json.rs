//! JSON text: written from values, read into them.

use std::fmt::Write;

use cloudc_hir::Name;
use serde_json::Value as Json;

use super::{Cx, MAX_LIST, Out};
use crate::codes;
use crate::values::{Expr, Field, Node, Src, Value};

impl Cx<'_> {
    /// `to_json`, and records where a property wants JSON text.
    pub(super) fn json_text(&mut self, node: &Node, src: Src) -> Out {
        self.through(node, src, &mut |_, node| {
            if let Some(text) = to_json(&node.value) {
                return Ok(src.node(Value::text(text)));
            }
            Ok(src.node(Value::deploy(Expr::Json(node.clone()))))
        })
    }

    pub(super) fn parsed(&mut self, node: &Node, src: Src) -> Out {
        self.through(node, src, &mut |cx, node| {
            let Some(text) = node.value.as_str() else { return Err(cx.misfit(src)) };
            match serde_json::from_str::<Json>(text) {
                Ok(json) => {
                    let mut count = 0;
                    let value = from_json(&json, src, &mut count);
                    cx.spend_nodes(count, src)?;
                    Ok(src.node(value))
                }
                Err(error) => {
                    let message = format!("this text is not JSON: {}", first_line(&error.to_string()));
                    Err(cx.error(codes::BAD_JSON, src, message))
                }
            }
        })
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// The JSON text of a constant, compact; nothing when something is known at deployment only.
pub fn to_json(value: &Value) -> Option<String> {
    let mut out = String::new();
    write_json(value, &mut out)?;
    Some(out)
}

fn write_json(value: &Value, out: &mut String) -> Option<()> {
    match value {
        Value::Null | Value::None => out.push_str("null"),
        Value::Bool(value) => write!(out, "{value}").ok()?,
        Value::Int(value) => write!(out, "{value}").ok()?,
        Value::Float(value) => out.push_str(&serde_json::to_string(value).ok()?),
        Value::Str(text) => out.push_str(&serde_json::to_string(text.as_str()).ok()?),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().filter(|item| item.value != Value::None).enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                write_json(&item.value, out)?;
            }
            out.push(']');
        }
        Value::Record(fields) => {
            out.push('{');
            for (at, field) in fields.iter().filter(|field| field.node.value != Value::None).enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                out.push_str(&serde_json::to_string(field.name.as_str()).ok()?);
                out.push(':');
                write_json(&field.node.value, out)?;
            }
            out.push('}');
        }
        Value::Handle(_) | Value::Instance(_) | Value::Deploy(_) | Value::Unknown | Value::Poison => return None,
    }
    Some(())
}

/// A value from JSON; `count` grows by the elements made.
pub fn from_json(json: &Json, src: Src, count: &mut usize) -> Value {
    *count += 1;
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64().unwrap_or(f64::MAX)),
        },
        Json::String(text) => Value::text(text.as_str()),
        Json::Array(items) => {
            Value::list(items.iter().take(MAX_LIST).map(|item| src.node(from_json(item, src, count))).collect())
        }
        Json::Object(map) => {
            let fields = map.iter().map(|(name, value)| Field {
                name: Name::from(name.as_str()),
                node: src.node(from_json(value, src, count)),
                site: src,
            });
            Value::record(fields.collect())
        }
    }
}
