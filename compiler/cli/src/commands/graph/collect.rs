//! Nodes and edges of stacks and of what is in them, by what they mean.
//!
//! In: built stacks. Out: a [`Graph`]. Always: an edge is of one kind besides `CONTAINS`: the most telling of the properties that
//! make it.

use std::collections::{BTreeMap, BTreeSet};

use cloudc_deploy::Unit;
use cloudc_deploy::plan::references;
use cloudc_deploy::waves::waves;
use serde_json::Value as Json;

/// What there is, and what uses what.
#[derive(Debug, Default)]
pub struct Graph {
    /// By `stack` or `stack.Id`.
    pub nodes: BTreeMap<String, Node>,
    /// From what uses to what is used, or from what contains to what is contained.
    pub edges: BTreeSet<(String, String, Edge)>,
}

/// A stack or resource.
#[derive(Debug, Clone)]
pub struct Node {
    /// `stack`, or a resource's type.
    pub ty: String,
    /// What it is for.
    pub kind: &'static str,
    /// When it is made: of stacks among stacks, of resources among those of their stack.
    pub wave: usize,
}

/// What an edge means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// It tells it something while it runs.
    CommunicatesWith,
    /// It writes its logs there.
    LogsTo,
    /// It needs it.
    DependsOn,
    /// It is around it.
    Contains,
}

impl Edge {
    /// As JSON says it.
    pub fn name(self) -> &'static str {
        match self {
            Edge::CommunicatesWith => "COMMUNICATES_WITH",
            Edge::LogsTo => "LOGS_TO",
            Edge::DependsOn => "DEPENDS_ON",
            Edge::Contains => "CONTAINS",
        }
    }
}

/// Nodes and edges of stacks, and of what is in them.
pub fn collect(units: &[Unit], resources: bool) -> Graph {
    let mut graph = Graph::default();
    for (wave, units_in) in waves(units).into_iter().enumerate() {
        for unit in units_in.iter().filter_map(|at| units.get(*at)) {
            graph.nodes.insert(unit.name().to_owned(), stack(wave));
        }
    }
    for unit in units {
        for before in &unit.manifest().after {
            graph.edges.insert((unit.name().to_owned(), before.stack_name.clone(), Edge::DependsOn));
        }
        if resources {
            inside(&mut graph, unit);
        }
    }
    // A stack outside of the run is still a node.
    for (_, used, _) in graph.edges.clone() {
        graph.nodes.entry(used).or_insert_with(|| stack(0));
    }
    graph
}

/// What a plan knows of and the program does not: a resource that leaves, or a stack elsewhere.
pub fn beside(ty: &str) -> Node {
    if ty == "stack" { stack(0) } else { Node { ty: ty.to_owned(), kind: kind_of(ty), wave: 0 } }
}

fn stack(wave: usize) -> Node {
    Node { ty: "stack".to_owned(), kind: "stack", wave }
}

fn inside(graph: &mut Graph, unit: &Unit) {
    let full = |id: &str| format!("{}.{id}", unit.name());
    let mut needs: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (id, resource) in unit.section("Resources").into_iter().flatten() {
        let ty = unit.type_of(id).unwrap_or_default();
        graph.edges.insert((unit.name().to_owned(), full(id), Edge::Contains));
        let mut uses: BTreeMap<String, Edge> = BTreeMap::new();
        found(resource, "", &mut |pointer, used| {
            let Some(other) = unit.type_of(&used).filter(|_| used != *id) else { return };
            if contains(other, pointer) {
                graph.edges.insert((full(&used), full(id), Edge::Contains));
            }
            let kind = meaning(ty, other, pointer);
            let known = uses.entry(used).or_insert(kind);
            *known = kind.min(*known);
        });
        graph.edges.extend(uses.iter().map(|(used, kind)| (full(id), full(used), *kind)));
        needs.insert(id, uses.into_keys().collect());
    }
    for (id, wave) in depths(&needs) {
        let ty = unit.type_of(id).unwrap_or_default().to_owned();
        graph.nodes.insert(full(id), Node { kind: kind_of(&ty), ty, wave });
    }
}

