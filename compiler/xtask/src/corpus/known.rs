//! Why some templates are exceptions: looked at by a person, file by file.

/// Ends of paths of templates that import or check refuses or changes although cfn-lint accepts them, and who is right.
pub const TEMPLATES: [(&str, &str); 0] = [];

/// Rules of cfn-lint whose mistakes are not told, and why.
pub const RULES: [(&str, &str); 0] = [];

/// The reason for a template, if somebody looked.
pub fn template(path: &str) -> Option<&'static str> {
    TEMPLATES.iter().find(|(end, _)| path.ends_with(end)).map(|(_, why)| *why)
}

/// The reason for a rule, if somebody looked.
pub fn rule(id: &str) -> Option<&'static str> {
    RULES.iter().find(|(known, _)| *known == id).map(|(_, why)| *why)
}
