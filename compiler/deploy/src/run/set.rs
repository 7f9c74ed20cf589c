//! Giving a stack a template, with everything else as it is.

use serde_json::Value as Json;

use super::failure::causes;
use super::prepare::hand_over;
use super::settle::newest;
use super::watch::watch;
use super::{Settings, Watcher};
use crate::aws::{Aws, ChangeSetKind, ChangeSetRequest, Parameter, Stack};
use crate::clock;
use crate::error::{Error, codes};

/// Updates a stack to a template: parameters, tags and capabilities stay. The lock has to be held.
pub async fn set_template(
    aws: &Aws,
    stack: &Stack,
    template: &Json,
    settings: &Settings,
    watcher: &dyn Watcher,
) -> Result<(), Error> {
    let known = newest(aws, stack).await?;
    let request = ChangeSetRequest {
        stack: stack.name.clone(),
        name: format!("set-{}", clock::unique()),
        kind: ChangeSetKind::Update,
        template: hand_over(aws, settings, &template.to_string()).await?,
        parameters: stack.parameters.keys().map(|name| (name.clone(), Parameter::Previous)).collect(),
        tags: stack.tags.clone(),
        capabilities: stack.capabilities.clone(),
        notifications: stack.notifications.clone(),
        imports: Vec::new(),
        alarms: Vec::new(),
        watch: 0,
        role: settings.role.clone(),
    };
    if !aws.update_stack(&request).await? {
        return Ok(());
    }
    let ended = watch(aws, &stack.name, &stack.id, known, settings, watcher).await?;
    if ended.stack.as_ref().is_some_and(|stack| stack.status.is_whole()) {
        return Ok(());
    }
    let (failures, _) = causes(aws, &ended.events).await?;
    let mut error = Error::new(codes::STACK_FAILED, format!("`{}` could not be changed", stack.name));
    for one in failures {
        error = error.note(format!("`{}`: {}", one.id, one.reason));
    }
    Err(error)
}
