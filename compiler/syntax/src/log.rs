//! What the grammar did, as an append-only list of events.
//!
//! chumsky tells an [`Inspector`] about every token it takes and every step it takes back, so the list always
//! matches the parse that won. Nodes are closed after their parts; a close event names where its node began, so
//! a left operand can be wrapped after the fact.

use chumsky::input::{Checkpoint, Cursor};
use chumsky::inspector::Inspector;

use crate::SyntaxKind;
use crate::input::{Input, Tok, VIRTUAL};

/// One step of a parse.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// The next token of the text, by its index there.
    Tok(u32),
    /// The token just taken is this keyword.
    Rename(SyntaxKind),
    /// A node ends that began before the event at `start`.
    Close { kind: SyntaxKind, start: u32 },
    /// A mistake at this token of the input.
    Fault(Fault, u32),
}

/// What is wrong at a token. Worded in `report`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// This token is missing before.
    ExpectedToken(SyntaxKind),
    /// Nothing of what can stand here begins like this.
    Unexpected(Place),
    /// A value is missing before.
    MissingValue,
    /// A name is missing before.
    MissingName,
    /// A type is missing before.
    MissingType,
    /// The `if` here has no `else`.
    MissingElse,
    /// The `??` here stands beside `||` or `&&`.
    MixedCoalesce,
    /// The comparison here has a comparison as its left operand.
    ChainedComparison,
    /// Nested deeper than the cap.
    TooDeep,
    /// `=` stands where `:` is meant.
    EqualsForColon,
    /// `:` stands where `=` is meant.
    ColonForEquals,
    /// `=` stands where `==` is meant.
    Assignment,
    /// `->` or `:` stands where `=>` is meant.
    ArmArrow,
    /// A word stands for this operator.
    WordOperator(SyntaxKind),
    /// An entry begins on the line of the one before it.
    MissingSeparator,
    /// A keyword that nobody knows; this one is meant.
    UnknownDeclaration(SyntaxKind),
    /// A declaration stands where entries or values do.
    MisplacedDeclaration,
    /// Attributes stand above nothing.
    DanglingAttribute,
    /// `pub` stands before something that cannot be public.
    MisplacedPub,
    /// A quoted name.
    QuotedName,
    /// A number as the key of a record.
    NumberKey,
    /// `T[]` for `[T]`.
    SuffixList,
    /// A resource without braces.
    MissingBody,
}

/// Where something unexpected stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Declaration,
    Entry,
    Element,
    Argument,
    Arm,
    Pattern,
    TypeField,
    TypeArgument,
    Import,
    Parameter,
    Patch,
    Interpolation,
    /// Behind an entry.
    ExpressionEnd,
    /// Behind the one value in brackets.
    BracketEnd,
}

/// The state of a parse.
pub(crate) struct Log<'t> {
    pub(crate) input: &'t Input<'t>,
    pub(crate) events: Vec<Event>,
    /// Expressions and types being parsed around this point.
    pub(crate) depth: u32,
}

impl<'t> Log<'t> {
    pub(crate) fn new(input: &'t Input<'t>) -> Self {
        Self { input, events: Vec::with_capacity(input.toks.len() * 3), depth: 0 }
    }

    /// The point at which a node may begin.
    pub(crate) fn mark(&self) -> u32 {
        self.events.len() as u32
    }

    /// Ends a node that began at `start`.
    pub(crate) fn close(&mut self, kind: SyntaxKind, start: u32) {
        self.events.push(Event::Close { kind, start });
    }
}

impl<'t> Inspector<'t, &'t [Tok]> for Log<'t> {
    type Checkpoint = usize;

    fn on_token(&mut self, tok: &Tok) {
        if tok.raw != VIRTUAL {
            self.events.push(Event::Tok(tok.raw));
        }
    }

    fn on_save<'p>(&self, _: &Cursor<'t, 'p, &'t [Tok]>) -> usize {
        self.events.len()
    }

    fn on_rewind<'p>(&mut self, marker: &Checkpoint<'t, 'p, &'t [Tok], usize>) {
        self.events.truncate(*marker.inspector());
    }
}
