//! Dependencies on a VPC's way out, which no reference shows.
//!
//! In: the graph. Out: edges to gateway attachments and routes. Always: where the VPC of a resource is not in the stack, nothing.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html#gatewayattachment>

use cloudc_eval::{Value, property};

use crate::edges::Graph;

const SOURCE: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html#gatewayattachment";
const ROUTES: &str = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html";
const ATTACHMENT: &str = "AWS::EC2::VPCGatewayAttachment";
const VPC: &str = "AWS::EC2::VPC";
const SUBNET: &str = "AWS::EC2::Subnet";

/// Adds them all.
pub fn imply(graph: &mut Graph<'_>) {
    let attachments: Vec<usize> = (0..graph.members.len()).filter(|at| graph.ty(*at) == ATTACHMENT).collect();
    for from in 0..graph.members.len() {
        match graph.ty(from) {
            "AWS::EC2::Route" | "AWS::EC2::VPNGatewayRoutePropagation" => gateway(graph, from, &attachments),
            "AWS::EC2::EIP" => address(graph, from, &attachments),
            "AWS::EC2::NatGateway" => attached(graph, from, &attachments),
            "AWS::ElasticLoadBalancing::LoadBalancer" | "AWS::ElasticLoadBalancingV2::LoadBalancer"
                if !says(graph, from, "Scheme", |value| value.as_str() == Some("internal")) =>
            {
                attached(graph, from, &attachments);
            }
            "AWS::RDS::DBInstance" if says(graph, from, "PubliclyAccessible", |value| *value == Value::Bool(true)) => {
                attached(graph, from, &attachments);
            }
            // These run code that talks to the outside as soon as they exist.
            "AWS::EC2::Instance" | "AWS::AutoScaling::AutoScalingGroup" | "AWS::ECS::Service" => {
                attached(graph, from, &attachments);
                routed(graph, from);
            }
            _ => {}
        }
    }
}

/// A route to a gateway needs the gateway attached.
fn gateway(graph: &mut Graph<'_>, from: usize, attachments: &[usize]) {
    let gateways = ["AWS::EC2::InternetGateway", "AWS::EC2::VPNGateway"];
    let names = ["GatewayId", "VpnGatewayId"];
    for target in graph.linked(from, &names, &gateways) {
        for at in attachments {
            if !graph.linked(*at, &[], &gateways).contains(&target) {
                continue;
            }
            graph.imply(from, *at, SOURCE);
        }
    }
}

/// An address belongs to the VPC of what uses it.
fn address(graph: &mut Graph<'_>, from: usize, attachments: &[usize]) {
    let users: Vec<usize> =
        (0..graph.members.len()).filter(|at| graph.needs(*at).any(|edge| edge.to == from && edge.link.is_some())).collect();
    let mut vpcs: Vec<usize> = users.iter().flat_map(|user| vpcs(graph, *user)).collect();
    vpcs.extend(self::vpcs(graph, from));
    let single = match attachments {
        [only] if vpcs.is_empty() => Some(*only),
        _ => None,
    };
    for at in attachments {
        let same = graph.linked(*at, &["VpcId"], &[VPC]).iter().any(|vpc| vpcs.contains(vpc));
        if same || single == Some(*at) {
            graph.imply(from, *at, SOURCE);
        }
    }
}

/// Anything with a public address needs its VPC's gateway attached.
fn attached(graph: &mut Graph<'_>, from: usize, attachments: &[usize]) {
    let vpcs = vpcs(graph, from);
    for at in attachments {
        if graph.linked(*at, &["VpcId"], &[VPC]).iter().any(|vpc| vpcs.contains(vpc)) {
            graph.imply(from, *at, SOURCE);
        }
    }
}

/// The VPCs of a resource, through its subnets and groups.
fn vpcs(graph: &Graph<'_>, from: usize) -> Vec<usize> {
    let mut found = graph.linked(from, &[], &[VPC]);
    let through =
        [SUBNET, "AWS::RDS::DBSubnetGroup", "AWS::EC2::SecurityGroup", "AWS::EC2::NetworkInterface", "AWS::EC2::Instance"];
    for inner in graph.linked(from, &[], &through) {
        let direct = graph.linked(inner, &[], &[VPC]);
        let subnets = graph.linked(inner, &[], &[SUBNET]);
        found.extend(direct);
        found.extend(subnets.into_iter().flat_map(|subnet| graph.linked(subnet, &["VpcId"], &[VPC])));
    }
    found
}

/// What runs in a subnet needs the subnet's routes to gateways.
fn routed(graph: &mut Graph<'_>, from: usize) {
    let subnets = graph.linked(from, &[], &[SUBNET]);
    if subnets.is_empty() {
        return;
    }
    let all = 0..graph.members.len();
    let associations = all.clone().filter(|at| graph.ty(*at) == "AWS::EC2::SubnetRouteTableAssociation");
    let mine: Vec<usize> =
        associations.filter(|at| graph.linked(*at, &["SubnetId"], &[SUBNET]).iter().any(|s| subnets.contains(s))).collect();
    let table = ["AWS::EC2::RouteTable"];
    let tables: Vec<usize> = mine.iter().flat_map(|at| graph.linked(*at, &["RouteTableId"], &table)).collect();
    let ways = ["AWS::EC2::InternetGateway", "AWS::EC2::NatGateway"];
    let routes: Vec<usize> = all
        .filter(|at| graph.ty(*at) == "AWS::EC2::Route")
        .filter(|at| graph.linked(*at, &["RouteTableId"], &table).iter().any(|t| tables.contains(t)))
        .filter(|at| !graph.linked(*at, &[], &ways).is_empty())
        .collect();
    // Without a route out of it, the association adds nothing.
    if routes.is_empty() {
        return;
    }
    for at in routes.into_iter().chain(mine) {
        graph.imply(from, at, ROUTES);
    }
}

fn says(graph: &Graph<'_>, at: usize, name: &str, test: impl Fn(&Value) -> bool) -> bool {
    test(&property(graph.db, graph.members[at].site, name.into()).node.value)
}
