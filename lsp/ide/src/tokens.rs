//! Semantic tokens: what each word of a program is, where the grammar of a colouring engine cannot know.
//!
//! In: a file, perhaps a part of it. Out: [`Token`]s in order, none over a line's end, none inside another. Always: keywords, which are
//! words like others elsewhere, are among them; texts, numbers and comments are left to the grammar, except texts that name a choice.

use cloudc_base::{File, TextRange};
use cloudc_driver::Database;
use cloudc_hir::body::{Expr, Parts};
use cloudc_hir::{Decl, DeclKind, Namespace, Owner, Part, Resolution, asking_owner, resolve};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{NodeOrToken, SyntaxKind as K, SyntaxNode, SyntaxToken, WalkEvent};
use cloudc_types::phase::Base;
use cloudc_types::typed::Typed;
use cloudc_types::{Kind, Ty};
use rustc_hash::FxHashMap;

use crate::near::{Near, whole_file, within};

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u32)]
#[allow(missing_docs)] // named as the protocol names them; resources are its classes, components its interfaces
pub enum TokenKind {
    Namespace,
    Type,
    /// A resource type of CloudFormation.
    Class,
    /// A component.
    Interface,
    /// An input or parameter.
    Parameter,
    /// A `let`, or the variable of a loop.
    Variable,
    /// A resource or instance, by its name.
    Resource,
    Property,
    EnumMember,
    Function,
    Method,
    Keyword,
    Decorator,
}

impl TokenKind {
    /// All of them with their names in the protocol, in the order of their numbers.
    pub const LEGEND: &'static [&'static str] = &[
        "namespace",
        "type",
        "class",
        "interface",
        "parameter",
        "variable",
        "resource",
        "property",
        "enumMember",
        "function",
        "method",
        "keyword",
        "decorator",
    ];
}

/// What else there is to say of a word, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TokenModifiers(pub u32);

impl TokenModifiers {
    /// All of them with their names, in the order of their bits.
    pub const LEGEND: &'static [&'static str] = &["declaration", "readonly", "defaultLibrary", "deprecated", "param", "deploy"];
    /// Declared here.
    pub const DECLARATION: Self = Self(1);
    /// Known when compiling.
    pub const READONLY: Self = Self(2);
    /// Built in, or of the standard library.
    pub const LIBRARY: Self = Self(4);
    /// Out of favour.
    pub const DEPRECATED: Self = Self(8);
    /// Known when the deployment starts.
    pub const PARAM: Self = Self(16);
    /// Known once resources exist.
    pub const DEPLOY: Self = Self(32);

    /// Both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A word and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Where.
    pub range: TextRange,
    /// What.
    pub kind: TokenKind,
    /// What else.
    pub modifiers: TokenModifiers,
}

/// The tokens of a file, or of the part of it that is shown.
pub fn semantic_tokens(db: &Database, file: File, range: Option<TextRange>) -> Vec<Token> {
    let part = range.unwrap_or_else(|| whole_file(db, file));
    let mut tokens = Vec::new();
    for near in within(db, file, part) {
        let text = near.chunk.text(db);
        let binds = text.contains("for ") || text.contains("fn ");
        Walk { db, near: &near, part, binds, owners: Vec::new(), out: &mut tokens, path: None }.run();
    }
    tokens
}

struct Walk<'a> {
    db: &'a Database,
    near: &'a Near<'a>,
    part: TextRange,
    /// Whether anything in the chunk binds local names.
    binds: bool,
    /// The declarations around, innermost last.
    owners: Vec<Around<'a>>,
    out: &'a mut Vec<Token>,
    /// The last path to a type of CloudFormation and what it is: each of its words asks.
    path: Option<(SyntaxNode, TokenModifiers)>,
}

/// A declaration being walked through.
struct Around<'a> {
    node: SyntaxNode,
    decl: Decl,
    typed: Option<&'a Typed>,
    /// What the names in it do, by where they stand.
    names: FxHashMap<TextRange, usize>,
}

