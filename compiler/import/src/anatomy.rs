//! What a template is made of: its sections, what their entries may hold, and how functions are called.
//!
//! In: a tree. Out: findings at the places of keys and values. Always: only what CloudFormation refuses in every template is told;
//! what resources' properties hold is left to the type checker. Facts: the CloudFormation user guide, "Template anatomy" and
//! "Intrinsic function reference".

use cloudc_base::suggest::nearest;
use cloudc_base::{Code, Severity};

use crate::check::Finding;
use crate::sub;
use crate::tree::{Entry, Node, Span, Value};

/// A key that a section or an entry of it does not have.
pub const UNKNOWN_KEY: &str = "C0822";
/// A key that an entry needs.
pub const MISSING_KEY: &str = "C0823";
/// A value or an argument of the wrong form.
pub const WRONG_FORM: &str = "C0824";
/// A name that nothing has.
pub const UNKNOWN_NAME: &str = "C0825";

/// Sections of a template.
pub const SECTIONS: [&str; 12] = [
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Globals",
    "Hooks",
    "Resources",
    "Outputs",
];
/// Keys of a parameter, those that are written most first.
pub const PARAMETER: [&str; 11] = [
    "Type",
    "Default",
    "Description",
    "AllowedValues",
    "AllowedPattern",
    "ConstraintDescription",
    "MinLength",
    "MaxLength",
    "MinValue",
    "MaxValue",
    "NoEcho",
];
/// Keys of an output, those that are written most first.
pub const OUTPUT: [&str; 4] = ["Value", "Description", "Export", "Condition"];
/// What `DeletionPolicy` may be.
pub const DELETION: [&str; 4] = ["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"];
/// What `UpdateReplacePolicy` may be.
pub const REPLACEMENT: [&str; 3] = ["Delete", "Retain", "Snapshot"];

/// Everything that is wrong with the anatomy of a template.
pub fn findings(root: &Node) -> Vec<Finding> {
    let transforms = root.get("Transform").map(|node| node.to_json().to_string()).unwrap_or_default();
    let mut look = Look { extended: transforms.contains("LanguageExtensions"), names: names(root), found: Vec::new() };
    look.sections(root);
    look.found
}

struct Look {
    /// Whether functions may stand where they may not otherwise.
    extended: bool,
    /// Parameters and resources; none when not all of them are in the text.
    names: Option<Vec<String>>,
    found: Vec<Finding>,
}

impl Look {
    fn sections(&mut self, root: &Node) {
        for entry in root.map().unwrap_or_default() {
            if !SECTIONS.contains(&entry.key.as_str()) && !generated(&entry.key) {
                self.unknown_key(entry, "a template", &SECTIONS);
            }
        }
        for (name, section) in
            ["Parameters", "Mappings", "Conditions", "Resources", "Outputs"].map(|name| (name, root.entry(name)))
        {
            let Some(section) = section else { continue };
            let Some(entries) = section.value.map() else {
                if !matches!(section.value.value, Value::Null) {
                    self.wrong(&section.value, section.span, format!("`{name}` is a map of names"));
                }
                continue;
            };
            for entry in entries.iter().filter(|entry| !generated(&entry.key)) {
                match name {
                    "Parameters" => self.parameter(entry),
                    "Conditions" => self.condition(&entry.value, entry.span),
                    "Resources" => self.resource(entry, entries),
                    "Outputs" => self.output(entry),
                    _ => {}
                }
            }
        }
    }

    fn parameter(&mut self, entry: &Entry) {
        let Some(keys) = self.entries(entry, "a parameter") else { return };
        for key in keys {
            if !PARAMETER.contains(&key.key.as_str()) && !generated(&key.key) {
                self.unknown_key(key, "a parameter", &PARAMETER);
            }
        }
        self.needed(entry, "Type");
        if let Some(values) = entry.value.get("AllowedValues").filter(|values| values.list().is_none()) {
            self.wrong(values, entry.span, "`AllowedValues` is a list".to_owned());
        }
    }

    fn output(&mut self, entry: &Entry) {
        let Some(keys) = self.entries(entry, "an output") else { return };
        for key in keys {
            if !OUTPUT.contains(&key.key.as_str()) && !generated(&key.key) {
                self.unknown_key(key, "an output", &OUTPUT);
            }
        }
        self.needed(entry, "Value");
        if let Some(export) = entry.value.entry("Export") {
            self.needed(export, "Name");
        }
        for key in keys {
            self.value(&key.value, key.span);
        }
    }

