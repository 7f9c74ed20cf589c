//! Parameters: a type that says all that the template says about them.

use cloudc_types::supplied_types;
use rustc_hash::{FxHashMap, FxHashSet};

use super::names::section_of;
use super::text::{doc, quoted};
use super::values::{float, number};
use super::{Forms, Writer};
use crate::tree::{Entry, Node};

/// Where the console's layout of parameters stands.
pub(super) const INTERFACE: &str = "AWS::CloudFormation::Interface";

/// What a parameter is in the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Text,
    Union(Vec<String>),
    Int,
    Ints(Vec<i64>),
    Float,
    /// Of anything.
    List,
    /// Anything else of one value.
    Other,
}

impl Kind {
    /// Whether it has several values.
    pub(super) fn is_list(&self) -> bool {
        *self == Kind::List
    }
}

/// The kinds of all parameters.
pub(super) fn kinds(root: &Node, forms: &Forms) -> FxHashMap<String, Kind> {
    let mut words = FxHashSet::default();
    text_uses(root, &mut words);
    let kind = |entry: &Entry| {
        let form = forms.get(&entry.value.id).copied().unwrap_or(0);
        (entry.key.clone(), kind(&entry.value, form, words.contains(&entry.key)))
    };
    section_of(root, "Parameters").iter().map(kind).collect()
}

fn kind(node: &Node, form: u8, is_text: bool) -> Kind {
    let ty = node.get("Type").and_then(Node::text).unwrap_or("String");
    let allowed = allowed(node);
    match ty {
        "String" if form > 1 => Kind::Text,
        "String" if !allowed.is_empty() => {
            let mut sorted = allowed.clone();
            sorted.sort();
            if sorted == ["false", "true"] && form == 0 && !is_text { Kind::Bool } else { Kind::Union(allowed) }
        }
        "String" => Kind::Text,
        "Number" => {
            let whole = |text: &String| text.parse::<i64>().ok();
            let bounds = ["Default", "MinValue", "MaxValue"].iter().filter_map(|key| node.get(key)?.scalar());
            let fraction = bounds.chain(allowed.iter().cloned()).any(|text| text.parse::<i64>().is_err());
            match (fraction, allowed.is_empty()) {
                (true, _) => Kind::Float,
                (false, true) => Kind::Int,
                (false, false) if form > 1 => Kind::Int,
                (false, false) => Kind::Ints(allowed.iter().filter_map(whole).collect()),
            }
        }
        ty if ty == "CommaDelimitedList" || ty.contains("List<") || ty.contains("CommaDelimitedList") => Kind::List,
        _ => Kind::Other,
    }
}

fn allowed(node: &Node) -> Vec<String> {
    node.get("AllowedValues").and_then(Node::list).unwrap_or_default().iter().filter_map(Node::scalar).collect()
}

/// Parameters that are keys of a look-up, or compared with anything but a truth value: those are text.
fn text_uses(node: &Node, found: &mut FxHashSet<String>) {
    let referred = |node: &Node| match node.function() {
        Some(("Ref", id)) => id.text().map(str::to_owned),
        _ => None,
    };
    if let Some((name @ ("Fn::FindInMap" | "Fn::Equals" | "Fn::Contains" | "Fn::EachMemberIn"), argument)) = node.function() {
        let all = argument.list().unwrap_or_default();
        let truths = name == "Fn::Equals"
            && all.iter().any(|side| side.scalar().is_some_and(|text| super::values::truth(&text) == Some(&text)));
        if !truths {
            let flat = all.iter().flat_map(|item| item.list().unwrap_or(std::slice::from_ref(item)));
            found.extend(flat.filter_map(referred));
        }
    }
    match &node.value {
        crate::tree::Value::List(items) => items.iter().for_each(|item| text_uses(item, found)),
        crate::tree::Value::Map(entries) => entries.iter().for_each(|entry| text_uses(&entry.value, found)),
        _ => {}
    }
}

/// How the console lays parameters out.
#[derive(Debug, Default)]
pub(super) struct Interface {
    /// Group and place of each parameter.
    groups: FxHashMap<String, (usize, String)>,
    labels: FxHashMap<String, String>,
}

