//! What identifiers of AWS look like.
//!
//! In: which identifier of which type. Out: its form. Always: only forms that AWS never leaves; what is not here may look like
//! anything. Source: the formats of cfn-lint's schemas (`AWS::EC2::VPC.Id` and others), and AWS's pages on resource ids and ARNs.

use cloudc_schema::Ident;

/// How an identifier is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// A regular expression for all of it.
    pub pattern: &'static str,
    /// An example.
    pub looks: &'static str,
}

/// A key of KMS is named by ARN, id or alias wherever any of them is taken.
const KEY: &str = "^(arn:aws[a-zA-Z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/.+\
                   |[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32}|alias/[a-zA-Z0-9:/_-]+)$";
const FUNCTION: &str = "^arn:aws[a-zA-Z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:.+$";
/// Load balancers take certificates of IAM as well.
const CERTIFICATE: &str = "^arn:aws[a-zA-Z-]*:(acm:[a-z0-9-]+:[0-9]{12}:certificate|iam::[0-9]{12}:server-certificate)/.+$";

/// Properties that services read more freely (the roles of tasks by name, says AWS::ECS::TaskDefinition), or of which the table only
/// guesses what they take.
const LOOSE: [&str; 7] =
    ["CertificateArn", "ClientSubnets", "DataVolumeKMSKeyId", "ExecutionRoleArn", "KeyId", "KmsKey", "TaskRoleArn"];

/// The form of an identifier in a property, where it has one.
pub(super) fn form(ident: &Ident, property: &str) -> Option<Form> {
    let form = own_form(ident)?;
    // Where functions are among what is taken, the table names few of the others.
    if form.pattern == FUNCTION && property != "FunctionArn" {
        return None;
    }
    if !LOOSE.contains(&property) {
        return Some(form);
    }
    // What EC2 gives out begins everywhere alike.
    let start = form.looks.strip_suffix("0a1b2c3d4e5f67890")?;
    let pattern = ["^vpc-", "^subnet-", "^sg-", "^ami-"].into_iter().find(|pattern| pattern[1..] == *start)?;
    Some(Form { pattern, ..form })
}

fn own_form(ident: &Ident) -> Option<Form> {
    let (pattern, looks) = match (ident.ty, ident.attr) {
        ("AWS::EC2::VPC", "VpcId") => ("^vpc-([0-9A-Fa-f]{8}|[0-9A-Fa-f]{17})$", "vpc-0a1b2c3d4e5f67890"),
        ("AWS::EC2::Subnet", "SubnetId") => ("^subnet-([0-9A-Fa-f]{8}|[0-9A-Fa-f]{17})$", "subnet-0a1b2c3d4e5f67890"),
        ("AWS::EC2::SecurityGroup", "GroupId" | "Id") => ("^sg-([0-9A-Fa-f]{8}|[0-9A-Fa-f]{17})$", "sg-0a1b2c3d4e5f67890"),
        ("AWS::EC2::Image", "Id") => ("^ami-([0-9a-z]{8}|[0-9a-z]{17})$", "ami-0a1b2c3d4e5f67890"),
        ("AWS::EC2::Volume", "VolumeId") => ("^vol-", "vol-0a1b2c3d4e5f67890"),
        ("AWS::EC2::Instance", "InstanceId") => ("^i-", "i-0a1b2c3d4e5f67890"),
        ("AWS::EC2::RouteTable", "RouteTableId") => ("^rtb-", "rtb-0a1b2c3d4e5f67890"),
        ("AWS::EC2::InternetGateway", "InternetGatewayId") => ("^igw-", "igw-0a1b2c3d4e5f67890"),
        ("AWS::EC2::NatGateway", "NatGatewayId") => ("^nat-", "nat-0a1b2c3d4e5f67890"),
        ("AWS::EC2::NetworkInterface", "Id") => ("^eni-", "eni-0a1b2c3d4e5f67890"),
        ("AWS::IAM::Role", "Arn") => ("^arn:aws[a-zA-Z-]*:iam::[0-9]{12}:role/.+$", "arn:aws:iam::123456789012:role/name"),
        ("AWS::KMS::Key", "Arn" | "KeyId") | ("AWS::KMS::Alias", "AliasName") => (KEY, "alias/name"),
        ("AWS::CertificateManager::Certificate", "CertificateArn") => {
            (CERTIFICATE, "arn:aws:acm:us-east-1:123456789012:certificate/id")
        }
        ("AWS::Lambda::Function", "Arn") | ("AWS::Lambda::Alias", "AliasArn") | ("AWS::Lambda::Version", "FunctionArn") => {
            (FUNCTION, "arn:aws:lambda:us-east-1:123456789012:function:name")
        }
        ("AWS::SNS::Topic", "TopicArn") => {
            ("^arn:aws[a-zA-Z-]*:sns:[a-z0-9-]+:[0-9]{12}:.+$", "arn:aws:sns:us-east-1:123456789012:name")
        }
        // Access points and other ARNs stand in for buckets.
        ("AWS::S3::Bucket", "BucketName") => ("^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9]|arn:.+)$", "name-in-small-letters"),
        _ => return None,
    };
    Some(Form { pattern, looks })
}
