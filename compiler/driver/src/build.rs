//! Building: from a file with a stack to templates.

use cloudc_base::{Code, Diagnostic, File, TextRange};
use cloudc_emit::Artifact;
use cloudc_eval::assemble::setting;
use cloudc_eval::{Target, Value};
use cloudc_hir::{Name, Problem};

use crate::sort::{has_errors, sorted};
use crate::{Database, Purpose, check, codes};

/// What a file can be built for: one target for each region of its stack; none when it has no stack.
pub fn targets(db: &Database, file: File) -> Vec<Target> {
    if cloudc_hir::stack_decl(db, file).is_none() {
        return Vec::new();
    }
    let environment: Option<Name> = db.options().environment.as_deref().map(Name::from);
    let target = |region: Option<Name>| Target::new(db, file, environment.clone(), region);
    let chosen = &db.options().regions;
    if !chosen.is_empty() {
        return chosen.iter().map(|region| target(Some(region.as_str().into()))).collect();
    }
    let regions = match setting(db, target(None), "regions").map(|node| node.value) {
        Some(Value::List(regions)) => regions.iter().filter_map(|node| node.value.as_str().map(Name::from)).collect(),
        _ => Vec::new(),
    };
    if regions.is_empty() { vec![target(None)] } else { regions.into_iter().map(|region| target(Some(region))).collect() }
}

/// The name of the file's `stack`, empty without one.
pub fn stack_name(db: &Database, file: File) -> Name {
    cloudc_hir::stack_decl(db, file).map(|decl| decl.name(db).clone()).unwrap_or_default()
}

/// Builds a target. Without an artifact there is an error among the diagnostics.
pub fn build(db: &Database, target: Target) -> (Option<Artifact>, Vec<Diagnostic>) {
    let mut list = check::sources(db, target.file(db));
    if has_errors(&list) {
        return (None, list);
    }
    let (artifact, found) = finish(db, target);
    list.extend(found);
    let artifact = artifact.filter(|_| !has_errors(&list));
    (artifact, sorted(db, list))
}

/// Evaluates, orders and emits; a stage only runs on what the one before left whole.
fn finish(db: &Database, target: Target) -> (Option<Artifact>, Vec<Diagnostic>) {
    match cloudc_emit::artifact(db, target) {
        Ok(mut artifact) => {
            let notes = placed(db, &std::mem::take(&mut artifact.notes));
            (Some(artifact), notes)
        }
        Err(problems) => (None, placed(db, &problems)),
    }
}

/// What building a target would find wrong after its sources, without making the template.
pub(crate) fn findings(db: &Database, target: Target) -> Vec<Diagnostic> {
    let emits = match db.options().purpose {
        Purpose::Build => true,
        Purpose::Check => !has_open_inputs(db, target),
        Purpose::Edit => false,
    };
    if emits {
        return placed(db, &cloudc_emit::problems(db, target));
    }
    let mut problems = cloudc_eval::problems(db, target);
    problems.extend(cloudc_graph::problems(db, target).iter().cloned());
    placed(db, &problems)
}

/// What evaluating and ordering find in a program that has errors already: what services refuse, and what is wrong between
/// resources. What evaluation cannot compute may follow from those errors, and is not told.
pub fn later(db: &Database, target: Target) -> Vec<Diagnostic> {
    let mut problems = cloudc_eval::problems(db, target);
    problems.extend(cloudc_graph::problems(db, target).iter().cloned());
    let tells = |code: &str| code.starts_with("C04") || code.starts_with("C06");
    problems.retain(|problem| problem.severity == cloudc_base::Severity::Error && tells(problem.code.0));
    placed(db, &problems)
}

fn placed(db: &Database, problems: &[Problem]) -> Vec<Diagnostic> {
    problems.iter().map(|problem| problem.place(db)).collect()
}

/// Whether an input of the stack has no value.
fn has_open_inputs(db: &Database, target: Target) -> bool {
    let frame = cloudc_eval::Frame::of_target(db, target);
    let inputs = cloudc_hir::inputs(db, cloudc_hir::Owner::File(target.file(db)));
    inputs.iter().any(|decl| {
        let site = cloudc_eval::Site::new(db, frame, *decl);
        matches!(cloudc_eval::value_of(db, site).node.value, Value::Unknown)
    })
}

/// What to say when a file was to be built and has no stack.
pub fn no_stack(db: &Database, file: File) -> Option<Diagnostic> {
    let empty = cloudc_hir::all_declarations(db, file).is_empty();
    let readable = matches!(file.content(db), cloudc_base::Content::Text(_));
    if empty || !readable || cloudc_hir::stack_decl(db, file).is_some() {
        return None;
    }
    let message = "there is nothing to build: this file has no `stack`";
    let mut one = Diagnostic::error(Code(codes::NOTHING_TO_BUILD), file, TextRange::default(), message);
    let home = cloudc_hir::home(db, file);
    one.help = Some(match home == file {
        true => "add `stack name { region: \"eu-west-1\" }`, or build a file that imports this one".to_owned(),
        false => format!("it is a part of the stack in `{}`: build that", cloudc_hir::MAIN),
    });
    Some(one)
}

/// The files that the project lists as its stacks, in order; none when it lists none.
pub fn listed(db: &Database) -> Vec<File> {
    cloudc_types::project::listed(db).into_iter().map(|stack| stack.file).collect()
}
