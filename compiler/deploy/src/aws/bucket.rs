//! The bucket that templates, assets, history and locks are kept in.

use std::path::Path;

use aws_sdk_s3::primitives::{ByteStream, Length};
use aws_sdk_s3::types;

use super::Aws;
use crate::error::{Error, codes, from_sdk};

/// Files from this size on go up in parts, several at once. In bytes.
pub(super) const IN_PARTS: u64 = 16 << 20;
/// Bytes of a part; S3 takes at least 5 MiB.
const PART: u64 = 8 << 20;
/// Parts on their way at once.
const AT_ONCE: usize = 4;

/// When an object may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Always.
    Always,
    /// When there is none under the key.
    Absent,
    /// When it is still the one with this entity tag.
    Unchanged(String),
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its content.
    pub bytes: Vec<u8>,
    /// What tells it from other contents under the key.
    pub tag: String,
}

impl Aws {
    /// An object; nothing when there is none.
    pub async fn object(&self, bucket: &str, key: &str) -> Result<Option<Object>, Error> {
        let told = self.s3.get_object().bucket(bucket).key(key).send().await;
        let found = match told {
            Ok(found) => found,
            Err(error) => {
                return match from_sdk("GetObject", &error) {
                    missing if missing.is("NoSuchKey") => Ok(None),
                    other => Err(bucket_error(bucket, other)),
                };
            }
        };
        let tag = found.e_tag().unwrap_or_default().to_owned();
        // The body comes after the answer: being cut off there is not seen by the client's own retries.
        match found.body.collect().await {
            Ok(bytes) => Ok(Some(Object { bytes: bytes.into_bytes().to_vec(), tag })),
            Err(error) => Err(Error::new(codes::UNREADABLE_ANSWER, format!("`{key}` was cut off: {error}"))),
        }
    }

    /// [`Aws::object`], tried again when the body is cut off.
    pub async fn whole_object(&self, bucket: &str, key: &str) -> Result<Option<Object>, Error> {
        let mut last = None;
        for pause in [0, 100, 400, 1600] {
            tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
            match self.object(bucket, key).await {
                Err(error) if error.code == codes::UNREADABLE_ANSWER => last = Some(error),
                other => return other,
            }
        }
        Err(last.unwrap_or_else(|| Error::new(codes::UNREADABLE_ANSWER, format!("`{key}` cannot be read"))))
    }

    /// Writes an object. Gives its entity tag, or nothing when the condition does not hold.
    pub async fn put_object(&self, bucket: &str, key: &str, bytes: Vec<u8>, when: &Condition) -> Result<Option<String>, Error> {
        let call = self.s3.put_object().bucket(bucket).key(key).body(ByteStream::from(bytes));
        let call = match when {
            Condition::Always => call,
            Condition::Absent => call.if_none_match("*"),
            Condition::Unchanged(tag) => call.if_match(tag),
        };
        match call.send().await {
            Ok(done) => Ok(Some(done.e_tag.unwrap_or_default())),
            Err(error) => match from_sdk("PutObject", &error) {
                lost if lost.is("PreconditionFailed") || lost.is("ConditionalRequestConflict") => Ok(None),
                // Of a write that waits for the very object that was deleted meanwhile.
                lost if lost.is("NoSuchKey") && *when != Condition::Always => Ok(None),
                other => Err(bucket_error(bucket, other)),
            },
        }
    }

    /// Whether there is an object under a key.
    pub async fn has_object(&self, bucket: &str, key: &str) -> Result<bool, Error> {
        match self.s3.head_object().bucket(bucket).key(key).send().await {
            Ok(_) => Ok(true),
            // An answer to HEAD has no body, so there is only its number.
            Err(error) if error.raw_response().is_some_and(|raw| raw.status().as_u16() == 404) => {
                if self.has_bucket(bucket).await? { Ok(false) } else { Err(no_bucket(bucket)) }
            }
            Err(error) => Err(bucket_error(bucket, from_sdk("HeadObject", &error))),
        }
    }

