//! The identity of a declaration: by owner, kind and name, so that it survives edits around it.

#![allow(missing_docs)] // the constructors that salsa generates have none

use cloudc_base::{Db, File};
use smol_str::SmolStr;

/// One declaration. Interned: equal parts are the same `Decl`, in every revision.
#[salsa::interned(debug, unsafe(no_lifetime), revisions = usize::MAX)]
pub struct Decl {
    /// What it stands in.
    #[returns(copy)]
    pub owner: Owner,
    /// What it declares.
    #[returns(copy)]
    pub kind: DeclKind,
    /// Its name; empty for `if`, `for`, `assert` and other nameless ones.
    #[returns(ref)]
    pub name: SmolStr,
    /// How many of the same owner, kind and name stand before it.
    #[returns(copy)]
    pub nth: u32,
}

/// What a declaration stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, salsa::SalsaValue)]
pub enum Owner {
    /// The file itself.
    File(File),
    /// The block of another declaration.
    Decl(Decl, Branch),
}

/// Which block of a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, salsa::SalsaValue)]
pub enum Branch {
    /// The only block, or what follows `if c`.
    Then,
    /// What follows `else`. An `else if` is an `If` declaration in it.
    Else,
}

/// What is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, salsa::SalsaValue)]
#[allow(missing_docs)] // named after the keywords
pub enum DeclKind {
    /// A whole `import`; named by its alias for `import "…" as net`, else nameless.
    Import,
    /// One name in the braces of an `import`, owned by the same scope as the import.
    ImportItem,
    Input,
    Param,
    Let,
    Resource,
    Existing,
    Output,
    Component,
    Fn,
    Type,
    If,
    For,
    Defaults,
    Moved,
    Forget,
    Assert,
    Policy,
    Test,
    Stack,
    Project,
    Env,
}

/// Which names can hide or clash with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, salsa::SalsaValue)]
pub enum Namespace {
    /// Types and components.
    Type,
    /// Everything an expression can name.
    Value,
    /// A file's or component's outputs; not readable inside.
    Output,
}

impl DeclKind {
    /// The namespace its name goes into; none for the nameless. Imported names may go into either.
    pub fn namespace(self) -> Option<Namespace> {
        use DeclKind::*;
        match self {
            Component | Type => Some(Namespace::Type),
            Input | Param | Let | Resource | Existing | Fn => Some(Namespace::Value),
            Output => Some(Namespace::Output),
            Import | ImportItem | If | For | Defaults | Moved | Forget | Assert | Policy | Test | Stack | Project | Env => None,
        }
    }

    /// The keyword that starts it, as the user writes it.
    pub fn keyword(self) -> &'static str {
        use DeclKind::*;
        match self {
            Import | ImportItem => "import",
            Input => "input",
            Param => "param",
            Let => "let",
            Resource => "resource",
            Existing => "existing",
            Output => "output",
            Component => "component",
            Fn => "fn",
            Type => "type",
            If => "if",
            For => "for",
            Defaults => "defaults",
            Moved => "moved",
            Forget => "forget",
            Assert => "assert",
            Policy => "policy",
            Test => "test",
            Stack => "stack",
            Project => "project",
            Env => "env",
        }
    }
}

// By identity, for canonical forms in memory only: the order says nothing and must never reach output.
impl Ord for Decl {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        use salsa::plumbing::AsId;
        self.as_id().cmp(&other.as_id())
    }
}

impl PartialOrd for Decl {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Decl {
    /// The file it stands in.
    pub fn file(self, db: &dyn Db) -> File {
        let mut decl = self;
        loop {
            match decl.owner(db) {
                Owner::File(file) => return file,
                Owner::Decl(outer, _) => decl = outer,
            }
        }
    }

    /// The declaration in column 0 that it is part of; itself when it is one.
    pub fn top(self, db: &dyn Db) -> Decl {
        let mut decl = self;
        while let Owner::Decl(outer, _) = decl.owner(db) {
            decl = outer;
        }
        decl
    }

    /// The declaration it stands in.
    pub fn parent(self, db: &dyn Db) -> Option<Decl> {
        match self.owner(db) {
            Owner::Decl(outer, _) => Some(outer),
            Owner::File(_) => None,
        }
    }

    /// The component, policy or test it stands in, if any: the declaration whose frame it lives in.
    pub fn container(self, db: &dyn Db) -> Option<Decl> {
        let mut at = self.parent(db);
        while let Some(decl) = at {
            if matches!(decl.kind(db), DeclKind::Component | DeclKind::Policy | DeclKind::Test) {
                return Some(decl);
            }
            at = decl.parent(db);
        }
        None
    }

    /// The `if` and `for` declarations around it up to its container, outermost first, with the branch taken.
    pub fn path(self, db: &dyn Db) -> Vec<(Decl, Branch)> {
        let mut path = Vec::new();
        let mut owner = self.owner(db);
        while let Owner::Decl(outer, branch) = owner {
            if !matches!(outer.kind(db), DeclKind::If | DeclKind::For) {
                break;
            }
            path.push((outer, branch));
            owner = outer.owner(db);
        }
        path.reverse();
        path
    }
}

impl Owner {
    /// The file it is or is in.
    pub fn file(self, db: &dyn Db) -> File {
        match self {
            Owner::File(file) => file,
            Owner::Decl(decl, _) => decl.file(db),
        }
    }
}