/// How long the longest way to something that needs nothing is. What is in a circle, which CloudFormation refuses, comes last.
fn depths<'a>(needs: &BTreeMap<&'a str, BTreeSet<String>>) -> BTreeMap<&'a str, usize> {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    while found.len() < needs.len() {
        let ready: Vec<(&str, usize)> = needs
            .iter()
            .filter(|(id, _)| !found.contains_key(*id))
            .filter_map(|(id, all)| {
                let depths: Option<Vec<usize>> = all.iter().map(|other| found.get(other.as_str()).copied()).collect();
                Some((*id, depths?.into_iter().max().map_or(0, |most| most + 1)))
            })
            .collect();
        if ready.is_empty() {
            let last = found.values().max().map_or(0, |most| most + 1);
            let rest: Vec<&str> = needs.keys().filter(|id| !found.contains_key(*id)).copied().collect();
            found.extend(rest.into_iter().map(|id| (id, last)));
        }
        found.extend(ready);
    }
    found
}

/// Every reference with the property it stands in, as a JSON pointer without the positions of lists.
fn found(value: &Json, pointer: &str, tell: &mut dyn FnMut(&str, String)) {
    match value {
        Json::Object(map) => {
            let function = map.len() == 1 && map.keys().all(|key| key == "Ref" || key.starts_with("Fn::"));
            if function {
                references(value).into_iter().for_each(|used| tell(pointer, used));
                return;
            }
            for (key, inner) in map {
                match (key.as_str(), inner) {
                    ("DependsOn", Json::String(id)) => tell("/DependsOn", id.clone()),
                    ("DependsOn", Json::Array(ids)) => {
                        ids.iter().filter_map(Json::as_str).for_each(|id| tell("/DependsOn", id.to_owned()));
                    }
                    _ => found(inner, &format!("{pointer}/{key}"), tell),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| found(item, pointer, tell)),
        _ => {}
    }
}

/// What is around others, with the property by which these say so.
const AROUND: [(&str, &str); 15] = [
    ("AWS::EC2::VPC", "VpcId"),
    ("AWS::EC2::Subnet", "SubnetId"),
    ("AWS::EC2::Subnet", "SubnetIds"),
    ("AWS::EC2::Subnet", "Subnets"),
    ("AWS::EC2::Subnet", "VPCZoneIdentifier"),
    ("AWS::ECS::Cluster", "Cluster"),
    ("AWS::EKS::Cluster", "ClusterName"),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier"),
    ("AWS::ApiGateway::RestApi", "RestApiId"),
    ("AWS::ApiGatewayV2::Api", "ApiId"),
    ("AWS::AppSync::GraphQLApi", "ApiId"),
    ("AWS::Cognito::UserPool", "UserPoolId"),
    ("AWS::Events::EventBus", "EventBusName"),
    ("AWS::EFS::FileSystem", "FileSystemId"),
    ("AWS::Logs::LogGroup", "LogGroupName"),
];

fn contains(other: &str, pointer: &str) -> bool {
    let property = pointer.rsplit('/').next().unwrap_or_default();
    AROUND.contains(&(other, property))
}

/// What a reference in a property means.
fn meaning(ty: &str, other: &str, pointer: &str) -> Edge {
    const TELLS: [&str; 16] = [
        "Environment",
        "EventSourceArn",
        "Targets",
        "TargetGroupArn",
        "TargetGroupARNs",
        "Endpoint",
        "Uri",
        "IntegrationUri",
        "TargetArn",
        "DestinationArn",
        "DeadLetterConfig",
        "RedrivePolicy",
        "AlarmActions",
        "DefinitionSubstitutions",
        "SourceSecurityGroupId",
        "Origins",
    ];
    let parts: Vec<&str> = pointer.split('/').filter(|part| !part.is_empty()).collect();
    if parts.first() != Some(&"Properties") || matches!(kind_of(other), "security") && other != "AWS::EC2::SecurityGroup" {
        return Edge::DependsOn;
    }
    let logs = parts.iter().any(|part| part.contains("Log") || *part == "awslogs-group");
    let keeps = matches!(other, "AWS::Logs::LogGroup" | "AWS::S3::Bucket" | "AWS::KinesisFirehose::DeliveryStream");
    if logs && keeps && ty != "AWS::Logs::LogStream" {
        return Edge::LogsTo;
    }
    let source = ty == "AWS::Lambda::EventSourceMapping" && parts.last() == Some(&"FunctionName");
    if source || parts.iter().any(|part| TELLS.contains(part)) { Edge::CommunicatesWith } else { Edge::DependsOn }
}

/// What a type is for, by its service and where that is not enough by its name.
fn kind_of(ty: &str) -> &'static str {
    let mut parts = ty.split("::").skip(1);
    let (service, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match service {
        "EC2" if name.contains("SecurityGroup") => "security",
        "EC2" if matches!(name, "Instance" | "LaunchTemplate" | "SpotFleet" | "EC2Fleet") => "compute",
        "EC2" if name.starts_with("Volume") => "storage",
        "EC2"
        | "ElasticLoadBalancing"
        | "ElasticLoadBalancingV2"
        | "CloudFront"
        | "Route53"
        | "NetworkFirewall"
        | "VpcLattice" => "network",
        "Lambda" | "ECS" | "EKS" | "AutoScaling" | "Batch" | "ApplicationAutoScaling" | "AppRunner" | "ElasticBeanstalk" => {
            "compute"
        }
        "S3" | "EFS" | "ECR" | "FSx" | "Backup" | "S3Express" | "S3Tables" => "storage",
        "RDS" | "DynamoDB" | "ElastiCache" | "DocDB" | "Neptune" | "Redshift" | "OpenSearchService" | "MemoryDB" => "database",
        "SQS" | "SNS" | "Events" | "Kinesis" | "KinesisFirehose" | "AmazonMQ" | "MSK" | "StepFunctions" | "Scheduler"
        | "Pipes" => "messaging",
        "IAM" | "KMS" | "SecretsManager" | "Cognito" | "WAFv2" | "CertificateManager" | "SSM" | "GuardDuty" => "security",
        "Logs" | "CloudWatch" | "CloudTrail" | "XRay" | "Config" => "observability",
        "ApiGateway" | "ApiGatewayV2" | "AppSync" => "api",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn edges_are_told_by_their_properties() {
        let kind = |ty: &str, other: &str, pointer: &str| meaning(ty, other, pointer).name();
        assert_eq!(kind("AWS::Lambda::Function", "AWS::SQS::Queue", "/Properties/Environment/Variables/Q"), "COMMUNICATES_WITH");
        assert_eq!(kind("AWS::Lambda::Function", "AWS::Logs::LogGroup", "/Properties/LoggingConfig/LogGroup"), "LOGS_TO");
        assert_eq!(kind("AWS::Lambda::Function", "AWS::IAM::Role", "/Properties/Role"), "DEPENDS_ON");
        assert_eq!(kind("AWS::CloudTrail::Trail", "AWS::S3::Bucket", "/DependsOn"), "DEPENDS_ON");
        assert!(contains("AWS::EC2::VPC", "/Properties/VpcId") && !contains("AWS::EC2::VPC", "/Properties/Cidr"));
    }

    #[test]
    fn references_come_with_their_properties() {
        let resource = json!({ "DependsOn": ["A"], "Properties": { "P": [{ "Q": { "Fn::Sub": "${B}-${AWS::Region}" } }] } });
        let mut all = Vec::new();
        found(&resource, "", &mut |pointer, used| all.push((pointer.to_owned(), used)));
        let wanted = [("/DependsOn", "A"), ("/Properties/P/Q", "AWS::Region"), ("/Properties/P/Q", "B")];
        assert_eq!(all, wanted.map(|(pointer, used)| (pointer.to_owned(), used.to_owned())));
    }

    #[test]
    fn waves_follow_the_longest_way() {
        let set = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let needs = BTreeMap::from([
            ("a", set(&[])),
            ("b", set(&["a"])),
            ("c", set(&["a", "b"])),
            ("x", set(&["y"])),
            ("y", set(&["x"])),
        ]);
        let depths = depths(&needs);
        assert_eq!((depths["a"], depths["b"], depths["c"]), (0, 1, 2));
        assert_eq!((depths["x"], depths["y"]), (3, 3));
    }
}
