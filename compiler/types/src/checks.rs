//! Constraints on single values: decided here for literals, left in the tree for values the evaluator finds.

use std::sync::Arc;

use cloudc_hir::Name;
use cloudc_schema::Constraints;
use cloudc_schema::Scalar as SchemaScalar;
use regex_automata::meta::Regex;
use regex_automata::nfa::thompson::WhichCaptures;

use crate::ty::{Lit, Refined};

/// Something a value must satisfy.
#[derive(Debug, Clone, PartialEq)]
pub enum Constraint {
    /// What the schema says of a property; its name, for messages.
    Schema(&'static Constraints, Name),
    /// What the user wrote with a type.
    Refined(Arc<Refined>),
    /// One of these.
    OneOf(Vec<Lit>),
    /// A block of addresses.
    Cidr,
    /// An ARN.
    Arn,
}

impl Eq for Constraint {}

/// A value to check: a scalar, or how many elements a list has.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Text.
    Str(Name),
    /// An integer.
    Int(i64),
    /// A number.
    Float(f64),
    /// A Bool.
    Bool(bool),
    /// A list or map of that many.
    Items(usize),
}

/// Why a value does not satisfy a constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The diagnostic's code.
    pub code: &'static str,
    /// One line.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// What was probably meant, as it would be written.
    pub instead: Option<String>,
}

/// Checks one value; `None` when it is fine or when nothing can be said.
pub fn violation(constraint: &Constraint, value: &Scalar) -> Option<Violation> {
    match constraint {
        Constraint::Schema(constraints, name) => schema_violation(constraints, name, value),
        Constraint::Refined(refined) => refined_violation(refined, value),
        Constraint::OneOf(allowed) => one_of(allowed, value),
        Constraint::Cidr => match value {
            Scalar::Str(text) => cidr_violation(text),
            _ => None,
        },
        Constraint::Arn => match value {
            Scalar::Str(text) if !text.starts_with("arn:") => Some(Violation {
                code: "C0316",
                message: format!("`{text}` is not an ARN"),
                help: Some("an ARN looks like `arn:aws:sns:eu-west-1:123456789012:name`".into()),
                instead: None,
            }),
            _ => None,
        },
    }
}

impl Scalar {
    fn show(&self) -> String {
        match self {
            Scalar::Str(text) => format!("{:?}", text.as_str()),
            Scalar::Int(value) => value.to_string(),
            Scalar::Float(value) => value.to_string(),
            Scalar::Bool(value) => value.to_string(),
            Scalar::Items(count) => format!("{count} elements"),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Scalar::Int(value) => Some(*value as f64),
            Scalar::Float(value) => Some(*value),
            _ => None,
        }
    }

    fn equals(&self, allowed: &SchemaScalar, ignore_case: bool) -> bool {
        match (self, allowed) {
            (Scalar::Str(text), SchemaScalar::Str(other)) if ignore_case => text.eq_ignore_ascii_case(other),
            (Scalar::Str(text), SchemaScalar::Str(other)) => text == other,
            // CloudFormation converts scalars both ways.
            (value, SchemaScalar::Str(other)) => value.show() == *other,
            (Scalar::Str(text), other) => *text == scalar_text(other),
            (Scalar::Bool(a), SchemaScalar::Bool(b)) => a == b,
            (value, SchemaScalar::Int(b)) => value.number() == Some(*b as f64),
            (value, SchemaScalar::Float(b)) => value.number() == Some(*b),
            _ => false,
        }
    }
}

/// A schema's scalar as text.
pub fn scalar_text(scalar: &SchemaScalar) -> String {
    match scalar {
        SchemaScalar::Str(text) => (*text).to_owned(),
        SchemaScalar::Int(value) => value.to_string(),
        SchemaScalar::Float(value) => value.to_string(),
        SchemaScalar::Bool(value) => value.to_string(),
    }
}

fn schema_violation(constraints: &'static Constraints, name: &str, value: &Scalar) -> Option<Violation> {
    // What CloudFormation looks up in its place is not known here.
    if matches!(value, Scalar::Str(text) if text.contains("{{resolve:")) {
        return None;
    }
    allowed_violation(constraints, name, value)
        .or_else(|| constant_violation(constraints, name, value))
        .or_else(|| match value {
            Scalar::Str(text) if name == "Runtime" => runtime_violation(text),
            _ => None,
        })
        .or_else(|| number_violation(constraints, name, value))
        .or_else(|| text_violation(constraints, name, value))
        .or_else(|| items_violation(constraints, name, value))
}

fn allowed_violation(constraints: &'static Constraints, name: &str, value: &Scalar) -> Option<Violation> {
    if constraints.allowed.is_empty() || matches!(value, Scalar::Items(_)) {
        return None;
    }
    // What is not in an open list may be newer than the list.
    if constraints.open && !matches!(value, Scalar::Str(text) if crate::aged::is_past(text, constraints.allowed)) {
        return None;
    }
    if constraints.allowed.iter().any(|allowed| value.equals(allowed, constraints.ignore_case)) {
        return None;
    }
    let names: Vec<String> = constraints.allowed.iter().map(scalar_text).collect();
    Some(not_allowed("C0405", &format!("a value of `{name}`"), value, &names))
}

