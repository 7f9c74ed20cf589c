//! A type while it is being put together: owned, mutable, indices into its own arena.
//!
//! In: what [`crate::read`] finds in a raw schema; the generator then repairs it. Out: [`crate::encode`] packs it.

use crate::model::{Ident, TagStyle, Text, Unit, Update};

/// An identity before it is packed.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct DraftIdent {
    /// Type name.
    pub ty: String,
    /// Attribute name.
    pub attr: String,
}

impl DraftIdent {
    /// An identity of these names.
    pub fn new(ty: impl Into<String>, attr: impl Into<String>) -> DraftIdent {
        DraftIdent { ty: ty.into(), attr: attr.into() }
    }
}

impl From<Ident> for DraftIdent {
    fn from(ident: Ident) -> DraftIdent {
        DraftIdent::new(ident.ty, ident.attr)
    }
}

/// A constant of a constraint.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs)] // as `Scalar`
pub enum DraftScalar {
    Str(String),
    Int(i64),
    Float(f64),
    Bool(bool),
}

/// As [`crate::Constraints`].
#[derive(Clone, PartialEq, Debug, Default)]
#[allow(missing_docs)] // as `Constraints`
pub struct DraftConstraints {
    pub allowed: Vec<DraftScalar>,
    pub ignore_case: bool,
    pub open: bool,
    pub pattern: Option<String>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub exclusive_max: bool,
    pub multiple_of: Option<f64>,
    pub min_len: Option<u32>,
    pub max_len: Option<u32>,
    pub min_items: Option<u32>,
    pub max_items: Option<u32>,
    pub min_props: Option<u32>,
    pub max_props: Option<u32>,
    pub unique: bool,
    pub ordered: bool,
    pub format: Option<String>,
    pub default: Option<DraftScalar>,
    pub constant: Option<DraftScalar>,
}

/// As [`crate::Shape`], with indices into [`DraftType::nodes`] and [`DraftType::objects`].
#[derive(Clone, PartialEq, Debug, Default)]
#[allow(missing_docs)] // as `Shape`
pub enum DraftShape {
    String,
    Integer,
    Number,
    Boolean,
    #[default]
    Json,
    List(u32),
    Map {
        key: Option<String>,
        value: u32,
    },
    Object(u32),
    OneOf(Vec<u32>),
    AnyOf(Vec<u32>),
}

/// A position.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DraftNode {
    /// What it holds.
    pub shape: DraftShape,
    /// Limits.
    pub constraints: DraftConstraints,
    /// Identities accepted, preferred first.
    pub expects: Vec<DraftIdent>,
    /// `expects` is what is known to fit, not all that does.
    pub open: bool,
    /// The unit numbers are counted in.
    pub unit: Option<Unit>,
    /// What its text is.
    pub text: Text,
    /// AWS's description; only in layers.
    pub doc: Option<String>,
}

/// A property of an object.
#[derive(Clone, PartialEq, Debug, Default)]
#[allow(missing_docs)] // as `Property`
pub struct DraftProperty {
    pub name: String,
    pub node: u32,
    pub required: bool,
    pub read_only: bool,
    pub write_only: bool,
    pub deprecated: bool,
    pub update: Update,
}

/// An object: a definition, an inline object or the type itself.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DraftObject {
    /// Definition name.
    pub name: Option<String>,
    /// Properties, sorted by name before packing.
    pub properties: Vec<DraftProperty>,
    /// Rules over them.
    pub groups: Vec<DraftGroup>,
    /// Other keys are accepted.
    pub open: bool,
}

/// As [`crate::Group`].
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs)] // as `Group`
pub enum DraftGroup {
    ExactlyOne(Vec<Vec<String>>),
    AtLeastOne(Vec<Vec<String>>),
    Requires { when: String, all: Vec<String> },
    Excludes { when: String, any: Vec<String> },
    When { test: DraftTest, then: DraftTest },
}

/// As [`crate::Test`].
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs)] // as `Test`
pub enum DraftTest {
    All(Vec<DraftTest>),
    Any(Vec<DraftTest>),
    Not(Box<DraftTest>),
    Present(Vec<String>),
    In(Vec<String>, Vec<DraftScalar>),
    Within(Vec<String>, Option<f64>, Option<f64>),
    Matches(Vec<String>, String),
}

/// Handler permissions: create, read, update, delete, list.
pub type DraftPermissions = [Vec<String>; 5];

/// A whole resource type.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DraftType {
    /// `AWS::S3::Bucket`.
    pub name: String,
    /// Arena of positions.
    pub nodes: Vec<DraftNode>,
    /// Arena of objects; the first is the type's own properties.
    pub objects: Vec<DraftObject>,
    /// What `Fn::GetAtt` gives: name, node.
    pub attributes: Vec<(String, u32)>,
    /// Identities an attribute has beside its own and what its node expects.
    pub attribute_idents: Vec<(String, DraftIdent)>,
    /// Property paths, dotted.
    pub primary: Vec<String>,
    /// Name of the attribute or property that `Ref` equals.
    pub ref_attr: String,
    /// IAM actions.
    pub permissions: DraftPermissions,
    /// How it takes tags, and in which property.
    pub tags: (TagStyle, Option<String>),
    /// AWS no longer wants it used.
    pub deprecated: bool,
    /// It holds data that deletion destroys.
    pub stateful: bool,
    /// Bit per region of the store's list.
    pub regions: u64,
    /// AWS's description; only in layers.
    pub doc: Option<String>,
}

impl DraftType {
    /// The node a dotted path of properties leads to, through lists and maps; `*` and `items` are skipped.
    pub fn find(&self, path: &[&str]) -> Option<Place> {
        let mut objects = vec![0u32];
        let mut found = None;
        for token in path {
            let hit = objects.iter().find_map(|&object| {
                let properties = &self.objects[object as usize].properties;
                properties.iter().position(|p| p.name == *token).map(|property| Place { object, property })
            });
            match hit {
                Some(place) => {
                    objects = self.objects_under(self.node_of(place), 0);
                    found = Some(place);
                }
                None if matches!(*token, "*" | "items" | "properties") => {}
                None => return None,
            }
        }
        found
    }

    /// The node of a place.
    pub fn node_of(&self, place: Place) -> u32 {
        self.objects[place.object as usize].properties[place.property].node
    }

    /// The objects one step inside a node: through lists, maps and alternatives.
    pub fn objects_under(&self, node: u32, depth: u32) -> Vec<u32> {
        if depth > 8 {
            return Vec::new();
        }
        match &self.nodes[node as usize].shape {
            DraftShape::Object(object) => vec![*object],
            DraftShape::List(inner) | DraftShape::Map { value: inner, .. } => self.objects_under(*inner, depth + 1),
            DraftShape::OneOf(all) | DraftShape::AnyOf(all) => {
                all.iter().flat_map(|&inner| self.objects_under(inner, depth + 1)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The scalar node inside a node: the element of a list of scalars, or itself.
    pub fn leaf(&self, node: u32) -> u32 {
        match self.nodes[node as usize].shape {
            DraftShape::List(inner) => self.leaf(inner),
            _ => node,
        }
    }
}

/// A property entry of an object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Place {
    /// Index of the object.
    pub object: u32,
    /// Index of the property in it.
    pub property: usize,
}

/// Everything a store is packed from.
#[derive(Clone, Debug, Default)]
pub struct DraftStore {
    /// Region codes, in bit order.
    pub regions: Vec<String>,
    /// Types, any order.
    pub types: Vec<DraftType>,
    /// Identities of things that are no resource types (`AWS::EC2::Image.Id`).
    pub pseudo: Vec<DraftIdent>,
}