impl<'a> Walk<'a> {
    fn run(mut self) {
        let root = self.near.root.clone();
        let mut declared = self.near.decls(self.db).iter().copied();
        let mut preorder = root.preorder_with_tokens();
        while let Some(event) = preorder.next() {
            match event {
                WalkEvent::Enter(NodeOrToken::Node(node)) => {
                    // Every declaration takes the next of the chunk's, shown or not.
                    let is_item = ast::Item::can_cast(node.kind()) || node.kind() == K::ImportSpec;
                    let shown = self.near.in_file(node.text_range()).intersect(self.part).is_some();
                    if is_item && let Some(decl) = declared.next() {
                        if shown {
                            self.enter(node, decl);
                        } else {
                            let inner = node
                                .descendants()
                                .skip(1)
                                .filter(|it| ast::Item::can_cast(it.kind()) || it.kind() == K::ImportSpec);
                            declared.by_ref().take(inner.count()).for_each(|_| ());
                            preorder.skip_subtree();
                        }
                    } else if !shown && !is_item && !holds_items(node.kind()) {
                        preorder.skip_subtree();
                    }
                }
                WalkEvent::Leave(NodeOrToken::Node(node)) => {
                    if self.owners.last().is_some_and(|around| around.node == node) {
                        self.owners.pop();
                    }
                }
                WalkEvent::Enter(NodeOrToken::Token(token)) => self.token(&token),
                WalkEvent::Leave(NodeOrToken::Token(_)) => {}
            }
        }
    }

    fn enter(&mut self, node: SyntaxNode, decl: Decl) {
        let typed = &**cloudc_types::typed(self.db, decl);
        let body = cloudc_hir::body(self.db, decl);
        let map = cloudc_hir::body_map(self.db, decl);
        let mut names = FxHashMap::default();
        for (at, expr) in body.exprs.iter().enumerate() {
            if matches!(expr, Expr::Name(_) | Expr::Field { .. } | Expr::Literal(_)) {
                names.insert(map.range(Part::Expr(cloudc_hir::ExprId(at as u32))), at);
            }
        }
        self.owners.push(Around { node, decl, typed: Some(typed), names });
    }

    fn push(&mut self, token: &SyntaxToken, kind: TokenKind, modifiers: TokenModifiers) {
        self.push_range(token.text_range(), kind, modifiers);
    }

    fn push_range(&mut self, range: TextRange, kind: TokenKind, modifiers: TokenModifiers) {
        let range = self.near.in_file(range);
        if range.intersect(self.part).is_some_and(|common| !common.is_empty()) {
            self.out.push(Token { range, kind, modifiers });
        }
    }

    fn token(&mut self, token: &SyntaxToken) {
        let kind = token.kind();
        if kind.is_keyword() {
            return self.push(token, TokenKind::Keyword, TokenModifiers::default());
        }
        let Some(parent) = token.parent() else { return };
        match kind {
            K::At => {}
            K::Ident if parent.kind() == K::Name => {
                if let Some(holder) = parent.parent()
                    && let Some((kind, modifiers)) = self.name(token, &parent, &holder)
                {
                    self.push(token, kind, modifiers);
                }
            }
            K::StringStart if parent.kind() == K::StringExpr => self.string(&parent),
            _ => {}
        }
    }

    /// A text that is one of a fixed number of choices.
    fn string(&mut self, node: &SyntaxNode) {
        let choice = match node.parent().map(|parent| parent.kind()) {
            Some(K::LiteralPattern | K::LiteralType) => true,
            _ => self.is_choice(node.text_range()),
        };
        let one_line = !node.text().contains_char('\n') && node.children().next().is_none();
        if one_line && (choice || self.is_listed(node)) {
            self.push_range(node.text_range(), TokenKind::EnumMember, TokenModifiers::READONLY);
        }
    }

    /// Whether a text is the value of a property that takes a few.
    fn is_listed(&self, node: &SyntaxNode) -> bool {
        let Some(around) = self.owners.last().filter(|around| around.decl.kind(self.db) == DeclKind::Resource) else {
            return false;
        };
        let Some(handle) = cloudc_types::signature(self.db, around.decl).ty.kind.handle() else { return false };
        let mut keys = Vec::new();
        for (inner, outer) in node.ancestors().zip(node.ancestors().skip(1)).take_while(|(_, outer)| *outer != around.node) {
            match outer.kind() {
                // A key is no value.
                K::Field if outer.children().next().as_ref() == Some(&inner) => return false,
                K::Field => keys.extend(ast::Field::cast(outer).and_then(|field| field.key()).and_then(|key| key.text())),
                K::RecordExpr
                | K::ListExpr
                | K::ItemElem
                | K::IfBranch
                | K::IfExpr
                | K::MatchArm
                | K::MatchArmList
                | K::MatchExpr => {}
                _ => return false,
            }
        }
        let mut keys = keys.iter().rev();
        let first = keys.next().and_then(|key| handle.property(key)).map(|property| property.node());
        let found = keys.try_fold(first, |at, key| Some(Some(at?.inner_property(key)?.node()))).flatten();
        let mut at = found;
        while let Some(element) = at.and_then(|node| node.element()) {
            at = Some(element);
        }
        at.is_some_and(|node| !node.constraints().allowed.is_empty())
    }

