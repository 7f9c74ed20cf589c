//! `moved old -> new`: what resources were called before, so that what is deployed stays what it is.
//!
//! In: the `moved` lines of a stack's file. Out: [`moves`], paths from names and loop keys, and what is wrong with them. Always: about
//! names only; whether a path's keys occur is known when loops are evaluated.

use cloudc_base::{Db, File};
use smol_str::SmolStr;

use crate::body::{Body, Expr, ExprId, Literal, Parts};
use crate::codes;
use crate::decl::{Decl, DeclKind, Namespace, Owner};
use crate::lower::body;
use crate::problem::{Anchor, Part, Problem};
use crate::resolve::{Resolution, resolve};
use crate::scope::{find_inner, resources, stack_decl};
use crate::unit::{declared, home};
use crate::uses::instance_of;

/// One `moved` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// What it was called.
    pub from: Vec<Step>,
    /// What it is called.
    pub to: Vec<Step>,
}

/// A part of a path to a resource: `y.zone["raw"].bucket` has four.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// A resource, or one inside the instance before it.
    Name(SmolStr),
    /// The key of a loop's turn.
    Key(SmolStr),
}

/// The moves that a file asks for and that make sense, in source order.
pub fn moves(db: &dyn Db, file: File) -> &[Move] {
    &found(db, home(db, file)).moves
}

