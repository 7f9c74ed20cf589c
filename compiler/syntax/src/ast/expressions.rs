//! Expressions.

use smol_str::SmolStr;

use super::{
    AstNode, Name, PathType, StringExpr, child, child_after, child_before, children, node_enum, nodes, nth_child, token,
};
use crate::{SyntaxElement, SyntaxKind, SyntaxToken};

node_enum! {
    /// An expression.
    Expr {
        Literal(Literal),
        String(StringExpr),
        NameRef(NameRef),
        Type(TypeExpr),
        Field(FieldExpr),
        Index(IndexExpr),
        Call(CallExpr),
        Prefix(PrefixExpr),
        Binary(BinaryExpr),
        If(IfExpr),
        Match(MatchExpr),
        List(ListExpr),
        Record(RecordExpr),
        Paren(ParenExpr),
    }
}

node_enum! {
    /// What stands in a list.
    Element {
        Item(ItemElem),
        Spread(SpreadElem),
        For(ForElem),
    }
}

node_enum! {
    /// What stands in a record.
    Entry {
        Field(Field),
        Spread(SpreadEntry),
        For(ForEntry),
    }
}

node_enum! {
    /// The key of a field.
    Key {
        Name(Name),
        String(StringExpr),
    }
}

node_enum! {
    /// What an arm of `match` compares with.
    Pattern {
        Literal(LiteralPattern),
        Wildcard(WildcardPattern),
    }
}

nodes! {
    /// A number, `true`, `false` or `none`.
    Literal = Literal;
    /// A name that is used.
    NameRef = NameRef;
    /// `AWS::S3::Bucket` where a value stands.
    TypeExpr = TypeExpr;
    /// `base.name` or `base?.name`.
    FieldExpr = FieldExpr;
    /// `base[index]`.
    IndexExpr = IndexExpr;
    /// `callee(args)`.
    CallExpr = CallExpr;
    /// Arguments with their parentheses.
    ArgList = ArgList;
    /// One argument.
    Arg = Arg;
    /// `!a`, `-a`.
    PrefixExpr = PrefixExpr;
    /// `a + b`.
    BinaryExpr = BinaryExpr;
    /// `if c { a } else { b }`.
    IfExpr = IfExpr;
    /// `match x { p => a }`.
    MatchExpr = MatchExpr;
    /// `p | q => a`.
    MatchArm = MatchArm;
    /// A literal in a pattern.
    LiteralPattern = LiteralPattern;
    /// `_`.
    WildcardPattern = WildcardPattern;
    /// `[a, b]`.
    ListExpr = ListExpr;
    /// `{ a: 1 }`.
    RecordExpr = RecordExpr;
    /// `(a)`.
    ParenExpr = ParenExpr;
    /// A single element, with its guard.
    ItemElem = ItemElem;
    /// `...xs` in a list.
    SpreadElem = SpreadElem;
    /// `for x in xs if c: e` in a list.
    ForElem = ForElem;
    /// `key: e if c`, or `name` alone.
    Field = Field;
    /// `...base` in a record.
    SpreadEntry = SpreadEntry;
    /// `for k, v in m if c: k: e` in a record.
    ForEntry = ForEntry;
}

/// What a [`Literal`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LiteralKind {
    /// `1_000`.
    Int,
    /// `0.5`.
    Float,
    /// `true`.
    True,
    /// `false`.
    False,
    /// `none`.
    None,
    /// `30s`.
    Duration,
    /// `512MiB`.
    Size,
    /// `10.0.0.0/16`.
    Cidr,
    /// A number with a mistake in it, already reported.
    Bad,
}

impl Literal {
    /// The one token.
    pub fn token(&self) -> Option<SyntaxToken> {
        self.0.first_token()
    }
    /// What it is.
    pub fn kind(&self) -> LiteralKind {
        match self.token().map(|it| it.kind()) {
            Some(SyntaxKind::Int) => LiteralKind::Int,
            Some(SyntaxKind::Float) => LiteralKind::Float,
            Some(SyntaxKind::TrueKw) => LiteralKind::True,
            Some(SyntaxKind::FalseKw) => LiteralKind::False,
            Some(SyntaxKind::NoneKw) => LiteralKind::None,
            Some(SyntaxKind::Duration) => LiteralKind::Duration,
            Some(SyntaxKind::Size) => LiteralKind::Size,
            Some(SyntaxKind::Cidr) => LiteralKind::Cidr,
            _ => LiteralKind::Bad,
        }
    }
    /// The text as written, `_` between digits included.
    pub fn text(&self) -> SmolStr {
        self.token().map(|it| SmolStr::new(it.text())).unwrap_or_default()
    }
}