fn not_allowed(code: &'static str, what: &str, value: &Scalar, names: &[String]) -> Violation {
    let near = match value {
        Scalar::Str(text) => cloudc_base::suggest::nearest(text, names.iter().map(String::as_str)),
        _ => None,
    };
    let quote = |name: &str| format!("{name:?}");
    let help = match near {
        Some(near) => format!("did you mean {}?", quote(near)),
        None => format!("one of {}", list_some(names.iter().map(|name| quote(name)), 12)),
    };
    Violation { code, message: format!("`{}` is not {what}", value.show()), help: Some(help), instead: near.map(quote) }
}

/// The first `most` of some names, and how many there are besides.
pub fn list_some(names: impl IntoIterator<Item = String>, most: usize) -> String {
    let names: Vec<String> = names.into_iter().collect();
    let rest = names.len().saturating_sub(most);
    let mut text = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if rest > 0 {
        text.push_str(&format!(" and {rest} more"));
    }
    text
}

fn constant_violation(constraints: &'static Constraints, name: &str, value: &Scalar) -> Option<Violation> {
    let constant = constraints.constant.as_ref()?;
    if matches!(value, Scalar::Items(_)) || value.equals(constant, false) {
        return None;
    }
    Some(not_allowed("C0405", &format!("a value of `{name}`"), value, &[scalar_text(constant)]))
}

/// A Lambda runtime that AWS has ended.
pub fn runtime_violation(text: &str) -> Option<Violation> {
    let runtime = cloudc_schema::retired_runtime(text)?;
    let day = runtime.create_block.unwrap_or_default();
    let message = match runtime.is_frozen() {
        true => format!("Lambda has retired the runtime `{text}`: functions with it cannot be created or changed"),
        false => format!("Lambda creates no functions with the runtime `{text}` since {day}"),
    };
    let successor = runtime.successor.map(|successor| format!("{successor:?}"));
    let help = successor.as_ref().map(|successor| format!("move to {successor}"));
    Some(Violation { code: RETIRED_RUNTIME, message, help, instead: successor })
}

/// The code of a Lambda runtime that AWS has ended.
pub const RETIRED_RUNTIME: &str = "C0826";

fn number_violation(constraints: &'static Constraints, name: &str, value: &Scalar) -> Option<Violation> {
    let number = value.number()?;
    let below = constraints.min.is_some_and(|min| number < min);
    let above = constraints.max.is_some_and(|max| number > max || (constraints.exclusive_max && number == max));
    if below || above {
        let range = range_text(constraints.min, constraints.max);
        return Some(out_of_range("C0407", format!("`{}` is out of range for `{name}`", value.show()), range));
    }
    let multiple = constraints.multiple_of.filter(|of| *of != 0.0 && (number / of).fract() != 0.0)?;
    let message = format!("`{}` is not a multiple of {multiple}, which `{name}` must be", value.show());
    Some(Violation { code: "C0407", message, help: None, instead: None })
}

fn out_of_range(code: &'static str, message: String, range: String) -> Violation {
    Violation { code, message, help: Some(format!("allowed: {range}")), instead: None }
}

fn range_text(min: Option<f64>, max: Option<f64>) -> String {
    match (min, max) {
        (Some(min), Some(max)) if min == max => format!("exactly {min}"),
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("{min} or more"),
        (None, Some(max)) => format!("{max} or less"),
        (None, None) => "anything".to_owned(),
    }
}

fn text_violation(constraints: &'static Constraints, name: &str, value: &Scalar) -> Option<Violation> {
    let Scalar::Str(text) = value else { return None };
    let length = text.chars().count() as u32;
    if constraints.min_len.is_some_and(|min| length < min) || constraints.max_len.is_some_and(|max| length > max) {
        let range = range_text(constraints.min_len.map(f64::from), constraints.max_len.map(f64::from));
        let message = format!("text of {length} characters does not fit `{name}`");
        return Some(out_of_range("C0407", message, format!("{range} characters")));
    }
    let pattern = constraints.pattern?;
    if matches_pattern(pattern, text) != Some(false) {
        return None;
    }
    Some(Violation {
        code: "C0406",
        message: format!("`{}` does not have the form that `{name}` must have", value.show()),
        help: Some(format!("it must match `{pattern}`")),
        instead: None,
    })
}

fn items_violation(constraints: &'static Constraints, name: &str, value: &Scalar) -> Option<Violation> {
    let Scalar::Items(count) = value else { return None };
    let count = *count as u32;
    let least = constraints.min_items.or(constraints.min_props);
    let most = constraints.max_items.or(constraints.max_props);
    if least.is_none_or(|least| count >= least) && most.is_none_or(|most| count <= most) {
        return None;
    }
    let range = range_text(least.map(f64::from), most.map(f64::from));
    let message = format!("`{name}` has {count} {}", if count == 1 { "element" } else { "elements" });
    Some(out_of_range("C0407", message, format!("{range} elements")))
}

