//! Reads one raw resource schema (CloudFormation registry JSON, or cfn-lint's copy of it) into a draft.
//!
//! In: JSON. Out: a [`DraftType`] with shapes, constraints, groups and the flags of the path lists
//! (`readOnlyProperties` and the like). Regions and the repairs of the generator's overlay are not known here.
//! The generator and layers share this, so private types behave as embedded ones do.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use crate::draft::*;
use crate::model::{TagStyle, Text, Update};
use crate::read_groups;

/// How deep `$ref`, `allOf` and nesting may go before a schema counts as broken.
const MAX_DEPTH: u32 = 64;

/// Reads a schema. `docs` keeps its descriptions.
pub fn read_type(schema: &Value, docs: bool) -> Result<DraftType, String> {
    let root = schema.as_object().ok_or("it is not a JSON object")?;
    let name = root.get("typeName").and_then(Value::as_str).ok_or("it has no `typeName`")?;
    let properties = root.get("properties").and_then(Value::as_object).ok_or("it has no `properties`")?;
    if properties.is_empty() && !root.contains_key("definitions") && !root.contains_key("primaryIdentifier") {
        return Err("its `properties` are empty".to_owned());
    }
    let mut ty = DraftType { name: name.to_owned(), ..DraftType::default() };
    ty.objects.push(DraftObject::default());
    ty.doc = docs.then(|| text_of(root, "description")).flatten();
    let mut reader = SchemaReader { root: schema, docs, ty, known: HashMap::new() };
    reader.object_into(0, root, 0)?;
    let mut ty = reader.ty;
    apply_paths(&mut ty, root);
    ty.primary = pointers(root, "primaryIdentifier").iter().map(|path| path.join(".")).collect();
    ty.ref_attr = match ty.primary.as_slice() {
        [one] => one.clone(),
        _ => "Ref".to_owned(),
    };
    ty.attributes = attributes(&ty, root);
    ty.permissions = permissions(root);
    ty.tags = tags(&ty, root);
    Ok(ty)
}

struct SchemaReader<'a> {
    root: &'a Value,
    docs: bool,
    ty: DraftType,
    /// Node of each pointer that a `$ref` named.
    known: HashMap<String, u32>,
}

fn text_of(schema: &Map<String, Value>, key: &str) -> Option<String> {
    schema.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn list<'v>(schema: &'v Map<String, Value>, key: &str) -> &'v [Value] {
    schema.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Type names of a schema; inferred from its keywords when it names none.
fn types_of(schema: &Map<String, Value>) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        // A document, as JSON or as its text.
        _ if schema.get("format").is_some_and(|format| format == "json") => vec!["object", "string"],
        _ if schema.contains_key("properties") || schema.contains_key("patternProperties") => vec!["object"],
        _ if schema.contains_key("items") => vec!["array"],
        _ if ["enum", "const"]
            .iter()
            .any(|key| schema.get(*key).is_some_and(|value| value.as_array().map_or(value, |all| &all[0]).is_string())) =>
        {
            vec!["string"]
        }
        _ if ["pattern", "minLength", "maxLength", "format"].iter().any(|key| schema.contains_key(*key)) => vec!["string"],
        _ if ["minimum", "maximum"].iter().any(|key| schema.contains_key(*key)) => vec!["number"],
        _ => Vec::new(),
    }
}

impl<'a> SchemaReader<'a> {
    fn push(&mut self, node: DraftNode) -> u32 {
        self.ty.nodes.push(node);
        self.ty.nodes.len() as u32 - 1
    }

    /// A node for a schema; `name` is the definition's, for objects.
    fn node(&mut self, schema: &Value, name: Option<&str>, depth: u32) -> Result<u32, String> {
        if depth > MAX_DEPTH {
            return Err("it nests too deeply".to_owned());
        }
        let Some(map) = schema.as_object() else {
            return Ok(self.push(DraftNode::default()));
        };
        if let Some(pointer) = map.get("$ref").and_then(Value::as_str) {
            return self.reference(map, pointer, depth);
        }
        let at = self.push(DraftNode::default());
        self.fill(at, map, name, depth)?;
        Ok(at)
    }

