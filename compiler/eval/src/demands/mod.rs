//! What services ask of a resource and no schema says: values that hang together, texts with a form of their own.
//!
//! In: the properties of a resource, evaluated. Out: problems. Always: only what is known decides; a choice is looked at on both
//! sides, and what a deployment computes is let through. Each rule says where AWS asks for it.

mod addresses;
mod disks;
mod records;
mod schedules;
mod secure;
mod tables;
mod various;

use cloudc_hir::Problem;

use crate::values::{Expr, Field, Node, Value};

/// Text that a service refuses: of a record, of a domain name, of a device.
pub const REFUSED_TEXT: &str = "C0423";
/// Values of one resource that do not fit together.
pub const UNFIT_TOGETHER: &str = "C0424";

/// A secure string of Parameter Store where CloudFormation takes none.
pub const SECURE_STRING: &str = "C0828";

/// Everything that is wrong with the properties of a resource of this type.
pub(crate) fn check(ty: &str, properties: &Node, problems: &mut Vec<Problem>) {
    secure::strings(ty, "", properties, problems);
    match ty {
        "AWS::Route53::RecordSet" => records::record_set(properties, problems),
        "AWS::Route53::RecordSetGroup" => {
            each(any_property(properties, "RecordSets"), &mut |set| records::record_set(set, problems));
        }
        "AWS::CloudFront::Distribution" => addresses::aliases(properties, problems),
        "AWS::DynamoDB::Table" => tables::attributes(properties, problems),
        "AWS::Backup::BackupPlan" => various::lifecycle(properties, problems),
        "AWS::ECS::TaskDefinition" => various::essential(properties, problems),
        "AWS::Lambda::Function" | "AWS::Serverless::Function" => {
            various::environment(properties, problems);
            various::snap_start(properties, problems);
            schedules::events(properties, problems);
        }
        "AWS::Serverless::StateMachine" => schedules::events(properties, problems),
        "AWS::Events::Rule" => schedules::expression(properties, "ScheduleExpression", false, problems),
        "AWS::Scheduler::Schedule" => schedules::expression(properties, "ScheduleExpression", true, problems),
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => various::subnets(properties, problems),
        "AWS::AutoScaling::AutoScalingGroup" => various::sizes(properties, problems),
        "AWS::EC2::Instance" | "AWS::AutoScaling::LaunchConfiguration" => {
            various::image(ty, properties, problems);
            disks::devices(properties, problems);
        }
        "AWS::EC2::LaunchTemplate" => {
            if let At::There(data) = property(properties, "LaunchTemplateData") {
                disks::devices(data, problems);
            }
        }
        "AWS::ApiGateway::RestApi" => various::rest_api(properties, problems),
        "AWS::EC2::Volume" => disks::volume(properties, "Size", problems),
        _ => {}
    }
}

/// What is at a name.
#[derive(Clone, Copy)]
enum At<'a> {
    /// Nothing, surely.
    Absent,
    /// Perhaps nothing, perhaps something unknown.
    Unclear,
    /// This.
    There(&'a Node),
}

/// A property; also through objects that are not records, as unclear.
fn property<'a>(node: &'a Node, name: &str) -> At<'a> {
    let Value::Record(fields) = &node.value else { return At::Unclear };
    match fields.iter().find(|field| field.name == name).map(|field| &field.node) {
        None => At::Absent,
        Some(node) => match &node.value {
            Value::None => At::Absent,
            Value::Unknown | Value::Poison => At::Unclear,
            Value::Deploy(expr) if matches!(&**expr, Expr::If(..)) => At::Unclear,
            _ => At::There(node),
        },
    }
}

/// A property inside a property.
fn inside<'a>(node: &'a Node, path: &[&str]) -> At<'a> {
    path.iter().fold(At::There(node), |at, name| match at {
        At::There(node) => property(node, name),
        other => other,
    })
}

impl<'a> At<'a> {
    fn text(self) -> Option<&'a str> {
        match self {
            At::There(node) => node.value.as_str(),
            _ => None,
        }
    }

    /// A whole number, also where it is written as text.
    fn number(self) -> Option<i64> {
        match self {
            At::There(Node { value: Value::Int(number), .. }) => Some(*number),
            At::There(Node { value: Value::Str(text), .. }) => text.parse().ok(),
            _ => None,
        }
    }

    /// The elements, when all of them are known to be there.
    fn elements(self) -> Option<&'a [Node]> {
        let At::There(Node { value: Value::List(items), .. }) = self else { return None };
        let known = |node: &Node| !matches!(node.value, Value::Unknown | Value::Poison | Value::None | Value::Deploy(_));
        items.iter().all(known).then_some(items)
    }

    fn fields(self) -> &'a [Field] {
        match self {
            At::There(Node { value: Value::Record(fields), .. }) => fields,
            _ => &[],
        }
    }
}

/// Every element of a list, on both sides of choices.
fn each<'a>(at: At<'a>, see: &mut dyn FnMut(&'a Node)) {
    if let At::There(node) = at {
        sides(node, &mut |side| {
            if let Value::List(items) = &side.value {
                items.iter().for_each(|item| sides(item, see));
            }
        });
    }
}

/// A value, or what it may be.
fn sides<'a>(node: &'a Node, see: &mut dyn FnMut(&'a Node)) {
    match &node.value {
        Value::Deploy(expr) => match &**expr {
            Expr::If(_, then, otherwise) => {
                sides(then, see);
                sides(otherwise, see);
            }
            _ => see(node),
        },
        _ => see(node),
    }
}

/// A property whatever it is, choices among it.
fn any_property<'a>(node: &'a Node, name: &str) -> At<'a> {
    let Value::Record(fields) = &node.value else { return At::Unclear };
    fields.iter().find(|field| field.name == name).map_or(At::Absent, |field| At::There(&field.node))
}
