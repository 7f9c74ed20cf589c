//! What a declaration says, without sugar and without positions.
//!
//! One [`Body`] per declaration, nested declarations excluded (they have their own). Expressions and written types live in
//! arenas and are named by index; [`crate::BodyMap`] gives their ranges.

use smol_str::SmolStr;

/// Index of an expression in its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, salsa::SalsaValue)]
pub struct ExprId(pub u32);

/// Index of a written type in its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, salsa::SalsaValue)]
pub struct TypeId(pub u32);

/// Everything one declaration says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// All expressions; children come before parents.
    pub exprs: Vec<Expr>,
    /// All written types.
    pub types: Vec<TypeRef>,
    /// Doc comment, without markers.
    pub doc: Option<SmolStr>,
    /// Whether `pub` is written.
    pub is_pub: bool,
    /// Attributes in order.
    pub attrs: Vec<Attr>,
    /// What the kind of declaration has.
    pub parts: Parts,
}

/// The parts that differ between kinds of declarations. Missing parts are `None`; the parser has told so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the grammar's
pub enum Parts {
    #[default]
    Empty,
    /// `path` is the text between the quotes; expression 0 stands for it.
    Import {
        path: Option<SmolStr>,
    },
    ImportItem {
        name: SmolStr,
        path: Option<SmolStr>,
    },
    /// `input`, `param`, `let`, `existing`, `output`: a type and a value.
    Value {
        ty: Option<TypeId>,
        as_ty: Option<TypeId>,
        value: Option<ExprId>,
    },
    /// `body` is an [`Expr::Record`].
    Resource {
        ty: Option<TypeId>,
        body: Option<ExprId>,
        with: Vec<WithEntry>,
    },
    Fn {
        params: Vec<FnParam>,
        ret: Option<TypeId>,
        value: Option<ExprId>,
    },
    Type {
        ty: Option<TypeId>,
    },
    If {
        condition: Option<ExprId>,
    },
    /// One or two bindings, and the key when `by` is written.
    For {
        bindings: Vec<SmolStr>,
        iterable: Option<ExprId>,
        by: Option<ExprId>,
    },
    Assert {
        condition: Option<ExprId>,
        message: Option<ExprId>,
    },
    /// `stack`, `project`, `env`: settings.
    Settings {
        body: Option<ExprId>,
        parent: Option<SmolStr>,
    },
    Defaults {
        ty: Option<TypeId>,
        body: Option<ExprId>,
    },
    Moved {
        from: Option<ExprId>,
        to: Option<ExprId>,
    },
    Forget {
        target: Option<ExprId>,
    },
    /// `policy`, `test`.
    Titled {
        title: Option<ExprId>,
    },
}

/// `@name(args)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attr {
    /// Without the `@`.
    pub name: SmolStr,
    /// In order.
    pub args: Vec<Arg>,
}

/// An argument, named or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arg {
    /// Before the colon.
    pub name: Option<SmolStr>,
    /// After it.
    pub value: ExprId,
}

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FnParam {
    /// Its name.
    pub name: SmolStr,
    /// Its type.
    pub ty: Option<TypeId>,
    /// What it is when not given.
    pub default: Option<ExprId>,
}

/// One patch in `with { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithEntry {
    /// The inner declaration's name.
    pub name: SmolStr,
    /// Attributes it adds.
    pub attrs: Vec<Attr>,
    /// An [`Expr::Record`] merged over the inner one.
    pub body: Option<ExprId>,
    /// Patches inside that one, when it is a component itself.
    pub with: Vec<WithEntry>,
    /// Stands for the entry's name when something is wrong with it: an [`Expr::Missing`].
    pub anchor: ExprId,
}

/// A desugared expression.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // the names are the grammar's
pub enum Expr {
    /// Not written, or not readable; an error has been reported.
    Missing,
    Literal(Literal),
    /// Text with holes; a text without holes is a literal.
    Interp(Vec<StrPart>),
    Name(SmolStr),
    /// `AWS::S3::Bucket` where a value is expected.
    TypePath(TypeId),
    Field {
        base: ExprId,
        name: SmolStr,
        optional: bool,
    },
    Index {
        base: ExprId,
        index: ExprId,
    },
    Call {
        callee: ExprId,
        args: Vec<Arg>,
    },
    Not(ExprId),
    Neg(ExprId),
    Binary {
        op: BinOp,
        lhs: ExprId,
        rhs: ExprId,
    },
    If {
        condition: ExprId,
        then: ExprId,
        otherwise: ExprId,
    },
    Match {
        scrutinee: ExprId,
        arms: Vec<Arm>,
    },
    List(Vec<Element>),
    Record(Vec<Entry>),
}

