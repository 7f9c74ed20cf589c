//! What transforms make: ids that a template refers to and does not declare.
//!
//! In: the template. Out: those ids that are known by their names, and their types. Always: only what SAM documents;
//! other ids are none of these.
//! Source: "Generated CloudFormation resources" and "Referencing resource properties" in the SAM developer guide.

use std::collections::BTreeSet;

use super::names::section_of;
use crate::sub::{Piece, pieces};
use crate::tree::{Node, Value};

/// What SAM makes for a whole template.
const ALONE: [(&str, &str); 8] = [
    ("ServerlessRestApi", "AWS::ApiGateway::RestApi"),
    ("ServerlessRestApiProdStage", "AWS::ApiGateway::Stage"),
    ("ServerlessHttpApi", "AWS::ApiGatewayV2::Api"),
    ("ServerlessHttpApiApiGatewayDefaultStage", "AWS::ApiGatewayV2::Stage"),
    ("ServerlessUsagePlan", "AWS::ApiGateway::UsagePlan"),
    ("ServerlessApiKey", "AWS::ApiGateway::ApiKey"),
    ("ServerlessDeploymentApplication", "AWS::CodeDeploy::Application"),
    ("CodeDeployServiceRole", "AWS::IAM::Role"),
];

/// What can be named by a resource, a dot and this: SAM's type, name, type.
const DOTTED: [(&str, &str, &str); 15] = [
    ("Api", "ApiKey", "AWS::ApiGateway::ApiKey"),
    ("Api", "Deployment", "AWS::ApiGateway::Deployment"),
    ("Api", "DomainName", "AWS::ApiGateway::DomainName"),
    ("Api", "Stage", "AWS::ApiGateway::Stage"),
    ("Api", "UsagePlan", "AWS::ApiGateway::UsagePlan"),
    ("Api", "UsagePlanKey", "AWS::ApiGateway::UsagePlanKey"),
    ("Function", "Alias", "AWS::Lambda::Alias"),
    ("Function", "DestinationQueue", "AWS::SQS::Queue"),
    ("Function", "DestinationTopic", "AWS::SNS::Topic"),
    ("Function", "Version", "AWS::Lambda::Version"),
    ("HttpApi", "DomainName", "AWS::ApiGatewayV2::DomainName"),
    ("HttpApi", "Stage", "AWS::ApiGatewayV2::Stage"),
    ("StateMachine", "Alias", "AWS::StepFunctions::StateMachineAlias"),
    ("StateMachine", "Version", "AWS::StepFunctions::StateMachineVersion"),
    ("WebSocketApi", "Stage", "AWS::ApiGatewayV2::Stage"),
];

/// What is called like a resource with this behind: SAM's type, the letters, type.
const BEHIND: [(&str, &str, &str); 8] = [
    ("Function", "EventInvokeConfig", "AWS::Lambda::EventInvokeConfig"),
    ("Function", "Role", "AWS::IAM::Role"),
    ("Function", "Url", "AWS::Lambda::Url"),
    ("Function", "UrlPublicPermissions", "AWS::Lambda::Permission"),
    ("GraphQLApi", "Schema", "AWS::AppSync::GraphQLSchema"),
    ("HttpApi", "ApiGatewayDefaultStage", "AWS::ApiGatewayV2::Stage"),
    ("StateMachine", "Role", "AWS::IAM::Role"),
    ("Api", "UsagePlan", "AWS::ApiGateway::UsagePlan"),
];

/// The same with a name or a hash of its own: SAM's type, letters before it, letters after it, type.
const AROUND: [(&str, &str, &str, &str); 9] = [
    ("Api", "", "Stage", "AWS::ApiGateway::Stage"),
    ("Api", "Deployment", "", "AWS::ApiGateway::Deployment"),
    ("Function", "Alias", "", "AWS::Lambda::Alias"),
    ("Function", "Version", "", "AWS::Lambda::Version"),
    ("GraphQLApi", "", "ApiKey", "AWS::AppSync::ApiKey"),
    ("GraphQLApi", "", "DataSource", "AWS::AppSync::DataSource"),
    ("HttpApi", "", "Stage", "AWS::ApiGatewayV2::Stage"),
    ("StateMachine", "Alias", "", "AWS::StepFunctions::StateMachineAlias"),
    ("StateMachine", "Version", "", "AWS::StepFunctions::StateMachineVersion"),
];

/// What an event of a function or state machine makes, called like both: the event's type, type.
const EVENTS: [(&str, &str); 15] = [
    ("CloudWatchEvent", "AWS::Events::Rule"),
    ("CloudWatchLogs", "AWS::Logs::SubscriptionFilter"),
    ("DocumentDB", "AWS::Lambda::EventSourceMapping"),
    ("DynamoDB", "AWS::Lambda::EventSourceMapping"),
    ("EventBridgeRule", "AWS::Events::Rule"),
    ("IoTRule", "AWS::IoT::TopicRule"),
    ("Kinesis", "AWS::Lambda::EventSourceMapping"),
    ("MQ", "AWS::Lambda::EventSourceMapping"),
    ("MSK", "AWS::Lambda::EventSourceMapping"),
    ("Schedule", "AWS::Events::Rule"),
    ("ScheduleV2", "AWS::Scheduler::Schedule"),
    ("SelfManagedKafka", "AWS::Lambda::EventSourceMapping"),
    ("SNS", "AWS::SNS::Subscription"),
    ("SQS", "AWS::Lambda::EventSourceMapping"),
    ("Api", "AWS::Lambda::Permission"),
];

