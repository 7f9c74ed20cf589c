//! A value as text that is the same in every revision and on every machine: the identity of opaque conditions, and what
//! fingerprints hash.
//!
//! In: a value. Out: text of its meaning, positions left out. Always: names only, never an interned number.

use std::fmt::Write;

use cloudc_hir::Name;

use crate::Db;
use crate::cond::Cond;
use crate::naming::logical_id;
use crate::values::{Expr, Node, Value};

/// The text.
pub fn canonical(db: &dyn Db, value: &Value) -> String {
    let mut out = String::new();
    write_value(db, value, &mut out);
    out
}

/// FNV-1a over bytes, 64 bits: stable, and short enough for a logical id.
pub fn stable_hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

fn write_value(db: &dyn Db, value: &Value, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = match value {
        Value::None => write!(out, "none"),
        Value::Null => write!(out, "null"),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Int(value) => write!(out, "{value}"),
        Value::Float(value) => write!(out, "{value:?}"),
        Value::Str(text) => write!(out, "{text:?}"),
        Value::List(items) => {
            write_all(db, "list", items.iter(), out);
            Ok(())
        }
        Value::Record(fields) => {
            out.push('{');
            for field in fields.iter().filter(|field| field.node.value != Value::None) {
                let _ = write!(out, "{:?}: ", field.name);
                write_value(db, &field.node.value, out);
                out.push_str(", ");
            }
            out.push('}');
            Ok(())
        }
        Value::Handle(site) => write!(out, "resource {}", logical_id(db, *site)),
        Value::Instance(frame) => write!(out, "instance {}", crate::naming::prefix(db, *frame)),
        Value::Unknown | Value::Poison => write!(out, "?"),
        Value::Deploy(expr) => {
            write_expr(db, expr, out);
            Ok(())
        }
    };
}

fn write_expr(db: &dyn Db, expr: &Expr, out: &mut String) {
    let _ = match expr {
        Expr::Ref(site) => write!(out, "ref {}", logical_id(db, *site)),
        Expr::Attr(site, name) => write!(out, "attr {}.{name}", logical_id(db, *site)),
        Expr::Param(site) => write!(out, "param {}", logical_id(db, *site)),
        Expr::Pseudo(pseudo) => write!(out, "aws {pseudo:?}"),
        Expr::Asset(asset, part) => write!(out, "asset {} {part:?} {}", asset.path, crate::assets::fingerprint(db, asset)),
        Expr::Truth(cond) => write!(out, "({})", cond_text(cond)),
        Expr::Concat(parts) => {
            write_all(db, "concat", parts.iter(), out);
            Ok(())
        }
        Expr::If(cond, then, otherwise) => {
            let _ = write!(out, "if {} ", cond_text(cond));
            write_all(db, "", [then, otherwise].into_iter(), out);
            Ok(())
        }
        Expr::Find(find) => {
            write_all(db, "find", [&find.map].into_iter().chain(&find.keys).chain(&find.default), out);
            Ok(())
        }
        Expr::Call(op, args) => {
            write_all(db, &format!("{op:?}"), args.iter(), out);
            Ok(())
        }
        Expr::Json(node) => {
            write_all(db, "json", [node].into_iter(), out);
            Ok(())
        }
    };
}

fn write_all<'a>(db: &dyn Db, name: &str, nodes: impl Iterator<Item = &'a Node>, out: &mut String) {
    out.push_str(name);
    out.push('(');
    for (at, node) in nodes.filter(|node| node.value != Value::None).enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        write_value(db, &node.value, out);
    }
    out.push(')');
}

/// A condition's text, by the keys of its places.
pub fn cond_text(cond: &Cond) -> String {
    cond.display(|place| Name::to_string(&place.key))
}