    /// Whether a text was checked against a list of texts.
    fn is_choice(&self, range: TextRange) -> bool {
        let Some(around) = self.owners.last() else { return false };
        let (Some(typed), Some(at)) = (around.typed, around.names.get(&range)) else { return false };
        let ty = typed.types.get(*at).and_then(Option::as_ref);
        ty.is_some_and(|ty| matches!(ty.kind, Kind::Union(_)))
    }

    fn name(&mut self, token: &SyntaxToken, name: &SyntaxNode, holder: &SyntaxNode) -> Option<(TokenKind, TokenModifiers)> {
        const DECLARED: TokenModifiers = TokenModifiers::DECLARATION;
        let none = TokenModifiers::default();
        Some(match holder.kind() {
            K::NameRef => self.use_of(holder, token.text()),
            K::Field => {
                let field = ast::Field::cast(holder.clone())?;
                if field.is_shorthand() { self.use_of(name, token.text()) } else { (TokenKind::Property, none) }
            }
            K::FieldExpr => self.member(holder),
            K::Arg => (TokenKind::Parameter, none),
            K::Attr => (TokenKind::Decorator, none),
            K::PathType => self.type_name(holder, name)?,
            K::RecordTypeField => (TokenKind::Property, DECLARED),
            K::FnParam => (TokenKind::Parameter, DECLARED),
            K::ForElem | K::ForEntry | K::ForItem => (TokenKind::Variable, DECLARED.with(TokenModifiers::READONLY)),
            K::ImportSpec => self.imported(),
            K::Import => (TokenKind::Namespace, DECLARED),
            K::WithEntry => (TokenKind::Resource, none),
            K::EnvItem | K::StackItem | K::ProjectItem => (TokenKind::Namespace, DECLARED),
            _ => {
                let decl = self.owners.last()?.decl;
                let (kind, modifiers) = self.of_decl(decl);
                (kind, modifiers.with(DECLARED))
            }
        })
    }

    /// What a name that is used stands for.
    fn use_of(&self, node: &SyntaxNode, text: &str) -> (TokenKind, TokenModifiers) {
        let none = TokenModifiers::default();
        let called =
            node.parent().is_some_and(|parent| parent.kind() == K::CallExpr && parent.children().next().as_ref() == Some(node));
        let Some(around) = self.owners.last() else { return (TokenKind::Variable, none) };
        if self.binds
            && let Some((_, bound)) = crate::linked::binder_around(node, text)
        {
            let of_function = bound.syntax().parent().is_some_and(|parent| parent.kind() == K::FnParam);
            let kind = if of_function { TokenKind::Parameter } else { TokenKind::Variable };
            return (kind, self.phase_of(node.text_range()));
        }
        match resolve(self.db, asking_owner(self.db, around.decl), Namespace::Value, text.into()) {
            Some(Resolution::Decl { decl, .. } | Resolution::Hidden { decl }) => {
                let (kind, modifiers) = self.of_decl(decl);
                (kind, modifiers.with(self.phase_of(node.text_range())))
            }
            Some(Resolution::LoopVar { .. }) => (TokenKind::Variable, self.phase_of(node.text_range())),
            Some(Resolution::Module { .. }) => (TokenKind::Namespace, none),
            Some(Resolution::BadImport { .. }) => (TokenKind::Variable, none),
            None if called => (TokenKind::Function, TokenModifiers::LIBRARY),
            None if matches!(text, "aws" | "stack" | "project") => (TokenKind::Namespace, TokenModifiers::LIBRARY),
            None => (TokenKind::Variable, none),
        }
    }

    /// What stands behind a dot.
    fn member(&self, field: &SyntaxNode) -> (TokenKind, TokenModifiers) {
        let called =
            field.parent().is_some_and(|parent| parent.kind() == K::CallExpr && parent.children().next().as_ref() == Some(field));
        if called {
            return (TokenKind::Method, TokenModifiers::LIBRARY);
        }
        (TokenKind::Property, self.phase_of(field.text_range()))
    }

