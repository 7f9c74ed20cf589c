//! Programs go to JSON and come back as they were: every example, fixture, page and module of the standard library.

use std::path::{Path, PathBuf};

use cloudc_format::json;
use cloudc_tests::sources;
use serde_json::{Value as Json, json};

fn below(folder: &Path, ends: &[&str], found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            below(&path, ends, found);
        } else if ends.iter().any(|end| path.to_string_lossy().ends_with(end)) {
            found.push(path);
        }
    }
}

/// Every program there is that can be parsed, with where it is from.
fn programs() -> Vec<(String, String)> {
    let root = sources::root();
    let mut files = Vec::new();
    for folder in ["examples", "tests/fixtures", "stdlib", "docs"] {
        below(&root.join(folder), &[".cloud", ".md"], &mut files);
    }
    let mut found = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let name = path.display().to_string();
        if name.ends_with(".cloud") {
            found.push((name, text));
            continue;
        }
        let blocks = text.split("```cloud\n").skip(1).filter_map(|rest| rest.split("\n```").next());
        found.extend(blocks.enumerate().map(|(at, block)| (format!("{name}#{at}"), block.to_owned())));
    }
    found.retain(|(_, text)| cloudc_format::format(text).is_ok());
    assert!(found.len() > 400, "there are more programs than {}", found.len());
    found
}

/// How many declarations there are, and how many are kept as text.
fn count(items: &Json, all: &mut usize, kept: &mut Vec<String>) {
    for item in items.as_array().into_iter().flatten() {
        let Some(map) = item.as_object() else { continue };
        if map.contains_key("//") {
            continue;
        }
        *all += 1;
        if let Some(text) = map.get("$").filter(|_| map.len() == 1) {
            kept.push(text.as_str().unwrap_or_default().to_owned());
        }
        for key in ["items", "then", "else"] {
            match map.get(key) {
                Some(inner @ Json::Object(_)) => count(&json!([inner]), all, kept),
                Some(inner) => count(inner, all, kept),
                None => {}
            }
        }
    }
}

#[test]
fn every_program_comes_back_as_it_was() {
    let mut wrong = Vec::new();
    let (mut all, mut kept) = (0, Vec::new());
    for (name, text) in programs() {
        let formatted = cloudc_format::format(&text).unwrap();
        let form = json::to_json(&text).unwrap();
        // As a file would hold it.
        let form: Json = serde_json::from_str(&form.to_string()).unwrap();
        count(&form["items"], &mut all, &mut kept);
        match json::from_json(&form) {
            Ok(back) if back == formatted => {}
            Ok(back) => {
                let differs = back.lines().zip(formatted.lines()).find(|(one, other)| one != other);
                wrong.push(format!("{name}: {differs:?}"));
            }
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
        let tree = json::tree(&text);
        assert_eq!(json::text_of_tree(&tree).unwrap(), text, "{name}");
    }
    assert!(wrong.is_empty(), "{} programs are not the same:\n{}", wrong.len(), wrong.join("\n"));
    assert!(kept.len() * 100 <= all, "{} of {all} declarations are kept as text:\n{}", kept.len(), kept.join("\n---\n"));
}

#[test]
fn programs_mean_the_same_without_their_layout() {
    let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect::<String>();
    let mut wrong = Vec::new();
    for (name, text) in programs() {
        let mut form = json::to_json(&text).unwrap();
        form.as_object_mut().unwrap().shift_remove("layout");
        match json::from_json(&form) {
            Ok(back) if squeezed(&back) == squeezed(&text) => {}
            Ok(back) => wrong.push(format!("{name}:\n{back}")),
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{} programs are not the same:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_a_generator_would_write_is_read() {
    let form = json!({ "cloudc": 1, "items": [
        { "//": "made by a script\nof two lines" },
        { "stack": "jobs", "body": { "region": "eu-west-1", "tags": { "team": "x", "cost center": "7" } } },
        { "@": ["deprecated(\"no\")"], "input": "nodes", "type": "Int", "default": 3 },
        { "resource": "queue", "type": "AWS::SQS::Queue", "body": {
            "//": "named",
            "QueueName": "${stack.name}-\"q\"-$${literal}",
            "VisibilityTimeout": { "$": "2m" },
            "...": "...base",
            "Tags": [{ "Key": "a", "Value": { "$": "\"${nodes}\"" } }, { "//": "end" }]
        } },
        { "for": ["k", "v"], "in": { "a": 1 }, "items": [{ "let": "x", "value": null }] },
        { "if": { "$": "nodes > 1" }, "then": [], "else": { "if": true, "then": [{ "output": "o", "value": false }] } }
    ] });
    let text = json::from_json(&form).unwrap();
    let wanted = "// made by a script\n// of two lines\n";
    assert!(text.starts_with(wanted), "{text}");
    for part in [
        "\"cost center\": \"7\"",
        "QueueName: \"${stack.name}-\\\"q\\\"-$${literal}\"",
        "  ...base",
        "  // named\n",
        "for k, v in { a: 1 } {",
        "} else if true {",
        "let x = none",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    assert_eq!(json::from_json(&json::to_json(&text).unwrap()).unwrap(), text);
}

#[test]
fn wrong_json_is_told_with_its_place() {
    let said = |json: Json| json::from_json(&json).unwrap_err().to_string();
    assert!(said(json!([])).contains("a program is an object"));
    assert!(said(json!({ "cloudc": 2, "items": [] })).contains("at `/cloudc`: the form is 2"));
    assert!(said(json!({ "cloudc": 1, "items": [{ "resorce": "x" }] })).contains("at `/items/0`: one key has to be a keyword"));
    assert!(said(json!({ "cloudc": 1, "items": [{ "let": "x", "valu": 1 }] })).contains("`let` has no `valu`"));
    assert!(
        said(json!({ "cloudc": 1, "items": [{ "let": "x", "value": [{ "a": 1e300 }] }] })).contains("at `/items/0/value/0/a`")
    );
    assert!(said(json!({ "cloudc": 1, "items": [{ "let": "x", "value": { "$": "1 +" } }] })).contains("at `/items/0`"));
    let error = json::text_of_tree(&json!(["SourceFile", ["Chunk", 3]])).unwrap_err();
    assert_eq!(error.at, "/1/1");
}
