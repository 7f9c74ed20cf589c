//! Checking: everything that is wrong with a file, the modules it imports, and the stack it makes.

use cloudc_base::{Code, Content, Diagnostic, File, Severity, TextRange};
use cloudc_hir::{Anchor, DeclKind, Part, Problem};

use crate::sort::{has_errors, sorted, unique};
use crate::{Database, build, codes};

/// What is wrong with a file's text: unreadable, or not of the grammar.
pub fn syntax(db: &Database, file: File) -> Vec<Diagnostic> {
    cloudc_hir::syntax_diagnostics(db, file)
}

/// Everything that is wrong with a file and with the modules it imports.
///
/// When it makes a stack and its text can be read, also what evaluating it for each of its targets finds.
pub fn check(db: &Database, file: File) -> Vec<Diagnostic> {
    // A part is right or wrong together with its stack.
    let file = cloudc_hir::home(db, file);
    let mut list = sources(db, file);
    // A tree that is a guess says nothing about what is made of it.
    let readable = !list.iter().any(|one| one.severity == Severity::Error && one.code.0 < codes::AFTER_SYNTAX);
    if readable {
        let whole = !has_errors(&list);
        for target in build::targets(db, file) {
            list.extend(if whole { build::findings(db, target) } else { build::later(db, target) });
        }
    }
    sorted(db, list)
}

/// What the stages before evaluation find in a file and its modules.
pub(crate) fn sources(db: &Database, file: File) -> Vec<Diagnostic> {
    if !matches!(file.content(db), Content::Text(_)) {
        return syntax(db, file);
    }
    let mut list = Vec::new();
    for module in modules(db, file) {
        if matches!(module.content(db), Content::Text(_)) {
            list.extend(one_file(db, module));
        }
    }
    if list.is_empty() && cloudc_hir::all_declarations(db, file).is_empty() {
        list.push(empty(file));
    }
    sorted(db, list)
}

/// A file and what it imports, directly or not; the standard library, which is right, left out.
pub(crate) fn modules(db: &Database, file: File) -> Vec<File> {
    let mut found = cloudc_hir::unit(db, file).to_vec();
    // What the project sets reaches every stack of it.
    found.extend(
        cloudc_types::project::project_file(db).filter(|project| *project != file && cloudc_hir::stack_decl(db, file).is_some()),
    );
    let mut next = 0;
    while next < found.len() {
        let imports = cloudc_hir::declarations(db, cloudc_hir::Owner::File(found[next])).iter();
        let imports = imports.filter(|decl| decl.kind(db) == DeclKind::Import);
        let files = imports.filter_map(|decl| cloudc_hir::import_file(db, *decl).ok()).filter(|file| !file.is_std(db));
        let files = files.flat_map(|file| cloudc_hir::unit(db, file)).copied();
        found = unique(found.iter().copied().chain(files.collect::<Vec<_>>()));
        next += 1;
    }
    found
}

/// Text, names, cycles and types of one file.
fn one_file(db: &Database, file: File) -> Vec<Diagnostic> {
    let mut list = syntax(db, file);
    let guessed = guessed(db, file, &list);
    let mut later = Vec::new();
    let place = |problem: &Problem| problem.place(db);
    let names = cloudc_hir::scope_problems(db, file).into_iter();
    later.extend(names.map(|problem| cloudc_hir::with_nearest_file(db, problem).place(db)));
    later.extend(cloudc_hir::cycle_problems(db, file).iter().map(place));
    later.extend(cloudc_hir::uses::deprecated_uses(db, file).map(place));
    for decl in cloudc_hir::all_declarations(db, file) {
        later.extend(cloudc_hir::lower_problems(db, *decl).iter().map(place));
        later.extend(cloudc_types::typed(db, *decl).problems.iter().map(place));
    }
    later.retain(|one| !guessed.iter().any(|range| range.contains_inclusive(one.range.start())));
    list.append(&mut later);
    list
}

/// Where the tree is a guess: from the line of a syntax error to the end of the innermost declaration around it. What later
/// stages say about that would be about the guess.
fn guessed(db: &Database, file: File, errors: &[Diagnostic]) -> Vec<TextRange> {
    let text = file.text(db);
    let declarations = cloudc_hir::all_declarations(db, file).iter();
    let whole = |decl: &cloudc_hir::Decl| Anchor { decl: *decl, part: Part::Whole }.locate(db).1;
    // Found only when there is something to look for.
    let ranges: Vec<TextRange> = if errors.is_empty() { Vec::new() } else { declarations.map(whole).collect() };
    let zone = |error: &Diagnostic| {
        let at = error.range.start();
        let line = text.get(..usize::from(at)).and_then(|before| before.rfind('\n')).map_or(0, |at| at as u32 + 1);
        let around = ranges.iter().filter(|range| range.contains_inclusive(at)).min_by_key(|range| range.len());
        let end = around.map_or(error.range.end(), |range| range.end().max(error.range.end()));
        TextRange::new(line.into(), end.max(line.into()))
    };
    errors.iter().map(zone).collect()
}

fn empty(file: File) -> Diagnostic {
    let mut one =
        Diagnostic::error(Code(codes::EMPTY), file, TextRange::default(), "this file declares nothing, not even a `stack`");
    one.help = Some("a program that can be deployed starts with `stack name { region: \"eu-west-1\" }`".to_owned());
    one
}
