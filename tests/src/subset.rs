//! Whether a template holds what a page says it holds.

use serde_json::Value;

/// Where `part` is not in `whole`, as JSON pointers with what is there.
pub fn missing(part: &Value, whole: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(part, Some(whole), "", &mut found);
    found
}

fn compare(part: &Value, whole: Option<&Value>, at: &str, found: &mut Vec<String>) {
    let place = if at.is_empty() { "/" } else { at };
    match (part, whole) {
        (Value::String(word), None) if word == "<absent>" => {}
        (Value::String(word), Some(value)) if word == "<absent>" => found.push(format!("{place} should not be there: {value}")),
        (Value::String(word), Some(_)) if word == "<any>" => {}
        (_, None) => found.push(format!("{place} is missing, expected {part}")),
        (Value::Object(parts), Some(Value::Object(values))) => {
            for (key, part) in parts {
                compare(part, values.get(key), &format!("{at}/{key}"), found);
            }
        }
        (Value::Array(parts), Some(Value::Array(values))) if parts.len() == values.len() => {
            for (index, (part, value)) in parts.iter().zip(values).enumerate() {
                compare(part, Some(value), &format!("{at}/{index}"), found);
            }
        }
        (part, Some(value)) if part == value => {}
        (part, Some(value)) => found.push(format!("{place} is {value}, expected {part}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::missing;

    #[test]
    fn further_keys_are_fine_and_lists_are_exact() {
        assert!(missing(&json!({"a": [1, "<any>"], "b": "<absent>"}), &json!({"a": [1, 2], "c": 3})).is_empty());
        assert_eq!(missing(&json!({"a": [1], "b": 1}), &json!({"a": [1, 2], "b": 1.0})).len(), 2);
    }
}
