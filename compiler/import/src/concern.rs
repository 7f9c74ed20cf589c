//! What a resource is there for, by its type.
//!
//! In: a type's name. Out: a [`Concern`], or none where the type alone does not say. Always: a table, so that the same type is in the same
//! file in every stack.

/// What resources are there for; the name of the file that they go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Concern {
    Network,
    Security,
    Data,
    Messaging,
    Compute,
    Api,
    Delivery,
    Management,
    Observability,
    Stacks,
}

impl Concern {
    /// The file's name without its ending.
    pub fn name(self) -> &'static str {
        match self {
            Concern::Network => "network",
            Concern::Security => "security",
            Concern::Data => "data",
            Concern::Messaging => "messaging",
            Concern::Compute => "compute",
            Concern::Api => "api",
            Concern::Delivery => "delivery",
            Concern::Management => "management",
            Concern::Observability => "observability",
            Concern::Stacks => "stacks",
        }
    }
}

/// Of EC2 and Serverless, which have a bit of everything: beginnings of the names behind the service.
const MIXED: [(&str, &str, Concern); 14] = [
    ("EC2", "SecurityGroup", Concern::Security),
    ("EC2", "KeyPair", Concern::Security),
    ("EC2", "VerifiedAccess", Concern::Security),
    ("EC2", "Instance", Concern::Compute),
    ("EC2", "LaunchTemplate", Concern::Compute),
    ("EC2", "SpotFleet", Concern::Compute),
    ("EC2", "EC2Fleet", Concern::Compute),
    ("EC2", "Host", Concern::Compute),
    ("EC2", "PlacementGroup", Concern::Compute),
    ("EC2", "Volume", Concern::Data),
    ("EC2", "", Concern::Network),
    ("Serverless", "SimpleTable", Concern::Data),
    ("Serverless", "Function", Concern::Compute),
    ("Serverless", "StateMachine", Concern::Compute),
];

/// By service.
const SERVICES: [(Concern, &[&str]); 9] = [
    (
        Concern::Network,
        &[
            "DirectConnect",
            "ElasticLoadBalancing",
            "ElasticLoadBalancingV2",
            "GlobalAccelerator",
            "NetworkFirewall",
            "NetworkManager",
            "Route53",
            "Route53RecoveryControl",
            "Route53Resolver",
            "ServiceDiscovery",
            "VpcLattice",
        ],
    ),
    (
        Concern::Security,
        &[
            "ACMPCA",
            "AccessAnalyzer",
            "CertificateManager",
            "CloudTrail",
            "Cognito",
            "Config",
            "Detective",
            "DirectoryService",
            "GuardDuty",
            "IAM",
            "Inspector",
            "InspectorV2",
            "KMS",
            "Macie",
            "RAM",
            "RolesAnywhere",
            "SSO",
            "SecretsManager",
            "SecurityHub",
            "Shield",
            "Signer",
            "VerifiedPermissions",
            "WAF",
            "WAFRegional",
            "WAFv2",
            "FMS",
        ],
    ),
    (
        Concern::Data,
        &[
            "Athena",
            "Backup",
            "Cassandra",
            "DAX",
            "DLM",
            "DMS",
            "DataSync",
            "DocDB",
            "DynamoDB",
            "EFS",
            "EMR",
            "ElastiCache",
            "Elasticsearch",
            "FSx",
            "Glue",
            "KinesisFirehose",
            "LakeFormation",
            "MemoryDB",
            "Neptune",
            "OpenSearchServerless",
            "OpenSearchService",
            "QLDB",
            "RDS",
            "Redshift",
            "RedshiftServerless",
            "S3",
            "S3Express",
            "S3Tables",
            "SDB",
            "SageMaker",
            "Timestream",
        ],
    ),
    (Concern::Messaging, &["AmazonMQ", "EventSchemas", "Events", "Kinesis", "MSK", "Pipes", "SES", "SNS", "SQS", "Scheduler"]),
    (
        Concern::Compute,
        &[
            "AppRunner",
            "AutoScaling",
            "Batch",
            "ECR",
            "ECS",
            "EKS",
            "ElasticBeanstalk",
            "ImageBuilder",
            "Lambda",
            "Lightsail",
            "StepFunctions",
            "Bedrock",
        ],
    ),
    (Concern::Api, &["Amplify", "ApiGateway", "ApiGatewayV2", "AppSync", "CloudFront", "Serverless"]),
    (
        Concern::Delivery,
        &["CodeArtifact", "CodeBuild", "CodeCommit", "CodeConnections", "CodeDeploy", "CodePipeline", "CodeStarConnections"],
    ),
    (Concern::Management, &["AppConfig", "Budgets", "Organizations", "SSM", "SSMIncidents", "ServiceCatalog", "Chatbot"]),
    (
        Concern::Observability,
        &["APS", "ApplicationInsights", "CloudWatch", "Grafana", "InternetMonitor", "Logs", "Oam", "RUM", "Synthetics", "XRay"],
    ),
];

/// The concern of a type; none for what goes where others are that it belongs to: custom resources, scaling, wait conditions, permissions.
pub(crate) fn concern(ty: &str) -> Option<Concern> {
    let (service, name) = ty.strip_prefix("AWS::")?.split_once("::")?;
    if ty == "AWS::CloudFormation::Stack" {
        return Some(Concern::Stacks);
    }
    // Who may call a function is said beside it, or beside who calls.
    if ty == "AWS::Lambda::Permission" || ty == "AWS::SSM::Parameter" {
        return None;
    }
    let mixed = MIXED.iter().find(|(of, start, _)| *of == service && name.starts_with(start));
    let by_service = || SERVICES.iter().find(|(_, services)| services.contains(&service)).map(|(concern, _)| *concern);
    mixed.map(|(.., concern)| *concern).or_else(by_service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_their_place() {
        for (ty, expected) in [
            ("AWS::EC2::VPC", Some(Concern::Network)),
            ("AWS::EC2::SecurityGroupIngress", Some(Concern::Security)),
            ("AWS::Serverless::Function", Some(Concern::Compute)),
            ("AWS::Serverless::HttpApi", Some(Concern::Api)),
            ("AWS::Logs::LogGroup", Some(Concern::Observability)),
            ("AWS::Lambda::Permission", None),
            ("Custom::Thing", None),
            ("AWS::ApplicationAutoScaling::ScalableTarget", None),
        ] {
            assert_eq!(concern(ty), expected, "{ty}");
        }
    }

    #[test]
    fn every_service_is_there_once() {
        let mut all: Vec<&str> = SERVICES.iter().flat_map(|(_, services)| services.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
