//! Two templates side by side: which values differ, and where.
//!
//! In: template sections. Out: differences with JSON pointers. Always: the order of keys, and of lists whose order means nothing to
//! the resource type, is no difference; nor is a number written as text.

use serde_json::{Map, Value as Json};

/// Two values that differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// JSON pointer from what was compared.
    pub path: String,
    /// What was there; nothing when it is new.
    pub before: Option<Json>,
    /// What is there; nothing when it is gone.
    pub after: Option<Json>,
}

/// Every place below which two values differ, as deep as both have the same kind of value there.
pub fn differences(before: Option<&Json>, after: Option<&Json>) -> Vec<Difference> {
    let mut found = Vec::new();
    walk("", before, after, &mut found);
    found
}

fn walk(path: &str, before: Option<&Json>, after: Option<&Json>, found: &mut Vec<Difference>) {
    match (before, after) {
        (Some(before), Some(after)) if same(before, after) => {}
        (Some(Json::Object(before)), Some(Json::Object(after))) if !is_call(before) && !is_call(after) => {
            let mut names: Vec<&String> = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name))).collect();
            names.sort();
            for name in names {
                walk(&format!("{path}/{}", escaped(name)), before.get(name), after.get(name), found);
            }
        }
        (Some(Json::Array(before)), Some(Json::Array(after))) if before.len() == after.len() => {
            for (at, (before, after)) in before.iter().zip(after).enumerate() {
                walk(&format!("{path}/{at}"), Some(before), Some(after), found);
            }
        }
        (None, None) => {}
        _ => found.push(Difference { path: path.to_owned(), before: before.cloned(), after: after.cloned() }),
    }
}

/// Whether CloudFormation sees the same: it writes numbers and truth values as text where a type wants text.
pub fn same(before: &Json, after: &Json) -> bool {
    match (before, after) {
        (Json::Object(before), Json::Object(after)) => {
            before.len() == after.len()
                && before.iter().all(|(key, value)| after.get(key).is_some_and(|other| same(value, other)))
        }
        (Json::Array(before), Json::Array(after)) => {
            before.len() == after.len() && before.iter().zip(after).all(|(before, after)| same(before, after))
        }
        (Json::String(text), other) | (other, Json::String(text)) => match other {
            Json::String(other) => text == other,
            Json::Number(number) => number.to_string() == *text,
            Json::Bool(value) => value.to_string() == *text,
            _ => false,
        },
        _ => before == after,
    }
}

/// Whether a record is the call of a function, which is shown whole.
fn is_call(record: &Map<String, Json>) -> bool {
    record.len() == 1 && record.keys().all(|key| key == "Ref" || key == "Condition" || key.starts_with("Fn::"))
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    fn paths(before: serde_json::Value, after: serde_json::Value) -> Vec<String> {
        differences(Some(&before), Some(&after)).into_iter().map(|one| one.path).collect()
    }

    #[test]
    fn values_that_mean_the_same_are_no_difference() {
        assert_eq!(paths(json!({ "A": "1", "B": true }), json!({ "B": "true", "A": 1 })), Vec::<String>::new());
    }

    #[test]
    fn the_deepest_place_is_told() {
        let before = json!({ "A": { "B": [1, { "C": 2 }] }, "D": 1 });
        let after = json!({ "A": { "B": [1, { "C": 3 }] }, "E/F": 1 });
        assert_eq!(paths(before, after), ["/A/B/1/C", "/D", "/E~1F"]);
    }

    #[test]
    fn a_call_is_one_value() {
        assert_eq!(paths(json!({ "A": { "Ref": "X" } }), json!({ "A": { "Ref": "Y" } })), ["/A"]);
    }
}
