//! Programs as JSON, and back.
//!
//! In: text. Out: a JSON object whose `items` are declarations in order; records, lists, texts and numbers are JSON's own, any other
//! expression is `{ "$": "its text" }`, comments are entries with the key `//`. Always: what is written is read back to the same
//! formatted text (a declaration for which that is not so is kept as text); `layout` holds line breaks and nothing that means
//! something, so a program that is changed without it, or made without it, is laid out anew.

mod layout;
mod read;
mod values;
mod write;

use cloudc_syntax::{SyntaxError, SyntaxNode, parse_file};
use serde_json::{Value as Json, json};

/// The form that is written.
pub const FORM: u64 = 1;

/// Why JSON is no program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// JSON pointer to what is wrong.
    pub at: String,
    /// One line.
    pub message: String,
}

impl std::fmt::Display for JsonError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = if self.at.is_empty() { "/" } else { &self.at };
        write!(f, "at `{at}`: {}", self.message)
    }
}

/// The JSON form of a program, or its syntax errors.
pub fn to_json(text: &str) -> Result<Json, Vec<SyntaxError>> {
    let formatted = crate::format(text)?;
    let items = write::items(parse_file(&formatted).syntax().children().flat_map(|chunk| chunk.children_with_tokens()));
    Ok(json!({ "cloudc": FORM, "items": items, "layout": layout::of(&formatted) }))
}

/// The formatted text of a program in JSON form.
pub fn from_json(program: &Json) -> Result<String, JsonError> {
    let text = read::program(program)?;
    let laid_out = program.get("layout").and_then(|written| layout::apply(&text, written));
    if let Some(Ok(text)) = laid_out.map(|text| crate::format(&text)) {
        return Ok(text);
    }
    // Each declaration was parsed alone, so together they can be.
    crate::format(&text).map_err(|errors| JsonError {
        at: String::new(),
        message: errors.first().map_or_else(String::new, |error| error.message.clone()),
    })
}

/// The syntax tree of a text as JSON: `[kind, children…]` for a node, `[kind, text]` for a token, white space and comments included.
pub fn tree(text: &str) -> Json {
    node(&parse_file(text).syntax())
}

/// The text of a tree that [`tree`] made, or that was made like one.
pub fn text_of_tree(tree: &Json) -> Result<String, JsonError> {
    let mut out = String::new();
    let mut waiting = vec![(tree, String::new())];
    while let Some((json, at)) = waiting.pop() {
        let Some([Json::String(_), parts @ ..]) = json.as_array().map(Vec::as_slice) else {
            return Err(JsonError { at, message: "a node is `[kind, children…]`, a token `[kind, text]`".to_owned() });
        };
        match parts {
            [Json::String(text)] => out.push_str(text),
            _ => waiting.extend(parts.iter().enumerate().rev().map(|(index, part)| (part, format!("{at}/{}", index + 1)))),
        }
    }
    Ok(out)
}

fn node(node: &SyntaxNode) -> Json {
    let children = node.children_with_tokens().map(|part| match part {
        cloudc_syntax::NodeOrToken::Node(inner) => self::node(&inner),
        cloudc_syntax::NodeOrToken::Token(token) => json!([format!("{:?}", token.kind()), token.text()]),
    });
    std::iter::once(Json::from(format!("{:?}", node.kind()))).chain(children).collect()
}
