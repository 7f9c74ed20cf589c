//! Where a stack or resource is in its life, as CloudFormation names it.

use serde::{Deserialize, Serialize};

/// `CREATE_IN_PROGRESS`, `UPDATE_ROLLBACK_COMPLETE`…
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Status(String);

impl Status {
    /// A status by its name; one that CloudFormation does not tell is empty.
    pub fn new(name: Option<&str>) -> Self {
        Status(name.unwrap_or_default().to_owned())
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether CloudFormation is at work.
    pub fn in_progress(&self) -> bool {
        self.0.ends_with("_IN_PROGRESS") && self.0 != "REVIEW_IN_PROGRESS"
    }

    /// Whether something could not be done.
    pub fn failed(&self) -> bool {
        self.0.ends_with("_FAILED")
    }

    /// Whether it is gone.
    pub fn is_deleted(&self) -> bool {
        self.0 == "DELETE_COMPLETE"
    }

    /// Whether CloudFormation is going back, or went back.
    pub fn rolled_back(&self) -> bool {
        self.0.contains("ROLLBACK")
    }

    /// Whether only change sets exist, and no stack yet.
    pub fn in_review(&self) -> bool {
        self.0 == "REVIEW_IN_PROGRESS"
    }

    /// Whether a stack was never made whole, so that it has to be deleted and made again.
    pub fn never_made(&self) -> bool {
        matches!(self.0.as_str(), "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" | "DELETE_FAILED")
    }

    /// Whether a stack is what its template says.
    pub fn is_whole(&self) -> bool {
        matches!(
            self.0.as_str(),
            "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" | "IMPORT_COMPLETE"
        )
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}
