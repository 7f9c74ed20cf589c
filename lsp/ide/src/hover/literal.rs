//! Hover of literals whose meaning is not plain to see: blocks of addresses, sizes, spans of time.

use cloudc_driver::Database;
use cloudc_syntax::{SyntaxKind, SyntaxToken};

use super::Hover;
use super::schema::fence;
use crate::FilePosition;
use crate::symbol::site::Site;

/// What a literal at a place means.
pub(crate) fn literal(db: &Database, at: FilePosition) -> Option<Hover> {
    let site = Site::at(db, at)?;
    let token = site
        .tokens(at.offset)
        .into_iter()
        .find(|token| matches!(token.kind(), SyntaxKind::Cidr | SyntaxKind::Size | SyntaxKind::Duration))?;
    let about = meaning(&token)?;
    let range = site.range(token.text_range()).range;
    Some(Hover { range, markdown: format!("{}\n\n{about}", fence(token.text())) })
}

fn meaning(token: &SyntaxToken) -> Option<String> {
    let text = token.text();
    match token.kind() {
        SyntaxKind::Cidr => block(text),
        SyntaxKind::Size => amount(text, &SIZES).map(|bytes| format!("{} bytes; units are 1024-based.", grouped(bytes))),
        _ => amount(text, &SPANS).map(|milliseconds| match milliseconds % 1_000 {
            0 => format!("{} seconds.", grouped(milliseconds / 1_000)),
            _ => format!("{} milliseconds.", grouped(milliseconds)),
        }),
    }
}

/// Units with their factors; AWS means 1024 by both spellings of a size.
const SIZES: [(&str, u64); 9] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("KB", 1 << 10),
    ("MiB", 1 << 20),
    ("MB", 1 << 20),
    ("GiB", 1 << 30),
    ("GB", 1 << 30),
    ("TiB", 1 << 40),
    ("TB", 1 << 40),
];
const SPANS: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

fn amount(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let letters = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(letters);
    let factor = units.iter().find(|(name, _)| *name == unit)?.1;
    number.replace('_', "").parse::<u64>().ok()?.checked_mul(factor)
}

/// First and last address of a block, and how many there are.
fn block(text: &str) -> Option<String> {
    let (address, bits) = text.split_once('/')?;
    let bits: u32 = bits.parse().ok()?;
    let address: std::net::IpAddr = address.parse().ok()?;
    let std::net::IpAddr::V4(address) = address else {
        return (bits <= 128).then(|| format!("An IPv6 block with {} free bits.", 128 - bits));
    };
    let free = 32_u32.checked_sub(bits)?;
    let mask = u32::MAX.checked_shl(free).unwrap_or(0);
    let first = u32::from(address) & mask;
    let last = first | !mask;
    let count = grouped(1_u64 << free);
    Some(format!("{count} addresses, {} to {}.", std::net::Ipv4Addr::from(first), std::net::Ipv4Addr::from(last)))
}

/// A number with commas between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::fixture::open;

    #[track_caller]
    fn check_literal(text: &str, expected: &str) {
        let fixture = open(text);
        let shown = crate::hover(&fixture.db, fixture.position(), &fixture.files).map(|hover| hover.markdown);
        assert!(shown.as_deref().is_some_and(|shown| shown.ends_with(expected)), "{text}: {shown:?}");
    }

    #[test]
    fn literals_in_plain_numbers() {
        check_literal("let a = 10.40$0.0.0/16", "65,536 addresses, 10.40.0.0 to 10.40.255.255.");
        check_literal("let a = 0.0.0.0/$00", "4,294,967,296 addresses, 0.0.0.0 to 255.255.255.255.");
        check_literal("let a = 10.0.0.7/3$02", "1 addresses, 10.0.0.7 to 10.0.0.7.");
        check_literal("let a = 20$0GB", "21,474,836,480 bytes; units are 1024-based.");
        check_literal("let a = 12h$0", "43,200 seconds.");
        check_literal("let a = 1_500m$0s", "1,500 milliseconds.");
    }
}
