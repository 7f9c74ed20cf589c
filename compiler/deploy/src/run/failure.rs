//! Why an operation failed: the first cause, apart from what was only cancelled because of it.

use serde::Serialize;

use crate::aws::{Aws, Event, ValidationFailure};
use crate::error::Error;

/// Nested stacks inside nested stacks are looked into this deep.
const DEEPEST: usize = 5;
/// Events of a nested stack that are looked at.
const MOST: usize = 1_000;

/// A resource that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The logical id; of something in a nested stack the way to it: `Network/Subnet`.
    pub id: String,
    /// The resource in the stack itself.
    pub top: String,
    /// The type.
    #[serde(rename = "type")]
    pub ty: String,
    /// `CREATE_FAILED`…
    pub status: String,
    /// Where in the resource, when CloudFormation tells: `/Properties/BucketName`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// What CloudFormation says.
    pub reason: String,
    /// What usually helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<&'static str>,
}

/// Root causes among the events of an operation (oldest first), and how many resources were only cancelled.
pub async fn causes(aws: &Aws, events: &[Event]) -> Result<(Vec<Failure>, usize), Error> {
    let failed = |event: &&Event| event.status.failed() && !event.is_of_stack();
    let mut cancelled = 0;
    let mut found: Vec<Failure> = Vec::new();
    for event in events.iter().filter(failed) {
        let reason = event.reason.clone().unwrap_or_default();
        if is_cancellation(&reason) {
            cancelled += 1;
            continue;
        }
        if found.iter().any(|known| known.top == event.logical) {
            continue;
        }
        found.push(deepest(aws, event, reason).await?);
    }
    let unread = events.iter().find(|event| event.reason.as_deref().is_some_and(|reason| reason.contains("DescribeEvents")));
    if let Some(event) = unread.filter(|_| found.is_empty()) {
        found.extend(aws.validation_failures(&event.stack_id).await?.into_iter().map(|one| validation(event, one)));
    }
    // A stack can fail as a whole: a macro, a rule, an output, a hook.
    if found.is_empty() {
        let whole = events.iter().filter(|event| event.is_of_stack()).find_map(|event| {
            let reason = event.reason.clone().filter(|_| event.status.failed() || event.status.rolled_back())?;
            (!reason.is_empty() && !is_cancellation(&reason)).then_some((event, reason))
        });
        found.extend(whole.map(|(event, reason)| failure(event, event.logical.clone(), String::new(), reason)));
    }
    Ok((found, cancelled))
}

/// What was wrong before anything began.
fn validation(event: &Event, one: ValidationFailure) -> Failure {
    let path = one.path.find("/Properties").map_or("", |at| &one.path[at..]).to_owned();
    let (id, status) = (one.id, event.status.to_string());
    Failure { top: id.clone(), id, ty: one.ty, status, path, advice: advice(&one.reason), reason: one.reason }
}

fn is_cancellation(reason: &str) -> bool {
    reason.contains("cancelled") || reason.contains("canceled")
}

fn failure(event: &Event, id: String, top: String, reason: String) -> Failure {
    Failure {
        id,
        top,
        ty: event.ty.clone(),
        status: event.status.to_string(),
        path: String::new(),
        advice: advice(&reason),
        reason,
    }
}

/// In a nested stack the cause is among that stack's own events.
async fn deepest(aws: &Aws, event: &Event, reason: String) -> Result<Failure, Error> {
    let (mut event, mut reason, mut path) = (event.clone(), reason, event.logical.clone());
    let top = event.logical.clone();
    for _ in 0..DEEPEST {
        let Some(nested) = event.physical.clone().filter(|id| event.ty == "AWS::CloudFormation::Stack" && id.starts_with("arn:"))
        else {
            break;
        };
        let inner = aws.events(&nested, None, MOST).await.unwrap_or_default();
        let cause = inner
            .into_iter()
            .rev()
            .find(|one| one.status.failed() && !one.is_of_stack() && !is_cancellation(one.reason.as_deref().unwrap_or_default()));
        let Some(cause) = cause else { break };
        path = format!("{path}/{}", cause.logical);
        reason = cause.reason.clone().unwrap_or_default();
        event = cause;
    }
    Ok(failure(&event, path, top, reason))
}

/// Words of a reason, and what usually helps.
const ADVICE: [(&[&str], &str); 17] = [
    (&["already exists in stack"], "another stack has it: import it from there, or give this one another name"),
    (
        &["already exists"],
        "something of that name exists outside the stack: take it in with `@adopt(\"its-name\")`, or choose another name (or none, so that CloudFormation makes one)",
    ),
    (&["denied by stack policy"], "it is protected: take `@protect` off it and deploy that alone first"),
    (
        &["is not authorized to perform", "AccessDenied", "not authorized"],
        "the deploying role may not do this: `cloudc permissions` prints what it needs",
    ),
    (
        &["LimitExceeded", "limit exceeded", "quota"],
        "a quota of the account is used up: ask for more in Service Quotas, or remove something",
    ),
    (
        &["did not stabilize", "NotStabilized", "failed to stabilize"],
        "it was made and did not come up in time: look at its own log or events (of an ECS service: stopped tasks; of a stack: its events)",
    ),
    (&["No export named"], "the stack that exports it is not deployed yet, or in another region: deploy it first"),
    (
        &["Cannot delete export", "cannot be deleted as it is in use", "Cannot update export"],
        "another stack imports it: deploy that stack without the import first",
    ),
    (&["BucketNotEmpty", "bucket you tried to delete is not empty"], "empty the bucket first, or keep it with `@retain`"),
    (
        &["Unrecognized resource types", "is not supported in this region", "Resource type is not"],
        "the region does not have this type of resource: `cloudc schema show TYPE` lists those that do",
    ),
    (
        &["custom-named resource"],
        "a resource with a name of its own cannot be replaced, because both would exist at once: change its name too",
    ),
    (&["Rate exceeded", "Throttling"], "AWS was asked too much at once: deploy again"),
    (
        &["timed out", "exceeded timeout", "WaitCondition"],
        "what it waited for sent no signal in time: look at the log of what should have",
    ),
    (&["Invalid principal"], "the role, user or account in the policy does not exist (yet)"),
    (&["DNS validation", "certificate"], "the certificate waits until its domain is validated: is the validation record there?"),
    (
        &["security token included in the request is expired", "ExpiredToken"],
        "the credentials ran out: get new ones and deploy again",
    ),
    (
        &["ValidationError", "Model validation failed", "Invalid request provided", "properties validation failed"],
        "AWS does not accept a value: the reason names it",
    ),
];

/// What usually helps against a reason.
pub fn advice(reason: &str) -> Option<&'static str> {
    ADVICE.iter().find(|(words, _)| words.iter().any(|word| reason.contains(word))).map(|(_, advice)| *advice)
}

#[cfg(test)]
mod tests {
    use super::advice;

    #[test]
    fn the_narrowest_advice_comes_first() {
        let taken = "shop already exists in stack arn:aws:cloudformation:eu-west-1:1:stack/other/1";
        assert!(advice(taken).is_some_and(|text| text.contains("another stack")));
        assert!(advice("my-bucket already exists").is_some_and(|text| text.contains("@adopt")));
        assert_eq!(advice("something nobody has seen"), None);
    }
}