    /// The node a `$ref` names. Limits written beside the `$ref` make a copy of it.
    fn reference(&mut self, map: &Map<String, Value>, pointer: &str, depth: u32) -> Result<u32, String> {
        let target = match self.known.get(pointer) {
            Some(known) => *known,
            None => {
                let schema = self.resolve(pointer)?;
                let name = pointer.strip_prefix("#/definitions/").filter(|name| !name.contains('/'));
                let at = self.push(DraftNode::default());
                self.known.insert(pointer.to_owned(), at);
                match schema.as_object() {
                    Some(inner) if inner.contains_key("$ref") => {
                        let inner = self.node(schema, name, depth + 1)?;
                        self.ty.nodes[at as usize] = self.ty.nodes[inner as usize].clone();
                    }
                    Some(inner) => self.fill(at, inner, name, depth + 1)?,
                    None => {}
                }
                at
            }
        };
        let mut node = self.ty.nodes[target as usize].clone();
        let doc = if self.docs { text_of(map, "description") } else { None };
        let extra = DraftConstraints { ordered: false, ..constraints(map) };
        if doc.is_none() && extra == DraftConstraints::default() {
            return Ok(target);
        }
        node.doc = doc.or(node.doc);
        overlay_constraints(&mut node.constraints, extra);
        Ok(self.push(node))
    }

