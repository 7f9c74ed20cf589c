//! Handles on decoded schema: a type, a property, a position. 16 bytes, `Copy`, valid for ever.
//!
//! Equality is identity: the same place of the same store. Look-ups by name are binary searches and never allocate.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::groups::Group;
use crate::model::*;
use crate::store::{Block, NodeData, ObjectData, PropertyData, ShapeData, Store, TypeData, service_name};

/// A resource type.
#[derive(Clone, Copy)]
pub struct Type {
    pub(crate) store: &'static Store,
    pub(crate) entry: u32,
}

/// A position that holds a value: a property's value, a list's element, a map's value.
#[derive(Clone, Copy)]
pub struct Node {
    block: &'static Block,
    at: u32,
}

/// A set of named properties: a type's own, a definition's, or an inline object's.
#[derive(Clone, Copy)]
pub struct Object {
    block: &'static Block,
    at: u32,
}

/// A property of an [`Object`].
#[derive(Clone, Copy)]
pub struct Property {
    object: Object,
    at: u32,
}

/// What `Fn::GetAtt` reads.
#[derive(Clone, Copy)]
pub struct Attribute {
    block: &'static Block,
    ty: &'static TypeData,
    at: u32,
}

/// Alternatives of a [`Shape::OneOf`] or [`Shape::AnyOf`].
#[derive(Clone, Copy)]
pub struct Alternatives {
    block: &'static Block,
    list: &'static [u32],
}

/// What a position holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A truth value.
    Boolean,
    /// Free JSON; also accepted as text where the schema says so.
    Json,
    /// A list of this.
    List(Node),
    /// A map from text to this.
    Map {
        /// Pattern every key matches (ECMA, not anchored).
        key: Option<&'static str>,
        /// What each key holds.
        value: Node,
    },
    /// Named properties.
    Object(Object),
    /// Exactly one alternative fits.
    OneOf(Alternatives),
    /// At least one alternative fits.
    AnyOf(Alternatives),
}

/// Properties of an object, by name.
#[derive(Clone)]
pub struct Properties {
    object: Object,
    next: u32,
}

impl Iterator for Properties {
    type Item = Property;

    fn next(&mut self) -> Option<Property> {
        let property = self.object.nth(self.next)?;
        self.next += 1;
        Some(property)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.object.data().properties.len() - self.next as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Properties {}

impl Type {
    /// Full name: `AWS::S3::Bucket`.
    pub fn name(self) -> &'static str {
        self.store.entries[self.entry as usize].name
    }

    /// The service's part of the name: `S3`.
    pub fn service(self) -> &'static str {
        service_name(self.name())
    }

