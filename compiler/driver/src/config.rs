//! The settings that hold for a target, and where each comes from.
//!
//! In: a target without errors. Out: settings by dotted name, in the order in which they are documented. Always: what is not set is
//! not listed, except inputs and params, which every deployment has to have; values of secret params are never given away.

use cloudc_base::line_index::line_index;
use cloudc_eval::assemble::setting;
use cloudc_eval::evaluate::plain;
use cloudc_eval::{Node, Src, Target, Value, project};
use cloudc_hir::{Anchor, Decl, DeclKind, ExprId, Name, Owner};
use serde_json::{Map, Value as Json, json};

use crate::Database;

/// A setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// `region`, `tags.team`, `inputs.shards`.
    pub name: String,
    /// Its value; null for a param that has to be given when deploying.
    pub value: Json,
    /// Who says so: `project shop`, `env prod`, `stack api`, `--set`, `default`.
    pub from: String,
    /// The file, as a path inside the project, and the line from one.
    pub written: Option<(String, u32)>,
}

/// What a stack, a project or an environment sets beside inputs and params.
const NAMES: [&str; 17] = [
    "name",
    "description",
    "region",
    "account",
    "role",
    "external_id",
    "approval",
    "tags",
    "protection",
    "publish",
    "budget",
    "notifications",
    "hooks",
    "health",
    "rollback",
    "metadata",
    "transforms",
];

/// Records of which every entry is a setting of its own, since each may come from elsewhere.
const TAKEN_APART: [&str; 4] = ["tags", "hooks", "rollback", "metadata"];

/// The settings of a target.
pub fn config(db: &Database, target: Target) -> Vec<Setting> {
    let mut found = Vec::new();
    for name in NAMES {
        match name {
            "region" => found.extend(region(db, target)),
            "account" | "role" | "external_id" | "approval" => {
                found.extend(project::environment_node(db, target, name).map(|node| of(db, name.to_owned(), &node)));
            }
            _ => {
                let Some(node) = setting(db, target, name) else { continue };
                match &node.value {
                    Value::Record(fields) if TAKEN_APART.contains(&name) => {
                        let there = fields.iter().filter(|field| field.node.value != Value::None);
                        found.extend(there.map(|field| of(db, format!("{name}.{}", field.name), &field.node)));
                    }
                    _ => found.push(named(db, target, name, &node)),
                }
            }
        }
    }
    let file = target.file(db);
    found.extend(cloudc_hir::inputs(db, Owner::File(file)).iter().map(|decl| value(db, target, *decl)));
    found.extend(cloudc_hir::params(db, file).iter().map(|decl| value(db, target, *decl)));
    found
}

/// A setting; a name that nobody chose is made of the names around.
fn named(db: &Database, target: Target, name: &str, node: &Node) -> Setting {
    let mut one = of(db, name.to_owned(), node);
    let made = node.src.expr == ExprId(0) && project::default_name(db, target).as_deref() == node.value.as_str();
    if name == "name" && made {
        one.from = "default".to_owned();
        one.written = None;
    }
    one
}

/// Where it is deployed: one of `regions` is written there.
fn region(db: &Database, target: Target) -> Option<Setting> {
    let region = project::region_of(db, target)?;
    if !db.options().regions.is_empty() {
        return Some(Setting {
            name: "region".to_owned(),
            value: region.as_str().into(),
            from: "--region".to_owned(),
            written: None,
        });
    }
    let node = match setting(db, target, "regions").map(|node| node.value) {
        Some(Value::List(all)) => all.iter().find(|node| node.value.as_str() == Some(&region)).cloned(),
        _ => setting(db, target, "region"),
    };
    node.map(|node| of(db, "region".to_owned(), &node))
}

/// An input or param: the command line, the project and its environments, the default.
fn value(db: &Database, target: Target, decl: Decl) -> Setting {
    let (section, secret) = match decl.kind(db) {
        DeclKind::Input => ("inputs", false),
        _ => ("params", cloudc_types::param_shape(db, decl).no_echo),
    };
    let name = decl.name(db);
    let own = Some(place(db, Anchor::name(decl)));
    let mut one = if let Some(text) = db.options().sets.get(name.as_str()) {
        Setting { name: String::new(), value: text.as_str().into(), from: "--set".to_owned(), written: None }
    } else if let Some(node) = project::given(db, target, section, name) {
        of(db, String::new(), &node)
    } else {
        let site = cloudc_eval::Site::new(db, cloudc_eval::Frame::of_target(db, target), decl);
        let node = match decl.kind(db) {
            DeclKind::Input => Some(cloudc_eval::value_of(db, site).node.clone()),
            _ => cloudc_eval::params::default(db, site),
        };
        let given = node.filter(|node| !node.value.is_broken());
        let from = if given.is_some() { "default" } else { "nobody" };
        Setting {
            name: String::new(),
            value: given.map_or(Json::Null, |node| json(&node.value)),
            from: from.to_owned(),
            written: own,
        }
    };
    one.name = format!("{section}.{name}");
    if secret && !one.value.is_null() {
        one.value = "****".into();
    }
    one
}

fn of(db: &Database, name: String, node: &Node) -> Setting {
    let Src { decl, .. } = node.src;
    let kind = decl.kind(db);
    let from = format!("{} {}", kind.keyword(), decl.name(db));
    Setting { name, value: json(&node.value), from: from.trim_end().to_owned(), written: Some(place(db, node.src.anchor())) }
}

fn place(db: &Database, anchor: Anchor) -> (String, u32) {
    let (file, range) = anchor.locate(db);
    (file.path(db).trim_start_matches('/').to_owned(), line_index(db, file).line_col(range.start()).line + 1)
}

fn json(value: &Value) -> Json {
    match value {
        Value::None | Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Str(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(|node| json(&node.value)).collect(),
        Value::Record(fields) => {
            let there = fields.iter().filter(|field| field.node.value != Value::None);
            let entries: Map<String, Json> = there.map(|field| (field.name.to_string(), json(&field.node.value))).collect();
            Json::Object(entries)
        }
        other => plain(other).map_or_else(|| json!({ "known": "at deployment" }), Json::from),
    }
}

/// The name of a stack's declaration, and the name and region it is deployed under and in.
pub fn identity(db: &Database, target: Target) -> (Name, Name, Option<Name>) {
    (crate::stack_name(db, target.file(db)), project::name_of(db, target), project::region_of(db, target))
}
