//! Hover: what stands at a place, as markdown.
//!
//! In: a position. Out: [`Hover`]. Always: a secret's value is never shown.

mod help;
mod schema;
mod signature;

pub(crate) use help::help;
pub use schema::SYNC_HINT;
pub(crate) use schema::{attribute_text, property_text, type_text};
pub(crate) use signature::{function_code, parameter_texts, signature_line};

/// The beginning of a long text.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let short: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{short}…")
}
