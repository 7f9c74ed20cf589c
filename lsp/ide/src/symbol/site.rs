//! From a place in a file to the tree, the declaration and the expression there, and back.
//!
//! In: files, declarations, nodes. Out: nodes, declarations, [`FileRange`]s. Always: ranges of nodes count from their chunk's start;
//! only [`Site`] knows where that is, and one look touches one chunk.

use cloudc_base::{File, TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_hir::body::Expr;
use cloudc_hir::{Anchor, Branch, Chunk, Decl, DeclKind, ExprId, Name, Owner, Part};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode, SyntaxToken};
use cloudc_types::Ty;

use crate::{FilePosition, FileRange};

/// A chunk of a file with its tree.
#[derive(Clone)]
pub(crate) struct Site<'db> {
    /// Where all questions go.
    pub db: &'db Database,
    /// The file.
    pub file: File,
    /// The declaration in column 0, as text.
    pub chunk: Chunk<'db>,
    /// Where the chunk starts in the file.
    pub start: TextSize,
    /// The chunk's tree.
    pub root: SyntaxNode,
}

impl<'db> Site<'db> {
    /// The site of a chunk.
    pub fn of(db: &'db Database, chunk: Chunk<'db>) -> Self {
        let root = cloudc_hir::parse(db, chunk).syntax();
        Site { db, file: chunk.file(db), chunk, start: chunk.offset(db), root }
    }

    /// The site around a place; none in a file without text.
    pub fn at(db: &'db Database, at: FilePosition) -> Option<Self> {
        let chunks = cloudc_hir::chunks(db, at.file);
        let next = chunks.partition_point(|chunk| chunk.offset(db) <= at.offset);
        chunks.get(next.checked_sub(1)?).map(|chunk| Site::of(db, *chunk))
    }

    /// The site a declaration is written in.
    pub fn of_decl(db: &'db Database, decl: Decl) -> Option<Self> {
        cloudc_hir::chunk_of(db, decl).map(|chunk| Site::of(db, chunk))
    }

    /// Whether an offset of the file lies in the chunk, its end excluded.
    pub fn covers(&self, offset: TextSize) -> bool {
        offset.checked_sub(self.start).is_some_and(|inside| inside < self.root.text_range().end())
    }

    /// A range of the tree as one of the file.
    pub fn range(&self, range: TextRange) -> FileRange {
        FileRange { file: self.file, range: range + self.start }
    }

    /// The tokens that touch an offset of the file, the likeliest meant first: names, then other words, then the rest.
    pub fn tokens(&self, offset: TextSize) -> Vec<SyntaxToken> {
        let end = self.root.text_range().end();
        let Some(inside) = offset.checked_sub(self.start).filter(|inside| *inside <= end) else { return Vec::new() };
        let touching = self.root.token_at_offset(inside);
        let mut tokens: Vec<SyntaxToken> = touching.collect();
        // Of two neighbours the right one starts here, so it comes first among equals.
        tokens.reverse();
        tokens.sort_by_key(rank);
        tokens
    }

    /// The declaration that a node is in or is.
    pub fn decl(&self, node: &SyntaxNode) -> Option<Decl> {
        let item = node.ancestors().find(is_item)?;
        self.decl_of_item(&item)
    }

    /// The declaration that an item's node is.
    pub fn decl_of_item(&self, item: &SyntaxNode) -> Option<Decl> {
        let whole = whole(item);
        let is_spec = item.kind() == SyntaxKind::ImportSpec;
        let range = |decl: &Decl| cloudc_hir::body_map(self.db, *decl).range(Part::Whole);
        // Declarations are numbered in preorder, so they begin in order.
        let decls = cloudc_hir::chunk_declarations(self.db, self.chunk);
        let first = decls.partition_point(|decl| range(decl).start() < whole.start());
        let mut same = decls[first..].iter().take_while(|decl| range(decl).start() == whole.start());
        let is_it = |decl: &&Decl| (decl.kind(self.db) == DeclKind::ImportItem) == is_spec && range(decl) == whole;
        same.find(is_it).copied()
    }

    /// The scope in which the names of a node are looked up, and the declaration it belongs to.
    pub fn asking(&self, node: &SyntaxNode) -> Option<(Decl, Owner)> {
        let decl = self.decl(node)?;
        let owner = cloudc_hir::asking_owner(self.db, decl);
        let in_by = decl.kind(self.db) == DeclKind::For
            && node.ancestors().take_while(|it| !is_item(it)).any(|it| it.kind() == SyntaxKind::ByClause);
        Some((decl, if in_by { Owner::Decl(decl, Branch::Then) } else { owner }))
    }

    /// The expression of a declaration's body that a node became.
    pub fn expr(&self, decl: Decl, node: &SyntaxNode) -> Option<ExprId> {
        let range = unwrapped(node).text_range();
        let body = cloudc_hir::body(self.db, decl);
        let map = cloudc_hir::body_map(self.db, decl);
        let all = (0..body.exprs.len() as u32).map(ExprId);
        let mut same = all.filter(|id| map.range(Part::Expr(*id)) == range);
        let first = same.next()?;
        if *body.expr(first) != Expr::Missing {
            return Some(first);
        }
        same.find(|id| *body.expr(*id) != Expr::Missing).or(Some(first))
    }