    fn resolve(&self, pointer: &str) -> Result<&'a Value, String> {
        let path = pointer.strip_prefix('#').ok_or_else(|| format!("`{pointer}` points outside of it"))?;
        self.root.pointer(path).ok_or_else(|| format!("`{pointer}` points at nothing"))
    }

    /// `allOf` folded into the schema itself, references resolved.
    fn flattened(&self, map: &Map<String, Value>, depth: u32) -> Result<Map<String, Value>, String> {
        let mut out = map.clone();
        let Some(Value::Array(parts)) = out.remove("allOf") else { return Ok(out) };
        if depth > MAX_DEPTH {
            return Err("it nests too deeply".to_owned());
        }
        let mut rest = Vec::new();
        for part in parts {
            let Some(mut part) = part.as_object().cloned() else { continue };
            if let Some(pointer) = part.get("$ref").and_then(Value::as_str) {
                let Some(target) = self.resolve(pointer)?.as_object() else { continue };
                part.remove("$ref");
                merge(&mut part, target.clone());
            }
            if part.contains_key("if") {
                rest.push(Value::Object(part));
                continue;
            }
            let part = self.flattened(&part, depth + 1)?;
            if (out.contains_key("oneOf") && part.contains_key("oneOf"))
                || (out.contains_key("anyOf") && part.contains_key("anyOf"))
            {
                rest.push(Value::Object(part));
            } else {
                merge(&mut out, part);
            }
        }
        if !rest.is_empty() {
            out.insert("allOf".to_owned(), Value::Array(rest));
        }
        Ok(out)
    }

    fn fill(&mut self, at: u32, map: &Map<String, Value>, name: Option<&str>, depth: u32) -> Result<(), String> {
        let flat;
        let map = if map.contains_key("allOf") {
            flat = self.flattened(map, depth)?;
            &flat
        } else {
            map
        };
        let mut node = DraftNode { constraints: constraints(map), ..DraftNode::default() };
        node.doc = if self.docs { text_of(map, "description") } else { None };
        node.expects = expects(map);
        node.text = text_kind(map);
        let types = types_of(map);
        node.shape = match types.as_slice() {
            [] | ["object"] => self.object_or_choice(map, &mut node.constraints, name, types.is_empty(), depth)?,
            [one] if *one != "array" && has_alternatives(map) => self.scalar_choice(map, one, &mut node, depth)?,
            [one] => self.simple(one, map, depth)?,
            ["object", "string"] | ["string", "object"] if !map.contains_key("properties") => DraftShape::Json,
            ["boolean", "null"] => DraftShape::Boolean,
            many if many.contains(&"object") && many.len() > 2 => DraftShape::Json,
            many => {
                let mut all = Vec::new();
                for one in many {
                    let mut part = map.clone();
                    part.insert("type".to_owned(), Value::String((*one).to_owned()));
                    let at = self.node(&Value::Object(part), None, depth + 1)?;
                    // Text beside an object is that object as JSON.
                    if *one == "string" && many.contains(&"object") {
                        self.ty.nodes[at as usize].text = Text::Json;
                    }
                    all.push(at);
                }
                DraftShape::AnyOf(all)
            }
        };
        // Free JSON takes JSON as it is; only a string holds it as text.
        if node.shape == DraftShape::Json && node.text == Text::Json {
            node.text = Text::Plain;
        }
        // Limits of an alternative sit on the alternative.
        if matches!(node.shape, DraftShape::AnyOf(_) | DraftShape::OneOf(_)) && types.len() > 1 {
            node.constraints = DraftConstraints::default();
        }
        self.ty.nodes[at as usize] = node;
        Ok(())
    }

    fn simple(&mut self, name: &str, map: &Map<String, Value>, depth: u32) -> Result<DraftShape, String> {
        Ok(match name {
            "string" => DraftShape::String,
            "integer" => DraftShape::Integer,
            "number" => DraftShape::Number,
            "boolean" => DraftShape::Boolean,
            "array" => {
                let item = map.get("items").or_else(|| list(map, "prefixItems").first()).unwrap_or(&Value::Null);
                let item = item.as_array().and_then(|all| all.first()).unwrap_or(item);
                DraftShape::List(self.node(item, None, depth + 1)?)
            }
            _ => DraftShape::Json,
        })
    }

    /// A scalar with `anyOf`: open enumerations and formats fold into one node, the rest stays a choice.
    fn scalar_choice(
        &mut self,
        map: &Map<String, Value>,
        one: &str,
        node: &mut DraftNode,
        depth: u32,
    ) -> Result<DraftShape, String> {
        let alternatives = [list(map, "anyOf"), list(map, "oneOf")].concat();
        for part in alternatives.iter().filter_map(Value::as_object) {
            for ident in expects(part) {
                if !node.expects.contains(&ident) {
                    node.expects.push(ident);
                }
            }
            let limits = constraints(part);
            if !limits.allowed.is_empty() && node.constraints.allowed.is_empty() {
                node.constraints.allowed = limits.allowed;
                node.constraints.open = alternatives.len() > 1;
            }
        }
        self.simple(one, map, depth)
    }

    /// What a schema of type `object`, or of none, is: an object, a map, free JSON, or alternatives.
    fn object_or_choice(
        &mut self,
        map: &Map<String, Value>,
        limits: &mut DraftConstraints,
        name: Option<&str>,
        untyped: bool,
        depth: u32,
    ) -> Result<DraftShape, String> {
        if map.get("properties").and_then(Value::as_object).is_some_and(|all| !all.is_empty()) {
            return Ok(DraftShape::Object(self.object(map, name, depth)?));
        }
        for key in ["oneOf", "anyOf"] {
            let parts = list(map, key);
            if parts.is_empty() || parts.iter().all(|part| part.get("required").is_some() && part.get("properties").is_none()) {
                continue;
            }
            if let Some(merged) = self.tagged_union(map, parts, depth)? {
                return Ok(DraftShape::Object(self.object(&merged, name, depth)?));
            }
            return self.choice(map, parts, key, limits, untyped, depth);
        }
        if let Some(patterns) = map.get("patternProperties").and_then(Value::as_object)
            && let Some((pattern, value)) = patterns.iter().next()
        {
            let mut values = vec![self.node(value, None, depth + 1)?];
            for (_, other) in patterns.iter().skip(1).filter(|(_, other)| *other != value) {
                values.push(self.node(other, None, depth + 1)?);
            }
            let plain = &self.ty.nodes[values[0] as usize].shape;
            let alike = *plain == DraftShape::String && values.iter().all(|at| self.ty.nodes[*at as usize].shape == *plain);
            let value = match values.as_slice() {
                [one] => *one,
                // Texts that differ by key only in their limits: the service checks those.
                _ if alike => self.push(DraftNode { shape: DraftShape::String, ..DraftNode::default() }),
                _ => self.push(DraftNode { shape: DraftShape::AnyOf(values), ..DraftNode::default() }),
            };
            let key =
                (patterns.len() == 1 && !matches!(pattern.as_str(), "" | ".*" | "^.*$" | ".+" | "^.+$")).then(|| pattern.clone());
            return Ok(DraftShape::Map { key, value });
        }
        match map.get("additionalProperties") {
            Some(Value::Object(value)) if !value.is_empty() => {
                let key = map.get("propertyNames").and_then(|names| names.get("pattern")).and_then(Value::as_str);
                let value = self.node(&Value::Object(value.clone()), None, depth + 1)?;
                Ok(DraftShape::Map { key: key.map(str::to_owned), value })
            }
            // `properties: {}` with nothing else allowed: presence alone is the message.
            Some(Value::Bool(false)) => Ok(DraftShape::Object(self.object(map, name, depth)?)),
            _ => Ok(DraftShape::Json),
        }
    }

    fn choice(
        &mut self,
        map: &Map<String, Value>,
        parts: &[Value],
        key: &str,
        limits: &mut DraftConstraints,
        untyped: bool,
        depth: u32,
    ) -> Result<DraftShape, String> {
        let mut all = Vec::new();
        for part in parts {
            let mut part = part.clone();
            // `type: object` beside the alternatives holds for each of them.
            if let (false, Some(inner)) = (untyped, part.as_object_mut())
                && !inner.contains_key("$ref")
                && !inner.contains_key("type")
                && let Some(ty) = map.get("type")
            {
                inner.insert("type".to_owned(), ty.clone());
            }
            all.push(self.node(&part, None, depth + 1)?);
        }
        if let [only] = all.as_slice() {
            let node = self.ty.nodes[*only as usize].clone();
            *limits = node.constraints;
            return Ok(node.shape);
        }
        Ok(if key == "oneOf" { DraftShape::OneOf(all) } else { DraftShape::AnyOf(all) })
    }

    /// Alternatives that are objects with properties of their own become one object with a rule: clearer to check,
    /// complete and word than a choice.
    fn tagged_union(&self, map: &Map<String, Value>, parts: &[Value], depth: u32) -> Result<Option<Map<String, Value>>, String> {
        let mut properties: Map<String, Value> = Map::new();
        let mut sets: Vec<Value> = Vec::new();
        let mut dependent: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for part in parts {
            let Some(part) = part.as_object() else { return Ok(None) };
            let part = match part.get("$ref").and_then(Value::as_str) {
                Some(pointer) => self.resolve(pointer)?.as_object().ok_or("a definition is no object")?,
                None => part,
            };
            if depth > MAX_DEPTH || has_alternatives(part) || part.contains_key("allOf") {
                return Ok(None);
            }
            let Some(own) = part.get("properties").and_then(Value::as_object) else { return Ok(None) };
            let mut required: Vec<String> = list(part, "required").iter().filter_map(Value::as_str).map(str::to_owned).collect();
            if required.is_empty() {
                match own.keys().next() {
                    Some(only) if own.len() == 1 => required.push(only.clone()),
                    _ => return Ok(None),
                }
            }
            for (name, schema) in own {
                if properties.contains_key(name) {
                    return Ok(None);
                }
                properties.insert(name.clone(), schema.clone());
                if !required.contains(name) {
                    dependent.insert(name.clone(), required.iter().cloned().map(Value::String).collect());
                }
            }
            sets.push(serde_json::json!({ "required": required }));
        }
        let mut out = map.clone();
        out.remove("anyOf");
        out.insert("oneOf".to_owned(), Value::Array(sets));
        out.insert("properties".to_owned(), Value::Object(properties));
        if !dependent.is_empty() {
            let dependent: Map<String, Value> = dependent.into_iter().map(|(k, v)| (k, Value::Array(v))).collect();
            out.insert("dependentRequired".to_owned(), Value::Object(dependent));
        }
        Ok(Some(out))
    }

    fn object(&mut self, map: &Map<String, Value>, name: Option<&str>, depth: u32) -> Result<u32, String> {
        self.ty.objects.push(DraftObject { name: name.map(str::to_owned), ..DraftObject::default() });
        let at = self.ty.objects.len() as u32 - 1;
        self.object_into(at, map, depth)?;
        Ok(at)
    }

    fn object_into(&mut self, at: u32, map: &Map<String, Value>, depth: u32) -> Result<(), String> {
        let flat = self.flattened(map, depth)?;
        let required: Vec<&str> = list(&flat, "required").iter().filter_map(Value::as_str).collect();
        let mut properties = Vec::new();
        if let Some(all) = flat.get("properties").and_then(Value::as_object) {
            for (name, schema) in all {
                let node = self.node(schema, None, depth + 1)?;
                properties.push(DraftProperty {
                    name: name.clone(),
                    node,
                    required: required.contains(&name.as_str()),
                    ..DraftProperty::default()
                });
            }
        }
        properties.sort_by(|a, b| a.name.cmp(&b.name));
        let patterns = flat.get("patternProperties").and_then(Value::as_object).is_some_and(|all| !all.is_empty());
        let open = patterns
            || match flat.get("additionalProperties") {
                Some(Value::Bool(open)) => *open,
                Some(Value::Object(_)) => true,
                // Registry schemas that say nothing mean "nothing else"; the service would refuse it.
                _ => false,
            };
        let object = &mut self.ty.objects[at as usize];
        object.properties = properties;
        object.open = open;
        object.groups = read_groups::groups(&flat);
        Ok(())
    }
}

