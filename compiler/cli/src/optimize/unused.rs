//! Parameters, mappings, conditions and resources that nothing needs.

use std::collections::BTreeSet;

use cloudc_deploy::plan::references;
use serde_json::Value as Json;

use super::{Subject, Suggestion, entry_bytes, function, walk};

/// Types that do nothing unless something names them. A role, a group, a target group alone costs little and means nothing.
const NEEDS_USERS: [&str; 14] = [
    "AWS::ApiGateway::Deployment",
    "AWS::AutoScaling::LaunchConfiguration",
    "AWS::EC2::LaunchTemplate",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::ECS::TaskDefinition",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::Role",
    "AWS::Lambda::LayerVersion",
    "AWS::RDS::DBParameterGroup",
    "AWS::RDS::DBSubnetGroup",
    "AWS::Redshift::ClusterSubnetGroup",
];

/// Finds what nothing needs. A macro may use anything by its name, so a template that calls one is left alone.
pub fn look(subject: &Subject<'_>, found: &mut Vec<Suggestion>) {
    if calls_macro(subject.template) {
        return;
    }
    let mut whole = subject.template.clone();
    if let Some(map) = whole.as_object_mut() {
        // What is said about parameters, and how the console groups them, is no use of them.
        map.shift_remove("Parameters");
        map.shift_remove("Metadata");
    }
    let used = references(&whole);
    for (name, value) in subject.section("Parameters").filter(|(name, _)| !used.contains(*name)) {
        found.push(one(
            "unused-parameter",
            ("Parameters", name),
            format!("the parameter `{name}` is used by nothing"),
            "remove it",
            value,
        ));
    }
    mappings(subject, &whole, found);
    conditions(subject, &whole, found);
    resources(subject, &used, found);
}

fn one(kind: &'static str, at: (&'static str, &str), message: String, help: &str, value: &Json) -> Suggestion {
    Suggestion {
        kind,
        at: (at.0, at.1.to_owned()),
        pointer: String::new(),
        message,
        help: help.to_owned(),
        bytes: entry_bytes(at.1, value),
        resources: usize::from(at.0 == "Resources"),
    }
}

/// Whether something besides AWS's own transforms changes the template.
fn calls_macro(template: &Json) -> bool {
    let mut custom = false;
    let mut transform = |name: &Json| custom |= name.as_str().is_none_or(|name| !name.starts_with("AWS::"));
    match template.get("Transform") {
        Some(Json::Array(all)) => all.iter().for_each(&mut transform),
        Some(one) => transform(one),
        None => {}
    }
    walk(template, "", &mut |value, _| {
        custom |= value.as_object().is_some_and(|map| map.contains_key("Fn::Transform"));
        true
    });
    custom
}

fn mappings(subject: &Subject<'_>, whole: &Json, found: &mut Vec<Suggestion>) {
    let mut named = BTreeSet::new();
    let mut computed = false;
    walk(whole, "", &mut |value, _| {
        if let Some(("Fn::FindInMap", Json::Array(parts))) = function(value) {
            match parts.first() {
                Some(Json::String(name)) => {
                    named.insert(name.clone());
                }
                _ => computed = true,
            }
        }
        true
    });
    if computed {
        return;
    }
    for (name, value) in subject.section("Mappings").filter(|(name, _)| !named.contains(*name)) {
        found.push(one(
            "unused-mapping",
            ("Mappings", name),
            format!("the mapping `{name}` is looked up by nothing"),
            "remove it",
            value,
        ));
    }
}

fn conditions(subject: &Subject<'_>, whole: &Json, found: &mut Vec<Suggestion>) {
    let mut named = BTreeSet::new();
    walk(whole, "", &mut |value, _| {
        if let Json::Object(map) = value {
            named.extend(map.get("Condition").and_then(Json::as_str).map(str::to_owned));
            named.extend(map.get("Fn::If").and_then(|parts| parts.get(0)?.as_str()).map(str::to_owned));
        }
        true
    });
    for (name, value) in subject.section("Conditions").filter(|(name, _)| !named.contains(*name)) {
        found.push(one(
            "unused-condition",
            ("Conditions", name),
            format!("the condition `{name}` decides nothing"),
            "remove it",
            value,
        ));
    }
}

fn resources(subject: &Subject<'_>, used: &BTreeSet<String>, found: &mut Vec<Suggestion>) {
    for (id, value) in subject.section("Resources").filter(|(id, _)| !used.contains(*id)) {
        let ty = value.get("Type").and_then(Json::as_str).unwrap_or_default();
        if !NEEDS_USERS.contains(&ty) {
            continue;
        }
        // Under its own name, or by whoever may take a role on, it may be used from elsewhere.
        if is_named(ty, value) || (ty == "AWS::IAM::Role" && is_for_others(value)) {
            continue;
        }
        let help = "remove it, unless something outside of this stack uses it";
        found.push(one(
            "unneeded-resource",
            ("Resources", id),
            format!("nothing uses the {ty} `{id}`, and alone it does nothing"),
            help,
            value,
        ));
    }
}

/// Whether it has a name that somebody chose.
fn is_named(ty: &str, value: &Json) -> bool {
    let own = format!("{}Name", ty.rsplit("::").next().unwrap_or_default());
    let names = [own.as_str(), "Name", "GroupName", "RoleName", "InstanceProfileName"];
    names.iter().any(|name| value.get("Properties").is_some_and(|properties| properties.get(name).is_some()))
}

/// Whether a role is taken on by others than AWS's services.
fn is_for_others(value: &Json) -> bool {
    let mut others = false;
    walk(value, "", &mut |inner, pointer| {
        let principal = pointer.rsplit('/').next() == Some("Principal");
        others |= principal && inner.as_object().is_none_or(|map| map.keys().any(|key| key != "Service"));
        !principal
    });
    others
}
