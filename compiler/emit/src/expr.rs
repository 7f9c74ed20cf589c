//! Values to JSON: which intrinsic function says what is meant.
//!
//! In: a [`Node`]. Out: JSON. Always: text with holes is `Fn::Sub` when the holes are references, else `Fn::Join`; what is none
//! is left out of lists and records.

use std::fmt::Write as _;

use cloudc_eval::codes;
use cloudc_eval::evaluate::open;
use cloudc_eval::naming::logical_id;
use cloudc_eval::values::Pseudo;
use cloudc_eval::{Cond, Db, Expr, Find, Node, Op, Target, Value};
use cloudc_hir::{Name, Problem};
use serde_json::{Map, Value as Json, json};

use crate::conditions::Conditions;
use crate::mappings::Mappings;
use crate::source_map::Notes;

/// What lowering uses and finds.
pub struct Lower<'db> {
    /// The database.
    pub db: &'db dyn Db,
    /// Conditions that are used.
    pub conditions: Conditions,
    /// Mappings that are used.
    pub mappings: Mappings,
    /// Whether the language-extensions transform is needed.
    pub extensions: bool,
    /// Source map so far.
    pub notes: Notes,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What is built.
    pub target: Target,
    /// The section and logical id of what is being lowered.
    pub at: (&'static str, Name),
    /// JSON pointer from there.
    pub pointer: String,
    /// What is uploaded, in the order in which it is met.
    pub assets: Vec<crate::assets::Upload>,
    /// Templates named in the resource being lowered.
    pub members: Vec<crate::assets::Member>,
    /// The files whose templates are being built, the outermost first.
    pub within: Vec<cloudc_base::File>,
}

impl<'db> Lower<'db> {
    /// A fresh one, with names for conditions.
    pub fn new(db: &'db dyn Db, target: Target, conditions: Conditions) -> Self {
        Lower {
            db,
            conditions,
            mappings: Mappings::default(),
            extensions: false,
            notes: Notes::default(),
            problems: Vec::new(),
            target,
            at: ("Resources", Name::default()),
            pointer: String::new(),
            assets: Vec::new(),
            members: Vec::new(),
            within: vec![target.file(db)],
        }
    }

    /// Lowers under one more step of the pointer.
    pub fn under<T>(&mut self, step: impl std::fmt::Display, f: impl FnOnce(&mut Self) -> T) -> T {
        let len = self.pointer.len();
        let _ = write!(self.pointer, "/{step}");
        if self.pointer[len + 1..].contains(['~', '/']) {
            let step = self.pointer.split_off(len + 1);
            self.pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        }
        let result = f(self);
        self.pointer.truncate(len);
        result
    }

    /// The JSON of a value; nothing when it is none.
    pub fn entry(&mut self, node: &Node) -> Option<Json> {
        (node.value != Value::None).then(|| self.value(node))
    }

    /// The JSON of a value; none is `AWS::NoValue`.
    pub fn value(&mut self, node: &Node) -> Json {
        match &node.value {
            Value::None => json!({ "Ref": "AWS::NoValue" }),
            Value::Null => Json::Null,
            Value::Unknown | Value::Poison => self.broken(node),
            Value::Bool(value) => Json::Bool(*value),
            Value::Int(value) => json!(value),
            Value::Float(value) => json!(value),
            Value::Str(text) => Json::String(text.to_string()),
            Value::List(items) => {
                let mut list = Vec::new();
                for item in items.iter().filter(|item| item.value != Value::None) {
                    let at = list.len();
                    list.push(self.under(at, |lower| {
                        lower.notes.value(lower.at.0, &lower.at.1, &lower.pointer, item.src, item.src);
                        lower.value(item)
                    }));
                }
                Json::Array(list)
            }
            Value::Record(fields) => {
                let mut map = Map::new();
                for field in fields.iter().filter(|field| field.node.value != Value::None) {
                    let value = self.under(&field.name, |lower| {
                        lower.notes.value(lower.at.0, &lower.at.1, &lower.pointer, field.site, field.node.src);
                        lower.value(&field.node)
                    });
                    map.insert(field.name.to_string(), value);
                }
                Json::Object(map)
            }
            Value::Handle(site) => json!({ "Ref": logical_id(self.db, *site) }),
            Value::Instance(frame) => Json::String(cloudc_eval::naming::prefix(self.db, *frame).to_string()),
            Value::Deploy(expr) => self.expr(node, expr),
        }
    }

    /// A value with an error behind it. The error keeps the template from being used; where none was told, this one does.
    fn broken(&mut self, node: &Node) -> Json {
        if !self.problems.iter().any(|problem| problem.code.0 == codes::INTERNAL) {
            let problem = Problem::error(codes::INTERNAL, node.src.anchor(), "this value could not be computed")
                .note("there is another error, or a fault of the compiler");
            self.problems.push(problem);
        }
        Json::Null
    }

    fn expr(&mut self, node: &Node, expr: &Expr) -> Json {
        match expr {
            Expr::Ref(site) | Expr::Param(site) => json!({ "Ref": logical_id(self.db, *site) }),
            Expr::Attr(site, name) => {
                crate::assets::check_output(self, node, *site, name);
                json!({ "Fn::GetAtt": [logical_id(self.db, *site), name] })
            }
            Expr::Pseudo(Pseudo::Zones) => json!({ "Fn::GetAZs": "" }),
            Expr::Pseudo(pseudo) => json!({ "Ref": pseudo_name(*pseudo) }),
            Expr::Truth(cond) => {
                let name = self.condition(cond);
                json!({ "Fn::If": [name, true, false] })
            }
            Expr::If(cond, then, otherwise) => {
                let name = self.condition(cond);
                self.under("Fn::If", |lower| {
                    let then = lower.under(1, |lower| lower.value(then));
                    let otherwise = lower.under(2, |lower| lower.value(otherwise));
                    json!({ "Fn::If": [name, then, otherwise] })
                })
            }
            Expr::Concat(parts) => self.concat(parts),
            Expr::Find(find) => self.find(node, find),
            Expr::Call(op, args) => self.call(*op, args),
            Expr::Json(inner) => crate::json_text::lower(self, inner),
            Expr::Asset(asset, part) => crate::assets::lower(self, node, asset, *part),
        }
    }

