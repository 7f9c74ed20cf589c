//! Types.

use super::{AstNode, Expr, Literal, Name, StringExpr, child, child_after, child_before, children, node_enum, nodes, token};
use crate::{SyntaxElement, SyntaxKind};

node_enum! {
    /// A type as written.
    Type {
        Path(PathType),
        Refined(RefinedType),
        Generic(GenericType),
        List(ListType),
        Record(RecordType),
        Optional(OptionalType),
        Union(UnionType),
        Literal(LiteralType),
        Paren(ParenType),
    }
}

nodes! {
    /// `String`, `AWS::EC2::VPC.VpcId`, `net.Vpc`.
    PathType = PathType;
    /// `Int(1..=6)`, `String(r"^a$", 1..=40)`.
    RefinedType = RefinedType;
    /// One refinement: a pattern, a range or another expression.
    TypeArg = TypeArg;
    /// `1..=6`, `..10`; a side may be absent.
    RangeExpr = RangeExpr;
    /// `Map<K, V>`, `Secret<T>`.
    GenericType = GenericType;
    /// `[T]`.
    ListType = ListType;
    /// `{ a: T, b?: U }`.
    RecordType = RecordType;
    /// One field of a record type.
    RecordTypeField = RecordTypeField;
    /// `T?`.
    OptionalType = OptionalType;
    /// `A | B | C`.
    UnionType = UnionType;
    /// `"a"`, `5`, `-1`, `true`.
    LiteralType = LiteralType;
    /// `(T)`.
    ParenType = ParenType;
}

impl PathType {
    /// The names before the first dot; `*` can be the last of them.
    pub fn segments(&self) -> impl Iterator<Item = Name> + use<> {
        self.names(false)
    }
    /// The names behind dots.
    pub fn members(&self) -> impl Iterator<Item = Name> + use<> {
        self.names(true)
    }
    fn names(&self, behind_dot: bool) -> impl Iterator<Item = Name> + use<> {
        let mut dotted = false;
        self.0.children_with_tokens().filter_map(move |it| match it {
            SyntaxElement::Token(it) => {
                dotted |= it.kind() == SyntaxKind::Dot;
                None
            }
            SyntaxElement::Node(it) => (dotted == behind_dot).then(|| Name::cast(it)).flatten(),
        })
    }
}

impl RefinedType {
    /// What is refined.
    pub fn base(&self) -> Option<PathType> {
        child(&self.0)
    }
    /// The refinements in order.
    pub fn args(&self) -> impl Iterator<Item = TypeArg> + use<> {
        self.0.children().filter(|it| it.kind() == SyntaxKind::TypeArgList).flat_map(|it| children(&it))
    }
}

impl TypeArg {
    /// A regular expression, when it is a string.
    pub fn pattern(&self) -> Option<StringExpr> {
        child(&self.0)
    }
    /// A range.
    pub fn range(&self) -> Option<RangeExpr> {
        child(&self.0)
    }
    /// Whatever expression it is, strings included, ranges not.
    pub fn expr(&self) -> Option<Expr> {
        child(&self.0)
    }
}

impl RangeExpr {
    fn operator(&self) -> SyntaxKind {
        if self.inclusive() { SyntaxKind::Dot2Eq } else { SyntaxKind::Dot2 }
    }
    /// The lower bound.
    pub fn start(&self) -> Option<Expr> {
        child_before(&self.0, self.operator())
    }
    /// The upper bound.
    pub fn end(&self) -> Option<Expr> {
        child_after(&self.0, self.operator(), 0)
    }
    /// Whether the upper bound belongs to it (`..=`).
    pub fn inclusive(&self) -> bool {
        token(&self.0, SyntaxKind::Dot2Eq).is_some()
    }
}

impl GenericType {
    /// What is applied.
    pub fn base(&self) -> Option<PathType> {
        child(&self.0)
    }
    /// The types between `<` and `>`.
    pub fn args(&self) -> impl Iterator<Item = Type> + use<> {
        self.0.children().filter(|it| it.kind() == SyntaxKind::TypeList).flat_map(|it| children(&it))
    }
}

impl ListType {
    /// The type of the elements.
    pub fn element(&self) -> Option<Type> {
        child(&self.0)
    }
}

impl RecordType {
    /// The fields in order.
    pub fn fields(&self) -> impl Iterator<Item = RecordTypeField> + use<> {
        children(&self.0)
    }
}

impl RecordTypeField {
    /// The key.
    pub fn name(&self) -> Option<Name> {
        child(&self.0)
    }
    /// Whether `?` stands behind the key.
    pub fn optional(&self) -> bool {
        token(&self.0, SyntaxKind::Question).is_some()
    }
    /// The type.
    pub fn ty(&self) -> Option<Type> {
        child(&self.0)
    }
}

impl OptionalType {
    /// The type before `?`.
    pub fn inner(&self) -> Option<Type> {
        child(&self.0)
    }
}

impl UnionType {
    /// The alternatives in order.
    pub fn variants(&self) -> impl Iterator<Item = Type> + use<> {
        children(&self.0)
    }
}

impl LiteralType {
    /// The literal, when it is not a string.
    pub fn literal(&self) -> Option<Literal> {
        child(&self.0)
    }
    /// The string.
    pub fn string(&self) -> Option<StringExpr> {
        child(&self.0)
    }
    /// Whether `-` stands before it.
    pub fn is_negative(&self) -> bool {
        token(&self.0, SyntaxKind::Minus).is_some()
    }
}

impl ParenType {
    /// The type in the parentheses.
    pub fn inner(&self) -> Option<Type> {
        child(&self.0)
    }
}
