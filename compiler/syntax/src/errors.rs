//! What a syntax error says, and the list of their codes.
//!
//! A message is one lowercase line without a full stop, the user's text in backticks. Ranges are relative to
//! the text that was parsed.

use rowan::TextRange;

/// One mistake in the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SyntaxError {
    /// One of the constants of this module.
    pub code: &'static str,
    /// What is wrong, clear on its own.
    pub message: String,
    /// The text to underline.
    pub range: TextRange,
    /// What stands there, to write under it.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
    /// An edit that repairs it.
    pub fix: Option<SyntaxFix>,
    /// Other places that explain it, such as the bracket that was opened.
    pub related: Vec<(TextRange, String)>,
}

/// An edit that repairs a mistake.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SyntaxFix {
    /// What it does, for a menu.
    pub title: String,
    /// The text to replace; empty to insert.
    pub range: TextRange,
    /// The new text.
    pub insert: String,
}

/// Declares the codes and the table of all of them.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $code;)*

        /// Every code of this crate, in order.
        pub const ALL: &[&str] = &[$($name),*];
    };
}

codes! {
    /// Something else stands where the grammar wants a certain token.
    UNEXPECTED = "C0101";
    /// A bracket is opened and never closed.
    UNCLOSED = "C0102";
    /// A string lacks one of its quotes, or its `"""`.
    UNTERMINATED_STRING = "C0103";
    /// A number with a wrong unit, digit or address.
    BAD_NUMBER = "C0104";
    /// A backslash before something that is no escape.
    BAD_ESCAPE = "C0105";
    /// A character that nothing begins with.
    STRAY_CHARACTER = "C0106";
    /// Brackets or operators nested too deep.
    TOO_DEEP = "C0107";
    /// An `if` expression without `else`.
    MISSING_ELSE = "C0108";
    /// `??` beside `||` or `&&` without parentheses.
    MIXED_COALESCE = "C0109";
    /// A value is missing.
    MISSING_VALUE = "C0110";
    /// A name is missing.
    MISSING_NAME = "C0111";
    /// A type is missing.
    MISSING_TYPE = "C0112";
    /// A line that begins like a declaration, but with no keyword of the language.
    UNKNOWN_DECLARATION = "C0113";
    /// A `/*` without `*/`.
    UNTERMINATED_COMMENT = "C0114";
    /// A `${` without `}` on its line.
    UNTERMINATED_INTERPOLATION = "C0115";
    /// A declaration inside a record.
    MISPLACED_DECLARATION = "C0116";
    /// `=` where `:` is meant, or the other way round.
    COLON_OR_EQUALS = "C0117";
    /// A closing bracket that nothing opened.
    UNOPENED = "C0118";
    /// Two entries on one line without a comma.
    MISSING_SEPARATOR = "C0119";
    /// Attributes above nothing.
    DANGLING_ATTRIBUTE = "C0120";
    /// Something written as another language would.
    FOREIGN_SYNTAX = "C0121";
    /// Comparisons in a row.
    CHAINED_COMPARISON = "C0122";
    /// `pub` before something that cannot be public.
    MISPLACED_PUB = "C0123";
}
