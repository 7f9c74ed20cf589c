//! Declarations, except those about resources.

use super::{
    Arg, ArgList, AssertItem, AstNode, DefaultsItem, Existing, Expr, Forget, Input, Moved, Name, Output, Param, RecordExpr,
    Resource, StringExpr, Type, child, child_after, child_before, children, node_enum, nodes, nth_child, token,
};
use crate::{SyntaxElement, SyntaxKind, SyntaxNode};

node_enum! {
    /// A declaration.
    Item {
        Import(Import),
        Input(Input),
        Param(Param),
        Let(Let),
        Resource(Resource),
        Existing(Existing),
        Output(Output),
        Component(Component),
        Fn(Fn),
        TypeAlias(TypeAlias),
        If(IfItem),
        For(ForItem),
        Defaults(DefaultsItem),
        Moved(Moved),
        Forget(Forget),
        Assert(AssertItem),
        Policy(Policy),
        Test(Test),
        Stack(Stack),
        Project(Project),
        Env(Env),
    }
}

/// What every declaration has.
pub trait HasAttrs: AstNode {
    /// The attributes before it.
    fn attrs(&self) -> impl Iterator<Item = Attr> + use<Self> {
        children(self.syntax())
    }

    /// The attribute of this name, the first if there are several.
    fn attr(&self, name: &str) -> Option<Attr> {
        self.attrs().find(|it| it.name().is_some_and(|n| n.text() == name))
    }

    /// The `///` lines above it without the marker and one space, joined by `\n`.
    fn doc(&self) -> Option<String> {
        doc_of(self.syntax())
    }

    /// Whether `pub` stands before it.
    fn is_pub(&self) -> bool {
        token(self.syntax(), SyntaxKind::PubKw).is_some()
    }
}

impl<T: AstNode> HasAttrs for T {}

impl Item {
    /// Its name, where it has one that the author chose.
    pub fn name(&self) -> Option<Name> {
        match self {
            Self::Input(it) => it.name(),
            Self::Param(it) => it.name(),
            Self::Let(it) => it.name(),
            Self::Resource(it) => it.name(),
            Self::Existing(it) => it.name(),
            Self::Output(it) => it.name(),
            Self::Component(it) => it.name(),
            Self::Fn(it) => it.name(),
            Self::TypeAlias(it) => it.name(),
            Self::Stack(it) => it.name(),
            Self::Project(it) => it.name(),
            Self::Env(it) => it.name(),
            Self::Import(_)
            | Self::If(_)
            | Self::For(_)
            | Self::Defaults(_)
            | Self::Moved(_)
            | Self::Forget(_)
            | Self::Assert(_)
            | Self::Policy(_)
            | Self::Test(_) => None,
        }
    }
}

/// Documentation stands before the item's node, or inside it between attributes.
fn doc_of(node: &SyntaxNode) -> Option<String> {
    let mut lines = Vec::new();
    let mut before = node.prev_sibling_or_token();
    while let Some(SyntaxElement::Token(it)) = before {
        match it.kind() {
            SyntaxKind::DocComment if starts_line(&it) => lines.push(doc_line(it.text())),
            SyntaxKind::Whitespace | SyntaxKind::Comment => {}
            _ => break,
        }
        before = it.prev_sibling_or_token();
    }
    lines.reverse();
    let inside = node.children_with_tokens().take_while(|it| matches!(it.kind(), SyntaxKind::Attr) || it.kind().is_trivia());
    lines.extend(
        inside.filter_map(|it| it.into_token()).filter(|it| it.kind() == SyntaxKind::DocComment).map(|it| doc_line(it.text())),
    );
    if lines.is_empty() { None } else { Some(lines.join("\n")) }
}

fn starts_line(token: &crate::SyntaxToken) -> bool {
    token.prev_token().is_none_or(|it| it.kind() == SyntaxKind::Whitespace && it.text().contains('\n'))
        || token.text_range().start() == token.parent().map_or(0.into(), |it| it.text_range().start())
}

fn doc_line(text: &str) -> String {
    let text = text.strip_prefix("///").unwrap_or(text);
    text.strip_prefix(' ').unwrap_or(text).trim_end().to_owned()
}

nodes! {
    /// `@name(args)` before a declaration.
    Attr = Attr;
    /// `import "path" { A, B as C }` or `import "path" as m`.
    Import = Import;
    /// One imported name.
    ImportSpec = ImportSpec;
    /// `let name: T = expr`.
    Let = LetItem;
    /// `component Name { … }`.
    Component = ComponentItem;
    /// Braces around declarations.
    Block = Block;
    /// `fn name(a: T = x): U = expr`.
    Fn = FnItem;
    /// The parameters of a function, with their parentheses.
    ParamList = ParamList;
    /// One parameter of a function.
    FnParam = FnParam;
    /// `type Name = T`.
    TypeAlias = TypeItem;
    /// `if c { … } else { … }` around declarations.
    IfItem = IfItem;
    /// `for x in xs by k { … }` around declarations.
    ForItem = ForItem;
    /// `policy "name" { … }`.
    Policy = PolicyItem;
    /// `test "name" { … }`.
    Test = TestItem;
    /// `stack name { … }`.
    Stack = StackItem;
    /// `project name { … }`.
    Project = ProjectItem;
    /// `env name: parent { … }`.
    Env = EnvItem;
}

