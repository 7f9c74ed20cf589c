//! Changes that CloudFormation only takes in several steps.
//!
//! Resources are taken into a stack by a change set that does nothing else, and let go of by two: the first says that they are to be
//! kept, the second leaves them out. Always: each step's template is whole; the last is the program's own.

use std::collections::BTreeMap;

use cloudc_schema::Schema;
use serde_json::{Value as Json, json};

use crate::aws::{ChangeSetKind, Import};
use crate::error::{Error, codes};
use crate::unit::{Unit, section};

/// One step before the last.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Its template.
    pub template: Json,
    /// What kind of change set it is.
    pub kind: ChangeSetKind,
    /// What is taken in.
    pub imports: Vec<Import>,
    /// What it does, for a person.
    pub about: String,
}

/// The steps before the last, from the deployed template.
pub fn stages(unit: &Unit, deployed: Option<&Json>, schema: &Schema) -> Result<Vec<Stage>, Error> {
    let mut all = Vec::new();
    let mut current = deployed.cloned();
    if let Some(stage) = current.as_ref().and_then(|old| keep(unit, old)) {
        current = Some(stage.template.clone());
        all.push(stage);
    }
    all.extend(import(unit, current.as_ref(), schema)?);
    Ok(all)
}

/// Says of what is let go that it is to be kept.
fn keep(unit: &Unit, old: &Json) -> Option<Stage> {
    let mut template = old.clone();
    let resources = template.get_mut("Resources")?.as_object_mut()?;
    let mut names = Vec::new();
    for id in &unit.manifest().forget {
        let leaves = unit.section("Resources").is_none_or(|all| !all.contains_key(id));
        let Some(resource) = resources.get_mut(id).filter(|_| leaves).and_then(Json::as_object_mut) else { continue };
        if resource.get("DeletionPolicy").and_then(Json::as_str) == Some("Retain") {
            continue;
        }
        resource.insert("DeletionPolicy".to_owned(), json!("Retain"));
        // CloudFormation does not take a change of policies alone.
        // <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks.html>
        let metadata = resource.entry("Metadata").or_insert_with(|| json!({}));
        if let Some(metadata) = metadata.as_object_mut() {
            metadata.insert("CloudcKept".to_owned(), json!("released by `forget`"));
        }
        names.push(format!("`{id}`"));
    }
    let about = format!("keep {} when it leaves the stack", names.join(", "));
    (!names.is_empty()).then_some(Stage { template, kind: ChangeSetKind::Update, imports: Vec::new(), about })
}

/// Takes in what exists.
fn import(unit: &Unit, old: Option<&Json>, schema: &Schema) -> Result<Option<Stage>, Error> {
    let known = old.and_then(|old| section(old, "Resources"));
    let wanted = unit.manifest().adopt.iter().filter(|(id, _)| known.is_none_or(|all| !all.contains_key(*id)));
    let (mut imports, mut names) = (Vec::new(), Vec::new());
    let mut template = old.cloned().unwrap_or_else(|| json!({ "Resources": {} }));
    for (id, physical) in wanted {
        let Some(resource) = unit.section("Resources").and_then(|all| all.get(id)) else { continue };
        let ty = resource.get("Type").and_then(Json::as_str).unwrap_or_default();
        imports.push(Import { id: id.clone(), ty: ty.to_owned(), identifier: identifier(schema, ty, id, physical)? });
        names.push(format!("`{id}`"));
        let mut resource = resource.clone();
        if let Some(map) = resource.as_object_mut() {
            // What is taken in must say what happens to it when it leaves.
            map.entry("DeletionPolicy").or_insert_with(|| json!("Retain"));
        }
        if let Some(resources) = template.get_mut("Resources").and_then(Json::as_object_mut) {
            resources.insert(id.clone(), resource);
        }
    }
    if imports.is_empty() {
        return Ok(None);
    }
    // What the resources refer to has to be there too; unused parameters and conditions do no harm.
    for name in ["Parameters", "Conditions", "Mappings"] {
        let Some(section) = unit.section(name) else { continue };
        let mut all = template.get(name).and_then(Json::as_object).cloned().unwrap_or_default();
        for (key, value) in section {
            all.entry(key.clone()).or_insert_with(|| value.clone());
        }
        if let Some(template) = template.as_object_mut() {
            template.insert(name.to_owned(), Json::Object(all));
        }
    }
    let about = format!("take in {}", names.join(", "));
    Ok(Some(Stage { template, kind: ChangeSetKind::Import, imports, about }))
}

/// What identifies a resource: its primary identifier's properties, several written `a|b`.
fn identifier(schema: &Schema, ty: &str, id: &str, physical: &str) -> Result<BTreeMap<String, String>, Error> {
    let names: Vec<&str> = schema.ty(ty).map(|ty| ty.primary_identifier().to_vec()).unwrap_or_default();
    let parts: Vec<&str> = if names.len() > 1 { physical.split('|').collect() } else { vec![physical] };
    if names.is_empty() || names.len() != parts.len() {
        let message = format!("`{id}` cannot be found by `{physical}`");
        let how = if names.is_empty() {
            format!("CloudFormation does not say what identifies {ty}")
        } else {
            format!("{ty} is identified by {}", names.join("|"))
        };
        return Err(Error::new(codes::PARAMETER, message)
            .note(how)
            .help("write the parts of the identifier with `|` between them"));
    }
    Ok(names
        .iter()
        .zip(parts)
        .map(|(name, part)| ((*name).rsplit('/').next().unwrap_or_default().to_owned(), part.to_owned()))
        .collect())
}
