//! The schema: the embedded types with layers on top.
//!
//! Immutable and cheap to clone; a new layer makes a new schema. Finding a type decodes nothing.

use std::sync::Arc;

use crate::handles::{Object, Type};
use crate::layer::Layer;
use crate::model::Ident;
use crate::search::{self, Hit};
use crate::store::{self, Store};

/// All types known.
#[derive(Clone)]
pub struct Schema {
    /// Later layers hide earlier ones; the embedded store is first.
    stores: Arc<[&'static Store]>,
}

impl PartialEq for Schema {
    fn eq(&self, other: &Schema) -> bool {
        self.stores.iter().map(|store| store.id).eq(other.stores.iter().map(|store| store.id))
    }
}

impl Eq for Schema {}

impl std::hash::Hash for Schema {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.stores.iter().for_each(|store| store.id.hash(state));
    }
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let types: usize = self.stores.iter().map(|store| store.entries.len()).sum();
        write!(f, "Schema({types} types in {} layers)", self.stores.len())
    }
}

impl Default for Schema {
    fn default() -> Schema {
        Schema::embedded()
    }
}

impl Schema {
    /// The types this version of the compiler carries.
    pub fn embedded() -> Schema {
        Schema { stores: Arc::new([store::embedded()]) }
    }

    /// The same with the types of `layer` added; they hide those of the same name.
    pub fn with_layer(&self, layer: &Layer) -> Schema {
        let mut stores = self.stores.to_vec();
        stores.push(layer.store());
        Schema { stores: stores.into() }
    }

    /// A type. Every `Custom::Name` is an `AWS::CloudFormation::CustomResource`.
    pub fn ty(&self, name: &str) -> Option<Type> {
        let name = if name.starts_with("Custom::") { "AWS::CloudFormation::CustomResource" } else { name };
        self.stores.iter().rev().find_map(|store| store.find(name).map(|entry| Type { store, entry }))
    }

    /// Names of all types, sorted.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> =
            self.stores.iter().flat_map(|store| store.entries.iter().map(|entry| entry.name)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// All types, by name.
    pub fn types(&self) -> impl Iterator<Item = Type> {
        self.names().into_iter().filter_map(|name| self.ty(name))
    }

    /// Types that `text` may mean, best first: exact, prefix, words, fuzzy.
    pub fn search(&self, text: &str, limit: usize) -> Vec<Hit> {
        search::search(&self.names(), text, limit)
    }

    /// The type most likely meant by a name that is none.
    pub fn suggest(&self, name: &str) -> Option<&'static str> {
        search::suggest(&self.names(), name)
    }

    /// The identity of this type and attribute, when there is one: what `Ref` or an attribute returns, or an
    /// identity of something that is no resource type (`AWS::EC2::Image.Id`).
    pub fn ident(&self, ty: &str, attr: &str) -> Option<Ident> {
        if let Some(found) = self.ty(ty) {
            let own = found.provides().iter().find(|(_, ident)| ident.attr == attr);
            let via = || found.provides().iter().find(|(access, _)| *access == crate::Access::Attr(attr_of(attr, found)));
            if let Some((_, ident)) = own.or_else(via) {
                return Some(*ident);
            }
        }
        let mut known = self.stores.iter().flat_map(|store| store.idents());
        known.find(|ident| ident.ty == ty && ident.attr == attr).copied()
    }

    /// A nested definition (`AWS::S3::Bucket`, `Rule`).
    pub fn definition_of(&self, ty: &str, definition: &str) -> Option<Object> {
        self.ty(ty)?.definition(definition)
    }
}

/// The attribute of this name, as the type's own text; empty when there is none.
fn attr_of(attr: &str, ty: Type) -> &'static str {
    let mut all = ty.provides().iter();
    all.find_map(|(access, _)| match access {
        crate::Access::Attr(name) if *name == attr => Some(*name),
        _ => None,
    })
    .unwrap_or("")
}
