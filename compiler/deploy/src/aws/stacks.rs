//! Stacks and their resources as plain data, and what can be done to a stack without a template.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types;
use aws_smithy_types::DateTime;
use serde::Serialize;

use super::Aws;
use crate::error::{Error, codes, from_sdk};
use crate::status::Status;

/// A stack as CloudFormation describes it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stack {
    /// Its name.
    pub name: String,
    /// Its ARN; another for a stack that is made again under the name.
    pub id: String,
    /// Where it is in its life.
    pub status: Status,
    /// Why, if CloudFormation says.
    pub reason: Option<String>,
    /// What it does, from its template.
    pub description: Option<String>,
    /// Values in use; those of secrets are `****`.
    pub parameters: BTreeMap<String, String>,
    /// Outputs by name.
    pub outputs: BTreeMap<String, Output>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// What was agreed to.
    pub capabilities: Vec<String>,
    /// Where events are sent.
    pub notifications: Vec<String>,
    /// Whether deleting is refused.
    pub protection: bool,
    /// The stack around it, of a nested one.
    pub root: Option<String>,
    /// Seconds since 1970.
    pub created: i64,
    /// Seconds since 1970, of the last change.
    pub updated: Option<i64>,
}

/// An output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Output {
    /// Its value.
    pub value: String,
    /// What it is.
    pub description: Option<String>,
    /// The name it is exported under.
    pub export: Option<String>,
}

/// A resource of a stack.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Resource {
    /// The logical id.
    pub id: String,
    /// The physical id.
    pub physical: Option<String>,
    /// The type.
    pub ty: String,
    /// Where it is in its life.
    pub status: Status,
    /// Why.
    pub reason: Option<String>,
    /// Milliseconds since 1970, of the last change.
    pub updated: Option<i64>,
    /// Whether the last look for drift found some.
    pub drifted: bool,
}

impl Aws {
    /// A stack by name or ARN; nothing when there is none, or when it was deleted.
    pub async fn stack(&self, name: &str) -> Result<Option<Stack>, Error> {
        let told = self.cloudformation.describe_stacks().stack_name(name).send().await;
        match told {
            Ok(found) => Ok(found.stacks().first().map(stack).filter(|stack| !stack.status.is_deleted())),
            Err(error) => match from_sdk("DescribeStacks", &error) {
                missing if missing.is("ValidationError") && missing.message.contains("does not exist") => Ok(None),
                other => Err(other),
            },
        }
    }