    /// The last part of the name: `Bucket`.
    pub fn short_name(self) -> &'static str {
        let name = self.name();
        name.rfind("::").map_or(name, |at| &name[at + 2..])
    }

    /// What `Ref` returns.
    pub fn ref_ident(self) -> Ident {
        self.provides()[0].1
    }

    /// What `Ref` (first) and each scalar attribute return.
    pub fn provides(self) -> &'static [(Access, Ident)] {
        self.store.entries[self.entry as usize].provides
    }

    /// How to read the first of the `expected` identities that the type provides.
    pub fn access_for(self, expected: &[Ident]) -> Option<(Access, Ident)> {
        expected.iter().find_map(|wanted| self.provides().iter().find(|(_, ident)| ident == wanted).copied())
    }

    /// Whether a region has the type; `None` when the region is not one of those known.
    pub fn available_in(self, region: &str) -> Option<bool> {
        let bit = self.store.regions.iter().position(|known| *known == region)?;
        Some(self.store.region_set(self.entry) >> bit & 1 == 1)
    }

    /// Codes of the regions that have it.
    pub fn regions(self) -> Vec<&'static str> {
        let set = self.store.region_set(self.entry);
        let regions = self.store.regions.iter().enumerate();
        regions.filter(|(bit, _)| set >> bit & 1 == 1).map(|(_, region)| *region).collect()
    }

    /// It holds data that its deletion destroys.
    pub fn is_stateful(self) -> bool {
        self.store.entries[self.entry as usize].stateful
    }

    /// AWS advises against using it.
    pub fn deprecated(self) -> bool {
        self.store.entries[self.entry as usize].deprecated
    }

    /// It comes from a layer, not from the embedded data.
    pub fn is_private(self) -> bool {
        !std::ptr::eq(self.store, crate::store::embedded())
    }

    /// Its page in AWS's template reference.
    pub fn docs_url(self) -> String {
        format!(
            "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-{}-{}.html",
            self.service().to_lowercase(),
            self.short_name().to_lowercase()
        )
    }

    /// Its own properties.
    pub fn body(self) -> Object {
        let (block, data) = self.store.open(self.entry);
        Object { block, at: data.body }
    }

    /// Its own properties, by name.
    pub fn properties(self) -> Properties {
        self.body().properties()
    }

    /// One of its own properties.
    pub fn property(self, name: &str) -> Option<Property> {
        self.body().property(name)
    }

    /// The property at a dotted path (`BucketEncryption.ServerSideEncryptionConfiguration`), through lists and maps.
    pub fn property_at(self, path: &str) -> Option<Property> {
        let mut parts = path.split('.');
        let mut property = self.property(parts.next()?)?;
        for part in parts {
            property = property.node().inner_property(part)?;
        }
        Some(property)
    }

    /// Properties that must be written.
    pub fn required(self) -> impl Iterator<Item = Property> {
        self.body().required()
    }

    /// Rules over its own properties.
    pub fn groups(self) -> &'static [Group] {
        self.body().groups()
    }

    /// What `Fn::GetAtt` reads, by name.
    pub fn attributes(self) -> impl ExactSizeIterator<Item = Attribute> {
        let (block, ty) = self.store.open(self.entry);
        (0..ty.attributes.len()).map(move |at| Attribute { block, ty, at: at as u32 })
    }

    /// An attribute; a nested stack's `Outputs.Anything` and a custom resource's anything are answered by their
    /// wildcard (`Outputs.*`, `*`).
    pub fn attribute(self, name: &str) -> Option<Attribute> {
        let (block, ty) = self.store.open(self.entry);
        let exact = ty.attributes.binary_search_by(|attribute| attribute.name.cmp(name)).ok();
        let at = exact.or_else(|| {
            ty.attributes.iter().position(|attribute| {
                attribute.name.strip_suffix('*').is_some_and(|prefix| name.len() > prefix.len() && name.starts_with(prefix))
            })
        })?;
        Some(Attribute { block, ty, at: at as u32 })
    }

    /// Dotted paths of the properties that identify a resource.
    pub fn primary_identifier(self) -> &'static [&'static str] {
        self.store.open(self.entry).1.primary
    }

    /// IAM actions CloudFormation needs for it.
    pub fn permissions(self) -> &'static Permissions {
        self.store.permissions(self.entry)
    }

    /// Its nested definitions, by name.
    pub fn definitions(self) -> impl ExactSizeIterator<Item = Object> {
        let (block, data) = self.store.open(self.entry);
        data.definitions.iter().map(move |at| Object { block, at: *at })
    }

    /// A nested definition.
    pub fn definition(self, name: &str) -> Option<Object> {
        self.definitions().find(|object| object.name() == Some(name))
    }

    /// How it takes tags.
    pub fn tag_style(self) -> TagStyle {
        self.store.open(self.entry).1.tag_style
    }

    /// The property that takes the tags.
    pub fn tag_property(self) -> Option<Property> {
        self.store.open(self.entry).1.tag_property.and_then(|name| self.property(name))
    }

    /// AWS's description; only for types of a layer.
    pub fn doc(self) -> Option<&'static str> {
        self.store.open(self.entry).1.doc
    }
}

