//! `Fn::If` around all properties of a resource, as a choice of each of them.
//!
//! In: a tree. Out: the tree in which such properties are a map again. Always: the template means the same; what is a choice of
//! anything but maps is left as it is.

use crate::foreach::renumber;
use crate::tree::{Entry, Node, Span, Value};

/// The most properties that are spread out; choices in choices double them.
const MOST: usize = 2_000;

/// Spreads choices out, in all resources.
pub fn spread(root: &mut Node) {
    let Value::Map(sections) = &mut root.value else { return };
    let resources = sections.iter_mut().find(|section| section.key == "Resources");
    let Some(Value::Map(resources)) = resources.map(|section| &mut section.value.value) else { return };
    let mut changed = false;
    for resource in resources {
        let Value::Map(keys) = &mut resource.value.value else { continue };
        for key in keys.iter_mut().filter(|key| key.key == "Properties") {
            if let Some(entries) = entries(&key.value).filter(|_| key.value.function().is_some()) {
                key.value.value = Value::Map(entries);
                changed = true;
            }
        }
    }
    if changed {
        renumber(root, &mut 0);
    }
}

/// The properties that a map or a choice of maps has.
fn entries(node: &Node) -> Option<Vec<Entry>> {
    match node.function() {
        None => node.map().map(<[Entry]>::to_vec),
        Some(("Ref", name)) if name.text() == Some("AWS::NoValue") => Some(Vec::new()),
        Some(("Fn::If", argument)) => {
            let [condition, then, otherwise] = argument.list()? else { return None };
            let (then, otherwise) = (entries(then)?, entries(otherwise)?);
            let mut all: Vec<Entry> = Vec::new();
            for entry in then.iter().chain(&otherwise).filter(|_| then.len() + otherwise.len() <= MOST) {
                if all.iter().any(|known| known.key == entry.key) {
                    continue;
                }
                let side = |entries: &[Entry]| {
                    let own = entries.iter().find(|own| own.key == entry.key);
                    own.map_or_else(|| nothing(entry.span), |own| own.value.clone())
                };
                let items = vec![condition.clone(), side(&then), side(&otherwise)];
                let value = function("Fn::If", Value::List(items), entry.span);
                all.push(Entry { key: entry.key.clone(), span: entry.span, value });
            }
            Some(all)
        }
        Some(_) => None,
    }
}

fn nothing(span: Span) -> Node {
    function("Ref", Value::Text("AWS::NoValue".to_owned()), span)
}

fn function(name: &str, argument: Value, span: Span) -> Node {
    let value = Node { id: 0, span, value: argument, comments: Vec::new() };
    let entry = Entry { key: name.to_owned(), span, value };
    Node { id: 0, span, value: Value::Map(vec![entry]), comments: Vec::new() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::spread;

    #[test]
    fn a_choice_of_maps_is_a_map_of_choices() {
        let text = r#"{"Resources": {"A": {"Type": "T", "Properties": {"Fn::If": ["C", {"X": 1, "Y": 2}, {"X": 3}]}}}}"#;
        let mut root = crate::read::read(text).root.expect("it can be read");
        spread(&mut root);
        let none = json!({"Ref": "AWS::NoValue"});
        let properties = json!({"X": {"Fn::If": ["C", 1, 3]}, "Y": {"Fn::If": ["C", 2, none]}});
        assert_eq!(root.to_json()["Resources"]["A"]["Properties"], properties);
    }

    #[test]
    fn other_functions_stay() {
        let text = r#"{"Resources": {"A": {"Type": "T", "Properties": {"Fn::If": ["C", {"X": 1}, {"Fn::Transform": {}}]}}}}"#;
        let mut root = crate::read::read(text).root.expect("it can be read");
        let before = root.to_json();
        spread(&mut root);
        assert_eq!(root.to_json(), before);
    }
}
