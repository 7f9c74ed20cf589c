//! What was deployed before, as something to deploy again.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cloudc_deploy::aws::Aws;
use cloudc_deploy::store::{History, Outcome, Record};
use cloudc_deploy::{Error, Unit, codes};
use cloudc_emit::{Artifact, Manifest};
use serde_json::Value as Json;

/// The deployment to go back to.
pub async fn chosen(history: &History<'_>, stack: &str, to: Option<u32>) -> Result<Record, Error> {
    let missing =
        |message: String| Error::new(codes::NO_RECORD, message).help(format!("`cloudc history {}` shows those there are", stack));
    if let Some(version) = to {
        let found = history.record(stack, version).await?;
        return found.ok_or_else(|| missing(format!("there is no version {version} of `{}`", stack)));
    }
    let records = history.records(stack, 200).await?;
    let mut fine = records.iter().filter(|record| record.outcome == Outcome::Succeeded);
    let current = fine.next().ok_or_else(|| missing(format!("no deployment of `{}` went well", stack)))?;
    // When the last one failed, the last that went well is what the stack has; going back means the one before all the same, unless
    // the stack was left half-way, or is gone.
    let half_way = records.first().is_some_and(|record| matches!(record.outcome, Outcome::Failed | Outcome::Deleted));
    if half_way {
        return Ok(current.clone());
    }
    // After a rollback, going back again goes further: to what was before the version that it brought back.
    let before = current.original();
    let other = |record: &&Record| {
        record.original() < before && (record.template != current.template || record.parameters != current.parameters)
    };
    let nothing = || match current.restores {
        Some(version) => {
            format!("version {} of `{stack}` brought back version {version}, and there is nothing before that", current.version)
        }
        None => format!("there is nothing before version {} of `{stack}` to go back to", current.version),
    };
    fine.find(other).cloned().ok_or_else(|| missing(nothing()))
}

/// A unit of what was recorded.
pub fn unit(aws: &Aws, record: &Record, template: &str) -> Result<Unit, Error> {
    let template: Json = serde_json::from_str(template).map_err(|error| {
        Error::new(codes::NO_RECORD, format!("the template of version {} is not JSON: {error}", record.version))
    })?;
    let parameters: BTreeMap<String, String> = record.plain_parameters();
    let manifest = Manifest {
        stack_name: record.stack.clone(),
        region: Some(aws.region.clone()),
        environment: record.environment.clone(),
        account: None,
        role: None,
        external_id: None,
        approval: None,
        after: Vec::new(),
        parameters,
        capabilities: Vec::new(),
        tags: record.tags.clone(),
        protection: record.protection,
        publish: record.published,
        protected: record.protected.clone(),
        adopt: BTreeMap::new(),
        forget: Vec::new(),
        notifications: record.notifications.clone(),
        around: Default::default(),
        assets: Vec::new(),
    };
    let artifact = Artifact { template, source_map: Default::default(), manifest, uploads: Vec::new(), notes: Vec::new() };
    Ok(Unit::new(artifact, record.source.clone(), PathBuf::from(".")))
}