    fn resource(&mut self, entry: &Entry, all: &[Entry]) {
        let Some(keys) = self.entries(entry, "a resource") else { return };
        self.needed(entry, "Type");
        for key in keys {
            match key.key.as_str() {
                "DependsOn" => self.depends_on(key, all),
                "DeletionPolicy" => self.policy(key, &DELETION),
                "UpdateReplacePolicy" => self.policy(key, &REPLACEMENT),
                "Properties" => self.value(&key.value, key.span),
                _ => {}
            }
        }
    }

    fn depends_on(&mut self, entry: &Entry, all: &[Entry]) {
        let names: Vec<&Node> = entry.value.list().map_or_else(|| vec![&entry.value], |items| items.iter().collect());
        for name in names {
            let Some(text) = name.text() else {
                if !self.extended {
                    self.wrong(name, entry.span, "`DependsOn` is the name of a resource, or a list of them".to_owned());
                }
                continue;
            };
            let known = all.iter().map(|entry| entry.key.as_str());
            // What a loop or SAM makes is not in the text.
            if self.extended || known.clone().any(|known| known == text || generated(known)) || sam(all) {
                continue;
            }
            let mut finding = told(UNKNOWN_NAME, place(name, entry.span), format!("there is no resource `{text}` to depend on"));
            finding.help = nearest(text, known).map(|near| format!("did you mean `{near}`?"));
            self.found.push(finding);
        }
    }

    fn policy(&mut self, entry: &Entry, allowed: &[&str]) {
        match entry.value.text() {
            Some(text) if allowed.contains(&text) => {}
            None if entry.value.function().is_some() => {}
            _ => self.wrong(&entry.value, entry.span, format!("`{}` is one of {}", entry.key, allowed.join(", "))),
        }
    }

    fn condition(&mut self, node: &Node, key: Span) {
        let Some((name, argument)) = node.function() else {
            return self.wrong(
                node,
                key,
                "a condition is `Fn::And`, `Fn::Equals`, `Fn::Not`, `Fn::Or` or `Condition`".to_owned(),
            );
        };
        let count = argument.list().map(<[Node]>::len);
        let (fits, wanted) = match name {
            "Fn::Equals" => (count == Some(2), "a list of two values"),
            "Fn::Not" => (count == Some(1), "a list of one condition"),
            "Fn::And" | "Fn::Or" => (count.is_some_and(|count| (2..=10).contains(&count)), "a list of two to ten conditions"),
            "Condition" => (argument.text().is_some(), "the name of a condition"),
            _ => (true, ""),
        };
        if !fits {
            self.wrong(argument, key, format!("`{name}` takes {wanted}"));
        } else if matches!(name, "Fn::Not" | "Fn::And" | "Fn::Or") {
            for node in argument.list().unwrap_or_default() {
                self.condition(node, key);
            }
        } else {
            self.value(argument, key);
        }
    }

    /// Functions in a value.
    fn value(&mut self, node: &Node, key: Span) {
        if let Some((name, argument)) = node.function() {
            self.call(name, argument, key);
        }
        match &node.value {
            Value::List(items) => items.iter().for_each(|item| self.value(item, key)),
            Value::Map(entries) => entries.iter().for_each(|entry| self.value(&entry.value, entry.span)),
            _ => {}
        }
    }

    fn call(&mut self, name: &str, argument: &Node, key: Span) {
        let list = argument.list();
        let count = list.map(<[Node]>::len);
        let second_is_list =
            || list.and_then(|items| items.get(1)).is_some_and(|item| item.list().is_some() || item.function().is_some());
        let (fits, wanted) = match name {
            "Ref" => (argument.text().is_some() || self.extended, "the name of a parameter or a resource"),
            "Fn::Base64" => (list.is_none() && !is_plain_map(argument), "text"),
            "Fn::If" => (count == Some(3), "a list: a condition, a value if it holds, one if it does not"),
            "Fn::Join" => (count == Some(2) && second_is_list(), "a list: what stands between, and a list of values"),
            "Fn::Select" => (count == Some(2), "a list: which one, and a list of values"),
            "Fn::Split" => (count == Some(2), "a list: what stands between, and the text"),
            "Fn::Sub" => {
                let pair = count == Some(2) && list.is_some_and(|items| items[0].text().is_some() && items[1].map().is_some());
                (argument.text().is_some() || pair, "text, or a list: text and a map of its variables")
            }
            "Fn::FindInMap" => (count.is_some_and(|count| count == 3 || count == 4), "a list: a map, a key, a key in that"),
            "Fn::ImportValue" => (list.is_none() && !is_plain_map(argument), "the name of an export"),
            "Fn::GetAZs" => (list.is_none() && !is_plain_map(argument), "the name of a region, or an empty text"),
            "Fn::Cidr" => (
                count.is_some_and(|count| count == 2 || count == 3) || argument.function().is_some(),
                "a list: a block, how many, and how large",
            ),
            _ => (true, ""),
        };
        if !fits {
            return self.wrong(argument, key, format!("`{name}` takes {wanted}"));
        }
        match name {
            "Ref" => argument.text().into_iter().for_each(|name| self.named(name, argument, key)),
            "Fn::GetAtt" => {
                let first = list.and_then(|items| items.first()).unwrap_or(argument);
                let name = first.text().and_then(|text| text.split('.').next());
                name.into_iter().for_each(|name| self.named(name, argument, key));
            }
            "Fn::Sub" => {
                let text = list.and_then(|items| items.first()).unwrap_or(argument);
                let own = list.and_then(|items| items.get(1)).and_then(Node::map).unwrap_or_default();
                for piece in sub::pieces(text.text().unwrap_or_default()) {
                    let sub::Piece::Hole(hole) = piece else { continue };
                    let is_own = own.iter().any(|entry| entry.key == hole || generated(&entry.key));
                    if let Some(name) = hole.split('.').next().filter(|_| !is_own) {
                        self.named(name, text, key);
                    }
                }
            }
            _ => {}
        }
    }

