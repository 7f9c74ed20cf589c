//! Text that a terminal shows as it is: no escapes, no characters that hide or reorder others.
//!
//! In: any text. Out: the same text with such characters replaced. Always, for [`same_width`]: every byte offset stays where it is.

/// Replaces what a terminal would obey instead of showing; line breaks and tabs stay.
pub fn printable(text: &str) -> String {
    same_width(text).into_owned()
}

/// Replaces harmful characters by others of as many bytes in UTF-8. A carriage return stays only in front of a line feed.
pub(super) fn same_width(text: &str) -> std::borrow::Cow<'_, str> {
    if !has_harm(text) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let fine = !harmful(c) || (c == '\r' && chars.peek() == Some(&'\n'));
        out.push(if fine { c } else { stand_in(c) });
    }
    out.into()
}

/// Most texts are plain; a look at the bytes tells them apart quickly.
fn has_harm(text: &str) -> bool {
    let suspicious = |byte: u8| {
        (byte < b' ' && byte != b'\n' && byte != b'\t') || byte == 0x7f || matches!(byte, 0xc2 | 0xd8 | 0xe2 | 0xef | 0xf3)
    };
    text.bytes().any(suspicious) && text.chars().any(harmful)
}

/// Controls, line separators, and characters that are invisible or change the direction of others.
fn harmful(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{61c}'
        | '\u{feff}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{e0000}'..='\u{e007f}' => true,
        c => c.is_control(),
    }
}

fn stand_in(c: char) -> char {
    match c.len_utf8() {
        1 => '?',
        2 => '·',
        3 => '\u{fffd}',
        _ => '\u{1f7c6}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_made_harmless_and_offsets_stay() {
        let text = "a\u{1b}[31mb\u{202e}c\u{9b}d\r\ne\rf";
        let safe = same_width(text);
        assert_eq!(safe, "a?[31mb\u{fffd}c·d\r\ne?f");
        assert_eq!(safe.len(), text.len());
    }
}
