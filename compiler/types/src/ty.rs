//! Types. Each constructor carries the phase of what it adds: a list its length, a map its keys, an optional its presence.

use std::fmt::{self, Write};
use std::sync::Arc;

use cloudc_hir::body::Literal;
use cloudc_hir::{Decl, Name};
use cloudc_schema::{Ident, Node, Object, Shape, Type};

use crate::phase::Phase;

/// A type with its phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ty {
    /// What it is.
    pub kind: Kind,
    /// When it is known; for containers when their shape is.
    pub phase: Phase,
}

/// What a type is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Something is wrong and has been reported; fits everything.
    Error,
    /// Of `none`.
    None,
    /// `Bool`.
    Bool,
    /// `Int`, perhaps with bounds.
    Int(Option<Arc<Refined>>),
    /// `Float`, perhaps with bounds.
    Float(Option<Arc<Refined>>),
    /// `String`, perhaps with a pattern and a length.
    Str(Option<Arc<Refined>>),
    /// Free JSON: anything goes in, nothing is known of it.
    Json,
    /// One value: a Bool, integer or text.
    Lit(Lit),
    /// Any of these.
    Union(Arc<[Kind]>),
    /// A span of time.
    Duration,
    /// An amount of bytes.
    Size,
    /// A block of addresses.
    Cidr,
    /// An ARN of whatever.
    Arn,
    /// Text that identifies a resource, in any of these ways.
    Ident(Arc<[Ident]>),
    /// A list.
    List(Arc<Ty>),
    /// A map from text (or a union of texts).
    Map(Arc<Kind>, Arc<Ty>),
    /// A record.
    Record(Arc<[Field]>),
    /// Perhaps none.
    Optional(Arc<Ty>),
    /// A secret.
    Secret(Arc<Ty>),
    /// A stored parameter, read when deploying.
    Ssm(Arc<Ty>),
    /// A statement of a policy.
    Statement,
    /// What a statement is about: a resource, or its ARN. Only ever expected.
    Target,
    /// Who a statement is about. Only ever expected.
    Principal,
    /// Something that is uploaded before the deployment.
    Asset(AssetKind),
    /// A resource of a CloudFormation type.
    Handle(Type),
    /// A resource of a `Custom::` type or of one the schema does not know.
    Custom(Name),
    /// An instance of a component, with the phases of its inputs' constructors.
    Instance(Decl, Arc<[Phase]>),
    /// What a position of the schema accepts. Only ever expected or declared, never inferred.
    Node(Node),
    /// A nested definition's value.
    Object(Object),
    /// The name of a type where a value could stand.
    TypeName(Type),
    /// What a test or policy sees of a stack that was built.
    Seen(Seen),
}

/// A part of a stack that was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// All of it.
    Stack,
    /// One resource, of a type that is known or not.
    Resource(Option<Type>),
    /// A list, map or record in a resource; perhaps none.
    Part(Node),
}

/// What is uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AssetKind {
    /// A file or folder.
    Files,
    /// A container image, built from a folder.
    Image,
    /// A template, built from a stack.
    Template,
}

impl AssetKind {
    /// The name of its type.
    pub fn name(self) -> &'static str {
        match self {
            AssetKind::Files => "Asset",
            AssetKind::Image => "Image",
            AssetKind::Template => "Template",
        }
    }
}

/// A literal in a type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lit {
    /// `true`, `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Text.
    Str(Name),
}

/// Bounds written with a type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Refined {
    /// Least value, length or number of items.
    pub min: Option<f64>,
    /// Greatest value, length or number of items.
    pub max: Option<f64>,
    /// Regular expression that must match somewhere in the text.
    pub pattern: Option<Name>,
}

// Bounds are written numbers, never NaN.
impl Eq for Refined {}

/// A field of a record type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Its type; `T?` when it may be missing.
    pub ty: Ty,
}

impl Ty {
    /// A type known when compiling.
    pub fn constant(kind: Kind) -> Self {
        Ty { kind, phase: Phase::CONST }
    }

    /// A type at a phase.
    pub fn at(kind: Kind, phase: Phase) -> Self {
        Ty { kind, phase }
    }

    /// The type of something already reported.
    pub fn error() -> Self {
        Ty::constant(Kind::Error)
    }

    /// Whether nothing is to be said about it any more.
    pub fn is_error(&self) -> bool {
        self.kind == Kind::Error
    }

