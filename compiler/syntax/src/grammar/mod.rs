//! The grammar, one file per area, as chumsky parsers over the kinds of tokens.
//!
//! A parser builds nothing: it takes tokens and closes nodes in the [`Log`]. Rules are of two sorts. A strict one
//! fails without a trace when its first token is another, so it can stand in a choice. Behind that first token
//! every rule is total: what is missing becomes a [`Fault`] at its place, and parsing goes on.
//!
//! Side effects happen only in `custom` parsers, because chumsky skips the closures of `map` and its kin
//! where it needs no output. Looking ahead goes through the input slice, which never moves the inspector.

mod collections;
mod core;
mod expressions;
mod items;
mod resources;
mod types;

use chumsky::prelude::*;

use crate::input::{Input, Tok};
use crate::log::Log;

/// How the grammar's parsers are set up: no error values (mistakes go into the log), the log as state.
pub(crate) type Extra<'t> = extra::Full<EmptyErr, Log<'t>, ()>;
/// A rule of the grammar.
pub(crate) type Rule<'t> = Boxed<'t, 't, &'t [Tok], (), Extra<'t>>;

/// Parses the tokens of one chunk; the events make up everything inside the root.
pub(crate) fn parse<'t>(input: &'t Input<'t>) -> Log<'t> {
    let mut log = Log::new(input);
    let chunk = items::chunk();
    // The chunk's rule is total: it takes every token and fails on none.
    let _ = chunk.parse_with_state(input.toks.as_slice(), &mut log);
    log
}
