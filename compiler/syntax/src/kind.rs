//! Every kind of token and node that a tree can hold.
//!
//! Tokens come first, nodes from [`SyntaxKind::SourceFile`] on. The order means nothing else.

/// Declares [`SyntaxKind`] together with the table that maps rowan's raw number back to it.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident,)*) => {
        /// A kind of token or node.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        #[allow(missing_docs)] // the names are the grammar's own; those that are not have a comment
        pub enum SyntaxKind { $($(#[$doc])* $kind,)* }

        const ALL: &[SyntaxKind] = &[$(SyntaxKind::$kind,)*];
    };
}

kinds! {
    // Trivia.
    /// Spaces, tabs, line ends, a byte order mark.
    Whitespace,
    /// `// …` up to the end of its line.
    Comment,
    /// `/// …` up to the end of its line.
    DocComment,
    /// `/* … */`, not nested.
    BlockComment,

    // Names. Keywords are contextual: the lexer makes an `Ident`, the grammar renames it.
    Ident,
    Underscore,
    ImportKw, InputKw, ParamKw, LetKw, ResourceKw, ExistingKw, OutputKw, ComponentKw, FnKw, TypeKw,
    DefaultsKw, MovedKw, ForgetKw, AssertKw, PolicyKw, TestKw, StackKw, ProjectKw, EnvKw, PubKw,
    IfKw, ElseKw, ForKw, InKw, ByKw, AsKw, WithKw, MatchKw, TrueKw, FalseKw, NoneKw,

    // Literals.
    Int,
    Float,
    Duration,
    Size,
    Cidr,
    /// A number that is none of them; its error is reported by the lexer.
    BadNumber,
    /// `"`, `"""`, `r"` or `r"""`.
    StringStart,
    /// Text between the quotes and interpolations, escapes included.
    StringText,
    /// `${`.
    InterpStart,
    /// The `}` that closes an interpolation.
    InterpEnd,
    /// `"` or `"""`.
    StringEnd,

    // Punctuation.
    LParen, RParen, LBrack, RBrack, LBrace, RBrace,
    Colon, Colon2, Comma, Semicolon, At,
    Dot, Dot2, Dot2Eq, Dot3,
    Question, QuestionDot, Question2,
    Eq, Eq2, Neq, Lt, Le, Gt, Ge,
    Plus, Minus, Star, Slash, Percent,
    Amp2, Pipe2, Pipe, Bang, Arrow, FatArrow,
    /// Characters that no token begins with; their error is reported by the lexer.
    Stray,
    /// A line end that separates entries. Only the grammar sees it, it is never in a tree.
    Newline,

    // Nodes: file level.
    SourceFile,
    Chunk,
    /// Text that the grammar has no place for.
    Error,
    Name,
    Attr,
    ArgList,
    Arg,

    // Nodes: declarations.
    Import, ImportSpecList, ImportSpec,
    InputItem, ParamItem, LetItem, ResourceItem, ExistingItem, OutputItem, AsType,
    ComponentItem, Block, FnItem, ParamList, FnParam, TypeItem,
    IfItem, ForItem, ByClause, DefaultsItem, MovedItem, ForgetItem, AssertItem,
    PolicyItem, TestItem, StackItem, ProjectItem, EnvItem,
    WithBlock, WithEntry,

    // Nodes: types.
    PathType, RefinedType, TypeArgList, TypeArg, RangeExpr, GenericType, TypeList,
    ListType, RecordType, RecordTypeField, OptionalType, UnionType, LiteralType, ParenType,

    // Nodes: expressions.
    Literal, StringExpr, Interp, NameRef, TypeExpr, FieldExpr, IndexExpr, CallExpr,
    PrefixExpr, BinaryExpr, IfExpr, IfBranch, MatchExpr, MatchArmList, MatchArm,
    LiteralPattern, WildcardPattern, ListExpr, RecordExpr, ParenExpr,
    Guard, ItemElem, SpreadElem, ForElem, Field, SpreadEntry, ForEntry,
}

impl SyntaxKind {
    /// Whether the token is invisible to the grammar.
    pub fn is_trivia(self) -> bool {
        self <= Self::BlockComment
    }

    /// Whether the token is a line or block comment, documentation included.
    pub fn is_comment(self) -> bool {
        matches!(self, Self::Comment | Self::DocComment | Self::BlockComment)
    }

    /// Whether this is a keyword, as renamed by the grammar.
    pub fn is_keyword(self) -> bool {
        (Self::ImportKw..=Self::NoneKw).contains(&self)
    }

    /// Whether this is a node, not a token.
    pub fn is_node(self) -> bool {
        self >= Self::SourceFile
    }

    /// The keyword that `text` is where the grammar wants one.
    pub fn keyword(text: &str) -> Option<Self> {
        Some(match text {
            "import" => Self::ImportKw,
            "input" => Self::InputKw,
            "param" => Self::ParamKw,
            "let" => Self::LetKw,
            "resource" => Self::ResourceKw,
            "existing" => Self::ExistingKw,
            "output" => Self::OutputKw,
            "component" => Self::ComponentKw,
            "fn" => Self::FnKw,
            "type" => Self::TypeKw,
            "defaults" => Self::DefaultsKw,
            "moved" => Self::MovedKw,
            "forget" => Self::ForgetKw,
            "assert" => Self::AssertKw,
            "policy" => Self::PolicyKw,
            "test" => Self::TestKw,
            "stack" => Self::StackKw,
            "project" => Self::ProjectKw,
            "env" => Self::EnvKw,
            "pub" => Self::PubKw,
            "if" => Self::IfKw,
            "else" => Self::ElseKw,
            "for" => Self::ForKw,
            "in" => Self::InKw,
            "by" => Self::ByKw,
            "as" => Self::AsKw,
            "with" => Self::WithKw,
            "match" => Self::MatchKw,
            "true" => Self::TrueKw,
            "false" => Self::FalseKw,
            "none" => Self::NoneKw,
            _ => return None,
        })
    }
}

/// The language as rowan knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cloud {}

impl rowan::Language for Cloud {
    type Kind = SyntaxKind;

    fn kind_from_raw(raw: rowan::SyntaxKind) -> SyntaxKind {
        // Every raw number in our trees was made by `kind_to_raw`.
        ALL.get(usize::from(raw.0)).copied().unwrap_or(SyntaxKind::Error)
    }

    fn kind_to_raw(kind: SyntaxKind) -> rowan::SyntaxKind {
        rowan::SyntaxKind(kind as u16)
    }
}

/// A node of a tree, with its position in it.
pub type SyntaxNode = rowan::SyntaxNode<Cloud>;
/// A token of a tree, with its position in it.
pub type SyntaxToken = rowan::SyntaxToken<Cloud>;
/// A node or a token.
pub type SyntaxElement = rowan::SyntaxElement<Cloud>;
