//! What a deployment has to know besides the template.

use std::collections::BTreeMap;

use cloudc_eval::assemble::setting;
use cloudc_eval::{Db, Stack, Target, resource};
use cloudc_hir::Name;
use serde::Serialize;
use serde_json::Value as Json;

/// The manifest of a stack.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Manifest {
    /// The name it is deployed under.
    pub stack_name: String,
    /// Where, when that is known.
    pub region: Option<String>,
    /// Values for parameters, by logical id.
    pub parameters: BTreeMap<String, String>,
    /// `CAPABILITY_…`, sorted.
    pub capabilities: Vec<&'static str>,
    /// Tags of the stack.
    pub tags: BTreeMap<String, String>,
    /// Whether deleting the stack is refused.
    pub protection: bool,
    /// Logical ids that the stack policy protects.
    pub protected: Vec<String>,
    /// Physical names to import, by logical id.
    pub adopt: BTreeMap<String, String>,
    /// Where events are sent.
    pub notifications: Vec<String>,
}

/// Types that give somebody rights.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html>
const IAM: &[(&str, &[&str])] = &[
    ("AWS::IAM::AccessKey", &[]),
    ("AWS::IAM::Group", &["GroupName"]),
    ("AWS::IAM::GroupPolicy", &[]),
    ("AWS::IAM::InstanceProfile", &["InstanceProfileName"]),
    ("AWS::IAM::ManagedPolicy", &["ManagedPolicyName"]),
    ("AWS::IAM::Policy", &[]),
    ("AWS::IAM::Role", &["RoleName"]),
    ("AWS::IAM::RolePolicy", &[]),
    ("AWS::IAM::User", &["UserName"]),
    ("AWS::IAM::UserPolicy", &[]),
    ("AWS::IAM::UserToGroupAddition", &[]),
];

/// The manifest of a target whose template is built.
pub fn manifest(db: &dyn Db, target: Target, template: &Json) -> Manifest {
    let stack = cloudc_eval::stack(db, target);
    let text = |node: &cloudc_eval::Node| cloudc_eval::evaluate::plain(&node.value);
    let mut tags = BTreeMap::new();
    if let Some(node) = setting(db, target, "tags")
        && let cloudc_eval::Value::Record(fields) = &node.value
    {
        tags.extend(fields.iter().filter_map(|field| Some((field.name.to_string(), text(&field.node)?))));
    }
    let notifications = match setting(db, target, "notifications").map(|node| node.value) {
        Some(cloudc_eval::Value::List(items)) => items.iter().filter_map(text).collect(),
        _ => Vec::new(),
    };
    let mut protected = Vec::new();
    let mut adopt = BTreeMap::new();
    for member in &stack.resources {
        let attributes = &resource(db, member.site).attributes;
        if attributes.protect {
            protected.push(member.id.to_string());
        }
        if let Some(name) = attributes.adopt.as_ref().and_then(text) {
            adopt.insert(member.id.to_string(), name);
        }
    }
    Manifest {
        stack_name: stack.name.to_string(),
        region: stack.region.as_ref().map(Name::to_string),
        parameters: parameters(db, stack),
        capabilities: capabilities(template),
        tags,
        protection: setting(db, target, "protection").is_some_and(|node| node.value == cloudc_eval::Value::Bool(true)),
        protected,
        adopt,
        notifications,
    }
}

/// Values given from outside for parameters.
fn parameters(db: &dyn Db, stack: &Stack) -> BTreeMap<String, String> {
    let sets = db.settings().sets(db);
    let given = stack.parameters.iter().filter_map(|member| {
        let value = sets.get(member.site.decl(db).name(db))?;
        Some((member.id.to_string(), value.clone()))
    });
    given.collect()
}

fn capabilities(template: &Json) -> Vec<&'static str> {
    let mut found = Vec::new();
    let resources = template.get("Resources").and_then(Json::as_object);
    let (mut iam, mut named, mut expand) = (false, false, template.get("Transform").is_some());
    for resource in resources.into_iter().flat_map(|map| map.values()) {
        let ty = resource.get("Type").and_then(Json::as_str).unwrap_or_default();
        expand |= ty == "AWS::CloudFormation::Stack";
        let Some((_, names)) = IAM.iter().find(|(name, _)| *name == ty) else { continue };
        iam = true;
        named |= names.iter().any(|name| resource.get("Properties").and_then(|properties| properties.get(name)).is_some());
    }
    expand |= uses_macro(template);
    if expand {
        found.push("CAPABILITY_AUTO_EXPAND");
    }
    if named {
        found.push("CAPABILITY_NAMED_IAM");
    } else if iam {
        found.push("CAPABILITY_IAM");
    }
    found
}

fn uses_macro(json: &Json) -> bool {
    match json {
        Json::Object(map) => map.contains_key("Fn::Transform") || map.values().any(uses_macro),
        Json::Array(items) => items.iter().any(uses_macro),
        _ => false,
    }
}
