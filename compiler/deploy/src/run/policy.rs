//! Stack policies: what `@protect` means to CloudFormation.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html>

use serde_json::{Value as Json, json};

/// What is refused for a protected resource.
const REFUSED: [&str; 2] = ["Update:Replace", "Update:Delete"];

/// The policy that protects resources, and nothing else.
pub fn policy(protected: &[String]) -> String {
    let everything = json!({ "Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*" });
    let mut statements = vec![everything];
    if !protected.is_empty() {
        let resources: Vec<String> = protected.iter().map(|id| format!("LogicalResourceId/{id}")).collect();
        statements.push(json!({ "Effect": "Deny", "Action": REFUSED, "Principal": "*", "Resource": resources }));
    }
    json!({ "Statement": statements }).to_string()
}

/// The resources that a policy of ours protects; none for policies of others.
pub fn protected(text: &str) -> Vec<String> {
    if !is_ours(text) {
        return Vec::new();
    }
    let Ok(policy) = serde_json::from_str::<Json>(text) else { return Vec::new() };
    let resources = policy.pointer("/Statement/1/Resource").and_then(Json::as_array).into_iter().flatten();
    resources.filter_map(|one| Some(one.as_str()?.strip_prefix("LogicalResourceId/")?.to_owned())).collect()
}

/// Whether a policy has the form that [`policy`] gives: only such are replaced.
pub fn is_ours(text: &str) -> bool {
    let Ok(found) = serde_json::from_str::<Json>(text) else { return false };
    let Some(statements) = found.get("Statement").and_then(Json::as_array) else { return false };
    let first = statements
        .first()
        .is_some_and(|one| one.get("Effect") == Some(&json!("Allow")) && one.get("Resource") == Some(&json!("*")));
    match statements.as_slice() {
        [_] => first,
        [_, second] => first && second.get("Effect") == Some(&json!("Deny")) && second.get("Action") == Some(&json!(REFUSED)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_ours, policy, protected};

    #[test]
    fn a_policy_is_read_back() {
        let ids = vec!["Data".to_owned(), "Key".to_owned()];
        assert_eq!(protected(&policy(&ids)), ids);
        assert_eq!(protected(&policy(&[])), Vec::<String>::new());
        assert!(is_ours(&policy(&[])));
    }

    #[test]
    fn policies_of_others_are_left_alone() {
        let other = r#"{"Statement":[{"Effect":"Deny","Action":"Update:*","Principal":"*","Resource":"*"}]}"#;
        assert!(!is_ours(other));
        assert!(!is_ours("not json"));
    }
}
