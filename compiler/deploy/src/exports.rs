//! Exports that leave a stack together with their last use.
//!
//! CloudFormation does not let go of an export that somebody imports, and the importer cannot be changed first, because it is deployed
//! after. So the export stays until the importers were changed, with the value it has, and leaves in a second deployment. Always: only
//! exports whose every importer is deployed in the same run are kept; others are told as what they are, an error.

use serde_json::json;

use crate::aws::{Aws, Stack};
use crate::error::{Error, codes};
use crate::unit::{Unit, section};

/// The unit with the exports that have to stay for now; nothing when there are none. `deploying` are the stacks of this run.
pub async fn keep(aws: &Aws, unit: &Unit, stack: &Stack, deploying: &[String]) -> Result<Option<Unit>, Error> {
    let mut kept = unit.clone();
    let mut names = Vec::new();
    for (name, output) in &stack.outputs {
        let Some(export) = &output.export else { continue };
        if section(&unit.artifact.template, "Outputs").is_some_and(|all| all.contains_key(name)) {
            continue;
        }
        let importers = aws.importers(export).await?;
        if importers.is_empty() {
            continue;
        }
        let others: Vec<&str> = importers.iter().filter(|one| !deploying.contains(one)).map(String::as_str).collect();
        if !others.is_empty() {
            let message =
                format!("`{}` does not export `{export}` any more, and it is imported by {}", unit.name(), others.join(", "));
            return Err(Error::new(codes::IN_USE, message)
                .note("CloudFormation keeps an export as long as somebody imports it")
                .help("change those stacks first, or deploy them in the same run"));
        }
        let Some(template) = kept.artifact.template.as_object_mut() else { continue };
        let outputs = template.entry("Outputs").or_insert_with(|| json!({}));
        outputs[name] = json!({
            "Description": "Kept until nobody imports it",
            "Value": output.value,
            "Export": { "Name": export },
        });
        names.push(name.clone());
    }
    if names.is_empty() {
        return Ok(None);
    }
    kept.body = kept.artifact.template.to_string();
    Ok(Some(kept))
}
