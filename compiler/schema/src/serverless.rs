//! What SAM makes of its resources, by name.
//!
//! In: a template's resources as [`Maker`]s, a logical id. Out: [`Made`]. Always: an id of which SAM might make something is never called
//! unknown.
//! Source: "Generated CloudFormation resources" and "Referencing resource properties" in the SAM developer guide, and what SAM's own
//! tests give (aws/serverless-application-model, `tests/translator/output`).

/// A resource that a transform makes others of.
#[derive(Debug, Clone, Default)]
pub struct Maker {
    /// Its logical id.
    pub id: String,
    /// SAM's type without what all of them begin with: `Function`.
    pub kind: String,
    /// Its events: names and types.
    pub events: Vec<(String, String)>,
    /// Logical ids that it chooses for what is made.
    pub chosen: Vec<String>,
    /// Whether more may be made of it than can be seen: its events are computed, or it has connectors.
    pub open: bool,
}

/// Whether SAM makes something of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// A resource of this type.
    Type(&'static str),
    /// Something: the name does not say what.
    Something,
    /// Nothing.
    Nothing,
}

/// What SAM makes for a whole template.
const ALONE: [(&str, &str); 9] = [
    ("ServerlessRestApi", "AWS::ApiGateway::RestApi"),
    ("ServerlessRestApiProdStage", "AWS::ApiGateway::Stage"),
    ("ServerlessHttpApi", "AWS::ApiGatewayV2::Api"),
    ("ServerlessHttpApiApiGatewayDefaultStage", "AWS::ApiGatewayV2::Stage"),
    ("ServerlessUsagePlan", "AWS::ApiGateway::UsagePlan"),
    ("ServerlessUsagePlanKey", "AWS::ApiGateway::UsagePlanKey"),
    ("ServerlessApiKey", "AWS::ApiGateway::ApiKey"),
    ("ServerlessDeploymentApplication", "AWS::CodeDeploy::Application"),
    ("CodeDeployServiceRole", "AWS::IAM::Role"),
];

/// Beginnings of what is made for a domain, with a hash behind.
const HASHED: [&str; 3] = ["ApiGatewayDomainName", "RecordSetGroup", "DomainNameAccessAssociation"];

/// APIs that are made when an event names none.
const IMPLICIT: [(&str, &str); 2] = [("ServerlessRestApi", "Api"), ("ServerlessHttpApi", "HttpApi")];

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
const BEHIND: [(&str, &str, &str); 27] = [
    ("Api", "ApiKey", "AWS::ApiGateway::ApiKey"),
    ("Api", "BasePathMapping", "AWS::ApiGateway::BasePathMapping"),
    ("Api", "UsagePlan", "AWS::ApiGateway::UsagePlan"),
    ("Api", "UsagePlanKey", "AWS::ApiGateway::UsagePlanKey"),
    ("CapacityProvider", "OperatorRole", "AWS::IAM::Role"),
    ("Function", "CognitoPermission", "AWS::Lambda::Permission"),
    ("Function", "DeploymentGroup", "AWS::CodeDeploy::DeploymentGroup"),
    ("Function", "EventInvokeConfig", "AWS::Lambda::EventInvokeConfig"),
    ("Function", "EventInvokeConfigOnFailureQueue", "AWS::SQS::Queue"),
    ("Function", "EventInvokeConfigOnFailureTopic", "AWS::SNS::Topic"),
    ("Function", "EventInvokeConfigOnSuccessQueue", "AWS::SQS::Queue"),
    ("Function", "EventInvokeConfigOnSuccessTopic", "AWS::SNS::Topic"),
    ("Function", "Role", "AWS::IAM::Role"),
    ("Function", "URLInvokeAllowPublicAccess", "AWS::Lambda::Permission"),
    ("Function", "Url", "AWS::Lambda::Url"),
    ("Function", "UrlPublicPermissions", "AWS::Lambda::Permission"),
    ("GraphQLApi", "ApiCache", "AWS::AppSync::ApiCache"),
    ("GraphQLApi", "CloudWatchRole", "AWS::IAM::Role"),
    ("GraphQLApi", "DomainName", "AWS::AppSync::DomainName"),
    ("GraphQLApi", "DomainNameApiAssociation", "AWS::AppSync::DomainNameApiAssociation"),
    ("GraphQLApi", "Schema", "AWS::AppSync::GraphQLSchema"),
    ("HttpApi", "ApiGatewayDefaultStage", "AWS::ApiGatewayV2::Stage"),
    ("HttpApi", "ApiMapping", "AWS::ApiGatewayV2::ApiMapping"),
    ("StateMachine", "Role", "AWS::IAM::Role"),
    ("Api", "Stage", "AWS::ApiGateway::Stage"),
    ("HttpApi", "Stage", "AWS::ApiGatewayV2::Stage"),
    ("StateMachine", "Version", "AWS::StepFunctions::StateMachineVersion"),
];