impl Node {
    fn data(self) -> &'static NodeData {
        &self.block.nodes[self.at as usize]
    }

    /// What it holds.
    pub fn shape(self) -> Shape {
        let block = self.block;
        let node = |at| Node { block, at };
        match self.data().shape {
            ShapeData::String => Shape::String,
            ShapeData::Integer => Shape::Integer,
            ShapeData::Number => Shape::Number,
            ShapeData::Boolean => Shape::Boolean,
            ShapeData::Json => Shape::Json,
            ShapeData::List(at) => Shape::List(node(at)),
            ShapeData::Map(key, at) => Shape::Map { key, value: node(at) },
            ShapeData::Object(at) => Shape::Object(Object { block, at }),
            ShapeData::OneOf(list) => Shape::OneOf(Alternatives { block, list }),
            ShapeData::AnyOf(list) => Shape::AnyOf(Alternatives { block, list }),
        }
    }

    /// Limits on the value.
    pub fn constraints(self) -> &'static Constraints {
        self.data().constraints
    }

    /// Identities the value may be, preferred first; empty when it is no identifier.
    ///
    /// Of a list, ask its element.
    pub fn expects(self) -> &'static [Ident] {
        self.data().expects
    }

    /// Identities other than [`Node::expects`] may fit too (a target that takes the ARN of many kinds of things):
    /// completion and coercion use the list, but an attribute of another type is no error.
    pub fn expects_others(self) -> bool {
        self.data().open
    }

    /// The unit its number, or the number in its text, is counted in.
    pub fn unit(self) -> Option<Unit> {
        self.data().unit
    }

    /// What its text or free JSON is.
    pub fn text(self) -> Text {
        self.data().text
    }

    /// AWS's description; only for types of a layer.
    pub fn doc(self) -> Option<&'static str> {
        self.data().doc
    }

    /// The element of a list, the value of a map.
    pub fn element(self) -> Option<Node> {
        match self.shape() {
            Shape::List(inner) | Shape::Map { value: inner, .. } => Some(inner),
            _ => None,
        }
    }

    /// The object it holds, if it holds one.
    pub fn object(self) -> Option<Object> {
        match self.shape() {
            Shape::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Of a list of pairs that a map can stand for: the names of the key and the value property.
    pub fn key_value_names(self) -> Option<(&'static str, &'static str)> {
        match self.shape() {
            Shape::List(inner) => inner.object()?.key_value(),
            _ => None,
        }
    }

    /// A property of the object inside, through lists, maps and alternatives.
    pub fn inner_property(self, name: &str) -> Option<Property> {
        match self.shape() {
            Shape::Object(object) => object.property(name),
            Shape::List(inner) | Shape::Map { value: inner, .. } => inner.inner_property(name),
            Shape::OneOf(all) | Shape::AnyOf(all) => all.iter().find_map(|inner| inner.inner_property(name)),
            _ => None,
        }
    }
}

impl Alternatives {
    /// The alternatives, in the schema's order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = Node> {
        self.list.iter().map(move |at| Node { block: self.block, at: *at })
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.list.len()
    }

    /// There are none; never so in well-formed data.
    pub fn is_empty(self) -> bool {
        self.list.is_empty()
    }
}

impl Object {
    fn data(self) -> &'static ObjectData {
        &self.block.objects[self.at as usize]
    }

    fn nth(self, at: u32) -> Option<Property> {
        ((at as usize) < self.data().properties.len()).then_some(Property { object: self, at })
    }

    /// Definition name (`Rule`); none for the type itself and for inline objects.
    pub fn name(self) -> Option<&'static str> {
        self.data().name
    }

    /// Its properties, by name.
    pub fn properties(self) -> Properties {
        Properties { object: self, next: 0 }
    }

    /// A property.
    pub fn property(self, name: &str) -> Option<Property> {
        let at = self.data().properties.binary_search_by(|property| property.name.cmp(name)).ok()?;
        Some(Property { object: self, at: at as u32 })
    }

    /// Properties that must be written.
    pub fn required(self) -> impl Iterator<Item = Property> {
        self.properties().filter(|property| property.required())
    }

    /// Rules over its properties.
    pub fn groups(self) -> &'static [Group] {
        self.data().groups
    }

    /// It takes other keys too.
    pub fn is_open(self) -> bool {
        self.data().open
    }

    /// When it is a pair that one entry of a map can stand for: the names of the key and the value property.
    ///
    /// A pair has one property named like a key and one named like a value, both scalar, and needs nothing else.
    pub fn key_value(self) -> Option<(&'static str, &'static str)> {
        const KEYS: [&str; 14] = [
            "Key",
            "Name",
            "TagKey",
            "ParameterKey",
            "ParameterName",
            "OptionName",
            "key",
            "name",
            "EnvironmentVariableName",
            "VariableName",
            "HeaderName",
            "Field",
            "MetadataKey",
            "StageVariableName",
        ];
        const VALUES: [&str; 11] = [
            "Value",
            "Values",
            "TagValue",
            "ParameterValue",
            "value",
            "StringValue",
            "HeaderValue",
            "VariableValue",
            "values",
            "MetadataValue",
            "EnvironmentVariableValue",
        ];
        let data = self.data();
        if data.properties.len() > 4 {
            return None;
        }
        let pick = |names: &[&str]| {
            let mut found = data.properties.iter().filter(|property| names.contains(&property.name));
            found.next().filter(|_| found.next().is_none()).map(|property| property.name)
        };
        let (key, value) = (pick(&KEYS)?, pick(&VALUES)?);
        let text = matches!(self.property(key)?.shape(), Shape::String);
        let fits = data.properties.iter().all(|property| !property.required || property.name == key || property.name == value);
        (text && fits).then_some((key, value))
    }
}

