//! Values of parameters and tags from files, in the forms that are in use.
//!
//! In: JSON, as `{ "Name": "value" }`, as the AWS command line has it (`[{ "ParameterKey": …, "ParameterValue": … }]`,
//! `[{ "Key": …, "Value": … }]`, `["Name=value"]`), or as CodePipeline has it (`{ "Parameters": { … }, "Tags": { … } }`). Out: pairs, in the
//! order of the file. Always: what is of no use is an error, not left out.
//!
//! <https://docs.aws.amazon.com/cli/latest/reference/cloudformation/create-stack.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html>

use std::path::PathBuf;

use serde_json::{Map, Value as Json};

use crate::output;
use crate::session::pair;

/// Pairs from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// The file.
    pub path: PathBuf,
    /// In its order.
    pub pairs: Vec<(String, String)>,
}

/// What a file is read for.
struct Form {
    /// Its part of a file for CodePipeline.
    section: &'static str,
    /// What names of fields are in a list.
    fields: (&'static str, &'static str),
}

const PARAMETERS: Form = Form { section: "Parameters", fields: ("ParameterKey", "ParameterValue") };
const TAGS: Form = Form { section: "Tags", fields: ("Key", "Value") };

/// Values of parameters from a file.
pub fn parameters(path: &str) -> Result<Values, String> {
    Ok(Values { path: PathBuf::from(path), pairs: pairs(&read(path)?, &PARAMETERS)? })
}

/// Tags from a file.
pub fn tags(path: &str) -> Result<Values, String> {
    let pairs = pairs(&read(path)?, &TAGS)?;
    pairs.iter().try_for_each(fits)?;
    Ok(Values { path: PathBuf::from(path), pairs })
}

/// `KEY=VALUE` on the command line.
pub fn tag(text: &str) -> Result<(String, String), String> {
    let found = pair(text)?;
    fits(&found)?;
    Ok(found)
}

/// What AWS takes as a tag. <https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html>
fn fits((key, value): &(String, String)) -> Result<(), String> {
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Err(format!("`{key}` is a tag of AWS's own: other names than `aws:…` are free"));
    }
    match (key.chars().count(), value.chars().count()) {
        (1..=128, 0..=256) => Ok(()),
        (1..=128, _) => Err(format!("the value of the tag `{key}` has more than 256 characters")),
        _ => Err(format!("the name of the tag `{key}` has more than 128 characters")),
    }
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot read it: {}", output::reason(&error)))
}

fn pairs(text: &str, form: &Form) -> Result<Vec<(String, String)>, String> {
    // Other tools write a mark in front.
    let text = text.trim_start_matches('\u{feff}');
    let read: Json = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
    let found = match read {
        Json::Object(all) if is_pipeline(&all) => match all.get(form.section) {
            Some(Json::Object(part)) => object(part)?,
            _ => return Err(format!("it has no `{}`", form.section)),
        },
        Json::Object(all) => object(&all)?,
        Json::Array(items) => items.iter().map(|item| element(item, form)).collect::<Result<_, _>>()?,
        _ => return Err("it is neither a JSON object nor a list".to_owned()),
    };
    Ok(found)
}

/// Whether a file is one for CodePipeline: parts that hold objects, and nothing else.
fn is_pipeline(all: &Map<String, Json>) -> bool {
    let part =
        |(name, value): (&String, &Json)| ["Parameters", "Tags", "StackPolicy"].contains(&name.as_str()) && value.is_object();
    !all.is_empty() && all.iter().all(part)
}

fn object(all: &Map<String, Json>) -> Result<Vec<(String, String)>, String> {
    all.iter().map(|(name, value)| Ok((name.clone(), plain(name, value)?))).collect()
}

fn plain(name: &str, value: &Json) -> Result<String, String> {
    match value {
        Json::String(text) => Ok(text.clone()),
        Json::Bool(_) | Json::Number(_) => Ok(value.to_string()),
        _ => Err(format!("`{name}` is neither text nor a number")),
    }
}

fn element(item: &Json, form: &Form) -> Result<(String, String), String> {
    let (key, value) = form.fields;
    if let Some(text) = item.as_str() {
        return pair(text).map_err(|_| format!("`{text}` is not written as NAME=VALUE"));
    }
    let name = item.get(key).and_then(Json::as_str).ok_or_else(|| format!("an element of the list has no `{key}`"))?;
    match item.get(value) {
        Some(found) => Ok((name.to_owned(), plain(name, found)?)),
        None if item.get("UsePreviousValue") == Some(&Json::Bool(true)) => {
            Err(format!("`{name}`: leave it out instead of `UsePreviousValue`; what has no default keeps its value"))
        }
        None => Err(format!("`{name}` has no `{value}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::{PARAMETERS, TAGS, pairs, tag};

    fn read(text: &str, tags: bool) -> Result<Vec<(String, String)>, String> {
        pairs(text, if tags { &TAGS } else { &PARAMETERS })
    }

    fn one(name: &str, value: &str) -> Result<Vec<(String, String)>, String> {
        Ok(vec![(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn every_form_is_read() {
        assert_eq!(read(r#"{ "Size": 3 }"#, false), one("Size", "3"));
        assert_eq!(read("\u{feff}{ \"On\": true }", false), one("On", "true"));
        assert_eq!(read(r#"[{ "ParameterKey": "Stage", "ParameterValue": "prod" }]"#, false), one("Stage", "prod"));
        assert_eq!(read(r#"["Stage=a=b"]"#, false), one("Stage", "a=b"));
        let pipeline = r#"{ "Parameters": { "Stage": "prod" }, "Tags": { "team": "shop" }, "StackPolicy": {} }"#;
        assert_eq!(read(pipeline, false), one("Stage", "prod"));
        assert_eq!(read(pipeline, true), one("team", "shop"));
        assert_eq!(read(r#"[{ "Key": "team", "Value": "shop" }]"#, true), one("team", "shop"));
        // A parameter that is called like a part.
        assert_eq!(read(r#"{ "Tags": "a" }"#, false), one("Tags", "a"));
        assert_eq!(read("{}", false), Ok(Vec::new()));
    }

    #[test]
    fn what_is_of_no_use_is_told() {
        for (text, says) in [
            ("7", "neither a JSON object nor a list"),
            ("{", "no JSON"),
            (r#"{ "A": [] }"#, "`A` is neither text nor a number"),
            (r#"{ "Tags": { "a": "b" } }"#, "it has no `Parameters`"),
            (r#"[{ "Key": "a", "Value": "b" }]"#, "no `ParameterKey`"),
            (r#"[{ "ParameterKey": "A" }]"#, "`A` has no `ParameterValue`"),
            (r#"[{ "ParameterKey": "A", "UsePreviousValue": true }]"#, "leave it out"),
            (r#"["A"]"#, "NAME=VALUE"),
        ] {
            let said = read(text, false).expect_err(text);
            assert!(said.contains(says), "{text}: {said}");
        }
        assert!(tag("aws:cloud=x").is_err());
        assert!(tag(&format!("{}=x", "k".repeat(129))).is_err());
        assert!(tag(&format!("k={}", "v".repeat(257))).is_err());
        assert_eq!(tag("team=a=b"), Ok(("team".to_owned(), "a=b".to_owned())));
    }
}
