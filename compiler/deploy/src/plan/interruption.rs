//! Whether something is away while a resource is changed, as far as that can be said beforehand.
//!
//! In: a planned change with who uses it. Out: an [`Interruption`] with its reason, or nothing when nothing is disturbed. Always: `Yes` is said
//! only where it follows from the change itself; what a service does meanwhile is `Maybe`, with the source in [`DISTURBED`].

use serde::{Deserialize, Serialize};

use super::{Action, Planned, Risk};

/// Whether something is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// It depends.
    Maybe,
    /// Certainly.
    Yes,
}

impl Certainty {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Certainty::Maybe => "maybe",
            Certainty::Yes => "yes",
        }
    }
}

/// Something is away, or may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interruption {
    /// Whether it certainly is.
    pub certainty: Certainty,
    /// Why.
    pub because: String,
}

/// Properties whose change in place is documented as "some interruptions", by type.
///
/// Source: "Update requires" of each property in AWS's template reference, in its last public sources
/// (<https://github.com/awsdocs/aws-cloudformation-user-guide>, 2023). What is not in it is not known to disturb anything, which is not
/// the same as being known not to.
#[rustfmt::skip]
const DISTURBED: [(&str, &[&str]); 28] = [
    ("AWS::AmazonMQ::Broker", &["Configuration", "HostInstanceType"]),
    ("AWS::AutoScaling::AutoScalingGroup", &["VPCZoneIdentifier"]),
    ("AWS::CodeCommit::Repository", &["Triggers"]),
    ("AWS::DynamoDB::Table", &["AttributeDefinitions", "SSESpecification"]),
    ("AWS::EC2::Instance", &[
        "AdditionalInfo", "Affinity", "BlockDeviceMappings", "EbsOptimized", "HostId", "InstanceType", "KernelId",
        "PrivateDnsNameOptions", "RamdiskId", "SecurityGroupIds", "Tenancy", "UserData",
    ]),
    ("AWS::EC2::NetworkInterface", &["PrivateIpAddresses"]),
    ("AWS::EC2::SecurityGroup", &["SecurityGroupEgress", "SecurityGroupIngress"]),
    ("AWS::EC2::Subnet", &["Ipv6CidrBlock"]),
    ("AWS::EC2::VPC", &["InstanceTenancy"]),
    ("AWS::EMR::Cluster", &["Instances"]),
    ("AWS::EMRServerless::Application", &[
        "Architecture", "AutoStartConfiguration", "AutoStopConfiguration", "ImageConfiguration", "InitialCapacity",
        "MaximumCapacity", "NetworkConfiguration", "ReleaseLabel", "WorkerTypeSpecifications",
    ]),
    ("AWS::ElastiCache::CacheCluster", &["AZMode", "NumCacheNodes", "PreferredAvailabilityZone", "PreferredAvailabilityZones"]),
    ("AWS::ElastiCache::ReplicationGroup", &["AuthToken", "NodeGroupConfiguration", "NumNodeGroups"]),
    ("AWS::ElasticLoadBalancing::LoadBalancer", &["AvailabilityZones", "HealthCheck", "Subnets"]),
    ("AWS::Elasticsearch::Domain", &[
        "AdvancedSecurityOptions", "ElasticsearchVersion", "EncryptionAtRestOptions", "NodeToNodeEncryptionOptions",
    ]),
    ("AWS::LakeFormation::Resource", &["UseServiceLinkedRole"]),
    ("AWS::Lightsail::Container", &["ContainerServiceDeployment"]),
    ("AWS::Lightsail::Database", &["BackupRetention"]),
    ("AWS::Lightsail::Instance", &["Hardware"]),
    ("AWS::MWAA::Environment", &[
        "AirflowConfigurationOptions", "DagS3Path", "EnvironmentClass", "ExecutionRoleArn", "LoggingConfiguration",
        "MaxWorkers", "MinWorkers", "PluginsS3ObjectVersion", "PluginsS3Path", "RequirementsS3ObjectVersion",
        "RequirementsS3Path", "Schedulers", "SourceBucketArn", "StartupScriptS3ObjectVersion", "StartupScriptS3Path", "Tags",
        "WebserverAccessMode", "WeeklyMaintenanceWindowStart",
    ]),
    ("AWS::Neptune::DBInstance", &["DBInstanceClass"]),
    ("AWS::OpenSearchService::Domain", &["VPCOptions"]),
    ("AWS::RDS::DBCluster", &["Engine", "EngineVersion", "GlobalClusterIdentifier", "MasterUsername"]),
    ("AWS::RDS::DBInstance", &[
        "AutoMinorVersionUpgrade", "AvailabilityZone", "BackupRetentionPeriod", "DBClusterSnapshotIdentifier",
        "DBInstanceClass", "DBParameterGroupName", "DBSnapshotIdentifier", "Engine", "EngineVersion", "MultiAZ",
        "PreferredMaintenanceWindow", "RestoreTime", "SourceDBClusterIdentifier", "SourceDBInstanceAutomatedBackupsArn",
        "SourceDBInstanceIdentifier", "SourceDbiResourceId", "StorageType", "UseLatestRestorableTime",
    ]),
    ("AWS::Route53Resolver::ResolverRule", &["DomainName"]),
    ("AWS::SES::DedicatedIpPool", &["ScalingMode"]),
    ("AWS::SSM::Document", &["Attachments", "Content", "DocumentFormat", "Requires", "TargetType", "VersionName"]),
    ("AWS::WorkSpaces::Workspace", &["DirectoryId"]),
];

