//! Making the bucket: what [`crate::bootstrap`] asks for.

use aws_sdk_s3::types;
use serde_json::json;

use super::Aws;
use crate::error::{Error, codes, from_sdk};

impl Aws {
    /// Makes a bucket. One that is there and ours is no error.
    pub async fn make_bucket(&self, bucket: &str) -> Result<(), Error> {
        let mut call = self.s3.create_bucket().bucket(bucket);
        // The first region is the one that may not be named.
        // <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>
        if self.region != "us-east-1" {
            let constraint = types::BucketLocationConstraint::from(self.region.as_str());
            let about = types::CreateBucketConfiguration::builder().location_constraint(constraint).build();
            call = call.create_bucket_configuration(about);
        }
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) => match from_sdk("CreateBucket", &error) {
                known if known.is("BucketAlreadyOwnedByYou") => Ok(()),
                taken if taken.is("BucketAlreadyExists") => {
                    Err(Error::new(codes::NO_BUCKET, format!("the name `{bucket}` is taken by a bucket of another account"))
                        .help("choose another with `--bucket`"))
                }
                other => Err(other),
            },
        }
    }

    /// Keeps what is replaced or deleted.
    pub async fn keep_versions(&self, bucket: &str) -> Result<(), Error> {
        let about = types::VersioningConfiguration::builder().status(types::BucketVersioningStatus::Enabled).build();
        let told = self.s3.put_bucket_versioning().bucket(bucket).versioning_configuration(about).send().await;
        told.map(|_| ()).map_err(|error| from_sdk("PutBucketVersioning", &error))
    }

    /// Encrypts at rest.
    pub async fn encrypt(&self, bucket: &str) -> Result<(), Error> {
        let default = types::ServerSideEncryptionByDefault::builder().sse_algorithm(types::ServerSideEncryption::Aes256).build();
        let default = default.map_err(|error| Error::new(codes::REFUSED, error.to_string()))?;
        let rule = types::ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default).build();
        let about = types::ServerSideEncryptionConfiguration::builder().rules(rule).build();
        let about = about.map_err(|error| Error::new(codes::REFUSED, error.to_string()))?;
        let told = self.s3.put_bucket_encryption().bucket(bucket).server_side_encryption_configuration(about).send().await;
        told.map(|_| ()).map_err(|error| from_sdk("PutBucketEncryption", &error))
    }

    /// Nothing in it can be made public.
    pub async fn make_private(&self, bucket: &str) -> Result<(), Error> {
        let about = types::PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .ignore_public_acls(true)
            .block_public_policy(true)
            .restrict_public_buckets(true)
            .build();
        let told = self.s3.put_public_access_block().bucket(bucket).public_access_block_configuration(about).send().await;
        told.map(|_| ()).map_err(|error| from_sdk("PutPublicAccessBlock", &error))
    }

    /// The bucket's policy, when it has one.
    pub async fn bucket_policy(&self, bucket: &str) -> Result<Option<String>, Error> {
        match self.s3.get_bucket_policy().bucket(bucket).send().await {
            Ok(found) => Ok(found.policy),
            Err(error) => match from_sdk("GetBucketPolicy", &error) {
                none if none.is("NoSuchBucketPolicy") => Ok(None),
                other => Err(other),
            },
        }
    }

    /// Ids of the bucket's lifecycle rules.
    pub async fn lifecycle_rules(&self, bucket: &str) -> Result<Vec<String>, Error> {
        match self.s3.get_bucket_lifecycle_configuration().bucket(bucket).send().await {
            Ok(found) => Ok(found.rules().iter().map(|rule| rule.id().unwrap_or_default().to_owned()).collect()),
            Err(error) => match from_sdk("GetBucketLifecycleConfiguration", &error) {
                none if none.is("NoSuchLifecycleConfiguration") => Ok(Vec::new()),
                other => Err(other),
            },
        }
    }

    /// Nobody speaks to it unencrypted. `sid` is what the policy is known by.
    pub async fn encrypted_connections_only(&self, bucket: &str, sid: &str) -> Result<(), Error> {
        let partition = self.identity.partition();
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Sid": sid,
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [format!("arn:{partition}:s3:::{bucket}"), format!("arn:{partition}:s3:::{bucket}/*")],
                "Condition": { "Bool": { "aws:SecureTransport": "false" } }
            }]
        });
        let told = self.s3.put_bucket_policy().bucket(bucket).policy(policy.to_string()).send().await;
        told.map(|_| ()).map_err(|error| from_sdk("PutBucketPolicy", &error))
    }

    /// What was replaced or deleted goes after some days; so do uploads that were never finished.
    pub async fn expire(&self, bucket: &str, days: i32) -> Result<(), Error> {
        let old = types::NoncurrentVersionExpiration::builder().noncurrent_days(days).build();
        let unfinished = types::AbortIncompleteMultipartUpload::builder().days_after_initiation(7).build();
        let rule = types::LifecycleRule::builder()
            .id("cloudc")
            .status(types::ExpirationStatus::Enabled)
            .filter(types::LifecycleRuleFilter::builder().prefix("").build())
            .noncurrent_version_expiration(old)
            .abort_incomplete_multipart_upload(unfinished)
            .build();
        let rule = rule.map_err(|error| Error::new(codes::REFUSED, error.to_string()))?;
        let about = types::BucketLifecycleConfiguration::builder().rules(rule).build();
        let about = about.map_err(|error| Error::new(codes::REFUSED, error.to_string()))?;
        let told = self.s3.put_bucket_lifecycle_configuration().bucket(bucket).lifecycle_configuration(about).send().await;
        told.map(|_| ()).map_err(|error| from_sdk("PutBucketLifecycleConfiguration", &error))
    }

    /// The address of an object, as CloudFormation takes it.
    pub fn url_of(&self, bucket: &str, key: &str) -> String {
        match &self.endpoint {
            Some(endpoint) => format!("{}/{bucket}/{key}", endpoint.trim_end_matches('/')),
            None => format!("https://{bucket}.s3.{}.{}/{key}", self.region, self.identity.suffix()),
        }
    }
}
