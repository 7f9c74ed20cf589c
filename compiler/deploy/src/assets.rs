//! Assets in the bucket that nothing needs any more.
//!
//! In: the bucket's records and objects, what the program needs. Out: objects to delete. Always: what a stack was last deployed with stays,
//! and so does what any deployment of the last days used, also through nested templates.

use std::collections::BTreeSet;

use futures_util::StreamExt as _;

use crate::aws::{Aws, Listed};
use crate::clock;
use crate::error::Error;
use crate::store::{History, state};

/// Objects deleted at once.
const AT_ONCE: usize = 8;
/// Where assets lie.
const PREFIX: &str = "assets/";

/// What is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// Objects that something needs.
    pub needed: usize,
    /// Objects that nothing needs, sorted by key.
    pub unneeded: Vec<Listed>,
}

/// Sorts out which assets are needed: by stacks as they were last deployed, by deployments of the last `days`, by `here` (keys that the
/// program needs now). What was uploaded in these days stays too: a deployment may be about to use it.
pub async fn sort(aws: &Aws, bucket: &str, days: u32, here: &BTreeSet<String>) -> Result<Kept, Error> {
    let since = clock::now() - i64::from(days) * 86_400;
    let objects = aws.objects(bucket, PREFIX).await?;
    let history = History { aws, bucket };
    let mut templates = BTreeSet::new();
    for head in state::stacks(aws, bucket).await? {
        let records = history.records(&head.stack, usize::MAX).await?;
        let recent = records.iter().filter(|record| record.begun >= since);
        // What is deployed now is what went well last.
        let last = records.iter().find(|record| record.outcome == crate::store::Outcome::Succeeded);
        templates.extend(recent.chain(last).map(|record| record.template.clone()));
        templates.insert(head.template);
    }
    let mut texts = Vec::new();
    for hash in &templates {
        if let Some(object) = aws.whole_object(bucket, &format!("templates/{hash}.json")).await? {
            texts.push(String::from_utf8_lossy(&object.bytes).into_owned());
        }
    }
    let mut needed: BTreeSet<String> = here.clone();
    let mut open: Vec<String> = here.iter().cloned().collect();
    loop {
        let named = |object: &&Listed| !needed.contains(&object.key) && texts.iter().any(|text| text.contains(&object.key));
        open.extend(objects.iter().filter(named).map(|object| object.key.clone()));
        needed.extend(open.iter().cloned());
        texts.clear();
        // A nested template names assets of its own.
        for key in std::mem::take(&mut open).into_iter().filter(|key| is_template(key)) {
            if let Some(object) = aws.whole_object(bucket, &key).await? {
                texts.push(String::from_utf8_lossy(&object.bytes).into_owned());
            }
        }
        if texts.is_empty() {
            break;
        }
    }
    let stays = |object: &Listed| needed.contains(&object.key) || object.modified >= since;
    let (kept, unneeded): (Vec<Listed>, Vec<Listed>) = objects.into_iter().partition(stays);
    Ok(Kept { needed: kept.len(), unneeded })
}

fn is_template(key: &str) -> bool {
    let end = key.rsplit('.').next().unwrap_or_default();
    matches!(end, "json" | "yaml" | "yml" | "template")
}

/// Deletes objects. The bucket keeps what is deleted for a while.
pub async fn delete(aws: &Aws, bucket: &str, objects: &[Listed]) -> Result<(), Error> {
    let deletes = objects.iter().map(|object| aws.delete_object(bucket, &object.key, None));
    let done: Vec<_> = futures_util::stream::iter(deletes).buffer_unordered(AT_ONCE).collect().await;
    done.into_iter().try_for_each(|result| result.map(|_| ()))
}