/// The same with a name or a hash of its own: SAM's type, letters before it, letters after it, type.
const AROUND: [(&str, &str, &str, &str); 13] = [
    ("Api", "", "AuthorizerPermission", "AWS::Lambda::Permission"),
    ("Api", "", "BasePathMapping", "AWS::ApiGateway::BasePathMapping"),
    ("Api", "", "Stage", "AWS::ApiGateway::Stage"),
    ("Api", "Deployment", "", "AWS::ApiGateway::Deployment"),
    ("Function", "Alias", "", "AWS::Lambda::Alias"),
    ("Function", "Version", "", "AWS::Lambda::Version"),
    ("GraphQLApi", "", "ApiKey", "AWS::AppSync::ApiKey"),
    ("GraphQLApi", "", "DataSource", "AWS::AppSync::DataSource"),
    ("HttpApi", "", "ApiMapping", "AWS::ApiGatewayV2::ApiMapping"),
    ("HttpApi", "", "AuthorizerPermission", "AWS::Lambda::Permission"),
    ("HttpApi", "", "Stage", "AWS::ApiGatewayV2::Stage"),
    ("StateMachine", "Alias", "", "AWS::StepFunctions::StateMachineAlias"),
    ("StateMachine", "Version", "", "AWS::StepFunctions::StateMachineVersion"),
];

/// Types of which something is made under any name: a hash, a resolver's or a connector's.
const FREE: [&str; 3] = ["Connector", "GraphQLApi", "LayerVersion"];

/// What an event makes, called like its resource and itself: the event's type, type.
const EVENTS: [(&str, &str); 15] = [
    ("Api", "AWS::Lambda::Permission"),
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
];

/// What is made besides, with this behind the event's name.
const BESIDE: [(&str, &str); 4] = [
    ("EventSourceMapping", "AWS::Lambda::EventSourceMapping"),
    ("Queue", "AWS::SQS::Queue"),
    ("QueuePolicy", "AWS::SQS::QueuePolicy"),
    ("Role", "AWS::IAM::Role"),
];

/// What SAM makes under a name.
pub fn made(makers: &[Maker], id: &str) -> Made {
    if let Some((_, ty)) = ALONE.iter().find(|(name, _)| *name == id) {
        return Made::Type(ty);
    }
    if HASHED.iter().any(|start| id.strip_prefix(start).is_some_and(|rest| !rest.is_empty()))
        || makers.iter().any(|maker| maker.chosen.iter().any(|chosen| chosen == id))
    {
        return Made::Something;
    }
    if let Some((of, name)) = id.split_once('.') {
        let kind = makers.iter().find(|maker| maker.id == of).map(|maker| maker.kind.as_str());
        let kind = kind.or_else(|| IMPLICIT.iter().find(|(api, _)| *api == of).map(|(_, kind)| *kind));
        let found = DOTTED.iter().find(|(known, part, _)| kind == Some(*known) && *part == name);
        return found.map_or(Made::Nothing, |(.., ty)| Made::Type(ty));
    }
    let of_resource =
        makers.iter().filter_map(|maker| Some((maker.kind.as_str(), Some(maker), id.strip_prefix(maker.id.as_str())?)));
    let implicit = IMPLICIT.iter().filter_map(|(api, kind)| Some((*kind, None, id.strip_prefix(api)?)));
    let mut owners: Vec<(&str, Option<&Maker>, &str)> =
        of_resource.chain(implicit).filter(|(.., rest)| !rest.is_empty()).collect();
    // The longest name is meant: `ApiProdStage` belongs to `Api`, and to `ApiProd` where there is one.
    owners.sort_by_key(|(.., rest)| rest.len());
    let known = owners.iter().find_map(|(kind, maker, rest)| behind(kind, rest).or_else(|| of_event((*maker)?, rest)));
    if let Some(ty) = known {
        return Made::Type(ty);
    }
    let free = |(kind, maker, _): &(&str, Option<&Maker>, &str)| FREE.contains(kind) || maker.is_some_and(|maker| maker.open);
    if owners.iter().any(free) { Made::Something } else { Made::Nothing }
}