/// Says what is away while this is done. Its risk and its users have to be known.
pub fn interruption(planned: &Planned) -> Option<Interruption> {
    let say = |certainty, because: String| Some(Interruption { certainty, because });
    let users: Vec<&str> = planned.dependents.iter().chain(&planned.importers).map(String::as_str).collect();
    match planned.action {
        Action::Create | Action::Import | Action::Release => None,
        Action::Update => {
            let touched = disturbed(planned);
            let names: Vec<String> = touched.iter().map(|name| format!("`{name}`")).collect();
            let because = format!("AWS documents \"some interruptions\" while {} changes", names.join(", "));
            if touched.is_empty() { None } else { say(Certainty::Maybe, because) }
        }
        Action::Replace if planned.risk == Risk::Critical => {
            say(Certainty::Yes, "the new one starts without what the old one holds".to_owned())
        }
        // A new one is usually made first, users go over to it, and then the old one goes:
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
        Action::Replace if users.is_empty() => {
            say(Certainty::Maybe, "whoever knows the old one by its name or address has to learn the new one".to_owned())
        }
        Action::Replace => say(Certainty::Maybe, format!("{} {} over to the new one", users.join(", "), go(users.len()))),
        Action::MayReplace => {
            say(Certainty::Maybe, "CloudFormation knows only when it gets there whether it is replaced".to_owned())
        }
        Action::Delete if users.is_empty() => {
            say(Certainty::Maybe, "whatever still uses it outside of the stack fails".to_owned())
        }
        Action::Delete => say(Certainty::Maybe, format!("used until now by {}", users.join(", "))),
    }
}

fn go(count: usize) -> &'static str {
    if count == 1 { "goes" } else { "go" }
}

/// Properties of a change in place that disturb, each once.
fn disturbed(planned: &Planned) -> Vec<&str> {
    let known = DISTURBED.iter().find(|(ty, _)| *ty == planned.ty).map_or(&[][..], |(_, properties)| properties);
    let mut touched: Vec<&str> = planned
        .properties
        .iter()
        .filter_map(|one| one.path.strip_prefix("/Properties/")?.split('/').next())
        .filter(|name| known.contains(name))
        .collect();
    touched.dedup();
    touched
}

#[cfg(test)]
mod tests {
    use super::super::offline::bare;
    use super::*;
    use crate::plan::PropertyChange;

    fn update(ty: &str, path: &str) -> Planned {
        let change =
            PropertyChange { path: path.to_owned(), before: None, after: None, cause: None, recreation: "Never".to_owned() };
        Planned { properties: vec![change], ..bare(Action::Update, "One", ty) }
    }

    #[test]
    fn only_what_has_a_source_is_said_of_changes_in_place() {
        let class = interruption(&update("AWS::RDS::DBInstance", "/Properties/DBInstanceClass"));
        assert_eq!(class.map(|found| found.certainty), Some(Certainty::Maybe));
        assert_eq!(interruption(&update("AWS::RDS::DBInstance", "/Properties/DeletionProtection")), None);
        assert_eq!(interruption(&update("AWS::SQS::Queue", "/Properties/DBInstanceClass")), None);
    }

    #[test]
    fn who_uses_what_is_replaced_is_told() {
        let mut planned = bare(Action::Replace, "Address", "AWS::EC2::EIP");
        planned.dependents = vec!["Gate".to_owned()];
        let found = interruption(&planned).expect("something");
        assert_eq!((found.certainty, found.because.as_str()), (Certainty::Maybe, "Gate goes over to the new one"));
        planned.risk = Risk::Critical;
        assert_eq!(interruption(&planned).map(|found| found.certainty), Some(Certainty::Yes));
        assert_eq!(interruption(&bare(Action::Create, "New", "AWS::EC2::EIP")), None);
    }

    #[test]
    fn the_table_is_sorted_and_names_real_types() {
        let schema = cloudc_schema::Schema::embedded();
        assert!(DISTURBED.is_sorted_by(|a, b| a.0 < b.0));
        let unknown: Vec<&str> = DISTURBED.iter().map(|(ty, _)| *ty).filter(|ty| schema.ty(ty).is_none()).collect();
        assert_eq!(unknown, Vec::<&str>::new());
    }
}
