//! One file for each feature. A handler is a function from a [`Snapshot`](crate::snapshot::Snapshot) and the protocol's parameters to the
//! protocol's answer; the table of all of them is in [`crate::backend`], what clients are told of them in [`capabilities`].

pub mod actions;
pub mod capabilities;
pub mod command;
pub mod completion;
pub mod definition;
pub mod diagnostics;
pub mod folding;
pub mod formatting;
pub mod graph;
pub mod hierarchy;
pub mod hover;
pub mod inlay;
pub mod lens;
pub mod linked;
pub mod links;
pub mod moves;
pub mod references;
pub mod rename;
pub mod selection;
pub mod signature;
pub mod source;
pub mod symbols;
pub mod template;
pub mod testing;
pub mod tokens;
pub mod tree;

use tower_lsp::jsonrpc::{Error, ErrorCode};

/// `RequestFailed` of the protocol: the request makes sense, and there is a reason why it cannot be done.
pub(crate) fn failed(why: String) -> Error {
    Error { code: ErrorCode::ServerError(-32803), message: why.into(), data: None }
}
