//! From a chunk's tree to the [`Body`] of each declaration in it.
//!
//! In: a chunk. Out: per declaration its body, the ranges of its parts, and what is wrong with its literals and keys.
//! Always: a whole chunk is lowered in one pass, and each body is compared by content, so an edit stops at the declarations it
//! left alone, also when they share a chunk with the one it changed.

mod exprs;
mod literals;
mod parts;
mod types;

use std::sync::{Arc, LazyLock};

use cloudc_base::{Db, TextRange, TextSize};
use cloudc_syntax::SyntaxError;
use smol_str::SmolStr;

use crate::body::{Body, Expr, ExprId, TypeId, TypeRef};
use crate::chunks::Chunk;
use crate::decl::Decl;
use crate::items::{Item, slot};
use crate::problem::{Anchor, Part, Problem};
use crate::walk::Found;

/// Where the parts of a declaration are written, in bytes from the start of its chunk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BodyMap {
    exprs: Vec<TextRange>,
    types: Vec<TextRange>,
    attrs: Vec<TextRange>,
    params: Vec<TextRange>,
    name: TextRange,
    whole: TextRange,
}

impl BodyMap {
    /// Where a part is written; the name's range for a part that is not there.
    pub fn range(&self, part: Part) -> TextRange {
        let range = match part {
            Part::Expr(id) | Part::Member(id) => self.exprs.get(id.0 as usize),
            Part::Type(id) => self.types.get(id.0 as usize),
            Part::Attr(at) => self.attrs.get(at as usize),
            Part::FnParam(at) => self.params.get(at as usize),
            Part::Name => Some(&self.name),
            Part::Whole => Some(&self.whole),
        };
        range.copied().unwrap_or(self.name)
    }

    /// The innermost expression around an offset, its end included; keys count as the expressions that stand for them.
    pub fn expr_at(&self, offset: TextSize) -> Option<ExprId> {
        innermost(&self.exprs, offset).map(ExprId)
    }

    /// The innermost written type around an offset, its end included.
    pub fn type_at(&self, offset: TextSize) -> Option<TypeId> {
        innermost(&self.types, offset).map(TypeId)
    }
}

// Children come before their parents, so of equal ranges the first is the innermost.
fn innermost(ranges: &[TextRange], offset: TextSize) -> Option<u32> {
    let around = ranges.iter().enumerate().filter(|(_, range)| range.contains_inclusive(offset));
    around.min_by_key(|(at, range)| (range.len(), *at)).map(|(at, _)| at as u32)
}

/// What a chunk's tree says, so that the tree itself need not be kept.
struct ChunkLowered {
    errors: Vec<SyntaxError>,
    items: Vec<Item>,
    decls: Vec<Lowered>,
}

/// One declaration after lowering.
struct Lowered {
    body: Arc<Body>,
    map: BodyMap,
    problems: Vec<Finding>,
}

/// A [`Problem`] before its declaration is known.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    code: &'static str,
    at: Part,
    message: String,
    label: &'static str,
    related: Option<(Part, &'static str)>,
    help: Option<String>,
}

/// What a declaration says and what is wrong with how it says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Said {
    body: Arc<Body>,
    problems: Vec<Problem>,
}

/// What a declaration says. Empty for one that is no longer written.
pub fn body(db: &dyn Db, decl: Decl) -> &Arc<Body> {
    &said(db, decl).body
}

/// Where the parts of a declaration are written. Not for queries: it changes whenever its chunk's text does.
pub fn body_map(db: &dyn Db, decl: Decl) -> &BodyMap {
    static NOWHERE: LazyLock<BodyMap> = LazyLock::new(BodyMap::default);
    lowered_decl(db, decl).map_or(&*NOWHERE, |lowered| &lowered.map)
}

/// What is wrong with the literals, keys and bindings of a declaration.
pub fn lower_problems(db: &dyn Db, decl: Decl) -> Vec<Problem> {
    said(db, decl).problems.clone()
}

