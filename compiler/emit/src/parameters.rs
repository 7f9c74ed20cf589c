//! The Parameters section, and how the console lays parameters out.

use cloudc_eval::assemble::StackMember;
use cloudc_eval::evaluate::plain;
use cloudc_eval::params::{self, ParamShape, param_shape};
use cloudc_eval::{Stack, Value};
use cloudc_hir::Anchor;
use cloudc_types::ty::Lit;
use cloudc_types::typed::{AttrKind, Id};
use serde_json::{Map, Value as Json, json};

use crate::expr::Lower;

/// The section, in source order.
pub fn section(lower: &mut Lower<'_>, stack: &Stack) -> Map<String, Json> {
    let mut section = Map::new();
    for member in &stack.parameters {
        let decl = member.site.decl(lower.db);
        lower.notes.whole("Parameters", &member.id, Anchor::name(decl));
        let given = params::default(lower.db, member.site).and_then(|node| default(&node.value));
        let mut json = shape(&param_shape(lower.db, decl), given);
        if let Some(text) = attribute(lower, member, |kind| match kind {
            AttrKind::Message(id) => Some(*id),
            _ => None,
        }) {
            json.insert("ConstraintDescription".into(), json!(text));
        }
        section.insert(member.id.to_string(), Json::Object(json));
    }
    section
}

fn shape(shape: &ParamShape, default: Option<Json>) -> Map<String, Json> {
    let mut map = Map::new();
    map.insert("Type".into(), json!(shape.ty));
    let mut allowed: Vec<Json> = shape.allowed.iter().map(literal).collect();
    let (mut least, most) = shape.length;
    let mut pattern = shape.pattern.as_ref().map(|pattern| pattern.to_string());
    if shape.optional {
        // The empty text, which stands for absence, has to be allowed too.
        if !allowed.is_empty() {
            allowed.insert(0, json!(""));
        }
        least = None;
        pattern = pattern.map(|pattern| format!("^$|{pattern}"));
    }
    let entries = [
        ("Description", shape.description.as_ref().map(|text| json!(text.trim()))),
        ("Default", default),
        ("AllowedValues", (!allowed.is_empty()).then_some(Json::Array(allowed))),
        ("AllowedPattern", pattern.map(|pattern| json!(pattern))),
        ("MinLength", least.map(|length| json!(length))),
        ("MaxLength", most.map(|length| json!(length))),
        ("MinValue", shape.value.0.map(|value| json!(value))),
        ("MaxValue", shape.value.1.map(|value| json!(value))),
        ("NoEcho", shape.no_echo.then_some(json!(true))),
    ];
    for (name, value) in entries {
        if let Some(value) = value {
            map.insert(name.into(), value);
        }
    }
    map
}

fn literal(lit: &Lit) -> Json {
    match lit {
        Lit::Bool(value) => json!(value.to_string()),
        Lit::Int(number) => json!(number),
        Lit::Str(text) => json!(text),
    }
}

/// A default as CloudFormation wants it: Bools as words, lists as one text, absence as the empty text.
fn default(value: &Value) -> Option<Json> {
    match value {
        Value::None => Some(json!("")),
        Value::Bool(value) => Some(json!(value.to_string())),
        Value::Int(number) => Some(json!(number)),
        Value::Float(number) => Some(json!(number)),
        Value::Str(text) => Some(json!(text)),
        Value::List(items) => {
            let texts: Option<Vec<String>> = items.iter().map(|item| plain(&item.value)).collect();
            texts.map(|texts| json!(texts.join(",")))
        }
        _ => None,
    }
}

/// Groups and labels, when any parameter has one.
pub fn interface(lower: &mut Lower<'_>, stack: &Stack) -> Option<Json> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let mut labels = Map::new();
    for member in &stack.parameters {
        let group = attribute(lower, member, |kind| match kind {
            AttrKind::Group(id) => Some(*id),
            _ => None,
        });
        if let Some(group) = group {
            match groups.iter_mut().find(|(name, _)| *name == group) {
                Some((_, members)) => members.push(member.id.to_string()),
                None => groups.push((group, vec![member.id.to_string()])),
            }
        }
        let label = attribute(lower, member, |kind| match kind {
            AttrKind::Label(id) => Some(*id),
            _ => None,
        });
        if let Some(label) = label {
            labels.insert(member.id.to_string(), json!({ "default": label }));
        }
    }
    if groups.is_empty() && labels.is_empty() {
        return None;
    }
    let mut map = Map::new();
    if !groups.is_empty() {
        let groups = groups.into_iter().map(|(name, members)| json!({ "Label": { "default": name }, "Parameters": members }));
        map.insert("ParameterGroups".into(), Json::Array(groups.collect()));
    }
    if !labels.is_empty() {
        map.insert("ParameterLabels".into(), Json::Object(labels));
    }
    Some(Json::Object(map))
}

/// The text of an attribute.
fn attribute(lower: &Lower<'_>, member: &StackMember, pick: impl Fn(&AttrKind) -> Option<Id>) -> Option<String> {
    let id = cloudc_types::typed(lower.db, member.site.decl(lower.db)).attr(pick)?;
    cloudc_eval::attribute(lower.db, member.site, id).value.as_str().map(str::to_owned)
}
