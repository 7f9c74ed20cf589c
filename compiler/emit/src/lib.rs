//! From a stack to its CloudFormation template, and from there back to the source.
//!
//! In: a target. Out: an [`Artifact`]: template, source map, manifest. Always: the same stack gives the same bytes; nothing is
//! decided here that the user could have got wrong, except CloudFormation's limits.

mod conditions;
mod expr;
mod json_text;
mod limits;
mod manifest;
mod mappings;
mod parameters;
mod resources;
mod rules;
mod source_map;
mod template;
mod yaml;

use cloudc_base::Severity;
use cloudc_eval::{Db, Target};
use cloudc_hir::Problem;
use serde_json::Value as Json;

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
    /// Warnings and notes.
    pub notes: Vec<Problem>,
}

/// Builds a target, or tells everything evaluation, ordering and emission found wrong. What the type checker found is not told
/// again here, and a stack with such problems should not be built.
pub fn artifact(db: &dyn Db, target: Target) -> Result<Artifact, Vec<Problem>> {
    let mut problems = cloudc_eval::problems(db, target);
    problems.extend(cloudc_graph::order(db, target).problems.iter().cloned());
    if problems.iter().any(is_error) {
        return Err(problems);
    }
    let built = template::build(db, target);
    problems.extend(built.problems);
    limits::check(db, target, &built.template, &mut problems);
    if problems.iter().any(is_error) {
        return Err(problems);
    }
    let manifest = manifest::manifest(db, target, &built.template);
    Ok(Artifact { template: built.template, source_map: built.source_map, manifest, notes: problems })
}

/// Everything wrong with a target, as [`artifact`] would tell it.
pub fn problems(db: &dyn Db, target: Target) -> Vec<Problem> {
    match artifact(db, target) {
        Ok(artifact) => artifact.notes,
        Err(problems) => problems,
    }
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
