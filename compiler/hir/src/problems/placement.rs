//! Declarations where none of their kind may stand, or under a name that none may have.

use cloudc_base::{Db, File};

use crate::codes;
use crate::decl::{Decl, DeclKind, Namespace, Owner};
use crate::items::{all_declarations, declarations};
use crate::problem::{Anchor, Part, Problem, Spot};
use crate::scope::stack_decl;
use crate::unit::{MAIN, home};

/// Where a declaration stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    File,
    /// Inside `if` or `for` at the file's level or in a component.
    Block,
    Component,
    /// Inside a test, at any depth.
    Test,
    /// Inside a policy, at any depth.
    Policy,
}

/// Misplaced declarations of a file, second stacks, and what a file without a stack may not have.
pub(super) fn problems(db: &dyn Db, file: File) -> Vec<Problem> {
    let mut problems = Vec::new();
    for decl in all_declarations(db, file) {
        let place = place(db, *decl);
        if !allowed(decl.kind(db), place) {
            problems.push(misplaced(db, *decl, place));
        }
        problems.extend(reserved(db, *decl));
    }
    second_stacks(db, file, &mut problems);
    outside_project_file(db, file, &mut problems);
    problems.extend(without_stack(db, file));
    problems
}

fn place(db: &dyn Db, decl: Decl) -> Place {
    let Some(parent) = decl.parent(db) else { return Place::File };
    match decl.container(db).map(|outer| outer.kind(db)) {
        Some(DeclKind::Policy) => return Place::Policy,
        Some(DeclKind::Test) => return Place::Test,
        _ => {}
    }
    match parent.kind(db) {
        DeclKind::If | DeclKind::For => Place::Block,
        _ => Place::Component,
    }
}

fn allowed(kind: DeclKind, place: Place) -> bool {
    use DeclKind::{Assert, Existing, For, If, Input, Let, Output, Resource};
    match place {
        Place::File => true,
        Place::Block => matches!(kind, Let | Resource | Existing | Output | If | For | Assert),
        Place::Component => matches!(kind, Input | Let | Resource | Existing | Output | If | For | Assert),
        Place::Test => matches!(kind, Let | Resource | If | For | Assert),
        Place::Policy => matches!(kind, Let | If | For | Assert),
    }
}

fn misplaced(db: &dyn Db, decl: Decl, place: Place) -> Problem {
    let keyword = decl.kind(db).keyword();
    let outer = decl.parent(db).map_or("file", |parent| parent.kind(db).keyword());
    let message = format!("`{keyword}` cannot stand inside `{outer}`");
    let problem = Problem::error(codes::MISPLACED, Anchor::name(decl), message).label(format!("inside `{outer}`"));
    match (decl.kind(db), place) {
        (DeclKind::Param, Place::Component) => {
            problem.help("make it an `input`; whoever uses the component can pass it a `param`")
        }
        (DeclKind::Input | DeclKind::Param, Place::Block) => {
            problem.help("declare it outside; what it is used for can depend on the condition")
        }
        (DeclKind::Resource, Place::Policy) => {
            problem.note("a policy looks at the resources that are there: `resources(AWS::S3::Bucket)`")
        }
        (_, Place::Policy) => problem.help("policies hold `let`, `if`, `for` and `assert`"),
        (_, Place::Test) => problem.help("tests hold `let`, `if`, `for`, `assert` and `resource`"),
        _ => problem.help("move it to column 0 of the file"),
    }
}

/// A value that is named like a literal: written out, the name means the literal.
fn reserved(db: &dyn Db, decl: Decl) -> Option<Problem> {
    let name = decl.name(db);
    let is_value = decl.kind(db).namespace() == Some(Namespace::Value);
    if !is_value || !matches!(name.as_str(), "none" | "true" | "false") {
        return None;
    }
    let message = format!("`{name}` is a literal, so nothing can have it as a name");
    Some(Problem::error(codes::RESERVED_NAME, Anchor::name(decl), message).label("a literal").help("choose another name"))
}

fn second_stacks(db: &dyn Db, file: File, problems: &mut Vec<Problem>) {
    let Some(first) = stack_decl(db, file) else { return };
    let stacks = declarations(db, Owner::File(file)).iter().filter(|decl| decl.kind(db) == DeclKind::Stack);
    for second in stacks.filter(|decl| **decl != first) {
        let message = format!("`{}` is a second stack in this file", second.name(db));
        let problem = Problem::error(codes::SECOND_STACK, Anchor::name(*second), message).label("one file is one stack");
        problems.push(problem.related(Anchor::name(first), "the first one").help("move it to a file of its own"));
    }
}

fn outside_project_file(db: &dyn Db, file: File, problems: &mut Vec<Problem>) {
    let path = file.path(db);
    if path.rsplit('/').next() == Some("project.cloud") {
        return;
    }
    for decl in declarations(db, Owner::File(file)) {
        if matches!(decl.kind(db), DeclKind::Project | DeclKind::Env) {
            let message = format!("`{}` is only read in `project.cloud`", decl.kind(db).keyword());
            let problem = Problem::error(codes::NOT_PROJECT_FILE, Anchor::name(*decl), message).label("not read here");
            problems.push(problem.help("move it to `project.cloud` at the root of the project"));
        }
    }
}

/// One problem for the whole file, at the first declaration that needs a stack.
fn without_stack(db: &dyn Db, file: File) -> Option<Problem> {
    if stack_decl(db, home(db, file)).is_some() {
        return None;
    }
    let of_stacks: Vec<Decl> = all_declarations(db, file).iter().copied().filter(|decl| needs_stack(db, *decl)).collect();
    let first = *of_stacks.first()?;
    let keyword = first.kind(db).keyword();
    let message = format!("this file declares {} `{keyword}` but no `stack`", article(keyword));
    let mut problem = Problem::error(codes::NO_STACK, Anchor::name(first), message)
        .label("belongs to a stack")
        .note("a file without a `stack` is a module for others to import and deploys nothing");
    if of_stacks.len() > 1 {
        problem = problem.note(format!("so do {} more declarations of this file", of_stacks.len() - 1));
    }
    let (path, name) = (file.path(db), stack_name(file.path(db)));
    let (folder, own) = path.rsplit_once('/').unwrap_or(("", path));
    let beside = own != MAIN && stack_decl(db, db.files().get(db, &format!("{folder}/{MAIN}"))).is_some();
    problem = problem.help(match beside {
        true => format!(
            "name `./{own}` in `parts` of the stack in `{MAIN}`, write `stack {name} {{}}` to deploy this file alone, or put the declaration into a `component`"
        ),
        false => format!("write `stack {name} {{}}` to deploy this file, or put the declaration into a `component`"),
    });
    let last = *declarations(db, Owner::File(file)).last()?;
    let whole = Anchor { decl: last, part: Part::Whole };
    Some(problem.fix("add a stack", Spot::After(whole), format!("\n\nstack {name} {{}}")))
}

/// Whether a declaration at the file's level, or in its `if` and `for`, makes sense in a stack only.
fn needs_stack(db: &dyn Db, decl: Decl) -> bool {
    use DeclKind::{Assert, Defaults, Existing, Forget, Input, Moved, Output, Param, Resource};
    let of_stacks = matches!(decl.kind(db), Input | Param | Resource | Existing | Output | Defaults | Moved | Forget | Assert);
    of_stacks && decl.container(db).is_none()
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// The file's name as the name of a stack.
fn stack_name(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.strip_suffix(".cloud").unwrap_or(file);
    let name: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { "main".to_owned() }
}
