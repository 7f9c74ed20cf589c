//! Deleting stacks.

use super::failure::{Failure, causes};
use super::settle::newest;
use super::watch::{Ended, watch};
use super::{Settings, Watcher};
use crate::aws::{Aws, Stack};
use crate::clock;
use crate::error::{Error, codes};

/// How deleting ended.
#[derive(Debug, Clone)]
pub struct Destroyed {
    /// What is left, when it failed or nobody watches.
    pub stack: Option<Stack>,
    /// Root causes.
    pub failures: Vec<Failure>,
    /// Whether the user stopped watching.
    pub detached: bool,
}

/// Why a stack cannot be deleted, found before it is tried: protection, and stacks that import from it and stay.
pub async fn blockers(aws: &Aws, stack: &Stack, going: &[String]) -> Result<(), Error> {
    if stack.protection {
        let message = format!("`{}` is protected from being deleted", stack.name);
        return Err(Error::new(codes::PROTECTED, message).help("set `protection: false` in the stack and deploy it first"));
    }
    if let Some(root) = &stack.root {
        let message = format!("`{}` is a nested stack of `{root}`", stack.name);
        return Err(
            Error::new(codes::PROTECTED, message).help("delete the stack around it, or take it out of that stack's template")
        );
    }
    for (name, output) in &stack.outputs {
        let Some(export) = &output.export else { continue };
        let users: Vec<String> = aws.importers(export).await?.into_iter().filter(|user| !going.contains(user)).collect();
        if !users.is_empty() {
            let message = format!("the output `{name}` of `{}` is imported by {}", stack.name, users.join(", "));
            return Err(Error::new(codes::IN_USE, message).help("delete or change those stacks first"));
        }
    }
    Ok(())
}

/// Deletes a stack and waits until it is gone. `retain` are resources of a stack that could not be deleted before.
pub async fn destroy(
    aws: &Aws,
    stack: &Stack,
    retain: &[String],
    settings: &Settings,
    watcher: &dyn Watcher,
) -> Result<Destroyed, Error> {
    let ended = remove(aws, stack, retain, settings, watcher).await?;
    let (failures, _) = match &ended.stack {
        Some(_) => causes(aws, &ended.events).await?,
        None => (Vec::new(), 0),
    };
    Ok(Destroyed { stack: ended.stack, failures, detached: ended.detached })
}

/// Deletes and waits.
pub async fn remove(
    aws: &Aws,
    stack: &Stack,
    retain: &[String],
    settings: &Settings,
    watcher: &dyn Watcher,
) -> Result<Ended, Error> {
    let known = newest(aws, stack).await?;
    let retain = if stack.status.as_str() == "DELETE_FAILED" { retain } else { &[] };
    aws.delete_stack(&stack.id, &format!("delete-{}", clock::unique()), retain, settings.role.as_deref()).await?;
    watch(aws, &stack.name, &stack.id, known, settings, watcher).await
}