impl Property {
    fn data(self) -> &'static PropertyData {
        &self.object.data().properties[self.at as usize]
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.data().name
    }

    /// The object it is a property of.
    pub fn owner(self) -> Object {
        self.object
    }

    /// The position of its value.
    pub fn node(self) -> Node {
        Node { block: self.object.block, at: self.data().node }
    }

    /// It must be written.
    pub fn required(self) -> bool {
        self.data().required
    }

    /// It can only be read, as an attribute.
    pub fn read_only(self) -> bool {
        self.data().read_only
    }

    /// AWS never returns it (passwords and the like).
    pub fn write_only(self) -> bool {
        self.data().write_only
    }

    /// Changing it makes a new resource.
    pub fn create_only(self) -> bool {
        self.data().update == Update::Replace
    }

    /// What changing it does.
    pub fn update(self) -> Update {
        self.data().update
    }

    /// AWS advises against using it.
    pub fn deprecated(self) -> bool {
        self.data().deprecated
    }

    /// As [`Node::shape`].
    pub fn shape(self) -> Shape {
        self.node().shape()
    }

    /// As [`Node::constraints`].
    pub fn constraints(self) -> &'static Constraints {
        self.node().constraints()
    }

    /// As [`Node::expects`].
    pub fn expects(self) -> &'static [Ident] {
        self.node().expects()
    }

    /// As [`Node::unit`].
    pub fn unit(self) -> Option<Unit> {
        self.node().unit()
    }

    /// As [`Node::text`].
    pub fn text(self) -> Text {
        self.node().text()
    }

    /// As [`Node::doc`].
    pub fn doc(self) -> Option<&'static str> {
        self.node().doc()
    }

    /// As [`Node::key_value_names`].
    pub fn key_value_names(self) -> Option<(&'static str, &'static str)> {
        self.node().key_value_names()
    }
}

impl Attribute {
    /// Its name, dotted when nested.
    pub fn name(self) -> &'static str {
        self.ty.attributes[self.at as usize].name
    }

    /// The position of its value.
    pub fn node(self) -> Node {
        Node { block: self.block, at: self.ty.attributes[self.at as usize].node }
    }

    /// What it holds.
    pub fn shape(self) -> Shape {
        self.node().shape()
    }

    /// What its value is: its own identity first, then those of other types it equals (`Subnet.VpcId` is a `VPC.VpcId`).
    pub fn idents(self) -> &'static [Ident] {
        self.ty.attributes[self.at as usize].idents
    }

    /// As [`Node::constraints`].
    pub fn constraints(self) -> &'static Constraints {
        self.node().constraints()
    }
}

/// Equality, hashing and debug output of a handle by the place it points at.
macro_rules! by_place {
    ($handle:ident, |$it:ident| $table:expr, $at:expr, $label:expr) => {
        impl PartialEq for $handle {
            fn eq(&self, other: &$handle) -> bool {
                let one = |$it: &$handle| (std::ptr::from_ref($table).addr(), $at);
                one(self) == one(other)
            }
        }
        impl Eq for $handle {}
        impl Hash for $handle {
            fn hash<H: Hasher>(&self, state: &mut H) {
                let one = |$it: &$handle| (std::ptr::from_ref($table).addr(), $at);
                one(self).hash(state);
            }
        }
        impl fmt::Debug for $handle {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let $it = self;
                write!(f, "{}({})", stringify!($handle), $label)
            }
        }
    };
}

by_place!(Type, |it| it.store, it.entry, it.name());
by_place!(Node, |it| it.block, it.at, it.at);
by_place!(Object, |it| it.block, it.at, it.name().unwrap_or("inline"));
by_place!(Property, |it| it.object.block, (it.object.at, it.at), it.name());
by_place!(Attribute, |it| it.ty, it.at, it.name());
by_place!(Alternatives, |it| it.block, it.list.as_ptr().addr(), it.len());