    /// The type of an expression: the checker's, else, where the checker does not go, what the expression is on its own.
    pub fn ty(&self, node: &SyntaxNode) -> Option<Ty> {
        let (decl, owner) = self.asking(node)?;
        let checked = self.expr(decl, node).and_then(|id| cloudc_types::typed(self.db, decl).types.get(id.0 as usize)?.clone());
        if let Some(ty) = checked.filter(|ty| !ty.is_error()) {
            return Some(ty);
        }
        let expr = ast::Expr::cast(unwrapped(node))?;
        let (body, id) = cloudc_hir::lone_expr(&expr);
        let ty = cloudc_types::ask::type_of(self.db, owner, &body, id, &self.locals(decl, node));
        (!ty.is_error()).then_some(ty)
    }

    /// The variables bound around a node inside its declaration, outermost first.
    fn locals(&self, decl: Decl, node: &SyntaxNode) -> Vec<(Name, Ty)> {
        let mut locals = Vec::new();
        if decl.kind(self.db) == DeclKind::Fn {
            let parameters = cloudc_types::parameters(self.db, decl).iter();
            locals.extend(parameters.map(|(name, ty, _)| (name.clone(), ty.clone())));
        }
        let around: Vec<SyntaxNode> = node.ancestors().skip(1).take_while(|it| !is_item(it)).collect();
        for turns in around.iter().rev() {
            let iterable = match turns.kind() {
                SyntaxKind::ForElem => ast::ForElem::cast(turns.clone()).and_then(|it| it.iterable()),
                SyntaxKind::ForEntry => ast::ForEntry::cast(turns.clone()).and_then(|it| it.iterable()),
                _ => None,
            };
            let Some(iterable) = iterable.filter(|it| !it.range().contains_range(node.text_range())) else { continue };
            let names: Vec<Name> = super::names::bindings(turns).map(|it| super::text_of(&it)).collect();
            let turn = self.ty(iterable.syntax()).and_then(|ty| cloudc_types::ask::turn_of(&ty));
            let (key, element) = turn.unwrap_or_else(|| (Ty::error(), Ty::error()));
            let types = if names.len() == 2 { vec![key, element] } else { vec![element] };
            locals.extend(names.into_iter().zip(types));
        }
        locals
    }
}

/// The node of a declaration, with its site.
pub(crate) fn item_of(db: &Database, decl: Decl) -> Option<(Site<'_>, SyntaxNode)> {
    let site = Site::of_decl(db, decl)?;
    let range = cloudc_hir::body_map(db, decl).range(Part::Whole);
    let is_spec = decl.kind(db) == DeclKind::ImportItem;
    let token = site.root.token_at_offset(range.start()).right_biased()?;
    let mut around = token.parent_ancestors().filter(is_item);
    let item = around.find(|it| whole(it) == range && (it.kind() == SyntaxKind::ImportSpec) == is_spec)?;
    Some((site, item))
}

/// Where a declaration's name is written, its keyword when it has none.
pub(crate) fn name_range(db: &Database, decl: Decl) -> FileRange {
    let (file, range) = Anchor::name(decl).locate(db);
    FileRange { file, range }
}

/// From a declaration's keyword to its end.
pub(crate) fn whole_range(db: &Database, decl: Decl) -> FileRange {
    let (file, range) = Anchor { decl, part: Part::Whole }.locate(db);
    FileRange { file, range }
}

/// Whether a node is a declaration.
pub(crate) fn is_item(node: &SyntaxNode) -> bool {
    ast::Item::can_cast(node.kind()) || node.kind() == SyntaxKind::ImportSpec
}

/// A node without the parentheses around it.
pub(crate) fn unwrapped(node: &SyntaxNode) -> SyntaxNode {
    let mut node = node.clone();
    while let Some(inner) = ast::ParenExpr::cast(node.clone()).and_then(|it| it.inner()) {
        node = inner.syntax().clone();
    }
    node
}

/// A declaration's range without its attributes.
fn whole(item: &SyntaxNode) -> TextRange {
    let first = item.children_with_tokens().find(|it| !it.kind().is_trivia() && it.kind() != SyntaxKind::Attr);
    let range = item.text_range();
    TextRange::new(first.map_or(range.start(), |it| it.text_range().start()), range.end())
}

fn rank(token: &SyntaxToken) -> u8 {
    match token.kind() {
        _ if token.parent().is_some_and(|it| it.kind() == SyntaxKind::Name) => 0,
        SyntaxKind::StringText => 1,
        kind if kind.is_keyword() => 2,
        kind if kind.is_trivia() => 5,
        SyntaxKind::StringStart | SyntaxKind::StringEnd | SyntaxKind::At => 3,
        _ => 4,
    }
}
