//! A built stack, ready to be deployed.

use std::path::PathBuf;

use cloudc_emit::{Artifact, Entry, Manifest};
use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};

/// A built stack with what deploying it needs from around it.
#[derive(Debug, Clone)]
pub struct Unit {
    /// What was built.
    pub artifact: Artifact,
    /// The template as it is handed over: compact JSON, because its size counts.
    pub body: String,
    /// The file it was built from, as the user knows it.
    pub source: String,
    /// The project's folder: paths of assets start there.
    pub root: PathBuf,
}

impl Unit {
    /// A unit of what was built.
    pub fn new(artifact: Artifact, source: String, root: PathBuf) -> Self {
        let body = artifact.template.to_string();
        Unit { artifact, body, source, root }
    }

    /// What a deployment has to know besides the template.
    pub fn manifest(&self) -> &Manifest {
        &self.artifact.manifest
    }

    /// The name it is deployed under.
    pub fn name(&self) -> &str {
        &self.artifact.manifest.stack_name
    }

    /// Its name, region and environment.
    pub fn place(&self) -> (&str, Option<&str>, Option<&str>) {
        (self.name(), self.manifest().region.as_deref(), self.manifest().environment.as_deref())
    }

    /// A section of the template.
    pub fn section(&self, name: &str) -> Option<&Map<String, Json>> {
        section(&self.artifact.template, name)
    }

    /// The type of a resource.
    pub fn type_of(&self, id: &str) -> Option<&str> {
        self.section("Resources")?.get(id)?.get("Type")?.as_str()
    }

    /// Where a resource, or something in it, was written.
    pub fn written(&self, id: &str, pointer: &str) -> Option<&Entry> {
        self.artifact.source_map.find("Resources", id, pointer)
    }

    /// SHA-256 of the template, in hexadecimal digits.
    pub fn template_hash(&self) -> String {
        hash(&[self.body.as_bytes()])
    }
}

/// A section of a template.
pub fn section<'a>(template: &'a Json, name: &str) -> Option<&'a Map<String, Json>> {
    template.get(name).and_then(Json::as_object)
}

/// SHA-256 over parts that cannot run into each other, in hexadecimal digits.
pub fn hash(parts: &[&[u8]]) -> String {
    let mut all = Sha256::new();
    for part in parts {
        // One part is hashed as it is, so that a template's hash is the one that other tools compute.
        if parts.len() > 1 {
            all.update((part.len() as u64).to_be_bytes());
        }
        all.update(part);
    }
    cloudc_base::folder::hex(&all.finalize().into())
}
