//! References across the edges of nested stacks: parameters inwards, outputs outwards.
//!
//! In: a template as if nothing were nested, and which scope each resource belongs to. Out: the same resources by scope, with every
//! reference to another scope replaced, and what each scope is told and tells. Always: what stays in one scope is not touched; equal
//! references become one parameter or output.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value as Json, json};

/// A stack that is cut out of the whole, or what is left of it.
#[derive(Default)]
pub struct Scope {
    /// The logical id of the nested stack in the scope around; empty for the outermost.
    pub id: String,
    /// The scope around.
    pub parent: usize,
    /// Under which condition it exists.
    pub condition: Option<String>,
    /// Its own resources.
    pub resources: Map<String, Json>,
    /// What it is told: declarations of parameters.
    pub parameters: Map<String, Json>,
    /// The values of those, as the scope around writes them.
    pub given: Map<String, Json>,
    /// What it tells.
    pub outputs: Map<String, Json>,
    /// Conditions that it uses, as it defines them.
    pub conditions: HashMap<String, Json>,
    /// Mappings that it looks up.
    pub mappings: BTreeSet<String>,
    /// What the nested stack has to wait for, in the scope around.
    pub depends_on: Vec<String>,
}

/// What is being cut.
pub struct Cut<'a> {
    /// The template as if nothing were nested.
    pub whole: &'a Json,
    /// Scope 0 is the outermost; each comes after the one around.
    pub scopes: Vec<Scope>,
    /// Scopes of resources, 0 where there is no entry.
    pub homes: HashMap<String, usize>,
    /// Whether an attribute of a type is a list.
    pub is_list: &'a dyn Fn(&str, &str) -> bool,
    /// Names of what crosses, by what is referred to.
    pub names: HashMap<(String, String), String>,
}