/// What is wrong with the `moved` lines of a file.
pub(crate) fn problems(db: &dyn Db, file: File) -> &[Problem] {
    &found(db, home(db, file)).problems
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Found {
    moves: Vec<Move>,
    problems: Vec<Problem>,
}

#[salsa::tracked(returns(ref))]
fn found(db: &dyn Db, file: File) -> Found {
    let mut found = Found::default();
    if stack_decl(db, file).is_none() {
        // That they belong to a stack is told for the whole file.
        return found;
    }
    let mut lines: Vec<Line> = Vec::new();
    for decl in declared(db, Owner::File(file)).filter(|decl| decl.kind(db) == DeclKind::Moved) {
        match line(db, decl) {
            Ok(line) => lines.extend(line),
            Err(problem) => found.problems.push(*problem),
        }
    }
    for at in 0..lines.len() {
        match problem(db, file, &lines, at) {
            Some(problem) => found.problems.push(problem),
            None => found.moves.push(lines[at].paths.clone()),
        }
    }
    found
}

/// The paths that a file's `forget` lines name, in source order: what was a resource and is none any more.
pub fn forgotten(db: &dyn Db, file: File) -> Vec<Vec<Step>> {
    let lines = declared(db, Owner::File(file)).filter(|decl| decl.kind(db) == DeclKind::Forget);
    lines.filter_map(|decl| forgets(db, decl)).filter(|path| !path.is_empty() && !exists(db, file, path, false)).collect()
}

fn forgets(db: &dyn Db, decl: Decl) -> Option<Vec<Step>> {
    let body = body(db, decl);
    let Parts::Forget { target: Some(target) } = body.parts else { return None };
    path(body, target)
}

/// What is wrong with a `forget`: where, what it names, and whether that is still declared; else it is no path at all.
pub fn wrongly_forgotten(db: &dyn Db, decl: Decl) -> Option<(ExprId, Option<String>)> {
    let Parts::Forget { target: Some(target) } = body(db, decl).parts else { return None };
    match forgets(db, decl) {
        None => Some((target, None)),
        Some(path) if !path.is_empty() && exists(db, decl.file(db), &path, false) => Some((target, Some(shown(&path)))),
        Some(_) => None,
    }
}

/// A line as read.
struct Line {
    decl: Decl,
    from: ExprId,
    to: ExprId,
    paths: Move,
}

/// Reads a line; none for one with parts missing, which has been reported.
fn line(db: &dyn Db, decl: Decl) -> Result<Option<Line>, Box<Problem>> {
    let body = body(db, decl);
    let Parts::Moved { from: Some(from), to: Some(to) } = body.parts else { return Ok(None) };
    let read = |at: ExprId| path(body, at).ok_or_else(|| Box::new(no_path(decl, at)));
    let paths = Move { from: read(from)?, to: read(to)? };
    let whole = !paths.from.is_empty() && !paths.to.is_empty();
    Ok(whole.then_some(Line { decl, from, to, paths }))
}

fn problem(db: &dyn Db, file: File, lines: &[Line], at: usize) -> Option<Problem> {
    let Line { decl, from, to, paths } = &lines[at];
    if let Some(module) = other_stack(db, file, &paths.from) {
        return Some(between_stacks(*decl, *from, &module));
    }
    // A name that another line gives up again is one of a chain.
    let given_up = || lines.iter().any(|other| other.paths.from == paths.to);
    if !exists(db, file, &paths.to, false) && !given_up() {
        return Some(nowhere(db, file, *decl, *to, &paths.to));
    }
    // What was put into a loop, or taken out of one, keeps its name and gets or loses a key.
    let keys_only = names(&paths.from).eq(names(&paths.to)) && !exists(db, file, &paths.from, true);
    if exists(db, file, &paths.from, false) && !keys_only {
        return Some(stays(*decl, *from, paths));
    }
    let first = lines[..at].iter().find(|other| other.paths.to == paths.to)?;
    Some(twice(*decl, *to, paths, first))
}

/// Names and keys; empty for what could not be read, none for what is no path.
fn path(body: &Body, at: ExprId) -> Option<Vec<Step>> {
    match body.expr(at) {
        Expr::Missing => Some(Vec::new()),
        Expr::Name(name) => Some(vec![Step::Name(name.clone())]),
        Expr::Field { base, name, optional: false } => {
            let mut path = path(body, *base)?;
            path.push(Step::Name(name.clone()));
            Some(path)
        }
        Expr::Index { base, index } => {
            let mut path = path(body, *base)?;
            path.push(Step::Key(match body.expr(*index) {
                Expr::Literal(Literal::Str(key)) => key.clone(),
                Expr::Literal(Literal::Int(key)) => SmolStr::from(key.to_string()),
                _ => return None,
            }));
            Some(path)
        }
        _ => None,
    }
}

/// Whether a path leads to a resource or an instance that the file declares; keys are believed. `whole`: with a key for each loop.
fn exists(db: &dyn Db, file: File, path: &[Step], whole: bool) -> bool {
    let mut at: Option<Decl> = None;
    let mut steps = path.iter().peekable();
    while let Some(step) = steps.next() {
        let Step::Name(name) = step else { continue };
        let next = match at {
            None => {
                let found = resources(db, Owner::File(file)).iter().find(|(known, ..)| known == name);
                found.map(|(_, decl, lift)| (*decl, lift.clone()))
            }
            Some(instance) => instance_of(db, instance)
                .and_then(|component| find_inner(db, component, name.clone()))
                .filter(|(decl, _)| decl.kind(db) == DeclKind::Resource),
        };
        let Some((decl, lift)) = next else { return false };
        let mut keys = 0;
        while steps.next_if(|step| matches!(step, Step::Key(_))).is_some() {
            keys += 1;
        }
        let loops = lift.iter().filter(|(outer, _)| outer.kind(db) == DeclKind::For).count();
        if whole && loops != keys {
            return false;
        }
        at = Some(decl);
    }
    true
}

/// A path without its keys.
fn names(path: &[Step]) -> impl Iterator<Item = &SmolStr> {
    path.iter().filter_map(|step| match step {
        Step::Name(name) => Some(name),
        Step::Key(_) => None,
    })
}

/// The module that a path begins with.
fn other_stack(db: &dyn Db, file: File, path: &[Step]) -> Option<SmolStr> {
    let Some(Step::Name(name)) = path.first() else { return None };
    let found = resolve(db, Owner::File(file), Namespace::Value, name.clone());
    matches!(found, Some(Resolution::Module { .. })).then(|| name.clone())
}

fn no_path(decl: Decl, at: ExprId) -> Problem {
    let message = "this is no path to a resource";
    let problem = Problem::error(codes::MOVED_NOWHERE, Anchor::expr(decl, at), message).label("names and keys are expected");
    problem.help("write it as you would refer to it: `name`, `instance.name`, `name[\"key\"]`")
}

fn between_stacks(decl: Decl, at: ExprId, module: &str) -> Problem {
    let message = format!("`{module}` is another stack, and a template cannot take a resource out of another one");
    let problem = Problem::error(codes::MOVED_NOWHERE, Anchor::expr(decl, at), message).label("not in this stack");
    problem.note("a logical id can be kept within a stack; moving between stacks is a stack refactor of CloudFormation")
}

fn nowhere(db: &dyn Db, file: File, decl: Decl, at: ExprId, path: &[Step]) -> Problem {
    let message = format!("this stack has no resource `{}`", shown(path));
    let mut problem = Problem::error(codes::MOVED_NOWHERE, Anchor::expr(decl, at), message).label("nothing has this name");
    let names = resources(db, Owner::File(file)).iter().map(|(name, ..)| name.as_str());
    if let [Step::Name(name), ..] = path
        && let Some(near) = cloudc_base::suggest::nearest(name, names)
    {
        problem = problem.help(format!("did you mean `{near}`?"));
    }
    problem.note("behind `->` stands what the resource is called now")
}

fn stays(decl: Decl, at: ExprId, paths: &Move) -> Problem {
    let (from, to) = (shown(&paths.from), shown(&paths.to));
    let message = format!("`{from}` is still there, so it has not become `{to}`");
    let problem = Problem::error(codes::MOVED_STAYS, Anchor::expr(decl, at), message).label("names a resource of this stack");
    problem.help("remove the line, or the resource that has the old name")
}

fn twice(decl: Decl, at: ExprId, paths: &Move, first: &Line) -> Problem {
    let message = format!("`{}` cannot have been two things before", shown(&paths.to));
    let problem = Problem::error(codes::MOVED_TWICE, Anchor::expr(decl, at), message).label("once more here");
    let (earlier, later) = (shown(&paths.from), shown(&first.paths.from));
    problem
        .related(Anchor { decl: first.decl, part: Part::Whole }, "first here")
        .help(format!("if it was `{earlier}` before it was `{later}`, write `moved {earlier} -> {later}`: chains are followed"))
}

/// As it is written.
fn shown(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Name(name) if text.is_empty() => text.push_str(name),
            Step::Name(name) => text.push_str(&format!(".{name}")),
            Step::Key(key) => text.push_str(&format!("[{key:?}]")),
        }
    }
    text
}
