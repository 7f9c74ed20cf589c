//! Names under which a distribution can be reached.
//!
//! In: a distribution. Out: problems at its aliases. Facts: "Requirements for using alternate domain names" in the CloudFront
//! developer guide.

use cloudc_hir::Problem;

use super::{At, REFUSED_TEXT, any_property, each, inside};

/// Aliases that are no lower-case domain names, or have `*` elsewhere than in the first place.
pub fn aliases(properties: &super::Node, problems: &mut Vec<Problem>) {
    let At::There(config) = inside(properties, &["DistributionConfig"]) else { return };
    each(any_property(config, "Aliases"), &mut |alias| {
        let Some(text) = alias.value.as_str().filter(|text| !is_alias(text) && !text.contains("{{resolve:")) else { return };
        let problem = Problem::error(REFUSED_TEXT, alias.src.anchor(), format!("{text:?} is no name for a distribution"));
        problems.push(problem.help("it is a domain name in lower case, such as `www.example.com` or `*.example.com`"));
    });
}

fn is_alias(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    let is_label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    let Some((first, rest)) = labels.split_first() else { return false };
    let last = rest.last().is_some_and(|last| last.len() >= 2);
    last && (*first == "*" || is_label(first)) && rest.iter().all(|label| is_label(label))
}

#[cfg(test)]
mod tests {
    use super::is_alias;

    #[test]
    fn aliases_are_lower_case_names() {
        assert!(["www.example.com", "*.example.com", "a-b.c1.example.io"].into_iter().all(is_alias));
        let wrong = ["WWW.example.com", "a.*.example.com", "-a.example.com", "example.c", "example", "a..b.com", "a b.com"];
        assert!(!wrong.into_iter().any(is_alias));
    }
}
