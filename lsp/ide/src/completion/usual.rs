//! Which properties of the commonest types people write, in the order of use, by eye; from the same sources as [`super::popular`].
//!
//! It only decides between properties that nothing requires.

/// Properties by type, or by type and definition.
const PROPERTIES: &[(&str, &[&str])] = &[
    (
        "AWS::S3::Bucket",
        &[
            "BucketName",
            "BucketEncryption",
            "PublicAccessBlockConfiguration",
            "VersioningConfiguration",
            "LifecycleConfiguration",
            "Tags",
            "OwnershipControls",
            "NotificationConfiguration",
            "CorsConfiguration",
            "WebsiteConfiguration",
            "LoggingConfiguration",
        ],
    ),
    (
        "AWS::Lambda::Function",
        &[
            "Handler",
            "Runtime",
            "Environment",
            "Timeout",
            "MemorySize",
            "FunctionName",
            "Architectures",
            "Description",
            "VpcConfig",
            "Layers",
            "Tags",
            "DeadLetterConfig",
            "TracingConfig",
            "ReservedConcurrentExecutions",
        ],
    ),
    ("AWS::Lambda::Function.Code", &["ZipFile", "S3Bucket", "S3Key", "ImageUri"]),
    ("AWS::Lambda::EventSourceMapping", &["EventSourceArn", "BatchSize", "StartingPosition", "FunctionResponseTypes", "Enabled"]),
    ("AWS::Lambda::Permission", &["SourceArn", "SourceAccount"]),
    ("AWS::IAM::Role", &["Policies", "ManagedPolicyArns", "RoleName", "Description", "Path", "Tags", "MaxSessionDuration"]),
    ("AWS::IAM::ManagedPolicy", &["Roles", "ManagedPolicyName", "Description"]),
    ("AWS::IAM::Policy", &["Roles"]),
    ("AWS::EC2::VPC", &["CidrBlock", "EnableDnsHostnames", "EnableDnsSupport", "Tags"]),
    ("AWS::EC2::Subnet", &["CidrBlock", "AvailabilityZone", "MapPublicIpOnLaunch", "Tags"]),
    ("AWS::EC2::SecurityGroup", &["VpcId", "SecurityGroupIngress", "SecurityGroupEgress", "GroupName", "Tags"]),
    (
        "AWS::EC2::SecurityGroup.Ingress",
        &["FromPort", "ToPort", "CidrIp", "SourceSecurityGroupId", "Description", "SourcePrefixListId"],
    ),
    ("AWS::EC2::SecurityGroup.Egress", &["FromPort", "ToPort", "CidrIp", "DestinationSecurityGroupId", "Description"]),
    ("AWS::EC2::SecurityGroupIngress", &["GroupId", "FromPort", "ToPort", "SourceSecurityGroupId", "CidrIp", "Description"]),
    (
        "AWS::EC2::Instance",
        &[
            "InstanceType",
            "ImageId",
            "SubnetId",
            "SecurityGroupIds",
            "IamInstanceProfile",
            "UserData",
            "KeyName",
            "Tags",
            "BlockDeviceMappings",
        ],
    ),
    ("AWS::EC2::Route", &["DestinationCidrBlock", "GatewayId", "NatGatewayId"]),
    ("AWS::EC2::RouteTable", &["Tags"]),
    ("AWS::EC2::VPCGatewayAttachment", &["InternetGatewayId"]),
    ("AWS::EC2::NatGateway", &["AllocationId", "SubnetId", "Tags"]),
    ("AWS::EC2::EIP", &["Domain", "InstanceId"]),
    (
        "AWS::EC2::VPCEndpoint",
        &["ServiceName", "VpcEndpointType", "SubnetIds", "SecurityGroupIds", "RouteTableIds", "PrivateDnsEnabled"],
    ),
    (
        "AWS::EC2::LaunchTemplate.LaunchTemplateData",
        &[
            "ImageId",
            "InstanceType",
            "SecurityGroupIds",
            "UserData",
            "IamInstanceProfile",
            "BlockDeviceMappings",
            "MetadataOptions",
        ],
    ),
    (
        "AWS::DynamoDB::Table",
        &[
            "AttributeDefinitions",
            "BillingMode",
            "TableName",
            "PointInTimeRecoverySpecification",
            "SSESpecification",
            "GlobalSecondaryIndexes",
            "StreamSpecification",
            "TimeToLiveSpecification",
            "ProvisionedThroughput",
            "Tags",
        ],
    ),
    (
        "AWS::SQS::Queue",
        &[
            "QueueName",
            "VisibilityTimeout",
            "RedrivePolicy",
            "MessageRetentionPeriod",
            "FifoQueue",
            "KmsMasterKeyId",
            "SqsManagedSseEnabled",
        ],
    ),
    ("AWS::SNS::Topic", &["TopicName", "Subscription", "DisplayName", "KmsMasterKeyId"]),
    ("AWS::SNS::Subscription", &["Endpoint", "RawMessageDelivery", "FilterPolicy"]),
    ("AWS::Logs::LogGroup", &["RetentionInDays", "LogGroupName", "KmsKeyId"]),
    (
        "AWS::CloudWatch::Alarm",
        &[
            "MetricName",
            "Namespace",
            "Statistic",
            "Period",
            "EvaluationPeriods",
            "Threshold",
            "ComparisonOperator",
            "Dimensions",
            "AlarmActions",
            "AlarmDescription",
            "AlarmName",
            "TreatMissingData",
            "OKActions",
            "DatapointsToAlarm",
        ],
    ),
    ("AWS::Events::Rule", &["EventPattern", "ScheduleExpression", "Targets", "State", "Description", "Name"]),
    ("AWS::Events::Rule.Target", &["Input", "RoleArn", "InputTransformer", "DeadLetterConfig", "RetryPolicy"]),
    (
        "AWS::RDS::DBInstance",
        &[
            "Engine",
            "EngineVersion",
            "DBInstanceClass",
            "AllocatedStorage",
            "DBName",
            "MasterUsername",
            "MasterUserPassword",
            "ManageMasterUserPassword",
            "VPCSecurityGroups",
            "DBSubnetGroupName",
            "MultiAZ",
            "StorageType",
            "StorageEncrypted",
            "BackupRetentionPeriod",
            "DeletionProtection",
            "PubliclyAccessible",
            "DBInstanceIdentifier",
            "Tags",
        ],
    ),
    (
        "AWS::RDS::DBCluster",
        &[
            "Engine",
            "EngineVersion",
            "DatabaseName",
            "MasterUsername",
            "ManageMasterUserPassword",
            "VpcSecurityGroupIds",
            "DBSubnetGroupName",
            "StorageEncrypted",
        ],
    ),
    ("AWS::ECS::Cluster", &["ClusterName", "ClusterSettings", "CapacityProviders"]),
    (
        "AWS::ECS::Service",
        &[
            "Cluster",
            "TaskDefinition",
            "DesiredCount",
            "LaunchType",
            "NetworkConfiguration",
            "LoadBalancers",
            "DeploymentConfiguration",
            "HealthCheckGracePeriodSeconds",
            "ServiceName",
            "EnableExecuteCommand",
        ],
    ),
    (
        "AWS::ECS::TaskDefinition",
        &[
            "Family",
            "ContainerDefinitions",
            "Cpu",
            "Memory",
            "NetworkMode",
            "RequiresCompatibilities",
            "ExecutionRoleArn",
            "TaskRoleArn",
            "Volumes",
            "RuntimePlatform",
        ],
    ),
    (
        "AWS::ECS::TaskDefinition.ContainerDefinition",
        &[
            "Essential",
            "PortMappings",
            "Environment",
            "LogConfiguration",
            "Secrets",
            "Command",
            "Cpu",
            "Memory",
            "HealthCheck",
            "MountPoints",
        ],
    ),
    ("AWS::ECS::TaskDefinition.PortMapping", &["ContainerPort", "HostPort", "Protocol"]),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        &["Type", "Scheme", "Subnets", "SecurityGroups", "Name", "LoadBalancerAttributes"],
    ),
    (
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        &[
            "VpcId",
            "Port",
            "Protocol",
            "TargetType",
            "HealthCheckPath",
            "HealthCheckIntervalSeconds",
            "Matcher",
            "TargetGroupAttributes",
            "Name",
        ],
    ),
    ("AWS::ElasticLoadBalancingV2::Listener", &["Port", "Protocol", "Certificates", "SslPolicy"]),
    (
        "AWS::ElasticLoadBalancingV2::Listener.Action",
        &["TargetGroupArn", "RedirectConfig", "FixedResponseConfig", "ForwardConfig"],
    ),
    (
        "AWS::AutoScaling::AutoScalingGroup",
        &[
            "LaunchTemplate",
            "VPCZoneIdentifier",
            "DesiredCapacity",
            "TargetGroupARNs",
            "HealthCheckType",
            "HealthCheckGracePeriod",
            "Tags",
        ],
    ),
    ("AWS::KMS::Key", &["KeyPolicy", "Description", "EnableKeyRotation"]),
    ("AWS::SecretsManager::Secret", &["Name", "GenerateSecretString", "Description", "SecretString"]),
    (
        "AWS::CloudFront::Distribution.DistributionConfig",
        &[
            "Origins",
            "Aliases",
            "DefaultRootObject",
            "ViewerCertificate",
            "PriceClass",
            "HttpVersion",
            "CacheBehaviors",
            "CustomErrorResponses",
            "Comment",
        ],
    ),
    ("AWS::CloudFront::Distribution.Origin", &["S3OriginConfig", "CustomOriginConfig", "OriginAccessControlId", "OriginPath"]),
    (
        "AWS::CloudFront::Distribution.DefaultCacheBehavior",
        &["CachePolicyId", "AllowedMethods", "Compress", "FunctionAssociations", "ResponseHeadersPolicyId"],
    ),
    ("AWS::Route53::RecordSet", &["HostedZoneId", "AliasTarget", "TTL", "ResourceRecords", "HostedZoneName"]),
    ("AWS::CertificateManager::Certificate", &["ValidationMethod", "DomainValidationOptions", "SubjectAlternativeNames"]),
    (
        "AWS::StepFunctions::StateMachine",
        &[
            "DefinitionString",
            "Definition",
            "DefinitionSubstitutions",
            "StateMachineName",
            "StateMachineType",
            "LoggingConfiguration",
        ],
    ),
    ("AWS::ApiGateway::RestApi", &["Name", "Description", "EndpointConfiguration", "Body"]),
    ("AWS::ApiGateway::Method", &["AuthorizationType", "Integration", "MethodResponses", "AuthorizerId", "RequestParameters"]),
    ("AWS::ApiGateway::Stage", &["StageName", "DeploymentId", "MethodSettings"]),
    ("AWS::ApiGatewayV2::Api", &["Name", "ProtocolType", "CorsConfiguration", "Target"]),
    ("AWS::ApiGatewayV2::Integration", &["IntegrationUri", "PayloadFormatVersion", "IntegrationMethod"]),
    ("AWS::ApiGatewayV2::Route", &["Target", "AuthorizationType", "AuthorizerId"]),
    ("AWS::ApiGatewayV2::Stage", &["StageName", "AutoDeploy", "AccessLogSettings", "DefaultRouteSettings"]),
    (
        "AWS::ElastiCache::ReplicationGroup",
        &[
            "Engine",
            "CacheNodeType",
            "NumCacheClusters",
            "CacheSubnetGroupName",
            "SecurityGroupIds",
            "AutomaticFailoverEnabled",
            "AtRestEncryptionEnabled",
            "TransitEncryptionEnabled",
        ],
    ),
    (
        "AWS::EFS::FileSystem",
        &["Encrypted", "PerformanceMode", "ThroughputMode", "LifecyclePolicies", "BackupPolicy", "FileSystemTags"],
    ),
    ("AWS::Cognito::UserPool", &["UserPoolName", "AutoVerifiedAttributes", "UsernameAttributes", "Policies", "Schema"]),
    ("AWS::Cognito::UserPoolClient", &["ClientName", "ExplicitAuthFlows", "GenerateSecret", "AllowedOAuthFlows", "CallbackURLs"]),
    ("AWS::SSM::Parameter", &["Name", "Description"]),
    ("AWS::ECR::Repository", &["RepositoryName", "LifecyclePolicy", "ImageScanningConfiguration", "ImageTagMutability"]),
];

/// The place of a property in the order of its type (and definition); none for one that is seldom written.
pub(crate) fn rank(ty: &str, definition: Option<&str>, property: &str) -> Option<u32> {
    let (_, properties) = PROPERTIES.iter().find(|(name, _)| match definition {
        None => *name == ty,
        Some(definition) => name.strip_prefix(ty).and_then(|rest| rest.strip_prefix('.')) == Some(definition),
    })?;
    properties.iter().position(|known| *known == property).map(|at| at as u32)
}

#[cfg(test)]
mod tests {
    use super::PROPERTIES;

    #[test]
    fn every_property_exists() {
        let schema = cloudc_schema::Schema::embedded();
        for (name, properties) in PROPERTIES {
            let (ty, definition) = name.split_once('.').map_or((*name, None), |(ty, definition)| (ty, Some(definition)));
            let ty = schema.ty(ty).unwrap_or_else(|| panic!("{name}"));
            let object = definition.map_or(Some(ty.body()), |definition| ty.definition(definition));
            let object = object.unwrap_or_else(|| panic!("{name}"));
            for property in *properties {
                assert!(object.property(property).is_some(), "{name} {property}");
            }
        }
    }
}
