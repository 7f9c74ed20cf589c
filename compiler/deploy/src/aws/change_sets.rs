//! Change sets, and updates without one, as plain data.
//!
//! Always: what a stack is handed (template, parameters, tags, …) is set in one place for both.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types;

use super::Aws;
use super::stacks::text;
use crate::error::{Error, from_sdk};

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

/// Sets on a call what a stack is handed: the same for a change set and for an update without one.
macro_rules! handed {
    ($call:expr, $request:expr) => {{
        let (body, url) = match &$request.template {
            Template::Body(body) => (Some(body.clone()), None),
            Template::Url(url) => (None, Some(url.clone())),
        };
        $call
            .stack_name(&$request.stack)
            .set_template_body(body)
            .set_template_url(url)
            .set_parameters(Some(parameters(&$request.parameters)))
            .set_tags(Some(tags(&$request.tags)))
            .set_capabilities(capabilities(&$request.capabilities))
            .set_notification_arns(Some($request.notifications.clone()))
            .set_rollback_configuration(alarms($request))
            .set_role_arn($request.role.clone())
    }};
}

impl Aws {
    /// Asks for a change set. One of that name that is there already is the one that was asked for.
    pub async fn create_change_set(&self, request: &ChangeSetRequest) -> Result<String, Error> {
        let kind = match request.kind {
            ChangeSetKind::Create => types::ChangeSetType::Create,
            ChangeSetKind::Update => types::ChangeSetType::Update,
            ChangeSetKind::Import => types::ChangeSetType::Import,
        };
        let mut call = handed!(self.cloudformation.create_change_set(), request)
            .change_set_name(&request.name)
            .client_token(&request.name)
            .change_set_type(kind);
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
        let call = handed!(self.cloudformation.update_stack(), request).client_request_token(&request.name);
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) => match from_sdk("UpdateStack", &error) {
                none if none.message.contains("No updates are to be performed") => Ok(false),
                other => Err(other),
            },
        }
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

fn capabilities(names: &[String]) -> Option<Vec<types::Capability>> {
    (!names.is_empty()).then(|| names.iter().map(|name| types::Capability::from(name.as_str())).collect())
}

/// Nothing where nothing is watched, so that a stack keeps what somebody else set.
fn alarms(request: &ChangeSetRequest) -> Option<types::RollbackConfiguration> {
    if request.alarms.is_empty() {
        return None;
    }
    let minutes = i32::try_from(request.watch).unwrap_or(i32::MAX);
    let mut configuration = types::RollbackConfiguration::builder().monitoring_time_in_minutes(minutes);
    for arn in &request.alarms {
        let trigger = types::RollbackTrigger::builder().arn(arn).r#type("AWS::CloudWatch::Alarm").build();
        configuration = configuration.rollback_triggers(trigger);
    }
    Some(configuration.build())
}

fn tags(values: &BTreeMap<String, String>) -> Vec<types::Tag> {
    values.iter().map(|(key, value)| types::Tag::builder().key(key).value(value).build()).collect()
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
