//! The template, section by section in the order people expect.
//!
//! In: a target without errors. Out: JSON, source map, problems of emission. Always: sections without entries are left out;
//! what `raw` of the stack says is merged in last.

use cloudc_eval::assemble::{StackMember, setting};
use cloudc_eval::{Cond, Db, Node, Site, Stack, Target, Value, existing, value};
use cloudc_hir::{Anchor, Part, Problem};
use cloudc_types::typed::AttrKind;
use serde_json::{Map, Value as Json, json};

use crate::assets::Upload;
use crate::conditions::{self, Conditions};
use crate::expr::Lower;
use crate::source_map::SourceMap;
use crate::{parameters, resources, rules};

/// A template and what belongs to it.
pub struct Built {
    /// The template.
    pub template: Json,
    /// Where its parts come from.
    pub source_map: SourceMap,
    /// What is uploaded.
    pub uploads: Vec<Upload>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Builds the template of a target, as part of those of the files around.
pub fn build(db: &dyn Db, target: Target, within: &[cloudc_base::File]) -> Built {
    let stack = cloudc_eval::stack(db, target);
    let order = cloudc_graph::order(db, target);
    let mut lower = Lower::new(db, target, Conditions::new(stack.conditions.clone()));
    lower.within.splice(..0, within.iter().copied());
    let resources = resources::section(&mut lower, stack, order);
    let plan = crate::nested::plan(&mut lower, stack, order);
    let mut template = around(&mut lower, stack, resources);
    let mut source_map = std::mem::take(&mut lower.notes).finish(db);
    if let Some(plan) = plan {
        template = crate::nested::cut(&mut lower, &plan, template);
        source_map.entries.retain(|entry| entry.section != "Resources" || crate::nested::is_outermost(&plan, &entry.id));
    }
    Built { template, source_map, uploads: lower.assets, problems: lower.problems }
}

/// The template around its resources.
pub fn around(lower: &mut Lower<'_>, stack: &Stack, resources: Map<String, Json>) -> Json {
    let target = stack.target;
    let outputs = outputs(lower, stack);
    // What it looks up and asks belongs to the sections below.
    lower.at = ("", "".into());
    let raw = setting(lower.db, target, "raw").map(|raw| lower.value(&raw));
    let rules = rules::section(lower, stack);
    let mut parameters = parameters::section(lower, stack);
    let conditions = conditions::section(lower);
    let metadata = metadata(lower, stack, target);
    lower.at = ("", "".into());
    let globals = match setting(lower.db, target, "globals").map(|node| lower.value(&node)) {
        Some(Json::Object(map)) => map,
        _ => Map::new(),
    };
    crate::assets::parameters(lower, &mut parameters);
    let transforms = transforms(lower, stack, target);

    let mut template = Map::new();
    template.insert("AWSTemplateFormatVersion".into(), json!("2010-09-09"));
    match &transforms[..] {
        [] => {}
        [only] => drop(template.insert("Transform".into(), only.clone())),
        many => drop(template.insert("Transform".into(), json!(many))),
    }
    if let Some(text) = description(lower, stack) {
        template.insert("Description".into(), text);
    }
    let mappings = lower.mappings.section();
    let sections = [
        ("Metadata", metadata),
        ("Globals", globals),
        ("Parameters", parameters),
        ("Rules", rules),
        ("Mappings", mappings),
        ("Conditions", conditions),
        ("Resources", resources),
        ("Outputs", outputs),
    ];
    for (name, section) in sections {
        if !section.is_empty() {
            template.insert(name.into(), Json::Object(section));
        }
    }
    let mut template = Json::Object(template);
    if let Some(raw) = raw {
        merge_raw(&mut template, raw);
    }
    template
}

/// One resource as it stands under `Resources`.
pub fn fragment(db: &dyn Db, site: Site) -> Json {
    let target = site.frame(db).target(db);
    let stack = cloudc_eval::stack(db, target);
    let Some(member) = stack.resources.iter().find(|member| member.site == site) else { return Json::Null };
    let mut lower = Lower::new(db, target, Conditions::new(stack.conditions.clone()));
    let order = cloudc_graph::order(db, target);
    json!({ member.id.as_str(): resources::lower(&mut lower, member, order) })
}

fn description(lower: &mut Lower<'_>, stack: &Stack) -> Option<Json> {
    if let Some(node) = &stack.description {
        return lower.entry(node);
    }
    let doc = stack.decl.and_then(|decl| cloudc_hir::body(lower.db, decl).doc.clone())?;
    Some(json!(doc.trim()))
}

fn transforms(lower: &mut Lower<'_>, stack: &Stack, target: Target) -> Vec<Json> {
    lower.at = ("", "".into());
    let mut found = match setting(lower.db, target, "transforms").map(|node| lower.value(&node)) {
        Some(Json::Array(items)) => items,
        Some(Json::Null) | None => Vec::new(),
        Some(other) => vec![other],
    };
    if stack.resources.iter().any(|member| member.ty.starts_with("AWS::Serverless::")) {
        add_first(&mut found, "AWS::Serverless-2016-10-31", false);
    }
    // It must come before the macros that see what it makes.
    if lower.extensions {
        add_first(&mut found, "AWS::LanguageExtensions", true);
    }
    found
}

fn add_first(found: &mut Vec<Json>, name: &str, first: bool) {
    if !found.iter().any(|known| known == name) {
        found.insert(if first { 0 } else { found.len() }, json!(name));
    }
}

fn metadata(lower: &mut Lower<'_>, stack: &Stack, target: Target) -> Map<String, Json> {
    lower.at = ("", "".into());
    let mut map = match setting(lower.db, target, "metadata").map(|node| lower.value(&node)) {
        Some(Json::Object(map)) => map,
        _ => Map::new(),
    };
    if let Some(interface) = parameters::interface(lower, stack) {
        map.insert("AWS::CloudFormation::Interface".into(), interface);
    }
    map
}

fn outputs(lower: &mut Lower<'_>, stack: &Stack) -> Map<String, Json> {
    let mut section = Map::new();
    let mut exports = Vec::new();
    for member in &stack.outputs {
        if let Some(json) = output(lower, member, &mut exports) {
            section.insert(member.id.to_string(), json);
        }
    }
    section
}

/// An output. One whose value may be absent exists where it is there.
fn output(lower: &mut Lower<'_>, member: &StackMember, exports: &mut Vec<(Json, Anchor)>) -> Option<Json> {
    let decl = member.site.decl(lower.db);
    let evaluated = &value(lower.db, member.site).node;
    let (cond, node) = conditional(&member.cond, evaluated);
    if node.value == Value::None || cond.is_false() {
        return None;
    }
    lower.at = ("Outputs", member.id.clone());
    lower.notes.whole("Outputs", &member.id, Anchor::name(decl));
    let mut map = Map::new();
    let doc = cloudc_hir::body(lower.db, decl).doc.clone();
    if let Some(doc) = doc {
        map.insert("Description".into(), json!(doc.trim()));
    }
    if !cond.is_true() {
        let name = lower.conditions.name(&cond, &member.id);
        map.insert("Condition".into(), json!(name));
    }
    let text = lower.under("Value", |lower| {
        lower.notes.value("Outputs", &member.id, &lower.pointer, node.src, node.src);
        scalar(lower, &node)
    });
    map.insert("Value".into(), text);
    if let Some((name, at)) = export(lower, member) {
        let first = exports.iter().find(|(known, _)| *known == name);
        if let Some((_, first)) = first {
            let shown = name.as_str().map_or("the same name".to_owned(), |text| format!("{text:?}"));
            lower.problems.push(
                Problem::error("C0710", at, format!("two outputs are exported as {shown}"))
                    .related(*first, "the first one")
                    .note("an export's name is unique in its region"),
            );
        }
        exports.push((name.clone(), at));
        map.insert("Export".into(), json!({ "Name": name }));
    }
    Some(Json::Object(map))
}

/// The condition of a value that is there or not, and the value where it is.
fn conditional(cond: &Cond, node: &Node) -> (Cond, Node) {
    match node.value.choice() {
        Some((own, then, otherwise)) if otherwise.value == Value::None => {
            conditional(&Cond::and([cond.clone(), own.clone()]), then)
        }
        Some((own, then, otherwise)) if then.value == Value::None => {
            conditional(&Cond::and([cond.clone(), own.not()]), otherwise)
        }
        _ => (cond.clone(), node.clone()),
    }
}

/// The value of an output is text: lists are joined, records written as JSON.
fn scalar(lower: &mut Lower<'_>, node: &Node) -> Json {
    match &node.value {
        Value::List(_) => {
            let list = lower.value(node);
            match list.as_array().map(|items| items.iter().map(plain_text).collect::<Option<Vec<_>>>()) {
                Some(Some(texts)) => json!(texts.join(",")),
                _ => json!({ "Fn::Join": [",", list] }),
            }
        }
        // Of `raw`: it is a function, not text.
        Value::Record(fields) if matches!(&fields[..], [one] if one.name == "Ref" || one.name.starts_with("Fn::")) => {
            lower.value(node)
        }
        Value::Record(_) => match cloudc_eval::evaluate::to_json(&node.value) {
            Some(text) => json!(text),
            None => crate::json_text::lower(lower, node),
        },
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => {
            json!(cloudc_eval::evaluate::plain(&node.value).unwrap_or_default())
        }
        Value::Deploy(expr) if existing::is_list(lower.db, expr) => {
            let list = lower.value(node);
            json!({ "Fn::Join": [",", list] })
        }
        _ => lower.value(node),
    }
}

fn plain_text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

fn export(lower: &mut Lower<'_>, member: &StackMember) -> Option<(Json, Anchor)> {
    let decl = member.site.decl(lower.db);
    let node = cloudc_eval::project::export_name(lower.db, member.site)?;
    let attrs = &cloudc_types::typed(lower.db, decl).attrs;
    let written = attrs.iter().find(|attr| matches!(attr.kind, AttrKind::Export(_)));
    let at = written.map_or(Anchor::name(decl), |attr| Anchor { decl, part: Part::Attr(attr.index) });
    Some((lower.entry(&node)?, at))
}

/// Objects merge, everything else is replaced; null removes.
fn merge_raw(into: &mut Json, over: Json) {
    match (into, over) {
        (Json::Object(map), Json::Object(over)) => {
            for (key, value) in over {
                match map.get_mut(&key) {
                    _ if value.is_null() => drop(map.shift_remove(&key)),
                    Some(known) => merge_raw(known, value),
                    None => drop(map.insert(key, value)),
                }
            }
        }
        (into, over) => *into = over,
    }
}
