//! Where CloudFormation takes secure strings of Parameter Store.

/// Types, and those of their properties (by the last name of the path) that take `{{resolve:ssm-secure:…}}`. Source: CloudFormation
/// user guide, "Resources that support dynamic parameter patterns for secure strings".
const PLACES: [(&str, &[&str]); 10] = [
    ("AWS::DirectoryService::MicrosoftAD", &["Password"]),
    ("AWS::DirectoryService::SimpleAD", &["Password"]),
    ("AWS::ElastiCache::ReplicationGroup", &["AuthToken"]),
    ("AWS::IAM::User", &["Password"]),
    ("AWS::KinesisFirehose::DeliveryStream", &["Password"]),
    ("AWS::OpsWorks::App", &["Password"]),
    ("AWS::OpsWorks::Stack", &["DbPassword", "Password"]),
    ("AWS::RDS::DBCluster", &["MasterUserPassword"]),
    ("AWS::RDS::DBInstance", &["MasterUserPassword"]),
    ("AWS::Redshift::Cluster", &["MasterUserPassword"]),
];

/// Whether a property of a type takes secure strings of Parameter Store.
pub fn takes_secure_strings(ty: &str, property: &str) -> bool {
    PLACES.iter().any(|(known, properties)| *known == ty && properties.contains(&property))
}
