//! What of a stack was changed behind CloudFormation's back, as CloudFormation finds it.

use std::time::Duration;

use aws_sdk_cloudformation::types;
use serde::Serialize;

use super::Aws;
use crate::error::{Error, codes, from_sdk};

/// The drift of a stack.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StackDrift {
    /// `IN_SYNC`, `DRIFTED`…
    pub status: String,
    /// Resources that were looked at.
    pub resources: Vec<DriftedResource>,
}

/// The drift of a resource.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DriftedResource {
    /// The logical id.
    pub id: String,
    /// The physical id.
    pub physical: Option<String>,
    /// The type.
    pub ty: String,
    /// `IN_SYNC`, `MODIFIED`, `DELETED`, `NOT_CHECKED`.
    pub status: String,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// A property that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// JSON pointer below the properties.
    pub path: String,
    /// `ADD`, `REMOVE`, `NOT_EQUAL`.
    pub kind: String,
    /// What the template says.
    pub expected: String,
    /// What is there.
    pub actual: String,
}

impl Aws {
    /// Lets CloudFormation look, waits, and gives what it found. Types that it cannot check are not among the resources.
    pub async fn drift(&self, stack: &str) -> Result<StackDrift, Error> {
        let begun = self.cloudformation.detect_stack_drift().stack_name(stack).send().await;
        let begun = begun.map_err(|error| from_sdk("DetectStackDrift", &error))?;
        let id = begun.stack_drift_detection_id.unwrap_or_default();
        let mut pause = Duration::from_millis(200);
        let status = loop {
            let call = self.cloudformation.describe_stack_drift_detection_status().stack_drift_detection_id(&id);
            let told = call.send().await.map_err(|error| from_sdk("DescribeStackDriftDetectionStatus", &error))?;
            match told.detection_status() {
                Some(types::StackDriftDetectionStatus::DetectionInProgress) => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(5));
                }
                // What could be looked at is told; a resource that could not be says so itself.
                _ if told.stack_drift_status().is_some() => {
                    break told.stack_drift_status().map_or_else(String::new, |one| one.as_str().to_owned());
                }
                _ => {
                    let reason = told.detection_status_reason().unwrap_or("CloudFormation gives no reason");
                    return Err(Error::new(codes::REFUSED, format!("drift cannot be found: {reason}")));
                }
            }
        };
        Ok(StackDrift { status, resources: self.drifted(stack).await? })
    }

    async fn drifted(&self, stack: &str) -> Result<Vec<DriftedResource>, Error> {
        let mut pages = self.cloudformation.describe_stack_resource_drifts().stack_name(stack).into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| from_sdk("DescribeStackResourceDrifts", &error))?;
            all.extend(page.stack_resource_drifts().iter().map(resource));
        }
        Ok(all)
    }
}

fn resource(one: &types::StackResourceDrift) -> DriftedResource {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let differences = one.property_differences().iter().map(|one| Difference {
        path: text(one.property_path()),
        kind: one.difference_type().map_or_else(String::new, |kind| kind.as_str().to_owned()),
        expected: text(one.expected_value()),
        actual: text(one.actual_value()),
    });
    DriftedResource {
        id: text(one.logical_resource_id()),
        physical: one.physical_resource_id().map(str::to_owned),
        ty: text(one.resource_type()),
        status: one.stack_resource_drift_status().map_or_else(String::new, |status| status.as_str().to_owned()),
        differences: differences.collect(),
    }
}
