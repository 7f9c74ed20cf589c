//! service-spec's database: what `Ref` returns, replacement behaviour, relationships.
//!
//! In: its JSON, a table of entities that refer to one another by `$id`. Out: answers by type name and path.

use std::collections::{BTreeMap, BTreeSet};

use cloudc_schema::Update;
use cloudc_schema::draft::{DraftIdent, DraftType};
use serde_json::{Map, Value};

/// The database, by type name.
pub struct Spec {
    resources: BTreeMap<String, Value>,
    definitions: BTreeMap<String, Value>,
}

/// A property at a path.
struct Found<'a> {
    path: Vec<String>,
    property: &'a Map<String, Value>,
}

impl Spec {
    /// Reads the tables that matter.
    pub fn read(database: &Value) -> Result<Spec, String> {
        let table = |name: &str, key: &str| -> Result<BTreeMap<String, Value>, String> {
            let list = database.pointer(&format!("/schema/{name}/entities")).and_then(Value::as_array);
            let list = list.ok_or_else(|| format!("service-spec has no table `{name}`"))?;
            let keyed = list.iter().filter_map(|entity| Some((entity.get(key)?.as_str()?.to_owned(), entity.clone())));
            Ok(keyed.collect())
        };
        Ok(Spec { resources: table("resource", "cloudFormationType")?, definitions: table("typeDefinition", "$id")? })
    }

    /// The one property that `Ref` equals.
    pub fn ref_attr(&self, ty: &str) -> Option<String> {
        match self.resources.get(ty)?.get("cfnRefIdentifier")?.as_array()?.as_slice() {
            [one] => one.as_str().map(str::to_owned),
            _ => None,
        }
    }

    /// Its deletion destroys data.
    pub fn is_stateful(&self, ty: &str) -> bool {
        self.resources.get(ty).and_then(|ty| ty.get("isStateful")).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Paths of a type that hold identifiers of others.
    pub fn relations(&self, ty: &str) -> Vec<(Vec<String>, Vec<DraftIdent>)> {
        let mut out = Vec::new();
        for found in self.walk(ty) {
            let refs = found.property.get("relationshipRefs").and_then(Value::as_array);
            let idents: Vec<DraftIdent> = refs.into_iter().flatten().filter_map(target).collect();
            if !idents.is_empty() {
                out.push((found.path, idents));
            }
        }
        out
    }

    /// Adds what changing a property does, where the schema says nothing: inside definitions, and for types that
    /// have no registry handlers and so no reliable list of their own.
    pub fn replacements(&self, ty: &mut DraftType, raw: &Value) {
        let legacy = raw.get("handlers").is_none();
        for found in self.walk(&ty.name) {
            let update = match found.property.get("causesReplacement").and_then(Value::as_str) {
                Some("yes") => Update::Replace,
                Some("maybe") => Update::Conditional,
                _ => continue,
            };
            if found.path.len() == 1 && !legacy {
                continue;
            }
            let path: Vec<&str> = found.path.iter().map(String::as_str).collect();
            if let Some(place) = ty.find(&path) {
                let property = &mut ty.objects[place.object as usize].properties[place.property];
                if property.update == Update::InPlace {
                    property.update = update;
                }
            }
        }
    }

    /// Every property of a type, each definition entered once on a path.
    fn walk(&self, ty: &str) -> Vec<Found<'_>> {
        let mut out = Vec::new();
        if let Some(properties) = self.resources.get(ty).and_then(|ty| ty.get("properties")).and_then(Value::as_object) {
            self.enter(properties, &mut Vec::new(), &mut BTreeSet::new(), &mut out);
        }
        out
    }

    fn enter<'a>(
        &'a self,
        properties: &'a Map<String, Value>,
        path: &mut Vec<String>,
        seen: &mut BTreeSet<String>,
        out: &mut Vec<Found<'a>>,
    ) {
        // Types with tens of thousands of paths (dashboards) hold no relationships that deep.
        if path.len() > 8 || out.len() > 20_000 {
            return;
        }
        for (name, property) in properties {
            let Some(property) = property.as_object() else { continue };
            path.push(name.clone());
            out.push(Found { path: path.clone(), property });
            let mut ids = Vec::new();
            references(property.get("type").unwrap_or(&Value::Null), &mut ids);
            for id in ids {
                if seen.insert(id.clone()) {
                    let inner = self.definitions.get(&id).and_then(|inner| inner.get("properties")).and_then(Value::as_object);
                    inner.into_iter().for_each(|inner| self.enter(inner, path, seen, out));
                }
            }
            path.pop();
        }
    }
}

fn target(reference: &Value) -> Option<DraftIdent> {
    let ty = reference.get("cloudFormationType")?.as_str()?;
    Some(DraftIdent::new(ty, reference.get("propertyName")?.as_str()?.replace('/', ".")))
}

/// Definitions that a type expression (`ref`, `array`, `map`, `union`) names.
fn references(ty: &Value, out: &mut Vec<String>) {
    match ty {
        Value::Object(map) => {
            if let Some(id) = map.get("reference").and_then(|reference| reference.get("$ref")).and_then(Value::as_str) {
                out.push(id.to_owned());
            }
            for key in ["element", "types"] {
                references(map.get(key).unwrap_or(&Value::Null), out);
            }
        }
        Value::Array(all) => all.iter().for_each(|ty| references(ty, out)),
        _ => {}
    }
}
