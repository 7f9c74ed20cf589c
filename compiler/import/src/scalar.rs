//! What a plain scalar of YAML means.
//!
//! In: the text of a scalar without quotes. Out: its value. Always: by the rules of YAML 1.1, which CloudFormation follows
//! ("Template formats" in its user guide), without timestamps, which it does not know. Sources: yaml.org/type/{bool,int,float,null}.

use crate::tree::Value;

/// The value of a plain scalar.
pub fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Value::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Value::Bool(false),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return Value::Text(text.to_owned());
    }
    int(text).map(Value::Int).or_else(|| float(text).map(Value::Float)).unwrap_or_else(|| Value::Text(text.to_owned()))
}

fn int(text: &str) -> Option<i64> {
    let (sign, digits) = sign(text);
    let clean = digits.replace('_', "");
    let all = |radix| !clean.is_empty() && clean.chars().all(|c: char| c.is_digit(radix));
    let magnitude = if let Some(hex) = clean.strip_prefix("0x") {
        i64::from_str_radix(hex, 16).ok()?
    } else if let Some(binary) = clean.strip_prefix("0b") {
        i64::from_str_radix(binary, 2).ok()?
    } else if clean.len() > 1 && clean.starts_with('0') {
        // `010` is eight; `0128` is text.
        if !all(8) {
            return None;
        }
        i64::from_str_radix(&clean, 8).ok()?
    } else if clean.contains(':') {
        sixties(&clean)?
    } else if all(10) && digits.starts_with(|c: char| c.is_ascii_digit()) {
        clean.parse().ok()?
    } else {
        return None;
    };
    Some(sign * magnitude)
}

fn sign(text: &str) -> (i64, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (-1, &text[1..]),
        Some(b'+') => (1, &text[1..]),
        _ => (1, text),
    }
}

/// `1:30` is ninety: numbers to the base of sixty.
fn sixties(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    for (at, part) in text.split(':').enumerate() {
        let number: i64 = part.parse().ok().filter(|_| part.chars().all(|c| c.is_ascii_digit()))?;
        let fits = if at == 0 { !part.starts_with('0') } else { part.len() <= 2 && number < 60 };
        if !fits {
            return None;
        }
        total = total.checked_mul(60)?.checked_add(number)?;
    }
    Some(total)
}

fn float(text: &str) -> Option<f64> {
    let (_, digits) = sign(text);
    if !digits.contains('.') || digits == "." || !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let clean = text.replace('_', "");
    let plain = clean.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E'));
    // An exponent needs its sign in YAML 1.1.
    let exponent = clean.split_once(['e', 'E']).is_none_or(|(_, power)| power.starts_with(['-', '+']));
    let value: f64 = clean.parse().ok().filter(|_| plain && exponent)?;
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_mean_what_yaml_1_1_says() {
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(resolve("yes"), Value::Bool(true));
        assert_eq!(resolve("Off"), Value::Bool(false));
        assert_eq!(resolve("12"), Value::Int(12));
        assert_eq!(resolve("-1_000"), Value::Int(-1_000));
        assert_eq!(resolve("010"), Value::Int(8));
        assert_eq!(resolve("0128"), text("0128"));
        assert_eq!(resolve("0x1f"), Value::Int(31));
        assert_eq!(resolve("1:30"), Value::Int(90));
        assert_eq!(resolve("80:80"), text("80:80"));
        assert_eq!(resolve("0.5"), Value::Float(0.5));
        assert_eq!(resolve("2012-10-17"), text("2012-10-17"));
        assert_eq!(resolve("10.0.0.0/16"), text("10.0.0.0/16"));
        assert_eq!(resolve("1.2.3"), text("1.2.3"));
        assert_eq!(resolve("1e3"), text("1e3"));
        assert_eq!(resolve("-"), text("-"));
        assert_eq!(resolve("+"), text("+"));
        assert_eq!(resolve("~"), Value::Null);
        assert_eq!(resolve("99999999999999999999"), text("99999999999999999999"));
    }
}