    /// When the value of an expression is known.
    fn phase_of(&self, range: TextRange) -> TokenModifiers {
        let Some(around) = self.owners.last() else { return TokenModifiers::default() };
        let (Some(typed), Some(at)) = (around.typed, around.names.get(&range)) else { return TokenModifiers::default() };
        match typed.types.get(*at).and_then(Option::as_ref) {
            Some(ty) if !ty.is_error() => phase(ty),
            _ => TokenModifiers::default(),
        }
    }

    fn of_decl(&self, decl: Decl) -> (TokenKind, TokenModifiers) {
        use DeclKind::*;
        let kind = match decl.kind(self.db) {
            Input | Param => TokenKind::Parameter,
            Resource | Existing => TokenKind::Resource,
            Component => TokenKind::Interface,
            Fn => TokenKind::Function,
            Type => TokenKind::Type,
            Output => TokenKind::Property,
            Import | Stack | Project | Env => TokenKind::Namespace,
            _ => TokenKind::Variable,
        };
        let mut modifiers = TokenModifiers::default();
        if decl.file(self.db).is_std(self.db) {
            modifiers = modifiers.with(TokenModifiers::LIBRARY);
        }
        if cloudc_hir::uses::deprecation(self.db, decl).is_some() {
            modifiers = modifiers.with(TokenModifiers::DEPRECATED);
        }
        if decl.kind(self.db) == Let {
            let ty = &cloudc_types::signature(self.db, decl).ty;
            if !ty.is_error() {
                modifiers = modifiers.with(phase(ty));
            }
        }
        (kind, modifiers)
    }

    /// What is imported, by what it is in its own file.
    fn imported(&self) -> (TokenKind, TokenModifiers) {
        let unknown = (TokenKind::Variable, TokenModifiers::default());
        let Some(around) = self.owners.last() else { return unknown };
        let Parts::ImportItem { name, .. } = &cloudc_hir::body(self.db, around.decl).parts else { return unknown };
        let Ok(file) = cloudc_hir::import_file(self.db, around.decl) else { return unknown };
        let spaces = [Namespace::Type, Namespace::Value, Namespace::Output];
        let found = spaces.into_iter().find_map(|ns| cloudc_hir::module_item(self.db, file, ns, name.clone()));
        found.map_or(unknown, |decl| self.of_decl(decl))
    }

    /// A part of a written type.
    fn type_name(&mut self, path: &SyntaxNode, name: &SyntaxNode) -> Option<(TokenKind, TokenModifiers)> {
        if let Some((known, modifiers)) = &self.path
            && known == path
        {
            let member = name.prev_sibling_or_token().is_some_and(|before| before.kind() == K::Dot);
            return Some((if member { TokenKind::Type } else { TokenKind::Class }, *modifiers));
        }
        let node = path.clone();
        let path = ast::PathType::cast(path.clone())?;
        let segments: Vec<ast::Name> = path.segments().collect();
        let is_segment = segments.iter().any(|segment| segment.syntax() == name);
        if segments.len() > 1 {
            let full = segments.iter().map(|segment| segment.text().to_string()).collect::<Vec<_>>().join("::");
            let ty = cloudc_types::Db::schema(self.db).schema(self.db).ty(&full);
            let modifiers = match ty {
                Some(ty) if ty.deprecated() => TokenModifiers::LIBRARY.with(TokenModifiers::DEPRECATED),
                _ => TokenModifiers::LIBRARY,
            };
            self.path = Some((node, modifiers));
            return Some((if is_segment { TokenKind::Class } else { TokenKind::Type }, modifiers));
        }
        let text = segments.first()?.text();
        let owner = self.owners.last().map_or(Owner::File(self.near.file), |around| asking_owner(self.db, around.decl));
        Some(match resolve(self.db, owner, Namespace::Type, text) {
            Some(Resolution::Decl { decl, .. } | Resolution::Hidden { decl }) if is_segment => self.of_decl(decl),
            Some(Resolution::Module { .. }) if is_segment => (TokenKind::Namespace, TokenModifiers::default()),
            Some(Resolution::Module { file, .. }) => {
                let member = ast::Name::cast(name.clone())?.text();
                let decl = cloudc_hir::module_item(self.db, file, Namespace::Type, member);
                decl.map_or((TokenKind::Type, TokenModifiers::default()), |decl| self.of_decl(decl))
            }
            Some(_) => (TokenKind::Type, TokenModifiers::default()),
            None => (TokenKind::Type, TokenModifiers::LIBRARY),
        })
    }
}

