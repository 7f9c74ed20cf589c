//! What a deployment does around the stack: hooks, health checks, what makes it go back.
//!
//! In: the settings `hooks`, `health` and `rollback`. Out: plain data for the manifest. Always: nothing here reaches the template.

use cloudc_eval::assemble::setting;
use cloudc_eval::{Db, Node, Target, Value};
use serde::Serialize;

/// What a deployment does around the stack.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Around {
    /// Commands before anything is changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    /// Commands after the stack is what the program says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// What has to hold then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub health: Vec<Check>,
    /// Whether a check that fails brings the last deployment back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unhealthy: bool,
    /// Alarms, by ARN, that make CloudFormation go back while it deploys and some time after.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<String>,
    /// How long CloudFormation watches the alarms afterwards, in minutes.
    #[serde(skip_serializing_if = "is_zero")]
    pub watch: u32,
}

impl Around {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        *self == Around::default()
    }
}

/// Something that has to hold after a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Check {
    /// An address that has to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The output of the stack that holds the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// What is put behind the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The HTTP status it has to answer with; 200 unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// A command that has to end with 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// How long it may take until it holds, in seconds.
    pub within: u32,
}

/// Seconds that a check may take, unless it says another number.
const WITHIN: u32 = 60;

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Reads the settings of a target.
pub fn around(db: &dyn Db, target: Target) -> Around {
    let hooks = setting(db, target, "hooks");
    let rollback = setting(db, target, "rollback");
    let health = setting(db, target, "health");
    Around {
        before: texts(field(hooks.as_ref(), "before")),
        after: texts(field(hooks.as_ref(), "after")),
        health: items(health.as_ref()).iter().map(check).collect(),
        unhealthy: field(rollback.as_ref(), "unhealthy").is_some_and(|node| node.value == Value::Bool(true)),
        alarms: texts(field(rollback.as_ref(), "alarms")),
        watch: field(rollback.as_ref(), "watch").and_then(seconds).map_or(0, |seconds| seconds.div_ceil(60)),
    }
}

fn check(node: &Node) -> Check {
    let text = |name: &str| field(Some(node), name).and_then(|node| node.value.as_str().map(str::to_owned));
    let status = match field(Some(node), "status").map(|node| &node.value) {
        Some(Value::Int(status)) => u16::try_from(*status).ok(),
        _ => None,
    };
    Check {
        url: text("url"),
        output: text("output"),
        path: text("path"),
        status,
        command: text("command"),
        within: field(Some(node), "within").and_then(seconds).unwrap_or(WITHIN),
    }
}

fn field<'a>(node: Option<&'a Node>, name: &str) -> Option<&'a Node> {
    match &node?.value {
        Value::Record(fields) => fields.iter().find(|field| field.name == name).map(|field| &field.node),
        _ => None,
    }
}

fn items(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

fn texts(node: Option<&Node>) -> Vec<String> {
    items(node).iter().filter_map(|node| node.value.as_str().map(str::to_owned)).collect()
}

/// Durations are milliseconds here.
fn seconds(node: &Node) -> Option<u32> {
    match node.value {
        Value::Int(millis) => u32::try_from(millis / 1000).ok(),
        _ => None,
    }
}
