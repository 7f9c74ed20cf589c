//! What a stack tells, for others to read without CloudFormation: parameters of SSM below `/cloudc/STACK/`.
//!
//! Always: only what CloudFormation shows too, and of that nothing that a secret parameter or a dynamic reference is part of; what is not
//! told any more is removed.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::is_secret;
use crate::aws::{Aws, Stack};
use crate::error::{Error, codes};
use crate::unit::Unit;

/// The longest value of a parameter, in bytes.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html>
const LONGEST: usize = 4096;

/// Where the parameters of a stack are.
pub fn path(stack: &str) -> String {
    format!("/cloudc/{stack}/")
}

/// What is told of a stack, by the parameter's name. Values that are empty or too long for a parameter are left out.
pub fn told(unit: &Unit, stack: &Stack, version: Option<u32>, commit: Option<&str>) -> BTreeMap<String, String> {
    let path = path(unit.name());
    let outputs = stack.outputs.iter().filter(|(name, _)| !is_hidden(unit, name));
    let mut all: BTreeMap<String, String> =
        outputs.map(|(name, output)| (format!("{path}outputs/{name}"), output.value.clone())).collect();
    all.extend(version.map(|version| (format!("{path}version"), version.to_string())));
    all.extend(commit.map(|commit| (format!("{path}commit"), commit.to_owned())));
    all.retain(|_, value| !value.is_empty() && value.len() <= LONGEST);
    all
}

/// Whether a secret is part of an output.
fn is_hidden(unit: &Unit, output: &str) -> bool {
    let secrets: Vec<&String> =
        unit.section("Parameters").into_iter().flatten().filter(|(_, about)| is_secret(about)).map(|(name, _)| name).collect();
    unit.section("Outputs").and_then(|all| all.get(output)?.get("Value")).is_some_and(|value| holds(value, &secrets))
}

fn holds(value: &Json, secrets: &[&String]) -> bool {
    let named = |text: &str| {
        secrets.iter().any(|name| text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == name.as_str()))
    };
    match value {
        Json::String(text) => text.contains("{{resolve:") || named(text),
        Json::Array(items) => items.iter().any(|item| holds(item, secrets)),
        Json::Object(fields) => fields.values().any(|field| holds(field, secrets)),
        _ => false,
    }
}

/// Tells what is to be told, and takes back the rest.
pub async fn publish(aws: &Aws, stack: &str, wanted: &BTreeMap<String, String>) -> Result<(), Error> {
    let written = async {
        let there = aws.parameters_below(&path(stack)).await?;
        for (name, value) in wanted.iter().filter(|(name, value)| there.get(*name) != Some(value)) {
            aws.put_parameter(name, value, &format!("of the stack {stack}, by cloudc")).await?;
        }
        let gone: Vec<String> = there.into_keys().filter(|name| !wanted.contains_key(name)).collect();
        aws.delete_parameters(&gone).await
    };
    written.await.map_err(|error: Error| {
        let message = format!("the parameters below `{}` cannot be written: {}", path(stack), error.message);
        Error { code: codes::PUBLISH, message, ..error }
            .help("whoever deploys needs `ssm:GetParametersByPath`, `ssm:PutParameter` and `ssm:DeleteParameters` there (`cloudc permissions`)")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::holds;

    #[test]
    fn secrets_are_found_wherever_they_are() {
        let name = "Password".to_owned();
        let secrets = [&name];
        for hidden in [json!({ "Ref": "Password" }), json!({ "Fn::Sub": "x-${Password}" }), json!("{{resolve:ssm-secure:a}}")] {
            assert!(holds(&hidden, &secrets), "{hidden}");
        }
        for open in [json!({ "Ref": "PasswordLength" }), json!({ "Fn::GetAtt": ["Db", "Endpoint"] }), json!(3)] {
            assert!(!holds(&open, &secrets), "{open}");
        }
    }
}
