//! From text to a tree and errors.

use rowan::{GreenNode, Language, NodeCache, TextSize};

use crate::errors::{self, SyntaxError};
use crate::{Cloud, SyntaxKind, SyntaxNode, grammar, input, lexer, report, split, tree};

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

/// Parses the text of one chunk; the root is a [`SyntaxKind::Chunk`], ranges are relative to the chunk.
pub fn parse_chunk(text: &str) -> Parse {
    chunk(&mut NodeCache::default(), text)
}

/// Parses a whole file; the root is a [`SyntaxKind::SourceFile`] of chunks.
///
/// It is exactly the concatenation of the chunks that [`split`] finds, each parsed alone.
pub fn parse_file(text: &str) -> Parse {
    let mut cache = NodeCache::default();
    let mut chunks = Vec::new();
    let mut errors = Vec::new();
    for raw in split(text) {
        let parsed = chunk(&mut cache, &text[raw.range]);
        errors.extend(parsed.errors.into_iter().map(|it| moved(it, raw.range.start())));
        chunks.push(rowan::NodeOrToken::Node(parsed.green));
    }
    Parse { green: GreenNode::new(Cloud::kind_to_raw(SyntaxKind::SourceFile), chunks), errors }
}

fn chunk(cache: &mut NodeCache, text: &str) -> Parse {
    let lexed = lexer::lex(text);
    let input = input::prepare(text, &lexed);
    let log = grammar::parse(&input);
    let built = tree::build(cache, SyntaxKind::Chunk, text, &lexed, &log.events);
    let mut errors = report::errors(&input, &log.events);
    if let Some(raw) = built.flattened
        && errors.iter().all(|it| it.code != errors::TOO_DEEP)
    {
        errors.push(report::too_deep(lexed.range(raw as usize)));
    }
    errors.sort_by_key(|it| (it.range.start(), it.code));
    Parse { green: built.green, errors }
}

/// The error as it is when the text before it is this long.
fn moved(mut error: SyntaxError, by: TextSize) -> SyntaxError {
    error.range += by;
    if let Some(fix) = &mut error.fix {
        fix.range += by;
    }
    for (range, _) in &mut error.related {
        *range += by;
    }
    error
}