fn has_alternatives(map: &Map<String, Value>) -> bool {
    map.contains_key("oneOf") || map.contains_key("anyOf")
}

/// Folds `from` into `into`: objects by key, lists of names joined, otherwise what was there stays.
fn merge(into: &mut Map<String, Value>, from: Map<String, Value>) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            (Some(Value::Array(old)), Value::Array(new)) if key == "required" => {
                let fresh: Vec<Value> = new.into_iter().filter(|name| !old.contains(name)).collect();
                old.extend(fresh);
            }
            (Some(_), _) => {}
            (None, value) => {
                into.insert(key, value);
            }
        }
    }
}

/// The limits a schema writes.
pub fn constraints(map: &Map<String, Value>) -> DraftConstraints {
    let count = |key: &str| map.get(key).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let number = |key: &str| map.get(key).and_then(Value::as_f64);
    let flag = |key: &str| map.get(key).and_then(Value::as_bool).unwrap_or(false);
    let folded = list(map, "enumCaseInsensitive");
    let allowed = if folded.is_empty() { list(map, "enum") } else { folded };
    let array = types_of(map).contains(&"array");
    let exclusive = number("exclusiveMaximum");
    DraftConstraints {
        allowed: allowed.iter().filter_map(scalar).collect(),
        ignore_case: !folded.is_empty(),
        open: false,
        pattern: text_of(map, "pattern").filter(|pattern| !matches!(pattern.as_str(), "" | ".*" | "^.*$")),
        min: number("minimum"),
        max: exclusive.or(number("maximum")),
        exclusive_max: exclusive.is_some(),
        multiple_of: number("multipleOf"),
        min_len: count("minLength").filter(|n| *n > 0),
        max_len: count("maxLength"),
        min_items: count("minItems").filter(|n| *n > 0),
        max_items: count("maxItems"),
        min_props: count("minProperties").filter(|n| *n > 0),
        max_props: count("maxProperties"),
        unique: flag("uniqueItems"),
        ordered: array && map.get("insertionOrder").and_then(Value::as_bool).unwrap_or(true),
        // A format that names a type is a relationship, see `expects`.
        format: text_of(map, "format").filter(|format| !format.contains("::") && format.len() < 24 && format != "string"),
        default: map.get("default").and_then(scalar),
        constant: map.get("const").and_then(scalar),
    }
}