fn refined_violation(refined: &Refined, value: &Scalar) -> Option<Violation> {
    let (measure, unit) = match value {
        Scalar::Str(text) => (text.chars().count() as f64, " characters"),
        Scalar::Items(count) => (*count as f64, " elements"),
        Scalar::Bool(_) => return None,
        number => (number.number()?, ""),
    };
    if refined.min.is_some_and(|min| measure < min) || refined.max.is_some_and(|max| measure > max) {
        let range = range_text(refined.min, refined.max);
        let message = if unit.is_empty() {
            format!("`{}` is out of range", value.show())
        } else {
            format!("{measure}{unit} are not in the range allowed")
        };
        return Some(out_of_range("C0316", message, format!("{range}{unit}")));
    }
    let (Scalar::Str(text), Some(pattern)) = (value, &refined.pattern) else { return None };
    if matches_pattern(pattern, text) != Some(false) {
        return None;
    }
    Some(Violation {
        code: "C0316",
        message: format!("`{}` does not match `{pattern}`", value.show()),
        help: None,
        instead: None,
    })
}

fn one_of(allowed: &[Lit], value: &Scalar) -> Option<Violation> {
    let fits = allowed.iter().any(|lit| match (lit, value) {
        (Lit::Str(a), Scalar::Str(b)) => a == b,
        (Lit::Int(a), Scalar::Int(b)) => a == b,
        (Lit::Bool(a), Scalar::Bool(b)) => a == b,
        _ => false,
    });
    if fits || matches!(value, Scalar::Items(_)) {
        return None;
    }
    let names: Vec<String> = allowed.iter().map(|lit| lit.to_string().trim_matches('"').to_owned()).collect();
    let mut violation = not_allowed("C0312", "one of the values allowed here", value, &names);
    if !allowed.iter().any(|lit| matches!(lit, Lit::Str(_))) {
        violation.help = Some(format!("one of {}", list_some(names, 12)));
    }
    Some(violation)
}

/// What is wrong with the text of a block of addresses.
pub fn cidr_violation(text: &str) -> Option<Violation> {
    let problem = |message: String, help: Option<String>, instead: Option<String>| {
        Some(Violation { code: "C0315", message, help, instead })
    };
    let Ok(net) = text.parse::<ipnet::IpNet>() else {
        return problem(
            format!("`{text}` is not a block of addresses"),
            Some("write an address and a prefix length, for example `10.0.0.0/16`".into()),
            None,
        );
    };
    if net.trunc() != net {
        let whole = net.trunc().to_string();
        return problem(
            format!("`{text}` is an address inside a block, not a block"),
            Some(format!("the block is `{whole}`")),
            Some(whole),
        );
    }
    None
}

/// Whether `pattern` matches somewhere in `text`; `None` when the pattern cannot be decided here (look-around and the like).
pub fn matches_pattern(pattern: &str, text: &str) -> Option<bool> {
    use std::cell::RefCell;
    use std::collections::hash_map::Entry;
    thread_local! {
        static COMPILED: RefCell<rustc_hash::FxHashMap<Name, Option<Regex>>> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|compiled| {
        let regex = match compiled.entry(pattern.into()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(compile(pattern)),
        };
        regex.as_ref().map(|regex| regex.is_match(text))
    })
}

/// Why a pattern is wrong. Look-around and back-references are right elsewhere and only not decided here.
pub fn pattern_problem(pattern: &str) -> Option<String> {
    let error = regex::Regex::new(pattern).err()?.to_string();
    // CloudFormation's dialect takes `[\w-+]`.
    let elsewhere = ["look-around", "backreferences", "size limit", "invalid range boundary"];
    if elsewhere.iter().any(|known| error.contains(known)) {
        return None;
    }
    let last = error.lines().last().unwrap_or_default();
    Some(last.strip_prefix("error: ").unwrap_or(last).to_owned())
}

/// For a handful of short texts: what makes long searches fast takes longer to prepare than to do without.
fn compile(pattern: &str) -> Option<Regex> {
    let quick = Regex::config()
        .which_captures(WhichCaptures::None)
        .nfa_size_limit(Some(1 << 20))
        .auto_prefilter(false)
        .onepass(false)
        .dfa(false);
    Regex::builder().configure(quick).build(pattern).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_addresses() {
        assert!(cidr_violation("10.0.0.0/16").is_none());
        assert_eq!(cidr_violation("10.0.0.1/16").and_then(|found| found.instead).as_deref(), Some("10.0.0.0/16"));
        assert!(cidr_violation("10.0.0.0/33").is_some());
        assert!(cidr_violation("2001:db8::/32").is_none());
    }

    #[test]
    fn look_around_is_left_alone() {
        assert_eq!(matches_pattern("^(?!aws:).*$", "aws:x"), None);
        assert_eq!(matches_pattern("^a+$", "b"), Some(false));
    }
}
