//! Stacks and resources of an account as records: what `list` and `show` print as JSON.
//!
//! In: what CloudFormation said. Out: JSON of the forms `list` and `show` in `documents`. Always: times both as numbers and as text;
//! an ARN is one that CloudFormation said, never one put together.

use cloudc_deploy::aws::{Resource, Stack};
use cloudc_deploy::{Status, clock};
use serde_json::{Value as Json, json};

/// A stack.
pub fn stack(stack: &Stack, region: &str) -> Json {
    let mut record = json!(stack);
    record["region"] = region.into();
    record["state"] = state(&stack.status).into();
    record["created_at"] = clock::written(stack.created).into();
    record["updated_at"] = stack.updated.map(clock::written).into();
    record
}

/// A resource of a stack.
pub fn resource(resource: &Resource, region: &str) -> Json {
    let mut record = json!(resource);
    record["type"] = resource.ty.as_str().into();
    record["name"] = resource.physical.as_deref().into();
    record["arn"] = resource.physical.as_deref().filter(|name| name.starts_with("arn:")).into();
    record["region"] = region.into();
    record["updated_at"] = resource.updated.map(|at| clock::written(at / 1000)).into();
    record
}

/// Where a stack is, in one word: a draft has only a change set, an archived one is gone or going.
fn state(status: &Status) -> &'static str {
    match status.as_str() {
        "REVIEW_IN_PROGRESS" => "DRAFT",
        status if status.starts_with("DELETE_") && status != "DELETE_FAILED" => "ARCHIVED",
        _ => "DEPLOYED",
    }
}

#[cfg(test)]
mod tests {
    use cloudc_deploy::Status;

    #[test]
    fn states_follow_from_statuses() {
        for (status, wanted) in [
            ("REVIEW_IN_PROGRESS", "DRAFT"),
            ("CREATE_COMPLETE", "DEPLOYED"),
            ("DELETE_FAILED", "DEPLOYED"),
            ("DELETE_IN_PROGRESS", "ARCHIVED"),
        ] {
            assert_eq!(super::state(&Status::new(Some(status))), wanted);
        }
    }
}