/// An expression that belongs to no declaration, such as text that is being typed.
pub fn lone_expr(expr: &cloudc_syntax::ast::Expr) -> (Body, ExprId) {
    let mut lowering = Lowering::default();
    let id = lowering.lower_expr(expr);
    (lowering.body, id)
}

/// A written type that belongs to no declaration. None only where there is nothing.
pub fn lone_type(ty: &cloudc_syntax::ast::Type) -> (Body, Option<TypeId>) {
    let mut lowering = Lowering::default();
    let id = lowering.written_type(Some(ty.clone()));
    (lowering.body, id)
}

#[salsa::tracked(returns(ref))]
fn said(db: &dyn Db, decl: Decl) -> Said {
    let Some(lowered) = lowered_decl(db, decl) else { return Said::default() };
    let problems = lowered.problems.iter().map(|finding| finding.problem(decl));
    Said { body: lowered.body.clone(), problems: problems.collect() }
}

fn lowered_decl(db: &dyn Db, decl: Decl) -> Option<&Lowered> {
    let slot = slot(db, decl)?;
    lowered(db, slot.chunk).decls.get(slot.item as usize)
}

/// The headers in a chunk. Not for queries that should outlive an edit of it: read them through the index of the file.
pub(crate) fn headers<'db>(db: &'db dyn Db, chunk: Chunk<'db>) -> &'db [Item] {
    &lowered(db, chunk).items
}

/// What is wrong with a chunk as text; ranges count from its start.
pub(crate) fn errors<'db>(db: &'db dyn Db, chunk: Chunk<'db>) -> &'db [SyntaxError] {
    &lowered(db, chunk).errors
}

#[salsa::tracked(returns(ref), no_eq)]
fn lowered<'db>(db: &'db dyn Db, chunk: Chunk<'db>) -> ChunkLowered {
    let parse = cloudc_syntax::parse_chunk(chunk.text(db));
    let found = crate::walk::walk(&parse.syntax());
    ChunkLowered {
        errors: parse.errors().to_vec(),
        items: found.iter().map(Found::header).collect(),
        decls: found.iter().map(parts::lower).collect(),
    }
}

impl Finding {
    fn problem(&self, decl: Decl) -> Problem {
        let mut problem = Problem::error(self.code, Anchor { decl, part: self.at }, self.message.clone()).label(self.label);
        if let Some((part, text)) = self.related {
            problem = problem.related(Anchor { decl, part }, text);
        }
        problem.help.clone_from(&self.help);
        problem
    }
}

/// A body being built.
#[derive(Default)]
struct Lowering {
    body: Body,
    map: BodyMap,
    problems: Vec<Finding>,
}

impl Lowering {
    fn expr(&mut self, expr: Expr, range: TextRange) -> ExprId {
        self.body.exprs.push(expr);
        self.map.exprs.push(range);
        ExprId(self.body.exprs.len() as u32 - 1)
    }

    /// Stands for something that is missing, or for a key or pattern.
    fn missing(&mut self, range: TextRange) -> ExprId {
        self.expr(Expr::Missing, range)
    }

    fn ty(&mut self, ty: TypeRef, range: TextRange) -> TypeId {
        self.body.types.push(ty);
        self.map.types.push(range);
        TypeId(self.body.types.len() as u32 - 1)
    }

    fn problem(&mut self, code: &'static str, part: Part, message: String, label: &'static str) -> &mut Finding {
        let at = self.problems.len();
        self.problems.push(Finding { code, at: part, message, label, related: None, help: None });
        &mut self.problems[at]
    }

    /// Tells about names that occur twice among variables bound together.
    fn distinct(&mut self, names: &[SmolStr], at: impl Fn(usize) -> Part, what: &str) {
        for (later, name) in names.iter().enumerate() {
            let Some(first) = names[..later].iter().position(|earlier| earlier == name) else { continue };
            if !name.is_empty() && name != "_" {
                let message = format!("two {what} are named `{name}`");
                let related = Some((at(first), "the first one"));
                let finding = self.problem(crate::codes::DUPLICATE_BINDING, at(later), message, "the same name again");
                finding.related = related.filter(|(part, _)| *part != finding.at);
            }
        }
    }
}
