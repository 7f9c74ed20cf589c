//! Quotas that a plan would exceed: how many there may be of a type, how many there are, how many more are made.
//!
//! In: a plan. Out: what to warn of. Always: a few quick calls, side by side, and only for types that are made; whatever AWS does not
//! answer in time is not known, and never keeps anything from being deployed.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use serde::Serialize;

use crate::aws::Aws;
use crate::error::codes;
use crate::plan::{Action, Plan};

/// How long anybody waits for all of it.
const PATIENCE: Duration = Duration::from_secs(4);

/// What AWS limits by number. The codes are those of Service Quotas.
/// <https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html>
struct Quota {
    ty: &'static str,
    service: &'static str,
    code: &'static str,
    /// What an account has that never asked for more.
    usual: u32,
    /// Whether it counts for the whole account, and is told in one region only.
    global: bool,
}

const fn quota(ty: &'static str, service: &'static str, code: &'static str, usual: u32, global: bool) -> Quota {
    Quota { ty, service, code, usual, global }
}

/// Few enough to be counted by a list or two.
const QUOTAS: [Quota; 10] = [
    quota("AWS::CloudFront::Distribution", "cloudfront", "L-24B04930", 200, true),
    quota("AWS::EC2::EIP", "ec2", "L-0263D0A3", 5, false),
    quota("AWS::EC2::InternetGateway", "vpc", "L-A4707A72", 5, false),
    quota("AWS::EC2::VPC", "vpc", "L-F678F1CE", 5, false),
    quota("AWS::EKS::Cluster", "eks", "L-1194D53C", 100, false),
    quota("AWS::IAM::Group", "iam", "L-F4A5425F", 300, true),
    quota("AWS::IAM::InstanceProfile", "iam", "L-6E65F664", 1000, true),
    quota("AWS::IAM::Role", "iam", "L-FE177D64", 1000, true),
    quota("AWS::RDS::DBCluster", "rds", "L-952B80B8", 40, false),
    quota("AWS::RDS::DBInstance", "rds", "L-7B6409FD", 40, false),
];

/// Stacks that an account may have in a region.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const STACKS: Quota = quota("AWS::CloudFormation::Stack", "cloudformation", "L-0485CB21", 2000, false);

/// How a quota is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Use {
    /// The type that is counted.
    pub ty: String,
    /// How many there are.
    pub used: usize,
    /// How many there may be.
    pub most: usize,
    /// Whether AWS said so; else it is what accounts usually have.
    pub told: bool,
    /// The service, as Service Quotas calls it.
    pub service: String,
    /// The quota's code.
    pub code: String,
}

impl Use {
    /// How to ask for more.
    pub fn command(&self, wanted: usize) -> String {
        format!(
            "aws service-quotas request-service-quota-increase --service-code {} --quota-code {} --desired-value {wanted}",
            self.service, self.code
        )
    }
}

/// How quotas for these types are used, as far as AWS answers in time; sorted by type.
pub async fn used<'a>(aws: &Aws, types: impl IntoIterator<Item = &'a str>) -> Vec<Use> {
    let types: Vec<&str> = types.into_iter().collect();
    let looks = QUOTAS.iter().filter(|quota| types.contains(&quota.ty)).map(|quota| async move {
        let (most, count) = tokio::join!(most(aws, quota), aws.count_of(quota.ty));
        let (most, told) = most;
        count.ok().map(|used| one(quota, used, most, told))
    });
    let found = tokio::time::timeout(PATIENCE, join_all(looks)).await.unwrap_or_default();
    found.into_iter().flatten().collect()
}

/// How many stacks there may be, where `used` are.
pub async fn stacks(aws: &Aws, used: usize) -> Use {
    let (most, told) = tokio::time::timeout(PATIENCE, most(aws, &STACKS)).await.unwrap_or((STACKS.usual as usize, false));
    one(&STACKS, used, most, told)
}

fn one(quota: &Quota, used: usize, most: usize, told: bool) -> Use {
    Use { ty: quota.ty.to_owned(), used, most, told, service: quota.service.to_owned(), code: quota.code.to_owned() }
}

async fn most(aws: &Aws, quota: &Quota) -> (usize, bool) {
    match aws.quota(quota.service, quota.code, quota.global).await {
        Ok(Some(most)) => (most, true),
        _ => (quota.usual as usize, false),
    }
}

/// What a plan makes too many of.
pub async fn exceeded(aws: &Aws, plan: &Plan) -> Vec<String> {
    let mut made: BTreeMap<&str, usize> = BTreeMap::new();
    for resource in &plan.resources {
        // What is replaced is there twice for a while.
        if matches!(resource.action, Action::Create | Action::Replace) {
            *made.entry(resource.ty.as_str()).or_default() += 1;
        }
    }
    if made.is_empty() {
        return Vec::new();
    }
    let all = used(aws, made.keys().copied()).await;
    all.iter().filter_map(|one| too_many(one, made.get(one.ty.as_str()).copied().unwrap_or(0))).collect()
}

fn too_many(one: &Use, more: usize) -> Option<String> {
    let sum = one.used + more;
    (sum > one.most).then(|| {
        let usually = if one.told { "" } else { " usually" };
        format!(
            "[{}] there are {} `{}`, this makes {more} more, and the account may{usually} have {}: `{}`",
            codes::QUOTA,
            one.used,
            one.ty,
            one.most,
            one.command(sum)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{QUOTAS, one, too_many};

    #[test]
    fn only_what_is_too_much_is_told() {
        let vpcs = |used| one(QUOTAS.iter().find(|quota| quota.ty == "AWS::EC2::VPC").expect("one"), used, 5, true);
        assert_eq!(too_many(&vpcs(4), 1), None);
        let told = too_many(&vpcs(4), 2).expect("too many");
        assert!(
            told.starts_with("[C0894] there are 4 `AWS::EC2::VPC`, this makes 2 more") && told.contains("--desired-value 6"),
            "{told}"
        );
    }

    #[test]
    fn types_are_known_and_sorted() {
        let schema = cloudc_schema::Schema::embedded();
        assert!(QUOTAS.iter().all(|quota| schema.ty(quota.ty).is_some()));
        assert!(QUOTAS.windows(2).all(|two| two[0].ty < two[1].ty));
    }
}