impl NameRef {
    /// The name.
    pub fn name(&self) -> Option<Name> {
        child(&self.0)
    }
    /// The name's text.
    pub fn text(&self) -> SmolStr {
        self.name().map(|it| it.text()).unwrap_or_default()
    }
}

impl TypeExpr {
    /// The type.
    pub fn ty(&self) -> Option<PathType> {
        child(&self.0)
    }
}

impl FieldExpr {
    /// What has the field.
    pub fn base(&self) -> Option<Expr> {
        child(&self.0)
    }
    /// The field.
    pub fn name(&self) -> Option<Name> {
        child(&self.0)
    }
    /// Whether it is `?.`.
    pub fn optional(&self) -> bool {
        token(&self.0, SyntaxKind::QuestionDot).is_some()
    }
}

impl IndexExpr {
    /// What is indexed.
    pub fn base(&self) -> Option<Expr> {
        child_before(&self.0, SyntaxKind::LBrack)
    }
    /// The index or key.
    pub fn index(&self) -> Option<Expr> {
        child_after(&self.0, SyntaxKind::LBrack, 0)
    }
}

impl CallExpr {
    /// What is called: a name, or a field for a method.
    pub fn callee(&self) -> Option<Expr> {
        child(&self.0)
    }
    /// The arguments with their parentheses.
    pub fn arg_list(&self) -> Option<ArgList> {
        child(&self.0)
    }
    /// The arguments in order.
    pub fn args(&self) -> impl Iterator<Item = Arg> + use<> {
        self.arg_list().into_iter().flat_map(|it| it.args())
    }
}

impl ArgList {
    /// The arguments in order.
    pub fn args(&self) -> impl Iterator<Item = Arg> + use<> {
        children(&self.0)
    }
}

impl Arg {
    /// The parameter's name, when it is given.
    pub fn name(&self) -> Option<Name> {
        child(&self.0)
    }
    /// The value.
    pub fn value(&self) -> Option<Expr> {
        child(&self.0)
    }
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrefixOp {
    /// `!`.
    Not,
    /// `-`.
    Neg,
}

impl PrefixExpr {
    /// The operator.
    pub fn op(&self) -> Option<PrefixOp> {
        self.0.first_token().and_then(|it| match it.kind() {
            SyntaxKind::Bang => Some(PrefixOp::Not),
            SyntaxKind::Minus => Some(PrefixOp::Neg),
            _ => None,
        })
    }
    /// The operand.
    pub fn operand(&self) -> Option<Expr> {
        child(&self.0)
    }
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names are those of the operators
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

impl BinOp {
    /// The operator that this token is.
    pub fn from_kind(kind: SyntaxKind) -> Option<Self> {
        Some(match kind {
            SyntaxKind::Question2 => Self::Coalesce,
            SyntaxKind::Pipe2 => Self::Or,
            SyntaxKind::Amp2 => Self::And,
            SyntaxKind::Eq2 => Self::Eq,
            SyntaxKind::Neq => Self::Ne,
            SyntaxKind::Lt => Self::Lt,
            SyntaxKind::Le => Self::Le,
            SyntaxKind::Gt => Self::Gt,
            SyntaxKind::Ge => Self::Ge,
            SyntaxKind::InKw => Self::In,
            SyntaxKind::Plus => Self::Add,
            SyntaxKind::Minus => Self::Sub,
            SyntaxKind::Star => Self::Mul,
            SyntaxKind::Slash => Self::Div,
            SyntaxKind::Percent => Self::Rem,
            _ => return None,
        })
    }

