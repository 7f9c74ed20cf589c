//! Whatever state a stack is in, what has to be done before it can be changed.

use super::failure::causes;
use super::{Ended, News, Settings, Watcher, watch};
use crate::aws::{Aws, Event, Stack};
use crate::clock;
use crate::error::{Error, codes};

/// A stack that CloudFormation is not at work on.
#[derive(Debug, Clone)]
pub struct Settle {
    /// The stack, when there is one that can be changed.
    pub stack: Option<Stack>,
    /// The ARN of what was there, and can only be deleted before the stack is made again.
    pub remains: Option<Stack>,
}

/// How a stack stands, without doing anything about it: what is under way is an error.
pub async fn look(aws: &Aws, name: &str) -> Result<Settle, Error> {
    let Some(stack) = aws.stack(name).await?.filter(|stack| !stack.status.in_review()) else {
        return Ok(Settle { stack: None, remains: None });
    };
    if stack.status.in_progress() {
        let message = format!("`{name}` is being changed ({})", stack.status);
        return Err(Error::new(codes::WRONG_STATUS, message).help("plan again when it is done; `cloudc deploy` watches it"));
    }
    if stack.status.never_made() {
        return Ok(Settle { stack: None, remains: Some(stack) });
    }
    Ok(Settle { stack: Some(stack), remains: None })
}

/// Waits for what is under way, and takes up a rollback that failed. Nothing is deleted here.
pub async fn settle(aws: &Aws, name: &str, settings: &Settings, watcher: &dyn Watcher) -> Result<Settle, Error> {
    let mut continued: Option<Vec<Event>> = None;
    loop {
        let Some(stack) = aws.stack(name).await? else { return Ok(Settle { stack: None, remains: None }) };
        if stack.status.in_review() {
            return Ok(Settle { stack: None, remains: None });
        }
        if stack.status.in_progress() {
            watcher.tell(name, News::Attached(&stack));
            let Ended { detached, .. } = watch(aws, name, &stack.id, newest(aws, &stack).await?, settings, watcher).await?;
            if detached {
                return Err(detached_error(name));
            }
            continue;
        }
        match stack.status.as_str() {
            "UPDATE_ROLLBACK_FAILED" if continued.is_none() => {
                watcher.tell(name, News::Continuing(&stack));
                let known = newest(aws, &stack).await?;
                let token = format!("continue-{}", clock::unique());
                aws.continue_rollback(&stack.id, &token, &settings.skip, settings.role.as_deref()).await?;
                let ended = watch(aws, name, &stack.id, known, settings, watcher).await?;
                if ended.detached {
                    return Err(detached_error(name));
                }
                continued = Some(ended.events);
            }
            "UPDATE_ROLLBACK_FAILED" => return Err(still_failed(aws, &stack, &continued.unwrap_or_default()).await?),
            _ if stack.status.never_made() => return Ok(Settle { stack: None, remains: Some(stack) }),
            "UPDATE_FAILED" | "IMPORT_ROLLBACK_FAILED" => {
                let message = format!("`{name}` is in {}, which only a person can get it out of", stack.status);
                return Err(Error::new(codes::WRONG_STATUS, message)
                    .note(stack.reason.clone().unwrap_or_default())
                    .help("roll it back in the AWS console or with `aws cloudformation rollback-stack`, then deploy again"));
            }
            _ => return Ok(Settle { stack: Some(stack), remains: None }),
        }
    }
}

/// The id of the newest event.
pub async fn newest(aws: &Aws, stack: &Stack) -> Result<Option<String>, Error> {
    Ok(aws.events(&stack.id, None, 1).await?.into_iter().next().map(|event| event.id))
}

/// Says that nobody watches any more.
pub fn detached_error(name: &str) -> Error {
    Error::new(codes::WRONG_STATUS, format!("`{name}` is still being changed, and nobody watches it now"))
        .help(format!("`cloudc deploy` goes on watching; `cloudc events {name}` shows what happened"))
}

async fn still_failed(aws: &Aws, stack: &Stack, events: &[Event]) -> Result<Error, Error> {
    let (failures, _) = causes(aws, events).await?;
    let names: Vec<&str> = failures.iter().map(|one| one.top.as_str()).filter(|top| !top.is_empty()).collect();
    let mut error = Error::new(codes::WRONG_STATUS, format!("the rollback of `{}` failed again", stack.name));
    for one in &failures {
        error = error.note(format!("`{}`: {}", one.id, one.reason));
    }
    Ok(match names.is_empty() {
        true => error.help("mend what AWS names, then deploy again"),
        false => error.help(format!(
            "mend what AWS names, or go on without these resources: `--skip {}`; they are then not what the template says",
            names.join(",")
        )),
    })
}
