//! Words, attributes and built-in things with a paragraph each, from one data file.

/// Sections of `help.md`: `# kind name`, then markdown.
const HELP: &str = include_str!("help.md");

/// The help about something: `keyword` `resource`, `function` `range`, `method` `split`, `attribute` `retain`, `type` `Cidr`, `name` `aws.region`.
pub(crate) fn help(kind: &str, name: &str) -> Option<&'static str> {
    let mut rest = HELP;
    while let Some(at) = rest.find("\n# ") {
        rest = &rest[at + 3..];
        let (heading, body) = rest.split_once('\n')?;
        if heading.split_once(' ') == Some((kind, name)) {
            let end = body.find("\n# ").unwrap_or(body.len());
            return Some(body[..end].trim());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_built_in_has_help() {
        let fixture = crate::fixture::open("let a = 1$0");
        let mut missing: Vec<String> = Vec::new();
        let mut need = |kind: &str, name: &str| {
            if help(kind, name).is_none_or(str::is_empty) {
                missing.push(format!("{kind} {name}"));
            }
        };
        cloudc_types::ask::functions(&fixture.db).iter().for_each(|function| need("function", function.name));
        cloudc_types::ask::attributes().iter().for_each(|(name, _)| need("attribute", name));
        for word in WORDS {
            need("keyword", word);
        }
        for (name, _) in crate::completion::BUILT_IN_TYPES.iter().filter(|(name, _)| *name != "AWS") {
            need("type", name);
        }
        for name in ["region", "account_id", "partition", "url_suffix", "stack_name", "stack_id", "notification_arns", "zones"] {
            need("name", &format!("aws.{name}"));
        }
        assert!(missing.is_empty(), "help.md lacks {missing:?}");
    }

    const WORDS: [&str; 31] = [
        "import",
        "input",
        "param",
        "let",
        "resource",
        "existing",
        "output",
        "component",
        "fn",
        "type",
        "defaults",
        "moved",
        "forget",
        "assert",
        "policy",
        "test",
        "stack",
        "project",
        "env",
        "pub",
        "if",
        "else",
        "for",
        "in",
        "by",
        "as",
        "with",
        "match",
        "true",
        "false",
        "none",
    ];
}
