//! Imports that lead nowhere or name what is not offered.

use cloudc_base::suggest::nearest;
use cloudc_base::{Db, File, ReadError, path};

use crate::body::ExprId;
use crate::codes;
use crate::decl::{Decl, DeclKind, Namespace, Owner};
use crate::imports::{
    ImportError, import_file, import_path, imported_files, item_name, module_item, module_names, module_private, readable, target,
};
use crate::items::all_declarations;
use crate::problem::{Anchor, Problem, Spot};
use crate::unit::{declared, home};
use crate::uses::input_free;

/// Problems of the imports of a file.
pub(super) fn problems(db: &dyn Db, file: File) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut circle_told = false;
    for decl in all_declarations(db, file) {
        match decl.kind(db) {
            DeclKind::Import => {
                let Err(error) = import_file(db, *decl) else { continue };
                if let ImportError::Cycle(to) = error {
                    if !std::mem::replace(&mut circle_told, true) {
                        problems.extend(circle(db, *decl, to));
                    }
                } else {
                    problems.extend(leads_nowhere(db, *decl, &error));
                }
            }
            DeclKind::ImportItem => problems.extend(import_file(db, *decl).ok().and_then(|module| item(db, *decl, module))),
            _ => {}
        }
    }
    problems
}

/// The path between the quotes.
fn path_anchor(import: Decl) -> Anchor {
    Anchor::expr(import, ExprId(0))
}

fn leads_nowhere(db: &dyn Db, import: Decl, error: &ImportError) -> Option<Problem> {
    let written = import_path(db, import)?;
    let at = path_anchor(import);
    let problem = match error {
        ImportError::NoPath | ImportError::Cycle(_) => return None,
        ImportError::BadPath => {
            let message = format!("`{written}` is no path inside the project");
            Problem::error(codes::IMPORT_PATH, at, message)
                .label("not inside the project")
                .help("write a path relative to this file, such as `./net.cloud`, or a module such as `std/storage`")
        }
        ImportError::NotRelative => {
            let message = format!("`{written}` is neither a relative path nor a module of the standard library");
            let problem = Problem::error(codes::IMPORT_PATH, at, message).label("where is this?");
            instead(problem, at, &format!("./{written}"))
        }
        ImportError::UnknownStd => {
            let message = format!("the standard library has no module `{written}`");
            let problem = Problem::error(codes::IMPORT_UNKNOWN_STD, at, message).label("no such module");
            let known = cloudc_stdlib::modules().iter().map(|(path, _)| *path);
            match nearest(&written, known.clone()) {
                Some(meant) => instead(problem, at, meant),
                None => problem.help(format!("there are {}", listed(known))),
            }
        }
        ImportError::Unreadable(_, reason) => unreadable(db, import, &written, reason),
        ImportError::NotText(_) => {
            let message = format!("`{written}` is not UTF-8 text");
            Problem::error(codes::IMPORT_UNREADABLE, at, message).label("not text").help("save the file as UTF-8")
        }
    };
    Some(problem)
}

fn unreadable(db: &dyn Db, import: Decl, written: &str, reason: &ReadError) -> Problem {
    let at = path_anchor(import);
    let error = |code, message: String| Problem::error(code, at, message);
    match reason {
        ReadError::Missing => {
            let problem = error(codes::IMPORT_MISSING, format!("there is no file `{written}`")).label("nothing is there");
            let longer = format!("{written}.cloud");
            let resolved = path::resolve(import.file(db).path(db), &longer);
            let there = resolved.is_some_and(|path| readable(db, db.files().get(db, &path)).is_ok());
            if there && !written.ends_with(".cloud") { instead(problem, at, &longer) } else { problem }
        }
        ReadError::Directory => {
            error(codes::IMPORT_UNREADABLE, format!("`{written}` is a directory")).label("import one of the files in it")
        }
        ReadError::OutsideProject => {
            error(codes::IMPORT_PATH, format!("`{written}` is outside the project")).label("not inside the project")
        }
        ReadError::TooLarge(limit) => {
            error(codes::IMPORT_UNREADABLE, format!("`{written}` is larger than {limit} bytes")).label("too large to read")
        }
        ReadError::Other(words) => {
            error(codes::IMPORT_UNREADABLE, format!("`{written}` cannot be read")).label("cannot be read").note(words.clone())
        }
    }
}

/// The problem with the name of an existing file, when it is an import of one that is not there and a near one is. Looks into the folder
/// as it is now, so it must be asked anew each time: no query remembers what it says.
pub fn with_nearest_file(db: &dyn Db, problem: Problem) -> Problem {
    if problem.code.0 != codes::IMPORT_MISSING || problem.help.is_some() {
        return problem;
    }
    match nearest_file(db, problem.at.decl) {
        Some(path) => {
            let at = problem.at;
            instead(problem, at, &path)
        }
        None => problem,
    }
}

/// The file in the folder that an import names whose name is nearest, written as the import writes its path.
fn nearest_file(db: &dyn Db, import: Decl) -> Option<String> {
    let written = import_path(db, import)?;
    let importing = import.file(db).path(db);
    let resolved = path::resolve(importing, &written)?;
    let (folder, name) = resolved.rsplit_once('/')?;
    let own = importing.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
    let files = db.files().list(folder).into_iter().filter(|(_, is_folder)| !is_folder).map(|(name, _)| name);
    let files: Vec<String> = files.filter(|name| own != Some(name)).collect();
    let stems = files.iter().filter_map(|name| name.strip_suffix(".cloud"));
    let near = nearest(name.trim_end_matches(".cloud"), stems)?;
    let folder = written.rsplit_once('/').map_or("", |(folder, _)| folder);
    Some(format!("{folder}/{near}.cloud"))
}

