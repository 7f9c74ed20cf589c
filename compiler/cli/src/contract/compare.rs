//! Whether a contract keeps what another promised.
//!
//! What a stack gives may become more exact, what it asks for may become less: anything else breaks somebody.

use super::{Contract, HOLE, Output, Parameter};

/// How a change meets those who rely on the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Somebody who relied on it fails.
    Breaking,
    /// Nobody fails, and something behaves otherwise.
    Notable,
    /// More is promised.
    Added,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// How bad it is.
    pub kind: Kind,
    /// The section of the template it is about: `Outputs`, `Parameters`, `Resources`; empty for the stack.
    pub section: &'static str,
    /// Which entry.
    pub name: String,
    /// One line.
    pub message: String,
}

/// Everything by which `new` differs from `old`, what breaks first.
pub fn compare(old: &Contract, new: &Contract) -> Vec<Change> {
    let mut found = Found(Vec::new());
    if let (Some(before), Some(now)) = (&old.deployed_as, &new.deployed_as)
        && before != now
        && old.environment == new.environment
    {
        found.add(Kind::Breaking, "", "", format!("the stack is deployed as `{now}`, and was `{before}`"));
    }
    outputs(old, new, &mut found);
    parameters(old, new, &mut found);
    names(old, new, &mut found);
    found.0.sort_by_key(|change| change.kind);
    found.0
}

struct Found(Vec<Change>);

impl Found {
    fn add(&mut self, kind: Kind, section: &'static str, name: &str, message: String) {
        self.0.push(Change { kind, section, name: name.to_owned(), message });
    }
}

fn outputs(old: &Contract, new: &Contract, found: &mut Found) {
    const SECTION: &str = "Outputs";
    for (name, before) in &old.outputs {
        match new.outputs.get(name) {
            Some(now) => output(name, before, now, found),
            None => {
                let fresh = |(other, _): &(&String, &Output)| !old.outputs.contains_key(*other);
                let same = |(_, now): &(&String, &Output)| now.ty == before.ty && now.text == before.text;
                let message = match new.outputs.iter().filter(fresh).find(same) {
                    Some((other, _)) => format!("the output `{name}` is called `{other}` now"),
                    None => format!("the output `{name}` is gone"),
                };
                found.add(Kind::Breaking, SECTION, name, message);
            }
        }
    }
    for name in new.outputs.keys().filter(|name| !old.outputs.contains_key(*name)) {
        found.add(Kind::Added, SECTION, name, format!("the output `{name}` is new"));
    }
}

fn output(name: &str, before: &Output, now: &Output, found: &mut Found) {
    let mut breaks = |message: String| found.add(Kind::Breaking, "Outputs", name, message);
    if before.ty != now.ty {
        breaks(format!("the output `{name}` is a `{}`, and was a `{}`", now.ty, before.ty));
    }
    if let Some(text) = before.text.as_ref().filter(|text| Some(*text) != now.text.as_ref()) {
        let shown = now.text.as_deref().unwrap_or(HOLE);
        breaks(format!("the output `{name}` is `{shown}`, and was `{text}`"));
    }
    match (&before.export, &now.export) {
        (Some(export), None) => breaks(format!("the output `{name}` is no longer exported as `{export}`")),
        (Some(export), Some(other)) if export != other => {
            breaks(format!("the output `{name}` is exported as `{other}`, and was as `{export}`"));
        }
        _ => {}
    }
    if now.conditional && !before.conditional {
        breaks(format!("the output `{name}` may be absent now"));
    }
    if let Some(pattern) = &before.pattern {
        if now.pattern.as_ref() != Some(pattern) {
            breaks(format!("the output `{name}` no longer promises to match `{pattern}`"));
        }
        let known = now.text.as_ref().filter(|text| !text.contains("${"));
        let broken = known.filter(|text| regex::Regex::new(pattern).is_ok_and(|pattern| !pattern.is_match(text)));
        if let Some(text) = broken {
            found.add(
                Kind::Breaking,
                "Outputs",
                name,
                format!("the output `{name}` is `{text}`, which does not match `{pattern}`"),
            );
        }
    }
}