/// The layout, when attributes at the parameters can say all of it.
pub(super) fn interface(root: &Node) -> Option<Interface> {
    let node = root.get("Metadata")?.get(INTERFACE)?;
    let known = section_of(root, "Parameters");
    let is_param = |id: &str| known.iter().any(|entry| entry.key == id);
    let mut interface = Interface::default();
    let mut names: Vec<String> = Vec::new();
    for entry in node.map()? {
        match entry.key.as_str() {
            "ParameterGroups" => {
                for group in entry.value.list()? {
                    let [_, _] = group.map()? else { return None };
                    let name = only_default(group.get("Label")?)?;
                    let members = group.get("Parameters")?.list()?;
                    if names.contains(&name) || members.is_empty() {
                        return None;
                    }
                    names.push(name.clone());
                    for member in members {
                        let id = member.text().filter(|id| is_param(id))?;
                        let place = interface.groups.len();
                        if interface.groups.insert(id.to_owned(), (place, name.clone())).is_some() {
                            return None;
                        }
                    }
                }
            }
            "ParameterLabels" => {
                for label in entry.value.map()? {
                    if !is_param(&label.key) {
                        return None;
                    }
                    interface.labels.insert(label.key.clone(), only_default(&label.value)?);
                }
            }
            _ => return None,
        }
    }
    Some(interface)
}

fn only_default(node: &Node) -> Option<String> {
    match node.map()? {
        [entry] if entry.key == "default" => entry.value.text().map(str::to_owned),
        _ => None,
    }
}

impl<'a> Writer<'a> {
    /// The Parameters section, in the order of the console's groups.
    pub(super) fn parameters(&mut self) {
        let root = self.root;
        self.section("Parameters");
        let interface = interface(root).unwrap_or_default();
        let mut entries: Vec<&Entry> = section_of(root, "Parameters").iter().collect();
        entries.sort_by_key(|entry| interface.groups.get(&entry.key).map_or(usize::MAX, |(place, _)| *place));
        for entry in entries {
            self.parameter(entry, &interface);
        }
    }

    fn parameter(&mut self, entry: &'a Entry, interface: &Interface) {
        let node = &entry.value;
        let Some(name) = self.names.values.get(&entry.key).cloned() else { return };
        self.comments(node);
        let start = self.out.open();
        if let Some(text) = node.get("Description").and_then(Node::text) {
            self.out.push(&doc(text));
        }
        if let Some((_, group)) = interface.groups.get(&entry.key) {
            self.out.push(&format!("@group({})\n", quoted(group)));
        }
        if let Some(label) = interface.labels.get(&entry.key) {
            self.out.push(&format!("@label({})\n", quoted(label)));
        }
        if let Some(text) = node.get("ConstraintDescription").and_then(Node::scalar) {
            self.out.push(&format!("@message({})\n", quoted(&text)));
        }
        if name.pinned {
            self.out.push(&format!("@id({})\n", quoted(&entry.key)));
        }
        let ty = self.type_of(entry);
        self.out.push(&format!("param {}: {ty}", name.name));
        if let Some(default) = node.get("Default") {
            let text = self.default(&entry.key, default);
            self.out.push(" = ");
            self.out.marked(default.id, &text);
        }
        self.out.push("\n\n");
        self.out.close(start, node.id);
    }