    /// The name of a condition that is used here.
    pub fn condition(&mut self, cond: &Cond) -> Name {
        let property =
            self.pointer.rsplit('/').find(|step| step.starts_with(|c: char| c.is_ascii_alphabetic()) && !step.contains(':'));
        let hint = match property {
            Some(property) if self.pointer.starts_with("/Properties/") => format!("{}{}", self.at.1, alphanumeric(property)),
            _ => self.at.1.to_string(),
        };
        self.conditions.name(cond, &hint)
    }

    /// Text with holes.
    fn concat(&mut self, parts: &[Node]) -> Json {
        if let Some(text) = substitution(self.db, parts) {
            return json!({ "Fn::Sub": text });
        }
        let pieces: Vec<Json> = parts.iter().map(|part| self.value(part)).collect();
        json!({ "Fn::Join": ["", pieces] })
    }

    fn find(&mut self, node: &Node, find: &Find) -> Json {
        let opened = open(self.db, node);
        if opened != *node {
            return self.value(&opened);
        }
        let owner = self.at.1.to_string();
        let name = self.mappings.name(self.db, &find.map, &owner);
        let mut args = vec![json!(name)];
        for key in &find.keys {
            if !is_plain_key(key) {
                self.extensions = true;
            }
            args.push(self.value(key));
        }
        if args.len() == 2 {
            args.push(json!(crate::mappings::ONLY));
        }
        if let Some(default) = find.default.as_ref().filter(|default| default.value != Value::None) {
            self.extensions = true;
            let default = self.value(default);
            args.push(json!({ "DefaultValue": default }));
        }
        json!({ "Fn::FindInMap": args })
    }

    fn call(&mut self, op: Op, args: &[Node]) -> Json {
        if op == Op::Length {
            self.extensions = true;
        }
        let lowered: Vec<Json> = args.iter().map(|arg| self.value(arg)).collect();
        let only = || lowered.first().cloned().unwrap_or_default();
        match op {
            Op::Join => json!({ "Fn::Join": lowered }),
            Op::Split => json!({ "Fn::Split": lowered }),
            Op::Select => json!({ "Fn::Select": lowered }),
            Op::Cidr => json!({ "Fn::Cidr": lowered }),
            Op::Base64 => json!({ "Fn::Base64": only() }),
            Op::Length => json!({ "Fn::Length": only() }),
            Op::Zones => json!({ "Fn::GetAZs": only() }),
            Op::ImportValue => json!({ "Fn::ImportValue": only() }),
            Op::StackOutput => {
                let names = ["StackName", "OutputName", "Region", "RoleArn"];
                let given = names.into_iter().zip(args).zip(lowered).filter(|((_, arg), _)| arg.value != Value::None);
                let map: Map<String, Json> = given.map(|((name, _), value)| (name.to_owned(), value)).collect();
                json!({ "Fn::GetStackOutput": map })
            }
        }
    }
}

/// A pseudo parameter's name.
pub fn pseudo_name(pseudo: Pseudo) -> &'static str {
    match pseudo {
        Pseudo::Region => "AWS::Region",
        Pseudo::AccountId => "AWS::AccountId",
        Pseudo::Partition => "AWS::Partition",
        Pseudo::UrlSuffix => "AWS::URLSuffix",
        Pseudo::StackName => "AWS::StackName",
        Pseudo::StackId => "AWS::StackId",
        Pseudo::NotificationArns => "AWS::NotificationARNs",
        // Not a pseudo parameter there; `Fn::GetAZs` gives them.
        Pseudo::Zones => "AWS::Region",
    }
}

/// The text of a `Fn::Sub`, when all parts are text or references.
pub fn substitution(db: &dyn Db, parts: &[Node]) -> Option<String> {
    let mut text = String::new();
    for part in parts {
        match &part.value {
            Value::Str(piece) => text.push_str(&escape(piece)),
            _ => text.push_str(&hole(db, part)?),
        }
    }
    Some(text)
}

/// `${…}` for a reference.
pub fn hole(db: &dyn Db, part: &Node) -> Option<String> {
    let inner = match part.value.expr()? {
        Expr::Ref(site) | Expr::Param(site) => logical_id(db, *site).to_string(),
        Expr::Attr(site, name) => format!("{}.{name}", logical_id(db, *site)),
        Expr::Pseudo(Pseudo::Zones | Pseudo::NotificationArns) => return None,
        Expr::Pseudo(pseudo) => pseudo_name(*pseudo).to_owned(),
        _ => return None,
    };
    Some(format!("${{{inner}}}"))
}

/// Text for `Fn::Sub`, which would read `${` as a hole.
pub fn escape(text: &str) -> String {
    text.replace("${", "${!")
}

/// What `Fn::FindInMap` takes as a key without the language extensions.
fn is_plain_key(key: &Node) -> bool {
    match &key.value {
        Value::Str(_) | Value::Int(_) => true,
        // Written by hand, as `raw`.
        Value::Record(fields) => matches!(&fields[..], [only] if only.name == "Ref" || only.name == "Fn::FindInMap"),
        value => matches!(value.expr(), Some(Expr::Param(_) | Expr::Ref(_) | Expr::Pseudo(_) | Expr::Find(_))),
    }
}

fn alphanumeric(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}