    /// Text, known when `phase`.
    pub fn text(phase: Phase) -> Self {
        Ty::at(Kind::Str(None), phase)
    }

    /// A list with elements of `element`, its length known at `phase`.
    pub fn list(element: Ty, phase: Phase) -> Self {
        Ty::at(Kind::List(Arc::new(element)), phase)
    }

    /// `T?`; an optional of an optional is the optional, of `none` is `none`.
    pub fn optional(self, phase: Phase) -> Self {
        match &self.kind {
            Kind::Optional(_) | Kind::None | Kind::Error => Ty { phase: self.phase.join(phase), ..self },
            _ => Ty::at(Kind::Optional(Arc::new(self)), phase),
        }
    }

    /// What it is when it is there.
    pub fn present(&self) -> &Ty {
        match &self.kind {
            Kind::Optional(inner) => inner,
            _ => self,
        }
    }

    /// Joins `phase` into every constructor: what a choice at that phase does.
    pub fn delayed(&self, phase: Phase) -> Ty {
        if phase.is_const() {
            return self.clone();
        }
        self.map_phases(&mut |own| own.join(phase))
    }

    /// Fills phase variables in everywhere.
    pub fn substitute(&self, actual: &[Phase]) -> Ty {
        self.map_phases(&mut |own| own.substitute(actual))
    }

    /// The same type with every phase replaced.
    pub fn map_phases(&self, change: &mut dyn FnMut(Phase) -> Phase) -> Ty {
        let phase = change(self.phase);
        let kind = match &self.kind {
            Kind::List(element) => Kind::List(Arc::new(element.map_phases(change))),
            Kind::Map(key, value) => Kind::Map(key.clone(), Arc::new(value.map_phases(change))),
            Kind::Optional(inner) => Kind::Optional(Arc::new(inner.map_phases(change))),
            Kind::Secret(inner) => Kind::Secret(Arc::new(inner.map_phases(change))),
            Kind::Ssm(inner) => Kind::Ssm(Arc::new(inner.map_phases(change))),
            Kind::Record(fields) => Kind::Record(
                fields.iter().map(|field| Field { name: field.name.clone(), ty: field.ty.map_phases(change) }).collect(),
            ),
            Kind::Instance(component, phases) => Kind::Instance(*component, phases.iter().map(|phase| change(*phase)).collect()),
            other => other.clone(),
        };
        Ty { kind, phase }
    }

    /// The latest phase of it and everything in it.
    pub fn deepest(&self) -> Phase {
        let mut phase = Phase::CONST;
        self.map_phases(&mut |own| {
            phase = phase.join(own);
            own
        });
        phase
    }

    /// The field of a record.
    pub fn field(&self, name: &str) -> Option<&Field> {
        match &self.kind {
            Kind::Record(fields) => fields.iter().find(|field| field.name == name),
            _ => None,
        }
    }
}

impl Kind {
    /// Whether values of it are written as text in a template.
    pub fn is_text(&self) -> bool {
        match self {
            Kind::Str(_) | Kind::Lit(Lit::Str(_)) | Kind::Cidr | Kind::Arn | Kind::Ident(_) => true,
            Kind::Union(members) => members.iter().all(Kind::is_text),
            _ => false,
        }
    }

    /// Whether values of it are integers.
    pub fn is_int(&self) -> bool {
        match self {
            Kind::Int(_) | Kind::Lit(Lit::Int(_)) => true,
            Kind::Union(members) => members.iter().all(Kind::is_int),
            _ => false,
        }
    }

    /// Whether values of it are numbers.
    pub fn is_number(&self) -> bool {
        self.is_int() || matches!(self, Kind::Float(_)) || matches!(self, Kind::Union(all) if all.iter().all(Kind::is_number))
    }

    /// Whether values of it are Bools.
    pub fn is_bool(&self) -> bool {
        match self {
            Kind::Bool | Kind::Lit(Lit::Bool(_)) => true,
            Kind::Union(members) => members.iter().all(Kind::is_bool),
            _ => false,
        }
    }

    /// The literals it stands for, when there are only those.
    pub fn literals(&self) -> Option<Vec<Lit>> {
        match self {
            Kind::Lit(lit) => Some(vec![lit.clone()]),
            Kind::Bool => Some(vec![Lit::Bool(false), Lit::Bool(true)]),
            Kind::Union(members) => {
                let mut all = Vec::new();
                for member in members.iter() {
                    all.extend(member.literals()?);
                }
                Some(all)
            }
            _ => None,
        }
    }

