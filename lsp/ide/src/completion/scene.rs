//! Where names are looked up at a place of a half-typed program: the owner around it and the variables bound around it.
//!
//! In: a node of a lone parse. Out: types of expressions and written types in it.

use cloudc_base::File;
use cloudc_driver::Database;
use cloudc_hir::{Branch, Decl, DeclKind, Name, Owner};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode, TextSize};
use cloudc_types::{Kind, Ty, ask};

/// What names mean at a place.
pub(crate) struct Scene<'a> {
    pub db: &'a Database,
    pub file: File,
    /// In whose scope names are looked up.
    pub owner: Owner,
    /// Variables of comprehensions and functions around the place, inner ones last.
    pub locals: Vec<(Name, Ty)>,
    /// The innermost declaration around the place, when the database knows it.
    pub current: Option<Decl>,
}

impl<'a> Scene<'a> {
    /// The scene of an offset in a parsed chunk, `nth` of its kind and name in the file.
    pub fn new(db: &'a Database, file: File, nth: usize, at: &SyntaxNode, offset: TextSize) -> Self {
        let mut scene = Scene { db, file, owner: Owner::File(file), locals: Vec::new(), current: None };
        let mut around: Vec<SyntaxNode> = at.ancestors().collect();
        around.reverse();
        for node in &around {
            scene.enter(node, nth, offset);
        }
        scene
    }

    fn enter(&mut self, node: &SyntaxNode, nth: usize, offset: TextSize) {
        if let Some(decl) = self.declared(node, nth) {
            self.current = Some(decl);
        }
        match node.kind() {
            SyntaxKind::ComponentItem | SyntaxKind::PolicyItem | SyntaxKind::TestItem | SyntaxKind::ForItem => {
                if let Some(decl) = self.declared(node, nth)
                    && (inside_block(node, offset) || inside(node, SyntaxKind::ByClause, offset))
                {
                    self.owner = Owner::Decl(decl, Branch::Then);
                }
            }
            SyntaxKind::IfItem => self.enter_if(node, nth, offset),
            SyntaxKind::FnItem => {
                if let Some(decl) = self.declared(node, nth) {
                    self.owner = Owner::Decl(decl, Branch::Then);
                }
                self.bind_parameters(node);
            }
            SyntaxKind::ForElem => {
                if let Some(element) = ast::ForElem::cast(node.clone()) {
                    self.bind_turn(element.iterable(), element.bindings().map(|name| name.text()).collect(), offset);
                }
            }
            SyntaxKind::ForEntry => {
                if let Some(entry) = ast::ForEntry::cast(node.clone()) {
                    self.bind_turn(entry.iterable(), entry.bindings().map(|name| name.text()).collect(), offset);
                }
            }
            _ => {}
        }
    }

    fn enter_if(&mut self, node: &SyntaxNode, nth: usize, offset: TextSize) {
        let Some(decl) = self.declared(node, nth) else { return };
        let otherwise = node
            .children_with_tokens()
            .filter_map(|it| it.into_token())
            .find(|token| token.kind() == SyntaxKind::ElseKw)
            .map(|token| token.text_range().start());
        match otherwise {
            Some(start) if offset > start => self.owner = Owner::Decl(decl, Branch::Else),
            _ if inside_block(node, offset) => self.owner = Owner::Decl(decl, Branch::Then),
            _ => {}
        }
    }

    /// The declaration that a node of a lone parse is, if the database knows it.
    fn declared(&self, node: &SyntaxNode, nth: usize) -> Option<Decl> {
        let (kind, name) = header(node)?;
        let before = std::iter::successors(node.prev_sibling(), SyntaxNode::prev_sibling);
        let alike = before.filter(|sibling| header(sibling).as_ref() == Some(&(kind, name.clone()))).count();
        let top = node.parent().is_some_and(|parent| parent.kind() == SyntaxKind::Chunk);
        let rank = alike + if top { nth } else { 0 };
        let declarations = cloudc_hir::declarations(self.db, self.owner).iter();
        declarations.copied().filter(|decl| decl.kind(self.db) == kind && *decl.name(self.db) == name).nth(rank)
    }

    fn bind_parameters(&mut self, node: &SyntaxNode) {
        let Some(function) = ast::Fn::cast(node.clone()) else { return };
        for param in function.params() {
            let Some(name) = param.name() else { continue };
            let ty = param.ty().map_or_else(Ty::error, |ty| self.written(&ty));
            self.locals.push((name.text(), ty));
        }
    }

    fn bind_turn(&mut self, iterable: Option<ast::Expr>, names: Vec<Name>, offset: TextSize) {
        let Some(iterable) = iterable else { return };
        if iterable.syntax().text_range().contains_inclusive(offset) {
            return;
        }
        let (key, element) = ask::turn_of(&self.type_of(&iterable)).unwrap_or_else(|| (Ty::error(), Ty::error()));
        match names.as_slice() {
            [one] => self.locals.push((one.clone(), element)),
            [first, second] => self.locals.extend([(first.clone(), key), (second.clone(), element)]),
            _ => {}
        }
    }

    /// The type of an expression here.
    pub fn type_of(&self, expr: &ast::Expr) -> Ty {
        let (body, id) = cloudc_hir::lone_expr(expr);
        ask::type_of(self.db, self.owner, &body, id, &self.locals)
    }

    /// What a written type means here.
    pub fn written(&self, ty: &ast::Type) -> Ty {
        let (body, id) = cloudc_hir::lone_type(ty);
        id.map_or_else(Ty::error, |id| ask::written(self.db, self.owner, &body, id))
    }

    /// The inner declaration that `with` patches by a name, and what it is.
    pub fn inner(&self, component: Decl, name: &str) -> Option<Kind> {
        let (decl, _) = cloudc_hir::find_inner(self.db, component, name.into())?;
        Some(cloudc_types::signature(self.db, decl).ty.kind.clone())
    }

    /// The types CloudFormation has.
    pub fn schema(&self) -> &'a cloudc_schema::Schema {
        cloudc_types::Db::schema(self.db).schema(self.db)
    }
}

fn inside_block(node: &SyntaxNode, offset: TextSize) -> bool {
    inside(node, SyntaxKind::Block, offset)
}

fn inside(node: &SyntaxNode, kind: SyntaxKind, offset: TextSize) -> bool {
    node.children().filter(|child| child.kind() == kind).any(|child| child.text_range().contains_inclusive(offset))
}

/// Kind and name of a declaration's node.
fn header(node: &SyntaxNode) -> Option<(DeclKind, Name)> {
    let item = ast::Item::cast(node.clone())?;
    let kind = decl_kind(&item);
    let name = match kind {
        DeclKind::If | DeclKind::For | DeclKind::Policy | DeclKind::Test => Name::default(),
        _ => item.name().map(|name| name.text()).unwrap_or_default(),
    };
    Some((kind, name))
}

/// What a declaration of a tree declares.
pub(crate) fn decl_kind(item: &ast::Item) -> DeclKind {
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