/// Names under which something may be made, for suggestions.
pub fn names(makers: &[Maker]) -> Vec<String> {
    let mut names: Vec<String> = ALONE.iter().map(|(name, _)| (*name).to_owned()).collect();
    for maker in makers {
        let own = |all: &[(&str, &str, &str)], dot: &str| -> Vec<String> {
            all.iter().filter(|(kind, ..)| *kind == maker.kind).map(|(_, part, _)| format!("{}{dot}{part}", maker.id)).collect()
        };
        names.extend(own(&BEHIND, ""));
        names.extend(own(&DOTTED, "."));
        for (event, kind) in &maker.events {
            if EVENTS.iter().any(|(known, _)| known == kind) {
                names.push(format!("{}{event}", maker.id));
            }
            names.push(format!("{}{event}Permission", maker.id));
        }
    }
    names
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

/// What an event makes; with `Permission` behind it (for an API the stage behind that), the right to call the function.
fn of_event(maker: &Maker, rest: &str) -> Option<&'static str> {
    let event = maker.events.iter().filter(|(event, _)| rest.starts_with(event.as_str())).max_by_key(|(event, _)| event.len())?;
    let rest = rest.get(event.0.len()..)?;
    if rest.starts_with("Permission") {
        return Some("AWS::Lambda::Permission");
    }
    let own = || EVENTS.iter().find(|(known, _)| *known == event.1).map(|(_, made)| *made);
    if rest.is_empty() { own() } else { BESIDE.iter().find(|(name, _)| *name == rest).map(|(_, made)| *made) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maker(id: &str, kind: &str, events: &[(&str, &str)]) -> Maker {
        let events = events.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect();
        Maker { id: id.to_owned(), kind: kind.to_owned(), events, ..Maker::default() }
    }

    #[test]
    fn names_are_made_of_resources_and_events() {
        let all = [
            maker("Worker", "Function", &[("Jobs", "SQS"), ("Get", "Api")]),
            maker("Site", "Api", &[]),
            maker("Flow", "StateMachine", &[("Daily", "Schedule")]),
            maker("Layer", "LayerVersion", &[]),
        ];
        for (id, expected) in [
            ("WorkerRole", Made::Type("AWS::IAM::Role")),
            ("WorkerJobs", Made::Type("AWS::Lambda::EventSourceMapping")),
            ("WorkerGetPermissionProd", Made::Type("AWS::Lambda::Permission")),
            ("WorkerAliaslive", Made::Type("AWS::Lambda::Alias")),
            ("Worker.Version", Made::Type("AWS::Lambda::Version")),
            ("SiteProdStage", Made::Type("AWS::ApiGateway::Stage")),
            ("ServerlessRestApiDeployment127e3fb911", Made::Type("AWS::ApiGateway::Deployment")),
            ("FlowDailyRole", Made::Type("AWS::IAM::Role")),
            ("Layer2b6609c3d1", Made::Something),
            ("ApiGatewayDomainNameee12ae193a", Made::Something),
            ("WorkerRol", Made::Nothing),
            ("WorkerJobsFilter", Made::Nothing),
            ("Worker.Stage", Made::Nothing),
            ("Worker", Made::Nothing),
            ("WorkrRole", Made::Nothing),
        ] {
            assert_eq!(made(&all, id), expected, "{id}");
        }
        assert!(names(&all).contains(&"WorkerRole".to_owned()));
    }

    #[test]
    fn what_is_open_may_make_anything() {
        let open = [Maker { open: true, chosen: vec!["Mine".to_owned()], ..maker("Worker", "Function", &[]) }];
        assert_eq!(made(&open, "WorkerAnything"), Made::Something);
        assert_eq!(made(&open, "Mine"), Made::Something);
        assert_eq!(made(&open, "Other"), Made::Nothing);
    }
}