fn overlay_constraints(base: &mut DraftConstraints, over: DraftConstraints) {
    macro_rules! take {
        ($($field:ident),*) => { $( if over.$field.is_some() { base.$field = over.$field; } )* };
    }
    take!(
        pattern,
        min,
        max,
        multiple_of,
        min_len,
        max_len,
        min_items,
        max_items,
        min_props,
        max_props,
        format,
        default,
        constant
    );
    if !over.allowed.is_empty() {
        base.allowed = over.allowed;
        base.ignore_case = over.ignore_case;
    }
    base.unique |= over.unique;
}

/// A scalar constant; numbers without a fraction are integers.
pub fn scalar(value: &Value) -> Option<DraftScalar> {
    Some(match value {
        Value::String(text) => DraftScalar::Str(text.clone()),
        Value::Bool(value) => DraftScalar::Bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(value) => DraftScalar::Int(value),
            None => DraftScalar::Float(number.as_f64()?),
        },
        _ => return None,
    })
}

/// Relationships a schema itself names: `relationshipRef`, and formats such as `AWS::EC2::VPC.Id` (the generator's
/// overlay translates those names).
fn expects(map: &Map<String, Value>) -> Vec<DraftIdent> {
    let mut out = Vec::new();
    if let Some((ty, attr)) = map.get("format").and_then(Value::as_str).and_then(|format| format.rsplit_once('.'))
        && ty.contains("::")
    {
        out.push(DraftIdent::new(ty, attr));
    }
    if let Some(reference) = map.get("relationshipRef").and_then(Value::as_object)
        && let (Some(ty), Some(path)) = (text_of(reference, "typeName"), text_of(reference, "propertyPath"))
    {
        let attr: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != "properties").collect();
        out.push(DraftIdent::new(ty, attr.join(".")));
    }
    out
}

