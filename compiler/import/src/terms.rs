//! What the checker says of programs, in the words of templates.
//!
//! In: a finding that may speak of operators and attributes. Out: the same of functions and sections; nothing when it is about the
//! program alone.

use cloudc_eval::codes::INTERNAL;
use cloudc_types::codes::{ABSENT, HAS_NO, KNOWN_TOO_LATE};

use crate::check::Finding;

/// Rewrites a finding.
pub(crate) fn of_templates(mut finding: Finding) -> Option<Finding> {
    match finding.code.0 {
        // What the compiler cannot do is no mistake of the template.
        INTERNAL => return None,
        ABSENT => {
            finding.message = "what is named here exists only under a condition, and is used without it".to_owned();
            finding.label.clear();
            finding.help = Some("choose with `Fn::If` and that condition, or give this the same condition".to_owned());
        }
        code if KNOWN_TOO_LATE.contains(&code) => {
            finding.message = "this has to be known before resources are made".to_owned();
            finding.label.clear();
            finding.help =
                Some("parameters, mappings and constants are known then, attributes and imported values are not".to_owned());
        }
        code if HAS_NO.contains(&code) => {
            finding.message = "this function does not take such a value".to_owned();
            finding.notes.clear();
            finding.help = None;
        }
        _ => {}
    }
    for (attribute, key) in [("`@creation_policy`", "`CreationPolicy`"), ("`@update_policy`", "`UpdatePolicy`")] {
        finding.message = finding.message.replace(attribute, key);
    }
    finding.help = finding.help.filter(|help| !is_of_programs(help));
    Some(finding)
}

/// Whether a help speaks of what only programs have.
fn is_of_programs(help: &str) -> bool {
    ["`.", "raw", "${", "??", "`input`", "`param`", "none"].iter().any(|word| help.contains(word))
}

#[cfg(test)]
mod tests {
    use cloudc_base::{Code, Severity};

    use super::*;
    use crate::tree::Span;

    fn finding(code: &'static str, message: &str, help: &str) -> Finding {
        Finding {
            code: Code(code),
            severity: Severity::Error,
            message: message.to_owned(),
            span: Span::default(),
            label: "this is `Role?`".to_owned(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: Some(help.to_owned()),
        }
    }

    #[test]
    fn nothing_of_programs_is_said() {
        let absent = of_templates(finding("C0309", "`.Arn` of something that may not exist", "read it with `?.`"));
        assert!(absent.is_some_and(|one| one.message.contains("condition") && one.label.is_empty()));
        let missing = of_templates(finding("C0501", "the map has no key \"a\"", "add the key, or write `?? default` behind"));
        assert_eq!(missing.map(|one| one.help), Some(None));
        let policy = of_templates(finding("C0341", "`@creation_policy` has no `X`", "did you mean `Y`?"));
        assert!(policy.is_some_and(|one| one.message.starts_with("`CreationPolicy`") && one.help.is_some()));
        assert_eq!(of_templates(finding("C0599", "the compiler cannot evaluate this expression", "")), None);
    }
}
