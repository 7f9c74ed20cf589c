//! From the written text of a string to the text that is meant.

use crate::ast::{StringFlavour, StringPart};

/// Resolves escapes and block indentation in `parts`, and drops text that comes out empty.
pub(crate) fn cook(flavour: StringFlavour, mut parts: Vec<StringPart>) -> Vec<StringPart> {
    if flavour.is_block() {
        dedent(&mut parts);
    }
    for part in &mut parts {
        if let StringPart::Text { cooked, .. } = part {
            match flavour {
                StringFlavour::Plain => *cooked = unescape(cooked),
                StringFlavour::Block if cooked.contains("$${") => *cooked = cooked.replace("$${", "${"),
                _ => {}
            }
        }
    }
    parts.retain(|it| !matches!(it, StringPart::Text { cooked, .. } if cooked.is_empty()));
    parts
}

/// The text with its escapes resolved; a wrong one, which the lexer has reported, stays as it is.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '$']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(tail) = rest.strip_prefix("$${") {
            out.push_str("${");
            rest = tail;
        } else if let Some((meant, len)) = escape(rest) {
            out.push(meant);
            rest = &rest[len..];
        } else {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// What the escape at the start of `text` means, and its length in bytes; `None` when it is none.
pub(crate) fn escape(text: &str) -> Option<(char, usize)> {
    let tail = text.strip_prefix('\\')?;
    let meant = match tail.as_bytes().first()? {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'"' => '"',
        b'\\' => '\\',
        b'u' => {
            let digits = tail[1..].strip_prefix('{')?;
            let digits = &digits[..digits.find('}')?];
            let valid = (1..=6).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_hexdigit());
            let meant = u32::from_str_radix(digits, 16).ok().filter(|_| valid).and_then(char::from_u32)?;
            return Some((meant, digits.len() + 4));
        }
        _ => return None,
    };
    Some((meant, 2))
}

/// Takes the first line end, the common indentation and the closing quote's own line away.
///
/// An interpolation counts as text that is not white space; line ends inside the parts become `\n`.
fn dedent(parts: &mut [StringPart]) {
    for part in parts.iter_mut() {
        if let StringPart::Text { cooked, .. } = part
            && cooked.contains('\r')
        {
            *cooked = cooked.replace("\r\n", "\n");
        }
    }
    let starts_on_next_line = match parts.first_mut() {
        Some(StringPart::Text { cooked, .. }) => drop_first_line_end(cooked),
        _ => false,
    };
    if !starts_on_next_line {
        return;
    }
    if let Some(StringPart::Text { cooked, .. }) = parts.last_mut() {
        let line = cooked.rfind('\n').map_or(0, |it| it + 1);
        let own_line = line > 0 || cooked.is_empty();
        if own_line && is_blank(&cooked[line..]) {
            cooked.truncate(line);
        }
    }
    if let [StringPart::Text { cooked, .. }] = parts
        && is_blank(cooked)
        && !cooked.contains('\n')
    {
        cooked.clear();
        return;
    }
    let indent = common_indent(parts);
    let mut line_start = true;
    for part in parts {
        match part {
            StringPart::Text { cooked, .. } => *cooked = strip_indent(cooked, indent, &mut line_start),
            StringPart::Interp { .. } => line_start = false,
        }
    }
}

fn drop_first_line_end(text: &mut String) -> bool {
    match text.find('\n') {
        Some(end) if is_blank(&text[..end]) => {
            text.drain(..=end);
            true
        }
        _ => false,
    }
}

/// The fewest leading spaces and tabs of any line that has something else in it.
fn common_indent(parts: &[StringPart]) -> usize {
    let mut common = None::<usize>;
    // The indentation so far of the line that is being read, until something else stands in it.
    let mut current = Some(0);
    for part in parts {
        let StringPart::Text { cooked, .. } = part else {
            if let Some(width) = current.take() {
                common = Some(common.map_or(width, |it| it.min(width)));
            }
            continue;
        };
        for byte in cooked.bytes() {
            match (byte, current) {
                (b'\n', _) => current = Some(0),
                (b' ' | b'\t', Some(width)) => current = Some(width + 1),
                (_, Some(width)) => {
                    common = Some(common.map_or(width, |it| it.min(width)));
                    current = None;
                }
                (_, None) => {}
            }
        }
    }
    common.unwrap_or(0)
}

fn strip_indent(text: &str, indent: usize, line_start: &mut bool) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
        let cut = if *line_start { blank.min(indent) } else { 0 };
        // White space alone on a line is nobody's text.
        let rest = &line[cut..];
        out.push_str(if *line_start && is_blank(rest.trim_end_matches('\n')) && rest.ends_with('\n') { "\n" } else { rest });
        *line_start = line.ends_with('\n');
    }
    out
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|it| matches!(it, b' ' | b'\t' | b'\r'))
}
