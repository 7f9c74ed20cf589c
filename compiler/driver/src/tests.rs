//! Running tests, and telling what they covered.
//!
//! In: files with `test`s. Out: what became of each, and the components and choices that were tried. Always: a test sees nothing that
//! was chosen on the command line, so it gives the same answer everywhere.

use std::collections::{BTreeMap, BTreeSet};

use cloudc_base::{Diagnostic, File, Severity};
use cloudc_eval::checks::{self, Snapshot};
use cloudc_eval::{Frame, MemberKind, Origin, Site, Target, Value, Verdict, member};
use cloudc_hir::{Branch, Decl, DeclKind, Owner};
use cloudc_types::ty::Lit;

use crate::sort::{has_errors, sorted, unique};
use crate::{Database, build, check};

/// What became of a test.
#[derive(Debug, Clone)]
pub struct TestRun {
    /// Its file.
    pub file: File,
    /// Its title.
    pub name: String,
    /// Byte offset of its title in the file.
    pub offset: u32,
    /// What is wrong; it passed when no error is among it.
    pub diagnostics: Vec<Diagnostic>,
    /// The snapshots it looked at.
    pub snapshots: Vec<Snapshot>,
    /// The stacks it built, what it declares itself first.
    pub targets: Vec<Target>,
}

impl TestRun {
    /// Whether nothing is wrong.
    pub fn passed(&self) -> bool {
        !has_errors(&self.diagnostics)
    }
}

/// The tests of a file with their titles, in order.
pub fn tests(db: &Database, file: File) -> Vec<(Decl, String)> {
    let tests = cloudc_hir::declarations(db, Owner::File(file)).iter().filter(|decl| decl.kind(db) == DeclKind::Test);
    tests.map(|decl| (*decl, checks::title(db, *decl))).collect()
}

/// What is wrong with a file before any of its tests can be run.
pub fn test_sources(db: &Database, file: File) -> Vec<Diagnostic> {
    check::sources(db, file)
}

/// Runs a test of a file without errors.
pub fn run_test(db: &Database, test: Decl) -> TestRun {
    let report = checks::run_test(db, test);
    let mut diagnostics: Vec<Diagnostic> = report.problems.iter().map(|problem| problem.place(db)).collect();
    let own = Target::of_test(db, test);
    // What it declares has to be something that CloudFormation takes.
    if !has_errors(&diagnostics) && !checks::declared(db, own).is_empty() {
        diagnostics.extend(cloudc_emit::problems(db, own).iter().map(|problem| problem.place(db)));
    }
    TestRun {
        file: test.file(db),
        name: checks::title(db, test),
        offset: cloudc_hir::Anchor::name(test).locate(db).1.start().into(),
        diagnostics: sorted(db, diagnostics),
        snapshots: report.snapshots,
        targets: report.targets,
    }
}

/// What a test sees of a build.
pub(crate) fn verdict(db: &Database, target: Target) -> Verdict {
    let (artifact, found) = build::build(db, target);
    let errors = found.iter().filter(|one| one.severity == Severity::Error);
    Verdict {
        errors: errors.map(|one| (one.code.to_string().into(), one.message.clone())).collect(),
        template: artifact.map(|artifact| cloudc_emit::to_json(&artifact.template)),
    }
}

/// What tests tried of the components and stacks of some files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// In order of path and name.
    pub parts: Vec<Covered>,
}

/// How much of a component or stack was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// The path of its file.
    pub path: String,
    /// `component` or `stack`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Whether a test made one.
    pub made: bool,
    /// Its inputs that are one of a few values, each value with whether it was tried.
    pub inputs: Vec<(String, Vec<(String, bool)>)>,
}

/// What `runs` covered of `files`, of what those import, and of what was built.
pub fn coverage(db: &Database, files: &[File], runs: &[TestRun]) -> Coverage {
    let built = runs.iter().flat_map(|run| &run.targets).map(|target| target.file(db));
    let files = unique(files.iter().copied().chain(built).flat_map(|file| check::modules(db, file)));
    let mut tried = Tried::default();
    for target in runs.iter().flat_map(|run| &run.targets) {
        tried.target(db, *target);
    }
    let mut parts = Vec::new();
    for file in files {
        for decl in cloudc_hir::declarations(db, Owner::File(file)) {
            match decl.kind(db) {
                DeclKind::Component => parts.push(tried.covered(db, *decl, Owner::Decl(*decl, Branch::Then))),
                DeclKind::Stack => parts.push(tried.covered(db, *decl, Owner::File(file))),
                _ => {}
            }
        }
    }
    parts.sort_by(|a, b| (&a.path, a.kind, &a.name).cmp(&(&b.path, b.kind, &b.name)));
    Coverage { parts }
}

/// What was made, and the values that inputs had.
#[derive(Default)]
struct Tried {
    made: BTreeSet<Decl>,
    values: BTreeMap<Decl, BTreeSet<String>>,
}

impl Tried {
    fn target(&mut self, db: &Database, target: Target) {
        let top = Frame::of_target(db, target);
        if let Some(stack) = target.stack_decl(db) {
            self.made.insert(stack);
            self.inputs(db, top, Owner::File(target.file(db)));
        }
        let mut frames = Vec::new();
        member::each(db, top, &mut |member| {
            if let MemberKind::Instance(frame) = &member.inner {
                frames.push(*frame);
            }
        });
        for frame in frames {
            let Some(owner @ Owner::Decl(component, _)) = frame.owner(db) else { continue };
            debug_assert!(matches!(frame.origin(db), Origin::Instance(_)));
            self.made.insert(component);
            self.inputs(db, frame, owner);
        }
    }

    fn inputs(&mut self, db: &Database, frame: Frame, owner: Owner) {
        for input in cloudc_hir::inputs(db, owner).iter().filter(|input| choices(db, **input).is_some()) {
            let value = &cloudc_eval::value_of(db, Site::new(db, frame, *input)).node.value;
            let shown = match value {
                Value::Str(text) => format!("{text:?}"),
                Value::Bool(value) => value.to_string(),
                Value::Int(value) => value.to_string(),
                _ => continue,
            };
            self.values.entry(*input).or_default().insert(shown);
        }
    }

    fn covered(&self, db: &Database, decl: Decl, owner: Owner) -> Covered {
        let inputs = cloudc_hir::inputs(db, owner).iter().filter_map(|input| {
            let choices = choices(db, *input)?;
            let tried = |value: &String| self.values.get(input).is_some_and(|values| values.contains(value));
            let values = choices.into_iter().map(|value| (value.clone(), tried(&value))).collect();
            Some((input.name(db).to_string(), values))
        });
        Covered {
            path: decl.file(db).path(db).to_string(),
            kind: decl.kind(db).keyword(),
            name: decl.name(db).to_string(),
            made: self.made.contains(&decl),
            inputs: inputs.collect(),
        }
    }
}

/// The values of an input that can have a few only.
fn choices(db: &Database, input: Decl) -> Option<Vec<String>> {
    let ty = cloudc_types::signature(db, input).ty.present().kind.clone();
    let literals = ty.literals().filter(|all| all.len() > 1)?;
    Some(literals.iter().map(Lit::to_string).collect())
}
