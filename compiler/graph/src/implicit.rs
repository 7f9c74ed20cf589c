//! Dependencies that AWS asks for and no reference shows: two resources that share a third.
//!
//! In: the graph. Out: edges. Always: a table; each row says where AWS asks for it.

use crate::edges::Graph;

/// A resource of one of `needs` that refers to something depends on every resource of `first` that refers to the same thing.
struct Row {
    /// Which resources wait; empty for all but IAM's own.
    needs: &'static [&'static str],
    /// The properties that count; empty for all.
    through: &'static [&'static str],
    /// What both refer to.
    shared: &'static [&'static str],
    /// What must exist first.
    first: &'static [&'static str],
    /// The properties of those that count; empty for all.
    by: &'static [&'static str],
    /// Where AWS says so.
    source: &'static str,
}

const TABLE: &[Row] = &[
    // A target group is usable once a listener forwards to it.
    Row {
        needs: &["AWS::ECS::Service", "AWS::AutoScaling::AutoScalingGroup"],
        through: &["TargetGroupArn", "TargetGroupARNs", "LoadBalancers"],
        shared: &["AWS::ElasticLoadBalancingV2::TargetGroup"],
        first: &["AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule"],
        by: &["TargetGroupArn", "TargetGroups"],
        source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ecs-service.html",
    },
    // A role is of use once its policies are attached.
    Row {
        needs: &[],
        through: &[
            "Role",
            "RoleArn",
            "RoleARN",
            "ExecutionRoleArn",
            "TaskRoleArn",
            "ServiceRole",
            "ServiceRoleArn",
            "NodeRole",
            "IamRoleArn",
            "JobRole",
        ],
        shared: &["AWS::IAM::Role"],
        first: &["AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy"],
        by: &["Roles", "RoleName"],
        source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-policy.html",
    },
    // A deployment is a snapshot of the methods there are.
    Row {
        needs: &["AWS::ApiGateway::Deployment"],
        through: &["RestApiId"],
        shared: &["AWS::ApiGateway::RestApi"],
        first: &["AWS::ApiGateway::Method", "AWS::ApiGateway::GatewayResponse"],
        by: &["RestApiId"],
        source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-deployment.html",
    },
    Row {
        needs: &["AWS::ApiGatewayV2::Deployment"],
        through: &["ApiId"],
        shared: &["AWS::ApiGatewayV2::Api"],
        first: &["AWS::ApiGatewayV2::Route"],
        by: &["ApiId"],
        source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-deployment.html",
    },
    // Whoever is to call a function is tested for the permission when it is set up.
    Row {
        needs: &[
            "AWS::S3::Bucket",
            "AWS::Logs::SubscriptionFilter",
            "AWS::Config::ConfigRule",
            "AWS::SecretsManager::RotationSchedule",
        ],
        through: &["NotificationConfiguration", "DestinationArn", "SourceIdentifier", "RotationLambdaARN"],
        shared: &["AWS::Lambda::Function", "AWS::Lambda::Alias"],
        first: &["AWS::Lambda::Permission"],
        by: &["FunctionName"],
        source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-s3-bucket-notificationconfig.html",
    },
    Row {
        needs: &["AWS::S3::Bucket"],
        through: &["NotificationConfiguration"],
        shared: &["AWS::SQS::Queue"],
        first: &["AWS::SQS::QueuePolicy"],
        by: &["Queues"],
        source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-s3-bucket-notificationconfig.html",
    },
    Row {
        needs: &["AWS::S3::Bucket", "AWS::CloudTrail::Trail"],
        through: &["NotificationConfiguration", "SnsTopicName"],
        shared: &["AWS::SNS::Topic"],
        first: &["AWS::SNS::TopicPolicy"],
        by: &["Topics"],
        source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudtrail-trail.html",
    },
    // Services that write to a bucket try it at once.
    Row {
        needs: &["AWS::CloudTrail::Trail", "AWS::Config::DeliveryChannel", "AWS::ElasticLoadBalancingV2::LoadBalancer"],
        through: &["S3BucketName", "LoadBalancerAttributes"],
        shared: &["AWS::S3::Bucket"],
        first: &["AWS::S3::BucketPolicy"],
        by: &["Bucket"],
        source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudtrail-trail.html",
    },
    // A file system is reached through its mount targets.
    Row {
        needs: &["AWS::EC2::Instance", "AWS::ECS::TaskDefinition", "AWS::EFS::AccessPoint"],
        through: &[],
        shared: &["AWS::EFS::FileSystem"],
        first: &["AWS::EFS::MountTarget"],
        by: &["FileSystemId"],
        source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-lambda-function-filesystemconfig.html",
    },
];

/// Adds them all.
pub fn imply(graph: &mut Graph<'_>) {
    for row in TABLE {
        apply(graph, row);
    }
    account(graph);
}

fn apply(graph: &mut Graph<'_>, row: &Row) {
    let firsts: Vec<(usize, Vec<usize>)> = (0..graph.members.len())
        .filter(|at| row.first.contains(&graph.ty(*at)))
        .map(|at| (at, graph.linked(at, row.by, row.shared)))
        .filter(|(_, shared)| !shared.is_empty())
        .collect();
    if firsts.is_empty() {
        return;
    }
    for from in 0..graph.members.len() {
        let ty = graph.ty(from);
        let waits = if row.needs.is_empty() { !ty.starts_with("AWS::IAM::") } else { row.needs.contains(&ty) };
        if !waits {
            continue;
        }
        let shared = graph.linked(from, row.through, row.shared);
        for (first, others) in &firsts {
            if others.iter().any(|other| shared.contains(other)) {
                graph.imply(from, *first, row.source);
            }
        }
    }
}

/// A stage that logs needs the account's logging role.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-account.html>
fn account(graph: &mut Graph<'_>) {
    const SOURCE: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-account.html";
    let accounts: Vec<usize> = (0..graph.members.len()).filter(|at| graph.ty(*at) == "AWS::ApiGateway::Account").collect();
    for account in accounts {
        for from in 0..graph.members.len() {
            if matches!(graph.ty(from), "AWS::ApiGateway::Stage" | "AWS::ApiGatewayV2::Stage") {
                graph.imply(from, account, SOURCE);
            }
        }
    }
}
