//! The standard library, written in the language.
