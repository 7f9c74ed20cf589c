//! Text in, the same program in the one canonical style out; or as JSON, and back ([`json`]).
//!
//! Two spaces of indentation, `key: value`, spaces around operators. What was written on one line stays on one
//! line when it fits; what was written on several keeps an entry a line, without commas. Single blank lines and
//! every comment are kept, strings are never touched. Formatting twice changes nothing, and the tokens stay what
//! they were. Text with syntax errors is refused, because its structure is a guess.

mod doc;
pub mod json;
mod layout;

use cloudc_syntax::{SyntaxError, parse_file};

/// The widest line that is made on purpose, in characters.
const WIDTH: usize = 100;

/// The text in canonical style, or its syntax errors.
pub fn format(text: &str) -> Result<String, Vec<SyntaxError>> {
    let parse = parse_file(text);
    if !parse.errors().is_empty() {
        return Err(parse.errors().to_vec());
    }
    if !text.contains('\r') {
        return Ok(doc::render(layout::file(&parse.syntax()), WIDTH));
    }
    // The tree holds what is printed, so line ends are made uniform before it is built.
    let unix = parse_file(&text.replace("\r\n", "\n"));
    Ok(doc::render(layout::file(&unix.syntax()), WIDTH))
}
