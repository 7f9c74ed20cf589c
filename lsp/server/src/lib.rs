//! The language server: the only crate that knows the protocol.
//!
//! In: messages of the language-server protocol. Out: answers made by [`cloudc_ide`], converted.
//! Always: handlers convert and nothing else; what they say is decided below. Where to look: [`transport`] for how messages become jobs,
//! [`state`] for what the server knows between them, [`backend`] for the table of everything a client can ask.

pub mod backend;
pub mod client;
pub mod config;
pub mod convert;
pub mod host;
pub mod memory;
pub mod publish;
pub mod requests;
pub mod roots;
mod scan;
pub mod snapshot;
pub mod state;
pub mod transport;

pub use host::Host;
pub use transport::serve;
