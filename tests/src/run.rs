//! Running a program through the compiler.

use std::sync::Arc;

use cloudc_base::{Db as _, Diagnostic, File, LineIndex, Severity};
use cloudc_driver::{Artifact, Database, MemoryFs, Options, Target};
use cloudc_schema::Schema;

use crate::expect::Finding;
use crate::program::words;

/// What became of a program.
pub struct Outcome {
    /// The database, for more questions.
    pub db: Database,
    /// Everything found, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// What was built, with its target.
    pub built: Vec<(Target, Artifact)>,
}

/// Checks every `.cloud` file and builds `/main.cloud` when it has a stack and no error was found.
pub fn run(files: &[(String, Vec<u8>)], flags: &[String]) -> Outcome {
    let system = MemoryFs::new(files.iter().cloned());
    let db = cloudc_driver::open(Arc::new(system), options(flags), Schema::embedded());
    let mut diagnostics = Vec::new();
    let mut paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).filter(|path| path.ends_with(".cloud")).collect();
    if !paths.contains(&"/main.cloud") {
        paths.push("/main.cloud");
    }
    for path in &paths {
        diagnostics.extend(cloudc_driver::check(&db, cloudc_driver::file(&db, path)));
    }
    // Tests are run where nothing is wrong with their files.
    for path in &paths {
        let file = cloudc_driver::file(&db, path);
        let tests = cloudc_driver::tests(&db, file);
        if !tests.is_empty() && cloudc_driver::test_sources(&db, file).iter().all(|one| one.severity != Severity::Error) {
            diagnostics.extend(tests.iter().flat_map(|(test, _)| cloudc_driver::run_test(&db, *test).diagnostics));
        }
    }
    let main = cloudc_driver::file(&db, "/main.cloud");
    let mut built = Vec::new();
    if diagnostics.iter().all(|one| one.severity != Severity::Error) {
        for target in cloudc_driver::targets(&db, main) {
            let (artifact, found) = cloudc_driver::build(&db, target);
            diagnostics.extend(found);
            built.extend(artifact.map(|artifact| (target, artifact)));
        }
    }
    let diagnostics = cloudc_driver::sorted(&db, diagnostics);
    Outcome { db, diagnostics, built }
}

/// Adds what `cloudc build` says when `/main.cloud` has no stack.
pub fn require_stack(outcome: &mut Outcome) {
    let main = cloudc_driver::file(&outcome.db, "/main.cloud");
    outcome.diagnostics.extend(cloudc_driver::no_stack(&outcome.db, main));
}

/// Options from flags as the command line has them.
pub fn options(flags: &[String]) -> Options {
    let mut options = Options::default();
    let mut flags = flags.iter();
    while let Some(flag) = flags.next() {
        let value = flags.next().cloned().unwrap_or_default();
        match flag.as_str() {
            "--set" => {
                let (name, value) = value.split_once('=').unwrap_or((&value, ""));
                options.sets.insert(name.to_owned(), value.to_owned());
            }
            "--env" => options.environment = Some(value),
            "--region" => options.regions = value.split(',').map(str::to_owned).collect(),
            flag => panic!("`{flag}` is not a flag of a fixture"),
        }
    }
    options
}

/// Flags of a program in a folder: the file `flags`, one line.
pub fn folder_flags(files: &[(String, Vec<u8>)]) -> Vec<String> {
    let flags = files.iter().find(|(path, _)| path == "/flags");
    flags.map(|(_, bytes)| words(&String::from_utf8_lossy(bytes))).unwrap_or_default()
}

/// Diagnostics as the comparison sees them.
pub fn findings(db: &Database, diagnostics: &[Diagnostic]) -> Vec<Finding> {
    diagnostics.iter().map(|one| finding(db, one)).collect()
}

fn finding(db: &Database, one: &Diagnostic) -> Finding {
    let mut asides = vec![one.label.clone()];
    asides.extend(one.labels.iter().map(|label| label.text.clone()));
    asides.extend(one.notes.iter().cloned());
    asides.extend(one.help.iter().cloned());
    asides.extend(one.fixes.iter().map(|fix| fix.title.clone()));
    Finding {
        severity: match one.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        code: one.code.to_string(),
        message: one.message.clone(),
        path: one.file.path(db).to_string(),
        line: line_of(db, one.file, one.range.start()),
        asides,
    }
}

/// The line of an offset, from one.
pub fn line_of(db: &Database, file: File, offset: cloudc_base::TextSize) -> usize {
    LineIndex::new(file.text(db)).line_col(offset).line as usize + 1
}

/// The diagnostics as they are drawn for people.
pub fn drawn(db: &Database, diagnostics: &[Diagnostic]) -> String {
    cloudc_base::render::terminal(db, diagnostics, &cloudc_base::render::Options::default())
}

/// Type and phase of the declaration whose name is on a line of a file.
pub fn type_at(db: &Database, path: &str, line: usize) -> Option<(String, &'static str)> {
    let file = db.files().get(db, path);
    let on_line = |decl: &&cloudc_hir::Decl| line_of(db, file, cloudc_hir::Anchor::name(**decl).locate(db).1.start()) == line;
    let decl = cloudc_hir::all_declarations(db, file).iter().find(on_line)?;
    let ty = &cloudc_types::signature(db, *decl).ty;
    let phase = match ty.phase.base {
        cloudc_types::Base::Const => "const",
        cloudc_types::Base::Param => "param",
        cloudc_types::Base::Deploy => "deploy",
    };
    Some((cloudc_types::display(db, ty), phase))
}
