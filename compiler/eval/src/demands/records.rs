//! Records of Route 53.
//!
//! In: a record set. Out: problems at its values. Facts: "Supported DNS record types" in the Route 53 developer guide.

use std::net::{Ipv4Addr, Ipv6Addr};

use cloudc_hir::Problem;

use super::{At, REFUSED_TEXT, UNFIT_TOGETHER, any_property, property, sides};
use crate::values::{Node, Value};

/// Text between quotes in a TXT record is no longer than this many characters.
const TXT: usize = 255;

/// The values of a record set, by its type.
pub fn record_set(set: &Node, problems: &mut Vec<Problem>) {
    if let (At::There(_), At::There(ttl)) = (property(set, "AliasTarget"), property(set, "TTL")) {
        let problem = Problem::error(UNFIT_TOGETHER, ttl.src.anchor(), "a record with `AliasTarget` has no `TTL`");
        problems.push(problem.note("it lives as long as what it stands for").help("remove `TTL`"));
    }
    let Some(ty) = property(set, "Type").text() else { return };
    let At::There(records) = any_property(set, "ResourceRecords") else { return };
    sides(records, &mut |records| {
        let Value::List(items) = &records.value else { return };
        if matches!(ty, "CNAME" | "SOA") && items.len() > 1 {
            let message = format!("a `{ty}` record has one value, and {} are given", items.len());
            problems.push(Problem::error(UNFIT_TOGETHER, records.src.anchor(), message));
        }
        for item in items.iter() {
            sides(item, &mut |item| {
                let Some(text) = item.value.as_str() else { return };
                if let Some(wanted) = refused(ty, text) {
                    let problem =
                        Problem::error(REFUSED_TEXT, item.src.anchor(), format!("{text:?} is no value of a `{ty}` record"));
                    problems.push(problem.help(wanted));
                }
            });
        }
    });
}

/// What a record of this type holds, when the text is not that.
fn refused(ty: &str, text: &str) -> Option<&'static str> {
    let (fits, wanted) = match ty {
        "A" => (text.parse::<Ipv4Addr>().is_ok(), "it is an IPv4 address, such as `192.0.2.1`"),
        "AAAA" => (text.parse::<Ipv6Addr>().is_ok(), "it is an IPv6 address, such as `2001:db8::1`"),
        "CAA" => (caa(text), "it is a flag, a tag and a value in quotes: `0 issue \"amazon.com\"`"),
        "CNAME" | "NS" | "PTR" => (domain(text), "it is a domain name, such as `www.example.com`"),
        "MX" => (mx(text), "it is a priority and a domain name: `10 mail.example.com`"),
        "TXT" => (quoted(text), "it is text in quotes, each piece at most 255 characters: `\"v=spf1 -all\"`"),
        _ => return None,
    };
    (!fits).then_some(wanted)
}

fn caa(text: &str) -> bool {
    let mut parts = text.splitn(3, ' ');
    let (flag, tag, value) = (parts.next(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let named = !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_alphanumeric());
    matches!(flag, Some("0" | "128")) && named && value.len() > 2 && value.starts_with('"') && value.ends_with('"')
}

fn mx(text: &str) -> bool {
    let Some((priority, name)) = text.split_once(' ') else { return false };
    priority.bytes().all(|byte| byte.is_ascii_digit()) && priority.parse::<u16>().is_ok() && domain(name)
}

/// Names may hold every printable character.
fn domain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// One piece in quotes after another; `\"` stands for a quote.
fn quoted(text: &str) -> bool {
    let mut rest = text;
    loop {
        let Some(inner) = rest.strip_prefix('"') else { return false };
        let mut escaped = false;
        let end = inner.find(|sign| {
            let ends = sign == '"' && !escaped;
            escaped = sign == '\\' && !escaped;
            ends
        });
        let Some(end) = end.filter(|end| inner[..*end].chars().count() <= TXT) else { return false };
        rest = inner[end + 1..].trim_start_matches(' ');
        if rest.is_empty() {
            return true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::refused;

    #[test]
    fn values_have_the_form_of_their_type() {
        let long = format!("\"{}\"", "a".repeat(256));
        let fits = [
            ("A", "192.0.2.1"),
            ("AAAA", "2001:db8::1"),
            ("CAA", "0 issue \"amazon.com; x\""),
            ("CNAME", "_a.acm-validations.aws."),
            ("MX", "10 mail.example.com."),
            ("TXT", "\"a\" \"b\""),
            ("TXT", r#""a \" b""#),
            ("SPF", "anything"),
        ];
        assert!(fits.iter().all(|(ty, text)| refused(ty, text).is_none()));
        let wrong = [
            ("A", "256.1.1.1"),
            ("A", "192.0.2.1 "),
            ("AAAA", "1::2::3"),
            ("CAA", "0 issue amazon.com"),
            ("CAA", "1 issue \"a\""),
            ("CNAME", "no name"),
            ("MX", "65536 a.example.com"),
            ("MX", "+1 a.example.com"),
            ("TXT", "open"),
            ("TXT", "\"open"),
            ("TXT", &long),
        ];
        for (ty, text) in wrong {
            assert!(refused(ty, text).is_some(), "{ty} {text}");
        }
    }
}
