//! The Mappings section: constant maps that are looked up by what only the deployment knows.
//!
//! In: maps as they are met. Out: names, and the section. Always: equal maps share one mapping, named by the `let` that holds it.

use cloudc_eval::canonical::canonical;
use cloudc_eval::naming::camel;
use cloudc_eval::{Db, Node, Value};
use cloudc_hir::{DeclKind, Name};
use serde_json::{Map, Value as Json, json};

/// The second key of a map that has one level only.
pub const ONLY: &str = "value";

/// Mappings in use.
#[derive(Debug, Default)]
pub struct Mappings {
    used: Vec<(String, Name, Value)>,
    /// Instead of naming: what was asked for.
    asked: Option<Vec<Node>>,
}

impl Mappings {
    /// Gives empty names and remembers what was asked for.
    pub fn asking() -> Self {
        Mappings { used: Vec::new(), asked: Some(Vec::new()) }
    }

    /// What was asked for instead of being named, in order.
    pub fn asked(self) -> Vec<Node> {
        self.asked.unwrap_or_default()
    }

    /// The name of the mapping for a map that `owner` looks up.
    pub fn name(&mut self, db: &dyn Db, map: &Node, owner: &str) -> Name {
        if let Some(asked) = &mut self.asked {
            asked.push(map.clone());
            return Name::default();
        }
        let content = canonical(db, &map.value);
        if let Some((_, name, _)) = self.used.iter().find(|(known, ..)| *known == content) {
            return name.clone();
        }
        let decl = map.src.decl;
        let base = match decl.kind(db) {
            DeclKind::Let => camel(decl.name(db)),
            _ => format!("{owner}Map"),
        };
        let mut name = Name::from(base.as_str());
        let mut count = 2;
        while self.used.iter().any(|(_, known, _)| *known == name) {
            name = Name::from(format!("{base}{count}"));
            count += 1;
        }
        self.used.push((content, name.clone(), map.value.clone()));
        name
    }

    /// The section.
    pub fn section(&self) -> Map<String, Json> {
        self.used.iter().map(|(_, name, map)| (name.to_string(), entries(map))).collect()
    }
}

fn entries(map: &Value) -> Json {
    let Value::Record(fields) = map else { return json!({}) };
    let entry = |value: &Value| match value {
        Value::Record(inner) => {
            let there = inner.iter().filter(|field| field.node.value != Value::None);
            Json::Object(there.map(|field| (field.name.to_string(), leaf(&field.node.value))).collect())
        }
        value => json!({ ONLY: leaf(value) }),
    };
    Json::Object(fields.iter().map(|field| (field.name.to_string(), entry(&field.node.value))).collect())
}

fn leaf(value: &Value) -> Json {
    match value {
        Value::Str(text) => json!(text),
        Value::Int(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::Bool(value) => json!(value),
        Value::List(items) => Json::Array(items.iter().map(|item| leaf(&item.value)).collect()),
        _ => Json::Null,
    }
}
