//! What expressions come to: constants, handles, and what only a deployment can know.
//!
//! In: nothing. Out: [`Value`] and [`Expr`]. Always: an [`Expr`] says what is meant and not how CloudFormation spells it, and
//! every node knows the expression it was born in.

use std::sync::Arc;

use cloudc_hir::{Anchor, Decl, ExprId, Name};
pub use cloudc_types::ty::AssetKind;
pub use cloudc_types::typed::Pseudo;

use crate::cond::Cond;
use crate::frame::{Frame, Site};

/// An expression of a program; a range only when it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, salsa::SalsaValue)]
pub struct Src {
    /// The declaration it stands in.
    pub decl: Decl,
    /// Which expression.
    pub expr: ExprId,
}

/// A value and where it was born.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// The expression that made it.
    pub src: Src,
}

/// An entry of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its key.
    pub name: Name,
    /// Its value.
    pub node: Node,
    /// Where the key was written.
    pub site: Src,
}

/// A value. `Duration` and `Size` are integers here, `Cidr` and `Arn` text.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Absence. A record keeps such an entry until it is emitted, so that merging can remove by it.
    None,
    /// JSON's null.
    Null,
    /// Known when compiling.
    Bool(bool),
    /// Known when compiling.
    Int(i64),
    /// Known when compiling.
    Float(f64),
    /// Known when compiling.
    Str(Name),
    /// A list of known length; elements that are none are left out when it is emitted.
    List(Arc<[Node]>),
    /// A record or map with known keys, in the order written, no key twice.
    Record(Arc<[Field]>),
    /// A resource, or something already in the account.
    Handle(Site),
    /// An instance of a component.
    Instance(Frame),
    /// Known when the deployment starts, or later.
    Deploy(Arc<Expr>),
    /// An input that has not been chosen yet, or what follows from it. Silent.
    Unknown,
    /// What follows an error. Silent.
    Poison,
}

/// What a deployment computes.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A resource's reference value.
    Ref(Site),
    /// An attribute of a resource.
    Attr(Site, Name),
    /// A parameter.
    Param(Site),
    /// A pseudo parameter.
    Pseudo(Pseudo),
    /// A condition as a value.
    Truth(Cond),
    /// Text pieces one after another; at least two, constant neighbours joined.
    Concat(Vec<Node>),
    /// A choice; the condition is never constant.
    If(Cond, Node, Node),
    /// A look-up in a constant map by something that is not.
    Find(Find),
    /// An intrinsic function.
    Call(Op, Vec<Node>),
    /// The JSON text of a value that is not constant.
    Json(Node),
    /// Something that is uploaded, or one of the names it then has.
    Asset(Arc<Asset>, AssetPart),
}

/// Something that is uploaded before the deployment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Asset {
    /// What it is.
    pub kind: AssetKind,
    /// Where it is: a normalised path of the project.
    pub path: Name,
}

/// What is asked of an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AssetPart {
    /// Itself.
    Whole,
    /// The bucket it is in.
    Bucket,
    /// Its key there, as it is.
    Key,
    /// Its key there, as an archive.
    ZipKey,
    /// `s3://bucket/key`.
    S3Uri,
    /// `https://…`.
    Url,
    /// The name of an image, with its repository.
    ImageUri,
}

/// A look-up in a map: `map[keys[0]][keys[1]]…`, where at least one key is known at deployment only.
#[derive(Debug, Clone, PartialEq)]
pub struct Find {
    /// The map, a record.
    pub map: Node,
    /// The keys so far, outermost first; constants and others.
    pub keys: Vec<Node>,
    /// What it is when a key is missing.
    pub default: Option<Node>,
}

/// Intrinsic functions, with their arguments in CloudFormation's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// Separator, list.
    Join,
    /// Separator, text.
    Split,
    /// Index, list.
    Select,
    /// Text.
    Base64,
    /// Block, count, host bits.
    Cidr,
    /// List.
    Length,
    /// Region, or empty text for the stack's own.
    Zones,
    /// The name of an export.
    ImportValue,
    /// Stack name, output name, and optionally the region (or none) and a role.
    StackOutput,
}

impl Src {
    /// The place a problem with it is shown at.
    pub fn anchor(self) -> Anchor {
        Anchor::expr(self.decl, self.expr)
    }

    /// This value, born here.
    pub fn node(self, value: Value) -> Node {
        Node { value, src: self }
    }
}

impl Node {
    /// How many values it holds, itself included; `None` when there are more than `most`.
    pub fn count(&self, most: usize) -> Option<usize> {
        fn spend(node: &Node, left: &mut usize) -> Option<()> {
            *left = left.checked_sub(1)?;
            match &node.value {
                Value::List(items) => items.iter().try_for_each(|item| spend(item, left)),
                Value::Record(fields) => fields.iter().try_for_each(|field| spend(&field.node, left)),
                _ => Some(()),
            }
        }
        let mut left = most;
        spend(self, &mut left)?;
        Some(most - left)
    }
}

