//! Stacks, change sets and events as plain data.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types;
use aws_smithy_types::DateTime;
use serde::{Deserialize, Serialize};

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

/// A value for a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// This.
    Value(String),
    /// What the stack has now.
    Previous,
}

/// A resource that exists and is taken into a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its logical id.
    pub id: String,
    /// Its type.
    pub ty: String,
    /// What identifies it: `BucketName` is `shop`.
    pub identifier: BTreeMap<String, String>,
}

/// What a change set is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeSetKind {
    /// A stack that is not there yet.
    Create,
    /// A stack that is.
    Update,
    /// Taking in resources that exist.
    Import,
}

/// What to make a change set of.
#[derive(Debug, Clone)]
pub struct ChangeSetRequest {
    /// Of which stack.
    pub stack: String,
    /// The change set's name.
    pub name: String,
    /// What for.
    pub kind: ChangeSetKind,
    /// The template itself, or where it was uploaded to.
    pub template: Template,
    /// Values.
    pub parameters: BTreeMap<String, Parameter>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Agreed to.
    pub capabilities: Vec<String>,
    /// Where events are sent.
    pub notifications: Vec<String>,
    /// What is taken in.
    pub imports: Vec<Import>,
    /// Alarms, by ARN, that make CloudFormation go back.
    pub alarms: Vec<String>,
    /// How long it watches them afterwards, in minutes.
    pub watch: u32,
    /// The role that CloudFormation acts as.
    pub role: Option<String>,
}

/// A template, as it is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Template {
    /// In the call itself: up to 51,200 bytes.
    Body(String),
    /// From a bucket.
    Url(String),
}

/// A change set as CloudFormation describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeSet {
    /// Its ARN.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The stack's ARN.
    pub stack_id: String,
    /// `CREATE_COMPLETE`, `FAILED`…
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// `AVAILABLE`, `EXECUTE_IN_PROGRESS`…
    pub execution: String,
    /// What it changes.
    pub changes: Vec<Change>,
}

/// What a change set does to a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// `Add`, `Modify`, `Remove`, `Import`, `Dynamic`.
    pub action: String,
    /// The logical id.
    pub id: String,
    /// The physical id, where it exists.
    pub physical: Option<String>,
    /// The type.
    pub ty: String,
    /// `True`, `False`, `Conditional`.
    pub replacement: Option<String>,
    /// What happens to what is removed: `Delete`, `Retain`, `Snapshot`…
    pub policy: Option<String>,
    /// Why and what.
    pub details: Vec<ChangeDetail>,
    /// The change set of the nested stack that this is.
    pub nested: Option<String>,
}

/// One reason for a change.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeDetail {
    /// `Properties`, `Tags`, `Metadata`, `DeletionPolicy`…
    pub attribute: String,
    /// The property.
    pub name: Option<String>,
    /// JSON pointer inside, where CloudFormation tells.
    pub path: Option<String>,
    /// `Never`, `Conditionally`, `Always`.
    pub recreation: String,
    /// `Static` or `Dynamic`.
    pub evaluation: String,
    /// `ResourceReference`, `ParameterReference`, `ResourceAttribute`, `DirectModification`, `Automatic`.
    pub source: Option<String>,
    /// What made it change: a parameter, `Resource.Attribute`.
    pub cause: Option<String>,
}

/// An event of a stack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// The stack's ARN.
    pub stack_id: String,
    /// The logical id; the stack's name for the stack itself.
    pub logical: String,
    /// The physical id.
    pub physical: Option<String>,
    /// The type.
    pub ty: String,
    /// `CREATE_IN_PROGRESS`…
    pub status: Status,
    /// Why.
    pub reason: Option<String>,
    /// Milliseconds since 1970.
    pub at: i64,
    /// What was called with it.
    pub token: Option<String>,
}

impl Event {
    /// Whether it is about the stack itself.
    pub fn is_of_stack(&self) -> bool {
        self.physical.as_deref() == Some(self.stack_id.as_str())
    }
}

