//! The language server: the only crate that knows the protocol.
//!
//! In: messages of the language-server protocol. Out: answers made by [`cloudc_ide`], converted.
//! Always: handlers convert and nothing else; what they say is decided below.