    /// A union of kinds, flattened and without doubles; a single one is itself.
    pub fn union(members: impl IntoIterator<Item = Kind>) -> Kind {
        let mut flat: Vec<Kind> = Vec::new();
        for member in members {
            match member {
                Kind::Union(inner) => inner.iter().for_each(|kind| push_new(&mut flat, kind.clone())),
                kind => push_new(&mut flat, kind),
            }
        }
        match flat.len() {
            1 => flat.remove(0),
            _ => Kind::Union(flat.into()),
        }
    }

    /// The kind without what was written about single values: `"a" | "b"` is `String`.
    pub fn widened(&self) -> Kind {
        match self {
            Kind::Lit(Lit::Bool(_)) => Kind::Bool,
            Kind::Lit(Lit::Int(_)) | Kind::Int(_) => Kind::Int(None),
            Kind::Lit(Lit::Str(_)) | Kind::Str(_) => Kind::Str(None),
            Kind::Float(_) => Kind::Float(None),
            Kind::Union(members) => Kind::union(members.iter().map(Kind::widened)),
            other => other.clone(),
        }
    }

    /// The CloudFormation type it is a handle of.
    pub fn handle(&self) -> Option<Type> {
        match self {
            Kind::Handle(ty) => Some(*ty),
            _ => None,
        }
    }
}

fn push_new(all: &mut Vec<Kind>, kind: Kind) {
    if !all.contains(&kind) {
        all.push(kind);
    }
}

impl Lit {
    /// The same as an expression's literal.
    pub fn literal(&self) -> Literal {
        match self {
            Lit::Bool(value) => Literal::Bool(*value),
            Lit::Int(value) => Literal::Int(*value),
            Lit::Str(text) => Literal::Str(text.clone()),
        }
    }

    /// From an expression's literal, when types can hold it.
    pub fn of(literal: &Literal) -> Option<Lit> {
        match literal {
            Literal::Bool(value) => Some(Lit::Bool(*value)),
            Literal::Int(value) => Some(Lit::Int(*value)),
            Literal::Str(text) => Some(Lit::Str(text.clone())),
            _ => None,
        }
    }
}

impl fmt::Display for Lit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lit::Bool(value) => write!(f, "{value}"),
            Lit::Int(value) => write!(f, "{value}"),
            Lit::Str(text) => write!(f, "{:?}", text.as_str()),
        }
    }
}

/// As a user would write it; what cannot be written is described.
pub fn display(db: &dyn cloudc_hir::Db, ty: &Ty) -> String {
    let mut out = String::new();
    write_kind(db, &ty.kind, &mut out);
    out
}

/// Like [`display`], of a kind.
pub fn display_kind(db: &dyn cloudc_hir::Db, kind: &Kind) -> String {
    let mut out = String::new();
    write_kind(db, kind, &mut out);
    out
}