fn text_kind(map: &Map<String, Value>) -> Text {
    match map.get("format").and_then(Value::as_str) {
        Some("json") => Text::Json,
        Some("ipv4-network" | "ipv6-network") => Text::Cidr,
        _ => Text::Plain,
    }
}

/// The property paths of a list such as `readOnlyProperties`.
fn pointers(root: &Map<String, Value>, key: &str) -> Vec<Vec<String>> {
    let path = |pointer: &Value| -> Option<Vec<String>> {
        let pointer = pointer.as_str()?;
        let parts = pointer.trim_start_matches('/').split('/').skip_while(|part| *part == "properties");
        Some(parts.map(str::to_owned).collect())
    };
    list(root, key).iter().filter_map(path).filter(|parts| !parts.is_empty()).collect()
}

/// Sets the flags that path lists give.
///
/// A definition used in several places has one set of flags. Where only some of its places are listed, "read-only"
/// and "write-only" are left out, since a false one would refuse good programs, and a replacement is "conditional".
fn apply_paths(ty: &mut DraftType, root: &Map<String, Value>) {
    let uses = uses(ty);
    for key in [
        "readOnlyProperties",
        "writeOnlyProperties",
        "deprecatedProperties",
        "createOnlyProperties",
        "conditionalCreateOnlyProperties",
    ] {
        let mut listed: BTreeMap<Place, usize> = BTreeMap::new();
        for path in pointers(root, key) {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            if let Some(place) = ty.find(&path) {
                *listed.entry(place).or_default() += 1;
            }
        }
        for (place, count) in listed {
            let everywhere = count >= uses.get(&place.object).copied().unwrap_or(1);
            let property = &mut ty.objects[place.object as usize].properties[place.property];
            match key {
                "readOnlyProperties" => property.read_only |= everywhere,
                "writeOnlyProperties" => property.write_only |= everywhere,
                "deprecatedProperties" => property.deprecated |= everywhere,
                "createOnlyProperties" if everywhere => property.update = Update::Replace,
                _ if property.update == Update::InPlace => property.update = Update::Conditional,
                _ => {}
            }
        }
    }
    // What can only be read is never asked for.
    for property in ty.objects.iter_mut().flat_map(|object| &mut object.properties) {
        property.required &= !property.read_only;
    }
}