impl Cut<'_> {
    fn section(&self, section: &str, name: &str) -> Option<&Json> {
        self.whole.get(section)?.get(name)
    }

    fn home(&self, id: &str) -> usize {
        self.homes.get(id).copied().unwrap_or(0)
    }

    /// The scope directly inside `outer` through which `inner` is reached.
    fn towards(&self, outer: usize, inner: usize) -> Option<usize> {
        let mut at = inner;
        while at != 0 {
            let parent = self.scopes[at].parent;
            if parent == outer {
                return Some(at);
            }
            at = parent;
        }
        None
    }

    /// A resource as its scope has it.
    pub fn resource(&mut self, scope: usize, resource: &Json) -> Json {
        let Json::Object(map) = resource else { return resource.clone() };
        let mut out = Map::new();
        for (key, value) in map {
            let value = match (key.as_str(), value) {
                ("Type", value) => value.clone(),
                ("Condition", Json::String(name)) => {
                    self.uses(scope, name);
                    value.clone()
                }
                ("DependsOn", value) => match self.depends_on(scope, value) {
                    Some(value) => value,
                    None => continue,
                },
                (_, value) => self.value(scope, value),
            };
            out.insert(key.clone(), value);
        }
        Json::Object(out)
    }

    fn depends_on(&mut self, scope: usize, value: &Json) -> Option<Json> {
        let ids: Vec<String> = match value {
            Json::String(id) => vec![id.clone()],
            Json::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        };
        let mut here = Vec::new();
        for id in ids {
            self.wait(scope, &id, &mut here);
        }
        match &here[..] {
            [] => None,
            [only] => Some(json!(only)),
            many => Some(json!(many)),
        }
    }

    /// What something in `scope` has to wait for so that `id` is there. Where that is further out, the nested stack waits.
    fn wait(&mut self, scope: usize, id: &str, here: &mut Vec<String>) {
        let home = self.home(id);
        let near =
            if home == scope { Some(id.to_owned()) } else { self.towards(scope, home).map(|at| self.scopes[at].id.clone()) };
        match near {
            Some(near) if !here.contains(&near) => here.push(near),
            Some(_) => {}
            None if scope == 0 => {}
            None => {
                let parent = self.scopes[scope].parent;
                let mut waits = std::mem::take(&mut self.scopes[scope].depends_on);
                self.wait(parent, id, &mut waits);
                self.scopes[scope].depends_on = waits;
            }
        }
    }

    /// A value as a scope has it.
    pub fn value(&mut self, scope: usize, value: &Json) -> Json {
        match value {
            Json::Array(items) => items.iter().map(|item| self.value(scope, item)).collect(),
            Json::Object(map) => {
                let function = if map.len() == 1 { map.iter().next() } else { None };
                match function {
                    Some((name, Json::String(id))) if name == "Ref" => self.reference(scope, id, "", value),
                    Some((name, Json::Array(path))) if name == "Fn::GetAtt" => match &path[..] {
                        [Json::String(id), Json::String(attr)] => self.reference(scope, id, attr, value),
                        _ => value.clone(),
                    },
                    Some((name, Json::String(path))) if name == "Fn::GetAtt" => match path.split_once('.') {
                        Some((id, attr)) => self.reference(scope, id, attr, value),
                        None => value.clone(),
                    },
                    Some((name, argument)) if name == "Fn::Sub" => json!({ "Fn::Sub": self.substitution(scope, argument) }),
                    Some((name, argument)) if name.starts_with("Fn::") => {
                        match (name.as_str(), argument.get(0).and_then(Json::as_str)) {
                            ("Fn::If", Some(condition)) => self.uses(scope, condition),
                            ("Fn::FindInMap", Some(mapping)) => drop(self.scopes[scope].mappings.insert(mapping.to_owned())),
                            _ => {}
                        }
                        json!({ name: self.value(scope, argument) })
                    }
                    _ => map.iter().map(|(key, value)| (key.clone(), self.value(scope, value))).collect(),
                }
            }
            plain => plain.clone(),
        }
    }

    /// The argument of `Fn::Sub`: `${Name}` and `${Name.Attribute}`, but for names that it brings itself.
    fn substitution(&mut self, scope: usize, argument: &Json) -> Json {
        match argument {
            Json::String(text) => Json::String(self.text(scope, text, &Map::new())),
            Json::Array(parts) => match &parts[..] {
                [Json::String(text), Json::Object(own)] => {
                    let text = self.text(scope, text, own);
                    json!([text, self.value(scope, &Json::Object(own.clone()))])
                }
                _ => self.value(scope, argument),
            },
            other => other.clone(),
        }
    }

    fn text(&mut self, scope: usize, text: &str, own: &Map<String, Json>) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((hole, after)) = after.split_once('}') else {
                out.push_str("${");
                rest = after;
                continue;
            };
            let shown = if hole.starts_with('!') || own.contains_key(hole) { hole.to_owned() } else { self.hole(scope, hole) };
            out.push_str("${");
            out.push_str(&shown);
            out.push('}');
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn hole(&mut self, scope: usize, hole: &str) -> String {
        let (id, attr) = hole.split_once('.').unwrap_or((hole, ""));
        let written = if attr.is_empty() { json!({ "Ref": id }) } else { json!({ "Fn::GetAtt": [id, attr] }) };
        let here = self.reference(scope, id, attr, &written);
        if let Some(name) = here.get("Ref").and_then(Json::as_str) {
            return name.to_owned();
        }
        match here.get("Fn::GetAtt").and_then(Json::as_array).map(Vec::as_slice) {
            Some([Json::String(id), Json::String(attr)]) => format!("{id}.{attr}"),
            _ => hole.to_owned(),
        }
    }

    /// A reference to a parameter or resource, `written` where nothing is nested.
    fn reference(&mut self, scope: usize, id: &str, attr: &str, written: &Json) -> Json {
        if let Some(parameter) = self.section("Parameters", id) {
            if scope == 0 {
                return written.clone();
            }
            let (ty, is_list) = plain_type(parameter.get("Type").and_then(Json::as_str).unwrap_or("String"));
            let mut declared = Map::new();
            declared.insert("Type".into(), json!(ty));
            if let Some(hidden) = parameter.get("NoEcho") {
                declared.insert("NoEcho".into(), hidden.clone());
            }
            return self.import(scope, id.to_owned(), Json::Object(declared), is_list, None, written);
        }
        let Some(resource) = self.section("Resources", id) else { return written.clone() };
        let home = self.home(id);
        if home == scope {
            return written.clone();
        }
        let is_list = !attr.is_empty() && resource.get("Type").and_then(Json::as_str).is_some_and(|ty| (self.is_list)(ty, attr));
        let condition = resource.get("Condition").and_then(Json::as_str).map(str::to_owned);
        let name = self.name(id, attr);
        if let Some(child) = self.towards(scope, home) {
            self.export(child, &name, is_list, condition, written);
            let read = json!({ "Fn::GetAtt": [self.scopes[child].id, format!("Outputs.{name}")] });
            return if is_list { json!({ "Fn::Split": [",", read] }) } else { read };
        }
        let declared = json!({ "Type": if is_list { "CommaDelimitedList" } else { "String" } });
        self.import(scope, name, declared, is_list, condition, written)
    }

    /// What crosses, by a name that nothing else has.
    fn name(&mut self, id: &str, attr: &str) -> String {
        let key = (id.to_owned(), attr.to_owned());
        if let Some(name) = self.names.get(&key) {
            return name.clone();
        }
        let attr: String = attr.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut name = format!("{id}{}", if attr.is_empty() { "Ref" } else { &attr });
        let taken = |cut: &Self, name: &str| {
            let used = cut.names.values().any(|known| known == name);
            used || cut.section("Parameters", name).is_some() || cut.section("Resources", name).is_some()
        };
        while taken(self, &name) {
            name.push_str("Value");
        }
        self.names.insert(key, name.clone());
        name
    }

    fn import(
        &mut self,
        scope: usize,
        name: String,
        declared: Json,
        is_list: bool,
        condition: Option<String>,
        written: &Json,
    ) -> Json {
        if !self.scopes[scope].parameters.contains_key(&name) {
            self.scopes[scope].parameters.insert(name.clone(), declared);
            let parent = self.scopes[scope].parent;
            let mut value = self.value(parent, written);
            if is_list {
                value = json!({ "Fn::Join": [",", value] });
            }
            // What is not there cannot be named, even by what would not use it.
            if let Some(condition) = condition {
                self.uses(parent, &condition);
                value = json!({ "Fn::If": [condition, value, ""] });
            }
            self.scopes[scope].given.insert(name.clone(), value);
        }
        json!({ "Ref": name })
    }

    fn export(&mut self, scope: usize, name: &str, is_list: bool, condition: Option<String>, written: &Json) {
        if self.scopes[scope].outputs.contains_key(name) {
            return;
        }
        self.scopes[scope].outputs.insert(name.to_owned(), Json::Null);
        let mut value = self.value(scope, written);
        if is_list {
            value = json!({ "Fn::Join": [",", value] });
        }
        let mut output = Map::new();
        if let Some(condition) = condition {
            self.uses(scope, &condition);
            output.insert("Condition".into(), json!(condition));
        }
        output.insert("Value".into(), value);
        self.scopes[scope].outputs.insert(name.to_owned(), Json::Object(output));
    }

    /// A condition that is used in a scope, and those it is made of.
    pub fn uses(&mut self, scope: usize, condition: &str) {
        if self.scopes[scope].conditions.contains_key(condition) {
            return;
        }
        let Some(definition) = self.section("Conditions", condition).cloned() else { return };
        self.scopes[scope].conditions.insert(condition.to_owned(), Json::Null);
        let mut named = Vec::new();
        conditions_in(&definition, &mut named);
        named.iter().for_each(|name| self.uses(scope, name));
        let definition = self.value(scope, &definition);
        self.scopes[scope].conditions.insert(condition.to_owned(), definition);
    }

    /// A parameter of the whole that a scope reads.
    pub fn parameter(&mut self, scope: usize, name: &str) {
        self.reference(scope, name, "", &json!({ "Ref": name }));
    }
}

