//! What an account and region need once: the bucket for templates, assets, history and locks.

use crate::aws::Aws;
use crate::error::Error;

/// Days that replaced and deleted objects are kept.
pub const KEPT_DAYS: i32 = 90;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The bucket.
    pub bucket: String,
    /// Whether it was there already.
    pub existed: bool,
    /// Whether it has a policy of somebody else, which was left.
    pub foreign_policy: bool,
    /// Whether it has lifecycle rules of somebody else, which were left.
    pub foreign_rules: bool,
}

/// What our bucket policy is known by.
const SID: &str = "EncryptedConnectionsOnly";

/// Makes the bucket, or brings one that is there to what it should be. Doing it again changes nothing.
pub async fn bootstrap(aws: &Aws, bucket: &str) -> Result<Made, Error> {
    let existed = aws.has_bucket(bucket).await?;
    if !existed {
        aws.make_bucket(bucket).await?;
    }
    aws.keep_versions(bucket).await?;
    aws.encrypt(bucket).await?;
    aws.make_private(bucket).await?;
    // What somebody wrote into a bucket of theirs is not replaced.
    let foreign_policy = existed && aws.bucket_policy(bucket).await?.is_some_and(|policy| !policy.contains(SID));
    if !foreign_policy {
        aws.encrypted_connections_only(bucket, SID).await?;
    }
    let foreign_rules = existed && aws.lifecycle_rules(bucket).await?.iter().any(|id| id != "cloudc");
    if !foreign_rules {
        aws.expire(bucket, KEPT_DAYS).await?;
    }
    Ok(Made { bucket: bucket.to_owned(), existed, foreign_policy, foreign_rules })
}
