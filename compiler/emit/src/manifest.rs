//! What a deployment has to know besides the template.

use std::collections::BTreeMap;

use cloudc_eval::assemble::setting;
use cloudc_eval::{Db, Stack, Target, project, resource};
use cloudc_hir::Name;
use serde::Serialize;
use serde_json::Value as Json;

use crate::around::{Around, around};
use crate::assets::Upload;

/// The manifest of a stack.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Manifest {
    /// The name it is deployed under.
    pub stack_name: String,
    /// Where, when that is known.
    pub region: Option<String>,
    /// The environment it is built for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The account to deploy to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The role to deploy with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What the role's trust policy asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// When deploying asks first: `always`, `changes` or `never`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
    /// The stacks that have to be deployed before, in the order in which this one reads them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Deployed>,
    /// Values for parameters, by logical id.
    pub parameters: BTreeMap<String, String>,
    /// `CAPABILITY_…`, sorted.
    pub capabilities: Vec<&'static str>,
    /// Tags of the stack.
    pub tags: BTreeMap<String, String>,
    /// Whether deleting the stack is refused.
    pub protection: bool,
    /// Whether outputs, version and commit are written to SSM.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub publish: bool,
    /// Logical ids that the stack policy protects.
    pub protected: Vec<String>,
    /// Physical names to import, by logical id.
    pub adopt: BTreeMap<String, String>,
    /// Logical ids that the stack lets go of without deleting what they stand for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forget: Vec<String>,
    /// Where events are sent.
    pub notifications: Vec<String>,
    /// What a deployment does around it.
    #[serde(skip_serializing_if = "Around::is_empty")]
    pub around: Around,
    /// What is uploaded first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<Upload>,
}

/// A stack as it is deployed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Deployed {
    /// The name it is deployed under.
    pub stack_name: String,
    /// Where, when that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

fn deployed(db: &dyn Db, target: Target) -> Deployed {
    let region = project::region_of(db, target).map(|region| region.to_string());
    Deployed { stack_name: project::name_of(db, target).to_string(), region }
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
pub fn manifest(db: &dyn Db, target: Target, template: &Json, uploads: &[Upload]) -> Manifest {
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
    let forgotten = if target.test(db).is_some() { Vec::new() } else { cloudc_hir::moves::forgotten(db, target.file(db)) };
    for member in &stack.resources {
        let attributes = &resource(db, member.site).attributes;
        if attributes.protect {
            protected.push(member.id.to_string());
        }
        if let Some(name) = attributes.adopt.as_ref().and_then(text) {
            adopt.insert(member.id.to_string(), name);
        }
    }
    let is_on = |name: &str| setting(db, target, name).is_some_and(|node| node.value == cloudc_eval::Value::Bool(true));
    Manifest {
        stack_name: stack.name.to_string(),
        region: stack.region.as_ref().map(Name::to_string),
        environment: target.environment(db).as_ref().map(Name::to_string),
        account: project::environment_setting(db, target, "account").map(|text| text.to_string()),
        role: project::environment_setting(db, target, "role").map(|text| text.to_string()),
        external_id: project::environment_setting(db, target, "external_id").map(|text| text.to_string()),
        approval: project::environment_setting(db, target, "approval").map(|text| text.to_string()),
        after: project::before(db, target).into_iter().map(|other| deployed(db, other)).collect(),
        parameters: parameters(db, stack),
        capabilities: capabilities(template, uploads),
        tags,
        protection: is_on("protection"),
        publish: is_on("publish"),
        protected,
        adopt,
        forget: forgotten.iter().map(|path| cloudc_eval::naming::id_of_path(path).to_string()).collect(),
        notifications,
        around: around(db, target),
        assets: uploads.to_vec(),
    }
}

/// Values given from outside for parameters.
fn parameters(db: &dyn Db, stack: &Stack) -> BTreeMap<String, String> {
    let given = stack.parameters.iter().filter_map(|member| {
        let text = cloudc_eval::params::given_text(db, stack.target, member.site.decl(db))?;
        Some((member.id.to_string(), text))
    });
    given.collect()
}

/// What whoever deploys a template with these uploads has to agree to.
pub fn capabilities(template: &Json, uploads: &[Upload]) -> Vec<&'static str> {
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
    let inside = |name: &str| uploads.iter().any(|upload| upload.capabilities.contains(&name));
    (iam, named) = (iam | inside("CAPABILITY_IAM"), named | inside("CAPABILITY_NAMED_IAM"));
    expand |= inside("CAPABILITY_AUTO_EXPAND");
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
