//! What a template is made of: its sections, what their entries may hold, and how functions are called.
//!
//! In: a tree. Out: findings at the places of keys and values. Always: only what CloudFormation refuses in every template is told;
//! what resources' properties hold is left to the type checker. Facts: the CloudFormation user guide, "Template anatomy" and
//! "Intrinsic function reference".

mod calls;
mod header;
mod names;
mod parameters;
mod policies;
mod serverless;
mod texts;

use cloudc_base::suggest::nearest;
use cloudc_base::{Code, Severity};
use cloudc_schema::Schema;

use crate::check::Finding;
use crate::tree::{Entry, Node, Span, Value};
pub(crate) use header::header;
use names::Known;

/// A key that a section or an entry of it does not have.
pub const UNKNOWN_KEY: &str = "C0822";
/// A key that an entry needs.
pub const MISSING_KEY: &str = "C0823";
/// A value or an argument of the wrong form.
pub const WRONG_FORM: &str = "C0824";
/// A name that nothing has.
pub const UNKNOWN_NAME: &str = "C0825";

/// A variable of `Fn::Sub` in text that no `Fn::Sub` is around.
pub const NOT_REPLACED: &str = "C0827";
/// A secure string of Parameter Store where CloudFormation takes none.
pub const SECURE_STRING: &str = cloudc_eval::SECURE_STRING;
/// Something that modules do not take.
pub const NOT_FOR_MODULES: &str = "C0829";
/// A type that exists with a transform only.
pub const NEEDS_TRANSFORM: &str = "C0422";

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
/// Keys of a resource, those that are written most first.
pub const RESOURCE: [&str; 11] = [
    "Type",
    "Properties",
    "DependsOn",
    "Condition",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Metadata",
    "CreationPolicy",
    "UpdatePolicy",
    "Description",
    "Version",
];
/// Keys that SAM reads besides.
const OF_SAM: [&str; 2] = ["Connectors", "IgnoreGlobals"];
/// What `DeletionPolicy` may be.
pub const DELETION: [&str; 4] = ["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"];
/// What `UpdateReplacePolicy` may be.
pub const REPLACEMENT: [&str; 3] = ["Delete", "Retain", "Snapshot"];

/// Functions that give no word which is known before anything is made.
const NO_WORDS: [&str; 7] = ["Condition", "Fn::And", "Fn::Cidr", "Fn::Equals", "Fn::GetAtt", "Fn::Not", "Fn::Or"];

/// Everything that is wrong with the anatomy of a template, and the places of which nothing else need be said.
pub fn findings(schema: &Schema, root: &Node) -> (Vec<Finding>, Vec<Span>) {
    let transforms = root.get("Transform").map(|node| node.to_json().to_string()).unwrap_or_default();
    let serverless = transforms.contains("AWS::Serverless");
    let known = Known::of(root, serverless);
    let extended = transforms.contains("LanguageExtensions");
    let mut look = Look { extended, serverless, known, found: Vec::new(), wrong: Vec::new() };
    look.sections(root);
    look.interface(root);
    look.globals(schema, root);
    look.ignored_globals(schema, root);
    look.policies(root);
    look.texts(root);
    let wrong = look.found.iter().map(|one| one.span).chain(look.wrong).collect();
    (look.found, wrong)
}

