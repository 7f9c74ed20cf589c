//! What a name means where it stands.
//!
//! In: the owner in which the asking declaration stands, a namespace, a name. Out: one small [`Resolution`].
//! Always: nobody but this module reads a scope, so adding a declaration re-runs look-ups and nothing behind them.

use cloudc_base::{Db, File};
use smol_str::SmolStr;

use crate::body::Parts;
use crate::decl::{Branch, Decl, DeclKind, Namespace, Owner};
use crate::imports::item_name;
pub use crate::imports::{ImportError, import_file, import_path, imported_files, module_item, module_names, module_private};
use crate::lower::body;
pub use crate::problems::{scope_problems, with_nearest_file};
pub use crate::scope::{Lift, find_inner, inputs, outputs, params, resources, stack_decl};
use crate::scope::{scope, scope_for};
use crate::unit::home;
use crate::uses::input_free;

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// A declaration.
    Decl {
        /// Imports are followed: what they name in their own file.
        decl: Decl,
        /// The `ImportItem` it came through.
        import: Option<Decl>,
        /// In whose frame it lives.
        place: Place,
        /// The `if` and `for` declarations around it that the asker is not inside of, outermost first.
        lift: Lift,
    },
    /// A variable of a `for` around declarations.
    LoopVar {
        /// The `for`.
        decl: Decl,
        /// Which of its bindings.
        index: u32,
        /// How many `for` turns lie between the asker and that one.
        up: u32,
    },
    /// `import "…" as net`.
    Module {
        /// The file it names.
        file: File,
        /// The import.
        import: Decl,
    },
    /// An import that leads nowhere. It has been reported: the asker stays silent.
    BadImport {
        /// The import.
        import: Decl,
    },
    /// Exists in the file, but what asks cannot see it: the file's inputs, parameters, resources, and every `let` that needs one.
    Hidden {
        /// What exists.
        decl: Decl,
    },
}

/// In whose frame a declaration lives, seen from the asker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the asker's frame or one around it.
    Here {
        /// How many `for` turns to leave.
        up: u32,
    },
    /// At a file's level, seen from inside a component or from another file.
    Module(File),
}

/// Where the expressions of a declaration's own body are looked up: its owner, but inside itself for a function, which sees less.
pub fn asking_owner(db: &dyn Db, decl: Decl) -> Owner {
    if decl.kind(db) == DeclKind::Fn { Owner::Decl(decl, Branch::Then) } else { decl.owner(db) }
}

/// What `name` means to a declaration that stands in `from`.
///
/// The iterable of a `for` and the condition of an `if` are asked from their own owner, the key after `by` from inside.
pub fn resolve(db: &dyn Db, from: Owner, ns: Namespace, name: SmolStr) -> Option<Resolution> {
    resolve_name(db, from, ns, name)
}

#[salsa::tracked(returns(clone))]
fn resolve_name(db: &dyn Db, from: Owner, ns: Namespace, name: SmolStr) -> Option<Resolution> {
    let mut owner = from;
    let mut up = 0;
    loop {
        let scope = scope_for(db, owner, &name);
        if let Some(found) = scope.find(ns, &name) {
            let place = Place::Here { up };
            return Some(Resolution::Decl { decl: found.decl, import: None, place, lift: found.lift.clone() });
        }
        if let Some(import) = scope.import(&name) {
            return imported(db, import, ns);
        }
        let Owner::Decl(decl, _) = owner else { return None };
        let kind = decl.kind(db);
        if kind == DeclKind::For {
            if ns == Namespace::Value
                && let Some(index) = loop_variable(db, decl, &name)
            {
                return Some(Resolution::LoopVar { decl, index, up });
            }
            up += 1;
        }
        if is_container(kind) {
            return from_inside(db, decl.file(db), ns, &name);
        }
        owner = decl.owner(db);
    }
}

/// The names visible from a place, sorted; for "did you mean", so call it only when an error is told.
pub fn visible_names(db: &dyn Db, from: Owner, ns: Namespace) -> Vec<SmolStr> {
    let mut names = Vec::new();
    // What is declared in the scopes around is visible; of the rest each has to be looked at.
    let mut doubtful = Vec::new();
    let mut inside = false;
    let mut owner = Some(from);
    while let Some(at) = owner {
        let declared = if inside { &mut doubtful } else { &mut names };
        declared.extend(scope(db, at).names(ns).map(|(name, _)| name.clone()));
        doubtful.extend(scope(db, at).imports().map(|(name, _)| name.clone()));
        owner = match at {
            Owner::File(_) => None,
            Owner::Decl(decl, _) => {
                if let Parts::For { bindings, .. } = &body(db, decl).parts
                    && ns == Namespace::Value
                {
                    names.extend(bindings.iter().cloned());
                }
                let contained = is_container(decl.kind(db));
                inside |= contained;
                Some(if contained { Owner::File(decl.file(db)) } else { decl.owner(db) })
            }
        };
    }
    doubtful.retain(|name| {
        let found = resolve(db, from, ns, name.clone());
        !matches!(found, None | Some(Resolution::Hidden { .. } | Resolution::BadImport { .. }))
    });
    names.append(&mut doubtful);
    names.sort();
    names.dedup();
    names
}

/// Whether what stands inside sees less of the file than what stands at its level.
pub(crate) fn is_container(kind: DeclKind) -> bool {
    matches!(kind, DeclKind::Component | DeclKind::Fn | DeclKind::Policy | DeclKind::Test)
}

fn loop_variable(db: &dyn Db, decl: Decl, name: &SmolStr) -> Option<u32> {
    let Parts::For { bindings, .. } = &body(db, decl).parts else { return None };
    bindings.iter().position(|binding| binding == name).map(|index| index as u32)
}

/// The file's level, seen from inside a component, function, policy or test.
fn from_inside(db: &dyn Db, file: File, ns: Namespace, name: &SmolStr) -> Option<Resolution> {
    let scope = scope_for(db, Owner::File(file), name);
    let Some(found) = scope.find(ns, name) else {
        return scope.import(name).and_then(|import| imported(db, import, ns));
    };
    let decl = found.decl;
    let visible = match decl.kind(db) {
        DeclKind::Component | DeclKind::Fn | DeclKind::Type => true,
        DeclKind::Let => input_free(db, decl),
        DeclKind::Output => return None,
        _ => false,
    };
    if !visible {
        return Some(Resolution::Hidden { decl });
    }
    Some(Resolution::Decl { decl, import: None, place: Place::Module(home(db, file)), lift: Lift::new() })
}

fn imported(db: &dyn Db, import: Decl, ns: Namespace) -> Option<Resolution> {
    let Ok(file) = import_file(db, import) else { return Some(Resolution::BadImport { import }) };
    if import.kind(db) == DeclKind::Import {
        return (ns != Namespace::Output).then_some(Resolution::Module { file, import });
    }
    let name = item_name(db, import);
    let Some(decl) = module_item(db, file, ns, name.clone()) else {
        let elsewhere = [Namespace::Type, Namespace::Value].iter().any(|ns| module_item(db, file, *ns, name.clone()).is_some());
        return (!elsewhere).then_some(Resolution::BadImport { import });
    };
    if ns == Namespace::Output {
        return None;
    }
    if decl.kind(db) == DeclKind::Let && !input_free(db, decl) {
        return Some(Resolution::BadImport { import });
    }
    Some(Resolution::Decl { decl, import: Some(import), place: Place::Module(file), lift: Lift::new() })
}
