//! A symbol in words.

use cloudc_driver::Database;
use cloudc_hir::body::Parts;
use cloudc_hir::{Decl, DeclKind, Name};

use super::Symbol;

/// What a symbol is called; what a user would search for.
pub fn name_of(db: &Database, symbol: &Symbol) -> Name {
    match symbol {
        Symbol::Decl(decl) | Symbol::BadImport(decl) => decl.name(db).clone(),
        Symbol::Module { import: Some(import), .. } => import.name(db).clone(),
        Symbol::Module { file, import: None } => file.path(db).as_ref().into(),
        Symbol::LoopVar { decl, index } => match &cloudc_hir::body(db, *decl).parts {
            Parts::For { bindings, .. } => bindings.get(*index as usize).cloned().unwrap_or_default(),
            _ => Name::default(),
        },
        Symbol::FnParam { decl, index } => match &cloudc_hir::body(db, *decl).parts {
            Parts::Fn { params, .. } => params.get(*index as usize).map(|param| param.name.clone()).unwrap_or_default(),
            _ => Name::default(),
        },
        Symbol::ResourceType(ty) => ty.name().into(),
        Symbol::Property { path, .. } => path.last().cloned().unwrap_or_default(),
        Symbol::Local { name, .. }
        | Symbol::CustomType(name)
        | Symbol::TypeMember { name, .. }
        | Symbol::Attribute { name, .. }
        | Symbol::Field { name, .. }
        | Symbol::Builtin(name)
        | Symbol::Attr(name)
        | Symbol::Setting { name, .. }
        | Symbol::EnumValue { value: name, .. }
        | Symbol::Path { written: name, .. } => name.clone(),
        Symbol::TypeName(name) | Symbol::Keyword(name) => (*name).into(),
    }
}

/// What kind of thing it is, as a user would say it.
pub fn kind_text(db: &Database, symbol: &Symbol) -> &'static str {
    match symbol {
        Symbol::Decl(decl) => decl_kind(db, *decl),
        Symbol::BadImport(_) => "import",
        Symbol::Module { .. } => "module",
        Symbol::LoopVar { .. } => "loop variable",
        Symbol::Local { .. } => "variable",
        Symbol::FnParam { .. } => "parameter",
        Symbol::ResourceType(_) | Symbol::CustomType(_) => "resource type",
        Symbol::TypeMember { .. } => "part of a resource type",
        Symbol::Property { .. } => "property",
        Symbol::Attribute { .. } => "attribute of a resource",
        Symbol::Field { .. } => "field",
        Symbol::Builtin(_) => "built-in",
        Symbol::TypeName(_) => "built-in type",
        Symbol::Attr(_) => "attribute",
        Symbol::Setting { .. } => "setting",
        Symbol::EnumValue { .. } => "value",
        Symbol::Path { .. } => "path",
        Symbol::Keyword(_) => "keyword",
    }
}

/// Kind, name, and what it is inside of: "input `cidr` of component `Vpc`".
pub fn describe(db: &Database, symbol: &Symbol) -> String {
    let own = format!("{} `{}`", kind_text(db, symbol), name_of(db, symbol));
    let outer = match symbol {
        Symbol::Decl(decl) => decl.container(db),
        Symbol::FnParam { decl, .. } => Some(*decl),
        Symbol::Property { ty: Some(ty), .. } | Symbol::Attribute { ty, .. } | Symbol::TypeMember { ty, .. } => {
            return format!("{own} of `{}`", ty.name());
        }
        _ => None,
    };
    match outer.filter(|outer| !outer.name(db).is_empty()) {
        Some(outer) => format!("{own} of {} `{}`", decl_kind(db, outer), outer.name(db)),
        None => own,
    }
}

fn decl_kind(db: &Database, decl: Decl) -> &'static str {
    match decl.kind(db) {
        DeclKind::Fn => "function",
        DeclKind::Env => "environment",
        DeclKind::Type => "type",
        DeclKind::Param => "parameter of the stack",
        kind => kind.keyword(),
    }
}