/// What a template refers to and SAM makes: ids and types, by id.
pub(super) fn made(root: &Node) -> Vec<(String, &'static str)> {
    let resources = section_of(root, "Resources");
    let sam = |entry: &crate::tree::Entry| ty(&entry.value).is_some();
    if !resources.iter().any(sam) {
        return Vec::new();
    }
    let mut named = BTreeSet::new();
    for section in ["Resources", "Outputs", "Globals"] {
        root.get(section).into_iter().for_each(|node| references(node, &mut named));
    }
    for node in resources.iter().filter_map(|entry| entry.value.get("DependsOn")) {
        named.extend(node.list().unwrap_or(std::slice::from_ref(node)).iter().filter_map(Node::text).map(str::to_owned));
    }
    let mut found = BTreeSet::new();
    for name in &named {
        let first = name.split('.').next().unwrap_or_default();
        let declared = |id: &str| resources.iter().any(|entry| entry.key == id);
        let second = name.split('.').nth(1).filter(|_| declared(first)).map(|part| format!("{first}.{part}"));
        let id = second.unwrap_or_else(|| first.to_owned());
        if !declared(&id)
            && section_of(root, "Parameters").iter().all(|entry| entry.key != id)
            && let Some(ty) = made_type(root, &id)
        {
            found.insert((id, ty));
        }
    }
    found.into_iter().collect()
}

/// The part of a name that SAM calls a resource of its own, and the attribute behind it: `Api.Stage`, `Function.Version` and `Arn`.
pub(super) fn split(is_made: impl Fn(&str) -> bool, name: &str) -> (&str, Option<&str>) {
    let dots = name.match_indices('.').map(|(at, _)| at);
    for at in dots.skip(1).chain([name.len()]) {
        let id = name.get(..at).unwrap_or(name);
        if id.contains('.') && is_made(id) {
            return (id, name.get(at + 1..));
        }
    }
    name.split_once('.').map_or((name, None), |(id, attribute)| (id, Some(attribute)))
}

/// SAM's type of a resource, without what all of them begin with.
fn ty(node: &Node) -> Option<&str> {
    node.get("Type").and_then(Node::text)?.strip_prefix("AWS::Serverless::")
}

/// The type of what SAM calls so.
fn made_type(root: &Node, id: &str) -> Option<&'static str> {
    if let Some((_, made)) = ALONE.iter().find(|(name, _)| *name == id) {
        return Some(made);
    }
    let resources = section_of(root, "Resources");
    if let Some((of, name)) = id.split_once('.') {
        let of = ty(&resources.iter().find(|entry| entry.key == of)?.value)?;
        return DOTTED.iter().find(|(known, part, _)| *known == of && *part == name).map(|(.., made)| *made);
    }
    let owners = resources.iter().filter_map(|entry| Some((entry, ty(&entry.value)?, id.strip_prefix(entry.key.as_str())?)));
    let mut owners: Vec<_> = owners.collect();
    // The longest name is meant: `ApiProdStage` belongs to `Api`, and to `ApiProd` where there is one.
    owners.sort_by_key(|(.., rest)| rest.len());
    owners.into_iter().find_map(|(entry, of, rest)| behind(of, rest).or_else(|| of_event(&entry.value, rest)))
}

fn behind(of: &str, rest: &str) -> Option<&'static str> {
    let whole = BEHIND.iter().find(|(known, letters, _)| *known == of && *letters == rest).map(|(.., made)| *made);
    whole.or_else(|| {
        let fits = |before: &str, after: &str| {
            rest.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).is_some_and(|name| !name.is_empty())
        };
        AROUND.iter().find(|(known, before, after, _)| *known == of && fits(before, after)).map(|(.., made)| *made)
    })
}

/// What an event makes; with `Permission` behind it, the right to call the function.
fn of_event(node: &Node, rest: &str) -> Option<&'static str> {
    let events = node.get("Properties")?.get("Events")?.map()?;
    let event = events.iter().filter(|event| rest.starts_with(event.key.as_str())).max_by_key(|event| event.key.len())?;
    let kind = event.value.get("Type").and_then(Node::text)?;
    match rest.get(event.key.len()..)? {
        "" => EVENTS.iter().find(|(known, _)| *known == kind).map(|(_, made)| *made),
        "Permission" => Some("AWS::Lambda::Permission"),
        "Role" => Some("AWS::IAM::Role"),
        _ => None,
    }
}

/// Everything a value refers to, with attributes behind dots.
pub(super) fn references(node: &Node, found: &mut BTreeSet<String>) {
    match (node.function(), &node.value) {
        (Some(("Ref", argument)), _) => found.extend(argument.text().map(str::to_owned)),
        (Some(("Fn::GetAtt", argument)), _) => {
            if let Some((id, attribute)) = super::functions::attribute_of(argument) {
                found.insert(format!("{id}.{attribute}"));
            }
        }
        (Some(("Fn::Sub", argument)), _) => {
            let text = argument.text().or_else(|| argument.list()?.first()?.text()).unwrap_or_default();
            found.extend(pieces(text).into_iter().filter_map(|piece| match piece {
                Piece::Hole(name) => Some(name),
                Piece::Text(_) => None,
            }));
            argument.list().into_iter().flatten().for_each(|item| references(item, found));
        }
        (_, Value::List(items)) => items.iter().for_each(|item| references(item, found)),
        (_, Value::Map(entries)) => entries.iter().for_each(|entry| references(&entry.value, found)),
        _ => {}
    }
}
