//! Declarations about what CloudFormation makes, takes and gives.

use super::{Expr, Key, Name, RecordExpr, Type, child, child_after, child_before, children, nodes};
use crate::SyntaxKind;

nodes! {
    /// `input name: T = expr`.
    Input = InputItem;
    /// `param name: T = expr`.
    Param = ParamItem;
    /// `resource name: T { … } with { … }`.
    Resource = ResourceItem;
    /// `existing name: T = expr`.
    Existing = ExistingItem;
    /// `output name as I: T = expr`.
    Output = OutputItem;
    /// `defaults T { … }`.
    DefaultsItem = DefaultsItem;
    /// `moved old -> new`.
    Moved = MovedItem;
    /// `forget name`.
    Forget = ForgetItem;
    /// `assert cond, "message"`.
    AssertItem = AssertItem;
    /// The patches behind `with`, with their braces.
    WithBlock = WithBlock;
    /// One patched name.
    WithEntry = WithEntry;
}

/// `Defaults` and `Assert` under the names of the language.
pub type Defaults = DefaultsItem;
/// `assert cond, "message"`.
pub type Assert = AssertItem;

/// The accessors of `name: T = expr`.
macro_rules! declared {
    ($($ty:ident $value:ident;)*) => { $(impl $ty {
        /// What is declared.
        pub fn name(&self) -> Option<Name> {
            child(&self.0)
        }
        /// Its type.
        pub fn ty(&self) -> Option<Type> {
            child(&self.0)
        }
        /// The expression behind `=`.
        pub fn $value(&self) -> Option<Expr> {
            child(&self.0)
        }
    })* };
}
declared! {
    Input default;
    Param default;
    Existing value;
    Output value;
}

impl Output {
    /// The identifier type behind `as`.
    pub fn as_ty(&self) -> Option<Type> {
        let node = self.0.children().find(|it| it.kind() == SyntaxKind::AsType)?;
        child(&node)
    }
}

impl Resource {
    /// What is declared.
    pub fn name(&self) -> Option<Name> {
        child(&self.0)
    }
    /// A CloudFormation type or a component.
    pub fn ty(&self) -> Option<Type> {
        child(&self.0)
    }
    /// Its properties.
    pub fn body(&self) -> Option<RecordExpr> {
        child(&self.0)
    }
    /// The patches to what is inside it.
    pub fn with(&self) -> Option<WithBlock> {
        child(&self.0)
    }
}

impl WithBlock {
    /// The patches in order.
    pub fn entries(&self) -> impl Iterator<Item = WithEntry> + use<> {
        children(&self.0)
    }
}

impl WithEntry {
    /// The inner name, or a path to it in quotes.
    pub fn key(&self) -> Option<Key> {
        child(&self.0)
    }
    /// The inner name.
    pub fn name(&self) -> Option<Name> {
        child(&self.0)
    }
    /// The properties to merge.
    pub fn body(&self) -> Option<RecordExpr> {
        child(&self.0)
    }
    /// The patches inside that, when it is a component.
    pub fn with(&self) -> Option<WithBlock> {
        child(&self.0)
    }
}

impl DefaultsItem {
    /// The type that the properties are for; `AWS::*` is a path whose last segment is `*`.
    pub fn ty(&self) -> Option<Type> {
        child(&self.0)
    }
    /// The properties.
    pub fn body(&self) -> Option<RecordExpr> {
        child(&self.0)
    }
}

impl Moved {
    /// The name until now.
    pub fn from(&self) -> Option<Expr> {
        child_before(&self.0, SyntaxKind::Arrow)
    }
    /// The name from now on.
    pub fn to(&self) -> Option<Expr> {
        child_after(&self.0, SyntaxKind::Arrow, 0)
    }
}

impl Forget {
    /// What is released.
    pub fn target(&self) -> Option<Expr> {
        child(&self.0)
    }
}

impl AssertItem {
    /// What must hold.
    pub fn condition(&self) -> Option<Expr> {
        child_before(&self.0, SyntaxKind::Comma)
    }
    /// What to say when it does not.
    pub fn message(&self) -> Option<Expr> {
        child_after(&self.0, SyntaxKind::Comma, 0)
    }
}