impl Attr {
    /// The name behind `@`.
    pub fn name(&self) -> Option<Name> {
        child(&self.0)
    }
    /// The arguments with their parentheses.
    pub fn args(&self) -> Option<ArgList> {
        child(&self.0)
    }
    /// The `n`-th (from 0) argument that has no name.
    pub fn positional(&self, n: usize) -> Option<Arg> {
        self.args()?.args().filter(|it| it.name().is_none()).nth(n)
    }
}

impl Import {
    /// The module's path.
    pub fn path(&self) -> Option<StringExpr> {
        child(&self.0)
    }
    /// The names in braces.
    pub fn specs(&self) -> impl Iterator<Item = ImportSpec> + use<> {
        self.0.children().filter(|it| it.kind() == SyntaxKind::ImportSpecList).flat_map(|it| children(&it))
    }
    /// The name behind `as`.
    pub fn alias(&self) -> Option<Name> {
        child(&self.0)
    }
}

impl ImportSpec {
    /// The name in the module.
    pub fn name(&self) -> Option<Name> {
        child_before(&self.0, SyntaxKind::AsKw)
    }
    /// The name here, if it differs.
    pub fn alias(&self) -> Option<Name> {
        child_after(&self.0, SyntaxKind::AsKw, 0)
    }
}

impl Let {
    /// What is declared.
    pub fn name(&self) -> Option<Name> {
        child(&self.0)
    }
    /// The annotation.
    pub fn ty(&self) -> Option<Type> {
        child(&self.0)
    }
    /// The value.
    pub fn value(&self) -> Option<Expr> {
        child(&self.0)
    }
}

impl Component {
    /// What is declared.
    pub fn name(&self) -> Option<Name> {
        child(&self.0)
    }
    /// Its parts.
    pub fn block(&self) -> Option<Block> {
        child(&self.0)
    }
}

impl Block {
    /// The declarations in it.
    pub fn items(&self) -> impl Iterator<Item = Item> + use<> {
        children(&self.0)
    }
}

impl Fn {
    /// What is declared.
    pub fn name(&self) -> Option<Name> {
        child(&self.0)
    }
    /// The parameters in order.
    pub fn params(&self) -> impl Iterator<Item = FnParam> + use<> {
        self.0.children().filter_map(ParamList::cast).flat_map(|it| children(&it.0))
    }
    /// The type it returns.
    pub fn ret_ty(&self) -> Option<Type> {
        child(&self.0)
    }
    /// What it computes.
    pub fn body(&self) -> Option<Expr> {
        child(&self.0)
    }
}

impl FnParam {
    /// What is declared.
    pub fn name(&self) -> Option<Name> {
        child(&self.0)
    }
    /// Its type.
    pub fn ty(&self) -> Option<Type> {
        child(&self.0)
    }
    /// Its value when the caller gives none.
    pub fn default(&self) -> Option<Expr> {
        child(&self.0)
    }
}

impl TypeAlias {
    /// What is declared.
    pub fn name(&self) -> Option<Name> {
        child(&self.0)
    }
    /// What it stands for.
    pub fn ty(&self) -> Option<Type> {
        child(&self.0)
    }
}

impl IfItem {
    /// The condition.
    pub fn condition(&self) -> Option<Expr> {
        child(&self.0)
    }
    /// What is declared when it holds.
    pub fn then_block(&self) -> Option<Block> {
        child_before(&self.0, SyntaxKind::ElseKw)
    }
    /// What is declared when it does not.
    pub fn else_block(&self) -> Option<Block> {
        child_after(&self.0, SyntaxKind::ElseKw, 0)
    }
    /// The `if` directly behind `else`.
    pub fn else_if(&self) -> Option<IfItem> {
        child(&self.0)
    }
}

impl ForItem {
    /// One or two names.
    pub fn bindings(&self) -> impl Iterator<Item = Name> + use<> {
        children(&self.0)
    }
    /// What is iterated.
    pub fn iterable(&self) -> Option<Expr> {
        child(&self.0)
    }
    /// The key behind `by`.
    pub fn by(&self) -> Option<Expr> {
        let clause = self.0.children().find(|it| it.kind() == SyntaxKind::ByClause)?;
        child(&clause)
    }
    /// What is declared for each element.
    pub fn block(&self) -> Option<Block> {
        child(&self.0)
    }
}

/// The accessors of a titled block.
macro_rules! titled {
    ($($name:ident)*) => { $(impl $name {
        /// What it is called.
        pub fn title(&self) -> Option<StringExpr> {
            child(&self.0)
        }
        /// Its body.
        pub fn block(&self) -> Option<Block> {
            child(&self.0)
        }
    })* };
}
titled!(Policy Test);

/// The accessors of a named record.
macro_rules! settings {
    ($($name:ident)*) => { $(impl $name {
        /// What it is called.
        pub fn name(&self) -> Option<Name> {
            child(&self.0)
        }
        /// Its settings.
        pub fn body(&self) -> Option<RecordExpr> {
            child(&self.0)
        }
    })* };
}
settings!(Stack Project);

impl Env {
    /// What it is called.
    pub fn name(&self) -> Option<Name> {
        child(&self.0)
    }
    /// The environment whose settings it starts from.
    pub fn parent(&self) -> Option<Name> {
        nth_child(&self.0, 1)
    }
    /// Its settings.
    pub fn body(&self) -> Option<RecordExpr> {
        child(&self.0)
    }
}
