//! SAM's schemas, without the alternatives that stand for functions.
//!
//! In: a schema. Out: the same, where `{"type": "object"}` is no alternative to a number, a truth value, a word or a list. Always:
//! what may be an object of its own stays. The schemas name an object of any kind wherever a function may stand; here functions are
//! part of the language, and an alternative that takes anything would let every mistake through.

use serde_json::{Value, json};

/// Takes those alternatives out, everywhere in the schema.
pub fn without_functions(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Array(alternatives)) = map.get_mut("anyOf") {
                let any_object = json!({"type": "object"});
                let mut others = alternatives.iter().filter(|one| **one != any_object).peekable();
                if others.peek().is_some() && others.all(is_no_object) {
                    alternatives.retain(|one| *one != any_object);
                }
            }
            map.values_mut().for_each(without_functions);
        }
        Value::Array(items) => items.iter_mut().for_each(without_functions),
        _ => {}
    }
}

/// Free text is not among them: what is text or an object may well be both, such as policies.
fn is_no_object(alternative: &Value) -> bool {
    match alternative["type"].as_str() {
        Some("integer" | "number" | "boolean" | "array") => true,
        Some("string") => alternative.get("enum").is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_an_object_loses_the_alternative() {
        let any = json!({"type": "object"});
        let mut schema = json!({"properties": {
            "Timeout": {"anyOf": [any, {"type": "integer"}]},
            "Mode": {"anyOf": [{"type": "string", "enum": ["ON"]}, any]},
            "Ids": {"anyOf": [any, {"type": "array", "items": {"anyOf": [any, {"type": "string"}]}}]},
            "Policies": {"anyOf": [any, {"type": "string"}, {"type": "array"}]},
            "Free": {"anyOf": [any]}
        }});
        without_functions(&mut schema);
        let left = |name: &str| schema["properties"][name]["anyOf"].as_array().map_or(0, Vec::len);
        assert_eq!(["Timeout", "Mode", "Ids", "Policies", "Free"].map(left), [1, 1, 1, 3, 1]);
        assert_eq!(schema["properties"]["Ids"]["anyOf"][0]["items"]["anyOf"].as_array().map(Vec::len), Some(2));
    }
}
