//! Strings: from quotes and escapes to the text that is meant.

use smol_str::SmolStr;

use super::{Expr, child, nodes};
use crate::{SyntaxElement, SyntaxKind, TextRange, cook};

nodes! {
    /// A string literal, whatever its quotes.
    StringExpr = StringExpr;
    /// `${ … }` inside a string.
    Interp = Interp;
}

/// How a string is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StringFlavour {
    /// `"…"`.
    Plain,
    /// `"""…"""`.
    Block,
    /// `r"…"`.
    Raw,
    /// `r"""…"""`.
    RawBlock,
}

/// A piece of a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StringPart {
    /// Text between interpolations.
    Text {
        /// Where it is written, escapes included.
        range: TextRange,
        /// What it means: escapes resolved, block indentation gone.
        cooked: String,
    },
    /// `${expr}`.
    Interp {
        /// Where it is written, `${` and `}` included.
        range: TextRange,
        /// The expression, absent in `${}`.
        expr: Option<Expr>,
    },
}

impl StringExpr {
    /// How it is quoted.
    pub fn flavour(&self) -> StringFlavour {
        let quote = self.0.first_token();
        StringFlavour::of_quote(quote.as_ref().map_or("\"", |it| it.text()))
    }

    /// Its pieces in order; empty text is left out, so `""` has none.
    pub fn parts(&self) -> Vec<StringPart> {
        let flavour = self.flavour();
        let mut raw = Vec::new();
        for element in self.0.children_with_tokens() {
            match element {
                SyntaxElement::Token(it) if it.kind() == SyntaxKind::StringText => {
                    raw.push(StringPart::Text { range: it.text_range(), cooked: it.text().to_owned() })
                }
                SyntaxElement::Node(it) if it.kind() == SyntaxKind::Interp => {
                    raw.push(StringPart::Interp { range: it.text_range(), expr: child(&it) });
                }
                _ => {}
            }
        }
        cook::cook(flavour, raw)
    }

    /// The whole text, when no interpolation is in it.
    pub fn text(&self) -> Option<SmolStr> {
        let mut text = String::new();
        for part in self.parts() {
            match part {
                StringPart::Text { cooked, .. } => text.push_str(&cooked),
                StringPart::Interp { .. } => return None,
            }
        }
        Some(text.into())
    }

    /// Whether an interpolation is in it.
    pub fn is_interpolated(&self) -> bool {
        self.0.children().any(|it| it.kind() == SyntaxKind::Interp)
    }
}

impl StringFlavour {
    /// The flavour that begins with this quote.
    pub fn of_quote(quote: &str) -> Self {
        match quote {
            "\"\"\"" => Self::Block,
            "r\"" => Self::Raw,
            "r\"\"\"" => Self::RawBlock,
            _ => Self::Plain,
        }
    }

    /// Whether it spans lines.
    pub fn is_block(self) -> bool {
        matches!(self, Self::Block | Self::RawBlock)
    }

    /// Whether nothing in it is replaced.
    pub fn is_raw(self) -> bool {
        matches!(self, Self::Raw | Self::RawBlock)
    }
}

impl Interp {
    /// The expression inside.
    pub fn expr(&self) -> Option<Expr> {
        child(&self.0)
    }
}
