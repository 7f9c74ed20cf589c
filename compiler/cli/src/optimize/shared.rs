//! What several stacks make each for themselves and could share.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Subject, Whereabouts};

/// Types of which one serves many, with what people call them.
const FOR_MANY: [(&str, &str); 8] = [
    ("AWS::EC2::VPC", "a VPC"),
    ("AWS::EC2::NatGateway", "NAT gateways"),
    ("AWS::ECS::Cluster", "an ECS cluster"),
    ("AWS::EKS::Cluster", "an EKS cluster"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "a load balancer"),
    ("AWS::MSK::Cluster", "a Kafka cluster"),
    ("AWS::OpenSearchService::Domain", "an OpenSearch domain"),
    ("AWS::Route53::HostedZone", "a hosted zone"),
];

/// A stack, and what it makes of a type.
pub type Made = (String, Vec<String>);

/// Something that several stacks make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// The type.
    pub ty: &'static str,
    /// Each stack with the resources of the type in it.
    pub made: Vec<Made>,
    /// One line.
    pub message: String,
    /// Resources that are left out when one serves all.
    pub resources: usize,
}

/// Finds what stacks in one region and account make each for themselves.
pub fn shared(subjects: &[Subject<'_>]) -> Vec<Shared> {
    let mut found = Vec::new();
    for (ty, called) in FOR_MANY {
        let mut by_place: BTreeMap<&Whereabouts, Vec<Made>> = BTreeMap::new();
        for subject in subjects {
            let of_type = |(_, value): &(&String, &Json)| value.get("Type").and_then(Json::as_str) == Some(ty);
            let ids: Vec<String> = subject.section("Resources").filter(of_type).map(|(id, _)| id.clone()).collect();
            if !ids.is_empty() {
                by_place.entry(&subject.whereabouts).or_default().push((subject.name.clone(), ids));
            }
        }
        for made in by_place.into_values().filter(|made| made.len() > 1) {
            let stacks: Vec<String> = made.iter().map(|(stack, _)| format!("`{stack}`")).collect();
            let total: usize = made.iter().map(|(_, ids)| ids.len()).sum();
            let most = made.iter().map(|(_, ids)| ids.len()).max().unwrap_or(0);
            let message =
                format!("{} each make {called}: one stack can make it, and the others read its outputs", stacks.join(", "));
            found.push(Shared { ty, made, message, resources: total - most });
        }
    }
    found
}