    /// Keys that begin with `prefix`, sorted.
    pub async fn keys(&self, bucket: &str, prefix: &str) -> Result<Vec<String>, Error> {
        let mut pages = self.s3.list_objects_v2().bucket(bucket).prefix(prefix).into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| bucket_error(bucket, from_sdk("ListObjectsV2", &error)))?;
            all.extend(page.contents().iter().filter_map(|object| object.key()).map(str::to_owned));
        }
        Ok(all)
    }

    /// Removes an object, if it is still the one with that entity tag.
    pub async fn delete_object(&self, bucket: &str, key: &str, tag: Option<&str>) -> Result<bool, Error> {
        let call = self.s3.delete_object().bucket(bucket).key(key).set_if_match(tag.map(str::to_owned));
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) => match from_sdk("DeleteObject", &error) {
                lost if lost.is("PreconditionFailed") || lost.is("NoSuchKey") => Ok(false),
                other => Err(bucket_error(bucket, other)),
            },
        }
    }

    /// Writes a file: a large one in parts, several at once.
    pub async fn put_file(&self, bucket: &str, key: &str, path: &Path) -> Result<(), Error> {
        let unreadable = |error: String| Error::new(codes::ASSET, format!("`{}` cannot be read: {error}", path.display()));
        let length = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?.len();
        if length >= IN_PARTS {
            return self.put_in_parts(bucket, key, path, length).await;
        }
        let bytes = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
        self.put_object(bucket, key, bytes, &Condition::Always).await.map(|_| ())
    }

    async fn put_in_parts(&self, bucket: &str, key: &str, path: &Path, length: u64) -> Result<(), Error> {
        let begun = self.s3.create_multipart_upload().bucket(bucket).key(key).send().await;
        let begun = begun.map_err(|error| bucket_error(bucket, from_sdk("CreateMultipartUpload", &error)))?;
        self.put_parts(bucket, key, path, length, &begun.upload_id.unwrap_or_default()).await
    }

    /// Writes the parts of an upload that was begun, and ends it one way or the other.
    pub(super) async fn put_parts(&self, bucket: &str, key: &str, path: &Path, length: u64, id: &str) -> Result<(), Error> {
        match self.parts(bucket, key, path, length, id).await {
            Ok(parts) => {
                let whole = types::CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
                let call = self.s3.complete_multipart_upload().bucket(bucket).key(key).upload_id(id).multipart_upload(whole);
                call.send().await.map(|_| ()).map_err(|error| from_sdk("CompleteMultipartUpload", &error))
            }
            Err(error) => {
                // Parts that belong to nothing would be paid for. What failed is told, not that tidying did too.
                let _ = self.s3.abort_multipart_upload().bucket(bucket).key(key).upload_id(id).send().await;
                Err(error)
            }
        }
    }

    async fn parts(
        &self,
        bucket: &str,
        key: &str,
        path: &Path,
        length: u64,
        id: &str,
    ) -> Result<Vec<types::CompletedPart>, Error> {
        let count = length.div_ceil(PART);
        let mut waiting = (0..count).map(|at| self.part(bucket, key, path, id, at, PART.min(length - at * PART)));
        let mut running = futures_util::stream::FuturesUnordered::new();
        let mut done = Vec::new();
        running.extend(waiting.by_ref().take(AT_ONCE));
        while let Some(part) = futures_util::StreamExt::next(&mut running).await {
            done.push(part?);
            running.extend(waiting.next());
        }
        done.sort_by_key(|part| part.part_number());
        Ok(done)
    }

    async fn part(
        &self,
        bucket: &str,
        key: &str,
        path: &Path,
        id: &str,
        at: u64,
        length: u64,
    ) -> Result<types::CompletedPart, Error> {
        let body = ByteStream::read_from().path(path).offset(at * PART).length(Length::Exact(length)).build().await;
        let body = body.map_err(|error| Error::new(codes::ASSET, format!("`{}` cannot be read: {error}", path.display())))?;
        let number = i32::try_from(at + 1).unwrap_or(i32::MAX);
        let call = self.s3.upload_part().bucket(bucket).key(key).upload_id(id).part_number(number).body(body);
        let told = call.send().await.map_err(|error| from_sdk("UploadPart", &error))?;
        Ok(types::CompletedPart::builder().set_e_tag(told.e_tag).part_number(number).build())
    }

    /// Whether the account has the bucket.
    pub async fn has_bucket(&self, bucket: &str) -> Result<bool, Error> {
        let call = self.s3.head_bucket().bucket(bucket).expected_bucket_owner(&self.identity.account);
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.raw_response().is_some_and(|raw| raw.status().as_u16() == 404) => Ok(false),
            Err(error) if error.raw_response().is_some_and(|raw| raw.status().as_u16() == 403) => {
                let message = format!("the bucket `{bucket}` belongs to another account, or may not be used");
                Err(Error::new(codes::ACCESS_DENIED, message)
                    .help("choose another with `--bucket`, and make it with `cloudc bootstrap`"))
            }
            Err(error) => Err(from_sdk("HeadBucket", &error)),
        }
    }
}

fn bucket_error(bucket: &str, error: Error) -> Error {
    if error.is("NoSuchBucket") { no_bucket(bucket) } else { error }
}

/// Of a bucket that is not cloudc's own.
pub(super) fn no_such_bucket(bucket: &str, error: Error) -> Error {
    if !error.is("NoSuchBucket") {
        return error;
    }
    Error::new(codes::SYNC, format!("there is no bucket `{bucket}`")).help("deploy the stack that makes it first")
}

/// The bucket is not there.
pub fn no_bucket(bucket: &str) -> Error {
    Error::new(codes::NO_BUCKET, format!("there is no bucket `{bucket}` for templates, history and locks"))
        .help("`cloudc bootstrap` makes it, once for each account and region")
}
