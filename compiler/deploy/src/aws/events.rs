//! What happened to stacks, as plain data.

use aws_sdk_cloudformation::types;
use aws_smithy_types::DateTime;
use serde::{Deserialize, Serialize};

use super::Aws;
use super::stacks::{millis, text};
use crate::error::{Error, from_sdk};
use crate::status::Status;

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

impl Aws {
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
