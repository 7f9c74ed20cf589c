//! Numbers, with or without a unit, and address ranges.

use super::{Lexer, fix, range};
use crate::errors;
use crate::{SyntaxKind, SyntaxKind as K};

/// Units of [`SyntaxKind::Duration`].
const DURATION_UNITS: &[&str] = &["ms", "s", "m", "h", "d"];
/// Units of [`SyntaxKind::Size`]; all are 1024-based.
const SIZE_UNITS: &[&str] = &["B", "KB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB", "PiB"];
/// What people write for a unit.
const SYNONYMS: &[(&str, &str)] = &[
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("min", "m"),
    ("mins", "m"),
    ("minute", "m"),
    ("minutes", "m"),
    ("hr", "h"),
    ("hrs", "h"),
    ("hour", "h"),
    ("hours", "h"),
    ("day", "d"),
    ("days", "d"),
    ("k", "KiB"),
    ("ki", "KiB"),
    ("mi", "MiB"),
    ("g", "GiB"),
    ("gi", "GiB"),
    ("t", "TiB"),
    ("ti", "TiB"),
];

/// What is wrong with a number: message, label, help, replacement.
struct Mistake {
    message: String,
    label: &'static str,
    help: Option<String>,
    instead: Option<String>,
}

impl Lexer<'_> {
    /// Everything that touches the digits is one token.
    pub(super) fn number(&mut self) {
        let start = self.pos;
        let mut dots = 0;
        while let Some(&byte) = self.bytes.get(self.pos) {
            let part = match byte {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => true,
                b'.' if self.peek(1).is_ascii_digit() => {
                    dots += 1;
                    true
                }
                b'/' => dots == 3 && self.peek(1).is_ascii_digit(),
                _ => false,
            };
            if !part {
                break;
            }
            self.pos += 1;
        }
        let text = &self.text[start..self.pos];
        match classify(text) {
            Ok(kind) => self.push(kind),
            Err(mistake) => {
                self.push(K::BadNumber);
                let here = range(start, self.pos);
                let error = self.error(errors::BAD_NUMBER, here, mistake.message, mistake.label);
                error.help = mistake.help;
                error.fix = mistake.instead.and_then(|it| fix(&format!("write `{it}`"), here, &it));
            }
        }
    }
}

fn classify(text: &str) -> Result<SyntaxKind, Mistake> {
    let digits_end = text.find(|c: char| !(c.is_ascii_digit() || c == '_')).unwrap_or(text.len());
    let (digits, tail) = text.split_at(digits_end);
    if tail.is_empty() {
        return whole(text).map(|()| K::Int);
    }
    if tail.starts_with('.') {
        return dotted(text);
    }
    unit(digits, tail)
}

/// Digits alone; they must fit 64 bits with a sign.
fn whole(digits: &str) -> Result<(), Mistake> {
    if digits.ends_with('_') || digits.contains("__") {
        return Err(Mistake {
            message: format!("`_` stands between digits, unlike in `{digits}`"),
            label: "misplaced `_`",
            help: None,
            instead: None,
        });
    }
    let plain = digits.replace('_', "");
    if plain.len() > 1 && plain.starts_with('0') {
        let short = plain.trim_start_matches('0');
        return Err(Mistake {
            message: format!("the number `{digits}` starts with a zero"),
            label: "leading zero",
            help: Some("an identifier such as an account number goes into quotes".to_owned()),
            instead: Some(if short.is_empty() { "0".to_owned() } else { short.to_owned() }),
        });
    }
    if plain.parse::<i64>().is_err() {
        return Err(Mistake {
            message: format!("the number `{digits}` is too large"),
            label: "more than 9_223_372_036_854_775_807",
            help: Some("an identifier goes into quotes".to_owned()),
            instead: None,
        });
    }
    Ok(())
}

/// A fraction or an address.
fn dotted(text: &str) -> Result<SyntaxKind, Mistake> {
    let bad = |message: String, help: Option<&str>, instead: Option<String>| {
        Err(Mistake { message, label: "not a number", help: help.map(str::to_owned), instead })
    };
    let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
    let groups: Vec<&str> = address.split('.').collect();
    if groups.len() == 4 {
        let octets = groups.iter().all(|it| it.len() <= 3 && it.parse::<u8>().is_ok());
        return match prefix {
            _ if !octets => bad(format!("`{text}` is not an address range"), Some("each of its four parts is 0 to 255"), None),
            None => bad(
                format!("the address `{text}` has no prefix length"),
                Some("a single address as text goes into quotes"),
                Some(format!("{text}/32")),
            ),
            Some(it) if it.len() <= 2 && it.parse::<u8>().is_ok_and(|n| n <= 32) => Ok(K::Cidr),
            Some(it) => bad(format!("`/{it}` is not a prefix length"), Some("it is 0 to 32"), None),
        };
    }
    let [integer, fraction] = groups.as_slice() else {
        return bad(format!("`{text}` is not a number"), Some("a version goes into quotes"), None);
    };
    if let Some(at) = fraction.find(|c: char| !(c.is_ascii_digit() || c == '_')) {
        let unit = &fraction[at..];
        let help = if DURATION_UNITS.contains(&unit) || SIZE_UNITS.contains(&unit) {
            "a number with a unit is whole: use a smaller unit"
        } else {
            "a fraction has digits only"
        };
        return bad(format!("`{text}` is not a number"), Some(help), None);
    }
    if fraction.ends_with('_') || fraction.starts_with('_') {
        return bad(format!("`{text}` is not a number"), Some("`_` stands between digits"), None);
    }
    whole(integer).map(|()| K::Float)
}

/// A number that touches letters.
fn unit(digits: &str, unit: &str) -> Result<SyntaxKind, Mistake> {
    let kind = if DURATION_UNITS.contains(&unit) {
        K::Duration
    } else if SIZE_UNITS.contains(&unit) {
        K::Size
    } else {
        let lower = unit.to_ascii_lowercase();
        let meant = SYNONYMS.iter().find(|it| it.0 == lower).map(|it| it.1);
        let meant = meant.or_else(|| SIZE_UNITS.iter().chain(DURATION_UNITS).copied().find(|it| it.eq_ignore_ascii_case(unit)));
        return Err(Mistake {
            message: format!("`{unit}` is not a unit"),
            label: "unknown unit",
            help: Some(format!("units are `{}` and `{}`", DURATION_UNITS.join(" "), SIZE_UNITS.join(" "))),
            instead: meant.map(|it| format!("{digits}{it}")),
        });
    };
    whole(digits).map(|()| kind)
}
