//! The `moved old -> new` lines that keep what is deployed.
//!
//! In: a resource or instance with its old and new name. Out: edits that insert such lines in every stack that has it. Always: none where
//! the logical id is chosen by `@id` or comes out the same; a line that a rename back makes empty goes away instead.

use cloudc_base::{Edit, File, TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_hir::{Decl, DeclKind, Owner};
use cloudc_syntax::ast::{self, AstNode};

use crate::FilePosition;
use crate::references::references_to;
use crate::symbol::Symbol;
use crate::symbol::site::{Site, item_of, whole_range};

/// How many nested instances, and how many stacks' paths, are followed.
const DEPTH: u32 = 16;
const PATHS: usize = 256;

/// The lines for one renamed declaration.
pub(super) fn lines(db: &Database, decl: Decl, old: &str, new: &str, files: &[File]) -> Vec<Edit> {
    let is_deployed = decl.kind(db) == DeclKind::Resource && id_part(old) != id_part(new);
    let is_plain = cloudc_hir::uses::instance_of(db, decl).is_none();
    if !is_deployed || is_plain && cloudc_hir::body(db, decl).attr("id").is_some() {
        return Vec::new();
    }
    let mut paths = Vec::new();
    instances(db, decl, "", files, DEPTH, &mut paths);
    let mut edits: Vec<Edit> = Vec::new();
    for (top, prefix) in paths {
        let (from, to) = (format!("{prefix}{old}"), format!("{prefix}{new}"));
        let file = top.file(db);
        let edit = match undone(db, file, &to, &from) {
            Some(edit) => edit,
            // The line that brought it here is renamed with the rest, and goes on leading from what is deployed.
            None if line(db, file, |_, now| now == from).is_some() => continue,
            None => inserted(db, top, &from, &to),
        };
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    edits
}

/// A name as part of a logical id: each `_` part's first letter raised.
fn id_part(name: &str) -> String {
    let parts = name.split('_').filter(|part| !part.is_empty());
    parts.map(|part| part[..1].to_ascii_uppercase() + &part[1..]).collect()
}

/// The declarations at the level of stacks under which a resource exists, each with the path to what holds the resource.
fn instances(db: &Database, decl: Decl, below: &str, files: &[File], depth: u32, paths: &mut Vec<(Decl, String)>) {
    if paths.len() >= PATHS {
        return;
    }
    let Some(container) = decl.container(db) else {
        if cloudc_hir::resolve::stack_decl(db, decl.file(db)).is_some() {
            paths.push((decl.top(db), below.to_owned()));
        }
        return;
    };
    if container.kind(db) != DeclKind::Component || depth == 0 {
        return;
    }
    for instance in instances_of(db, container, files) {
        instances(db, instance, &format!("{}.{below}", instance.name(db)), files, depth - 1, paths);
    }
}

/// The resources that are instances of a component, by file and place.
fn instances_of(db: &Database, component: Decl, files: &[File]) -> Vec<Decl> {
    let mut found = Vec::new();
    for one in references_to(db, &Symbol::Decl(component), component.file(db), files) {
        let Some(site) = Site::at(db, FilePosition { file: one.place.file, offset: one.place.range.start() }) else { continue };
        let token = site.tokens(one.place.range.start()).into_iter().next();
        let decl = token.and_then(|token| site.decl(&token.parent()?));
        if let Some(decl) = decl.filter(|decl| cloudc_hir::uses::instance_of(db, *decl) == Some(component))
            && !found.contains(&decl)
        {
            found.push(decl);
        }
    }
    found
}

/// A new line behind the line on which a declaration ends.
fn inserted(db: &Database, top: Decl, from: &str, to: &str) -> Edit {
    let whole = whole_range(db, top);
    let rest = whole.file.text(db).get(usize::from(whole.range.end())..).unwrap_or_default();
    let line = rest.find(['\r', '\n']).unwrap_or(rest.len());
    let at = whole.range.end() + TextSize::new(line as u32);
    let end = if rest[line..].starts_with('\r') { "\r\n" } else { "\n" };
    Edit { file: whole.file, range: TextRange::empty(at), insert: format!("{end}moved {from} -> {to}") }
}

/// Takes away a line that says the opposite.
fn undone(db: &Database, file: File, from: &str, to: &str) -> Option<Edit> {
    let opposite = line(db, file, |before, now| before == from && now == to)?;
    let whole = whole_range(db, opposite);
    let text = file.text(db);
    let (start, end) = (usize::from(whole.range.start()), usize::from(whole.range.end()));
    // With its own line end, or the one before when it is the last line.
    let after = text[end..].find('\n').filter(|at| text[end..end + at].trim().is_empty()).map(|at| end + at + 1);
    let (start, end) = match after {
        Some(after) => (start, after),
        None => (text[..start].trim_end_matches(['\n', '\r']).len(), end),
    };
    Some(Edit { file, range: TextRange::new((start as u32).into(), (end as u32).into()), insert: String::new() })
}

/// The first `moved` line of a file with such paths.
fn line(db: &Database, file: File, fits: impl Fn(&str, &str) -> bool) -> Option<Decl> {
    let lines = cloudc_hir::declarations(db, Owner::File(file)).iter().filter(|decl| decl.kind(db) == DeclKind::Moved);
    let text = |expr: Option<ast::Expr>| expr.map(|expr| expr.syntax().text().to_string()).unwrap_or_default();
    lines.copied().find(|decl| {
        let moved = item_of(db, *decl).and_then(|(_, item)| ast::Moved::cast(item));
        moved.is_some_and(|moved| fits(&text(moved.from()), &text(moved.to())))
    })
}
