//! One file for each feature. A handler is a function from a [`Snapshot`](crate::snapshot::Snapshot) and the protocol's parameters to the
//! protocol's answer; the table of all of them is in [`crate::backend`], what clients are told of them in [`capabilities`].

pub mod capabilities;
pub mod command;
pub mod definition;
pub mod diagnostics;
pub mod folding;
pub mod formatting;
pub mod graph;
pub mod hierarchy;
pub mod lens;
pub mod linked;
pub mod links;
pub mod moves;
pub mod references;
pub mod selection;
pub mod source;
pub mod symbols;
pub mod testing;
pub mod tree;
