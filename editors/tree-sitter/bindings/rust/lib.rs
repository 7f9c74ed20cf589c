//! The grammar of `.cloud` files for programs that use tree-sitter: the language and its queries.
//!
//! The compiler does not use it; it has a parser of its own. This one is for editors, and for the tests that hold both together.

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_cloud() -> *const ();
}

/// The language, for `Parser::set_language`.
// SAFETY: the function is the parser's own and returns its static table.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_cloud) };

/// What is drawn in which colour.
pub const HIGHLIGHTS: &str = include_str!("../../queries/highlights.scm");
/// Other languages inside strings and comments.
pub const INJECTIONS: &str = include_str!("../../queries/injections.scm");
/// Which names belong to which declarations.
pub const LOCALS: &str = include_str!("../../queries/locals.scm");
/// What can be folded.
pub const FOLDS: &str = include_str!("../../queries/folds.scm");
/// How lines are indented.
pub const INDENTS: &str = include_str!("../../queries/indents.scm");
/// Declarations and uses, for lists of symbols.
pub const TAGS: &str = include_str!("../../queries/tags.scm");
/// Parts to select and move by.
pub const TEXTOBJECTS: &str = include_str!("../../queries/textobjects.scm");