/// Something that CloudFormation found wrong before it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationFailure {
    /// The logical id.
    pub id: String,
    /// The type.
    pub ty: String,
    /// Where: `/Resources/Data/Properties/BucketName`, or below the resource.
    pub path: String,
    /// What.
    pub reason: String,
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

    /// Events, newest first, up to and without the one with the id `known`; at most `most` of them.
    pub async fn events(&self, name: &str, known: Option<&str>, most: usize) -> Result<Vec<Event>, Error> {
        let mut pages = self.cloudformation.describe_stack_events().stack_name(name).into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| from_sdk("DescribeStackEvents", &error))?;
            for one in page.stack_events() {
                if known == one.event_id() || all.len() == most {
                    return Ok(all);
                }
                all.push(event(one));
            }
        }
        Ok(all)
    }

    /// Asks for a change set. One of that name that is there already is the one that was asked for.
    pub async fn create_change_set(&self, request: &ChangeSetRequest) -> Result<String, Error> {
        let kind = match request.kind {
            ChangeSetKind::Create => types::ChangeSetType::Create,
            ChangeSetKind::Update => types::ChangeSetType::Update,
            ChangeSetKind::Import => types::ChangeSetType::Import,
        };
        let mut call = self
            .cloudformation
            .create_change_set()
            .stack_name(&request.stack)
            .change_set_name(&request.name)
            .client_token(&request.name)
            .change_set_type(kind)
            .set_role_arn(request.role.clone())
            .set_notification_arns(Some(request.notifications.clone()))
            .set_parameters(Some(parameters(&request.parameters)))
            .set_tags(Some(tags(&request.tags)))
            .set_rollback_configuration(alarms(request)?);
        call = match &request.template {
            Template::Body(body) => call.template_body(body),
            Template::Url(url) => call.template_url(url),
        };
        for capability in &request.capabilities {
            call = call.capabilities(types::Capability::from(capability.as_str()));
        }
        for import in &request.imports {
            let mut one = types::ResourceToImport::builder().resource_type(&import.ty).logical_resource_id(&import.id);
            for (key, value) in &import.identifier {
                one = one.resource_identifier(key, value);
            }
            call = call.resources_to_import(one.build());
        }
        match call.send().await {
            Ok(made) => Ok(made.id.unwrap_or_else(|| request.name.clone())),
            Err(error) => match from_sdk("CreateChangeSet", &error) {
                // An answer was lost and the call made again.
                known if known.is("AlreadyExistsException") => Ok(request.name.clone()),
                other => Err(other),
            },
        }
    }

    /// A change set with all its changes; nothing when there is none.
    pub async fn change_set(&self, stack: &str, name: &str) -> Result<Option<ChangeSet>, Error> {
        let mut found: Option<ChangeSet> = None;
        let mut token: Option<String> = None;
        loop {
            let call =
                self.cloudformation.describe_change_set().stack_name(stack).change_set_name(name).set_next_token(token.take());
            let page = match call.send().await {
                Ok(page) => page,
                Err(error) => match from_sdk("DescribeChangeSet", &error) {
                    missing if missing.is("ChangeSetNotFound") || missing.is("ChangeSetNotFoundException") => return Ok(None),
                    missing if missing.is("ValidationError") && missing.message.contains("does not exist") => return Ok(None),
                    other => return Err(other),
                },
            };
            let changes = page.changes().iter().filter_map(|one| one.resource_change()).map(change);
            match &mut found {
                Some(known) => known.changes.extend(changes),
                None => {
                    found = Some(ChangeSet {
                        id: text(page.change_set_id()),
                        name: text(page.change_set_name()),
                        stack_id: text(page.stack_id()),
                        status: page.status().map_or_else(String::new, |status| status.as_str().to_owned()),
                        reason: page.status_reason().map(str::to_owned),
                        execution: page.execution_status().map_or_else(String::new, |status| status.as_str().to_owned()),
                        changes: changes.collect(),
                    });
                }
            }
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    /// Names of the change sets of a stack.
    pub async fn change_sets(&self, stack: &str) -> Result<Vec<String>, Error> {
        let mut pages = self.cloudformation.list_change_sets().stack_name(stack).into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = match page {
                Ok(page) => page,
                Err(error) => match from_sdk("ListChangeSets", &error) {
                    missing if missing.is("ValidationError") && missing.message.contains("does not exist") => return Ok(all),
                    other => return Err(other),
                },
            };
            all.extend(page.summaries().iter().filter_map(|one| one.change_set_name()).map(str::to_owned));
        }
        Ok(all)
    }

    /// Changes a stack without a change set: CloudFormation plans none where only outputs change. Gives whether there was something to do.
    pub async fn update_stack(&self, request: &ChangeSetRequest) -> Result<bool, Error> {
        let mut call = self
            .cloudformation
            .update_stack()
            .stack_name(&request.stack)
            .client_request_token(&request.name)
            .set_role_arn(request.role.clone())
            .set_notification_arns(Some(request.notifications.clone()))
            .set_parameters(Some(parameters(&request.parameters)))
            .set_tags(Some(tags(&request.tags)))
            .set_rollback_configuration(alarms(request)?);
        call = match &request.template {
            Template::Body(body) => call.template_body(body),
            Template::Url(url) => call.template_url(url),
        };
        for capability in &request.capabilities {
            call = call.capabilities(types::Capability::from(capability.as_str()));
        }
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) => match from_sdk("UpdateStack", &error) {
                none if none.message.contains("No updates are to be performed") => Ok(false),
                other => Err(other),
            },
        }
    }

    /// What CloudFormation found wrong with a template before it began, of the newest operation that failed so.
    pub async fn validation_failures(&self, name: &str) -> Result<Vec<ValidationFailure>, Error> {
        let mut pages = self.cloudformation.describe_events().stack_name(name).into_paginator().send();
        let mut all: Vec<types::OperationEvent> = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| from_sdk("DescribeEvents", &error))?;
            let failed = |event: &&types::OperationEvent| event.validation_status() == Some(&types::ValidationStatus::Failed);
            all.extend(page.operation_events().iter().filter(failed).cloned());
        }
        let newest = all
            .iter()
            .max_by_key(|event| event.timestamp().map_or(0, DateTime::secs))
            .and_then(|event| event.operation_id.clone());
        all.retain(|event| event.operation_id == newest);
        let found = all.iter().map(|event| ValidationFailure {
            id: text(event.logical_resource_id()),
            ty: text(event.resource_type()),
            path: event.validation_path().unwrap_or_default().to_owned(),
            reason: text(event.validation_status_reason()),
        });
        Ok(found.collect())
    }

    /// Removes a change set; one that is not there is no error.
    pub async fn delete_change_set(&self, stack: &str, name: &str) -> Result<(), Error> {
        match self.cloudformation.delete_change_set().stack_name(stack).change_set_name(name).send().await {
            Ok(_) => Ok(()),
            Err(error) => match from_sdk("DeleteChangeSet", &error) {
                missing if missing.is("ChangeSetNotFound") || missing.is("ChangeSetNotFoundException") => Ok(()),
                missing if missing.is("ValidationError") && missing.message.contains("does not exist") => Ok(()),
                other => Err(other),
            },
        }
    }

    /// Starts what a change set says.
    pub async fn execute(&self, stack: &str, change_set: &str, token: &str) -> Result<(), Error> {
        let call = self.cloudformation.execute_change_set().stack_name(stack).change_set_name(change_set);
        match call.client_request_token(token).send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(from_sdk("ExecuteChangeSet", &error)),
        }
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