/// Conditions that a definition is made of.
fn conditions_in(definition: &Json, found: &mut Vec<String>) {
    match definition {
        Json::Object(map) => match (map.len(), map.get("Condition")) {
            (1, Some(Json::String(name))) => found.push(name.clone()),
            _ => map.values().for_each(|value| conditions_in(value, found)),
        },
        Json::Array(items) => items.iter().for_each(|item| conditions_in(item, found)),
        _ => {}
    }
}

/// The type of a parameter that takes the value of another, and whether it is a list. What is read from the Parameter Store has
/// been read by then.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html>
fn plain_type(ty: &str) -> (&str, bool) {
    let read = ty.strip_prefix("AWS::SSM::Parameter::Value<").and_then(|inner| inner.strip_suffix('>'));
    let ty = match read {
        Some("List<String>") => "CommaDelimitedList",
        Some(inner) => inner,
        None => ty,
    };
    (ty, ty == "CommaDelimitedList" || ty.starts_with("List<"))
}

/// Parameters and resources that a value refers to.
pub fn referred(value: &Json, found: &mut BTreeSet<String>) {
    match value {
        Json::String(text) => {
            // Of `Fn::Sub`; other text that looks like it names nothing here.
            for hole in text.split("${").skip(1) {
                let hole = hole.split(['}', '.']).next().unwrap_or_default();
                found.insert(hole.to_owned());
            }
        }
        Json::Array(items) => items.iter().for_each(|item| referred(item, found)),
        Json::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("Ref" | "DependsOn", Json::String(id)) => drop(found.insert(id.clone())),
                    ("DependsOn", Json::Array(ids)) => found.extend(ids.iter().filter_map(|id| id.as_str().map(str::to_owned))),
                    ("Fn::GetAtt", Json::Array(path)) => {
                        found.extend(path.first().and_then(Json::as_str).map(str::to_owned));
                    }
                    ("Fn::GetAtt", Json::String(path)) => {
                        found.extend(path.split('.').next().map(str::to_owned));
                    }
                    (_, value) => referred(value, found),
                }
            }
        }
        _ => {}
    }
}
