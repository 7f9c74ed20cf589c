//! The files that one stack is written in: that of its `stack`, and the parts that this names.
//!
//! In: a file. Out: [`home`], the file whose declarations it shares, and [`unit`], all of them. Always: a file is in one unit; a file that
//! nobody names as a part is a unit of its own; both ways can be found from one file, so that nothing asks for the whole project.

use cloudc_base::{Db, File, path};
use smol_str::SmolStr;

use crate::body::{Element, Entry, Expr, ExprId, Key, Literal, Parts};
use crate::codes;
use crate::decl::{Decl, Owner};
use crate::imports::readable;
use crate::items::{all_declarations, declarations};
use crate::lower::body;
use crate::problem::{Anchor, Problem};
use crate::scope::stack_decl;

/// What the file of a stack with parts is called: the parts beside it find it by that.
pub const MAIN: &str = "main.cloud";

/// The file whose `stack` a file is a part of; itself when it is no part.
pub fn home(db: &dyn Db, file: File) -> File {
    if file.is_std(db) { file } else { home_of(db, file) }
}

#[salsa::tracked(returns(copy))]
fn home_of(db: &dyn Db, file: File) -> File {
    let Some((folder, name)) = file.path(db).rsplit_once('/') else { return file };
    if name == MAIN || stack_decl(db, file).is_some() {
        return file;
    }
    let main = db.files().get(db, &format!("{folder}/{MAIN}"));
    if parts(db, main).contains(&file) { main } else { file }
}

/// The parts of a stack, in the order in which its `stack` names them; those that cannot be parts left out.
#[salsa::tracked(returns(ref))]
pub fn parts(db: &dyn Db, file: File) -> Vec<File> {
    let Some(stack) = stack_decl(db, file) else { return Vec::new() };
    let mut found = Vec::new();
    for named in named(db, stack) {
        if let Ok(part) = part(db, file, named.1)
            && !found.contains(&part)
        {
            found.push(part);
        }
    }
    found
}

/// Every file whose declarations a file shares, that of the `stack` first.
pub fn unit(db: &dyn Db, file: File) -> &[File] {
    unit_of(db, home(db, file))
}

#[salsa::tracked(returns(ref))]
fn unit_of(db: &dyn Db, home: File) -> Vec<File> {
    [home].into_iter().chain(parts(db, home).iter().copied()).collect()
}

/// Whether two files are of one unit.
pub fn is_shared(db: &dyn Db, one: File, other: File) -> bool {
    one == other || home(db, one) == home(db, other)
}

/// What is declared directly in an owner; for a file, in all files of its unit.
pub fn declared(db: &dyn Db, owner: Owner) -> impl Iterator<Item = Decl> {
    let (files, own) = match owner {
        Owner::File(file) => (unit(db, file), None),
        Owner::Decl(..) => (&[][..], Some(owner)),
    };
    let owners = files.iter().map(|file| Owner::File(*file)).chain(own);
    owners.flat_map(move |owner| declarations(db, owner).iter().copied())
}

/// Every declaration of a file's unit, nested ones included.
pub fn all_declared(db: &dyn Db, file: File) -> impl Iterator<Item = Decl> {
    unit(db, file).iter().flat_map(move |file| all_declarations(db, *file).iter().copied())
}

/// What is written in the setting `parts`: places, and the paths that are fixed text.
fn named(db: &dyn Db, stack: Decl) -> Vec<(ExprId, Option<&SmolStr>)> {
    let body = body(db, stack);
    let Parts::Settings { body: Some(record), .. } = body.parts else { return Vec::new() };
    let Expr::Record(entries) = body.expr(record) else { return Vec::new() };
    let setting = entries.iter().find_map(|entry| match entry {
        Entry::Field { key: Key::Text(name), value, .. } if name == "parts" => Some(*value),
        _ => None,
    });
    let Some(Expr::List(elements)) = setting.map(|at| body.expr(at)) else { return Vec::new() };
    let element = |element: &Element| match element {
        Element::Item { value, guard: None } => match body.expr(*value) {
            Expr::Literal(Literal::Str(text)) => (*value, Some(text)),
            _ => (*value, None),
        },
        Element::Item { value, .. } | Element::Spread { value, .. } => (*value, None),
        Element::For { iterable, .. } => (*iterable, None),
    };
    elements.iter().map(element).collect()
}

/// Why a path cannot be a part.
enum Refused {
    Computed,
    Elsewhere,
    Missing,
    Itself,
    Stack(Decl),
}

fn part(db: &dyn Db, home: File, written: Option<&SmolStr>) -> Result<File, Refused> {
    let written = written.ok_or(Refused::Computed)?;
    let beside = written.strip_prefix("./").filter(|name| !name.contains('/'));
    let path = beside.and_then(|_| path::resolve(home.path(db), written)).ok_or(Refused::Elsewhere)?;
    let file = db.files().get(db, &path);
    if file == home {
        return Err(Refused::Itself);
    }
    if readable(db, file).is_err() {
        return Err(Refused::Missing);
    }
    if !home.path(db).ends_with(&format!("/{MAIN}")) {
        return Err(Refused::Elsewhere);
    }
    match stack_decl(db, file) {
        Some(stack) => Err(Refused::Stack(stack)),
        None => Ok(file),
    }
}

/// What is wrong with the parts that a file's `stack` names.
pub(crate) fn problems(db: &dyn Db, file: File) -> Vec<Problem> {
    let Some(stack) = stack_decl(db, file) else { return Vec::new() };
    let named = named(db, stack);
    if let (false, false, Some((at, _))) = (named.is_empty(), file.path(db).ends_with(&format!("/{MAIN}")), named.first()) {
        let problem =
            Problem::error(codes::BAD_PART, Anchor::expr(stack, *at), format!("a stack with parts is in a file `{MAIN}`"));
        let problem = problem.label("this file is called otherwise").note("its parts find the stack they belong to by that name");
        return vec![problem.help(format!("give it a folder of its own, and call this file `{MAIN}`"))];
    }
    let mut seen: Vec<&SmolStr> = Vec::new();
    let mut problems = Vec::new();
    for (at, written) in named {
        let twice = written.is_some_and(|path| seen.contains(&path));
        seen.extend(written);
        let shown = written.map_or("", |path| path.as_str());
        let error = |message: String| Problem::error(codes::BAD_PART, Anchor::expr(stack, at), message);
        problems.push(match part(db, file, written) {
            Ok(_) if twice => error(format!("`{shown}` is named twice")).label("once more here").help("remove one of them"),
            Ok(_) => continue,
            Err(Refused::Computed) => error("the parts of a stack are fixed text".to_owned())
                .label("computed")
                .help("write the paths: `parts: [\"./network.cloud\"]`"),
            Err(Refused::Elsewhere) => error(format!("`{shown}` does not stand beside this file"))
                .label("no path like `./network.cloud`")
                .note("the parts of a stack are in its own folder; what others share is a module, and imported"),
            Err(Refused::Missing) => error(format!("there is no file `{shown}` that can be read")).label("nothing is there"),
            Err(Refused::Itself) => error(format!("`{shown}` is this file")).label("has the `stack` itself").help("remove it"),
            Err(Refused::Stack(own)) => error(format!("`{shown}` has a `stack` of its own"))
                .label("is deployed by itself")
                .related(Anchor::name(own), "its own stack")
                .help(format!("remove that `stack`, or import the file: `import \"{shown}\" as other`")),
        });
    }
    problems
}