    /// The operator as written.
    pub fn text(self) -> &'static str {
        match self {
            Self::Coalesce => "??",
            Self::Or => "||",
            Self::And => "&&",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "in",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
        }
    }
}

impl BinaryExpr {
    /// The operator's token.
    pub fn op_token(&self) -> Option<SyntaxToken> {
        self.0.children_with_tokens().filter_map(|it| it.into_token()).find(|it| BinOp::from_kind(it.kind()).is_some())
    }
    /// The operator.
    pub fn op(&self) -> Option<BinOp> {
        self.op_token().and_then(|it| BinOp::from_kind(it.kind()))
    }
    /// The left operand.
    pub fn lhs(&self) -> Option<Expr> {
        child_before(&self.0, self.op_token()?.kind())
    }
    /// The right operand.
    pub fn rhs(&self) -> Option<Expr> {
        child_after(&self.0, self.op_token()?.kind(), 0)
    }
}

impl IfExpr {
    /// The condition.
    pub fn condition(&self) -> Option<Expr> {
        child(&self.0)
    }
    /// The value when it holds; a [`RecordExpr`] when the braces are the record itself.
    pub fn then_expr(&self) -> Option<Expr> {
        self.branch(0)
    }
    /// The value when it does not.
    pub fn else_expr(&self) -> Option<Expr> {
        self.branch(1)
    }
    fn branch(&self, n: usize) -> Option<Expr> {
        let branch = self.0.children().filter(|it| it.kind() == SyntaxKind::IfBranch).nth(n)?;
        child(&branch)
    }
}

impl MatchExpr {
    /// What is compared.
    pub fn scrutinee(&self) -> Option<Expr> {
        child(&self.0)
    }
    /// The arms in order.
    pub fn arms(&self) -> impl Iterator<Item = MatchArm> + use<> {
        self.0.children().filter(|it| it.kind() == SyntaxKind::MatchArmList).flat_map(|it| children(&it))
    }
}

impl MatchArm {
    /// The patterns between `|`.
    pub fn patterns(&self) -> impl Iterator<Item = Pattern> + use<> {
        children(&self.0)
    }
    /// The value.
    pub fn body(&self) -> Option<Expr> {
        child(&self.0)
    }
}

impl LiteralPattern {
    /// The literal (`none` included), when it is not a string.
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

impl ListExpr {
    /// The elements in order.
    pub fn elements(&self) -> impl Iterator<Item = Element> + use<> {
        children(&self.0)
    }
}

impl RecordExpr {
    /// The entries in order.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + use<> {
        children(&self.0)
    }
}

impl ParenExpr {
    /// The expression in the parentheses.
    pub fn inner(&self) -> Option<Expr> {
        child(&self.0)
    }
}

/// The accessors of something with a value and a guard.
macro_rules! guarded {
    ($($name:ident)*) => { $(impl $name {
        /// The value.
        pub fn value(&self) -> Option<Expr> {
            child(&self.0)
        }
        /// The condition behind `if`.
        pub fn guard(&self) -> Option<Expr> {
            guard(&self.0)
        }
    })* };
}
guarded!(ItemElem SpreadElem SpreadEntry);

fn guard(node: &crate::SyntaxNode) -> Option<Expr> {
    let guard = node.children().find(|it| it.kind() == SyntaxKind::Guard)?;
    child(&guard)
}

impl ForElem {
    /// One or two names.
    pub fn bindings(&self) -> impl Iterator<Item = Name> + use<> {
        children(&self.0)
    }
    /// What is iterated.
    pub fn iterable(&self) -> Option<Expr> {
        child_before(&self.0, SyntaxKind::Colon)
    }
    /// The condition behind `if`.
    pub fn filter(&self) -> Option<Expr> {
        guard(&self.0)
    }
    /// The element made for each.
    pub fn value(&self) -> Option<Expr> {
        child_after(&self.0, SyntaxKind::Colon, 0)
    }
}

impl ForEntry {
    /// One or two names.
    pub fn bindings(&self) -> impl Iterator<Item = Name> + use<> {
        children(&self.0)
    }
    /// What is iterated.
    pub fn iterable(&self) -> Option<Expr> {
        child_before(&self.0, SyntaxKind::Colon)
    }
    /// The condition behind `if`.
    pub fn filter(&self) -> Option<Expr> {
        guard(&self.0)
    }
    /// The key made for each.
    pub fn key_expr(&self) -> Option<Expr> {
        let mut colons = 0;
        for element in self.0.children_with_tokens() {
            match element {
                SyntaxElement::Token(it) => colons += usize::from(it.kind() == SyntaxKind::Colon),
                SyntaxElement::Node(it) if colons == 1 && Expr::can_cast(it.kind()) => return Expr::cast(it),
                SyntaxElement::Node(_) => {}
            }
        }
        None
    }
    /// The value made for each.
    pub fn value(&self) -> Option<Expr> {
        child_after(&self.0, SyntaxKind::Colon, 1)
    }
}

impl Field {
    /// The key, or the name alone of a shorthand.
    pub fn key(&self) -> Option<Key> {
        nth_child(&self.0, 0)
    }
    /// The value; absent in a shorthand.
    pub fn value(&self) -> Option<Expr> {
        child_after(&self.0, SyntaxKind::Colon, 0)
    }
    /// The condition behind `if`.
    pub fn guard(&self) -> Option<Expr> {
        guard(&self.0)
    }
    /// Whether it is `name` alone, meaning `name: name`.
    pub fn is_shorthand(&self) -> bool {
        token(&self.0, SyntaxKind::Colon).is_none()
    }
}

impl Key {
    /// The key, when no interpolation is in it.
    pub fn text(&self) -> Option<SmolStr> {
        match self {
            Self::Name(it) => Some(it.text()),
            Self::String(it) => it.text(),
        }
    }
}
