//! The declarations of a chunk's tree in preorder: the one numbering that headers and bodies share.

use cloudc_base::TextRange;
use cloudc_syntax::ast::{self, AstNode, HasAttrs};
use cloudc_syntax::{SyntaxKind, SyntaxNode};
use smol_str::SmolStr;

use crate::decl::{Branch, DeclKind};
use crate::items::Item;

/// One declaration in a tree.
pub(crate) struct Found {
    /// Its node.
    pub node: Declared,
    /// Index of the declaration it stands in.
    pub parent: Option<u32>,
    /// In which block of that.
    pub branch: Branch,
}

/// The node of a declaration.
pub(crate) enum Declared {
    /// Any but those in the braces of an import.
    Item(ast::Item),
    /// A name in the braces of an import, and the import.
    Spec(ast::ImportSpec, ast::Import),
}

/// All declarations of a chunk; a declaration comes before those inside it.
pub(crate) fn walk(root: &SyntaxNode) -> Vec<Found> {
    let mut found = Vec::new();
    for item in root.children().filter_map(ast::Item::cast) {
        visit(item, None, Branch::Then, &mut found);
    }
    found
}

fn visit(item: ast::Item, parent: Option<u32>, branch: Branch, found: &mut Vec<Found>) {
    let index = found.len() as u32;
    found.push(Found { node: Declared::Item(item.clone()), parent, branch });
    let block = match &item {
        ast::Item::Import(import) => {
            let specs = import.specs().map(|spec| Declared::Spec(spec, import.clone()));
            found.extend(specs.map(|node| Found { node, parent, branch }));
            None
        }
        ast::Item::If(it) => {
            visit_block(it.then_block(), index, Branch::Then, found);
            match it.else_if() {
                Some(nested) => visit(ast::Item::If(nested), Some(index), Branch::Else, found),
                None => visit_block(it.else_block(), index, Branch::Else, found),
            }
            None
        }
        ast::Item::Component(it) => it.block(),
        ast::Item::For(it) => it.block(),
        ast::Item::Policy(it) => it.block(),
        ast::Item::Test(it) => it.block(),
        _ => None,
    };
    visit_block(block, index, Branch::Then, found);
}

fn visit_block(block: Option<ast::Block>, parent: u32, branch: Branch, found: &mut Vec<Found>) {
    for item in block.iter().flat_map(|block| block.items()) {
        visit(item, Some(parent), branch, found);
    }
}

impl Found {
    /// What others may know without its body.
    pub fn header(&self) -> Item {
        let (kind, is_pub) = match &self.node {
            Declared::Item(item) => (kind_of(item), item.is_pub()),
            Declared::Spec(..) => (DeclKind::ImportItem, false),
        };
        let name = self.name().map_or_else(SmolStr::default, |name| name.text());
        Item { kind, name, is_pub, parent: self.parent, branch: self.branch }
    }

    /// The name it binds in its scope.
    pub fn name(&self) -> Option<ast::Name> {
        match &self.node {
            Declared::Item(ast::Item::Import(import)) => import.alias(),
            Declared::Item(item) => item.name(),
            Declared::Spec(spec, _) => spec.alias().or_else(|| spec.name()),
        }
    }

    /// Its node.
    pub fn syntax(&self) -> &SyntaxNode {
        match &self.node {
            Declared::Item(item) => item.syntax(),
            Declared::Spec(spec, _) => spec.syntax(),
        }
    }

    /// From its first keyword to its end, attributes left out.
    pub fn whole(&self) -> TextRange {
        let range = self.syntax().text_range();
        let start = self.syntax().children_with_tokens().find(|it| !it.kind().is_trivia() && it.kind() != SyntaxKind::Attr);
        TextRange::new(start.map_or(range.start(), |it| it.text_range().start()), range.end())
    }

    /// Its keyword, `pub` left out.
    pub fn keyword(&self) -> TextRange {
        let tokens = self.syntax().children_with_tokens().filter_map(|it| it.into_token());
        let keyword = tokens.filter(|it| it.kind() != SyntaxKind::PubKw).find(|it| it.kind().is_keyword());
        keyword.map_or_else(|| self.whole(), |it| it.text_range())
    }
}

fn kind_of(item: &ast::Item) -> DeclKind {
    match item {
        ast::Item::Import(_) => DeclKind::Import,
        ast::Item::Input(_) => DeclKind::Input,
        ast::Item::Param(_) => DeclKind::Param,
        ast::Item::Let(_) => DeclKind::Let,
        ast::Item::Resource(_) => DeclKind::Resource,
        ast::Item::Existing(_) => DeclKind::Existing,
        ast::Item::Output(_) => DeclKind::Output,
        ast::Item::Component(_) => DeclKind::Component,
        ast::Item::Fn(_) => DeclKind::Fn,
        ast::Item::TypeAlias(_) => DeclKind::Type,
        ast::Item::If(_) => DeclKind::If,
        ast::Item::For(_) => DeclKind::For,
        ast::Item::Defaults(_) => DeclKind::Defaults,
        ast::Item::Moved(_) => DeclKind::Moved,
        ast::Item::Forget(_) => DeclKind::Forget,
        ast::Item::Assert(_) => DeclKind::Assert,
        ast::Item::Policy(_) => DeclKind::Policy,
        ast::Item::Test(_) => DeclKind::Test,
        ast::Item::Stack(_) => DeclKind::Stack,
        ast::Item::Project(_) => DeclKind::Project,
        ast::Item::Env(_) => DeclKind::Env,
    }
}
