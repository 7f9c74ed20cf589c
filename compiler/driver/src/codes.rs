//! Codes of findings about a file as a whole, which no stage sees.

/// A file without any declaration.
pub const EMPTY: &str = "C0298";
/// A file that was to be built and has no `stack`.
pub const NOTHING_TO_BUILD: &str = "C0299";
/// Codes before this one are of the grammar.
pub const AFTER_SYNTAX: &str = "C02";
