//! Strings of the language.
//!
//! In: pieces of text and expressions. Out: a literal. Always: what it means is exactly the text, whatever it holds.

/// A piece of a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// As it is meant.
    Text(String),
    /// An expression in `${…}`.
    Hole(String),
}

/// A string on one line.
pub fn quoted(text: &str) -> String {
    inline(&[Part::Text(text.to_owned())])
}

/// The literal of these parts: a block where that reads better and says the same.
pub fn literal(parts: &[Part]) -> String {
    block(parts).unwrap_or_else(|| inline(parts))
}

/// On one line, with escapes.
pub fn inline(parts: &[Part]) -> String {
    let mut out = String::from("\"");
    for part in parts {
        match part {
            Part::Hole(expr) => {
                out.push_str("${");
                out.push_str(expr);
                out.push('}');
            }
            Part::Text(text) => escaped(text, &mut out),
        }
    }
    out.push('"');
    out
}

fn escaped(text: &str, out: &mut String) {
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' if rest.peek() == Some(&'{') => out.push_str("$$"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
            c => out.push(c),
        }
    }
}

/// Between `"""`, when there are several lines and nothing in them would be read differently there.
fn block(parts: &[Part]) -> Option<String> {
    let texts = || {
        parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Hole(_) => None,
        })
    };
    let lines: usize = texts().map(|text| text.matches('\n').count()).sum();
    let odd = |c: char| c.is_control() && c != '\n' && c != '\t';
    if lines < 2 || texts().any(|text| text.contains("\"\"\"") || text.contains(odd)) {
        return None;
    }
    let mut body = String::new();
    for part in parts {
        match part {
            Part::Text(text) => body.push_str(&text.replace("${", "$${")),
            Part::Hole(expr) => {
                body.push_str("${");
                body.push_str(expr);
                body.push('}');
            }
        }
    }
    // Lines of blanks alone lose them, and a last line that ends in a quote would end the string too early.
    let blank = |line: &str| !line.is_empty() && line.trim().is_empty();
    if body.split('\n').any(blank)
        || body.ends_with('"')
        || body.contains("\t") && body.lines().any(|line| line.starts_with('\t'))
    {
        return None;
    }
    let mut out = String::from("\"\"\"\n");
    for (at, line) in body.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        if !line.is_empty() {
            out.push_str("  ");
            out.push_str(line);
        }
    }
    if body.ends_with('\n') {
        out.push_str("  ");
    }
    out.push_str("\"\"\"");
    Some(out)
}

/// A key of a record: a name where it is one.
pub fn key(text: &str) -> String {
    if is_name(text) { text.to_owned() } else { quoted(text) }
}

/// Whether a text can stand as a name.
pub fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_') && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Lines of a documentation comment; empty lines at the ends are left out.
pub fn doc(text: &str) -> String {
    let lines = text.trim().lines().map(|line| format!("/// {}", line.trim_end()).trim_end().to_owned() + "\n");
    lines.collect()
}
