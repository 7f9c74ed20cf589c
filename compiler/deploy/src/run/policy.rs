//! Stack policies: what `@protect` means to CloudFormation, and those that somebody sets by hand.
//!
//! Always: what `@protect` wrote is told from everything else by its form, and only that is replaced while the program protects nothing.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html>

use serde_json::{Value as Json, json};

/// What is refused for a protected resource.
const REFUSED: [&str; 2] = ["Update:Replace", "Update:Delete"];
/// The largest policy, in bytes. <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SetStackPolicy.html>
pub const LARGEST: usize = 16_384;

/// Whose policy it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Policy {
    /// Nothing is refused.
    None,
    /// `@protect` wrote it, for these logical ids.
    Protect(Vec<String>),
    /// Somebody else wrote it.
    Other,
}

/// What a policy of one's own refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Every change.
    All,
    /// Deleting; changing and replacing is allowed.
    Deletions,
    /// Replacing and deleting resources of types, where `*` stands for any letters.
    Types(Vec<String>),
    /// Replacing and deleting these logical ids.
    Resources(Vec<String>),
}

fn everything() -> Json {
    json!({ "Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*" })
}

fn of(ids: &[String]) -> Vec<String> {
    ids.iter().map(|id| format!("LogicalResourceId/{id}")).collect()
}

/// The policy that protects resources, and nothing else.
pub fn policy(protected: &[String]) -> String {
    let mut statements = vec![everything()];
    if !protected.is_empty() {
        statements.push(json!({ "Effect": "Deny", "Action": REFUSED, "Principal": "*", "Resource": of(protected) }));
    }
    json!({ "Statement": statements }).to_string()
}

/// A policy of one's own. What it refuses comes first, which tells it from [`policy`].
pub fn made(rule: &Rule) -> String {
    let deny =
        |action: Json, resource: Json| json!({ "Effect": "Deny", "Action": action, "Principal": "*", "Resource": resource });
    let first = match rule {
        Rule::All => deny(json!("Update:*"), json!("*")),
        Rule::Deletions => deny(json!("Update:Delete"), json!("*")),
        Rule::Types(types) => {
            let mut one = deny(json!(REFUSED), json!("*"));
            one["Condition"] = json!({ "StringLike": { "ResourceType": types } });
            one
        }
        Rule::Resources(ids) => deny(json!(REFUSED), json!(of(ids))),
    };
    json!({ "Statement": [first, everything()] }).to_string()
}

/// Whose policy a stack has.
pub fn whose(now: Option<&str>) -> Policy {
    let Some(text) = now else { return Policy::None };
    let parsed = serde_json::from_str::<Json>(text).ok();
    let statements = parsed.as_ref().and_then(|found| found.get("Statement")?.as_array()).map(Vec::as_slice);
    match statements {
        Some([first]) if *first == everything() => Policy::None,
        Some([first, second]) if *first == everything() => ids(second).map_or(Policy::Other, Policy::Protect),
        _ => Policy::Other,
    }
}

/// The logical ids in a statement of [`policy`]; nothing when it is none.
fn ids(statement: &Json) -> Option<Vec<String>> {
    let ours =
        statement.get("Effect")? == "Deny" && statement.get("Action")? == &json!(REFUSED) && statement.get("Condition").is_none();
    let resources = statement.get("Resource").filter(|_| ours)?.as_array()?;
    resources.iter().map(|one| Some(one.as_str()?.strip_prefix("LogicalResourceId/")?.to_owned())).collect()
}

/// The resources that a policy of ours protects; none for policies of others.
pub fn protected(now: Option<&str>) -> Vec<String> {
    match whose(now) {
        Policy::Protect(ids) => ids,
        Policy::None | Policy::Other => Vec::new(),
    }
}

/// The policy to set so that these are protected; nothing where that is so, or where somebody else's may stay.
pub fn needed(now: Option<&str>, wanted: &[String]) -> Option<String> {
    let fits = match whose(now) {
        Policy::None => wanted.is_empty(),
        Policy::Protect(ids) => ids == wanted,
        Policy::Other => wanted.is_empty(),
    };
    (!fits).then(|| policy(wanted))
}

/// A policy in a few words; nothing where nothing is refused.
pub fn described(now: Option<&str>) -> Option<String> {
    match whose(now) {
        Policy::None => None,
        Policy::Protect(ids) => Some(format!("protects {}", ids.join(", "))),
        Policy::Other => Some("set by hand".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Policy, Rule, described, made, needed, policy, protected, whose};

    #[test]
    fn a_policy_is_read_back() {
        let ids = vec!["Data".to_owned(), "Key".to_owned()];
        assert_eq!(protected(Some(&policy(&ids))), ids);
        assert_eq!(whose(Some(&policy(&[]))), Policy::None);
        assert_eq!(described(Some(&policy(&ids))).as_deref(), Some("protects Data, Key"));
        assert_eq!(needed(Some(&policy(&ids)), &ids), None);
        assert_eq!(needed(Some(&policy(&ids)), &ids[..1]), Some(policy(&ids[..1])));
        assert_eq!(needed(Some(&policy(&ids)), &[]), Some(policy(&[])));
        assert_eq!(needed(None, &[]), None);
        assert_eq!(needed(None, &ids), Some(policy(&ids)));
    }

    #[test]
    fn policies_of_others_are_left_alone() {
        let ids = vec!["Data".to_owned()];
        let rules = [Rule::All, Rule::Deletions, Rule::Types(vec!["AWS::RDS::*".to_owned()]), Rule::Resources(ids.clone())];
        for other in rules.iter().map(made).chain(["not json".to_owned(), "{}".to_owned()]) {
            assert_eq!(whose(Some(&other)), Policy::Other, "{other}");
            assert_eq!(needed(Some(&other), &[]), None);
            assert_eq!(needed(Some(&other), &ids), Some(policy(&ids)));
        }
        // As ours, and for a condition that somebody added.
        let changed =
            policy(&ids).replace("\"Principal\":\"*\",\"Resource\":[", "\"Condition\":{},\"Principal\":\"*\",\"Resource\":[");
        assert_ne!(changed, policy(&ids));
        assert_eq!(whose(Some(&changed)), Policy::Other);
    }
}
