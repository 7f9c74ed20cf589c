//! Contracts: what a stack promises to others, as a file that is committed.
//!
//! In: templates. Out: [`Contract`]s, and how one breaks another. Always: names of resources inside are no promise, so renaming them
//! breaks nothing; what a person adds to the file (a pattern, a description) is kept; the file's entries are sorted.

mod compare;
mod define;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use compare::{Change, Kind, compare, next_version};
pub use define::{About, define};

/// The file's form.
pub const FORM: u32 = 1;
/// How files of contracts end.
pub const ENDING: &str = ".contract.json";
/// What stands in a text for what only a deployment knows.
pub const HOLE: &str = "${}";

/// What a stack promises.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Where the form is described, for editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// [`FORM`].
    pub contract: u32,
    /// The stack's declaration, or a template's path.
    pub stack: String,
    /// `MAJOR.MINOR.PATCH`: a break raises the first number, more promises the second.
    pub version: String,
    /// The environment it was made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The name it is deployed under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployed_as: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it tells.
    #[serde(default)]
    pub outputs: BTreeMap<String, Output>,
    /// What it asks for.
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
    /// Names in AWS that it fixes, by logical id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, Physical>,
}

/// An output.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// What it is: `String`, or an identity such as `AWS::SQS::Queue.Arn`.
    #[serde(rename = "type")]
    pub ty: String,
    /// Its text where that is known, with [`HOLE`] for what is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A regular expression that it matches, written by a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The name it is exported under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<String>,
    /// It may be absent.
    #[serde(default, skip_serializing_if = "is_false")]
    pub conditional: bool,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A parameter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its type in the template.
    #[serde(rename = "type")]
    pub ty: String,
    /// What it is when nobody says; without one it has to be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The values taken; any when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// A regular expression that it matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Least number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Greatest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Least length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<f64>,
    /// Greatest length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<f64>,
    /// It is never shown.
    #[serde(default, skip_serializing_if = "is_false")]
    pub secret: bool,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A resource whose name in AWS the template fixes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Physical {
    /// Its type.
    #[serde(rename = "type")]
    pub ty: String,
    /// Its name, with [`HOLE`] for what only a deployment knows.
    pub name: String,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Reads a contract's file. Errors are one line.
pub fn read(text: &str) -> Result<Contract, String> {
    let contract: Contract = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if contract.contract != FORM {
        return Err(format!("its form is {}, and this version of cloudc reads {FORM}", contract.contract));
    }
    if compare::version(&contract.version).is_none() {
        return Err(format!("`{}` is no version: write it as `1.0.0`", contract.version));
    }
    for (name, output) in &contract.outputs {
        if let Some(pattern) = &output.pattern
            && let Err(error) = regex::Regex::new(pattern)
        {
            let why = error.to_string();
            let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            return Err(format!("the pattern of the output `{name}` cannot be read: {why}"));
        }
    }
    Ok(contract)
}

/// The file of a contract.
pub fn write(contract: &Contract) -> String {
    // It holds text keys and finite numbers only, so writing it cannot fail.
    let mut text = serde_json::to_string_pretty(contract).unwrap_or_default();
    text.push('\n');
    text
}