fn parameters(old: &Contract, new: &Contract, found: &mut Found) {
    const SECTION: &str = "Parameters";
    for (name, before) in &old.parameters {
        match new.parameters.get(name) {
            Some(now) => parameter(name, before, now, found),
            None => {
                found.add(Kind::Breaking, SECTION, name, format!("the parameter `{name}` is gone, and giving it is an error"))
            }
        }
    }
    for (name, now) in new.parameters.iter().filter(|(name, _)| !old.parameters.contains_key(*name)) {
        match now.default {
            Some(_) => found.add(Kind::Added, SECTION, name, format!("the parameter `{name}` is new, with a default")),
            None => found.add(Kind::Breaking, SECTION, name, format!("the parameter `{name}` is new and has to be given")),
        }
    }
}

fn parameter(name: &str, before: &Parameter, now: &Parameter, found: &mut Found) {
    let mut add = |kind: Kind, message: String| found.add(kind, "Parameters", name, message);
    if before.ty != now.ty {
        add(Kind::Breaking, format!("the parameter `{name}` is a `{}`, and was a `{}`", now.ty, before.ty));
    }
    match (&before.default, &now.default) {
        (Some(default), None) => {
            add(Kind::Breaking, format!("the parameter `{name}` has to be given, and was `{default}` by default"));
        }
        (Some(default), Some(other)) if default != other => {
            add(Kind::Notable, format!("the parameter `{name}` is `{other}` by default, and was `{default}`"));
        }
        _ => {}
    }
    let refused: Vec<&str> = before.allowed.iter().filter(|value| !now.allowed.contains(value)).map(String::as_str).collect();
    match (before.allowed.is_empty(), now.allowed.is_empty()) {
        (_, true) => {}
        (true, false) => {
            add(
                Kind::Breaking,
                format!("the parameter `{name}` takes only {} now", quoted(now.allowed.iter().map(String::as_str))),
            );
        }
        (false, false) if refused.is_empty() => {}
        (false, false) => {
            add(Kind::Breaking, format!("the parameter `{name}` no longer takes {}", quoted(refused.iter().copied())));
        }
    }
    if let Some(pattern) = now.pattern.as_ref().filter(|pattern| Some(*pattern) != before.pattern.as_ref()) {
        add(Kind::Breaking, format!("the parameter `{name}` has to match `{pattern}` now"));
    }
    let raised = |before: Option<f64>, now: Option<f64>| now.filter(|now| before.is_none_or(|before| *now > before));
    let lowered = |before: Option<f64>, now: Option<f64>| now.filter(|now| before.is_none_or(|before| *now < before));
    let limits = [
        (raised(before.min, now.min), "has to be at least", ""),
        (lowered(before.max, now.max), "has to be at most", ""),
        (raised(before.min_length, now.min_length), "has to have at least", " characters"),
        (lowered(before.max_length, now.max_length), "has to have at most", " characters"),
    ];
    for (limit, words, unit) in limits {
        if let Some(limit) = limit {
            add(Kind::Breaking, format!("the parameter `{name}` {words} {limit}{unit} now"));
        }
    }
}

fn quoted<'a>(values: impl Iterator<Item = &'a str>) -> String {
    values.map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
}

/// Names in AWS: what was called so has to be called so, by whichever logical id.
fn names(old: &Contract, new: &Contract, found: &mut Found) {
    for (id, before) in &old.names {
        if new.names.values().any(|now| now == before) {
            continue;
        }
        let message = match new.names.get(id).filter(|now| now.ty == before.ty) {
            Some(now) => format!("the {} `{}` is called `{}` now", before.ty, before.name, now.name),
            None => format!("there is no {} called `{}` any more", before.ty, before.name),
        };
        found.add(Kind::Breaking, "Resources", id, message);
    }
    for (id, now) in &new.names {
        let known = old.names.contains_key(id) || old.names.values().any(|before| before == now);
        if !known {
            found.add(Kind::Added, "Resources", id, format!("the {} `{}` has a name that others can rely on", now.ty, now.name));
        }
    }
}

/// The three numbers of a version.
pub fn version(text: &str) -> Option<[u64; 3]> {
    let parts: Vec<u64> = text.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    parts.try_into().ok()
}