struct Look {
    /// Whether functions may stand where they may not otherwise.
    extended: bool,
    /// Whether SAM makes resources of some.
    serverless: bool,
    known: Known,
    found: Vec<Finding>,
    /// Values that are wrong as a whole, also where that is said at their keys.
    wrong: Vec<Span>,
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
            for entry in entries.iter().filter(|entry| entry.key.starts_with("Fn::ForEach::") && !self.extended) {
                let mut finding =
                    told(WRONG_FORM, entry.span, "`Fn::ForEach` needs the transform `AWS::LanguageExtensions`".to_owned());
                finding.help = Some("add `Transform: AWS::LanguageExtensions` to the template".to_owned());
                self.found.push(finding);
            }
            for entry in entries.iter().filter(|entry| !generated(&entry.key)) {
                match name {
                    "Parameters" => self.parameter(entry),
                    "Mappings" => self.mapping(entry),
                    "Conditions" => self.condition(&entry.value, entry.span),
                    "Resources" => self.resource(entry, entries),
                    "Outputs" => self.output(entry),
                    _ => {}
                }
            }
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
            self.condition_of(key);
            self.value(&key.value, key.span);
        }
    }

    fn resource(&mut self, entry: &Entry, all: &[Entry]) {
        let Some(keys) = self.entries(entry, "a resource") else { return };
        self.needed(entry, "Type");
        for key in keys {
            match key.key.as_str() {
                "Type" => self.serverless_type(key),
                "DependsOn" => self.depends_on(key, all),
                "DeletionPolicy" => self.policy(key, &DELETION, entry),
                "UpdateReplacePolicy" => self.policy(key, &REPLACEMENT, entry),
                "Properties" if key.value.map().is_none() => {
                    self.wrong(&key.value, key.span, "`Properties` is a map".to_owned());
                }
                "Properties" => self.value(&key.value, key.span),
                "CreationPolicy" | "UpdatePolicy" if key.value.function().is_some_and(|(name, _)| name != "Fn::If") => {
                    self.wrong(&key.value, key.span, format!("`{}` is a map, which no function stands for", key.key));
                }
                "Condition" => self.condition_of(key),
                name if RESOURCE.contains(&name) || generated(name) || (self.serverless && OF_SAM.contains(&name)) => {}
                _ => self.unknown_key(key, "a resource", &RESOURCE),
            }
        }
        self.module(entry);
    }

    /// What modules of the registry do not take: CloudFormation user guide, "Using modules in your templates".
    fn module(&mut self, entry: &Entry) {
        if !entry.value.get("Type").and_then(Node::text).is_some_and(|ty| ty.ends_with("::MODULE")) {
            return;
        }
        let tags = entry.value.get("Properties").and_then(|node| node.entry("Tags"));
        let own = ["CreationPolicy", "UpdatePolicy"].into_iter().filter_map(|key| entry.value.entry(key));
        let reserved = entry.value.get("Metadata").and_then(|node| node.entry("AWS::CloudFormation::Module"));
        for key in own.chain(tags).chain(reserved) {
            let finding = told(NOT_FOR_MODULES, key.span, format!("a module takes no `{}`", key.key));
            self.found.push(finding);
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
            if self.extended || known.clone().any(|known| known == text) || self.known.makes(text) {
                continue;
            }
            let mut finding = told(UNKNOWN_NAME, place(name, entry.span), format!("there is no resource `{text}` to depend on"));
            finding.help = nearest(text, known).map(|near| format!("did you mean `{near}`?"));
            self.found.push(finding);
        }
    }

    fn policy(&mut self, entry: &Entry, allowed: &[&str], resource: &Entry) {
        let ty = resource.value.get("Type").and_then(Node::text).unwrap_or_default();
        match entry.value.text() {
            Some("Snapshot") if ty.starts_with("AWS::") && !cloudc_types::SNAPSHOTS.contains(&ty) => {
                self.wrong(&entry.value, entry.span, format!("`{ty}` takes no snapshots"));
            }
            Some(text) if allowed.contains(&text) => {}
            None if entry.value.function().is_some_and(|(name, _)| !NO_WORDS.contains(&name)) => {}
            text => {
                let at = if text.is_some() { place(&entry.value, entry.span) } else { entry.span };
                let message = format!("`{}` is one of {}", entry.key, allowed.join(", "));
                self.found.push(told(WRONG_FORM, at, message));
            }
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
            _ if generated_condition(name) => (true, ""),
            _ => {
                return self.wrong(
                    node,
                    key,
                    format!("`{name}` is no condition: that is `Fn::And`, `Fn::Equals`, `Fn::Not`, `Fn::Or` or `Condition`"),
                );
            }
        };
        let key = name_of(node, key);
        if !fits {
            self.wrong(argument, key, format!("`{name}` takes {wanted}"));
        } else if name == "Condition" {
            self.condition_named(argument, key);
        } else if name == "Fn::Equals" {
            self.compared(argument, key);
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
            self.call(name, argument, name_of(node, key));
        }
        match &node.value {
            Value::List(items) => items.iter().for_each(|item| self.value(item, key)),
            Value::Map(entries) => entries.iter().for_each(|entry| self.value(&entry.value, entry.span)),
            _ => {}
        }
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
        self.wrong.push(node.span);
        self.found.push(told(WRONG_FORM, place(node, key), message));
    }
}

/// Keys that a transform replaces: loops, macros, and what other tools put in.
fn generated(key: &str) -> bool {
    key.starts_with("Fn::") || key.starts_with("Rain::")
}

/// Where a function is named: its key, or the tag and what is behind it.
fn name_of(node: &Node, key: Span) -> Span {
    node.map().and_then(<[Entry]>::first).map_or(key, |entry| entry.span)
}

/// Functions that are conditions elsewhere, or that a transform replaces.
fn generated_condition(name: &str) -> bool {
    matches!(name, "Fn::Contains" | "Fn::EachMemberEquals" | "Fn::EachMemberIn" | "Fn::RefAll" | "Fn::ValueOf" | "Fn::ValueOfAll")
        || matches!(name, "Fn::Transform" | "Fn::ForEach")
        || name.starts_with("Rain::")
}

fn is_plain_map(node: &Node) -> bool {
    node.map().is_some() && node.function().is_none()
}

/// Where a value stands. An empty one is at its key, and so is one of several lines: it begins below.
fn place(node: &Node, key: Span) -> Span {
    let is_block = matches!(node.value, Value::List(_) | Value::Map(_)) && node.function().is_none();
    let is_empty = node.span.end <= node.span.start;
    if (is_empty || is_block) && key.end > 0 { key } else { node.span }
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