fn parameters(values: &BTreeMap<String, Parameter>) -> Vec<types::Parameter> {
    let one = |(name, value): (&String, &Parameter)| {
        let parameter = types::Parameter::builder().parameter_key(name);
        match value {
            Parameter::Value(value) => parameter.parameter_value(value).build(),
            Parameter::Previous => parameter.use_previous_value(true).build(),
        }
    };
    values.iter().map(one).collect()
}

/// Nothing where nothing is watched, so that a stack keeps what somebody else set.
fn alarms(request: &ChangeSetRequest) -> Result<Option<types::RollbackConfiguration>, Error> {
    if request.alarms.is_empty() {
        return Ok(None);
    }
    let minutes = i32::try_from(request.watch).unwrap_or(i32::MAX);
    let mut configuration = types::RollbackConfiguration::builder().monitoring_time_in_minutes(minutes);
    for arn in &request.alarms {
        let trigger = types::RollbackTrigger::builder().arn(arn).r#type("AWS::CloudWatch::Alarm").build();
        configuration = configuration.rollback_triggers(trigger);
    }
    Ok(Some(configuration.build()))
}

fn tags(values: &BTreeMap<String, String>) -> Vec<types::Tag> {
    values.iter().map(|(key, value)| types::Tag::builder().key(key).value(value).build()).collect()
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

fn event(one: &types::StackEvent) -> Event {
    Event {
        id: text(one.event_id()),
        stack_id: text(one.stack_id()),
        logical: text(one.logical_resource_id()),
        physical: one.physical_resource_id().filter(|id| !id.is_empty()).map(str::to_owned),
        ty: text(one.resource_type()),
        status: Status::new(one.resource_status().map(types::ResourceStatus::as_str)),
        reason: one.resource_status_reason().filter(|reason| !reason.is_empty()).map(str::to_owned),
        at: one.timestamp().and_then(millis).unwrap_or_default(),
        token: one.client_request_token().map(str::to_owned),
    }
}

fn change(one: &types::ResourceChange) -> Change {
    let details = one.details().iter().filter_map(|detail| {
        let target = detail.target()?;
        Some(ChangeDetail {
            attribute: target.attribute().map_or_else(String::new, |one| one.as_str().to_owned()),
            name: target.name().filter(|name| !name.is_empty()).map(str::to_owned),
            path: target.path().filter(|path| !path.is_empty()).map(str::to_owned),
            recreation: target.requires_recreation().map_or_else(|| "Never".to_owned(), |one| one.as_str().to_owned()),
            evaluation: detail.evaluation().map_or_else(|| "Static".to_owned(), |one| one.as_str().to_owned()),
            source: detail.change_source().map(|one| one.as_str().to_owned()),
            cause: detail.causing_entity().filter(|cause| !cause.is_empty()).map(str::to_owned),
        })
    });
    Change {
        action: one.action().map_or_else(String::new, |action| action.as_str().to_owned()),
        id: text(one.logical_resource_id()),
        physical: one.physical_resource_id().filter(|id| !id.is_empty()).map(str::to_owned),
        ty: text(one.resource_type()),
        replacement: one.replacement().map(|one| one.as_str().to_owned()),
        policy: one.policy_action().map(|one| one.as_str().to_owned()),
        details: details.collect(),
        nested: one.change_set_id().filter(|id| !id.is_empty()).map(str::to_owned),
    }
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

fn millis(at: &DateTime) -> Option<i64> {
    at.to_millis().ok()
}