/// The version after these changes.
pub fn next_version(before: &str, changes: &[Change]) -> String {
    let Some([major, minor, patch]) = version(before) else { return before.to_owned() };
    let next = match changes.iter().map(|change| change.kind).min() {
        Some(Kind::Breaking) => [major + 1, 0, 0],
        Some(Kind::Added) => [major, minor + 1, 0],
        Some(Kind::Notable) if changes.iter().any(|change| change.kind == Kind::Added) => [major, minor + 1, 0],
        Some(Kind::Notable) => [major, minor, patch + 1],
        None => [major, minor, patch],
    };
    format!("{}.{}.{}", next[0], next[1], next[2])
}

#[cfg(test)]
mod tests {
    use super::super::{Physical, read};
    use super::*;

    fn contract(outputs: &str, parameters: &str) -> Contract {
        read(&format!(
            r#"{{ "contract": 1, "stack": "api", "version": "1.2.3", "outputs": {outputs}, "parameters": {parameters} }}"#
        ))
        .unwrap()
    }

    fn said(old: &Contract, new: &Contract) -> Vec<String> {
        compare(old, new).into_iter().map(|change| format!("{:?}: {}", change.kind, change.message)).collect()
    }

    #[test]
    fn what_is_given_may_grow_only() {
        let old = contract(
            r#"{ "A": { "type": "String", "text": "x" }, "B": { "type": "T.Arn", "export": "b" }, "C": { "type": "U.Arn" } }"#,
            "{}",
        );
        let new = contract(
            r#"{ "A": { "type": "String", "text": "y" }, "Bee": { "type": "T.Arn" }, "C": { "type": "U.Arn", "conditional": true } }"#,
            "{}",
        );
        assert_eq!(
            said(&old, &new),
            [
                "Breaking: the output `A` is `y`, and was `x`",
                "Breaking: the output `B` is called `Bee` now",
                "Breaking: the output `C` may be absent now",
                "Added: the output `Bee` is new",
            ]
        );
        assert_eq!(next_version("1.2.3", &compare(&old, &new)), "2.0.0");
        assert!(compare(&old, &old).is_empty());
    }

    #[test]
    fn what_is_asked_for_may_shrink_only() {
        let old = contract(
            "{}",
            r#"{ "S": { "type": "String", "default": "a", "allowed": ["a", "b"] }, "N": { "type": "Number", "max": 9 }, "G": { "type": "String" } }"#,
        );
        let new = contract(
            "{}",
            r#"{ "S": { "type": "String", "default": "b", "allowed": ["b", "c"] }, "N": { "type": "Number", "max": 5 }, "X": { "type": "String" }, "Y": { "type": "String", "default": "" } }"#,
        );
        assert_eq!(
            said(&old, &new),
            [
                "Breaking: the parameter `G` is gone, and giving it is an error",
                "Breaking: the parameter `N` has to be at most 5 now",
                "Breaking: the parameter `S` no longer takes `a`",
                "Breaking: the parameter `X` is new and has to be given",
                "Notable: the parameter `S` is `b` by default, and was `a`",
                "Added: the parameter `Y` is new, with a default",
            ]
        );
        let wider = contract(
            "{}",
            r#"{ "S": { "type": "String", "default": "a" }, "N": { "type": "Number", "default": "1" }, "G": { "type": "String", "default": "" } }"#,
        );
        assert_eq!(compare(&old, &wider), []);
    }

    #[test]
    fn names_may_move_to_another_resource() {
        let mut old = contract("{}", "{}");
        let physical = |name: &str| Physical { ty: "AWS::S3::Bucket".to_owned(), name: name.to_owned() };
        old.names.insert("A".to_owned(), physical("data"));
        let mut new = contract("{}", "{}");
        new.names.insert("B".to_owned(), physical("data"));
        assert_eq!(compare(&old, &new), []);
        new.names.insert("B".to_owned(), physical("other"));
        assert_eq!(said(&old, &new)[0], "Breaking: there is no AWS::S3::Bucket called `data` any more");
    }

    #[test]
    fn files_that_are_no_contracts_are_refused() {
        assert!(read("{}").is_err());
        assert!(read(r#"{ "contract": 2, "stack": "a", "version": "1.0.0" }"#).unwrap_err().contains("form is 2"));
        assert!(read(r#"{ "contract": 1, "stack": "a", "version": "one" }"#).unwrap_err().contains("no version"));
        let bad =
            r#"{ "contract": 1, "stack": "a", "version": "1.0.0", "outputs": { "A": { "type": "String", "pattern": "(" } } }"#;
        assert!(read(bad).unwrap_err().contains("`A`"));
    }
}
