//! The typed view of a tree: one newtype per node kind, nothing copied.
//!
//! Every accessor returns an `Option` or an iterator, because code is half typed most of the time: a part
//! that the author has not written yet is simply absent.

mod expressions;
mod items;
mod resources;
mod strings;
mod types;

pub use expressions::*;
pub use items::*;
pub use resources::*;
pub use strings::*;
pub use types::*;

use smol_str::SmolStr;

use crate::{SyntaxKind, SyntaxNode, SyntaxToken, TextRange};

/// A typed node.
pub trait AstNode: Sized {
    /// Whether a node of this kind is one of these.
    fn can_cast(kind: SyntaxKind) -> bool;
    /// The typed view of `node`, if it is one.
    fn cast(node: SyntaxNode) -> Option<Self>;
    /// The node behind the view.
    fn syntax(&self) -> &SyntaxNode;
    /// Where it stands, without surrounding white space and comments. Relative to the tree's root.
    fn range(&self) -> TextRange {
        self.syntax().text_range()
    }
}

/// Declares newtypes over nodes of one kind each.
macro_rules! nodes {
    ($($(#[$doc:meta])* $name:ident = $kind:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(crate::SyntaxNode);

        impl crate::ast::AstNode for $name {
            fn can_cast(kind: crate::SyntaxKind) -> bool {
                kind == crate::SyntaxKind::$kind
            }
            fn cast(node: crate::SyntaxNode) -> Option<Self> {
                Self::can_cast(node.kind()).then_some(Self(node))
            }
            fn syntax(&self) -> &crate::SyntaxNode {
                &self.0
            }
        }
    )* };
}
pub(crate) use nodes;

/// Declares an enum over node types.
macro_rules! node_enum {
    ($(#[$doc:meta])* $name:ident { $($variant:ident($ty:ident),)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // each variant is documented at its node
        pub enum $name { $($variant($ty),)* }

        impl crate::ast::AstNode for $name {
            fn can_cast(kind: crate::SyntaxKind) -> bool {
                $($ty::can_cast(kind))||*
            }
            fn cast(node: crate::SyntaxNode) -> Option<Self> {
                let kind = node.kind();
                $(if $ty::can_cast(kind) { return $ty::cast(node).map(Self::$variant); })*
                None
            }
            fn syntax(&self) -> &crate::SyntaxNode {
                match self { $(Self::$variant(it) => it.syntax(),)* }
            }
        }

        $(impl From<$ty> for $name {
            fn from(node: $ty) -> Self {
                Self::$variant(node)
            }
        })*
    };
}
pub(crate) use node_enum;

/// The first child that is an `N`.
fn child<N: AstNode>(node: &SyntaxNode) -> Option<N> {
    node.children().find_map(N::cast)
}

/// The `n`-th child (from 0) that is an `N`.
fn nth_child<N: AstNode>(node: &SyntaxNode, n: usize) -> Option<N> {
    children(node).nth(n)
}

/// All children that are `N`s, in order.
fn children<N: AstNode>(node: &SyntaxNode) -> impl Iterator<Item = N> + use<N> {
    node.children().filter_map(N::cast)
}

/// The first own token of this kind.
fn token(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxToken> {
    node.children_with_tokens().filter_map(|it| it.into_token()).find(|it| it.kind() == kind)
}

/// The first child that is an `N` and stands behind the `n`-th (from 0) own token of this kind.
fn child_after<N: AstNode>(node: &SyntaxNode, kind: SyntaxKind, n: usize) -> Option<N> {
    let mut seen = 0;
    for element in node.children_with_tokens() {
        match element {
            rowan::NodeOrToken::Token(it) if it.kind() == kind => seen += 1,
            rowan::NodeOrToken::Node(it) if seen == n + 1 => {
                if let Some(found) = N::cast(it) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// The first child that is an `N` and stands before the `n`-th (from 0) own token of this kind.
fn child_before<N: AstNode>(node: &SyntaxNode, kind: SyntaxKind) -> Option<N> {
    for element in node.children_with_tokens() {
        match element {
            rowan::NodeOrToken::Token(it) if it.kind() == kind => return None,
            rowan::NodeOrToken::Node(it) => {
                if let Some(found) = N::cast(it) {
                    return Some(found);
                }
            }
            rowan::NodeOrToken::Token(_) => {}
        }
    }
    None
}

nodes! {
    /// A whole file: a sequence of [`Chunk`]s.
    SourceFile = SourceFile;
    /// The text of one column-0 declaration. Holds one item; more or none only after mistakes.
    Chunk = Chunk;
    /// A name, where it is declared or written as a key, field or segment.
    Name = Name;
}

impl SourceFile {
    /// The chunks in order.
    pub fn chunks(&self) -> impl Iterator<Item = Chunk> + use<> {
        children(&self.0)
    }
    /// The column-0 declarations in order.
    pub fn items(&self) -> impl Iterator<Item = Item> + use<> {
        self.chunks().flat_map(|it| it.items())
    }
}

impl Chunk {
    /// The declarations, normally exactly one.
    pub fn items(&self) -> impl Iterator<Item = Item> + use<> {
        children(&self.0)
    }
    /// The first declaration.
    pub fn item(&self) -> Option<Item> {
        child(&self.0)
    }
}

impl Name {
    /// The name as written. `*` for the star of `AWS::*`.
    pub fn text(&self) -> SmolStr {
        self.0.first_token().map(|it| SmolStr::new(it.text())).unwrap_or_default()
    }
}