/// From how many properties each object is reached.
fn uses(ty: &DraftType) -> HashMap<u32, usize> {
    let mut uses: HashMap<u32, usize> = HashMap::new();
    for property in ty.objects.iter().flat_map(|object| &object.properties) {
        for object in ty.objects_under(property.node, 0) {
            *uses.entry(object).or_default() += 1;
        }
    }
    uses
}

/// `Fn::GetAtt` reads the read-only properties.
fn attributes(ty: &DraftType, root: &Map<String, Value>) -> Vec<(String, u32)> {
    let mut out = Vec::new();
    for path in pointers(root, "readOnlyProperties") {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        if parts.contains(&"*") {
            continue;
        }
        if let Some(place) = ty.find(&parts) {
            out.push((parts.join("."), ty.node_of(place)));
        }
    }
    out.sort();
    out.dedup_by(|a, b| a.0 == b.0);
    out
}

fn permissions(root: &Map<String, Value>) -> DraftPermissions {
    let of = |handler: &str| {
        let actions = root.get("handlers").and_then(|all| all.get(handler)).and_then(|one| one.get("permissions"));
        let actions = actions.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut actions: Vec<String> = actions.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        actions.sort();
        actions.dedup();
        actions
    };
    ["create", "read", "update", "delete", "list"].map(of)
}

fn tags(ty: &DraftType, root: &Map<String, Value>) -> (TagStyle, Option<String>) {
    let tagging = root.get("tagging").and_then(Value::as_object);
    let named = tagging.and_then(|tagging| text_of(tagging, "tagProperty"));
    let name = named.as_deref().and_then(|path| path.rsplit('/').next()).unwrap_or("Tags").to_owned();
    let taggable = tagging.and_then(|tagging| tagging.get("taggable")).and_then(Value::as_bool);
    let found = [name.as_str(), "Tags"].iter().find_map(|name| ty.find(&[name]).map(|place| (*name, place)));
    let Some((name, place)) = found else { return (TagStyle::None, None) };
    if taggable == Some(false) && named.is_none() && ty.objects[0].properties[place.property].read_only {
        return (TagStyle::None, None);
    }
    let style = match &ty.nodes[ty.node_of(place) as usize].shape {
        DraftShape::List(inner) => match ty.objects_under(*inner, 0).first() {
            Some(object) => {
                let names: Vec<&str> = ty.objects[*object as usize].properties.iter().map(|p| p.name.as_str()).collect();
                match (names.contains(&"Key") && names.contains(&"Value"), names.contains(&"PropagateAtLaunch")) {
                    (true, true) => TagStyle::Propagating,
                    (true, false) => TagStyle::List,
                    _ => TagStyle::None,
                }
            }
            None => TagStyle::None,
        },
        DraftShape::Map { .. } | DraftShape::Json => TagStyle::Map,
        _ => TagStyle::None,
    };
    (style, (style != TagStyle::None).then(|| name.to_owned()))
}
