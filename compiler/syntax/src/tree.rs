//! From the grammar's events to a green tree that holds every byte of the text.
//!
//! Trivia, and brackets that were left out of the input, go in before the node that begins behind them, so that a
//! node's text has no white space around it.

use rowan::{GreenNode, GreenNodeBuilder, Language, NodeCache};

use crate::lexer::Lexed;
use crate::log::Event;
use crate::{Cloud, SyntaxKind};

/// The deepest tree. Dropping and walking a tree recurse; what is nested deeper stays flat.
const MAX_TREE_DEPTH: usize = 1_000;

/// A tree, and whether something in it was too deep to nest.
pub(crate) struct Built {
    pub(crate) green: GreenNode,
    /// The index of the first token that should have been nested deeper.
    pub(crate) flattened: Option<u32>,
}

/// Builds the tree of `text` under a root of kind `root`.
pub(crate) fn build(cache: &mut NodeCache, root: SyntaxKind, text: &str, lexed: &Lexed, events: &[Event]) -> Built {
    let mut builder =
        Builder { out: GreenNodeBuilder::with_cache(cache), text, lexed, next: 0, offset: 0, depth: 0, flattened: None };
    builder.out.start_node(Cloud::kind_to_raw(root));
    builder.events(events);
    builder.take_until(lexed.tokens.len());
    builder.out.finish_node();
    Built { green: builder.out.finish(), flattened: builder.flattened }
}

struct Builder<'t, 'c> {
    out: GreenNodeBuilder<'c>,
    text: &'t str,
    lexed: &'t Lexed,
    /// The first token that is not in the tree yet, and where it starts.
    next: usize,
    offset: usize,
    depth: usize,
    flattened: Option<u32>,
}

impl Builder<'_, '_> {
    fn events(&mut self, events: &[Event]) {
        let mut nodes = Nodes::link(events);
        for (at, event) in events.iter().enumerate() {
            let mut opening = nodes.first[at];
            while opening > 0 {
                let close = opening as usize - 1;
                nodes.open[close] = self.open(events, at, close);
                opening = nodes.next[close];
            }
            match *event {
                Event::Tok(raw) => {
                    self.take_until(raw as usize);
                    let renamed = match events.get(at + 1) {
                        Some(Event::Rename(kind)) => Some(*kind),
                        _ => None,
                    };
                    self.take(renamed);
                }
                Event::Close { .. } if nodes.open[at] => {
                    self.out.finish_node();
                    self.depth -= 1;
                }
                Event::Close { .. } | Event::Rename(_) | Event::Fault(..) => {}
            }
        }
    }

    /// Begins the node that ends at event `close`; not when it would be empty or too deep.
    fn open(&mut self, events: &[Event], at: usize, close: usize) -> bool {
        let first = events[at..close].iter().find_map(|it| match it {
            Event::Tok(raw) => Some(*raw),
            _ => None,
        });
        let (Some(raw), Event::Close { kind, .. }) = (first, events[close]) else { return false };
        if self.depth >= MAX_TREE_DEPTH {
            self.flattened.get_or_insert(raw);
            return false;
        }
        self.take_until(raw as usize);
        self.out.start_node(Cloud::kind_to_raw(kind));
        self.depth += 1;
        true
    }

    fn take_until(&mut self, raw: usize) {
        while self.next < raw {
            self.take(None);
        }
    }

    fn take(&mut self, renamed: Option<SyntaxKind>) {
        let Some(token) = self.lexed.tokens.get(self.next) else { return };
        let end = token.end as usize;
        // The end of a string that has none is no text.
        if end > self.offset {
            self.out.token(Cloud::kind_to_raw(renamed.unwrap_or(token.kind)), &self.text[self.offset..end]);
        }
        self.offset = end;
        self.next += 1;
    }
}

/// Which nodes begin before which event, outermost first, as linked lists of close events (plus one; 0 ends).
struct Nodes {
    first: Vec<u32>,
    next: Vec<u32>,
    /// Whether the node that ends at this event was begun.
    open: Vec<bool>,
}

impl Nodes {
    fn link(events: &[Event]) -> Self {
        let mut nodes = Self { first: vec![0; events.len()], next: vec![0; events.len()], open: vec![false; events.len()] };
        for (at, event) in events.iter().enumerate() {
            if let Event::Close { start, .. } = *event {
                nodes.next[at] = nodes.first[start as usize];
                nodes.first[start as usize] = at as u32 + 1;
            }
        }
        nodes
    }
}