// Floats are compared by their bits, so that equality is reflexive.
impl Eq for Expr {}

/// A constant as written.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Literal {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(SmolStr),
    /// In milliseconds.
    Duration(i64),
    /// In bytes.
    Size(i64),
    /// As written, checked by the type checker.
    Cidr(SmolStr),
}

// Written numbers are never NaN.
impl Eq for Literal {}

/// A piece of text or a hole in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StrPart {
    /// Escapes are resolved.
    Text(SmolStr),
    /// `${…}`.
    Hole(ExprId),
}

/// Binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum BinOp {
    Coalesce,
    Or,
    And,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

/// One arm of a `match`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// Alternatives; empty when unreadable.
    pub patterns: Vec<Pattern>,
    /// What it gives.
    pub body: ExprId,
    /// Stands for the patterns when something is wrong with them: an [`Expr::Missing`].
    pub anchor: ExprId,
}

/// What an arm matches.
#[derive(Debug, Clone, PartialEq)]
pub enum Pattern {
    /// Equal to this; `none` is a literal too.
    Literal(Literal),
    /// `_`.
    Wildcard,
}

impl Eq for Pattern {}

/// An element of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Element {
    Item {
        value: ExprId,
        guard: Option<ExprId>,
    },
    /// A bare `...` (what was there, in a patch) has an [`Expr::Missing`] for its value.
    Spread {
        value: ExprId,
        guard: Option<ExprId>,
    },
    For {
        bindings: Vec<SmolStr>,
        iterable: ExprId,
        filter: Option<ExprId>,
        value: ExprId,
    },
}

/// An entry of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Entry {
    /// `anchor` stands for the key.
    Field {
        key: Key,
        value: ExprId,
        guard: Option<ExprId>,
        anchor: ExprId,
    },
    Spread {
        value: ExprId,
        guard: Option<ExprId>,
    },
    For {
        bindings: Vec<SmolStr>,
        iterable: ExprId,
        filter: Option<ExprId>,
        key: ExprId,
        value: ExprId,
    },
}

/// A key of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// Known as written.
    Text(SmolStr),
    /// A string with holes.
    Computed(ExprId),
}

/// A type as written.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum TypeRef {
    Missing,
    /// `String`, `AWS::EC2::VPC.VpcId`, `net.Vpc`, `Custom::Thing`: segments joined by `::`, then members.
    Path {
        path: SmolStr,
        members: Vec<SmolStr>,
    },
    /// `Map<K, V>`, `Secret<T>`, `Ssm<T>`.
    Generic {
        base: SmolStr,
        args: Vec<TypeId>,
    },
    /// `Int(1..=6)`, `String(r"…", 1..=40)`.
    Refined {
        base: TypeId,
        refinements: Vec<Refinement>,
    },
    List(TypeId),
    Record(Vec<RecordField>),
    Optional(TypeId),
    Union(Vec<TypeId>),
    Literal(Literal),
}

impl Eq for TypeRef {}

/// A field of a record type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordField {
    /// Its name.
    pub name: SmolStr,
    /// `name?: T`.
    pub optional: bool,
    /// Its type.
    pub ty: TypeId,
}

/// A bound in the parentheses of a type.
#[derive(Debug, Clone, PartialEq)]
pub enum Refinement {
    /// A regular expression.
    Pattern(SmolStr),
    /// Of a number's value or a string's or list's length; both ends inclusive, `..` has been turned into `..=`.
    Range {
        /// Least.
        start: Option<f64>,
        /// Greatest.
        end: Option<f64>,
    },
    /// Something else, which is an error.
    Other,
}

impl Body {
    /// The expression at `id`.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }

    /// The written type at `id`.
    pub fn ty(&self, id: TypeId) -> &TypeRef {
        &self.types[id.0 as usize]
    }

    /// The first attribute of that name.
    pub fn attr(&self, name: &str) -> Option<&Attr> {
        self.attrs.iter().find(|attr| attr.name == name)
    }
}
