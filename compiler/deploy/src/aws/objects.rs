//! Objects of any bucket: what is there, and files with what a browser is told about them.

use std::collections::HashMap;
use std::path::Path;

use aws_sdk_s3::primitives::ByteStream;

use super::Aws;
use super::bucket::{IN_PARTS, no_such_bucket};
use super::plain::{Asked, Form, element};
use crate::error::{Error, codes, from_sdk};

/// The name of the metadata that holds the SHA-256 of an object's content.
const HASH: &str = "cloudc-sha256";

/// An object as a list tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// Seconds since 1970.
    pub modified: i64,
}

/// What is told about a file along with its content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// `text/html; charset=utf-8`.
    pub content_type: Option<String>,
    /// `max-age=3600`.
    pub cache_control: Option<String>,
    /// SHA-256 of the content, in hexadecimal digits.
    pub hash: Option<String>,
}

impl Aws {
    /// Objects whose keys begin with `prefix`, sorted by key.
    pub async fn objects(&self, bucket: &str, prefix: &str) -> Result<Vec<Listed>, Error> {
        let mut pages = self.s3.list_objects_v2().bucket(bucket).prefix(prefix).into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| no_such_bucket(bucket, from_sdk("ListObjectsV2", &error)))?;
            all.extend(page.contents().iter().filter_map(|object| {
                Some(Listed {
                    key: object.key()?.to_owned(),
                    size: object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
                    modified: object.last_modified().map_or(0, aws_sdk_s3::primitives::DateTime::secs),
                })
            }));
        }
        Ok(all)
    }

    /// What was told along with an object; nothing when there is none.
    pub async fn about(&self, bucket: &str, key: &str) -> Result<Option<About>, Error> {
        match self.s3.head_object().bucket(bucket).key(key).send().await {
            Ok(told) => Ok(Some(About {
                content_type: told.content_type,
                cache_control: told.cache_control,
                hash: told.metadata.and_then(|metadata| metadata.get(HASH).cloned()),
            })),
            Err(error) if error.raw_response().is_some_and(|raw| raw.status().as_u16() == 404) => Ok(None),
            Err(error) => Err(from_sdk("HeadObject", &error)),
        }
    }

    /// Writes a file with what is told about it: a large one in parts, several at once.
    pub async fn publish(&self, bucket: &str, key: &str, path: &Path, about: &About) -> Result<(), Error> {
        let unreadable =
            |error: std::io::Error| Error::new(codes::ASSET, format!("`{}` cannot be read: {error}", path.display()));
        let metadata = about.hash.clone().map(|hash| HashMap::from([(HASH.to_owned(), hash)]));
        let length = std::fs::metadata(path).map_err(unreadable)?.len();
        if length >= IN_PARTS {
            let begun = self.s3.create_multipart_upload().bucket(bucket).key(key).set_metadata(metadata);
            let begun =
                begun.set_content_type(about.content_type.clone()).set_cache_control(about.cache_control.clone()).send().await;
            let begun = begun.map_err(|error| no_such_bucket(bucket, from_sdk("CreateMultipartUpload", &error)))?;
            return self.put_parts(bucket, key, path, length, &begun.upload_id.unwrap_or_default()).await;
        }
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let call = self.s3.put_object().bucket(bucket).key(key).body(ByteStream::from(bytes)).set_metadata(metadata);
        let call = call.set_content_type(about.content_type.clone()).set_cache_control(about.cache_control.clone());
        call.send().await.map(|_| ()).map_err(|error| no_such_bucket(bucket, from_sdk("PutObject", &error)))
    }

    /// Has a distribution of CloudFront fetch these paths anew. Gives the invalidation's id.
    /// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html>
    pub async fn invalidate(&self, distribution: &str, paths: &[String]) -> Result<String, Error> {
        let plain = |c: char| c.is_ascii_alphanumeric();
        if distribution.is_empty() || !distribution.chars().all(plain) {
            let message = format!("`{distribution}` is no distribution of CloudFront");
            return Err(Error::new(codes::SYNC, message).help("give its id, `E2EXAMPLE`, or STACK.OUTPUT"));
        }
        let items: String = paths.iter().map(|path| format!("<Path>{}</Path>", escaped(path))).collect();
        let (count, reference) = (paths.len(), crate::clock::unique());
        let body = format!(
            "<InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Paths><Quantity>{count}</Quantity><Items>{items}</Items></Paths><CallerReference>cloudc-{reference}</CallerReference></InvalidationBatch>"
        );
        // One address for all regions of a partition.
        let (host, region) = match self.identity.partition() {
            "aws-cn" => ("cloudfront.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"),
            _ => ("cloudfront.amazonaws.com", "us-east-1"),
        };
        let asked = Asked {
            service: "cloudfront",
            operation: "CreateInvalidation",
            region: region.to_owned(),
            host: host.to_owned(),
            path: format!("/2020-05-31/distribution/{distribution}/invalidation"),
            form: Form::Xml,
            body,
            attempts: 8,
        };
        let answer = self.ask(asked).await?;
        Ok(element(&answer, "Id").unwrap_or_default().to_owned())
    }
}

/// Text inside XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