fn holds_items(kind: K) -> bool {
    matches!(kind, K::Chunk | K::Block | K::ImportSpecList)
}

fn phase(ty: &Ty) -> TokenModifiers {
    // A handle is known at once; what is read from it is not.
    match ty.deepest().base {
        Base::Deploy => TokenModifiers::DEPLOY,
        Base::Param => TokenModifiers::PARAM,
        Base::Const => TokenModifiers::READONLY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    /// Each token that is no keyword: its text, kind, and modifiers.
    fn check_tokens(text: &str, expected: &[&str]) {
        let fixture = open(text);
        let file = fixture.files[fixture.files.len() - 1];
        let range = (fixture.cursors.len() > 1).then(|| fixture.selection().range);
        let tokens = semantic_tokens(&fixture.db, file, range);
        assert!(tokens.windows(2).all(|pair| pair[0].range.end() <= pair[1].range.start()), "in order");
        let shown = tokens.iter().filter(|token| token.kind != TokenKind::Keyword).map(|token| {
            let mut text =
                format!("{} {}", crate::near::text(&fixture.db, file, token.range), TokenKind::LEGEND[token.kind as usize]);
            for (bit, name) in TokenModifiers::LEGEND.iter().enumerate() {
                if token.modifiers.0 & 1 << bit != 0 {
                    text.push_str(&format!(" {name}"));
                }
            }
            text
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn declarations_and_uses() {
        check_tokens(
            "stack t {}\ninput s: \"a\" | \"b\" = \"a\"\nparam p: Int\n@retain\nresource r: AWS::SNS::Topic { DisplayName: s }\noutput o = r.TopicArn.lower()\n",
            &[
                "t namespace declaration",
                "s parameter declaration",
                "\"a\" enumMember readonly",
                "\"b\" enumMember readonly",
                "p parameter declaration",
                "Int type defaultLibrary",
                "retain decorator",
                "r resource declaration",
                "AWS class defaultLibrary",
                "SNS class defaultLibrary",
                "Topic class defaultLibrary",
                "DisplayName property",
                "s parameter readonly",
                "o property declaration",
                "r resource readonly",
                "TopicArn property deploy",
                "lower method defaultLibrary",
            ],
        );
    }

    #[test]
    fn local_names_and_modules() {
        check_tokens(
            "//- /n.cloud\n@deprecated\npub fn f(x: Int): Int = x\npub component C {}\n//- /main.cloud\nimport \"./n.cloud\" { f, C }\nimport \"./n.cloud\" as n\nlet a = [for x in range(2): f(x)]\nlet b: n.C = aws.region\n",
            &[
                "f function deprecated",
                "C interface",
                "n namespace declaration",
                "a variable declaration readonly",
                "x variable declaration readonly",
                "range function defaultLibrary",
                "f function deprecated",
                "x variable readonly",
                "b variable declaration",
                "n namespace",
                "C interface",
                "aws namespace defaultLibrary",
                "region property param",
            ],
        );
    }

    #[test]
    fn values_that_a_property_lists() {
        check_tokens(
            "stack t {}\nresource a: AWS::S3::Bucket { VersioningConfiguration: { \"Status\": \"Enabled\" }, BucketName: \"x\" }\n",
            &[
                "t namespace declaration",
                "a resource declaration",
                "AWS class defaultLibrary",
                "S3 class defaultLibrary",
                "Bucket class defaultLibrary",
                "VersioningConfiguration property",
                "\"Enabled\" enumMember readonly",
                "BucketName property",
            ],
        );
    }

    #[test]
    fn a_part() {
        check_tokens("let a = 1\n$0let b = 2$0\nlet c = 3\n", &["b variable declaration readonly"]);
        check_tokens(
            "component C {\n  let a = 1\n  if true {\n    let q = 1\n  }\n  $0let b = 2$0\n}\n",
            &["b variable declaration readonly"],
        );
    }

    #[test]
    fn half_typed() {
        check_tokens(
            "resource a: AWS::\nlet x = [for in\n",
            &["a resource declaration", "AWS type defaultLibrary", "x variable declaration"],
        );
    }
}