    /// Its type; what that cannot say stays for `raw`.
    fn type_of(&mut self, entry: &'a Entry) -> String {
        let node = &entry.value;
        let kind = self.params.get(&entry.key).cloned().unwrap_or(Kind::Text);
        let mut said: Vec<&str> = vec!["Type", "Default", "Description", "ConstraintDescription"];
        let ty = node.get("Type").and_then(Node::text).unwrap_or("String");
        let plain = self.form(node) > 2;
        let base = match &kind {
            Kind::Bool => {
                said.push("AllowedValues");
                "Bool".to_owned()
            }
            Kind::Union(words) => {
                said.push("AllowedValues");
                words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" | ")
            }
            Kind::Ints(numbers) => {
                said.push("AllowedValues");
                numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" | ")
            }
            Kind::Text if !plain => refined("String", node, ["MinLength", "MaxLength"], true, &mut said),
            Kind::Int if !plain => refined("Int", node, ["MinValue", "MaxValue"], false, &mut said),
            Kind::Float if !plain => refined("Float", node, ["MinValue", "MaxValue"], false, &mut said),
            Kind::Text => "String".to_owned(),
            Kind::Int => "Int".to_owned(),
            Kind::Float => "Float".to_owned(),
            Kind::List if ty == "CommaDelimitedList" && !allowed(node).is_empty() && !plain => {
                said.push("AllowedValues");
                let words: Vec<String> = allowed(node).iter().map(|word| quoted(word)).collect();
                format!("[{}]", words.join(" | "))
            }
            Kind::List | Kind::Other => match cloud_type(ty) {
                Some(cloud) => cloud,
                None => {
                    said.retain(|key| *key != "Type");
                    if kind.is_list() { "[String]".to_owned() } else { "String".to_owned() }
                }
            },
        };
        let secret = node.get("NoEcho").and_then(Node::scalar).is_some_and(|text| text.eq_ignore_ascii_case("true"));
        said.push("NoEcho");
        for other in node.map().unwrap_or_default() {
            if !said.contains(&other.key.as_str()) {
                let path = ["Parameters", &entry.key, &other.key].map(str::to_owned);
                self.leftovers.push((path.to_vec(), &other.value));
            }
        }
        if secret { format!("Secret<{base}>") } else { base }
    }

    fn default(&self, id: &str, node: &Node) -> String {
        let text = node.scalar().unwrap_or_default();
        match self.params.get(id) {
            Some(Kind::Bool) => text.to_ascii_lowercase(),
            Some(Kind::Int | Kind::Ints(_)) => text,
            Some(Kind::Float) => match text.parse::<f64>() {
                Ok(value) => float(value),
                Err(_) => quoted(&text),
            },
            Some(Kind::List) if self.stored(id) => quoted(&text),
            Some(Kind::List) => {
                let numbers = self.type_text(id).contains("Number");
                let items = text
                    .split(',')
                    .map(str::trim)
                    .map(|item| if numbers && number(item).is_some() { item.to_owned() } else { quoted(item) });
                let items: Vec<String> = if text.is_empty() { Vec::new() } else { items.collect() };
                format!("[{}]", items.join(", "))
            }
            _ => quoted(&text),
        }
    }

    fn type_text(&self, id: &str) -> &str {
        let parameter = self.root.get("Parameters").and_then(|all| all.get(id));
        parameter.and_then(|node| node.get("Type")).and_then(Node::text).unwrap_or("String")
    }

    /// Whether the default names a stored parameter.
    fn stored(&self, id: &str) -> bool {
        self.type_text(id).starts_with("AWS::SSM::Parameter::Value<")
    }
}

/// A type with its bounds.
fn refined(base: &str, node: &Node, bounds: [&'static str; 2], pattern: bool, said: &mut Vec<&'static str>) -> String {
    let mut arguments = Vec::new();
    if pattern && let Some(text) = node.get("AllowedPattern").and_then(Node::scalar) {
        if text.contains('"') || text.contains('\n') {
            arguments.push(quoted(&text));
        } else {
            arguments.push(format!("r\"{text}\""));
        }
        said.push("AllowedPattern");
    }
    let bound = |key: &str| node.get(key).and_then(Node::scalar).filter(|text| number(text).is_some());
    let (least, most) = (bound(bounds[0]), bound(bounds[1]));
    if least.is_some() || most.is_some() {
        let end = most.as_ref().map_or_else(String::new, |most| format!("={most}"));
        arguments.push(format!("{}..{end}", least.clone().unwrap_or_default()));
    }
    said.extend(bounds.iter().zip([least, most]).filter(|(_, bound)| bound.is_some()).map(|(name, _)| *name));
    if arguments.is_empty() { base.to_owned() } else { format!("{base}({})", arguments.join(", ")) }
}

/// The language's type for one of CloudFormation's parameter types.
fn cloud_type(ty: &str) -> Option<String> {
    if let Some(inner) = ty.strip_prefix("AWS::SSM::Parameter::Value<").and_then(|rest| rest.strip_suffix('>')) {
        return cloud_type(inner).map(|inner| format!("Ssm<{inner}>"));
    }
    if let Some(inner) = ty.strip_prefix("List<").and_then(|rest| rest.strip_suffix('>')) {
        return cloud_type(inner).map(|inner| format!("[{inner}]"));
    }
    match ty {
        "String" => Some("String".to_owned()),
        "Number" => Some("Int".to_owned()),
        "CommaDelimitedList" => Some("[String]".to_owned()),
        _ => supplied_types().find(|(name, _)| *name == ty).map(|(_, cloud)| cloud),
    }
}
