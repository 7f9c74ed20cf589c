//! Names that a template has: of parameters, resources and conditions.
//!
//! In: a tree. Out: [`Known`], and findings about names. Always: a name that a transform may make is known.

use cloudc_base::suggest::nearest;

use super::{Look, UNKNOWN_NAME, WRONG_FORM, generated, place, told};
use crate::tree::{Entry, Node, Span};

/// What SAM names without saying so at a resource: AWS SAM developer guide, "Generated CloudFormation resources".
const OF_SAM: [&str; 2] = ["Serverless", "CodeDeployServiceRole"];

/// Names that can be referred to.
pub(super) struct Known {
    /// Parameters and resources; none when not all of them are in the text.
    values: Option<Vec<String>>,
    /// How names begin that SAM and modules make.
    made: Vec<String>,
    /// Conditions; none when not all of them are in the text.
    conditions: Option<Vec<String>>,
    /// Parameters that are lists.
    lists: Vec<String>,
}

impl Known {
    /// What a template has; `serverless`: SAM makes resources of some.
    pub(super) fn of(root: &Node, serverless: bool) -> Self {
        let section = |name: &str| root.get(name).and_then(Node::map).unwrap_or_default();
        let whole = |entries: &[Entry]| !entries.iter().any(|entry| generated(&entry.key));
        let names = |entries: &[Entry]| entries.iter().map(|entry| entry.key.clone()).collect::<Vec<_>>();
        let (parameters, resources, conditions) = (section("Parameters"), section("Resources"), section("Conditions"));
        let mut made = Vec::new();
        for entry in resources {
            let ty = entry.value.get("Type").and_then(Node::text).unwrap_or_default();
            if serverless && ty.starts_with("AWS::Serverless::") {
                made.extend(OF_SAM.map(str::to_owned));
                made.push(entry.key.clone());
            } else if ty.ends_with("::MODULE") {
                made.push(entry.key.clone());
            }
        }
        let is_list = |entry: &&Entry| {
            let ty = entry.value.get("Type").and_then(Node::text).unwrap_or_default();
            ty == "CommaDelimitedList" || ty.starts_with("List<")
        };
        Known {
            values: (whole(parameters) && whole(resources)).then(|| [names(parameters), names(resources)].concat()),
            made,
            conditions: (whole(conditions) && whole(resources)).then(|| names(conditions)),
            lists: parameters.iter().filter(is_list).map(|entry| entry.key.clone()).collect(),
        }
    }

    /// Whether something that is not in the text may have this name.
    pub(super) fn makes(&self, name: &str) -> bool {
        self.values.is_none() || self.made.iter().any(|start| name.starts_with(start.as_str()))
    }

    /// Whether a parameter or a resource in the text has this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.as_ref().is_some_and(|names| names.iter().any(|known| known == name))
    }

    /// Whether a parameter of this name is a list.
    pub(super) fn is_list(&self, name: &str) -> bool {
        self.lists.iter().any(|known| known == name)
    }
}

impl Look {
    /// A reference to a parameter or a resource.
    pub(super) fn named(&mut self, name: &str, node: &Node, key: Span) {
        let Some(names) = &self.known.values else { return };
        if name.contains("::") || self.known.has(name) || self.known.makes(name) {
            return;
        }
        let message = format!("there is no parameter and no resource `{name}`");
        let mut finding = told(UNKNOWN_NAME, place(node, key), message);
        finding.help = nearest(name, names.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
        self.found.push(finding);
    }

    /// A reference to a condition.
    pub(super) fn condition_named(&mut self, node: &Node, key: Span) {
        let (Some(names), Some(name)) = (&self.known.conditions, node.text()) else { return };
        if self.extended || names.iter().any(|known| known == name) {
            return;
        }
        let mut finding = told(UNKNOWN_NAME, place(node, key), format!("there is no condition `{name}`"));
        finding.help = nearest(name, names.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
        self.found.push(finding);
    }

    /// The condition that an entry stands under.
    pub(super) fn condition_of(&mut self, entry: &Entry) {
        if entry.key == "Condition" {
            self.condition_named(&entry.value, entry.span);
        }
    }

    /// The name of an entry, as ids may be.
    pub(super) fn id(&mut self, entry: &Entry, what: &str, fits: fn(char) -> bool) {
        if entry.key.is_empty() || !entry.key.chars().all(fits) {
            let message = format!("`{}` is no name of {what}: only letters and digits are allowed", entry.key);
            self.found.push(told(WRONG_FORM, entry.span, message));
        }
    }

    /// The names in a map.
    pub(super) fn mapping(&mut self, entry: &Entry) {
        let is_plain = |c: char| c.is_ascii_alphanumeric();
        self.id(entry, "a map", is_plain);
        for first in entry.value.map().unwrap_or_default().iter().filter(|first| !generated(&first.key)) {
            self.id(first, "a key of a map", |c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
            for second in first.value.map().unwrap_or_default().iter().filter(|second| !generated(&second.key)) {
                self.id(second, "a key of a map", is_plain);
            }
        }
    }
}