fn instead(problem: Problem, at: Anchor, path: &str) -> Problem {
    problem.help(format!("did you mean `{path}`?")).fix(
        format!("change it to `{path}`"),
        Spot::Replace(at),
        format!("\"{path}\""),
    )
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Of the files that import each other, the one with the least path tells.
fn circle(db: &dyn Db, import: Decl, to: File) -> Option<Problem> {
    let file = home(db, import.file(db));
    if file == to {
        let message = format!("`{}` imports itself", name_of(db, file));
        let problem = Problem::error(codes::IMPORT_CYCLE, path_anchor(import), message).label("this file");
        return Some(problem.help("its own declarations are in scope without an import"));
    }
    let way = way_back(db, to, file)?;
    if way.iter().any(|other| other.path(db) < file.path(db)) {
        return None;
    }
    let message = format!("`{}` and `{}` import each other", name_of(db, file), name_of(db, to));
    let mut problem = Problem::error(codes::IMPORT_CYCLE, path_anchor(import), message).label("leads back to this file");
    for pair in way.windows(2) {
        if let Some(step) = import_of(db, pair[0], pair[1]) {
            let text = format!("`{}` imports `{}`", name_of(db, pair[0]), name_of(db, pair[1]));
            problem = problem.related(path_anchor(step), text);
        }
    }
    Some(problem.help("move what both need into a third file"))
}

/// The files on the shortest way along imports, both ends included.
fn way_back(db: &dyn Db, from: File, to: File) -> Option<Vec<File>> {
    let mut ways = std::collections::VecDeque::from([vec![from]]);
    let mut seen = rustc_hash::FxHashSet::from_iter([from]);
    while let Some(way) = ways.pop_front() {
        let last = *way.last()?;
        if last == to {
            return Some(way);
        }
        for next in imported_files(db, last) {
            if seen.insert(*next) {
                ways.push_back(way.iter().copied().chain([*next]).collect());
            }
        }
    }
    None
}

fn import_of(db: &dyn Db, file: File, to: File) -> Option<Decl> {
    let mut imports = declared(db, Owner::File(file)).filter(|decl| decl.kind(db) == DeclKind::Import);
    imports.find(|import| target(db, *import) == Ok(to))
}

fn name_of(db: &dyn Db, file: File) -> &str {
    let path: &str = file.path(db);
    path.rsplit_once('/').filter(|_| !file.is_std(db)).map_or(path, |(_, name)| name)
}

const SPACES: [Namespace; 2] = [Namespace::Type, Namespace::Value];

fn item(db: &dyn Db, item: Decl, module: File) -> Option<Problem> {
    let name = item_name(db, item);
    let at = Anchor::name(item);
    let path = import_path(db, item).unwrap_or_default();
    if name.is_empty() {
        return None;
    }
    let offered = SPACES.iter().find_map(|ns| module_item(db, module, *ns, name.clone()));
    if let Some(decl) = offered {
        if decl.kind(db) != DeclKind::Let || input_free(db, decl) {
            return None;
        }
        let message = format!("`{name}` of `{path}` depends on inputs, parameters or resources of that file");
        let problem = Problem::error(codes::IMPORT_NOT_FREE, at, message).label("has no value here");
        return Some(problem.related(Anchor::name(decl), "declared here").help("make it an `output` of the stack and read that"));
    }
    if let Some(private) = SPACES.iter().find_map(|ns| module_private(db, module, *ns, name.clone())) {
        let message = format!("`{name}` of `{path}` is not `pub`");
        let problem = Problem::error(codes::IMPORT_PRIVATE, at, message)
            .label("private")
            .related(Anchor::name(private), "declared here without `pub`");
        return Some(make_public(db, problem, private));
    }
    let problem = Problem::error(codes::IMPORT_UNKNOWN_NAME, at, format!("`{path}` has no `{name}`")).label("no such name there");
    if module_item(db, module, Namespace::Output, name.clone()).is_some() {
        return Some(problem.help(format!("outputs of another stack are read as `stack.{name}`: import the file with `as`")));
    }
    let known: Vec<_> = SPACES.iter().flat_map(|ns| module_names(db, module, *ns)).collect();
    Some(match nearest(&name, known.iter().map(|name| name.as_str())) {
        Some(meant) if item.name(db) == &name => {
            let fix = format!("change it to `{meant}`");
            problem.help(format!("did you mean `{meant}`?")).fix(fix, Spot::Replace(at), meant)
        }
        Some(meant) => problem.help(format!("did you mean `{meant}`?")),
        None => problem,
    })
}

fn make_public(db: &dyn Db, problem: Problem, private: Decl) -> Problem {
    let kind = private.kind(db);
    if !matches!(kind, DeclKind::Component | DeclKind::Fn | DeclKind::Type | DeclKind::Let) {
        return problem.help(format!(
            "an `{}` stays in its own file; `pub` is for components, functions, types and `let`s",
            kind.keyword()
        ));
    }
    let problem = problem.help(format!("write `pub {}` where it is declared", kind.keyword()));
    if private.file(db).is_std(db) {
        return problem;
    }
    let whole = Anchor { decl: private, part: crate::Part::Whole };
    problem.fix("make it `pub`", Spot::Before(whole), "pub ")
}
