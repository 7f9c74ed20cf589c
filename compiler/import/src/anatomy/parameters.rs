//! What parameters may hold: CloudFormation user guide, "Parameters section syntax reference".

use cloudc_base::suggest::nearest;
use cloudc_types::checks::matches_pattern;

use super::{Look, PARAMETER, UNKNOWN_KEY, WRONG_FORM, generated, place, told};
use crate::tree::{Entry, Node, Value};

impl Look {
    pub(super) fn parameter(&mut self, entry: &Entry) {
        let Some(keys) = self.entries(entry, "a parameter") else { return };
        for key in keys.iter().filter(|key| !generated(&key.key)) {
            if PARAMETER.contains(&key.key.as_str()) {
                self.part(key);
            } else {
                self.unknown_key(key, "a parameter", &PARAMETER);
            }
        }
        self.needed(entry, "Type");
        self.default_list(entry);
        let Some(ty) = entry.value.get("Type").and_then(Node::text) else { return };
        let (limits, kind): (&[&str], _) = match ty {
            "Number" => (&["MinLength", "MaxLength", "AllowedPattern"], "of numbers"),
            _ => (&["MinValue", "MaxValue"], "of text"),
        };
        for key in limits.iter().filter_map(|limit| entry.value.entry(limit)) {
            let message = format!("a parameter of type `{ty}` has no `{}`", key.key);
            let mut finding = told(UNKNOWN_KEY, key.span, message);
            let other = match kind {
                "of numbers" => "`MinValue` and `MaxValue` limit numbers",
                _ => "`MinLength` and `MaxLength` limit text; numbers are of type `Number`",
            };
            finding.help = Some(other.to_owned());
            self.found.push(finding);
        }
    }

    /// Each element of a list's default against the pattern, which has to match all of it.
    fn default_list(&mut self, entry: &Entry) {
        let part = |name: &str| entry.value.get(name).and_then(Node::text);
        if part("Type") != Some("CommaDelimitedList") {
            return;
        }
        let (Some(pattern), Some(default)) = (part("AllowedPattern"), entry.value.entry("Default")) else { return };
        let whole = format!("^(?:{pattern})$");
        let text = default.value.scalar().unwrap_or_default();
        let wrong = text.split(',').map(str::trim).find(|element| matches_pattern(&whole, element) == Some(false));
        if let Some(element) = wrong {
            let message = format!("`{element}` does not match `{pattern}`, the pattern of this parameter");
            self.found.push(told(WRONG_FORM, place(&default.value, default.span), message));
        }
    }

    /// One key of a parameter and what it holds.
    fn part(&mut self, entry: &Entry) {
        let node = &entry.value;
        let text = node.scalar();
        let wanted = match entry.key.as_str() {
            "Type" => return self.parameter_type(entry),
            "AllowedValues" => match node.list() {
                Some(values) => {
                    for value in values.iter().filter(|value| value.scalar().is_none()) {
                        self.found.push(told(WRONG_FORM, value.span, "an allowed value is text or a number".to_owned()));
                    }
                    return;
                }
                None => "a list",
            },
            "MinLength" | "MaxLength" if text.as_ref().is_none_or(|text| text.parse::<u32>().is_err()) => "a whole number",
            "MinValue" | "MaxValue" if text.as_ref().is_none_or(|text| text.parse::<f64>().is_err()) => "a number",
            "NoEcho"
                if text.as_ref().is_none_or(|text| !text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false")) =>
            {
                "`true` or `false`"
            }
            _ if text.is_none() => "text",
            _ => return,
        };
        let at = if node.value == Value::Null { entry.span } else { place(node, entry.span) };
        self.found.push(told(WRONG_FORM, at, format!("`{}` is {wanted}", entry.key)));
    }

    fn parameter_type(&mut self, entry: &Entry) {
        let Some(ty) = entry.value.text() else {
            return self.found.push(told(WRONG_FORM, place(&entry.value, entry.span), "`Type` is the name of a type".to_owned()));
        };
        if is_type(ty) {
            return;
        }
        let mut finding = told(WRONG_FORM, place(&entry.value, entry.span), format!("there is no type `{ty}` of parameters"));
        let supplied: Vec<&str> = cloudc_types::supplied_types().map(|(name, _)| name).collect();
        let known = ["String", "Number", "List<Number>", "CommaDelimitedList"].into_iter().chain(supplied);
        finding.help = match ty {
            "Boolean" => Some("use `String` and `AllowedValues: [true, false]`".to_owned()),
            _ => nearest(ty, known).map(|near| format!("did you mean `{near}`?")),
        };
        self.found.push(finding);
    }
}

/// Whether parameters can be of a type.
fn is_type(ty: &str) -> bool {
    let supplied = |ty: &str| cloudc_types::supplied_types().any(|(name, _)| name == ty);
    let list =
        |ty: &str| ty.strip_prefix("List<").and_then(|ty| ty.strip_suffix('>')).is_some_and(|ty| ty == "String" || supplied(ty));
    match ty.strip_prefix("AWS::SSM::Parameter::Value<").and_then(|ty| ty.strip_suffix('>')) {
        Some(stored) => matches!(stored, "String" | "CommaDelimitedList") || supplied(stored) || list(stored),
        None => matches!(ty, "String" | "Number" | "CommaDelimitedList" | "List<Number>") || supplied(ty) || list(ty),
    }
}
