//! From a stack to its CloudFormation template, and from there back to the source.
//!
//! In: a target. Out: an [`Artifact`]: template, source map, manifest. Always: the same stack gives the same bytes; nothing is
//! decided here that the user could have got wrong, except CloudFormation's limits.

mod around;
mod assets;
mod conditions;
mod expr;
mod json_text;
mod limits;
mod manifest;
mod mappings;
mod nested;
mod parameters;
mod resources;
mod rules;
mod source_map;
mod template;
mod weight;
mod yaml;

use cloudc_base::Severity;
use cloudc_eval::{Db, Target};
use cloudc_hir::Problem;
use serde_json::Value as Json;

pub use around::{Around, Check};
pub use assets::Upload;
pub use manifest::Manifest;
pub use source_map::{Entry, Place, SourceMap};
pub use yaml::to_yaml;

/// What a stack builds to.
#[derive(Debug, Clone, PartialEq)]
pub struct Artifact {
    /// The template; keys in the order people expect.
    pub template: Json,
    /// Which text each part of the template came from.
    pub source_map: SourceMap,
    /// What a deployment has to know besides.
    pub manifest: Manifest,
    /// What is uploaded before the deployment.
    pub uploads: Vec<Upload>,
    /// Warnings and notes.
    pub notes: Vec<Problem>,
}

impl Artifact {
    /// The templates of nested stacks that are made with it, as far as they are JSON.
    pub fn made(&self) -> Vec<Json> {
        self.uploads.iter().filter_map(|upload| serde_json::from_str(upload.content.as_ref()?).ok()).collect()
    }
}

/// Builds a target, or tells everything evaluation, ordering and emission found wrong. What the type checker found is not told
/// again here, and a stack with such problems should not be built.
pub fn artifact(db: &dyn Db, target: Target) -> Result<Artifact, Vec<Problem>> {
    artifact_within(db, target, &[])
}

/// [`artifact`], where templates of the files around are being built.
fn artifact_within(db: &dyn Db, target: Target, within: &[cloudc_base::File]) -> Result<Artifact, Vec<Problem>> {
    let mut problems = before(db, target)?;
    let built = template::build(db, target, within);
    problems.extend(built.problems);
    let resources = built.template.get("Resources").and_then(Json::as_object).map_or(0, |section| section.len());
    let weighed = limits::Weighed { template: &built.template, resources, bytes: weight::bytes(&built.template) };
    limits::check(db, target, &weighed, &mut problems);
    if problems.iter().any(is_error) {
        return Err(problems);
    }
    let manifest = manifest::manifest(db, target, &built.template, &built.uploads);
    Ok(Artifact { template: built.template, source_map: built.source_map, manifest, uploads: built.uploads, notes: problems })
}

/// Everything wrong with a target, as [`artifact`] would tell it, without making the template: an edit weighs again only the
/// resources that it changed.
pub fn problems(db: &dyn Db, target: Target) -> Vec<Problem> {
    match before(db, target) {
        Ok(mut problems) => {
            weight::problems(db, target, &mut problems);
            problems
        }
        Err(problems) => problems,
    }
}

/// What the stages before found; an error among it when there is nothing to emit.
fn before(db: &dyn Db, target: Target) -> Result<Vec<Problem>, Vec<Problem>> {
    let mut problems = cloudc_eval::problems(db, target);
    problems.extend(cloudc_graph::order(db, target).problems.iter().cloned());
    if problems.iter().any(is_error) { Err(problems) } else { Ok(problems) }
}

/// The template of one resource: what it looks like under `Resources`, for previews.
pub fn fragment(db: &dyn Db, site: cloudc_eval::Site) -> Json {
    template::fragment(db, site)
}

/// JSON text: two spaces, a newline at the end.
pub fn to_json(template: &Json) -> String {
    // A `Json` has text keys only, so writing it cannot fail.
    let mut text = serde_json::to_string_pretty(template).unwrap_or_default();
    text.push('\n');
    text
}

fn is_error(problem: &Problem) -> bool {
    problem.severity == Severity::Error
}
