//! Which resource types people mean first.
//!
//! The order follows how often types stand in public templates (AWS's sample templates, the quick starts, the template reference's own
//! examples), by eye. It only decides between types that fit what is typed equally well.

/// Types in order, most used first.
const TYPES: &[&str] = &[
    "AWS::IAM::Role",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::DynamoDB::Table",
    "AWS::EC2::VPC",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::Logs::LogGroup",
    "AWS::CloudWatch::Alarm",
    "AWS::IAM::Policy",
    "AWS::EC2::Instance",
    "AWS::EC2::RouteTable",
    "AWS::EC2::Route",
    "AWS::Lambda::Permission",
    "AWS::Events::Rule",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::S3::BucketPolicy",
    "AWS::RDS::DBInstance",
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::ECS::Cluster",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::NatGateway",
    "AWS::EC2::EIP",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::InstanceProfile",
    "AWS::RDS::DBSubnetGroup",
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::EC2::LaunchTemplate",
    "AWS::CloudFront::Distribution",
    "AWS::Route53::RecordSet",
    "AWS::Route53::HostedZone",
    "AWS::CertificateManager::Certificate",
    "AWS::StepFunctions::StateMachine",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Resource",
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Version",
    "AWS::Lambda::Alias",
    "AWS::SSM::Parameter",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::ECR::Repository",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBParameterGroup",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::VPCEndpoint",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::AutoScaling::ScalingPolicy",
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::EFS::FileSystem",
    "AWS::EFS::MountTarget",
    "AWS::EFS::AccessPoint",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::ElastiCache::CacheCluster",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::IdentityPool",
    "AWS::KMS::Alias",
    "AWS::CodeBuild::Project",
    "AWS::CodePipeline::Pipeline",
    "AWS::IAM::User",
    "AWS::IAM::AccessKey",
    "AWS::IAM::Group",
    "AWS::IAM::OIDCProvider",
    "AWS::CloudWatch::Dashboard",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::Kinesis::Stream",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::Glue::Crawler",
    "AWS::Glue::Job",
    "AWS::Athena::WorkGroup",
    "AWS::WAFv2::WebACL",
    "AWS::WAFv2::WebACLAssociation",
    "AWS::EKS::Cluster",
    "AWS::EKS::Nodegroup",
    "AWS::CloudFormation::Stack",
    "AWS::CloudFormation::WaitConditionHandle",
    "AWS::CloudFormation::WaitCondition",
    "AWS::CloudTrail::Trail",
    "AWS::Config::ConfigRule",
    "AWS::Events::EventBus",
    "AWS::Scheduler::Schedule",
    "AWS::Pipes::Pipe",
    "AWS::EC2::FlowLog",
    "AWS::EC2::Volume",
    "AWS::EC2::NetworkInterface",
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::VPNGateway",
    "AWS::EC2::VPCPeeringConnection",
    "AWS::EC2::TransitGateway",
    "AWS::Backup::BackupVault",
    "AWS::Backup::BackupPlan",
    "AWS::Backup::BackupSelection",
    "AWS::OpenSearchService::Domain",
    "AWS::MSK::Cluster",
    "AWS::Redshift::Cluster",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::Function",
    "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::Authorizer",
    "AWS::ApiGateway::DomainName",
    "AWS::ApiGateway::BasePathMapping",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::Lambda::Url",
    "AWS::AppSync::GraphQLApi",
    "AWS::SecretsManager::SecretTargetAttachment",
    "AWS::SecretsManager::RotationSchedule",
    "AWS::ServiceDiscovery::PrivateDnsNamespace",
    "AWS::ServiceDiscovery::Service",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::SubscriptionFilter",
    "AWS::Budgets::Budget",
];

/// Regions that are deployed to most, most used first.
const REGIONS: &[&str] = &[
    "us-east-1",
    "eu-west-1",
    "us-west-2",
    "eu-central-1",
    "us-east-2",
    "ap-southeast-2",
    "ap-southeast-1",
    "ap-northeast-1",
    "eu-west-2",
    "ca-central-1",
    "ap-south-1",
    "us-west-1",
    "eu-west-3",
    "eu-north-1",
    "sa-east-1",
];

/// What stands before the version or size in values that are chosen often: runtimes, families of instances.
const STEMS: &[&str] = &[
    "python",
    "nodejs",
    "java",
    "t4g",
    "t3",
    "m7g",
    "m7i",
    "m6g",
    "m6i",
    "c7g",
    "c7i",
    "r7g",
    "r7i",
    "db.t4g",
    "db.t3",
    "db.m7g",
    "db.r7g",
    "cache.t4g",
    "cache.t3",
    "cache.m7g",
    "cache.r7g",
];

/// The place of a region in the order.
pub(crate) fn region_rank(code: &str) -> u32 {
    REGIONS.iter().position(|known| *known == code).map_or(REGIONS.len() as u32, |at| at as u32)
}

/// The place of a value in the order of its kind.
pub(crate) fn stem_rank(value: &str) -> usize {
    let fits = |stem: &str| {
        value
            .strip_prefix(stem)
            .is_some_and(|rest| rest.starts_with('.') || !stem.ends_with(|c: char| c.is_ascii_digit() || c == 'g'))
    };
    STEMS.iter().position(|stem| fits(stem)).unwrap_or(STEMS.len())
}

/// The place of a type in the order; none for one that is seldom written.
pub(crate) fn popularity(name: &str) -> Option<u32> {
    TYPES.iter().position(|known| *known == name).map(|at| at as u32)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_type_exists_and_stands_once() {
        let schema = cloudc_schema::Schema::embedded();
        for (at, name) in super::TYPES.iter().enumerate() {
            assert!(schema.ty(name).is_some(), "{name}");
            assert!(!super::TYPES[..at].contains(name), "{name} stands twice");
        }
    }
}
