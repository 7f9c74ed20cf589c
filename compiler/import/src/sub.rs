//! The text of `Fn::Sub`.
//!
//! In: the text. Out: its pieces. Always: `${!x}` is the text `${x}`; a hole that is not closed is text.

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text as it is meant.
    Text(String),
    /// What stands between the braces, without white space around it.
    Hole(String),
}

/// Takes the text apart.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let Some(end) = rest[at..].find('}') else { break };
        let inner = &rest[at + 2..at + end];
        plain.push_str(&rest[..at]);
        match inner.strip_prefix('!') {
            Some(literal) => {
                plain.push_str("${");
                plain.push_str(literal);
                plain.push('}');
            }
            None => {
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Hole(inner.trim().to_owned()));
            }
        }
        rest = &rest[at + end + 1..];
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_and_texts_are_told_apart() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let hole = |text: &str| Piece::Hole(text.to_owned());
        assert_eq!(pieces("a-${B}.${ C.D }"), [text("a-"), hole("B"), text("."), hole("C.D")]);
        assert_eq!(pieces("${!x}${"), [text("${x}${")]);
        assert!(pieces("").is_empty());
    }
}