    /// Every stack of the account in the region, nested ones too, those deleted not.
    pub async fn stacks(&self) -> Result<Vec<Stack>, Error> {
        let mut pages = self.cloudformation.describe_stacks().into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| from_sdk("DescribeStacks", &error))?;
            all.extend(page.stacks().iter().map(stack).filter(|stack| !stack.status.is_deleted()));
        }
        Ok(all)
    }

    /// The template as it was handed over; nothing when there is no such stack.
    pub async fn template(&self, name: &str) -> Result<Option<String>, Error> {
        let stage = types::TemplateStage::Original;
        match self.cloudformation.get_template().stack_name(name).template_stage(stage).send().await {
            Ok(found) => Ok(found.template_body.filter(|body| !body.is_empty())),
            Err(error) => match from_sdk("GetTemplate", &error) {
                missing if missing.is("ValidationError") && missing.message.contains("does not exist") => Ok(None),
                other => Err(other),
            },
        }
    }

    /// The resources of a stack.
    pub async fn resources(&self, name: &str) -> Result<Vec<Resource>, Error> {
        let mut pages = self.cloudformation.list_stack_resources().stack_name(name).into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| from_sdk("ListStackResources", &error))?;
            all.extend(page.stack_resource_summaries().iter().map(|one| Resource {
                id: text(one.logical_resource_id()),
                physical: one.physical_resource_id().map(str::to_owned),
                ty: text(one.resource_type()),
                status: Status::new(one.resource_status().map(types::ResourceStatus::as_str)),
                reason: one.resource_status_reason().map(str::to_owned),
                updated: one.last_updated_timestamp().and_then(millis),
                drifted: one.drift_information().and_then(|found| found.stack_resource_drift_status()).is_some_and(|status| {
                    matches!(status, types::StackResourceDriftStatus::Modified | types::StackResourceDriftStatus::Deleted)
                }),
            }));
        }
        Ok(all)
    }

    /// Starts deleting. `retain` are resources of a stack in `DELETE_FAILED` that are left as they are.
    pub async fn delete_stack(&self, name: &str, token: &str, retain: &[String], role: Option<&str>) -> Result<(), Error> {
        let retain = (!retain.is_empty()).then(|| retain.to_vec());
        let call = self.cloudformation.delete_stack().stack_name(name).client_request_token(token);
        match call.set_retain_resources(retain).set_role_arn(role.map(str::to_owned)).send().await {
            Ok(_) => Ok(()),
            Err(error) => match from_sdk("DeleteStack", &error) {
                refused if refused.is("ValidationError") && refused.message.contains("TerminationProtection") => {
                    Err(Error { code: codes::PROTECTED, ..refused }
                        .help("set `protection: false` in the stack and deploy it, then delete it"))
                }
                missing if missing.is("ValidationError") && missing.message.contains("does not exist") => Ok(()),
                other => Err(other),
            },
        }
    }

    /// Goes on with an update's rollback that failed, without the resources named.
    pub async fn continue_rollback(&self, name: &str, token: &str, skip: &[String], role: Option<&str>) -> Result<(), Error> {
        let skip = (!skip.is_empty()).then(|| skip.to_vec());
        let call = self.cloudformation.continue_update_rollback().stack_name(name).client_request_token(token);
        let told = call.set_resources_to_skip(skip).set_role_arn(role.map(str::to_owned)).send().await;
        told.map(|_| ()).map_err(|error| from_sdk("ContinueUpdateRollback", &error))
    }

    /// Stops an update; CloudFormation goes back to what was before.
    pub async fn cancel_update(&self, name: &str, token: &str) -> Result<(), Error> {
        let told = self.cloudformation.cancel_update_stack().stack_name(name).client_request_token(token).send().await;
        told.map(|_| ()).map_err(|error| from_sdk("CancelUpdateStack", &error))
    }

    /// Says whether deleting the stack is refused.
    pub async fn set_protection(&self, name: &str, on: bool) -> Result<(), Error> {
        let call = self.cloudformation.update_termination_protection().stack_name(name).enable_termination_protection(on);
        call.send().await.map(|_| ()).map_err(|error| from_sdk("UpdateTerminationProtection", &error))
    }

    /// The stack policy as JSON text, when there is one.
    pub async fn stack_policy(&self, name: &str) -> Result<Option<String>, Error> {
        let told = self.cloudformation.get_stack_policy().stack_name(name).send().await;
        let told = told.map_err(|error| from_sdk("GetStackPolicy", &error))?;
        Ok(told.stack_policy_body.filter(|body| !body.is_empty()))
    }

    /// Sets the stack policy.
    pub async fn set_stack_policy(&self, name: &str, policy: &str) -> Result<(), Error> {
        let told = self.cloudformation.set_stack_policy().stack_name(name).stack_policy_body(policy).send().await;
        told.map(|_| ()).map_err(|error| from_sdk("SetStackPolicy", &error))
    }

    /// Names of the stacks that import an export.
    pub async fn importers(&self, export: &str) -> Result<Vec<String>, Error> {
        let mut pages = self.cloudformation.list_imports().export_name(export).into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => all.extend(page.imports().iter().cloned()),
                Err(error) => match from_sdk("ListImports", &error) {
                    none if none.is("ValidationError") => return Ok(all),
                    other => return Err(other),
                },
            }
        }
        Ok(all)
    }
}

fn stack(one: &types::Stack) -> Stack {
    let outputs = one.outputs().iter().map(|output| {
        let about = Output {
            value: text(output.output_value()),
            description: output.description().map(str::to_owned),
            export: output.export_name().map(str::to_owned),
        };
        (text(output.output_key()), about)
    });
    Stack {
        name: text(one.stack_name()),
        id: text(one.stack_id()),
        status: Status::new(one.stack_status().map(types::StackStatus::as_str)),
        reason: one.stack_status_reason().filter(|reason| !reason.is_empty()).map(str::to_owned),
        description: one.description().filter(|text| !text.is_empty()).map(str::to_owned),
        parameters: one.parameters().iter().map(|one| (text(one.parameter_key()), text(one.parameter_value()))).collect(),
        outputs: outputs.collect(),
        tags: one.tags().iter().map(|tag| (text(tag.key()), text(tag.value()))).collect(),
        capabilities: one.capabilities().iter().map(|one| one.as_str().to_owned()).collect(),
        notifications: one.notification_arns().to_vec(),
        protection: one.enable_termination_protection().unwrap_or_default(),
        root: one.root_id().or(one.parent_id()).map(str::to_owned),
        created: one.creation_time().map_or(0, DateTime::secs),
        updated: one.last_updated_time().map(DateTime::secs),
    }
}

/// What AWS may leave out.
pub(super) fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

/// Milliseconds since 1970.
pub(super) fn millis(at: &DateTime) -> Option<i64> {
    at.to_millis().ok()
}
