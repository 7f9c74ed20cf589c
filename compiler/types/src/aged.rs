//! Values that a list of what AWS offers lacks because AWS offers them no more, or never will.
//!
//! In: a value, the list. Out: whether it is surely wrong. Always: what may be newer than the list is let through: a list is as old
//! as the schema data, and AWS adds instance types and versions every month, to new generations and at the end.

use cloudc_schema::Scalar;

/// The newest generation of each class of instances that AWS had when this was written; what is two generations older gets no new
/// sizes, and no service begins to offer it. Classes that were given up are past as a whole.
/// Sources: "Amazon EC2 instance types" and "Previous generation instances" of AWS, "Amazon Redshift node types".
const NEWEST: [(&str, u32); 13] = [
    ("a", 1),
    ("c", 8),
    ("cc", 99),
    ("cg", 99),
    ("cr", 99),
    ("d", 3),
    ("ds", 99),
    ("dw", 99),
    ("i", 8),
    ("m", 8),
    ("r", 8),
    ("t", 4),
    ("x", 8),
];

/// Whether a value that is not in the list is surely wrong.
pub(crate) fn is_past(text: &str, listed: &[Scalar]) -> bool {
    let text_of = |scalar: &Scalar| match scalar {
        Scalar::Str(text) => Some(*text),
        _ => None,
    };
    let listed = || listed.iter().filter_map(text_of);
    match (family(text), version(text)) {
        (Some((class, generation, _)), _) => {
            let past = NEWEST.iter().any(|(known, newest)| *known == class && generation + 1 < *newest);
            past && listed().any(|one| family(one).is_some())
        }
        (_, Some((line, own))) => listed().any(|one| version(one).is_some_and(|(other, newer)| other == line && own < newer)),
        _ => false,
    }
}

/// Class and generation of `db.m5.large` or `t2.micro`: the first part that is letters and a number, with a size behind it.
fn family(text: &str) -> Option<(&str, u32, &str)> {
    let (head, rest) = text.split_once('.')?;
    let class = head.trim_end_matches(|sign: char| !sign.is_ascii_digit()).trim_end_matches(|sign: char| sign.is_ascii_digit());
    let digits: &str = head[class.len()..].split(|sign: char| !sign.is_ascii_digit()).next().unwrap_or_default();
    if class.is_empty() || !class.bytes().all(|byte| byte.is_ascii_lowercase()) || digits.is_empty() {
        return if head.bytes().all(|byte| byte.is_ascii_lowercase()) { family(rest) } else { None };
    }
    Some((class, digits.parse().ok()?, rest))
}

/// `5.6.13` as the line `5.6` and the number in it.
fn version(text: &str) -> Option<(&str, u32)> {
    let (line, last) = text.rsplit_once('.')?;
    let (major, minor) = line.split_once('.')?;
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (numeric(major) && numeric(minor)).then(|| last.parse().ok().map(|last| (line, last)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_older_than_the_list_is_wrong() {
        let list = [Scalar::Str("m5.large"), Scalar::Str("r6g.xlarge")];
        assert!(["t2.micro", "m1.small", "ds2.xlarge", "m5.huge"].into_iter().all(|text| is_past(text, &list)));
        assert!(!["m9g.large", "z9.large", "m8g.large", "large"].into_iter().any(|text| is_past(text, &list)));
        let classes = [Scalar::Str("db.m5.large")];
        assert!(is_past("db.x1e.xlarge", &classes) && !is_past("db.serverless", &classes));
        let versions = [Scalar::Str("5.6.51"), Scalar::Str("8.0.36")];
        assert!(is_past("5.6.13", &versions));
        assert!(!["5.6.52", "5.7.1", "5.6", "8.0.mysql_aurora.3.1"].into_iter().any(|text| is_past(text, &versions)));
    }
}
