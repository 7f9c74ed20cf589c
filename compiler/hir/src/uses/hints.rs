//! What is declared and not used, and what is used although its author advises against it.
//!
//! In: a file's bodies and names. Out: [`unused`] declarations, [`unused_locals`] of a chunk, [`deprecated_uses`]. Always: nothing that other
//! files could see counts as unused; a name that is written anywhere counts as a use of every import of that name.

use cloudc_base::{Db, File, Tag, TextRange};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode};
use rustc_hash::FxHashSet;

use super::names::uses_in;
use super::{instance_of, links};
use crate::body::{Body, Entry, Expr, ExprId, Key, Literal, Parts, TypeRef};
use crate::chunks::{Chunk, chunks, parse};
use crate::decl::{Branch, Decl, DeclKind, Owner};
use crate::items::{all_declarations, declarations_of, is_pub};
use crate::lower::body;
use crate::problem::{Anchor, Part, Problem};
use crate::scope::{inputs, outputs};
use crate::share::SHARES;
use crate::unit::unit;
use crate::{Name, codes};

/// Imports, values, types and functions of a file that nothing in its unit uses and no other file can, in source order.
#[salsa::tracked(returns(ref))]
pub fn unused(db: &dyn Db, file: File) -> Vec<Decl> {
    let mut used: FxHashSet<Decl> = FxHashSet::default();
    let mut written: FxHashSet<&Name> = FxHashSet::default();
    for (file, of) in unit(db, file).iter().flat_map(|file| (0..SHARES).map(|of| (*file, of))) {
        let named = named_in(db, file, of);
        used.extend(&named.decls);
        written.extend(&named.names);
    }
    let is_unused = |decl: &&Decl| {
        let name = decl.name(db);
        if name.is_empty() || name.starts_with('_') {
            return false;
        }
        match decl.kind(db) {
            DeclKind::Import | DeclKind::ImportItem => !written.contains(name),
            _ => is_private(db, **decl) && !used.contains(*decl),
        }
    };
    all_declarations(db, file).iter().filter(is_unused).copied().collect()
}

/// Whether a declaration is there only to be named in its own file.
fn is_private(db: &dyn Db, decl: Decl) -> bool {
    match decl.kind(db) {
        DeclKind::Let | DeclKind::Fn | DeclKind::Component | DeclKind::Type => !is_pub(db, decl),
        DeclKind::Param | DeclKind::Existing => true,
        // What a public component takes is its users' business.
        DeclKind::Input => !decl.container(db).is_some_and(|container| is_pub(db, container)),
        _ => false,
    }
}

/// What the declarations of a share name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Named {
    /// What is meant.
    decls: FxHashSet<Decl>,
    /// Every name that is written where one is used.
    names: FxHashSet<Name>,
}

#[salsa::tracked(returns(ref))]
fn named_in(db: &dyn Db, file: File, of: u32) -> Named {
    let mut named = Named::default();
    for decl in declarations_of(db, file, of) {
        named.decls.extend(links(db, *decl).iter().map(|link| link.named));
        let body = body(db, *decl);
        named.names.extend(body.exprs.iter().filter_map(|expr| match expr {
            Expr::Name(name) => Some(name.clone()),
            _ => None,
        }));
        named.names.extend(body.types.iter().filter_map(|ty| match ty {
            TypeRef::Path { path, .. } if !path.contains("::") => Some(path.clone()),
            _ => None,
        }));
    }
    named
}

/// How many chunks are looked at together.
const GROUP: usize = 16;

/// The variables of loops and comprehensions and the parameters of functions in a file that nothing uses: chunk and range in it.
pub fn unused_locals(db: &dyn Db, file: File) -> impl Iterator<Item = (Chunk<'_>, TextRange)> {
    let chunks = chunks(db, file);
    let groups = 0..chunks.len().div_ceil(GROUP);
    let found = groups.flat_map(move |group| locals_in(db, file, group as u32));
    found.filter_map(|(at, range)| Some((*chunks.get(*at as usize)?, *range)))
}

/// By the index of the chunk.
#[salsa::tracked(returns(ref))]
fn locals_in(db: &dyn Db, file: File, group: u32) -> Vec<(u32, TextRange)> {
    let first = group as usize * GROUP;
    let mut found = Vec::new();
    for (at, chunk) in chunks(db, file).iter().enumerate().skip(first).take(GROUP) {
        // Most declarations bind nothing, and then their tree is not needed.
        let text = chunk.text(db);
        if !text.contains("for ") && !text.contains("fn ") {
            continue;
        }
        for node in parse(db, *chunk).syntax().descendants() {
            for name in bound(&node) {
                let text = name.text();
                if !text.is_empty() && !text.starts_with('_') && !is_written(&node, &text) {
                    found.push((at as u32, name.range()));
                }
            }
        }
    }
    found
}

/// The names a node binds for what is inside it.
fn bound(node: &SyntaxNode) -> Vec<ast::Name> {
    match node.kind() {
        SyntaxKind::ForElem => ast::ForElem::cast(node.clone()).into_iter().flat_map(|it| it.bindings()).collect(),
        SyntaxKind::ForEntry => ast::ForEntry::cast(node.clone()).into_iter().flat_map(|it| it.bindings()).collect(),
        SyntaxKind::ForItem => ast::ForItem::cast(node.clone()).into_iter().flat_map(|it| it.bindings()).collect(),
        SyntaxKind::FnItem => {
            ast::Fn::cast(node.clone()).into_iter().flat_map(|it| it.params()).filter_map(|it| it.name()).collect()
        }
        _ => Vec::new(),
    }
}