    /// A reference to a parameter or a resource.
    fn named(&mut self, name: &str, node: &Node, key: Span) {
        let Some(names) = &self.names else { return };
        if name.contains("::") || names.iter().any(|known| known == name) {
            return;
        }
        let message = format!("there is no parameter and no resource `{name}`");
        let mut finding = told(UNKNOWN_NAME, place(node, key), message);
        finding.help = nearest(name, names.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
        self.found.push(finding);
    }

    /// The keys of an entry; told when it has none.
    fn entries<'n>(&mut self, entry: &'n Entry, what: &str) -> Option<&'n [Entry]> {
        let entries = entry.value.map();
        if entries.is_none() {
            self.wrong(&entry.value, entry.span, format!("{what} is a map"));
        }
        entries
    }

    fn needed(&mut self, entry: &Entry, key: &str) {
        let has = entry.value.map().is_some_and(|keys| keys.iter().any(|own| own.key == key || generated(&own.key)));
        if !has {
            let message = format!("`{}` has no `{key}`", entry.key);
            self.found.push(told(MISSING_KEY, entry.span, message));
        }
    }

    fn unknown_key(&mut self, entry: &Entry, owner: &str, known: &[&str]) {
        let mut finding = told(UNKNOWN_KEY, entry.span, format!("{owner} has no `{}`", entry.key));
        finding.help = Some(match nearest(&entry.key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}", known.join(", ")),
        });
        self.found.push(finding);
    }

    fn wrong(&mut self, node: &Node, key: Span, message: String) {
        self.found.push(told(WRONG_FORM, place(node, key), message));
    }
}

/// Names of parameters and resources, unless a transform makes more of them.
fn names(root: &Node) -> Option<Vec<String>> {
    let section = |name: &str| root.get(name).and_then(Node::map).unwrap_or_default();
    let all = || section("Parameters").iter().chain(section("Resources"));
    let whole = !all().any(|entry| generated(&entry.key)) && !sam(section("Resources"));
    // A module's resources are named from outside by its name and theirs.
    let modules = all().any(|entry| entry.value.get("Type").and_then(Node::text).is_some_and(|ty| ty.ends_with("::MODULE")));
    (whole && !modules).then(|| all().map(|entry| entry.key.clone()).collect())
}

/// Keys that a transform replaces: loops, macros, and what other tools put in.
fn generated(key: &str) -> bool {
    key.starts_with("Fn::") || key.starts_with("Rain::")
}

/// Whether resources may be made by SAM.
fn sam(all: &[Entry]) -> bool {
    let types = all.iter().filter_map(|entry| entry.value.get("Type")?.text());
    types.into_iter().any(|ty| ty.starts_with("AWS::Serverless::"))
}

fn is_plain_map(node: &Node) -> bool {
    node.map().is_some() && node.function().is_none()
}

/// Where a value stands; an empty one is at its key.
fn place(node: &Node, key: Span) -> Span {
    if node.span.end > node.span.start { node.span } else { key }
}

fn told(code: &'static str, span: Span, message: String) -> Finding {
    Finding {
        code: Code(code),
        severity: Severity::Error,
        message,
        span,
        label: String::new(),
        labels: Vec::new(),
        notes: Vec::new(),
        help: None,
    }
}
