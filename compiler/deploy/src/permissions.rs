//! The policy that whoever deploys a stack needs, and no more: what the resource types' own handlers call, and what cloudc itself does.
//!
//! The handlers' permissions come from the registry's schemas.
//! <https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html>

use std::collections::{BTreeMap, BTreeSet};

use cloudc_schema::Schema;
use serde_json::{Value as Json, json};

use crate::secrets::Kind;

/// What cloudc calls on the stack itself.
const STACKS: [&str; 21] = [
    "cloudformation:CancelUpdateStack",
    "cloudformation:ContinueUpdateRollback",
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DeleteStack",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeEvents",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStackResourceDrifts",
    "cloudformation:DescribeStackResources",
    "cloudformation:DetectStackDrift",
    "cloudformation:DetectStackResourceDrift",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:GetStackPolicy",
    "cloudformation:GetTemplate",
    "cloudformation:ListChangeSets",
    "cloudformation:ListStackResources",
    "cloudformation:SetStackPolicy",
    "cloudformation:TagResource",
    "cloudformation:UpdateStack",
    "cloudformation:UpdateTerminationProtection",
];

/// What names no stack, or any.
const ANYWHERE: [&str; 3] =
    ["cloudformation:DescribeStackDriftDetectionStatus", "cloudformation:DescribeStacks", "cloudformation:ListImports"];

/// What cloudc calls on its bucket's objects.
const OBJECTS: [&str; 4] = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"];

/// What cloudc calls on the parameters of stacks that tell SSM what they tell.
const PUBLISHED: [&str; 3] = ["ssm:DeleteParameters", "ssm:GetParametersByPath", "ssm:PutParameter"];
/// What reading secrets and stored parameters needs: of CloudFormation, which acts as the caller, and of looking before.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>
const SECRETS: [(&str, &[&str], &[Kind]); 2] = [
    ("Secrets", &["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], &[Kind::Secret]),
    (
        "Parameters",
        &["ssm:DescribeParameters", "ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters"],
        &[Kind::Parameter, Kind::SecureParameter],
    ),
];

/// What a policy is for.
#[derive(Debug, Clone, Copy)]
pub struct For<'a> {
    /// `aws`, `aws-cn`…
    pub partition: &'a str,
    /// The account.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
    /// Names of the stacks.
    pub stacks: &'a [String],
    /// Those of them that tell SSM what they tell.
    pub published: &'a [String],
    /// cloudc's bucket.
    pub bucket: &'a str,
    /// What the stacks read of Secrets Manager and Parameter Store.
    pub secrets: &'a [Kind],
}

/// The policy, and the types whose handlers do not say what they call.
#[derive(Debug, Clone, PartialEq)]
pub struct Needed {
    /// As IAM takes it.
    pub policy: Json,
    /// Sorted.
    pub unknown: Vec<String>,
}

/// The policy for templates with resources of these types.
pub fn policy(types: &BTreeSet<&str>, schema: &Schema, about: For<'_>) -> Needed {
    let For { partition, account, region, stacks, published, bucket, secrets } = about;
    let mut statements = Vec::new();
    let arns: Vec<String> =
        stacks.iter().map(|name| format!("arn:{partition}:cloudformation:{region}:{account}:stack/{name}/*")).collect();
    if !arns.is_empty() {
        statements.push(json!({ "Sid": "Stacks", "Effect": "Allow", "Action": STACKS, "Resource": arns }));
    }
    statements.push(json!({ "Sid": "Look", "Effect": "Allow", "Action": ANYWHERE, "Resource": "*" }));
    statements.push(json!({ "Sid": "Bucket", "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": format!("arn:{partition}:s3:::{bucket}") }));
    statements.push(
        json!({ "Sid": "Objects", "Effect": "Allow", "Action": OBJECTS, "Resource": format!("arn:{partition}:s3:::{bucket}/*") }),
    );
    let below = |name: &String| format!("arn:{partition}:ssm:{region}:{account}:parameter/cloudc/{name}/*");
    let below: Vec<String> = published.iter().map(below).collect();
    if !below.is_empty() {
        statements.push(json!({ "Sid": "Published", "Effect": "Allow", "Action": PUBLISHED, "Resource": below }));
    }
    for (sid, actions, kinds) in SECRETS {
        if kinds.iter().any(|kind| secrets.contains(kind)) {
            statements.push(json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*" }));
        }
    }
    let mut actions: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut unknown = Vec::new();
    for name in types {
        let Some(ty) = schema.ty(name) else {
            unknown.push((*name).to_owned());
            continue;
        };
        let needed = ty.permissions();
        let all = [needed.create, needed.read, needed.update, needed.delete];
        if all.iter().all(|actions| actions.is_empty()) {
            unknown.push((*name).to_owned());
        }
        for action in all.into_iter().flatten() {
            let service = action.split(':').next().unwrap_or_default();
            actions.entry(service.to_lowercase()).or_default().insert(action);
        }
    }
    for (service, actions) in actions {
        let sid: String = service.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut letters = sid.chars();
        let sid = letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string()) + letters.as_str();
        statements.push(json!({ "Sid": format!("Resources{sid}"), "Effect": "Allow", "Action": actions, "Resource": "*" }));
    }
    Needed { policy: json!({ "Version": "2012-10-17", "Statement": statements }), unknown }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{For, Kind, policy};

    #[test]
    fn actions_of_the_types_and_nothing_else() {
        let stacks = ["shop".to_owned()];
        let about = For {
            partition: "aws",
            account: "123456789012",
            region: "eu-west-1",
            stacks: &stacks,
            published: &stacks,
            bucket: "b",
            secrets: &[Kind::Secret],
        };
        let types = BTreeSet::from(["AWS::SQS::Queue", "AWS::WaitFor::Me"]);
        let needed = policy(&types, &cloudc_schema::Schema::embedded(), about);
        let text = needed.policy.to_string();
        assert!(text.contains("sqs:CreateQueue") && text.contains("sqs:DeleteQueue"), "{text}");
        assert!(!text.contains("dynamodb:"), "{text}");
        assert!(text.contains("parameter/cloudc/shop/*"), "{text}");
        assert!(text.contains("secretsmanager:GetSecretValue") && !text.contains("ssm:DescribeParameters"), "{text}");
        assert_eq!(needed.unknown, ["AWS::WaitFor::Me"]);
    }
}
