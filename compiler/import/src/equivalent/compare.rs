//! Where two canonical values differ.

use serde_json::Value as Json;

/// A place at which two templates mean something different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// JSON pointer of the place.
    pub path: String,
    /// What the first one says there; empty when nothing.
    pub left: String,
    /// What the second one says there; empty when nothing.
    pub right: String,
}

/// Adds every difference.
pub fn values(path: &str, left: &Json, right: &Json, found: &mut Vec<Difference>) {
    match (left, right) {
        (Json::Object(a), Json::Object(b)) => {
            for (key, one) in a {
                let path = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
                match b.get(key) {
                    Some(other) => values(&path, one, other, found),
                    None => found.push(Difference { path, left: one.to_string(), right: String::new() }),
                }
            }
            for (key, other) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
                let path = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
                found.push(Difference { path, left: String::new(), right: other.to_string() });
            }
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            for (at, (one, other)) in a.iter().zip(b).enumerate() {
                values(&format!("{path}/{at}"), one, other, found);
            }
        }
        _ if same(left, right) => {}
        _ => found.push(Difference { path: path.to_owned(), left: left.to_string(), right: right.to_string() }),
    }
}

/// `1` and `1.0` are the same number.
fn same(left: &Json, right: &Json) -> bool {
    left == right || (left.is_number() && right.is_number() && left.as_f64() == right.as_f64())
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let or_nothing = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
        write!(f, "{}: {} is not {}", self.path, or_nothing(&self.left), or_nothing(&self.right))
    }
}