fn write_kind(db: &dyn cloudc_hir::Db, kind: &Kind, out: &mut String) {
    let _ = match kind {
        Kind::Error => write!(out, "?"),
        Kind::None => write!(out, "none"),
        Kind::Bool => write!(out, "Bool"),
        Kind::Int(bounds) => write_refined("Int", bounds.as_deref(), out),
        Kind::Float(bounds) => write_refined("Float", bounds.as_deref(), out),
        Kind::Str(bounds) => write_refined("String", bounds.as_deref(), out),
        Kind::Json => write!(out, "Json"),
        Kind::Lit(lit) => write!(out, "{lit}"),
        Kind::Union(members) => {
            for (index, member) in members.iter().enumerate() {
                if index > 0 {
                    out.push_str(" | ");
                }
                if index == 12 {
                    let _ = write!(out, "… {} more", members.len() - index);
                    break;
                }
                write_kind(db, member, out);
            }
            Ok(())
        }
        Kind::Duration => write!(out, "Duration"),
        Kind::Size => write!(out, "Size"),
        Kind::Cidr => write!(out, "Cidr"),
        Kind::Arn => write!(out, "Arn"),
        Kind::Ident(idents) => match idents.first() {
            Some(ident) => write!(out, "{ident}"),
            None => write!(out, "String"),
        },
        Kind::List(element) => wrap(db, "[", element, "]", out),
        Kind::Map(key, value) => {
            out.push_str("Map<");
            if **key != Kind::Str(None) {
                write_kind(db, key, out);
                out.push_str(", ");
            }
            write_kind(db, &value.kind, out);
            write!(out, ">")
        }
        Kind::Record(fields) => write_record(db, fields, out),
        Kind::Optional(inner) if matches!(inner.kind, Kind::Union(_)) => wrap(db, "(", inner, ")?", out),
        Kind::Optional(inner) => wrap(db, "", inner, "?", out),
        Kind::Secret(inner) => wrap(db, "Secret<", inner, ">", out),
        Kind::Ssm(inner) => wrap(db, "Ssm<", inner, ">", out),
        Kind::Statement => write!(out, "Statement"),
        Kind::Target => write!(out, "a resource or ARN"),
        Kind::Principal => write!(out, "a service, account, role or user"),
        Kind::Asset(kind) => write!(out, "{}", kind.name()),
        Kind::Handle(ty) => write!(out, "{}", ty.name()),
        Kind::Custom(name) => write!(out, "{name}"),
        Kind::Instance(component, _) => write!(out, "{}", component.name(db)),
        Kind::Node(node) => write_node(*node, out),
        Kind::Object(object) => write!(out, "{}", object.name().unwrap_or("record")),
        Kind::TypeName(ty) => write!(out, "the type {}", ty.name()),
        Kind::Seen(Seen::Stack) => write!(out, "a stack that was built"),
        Kind::Seen(Seen::Resource(Some(ty))) => write!(out, "a built {}", ty.name()),
        Kind::Seen(Seen::Resource(None)) => write!(out, "a built resource"),
        Kind::Seen(Seen::Part(node)) => write_node(*node, out),
    };
}

fn wrap(db: &dyn cloudc_hir::Db, open: &str, ty: &Ty, close: &str, out: &mut String) -> fmt::Result {
    out.push_str(open);
    write_kind(db, &ty.kind, out);
    write!(out, "{close}")
}

fn write_record(db: &dyn cloudc_hir::Db, fields: &[Field], out: &mut String) -> fmt::Result {
    out.push_str("{ ");
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        if index == 8 {
            let _ = write!(out, "… {} more", fields.len() - index);
            break;
        }
        let optional = matches!(field.ty.kind, Kind::Optional(_));
        let _ = write!(out, "{}{}: ", field.name, if optional { "?" } else { "" });
        write_kind(db, &field.ty.present().kind, out);
    }
    write!(out, " }}")
}

fn write_refined(base: &str, refined: Option<&Refined>, out: &mut String) -> fmt::Result {
    let Some(refined) = refined else { return write!(out, "{base}") };
    let mut parts = Vec::new();
    if let Some(pattern) = &refined.pattern {
        parts.push(format!("r\"{pattern}\""));
    }
    if refined.min.is_some() || refined.max.is_some() {
        let number = |bound: Option<f64>| bound.map(|value| value.to_string()).unwrap_or_default();
        parts.push(format!("{}..={}", number(refined.min), number(refined.max)));
    }
    write!(out, "{base}({})", parts.join(", "))
}

fn write_node(node: Node, out: &mut String) -> fmt::Result {
    if let Some(ident) = node.expects().first() {
        return write!(out, "{ident}");
    }
    match node.shape() {
        Shape::String => write!(out, "String"),
        Shape::Integer => write!(out, "Int"),
        Shape::Number => write!(out, "Float"),
        Shape::Boolean => write!(out, "Bool"),
        Shape::Json => write!(out, "Json"),
        Shape::List(element) => {
            out.push('[');
            let _ = write_node(element, out);
            write!(out, "]")
        }
        Shape::Map { value, .. } => {
            out.push_str("Map<");
            let _ = write_node(value, out);
            write!(out, ">")
        }
        Shape::Object(object) => write!(out, "{}", object.name().unwrap_or("record")),
        Shape::OneOf(alternatives) | Shape::AnyOf(alternatives) => {
            for (index, alternative) in alternatives.iter().enumerate() {
                if index > 0 {
                    out.push_str(" | ");
                }
                let _ = write_node(alternative, out);
            }
            Ok(())
        }
    }
}
