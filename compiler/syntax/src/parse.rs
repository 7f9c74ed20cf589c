//! From text to tree.

use rowan::{GreenNode, GreenNodeBuilder, Language};

use crate::{Cloud, SyntaxError, SyntaxKind, SyntaxNode};

/// A tree and the mistakes in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parse {
    green: GreenNode,
    errors: Vec<SyntaxError>,
}

impl Parse {
    /// The tree without positions; cheap to clone, store and compare.
    pub fn green(&self) -> &GreenNode {
        &self.green
    }
    /// The tree with positions.
    pub fn syntax(&self) -> SyntaxNode {
        SyntaxNode::new_root(self.green.clone())
    }
    /// The mistakes, by position.
    pub fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }
}

/// Parses the text of one chunk; the root is a [`SyntaxKind::Chunk`].
pub fn parse_chunk(text: &str) -> Parse {
    let mut builder = GreenNodeBuilder::new();
    builder.start_node(Cloud::kind_to_raw(SyntaxKind::Chunk));
    builder.token(Cloud::kind_to_raw(SyntaxKind::Stray), text);
    builder.finish_node();
    Parse { green: builder.finish(), errors: Vec::new() }
}

/// Parses a whole file; the root is a [`SyntaxKind::SourceFile`] of chunks.
pub fn parse_file(text: &str) -> Parse {
    let mut builder = GreenNodeBuilder::new();
    builder.start_node(Cloud::kind_to_raw(SyntaxKind::SourceFile));
    builder.token(Cloud::kind_to_raw(SyntaxKind::Stray), text);
    builder.finish_node();
    Parse { green: builder.finish(), errors: Vec::new() }
}