fn is_written(binder: &SyntaxNode, text: &str) -> bool {
    binder.descendants().any(|node| match node.kind() {
        SyntaxKind::NameRef => ast::NameRef::cast(node).is_some_and(|it| it.text() == text),
        SyntaxKind::Field => ast::Field::cast(node)
            .is_some_and(|it| it.is_shorthand() && it.key().and_then(|key| key.text()).is_some_and(|key| key == text)),
        _ => false,
    })
}

/// Where a file uses what is marked `@deprecated`: warnings.
pub fn deprecated_uses(db: &dyn Db, file: File) -> impl Iterator<Item = &Problem> {
    (0..SHARES).flat_map(move |of| deprecated_in(db, file, of))
}

#[salsa::tracked(returns(ref))]
fn deprecated_in(db: &dyn Db, file: File, of: u32) -> Vec<Problem> {
    declarations_of(db, file, of).iter().flat_map(|decl| deprecated_by(db, *decl)).collect()
}

fn deprecated_by(db: &dyn Db, decl: Decl) -> Vec<Problem> {
    let mut problems = Vec::new();
    let links = links(db, decl);
    // Where in it is asked only of the few that do. An input is for those that give it, not for its own component.
    if links.iter().any(|link| deprecation(db, link.named).is_some()) {
        problems.extend(
            uses_in(db, decl)
                .iter()
                .filter(|it| it.decl.kind(db) != DeclKind::Input)
                .filter_map(|it| told(db, it.anchor(decl), it.decl)),
        );
    }
    let component = (decl.kind(db) == DeclKind::Resource).then(|| instance_of(db, decl)).flatten();
    for input in component.iter().flat_map(|component| inputs(db, Owner::Decl(*component, Branch::Then))) {
        let given = written(body(db, decl), input.name(db));
        problems.extend(given.and_then(|key| told(db, Anchor::expr(decl, key), *input)));
    }
    if links.iter().any(|link| deprecated_outputs(db, link.named).next().is_some()) {
        read_outputs(db, decl, &mut problems);
    }
    // What is out of favour itself, or accepts it, is left alone with all it holds.
    let mut around = std::iter::successors(Some(decl), |decl| decl.parent(db));
    if !problems.is_empty() && around.any(|outer| deprecation(db, outer).is_some() || is_accepted(body(db, outer))) {
        problems.clear();
    }
    problems
}

/// The outputs out of favour that an instance of a component has.
fn deprecated_outputs(db: &dyn Db, named: Decl) -> impl Iterator<Item = Decl> {
    let component = (named.kind(db) == DeclKind::Resource).then(|| instance_of(db, named)).flatten();
    let all = component.into_iter().flat_map(|component| outputs(db, Owner::Decl(component, Branch::Then)));
    all.map(|(_, output, _)| *output).filter(|output| deprecation(db, *output).is_some())
}

/// `instance.output`, also `instances["key"].output`.
fn read_outputs(db: &dyn Db, decl: Decl, problems: &mut Vec<Problem>) {
    let body = body(db, decl);
    let uses = uses_in(db, decl);
    for (at, expr) in body.exprs.iter().enumerate() {
        let Expr::Field { base, name, .. } = expr else { continue };
        let base = match body.expr(*base) {
            Expr::Index { base, .. } => *base,
            _ => *base,
        };
        let Some(instance) = uses.iter().find(|it| it.part == Part::Expr(base)) else { continue };
        let output = deprecated_outputs(db, instance.decl).find(|output| output.name(db) == name);
        let place = Anchor { decl, part: Part::Member(ExprId(at as u32)) };
        problems.extend(output.and_then(|output| told(db, place, output)));
    }
}

fn is_accepted(body: &Body) -> bool {
    let names_it = |value| matches!(body.expr(value), Expr::Literal(Literal::Str(code)) if code == codes::DEPRECATED);
    body.attrs.iter().any(|attr| attr.name == "allow" && attr.args.first().is_some_and(|arg| names_it(arg.value)))
}

fn told(db: &dyn Db, at: Anchor, target: Decl) -> Option<Problem> {
    let reason = deprecation(db, target)?;
    let name = target.name(db);
    let message = match reason.as_str() {
        "" => format!("`{name}` is deprecated"),
        reason => format!("`{name}` is deprecated: {reason}"),
    };
    let mut problem = Problem::warning(codes::DEPRECATED, at, message);
    problem.tag = Some(Tag::Deprecated);
    Some(problem)
}

/// What the `@deprecated` of a declaration says; empty text when it says nothing.
pub fn deprecation(db: &dyn Db, decl: Decl) -> Option<Name> {
    let body = body(db, decl);
    let attr = body.attr("deprecated")?;
    let text = attr.args.first().and_then(|arg| match body.expr(arg.value) {
        Expr::Literal(Literal::Str(text)) => Some(text.clone()),
        _ => None,
    });
    Some(text.unwrap_or_default())
}

/// The key of a resource's body with this name.
fn written(body: &Body, name: &Name) -> Option<crate::ExprId> {
    let Parts::Resource { body: Some(record), .. } = body.parts else { return None };
    let Expr::Record(entries) = body.expr(record) else { return None };
    entries.iter().find_map(|entry| match entry {
        Entry::Field { key: Key::Text(key), anchor, .. } if key == name => Some(*anchor),
        _ => None,
    })
}
