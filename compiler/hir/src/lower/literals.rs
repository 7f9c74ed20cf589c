//! Numbers with and without units.

use cloudc_base::TextRange;
use cloudc_syntax::ast::{self, LiteralKind};

use super::Lowering;
use crate::body::Literal;
use crate::codes;
use crate::problem::Part;

/// Units of time and their milliseconds.
const DURATIONS: &[(&str, i64)] = &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// Units of size and their bytes: both spellings count in 1024s, as AWS means them.
const SIZES: &[(&str, i64)] = &[
    ("B", 1),
    ("KB", 1 << 10),
    ("KiB", 1 << 10),
    ("MB", 1 << 20),
    ("MiB", 1 << 20),
    ("GB", 1 << 30),
    ("GiB", 1 << 30),
    ("TB", 1 << 40),
    ("TiB", 1 << 40),
    ("PB", 1 << 50),
    ("PiB", 1 << 50),
];

/// Why a literal gives no value.
enum Unreadable {
    /// The parser has told.
    Reported,
    TooLarge,
}

/// The value of a literal; `None` when it is not readable, which has been told then.
pub(super) fn literal(lowering: &mut Lowering, literal: &ast::Literal, range: TextRange) -> Option<Literal> {
    let text = literal.text();
    match read(literal.kind(), &text) {
        Ok(value) => return Some(value),
        Err(Unreadable::Reported) => return None,
        Err(Unreadable::TooLarge) => {}
    }
    // The finding needs a part that stays in the body whatever becomes of the literal.
    let at = Part::Expr(lowering.missing(range));
    lowering.problem(codes::NUMBER_TOO_LARGE, at, format!("`{text}` is too large"), "does not fit 64 bits in its smallest unit");
    None
}

fn read(kind: LiteralKind, text: &str) -> Result<Literal, Unreadable> {
    let plain = text.replace('_', "");
    Ok(match kind {
        LiteralKind::Int => Literal::Int(plain.parse().map_err(|_| Unreadable::TooLarge)?),
        LiteralKind::Float => {
            let value: f64 = plain.parse().map_err(|_| Unreadable::Reported)?;
            if !value.is_finite() {
                return Err(Unreadable::TooLarge);
            }
            Literal::Float(value)
        }
        LiteralKind::True => Literal::Bool(true),
        LiteralKind::False => Literal::Bool(false),
        LiteralKind::None => Literal::None,
        LiteralKind::Duration => Literal::Duration(with_unit(&plain, DURATIONS)?),
        LiteralKind::Size => Literal::Size(with_unit(&plain, SIZES)?),
        LiteralKind::Cidr => Literal::Cidr(text.into()),
        LiteralKind::Bad => return Err(Unreadable::Reported),
    })
}

/// A decimal number and a unit, in the smallest unit; rounded to a whole one when it has a fraction.
fn with_unit(text: &str, units: &[(&str, i64)]) -> Result<i64, Unreadable> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit).ok_or(Unreadable::Reported)?;
    if !number.contains('.') {
        return number.parse::<i64>().ok().and_then(|n| n.checked_mul(*factor)).ok_or(Unreadable::TooLarge);
    }
    let value = number.parse::<f64>().map_err(|_| Unreadable::Reported)? * *factor as f64;
    if value < i64::MAX as f64 { Ok(value.round() as i64) } else { Err(Unreadable::TooLarge) }
}

/// The literal with its sign turned.
pub(super) fn negated(literal: Literal) -> Literal {
    match literal {
        Literal::Int(value) => Literal::Int(-value),
        Literal::Float(value) => Literal::Float(-value),
        other => other,
    }
}

/// The number a literal is, for the bounds of a refinement: times in milliseconds, sizes in bytes.
pub(super) fn number(literal: &Literal) -> Option<f64> {
    match literal {
        Literal::Int(value) | Literal::Duration(value) | Literal::Size(value) => Some(*value as f64),
        Literal::Float(value) => Some(*value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_in_the_smallest_one() {
        let read = |text: &str, units| with_unit(text, units).ok();
        assert_eq!(read("30s", DURATIONS), Some(30_000));
        assert_eq!(read("120ms", DURATIONS), Some(120));
        assert_eq!(read("365d", DURATIONS), Some(31_536_000_000));
        assert_eq!(read("1.5h", DURATIONS), Some(5_400_000));
        assert_eq!(read("512MiB", SIZES), read("512MB", SIZES));
        assert_eq!(read("20GB", SIZES), Some(20 << 30));
        assert_eq!(read("3x", SIZES), None);
        assert_eq!(read("9223372036854775807d", DURATIONS), None);
    }
}
