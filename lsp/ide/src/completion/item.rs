//! What completion offers, as plain data.

use cloudc_base::TextRange;
use cloudc_hir::{Decl, Name};
use cloudc_schema::{Attribute, Property, Type};
use cloudc_types::Ty;

/// One thing that can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What is shown, and inserted unless `insert` says otherwise.
    pub label: String,
    /// What it is, for the symbol beside it.
    pub kind: ItemKind,
    /// A few words beside the label: its type, the module it comes from.
    pub detail: String,
    /// What is inserted.
    pub insert: String,
    /// Whether `insert` has tab stops (`$0`, `${1:name}`), with `\`, `$` and `}` escaped.
    pub snippet: bool,
    /// What is replaced: the whole word the cursor is in.
    pub replace: TextRange,
    /// What is replaced when the rest of the word is to stay: `replace` up to the cursor.
    pub before: TextRange,
    /// What an editor compares with the text before the cursor. Fits what is typed now also where the label does not.
    pub filter: String,
    /// Orders the items as text.
    pub sort: String,
    /// Whether it is so likely that an editor may select it at once.
    pub preselect: bool,
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// Whether an editor should ask again behind the inserted text.
    pub again: bool,
    /// Characters that accept it and are then typed.
    pub commit: &'static [char],
    /// Edits elsewhere in the same file.
    pub additions: Vec<Addition>,
    /// What [`super::resolve`] describes.
    pub about: About,
    /// The smaller the better; `sort` is made of it.
    pub(crate) cost: u32,
    /// Among equals the smaller comes first; for what has an order of its own.
    pub(crate) order: u32,
    /// Becomes the detail once it is known that the item is shown.
    pub(crate) ty: Option<Ty>,
}

/// An edit besides the insertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// In the same file.
    pub range: TextRange,
    /// What takes its place.
    pub insert: String,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names say it
pub enum ItemKind {
    /// A resource type or a built-in type.
    Type,
    Component,
    /// A property, an input, a setting, a field.
    Property,
    /// A value of an enumeration.
    EnumValue,
    /// A value that is declared: `let`, `input`, `param`, a loop's variable.
    Value,
    /// A resource, also an existing one.
    Resource,
    Function,
    Method,
    /// What a resource or an instance gives out.
    Attribute,
    Module,
    File,
    Folder,
    Keyword,
    /// `@name`.
    Annotation,
    Snippet,
}

/// What an item stands for, to describe it later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// Nothing more is to be said.
    Nothing,
    /// A resource type.
    Type(Type),
    /// A property of a resource type (when it is known which) or nested definition.
    Property(Option<Type>, Property),
    /// What `Fn::GetAtt` reads.
    Attribute(Type, Attribute),
    /// A declaration.
    Decl(Decl),
    /// A built-in function or method.
    BuiltIn(Name),
    /// A keyword.
    Keyword(Name),
    /// An `@attribute`, without the `@`.
    Annotation(Name),
    /// A region's code.
    Region(Name),
    /// Ready text.
    Text(String),
}