impl Value {
    /// Text.
    pub fn text(text: impl Into<Name>) -> Self {
        Value::Str(text.into())
    }

    /// A list of known length.
    pub fn list(items: Vec<Node>) -> Self {
        Value::List(items.into())
    }

    /// A record.
    pub fn record(fields: Vec<Field>) -> Self {
        Value::Record(fields.into())
    }

    /// Something for the deployment.
    pub fn deploy(expr: Expr) -> Self {
        Value::Deploy(Arc::new(expr))
    }

    /// A condition, or the constant that it is.
    pub fn truth(cond: Cond) -> Self {
        match cond {
            Cond::True => Value::Bool(true),
            Cond::False => Value::Bool(false),
            cond => Value::deploy(Expr::Truth(cond)),
        }
    }

    /// What a deployment computes, if this is such a value.
    pub fn expr(&self) -> Option<&Expr> {
        match self {
            Value::Deploy(expr) => Some(expr),
            _ => None,
        }
    }

    /// The condition and both branches of a choice.
    pub fn choice(&self) -> Option<(&Cond, &Node, &Node)> {
        match self.expr() {
            Some(Expr::If(cond, then, otherwise)) => Some((cond, then, otherwise)),
            _ => None,
        }
    }

    /// Text, if it is known.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// An integer, if it is known.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The entry of a record, absent ones excluded.
    pub fn field(&self, name: &str) -> Option<&Node> {
        match self {
            Value::Record(fields) => {
                fields.iter().find(|field| field.name == name).map(|field| &field.node).filter(|node| node.value != Value::None)
            }
            _ => None,
        }
    }

    /// Whether it is a constant all through.
    pub fn is_const(&self) -> bool {
        match self {
            Value::None | Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => true,
            Value::List(items) => items.iter().all(|item| item.value.is_const()),
            Value::Record(fields) => fields.iter().all(|field| field.node.value.is_const()),
            Value::Handle(_) | Value::Instance(_) | Value::Deploy(_) | Value::Unknown | Value::Poison => false,
        }
    }

    /// Whether an error or a missing input is inside.
    pub fn is_broken(&self) -> bool {
        match self {
            Value::Unknown | Value::Poison => true,
            Value::List(items) => items.iter().any(|item| item.value.is_broken()),
            Value::Record(fields) => fields.iter().any(|field| field.node.value.is_broken()),
            Value::Deploy(expr) => expr.children().into_iter().any(|node| node.value.is_broken()),
            _ => false,
        }
    }

    /// How a message names it, by its declaration where it is one.
    pub fn named(&self, db: &dyn crate::Db) -> String {
        match self {
            Value::Handle(site) => format!("`{}`", site.decl(db).name(db)),
            Value::Deploy(expr) => match &**expr {
                Expr::Param(site) | Expr::Ref(site) | Expr::Attr(site, _) => format!("`{}`", site.decl(db).name(db)),
                _ => self.describe(),
            },
            _ => self.describe(),
        }
    }

    /// How a message names it: the value itself when it is short, else what kind it is.
    pub fn describe(&self) -> String {
        match self {
            Value::None => "none".to_owned(),
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => value.to_string(),
            Value::Str(text) if text.len() <= 60 => format!("{text:?}"),
            Value::Str(_) => "a text".to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Record(_) => "a record".to_owned(),
            Value::Handle(_) => "a resource".to_owned(),
            Value::Instance(_) => "a component".to_owned(),
            Value::Deploy(_) | Value::Unknown | Value::Poison => "a value that is known at deployment only".to_owned(),
        }
    }
}

impl Expr {
    /// The nodes directly inside, the operands of conditions excluded.
    pub fn children(&self) -> Vec<&Node> {
        match self {
            Expr::Ref(_) | Expr::Attr(..) | Expr::Param(_) | Expr::Pseudo(_) | Expr::Truth(_) | Expr::Asset(..) => Vec::new(),
            Expr::Concat(parts) | Expr::Call(_, parts) => parts.iter().collect(),
            Expr::If(_, then, otherwise) => vec![then, otherwise],
            Expr::Find(find) => find.keys.iter().chain(&find.default).chain([&find.map]).collect(),
            Expr::Json(node) => vec![node],
        }
    }
}

/// A choice between two values, folded where it is none.
pub fn choose(cond: Cond, then: Node, otherwise: Node, src: Src) -> Node {
    match cond {
        Cond::True => then,
        Cond::False => otherwise,
        _ if then.value == otherwise.value => then,
        cond => src.node(Value::deploy(Expr::If(cond, then, otherwise))),
    }
}
