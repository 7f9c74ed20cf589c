//! SAM's schemas, without the alternatives that stand for functions, and with the triggers of Cognito as SAM takes them.
//!
//! In: a schema. Out: the same, where `{"type": "object"}` is no alternative to a number, a truth value, a word or a list. Always:
//! what may be an object of its own stays. The schemas name an object of any kind wherever a function may stand; here functions are
//! part of the language, and an alternative that takes anything would let every mistake through.

use serde_json::{Value, json};

/// What SAM makes of a schema that is written for what it gives to CloudFormation.
pub fn mend(schema: &mut Value) {
    without_functions(schema);
    triggers(schema);
}

/// The event `Cognito` names triggers, one or a list of them. The schema has what becomes of them, the pool's own `LambdaConfig`.
/// Source: "Cognito" among the event sources of `AWS::Serverless::Function` in the AWS SAM developer guide.
fn triggers(schema: &mut Value) {
    let Some(trigger) = schema.pointer_mut("/definitions/CognitoEventProperties/properties/Trigger") else { return };
    let mut names: Vec<Value> =
        trigger["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str().into()).collect();
    names.retain(|name| name != "KMSKeyID");
    let one = json!({"type": "string", "enum": names});
    *trigger = json!({"anyOf": [one, {"type": "array", "items": one}]});
}

/// Takes those alternatives out, everywhere in the schema.
fn without_functions(schema: &mut Value) {
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
    fn triggers_are_names() {
        let pool = json!({"PreSignUp": {}, "KMSKeyID": {}});
        let event = json!({"properties": {"Trigger": {"type": "object", "properties": pool}}});
        let mut schema = json!({"definitions": {"CognitoEventProperties": event}});
        mend(&mut schema);
        let trigger = &schema["definitions"]["CognitoEventProperties"]["properties"]["Trigger"];
        let one = json!({"type": "string", "enum": ["PreSignUp"]});
        assert_eq!(*trigger, json!({"anyOf": [one, {"type": "array", "items": one}]}));
    }

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
