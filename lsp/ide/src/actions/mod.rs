//! What can be done at a selection: mend a mistake, extract, inline, rewrite, tidy up.
//!
//! In: a [`FileRange`], the workspace's files, the diagnostics there. Out: [`Action`]s without their edits; [`resolve_action`] gives those of
//! one. Always: an action leaves a program with no mistakes it did not have, and declarations that were in canonical layout stay so; an
//! action that would change what is deployed says so in its title or keeps it with `moved`. One action a file, one line in [`HANDLERS`].

mod add_type;
mod braces;
mod context;
mod extract_component;
mod extract_function;
mod extract_value;
mod fix_all;
mod fixes;
mod if_match;
mod import_name;
mod imports;
mod inline_function;
mod inline_let;
mod invert_if;
mod match_arms;
mod missing;
mod name_arguments;
mod quick;
mod remove_unused;
mod scope;
mod string_reference;
mod suppress;
mod toggle_doc;
mod toggle_pub;
mod wrap;

#[cfg(test)]
mod tests;

use cloudc_base::{Diagnostic, Edit, File, TextRange};
use cloudc_driver::Database;

use crate::FileRange;
pub(crate) use context::written_type;
use context::{Changes, Ctx};

/// What kind of action it is, as editors sort them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActionKind {
    /// Mends a diagnostic.
    QuickFix,
    /// Gives a part a name of its own.
    RefactorExtract,
    /// Puts what a name stands for in its place.
    RefactorInline,
    /// Says the same in another way.
    RefactorRewrite,
    /// Sorts imports.
    OrganizeImports,
    /// Mends all that has one way to be mended.
    FixAll,
}

/// Something that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Names it among those of one selection; for [`resolve_action`].
    pub id: String,
    /// What it does, in the imperative.
    pub title: String,
    /// How editors sort it.
    pub kind: ActionKind,
    /// What it mends.
    pub diagnostic: Option<Diagnostic>,
    /// Whether it is the one that is meant most often.
    pub preferred: bool,
}

type Handler = fn(&Ctx<'_>, &mut Acc<'_>);

/// Every action, in the order in which they are offered.
const HANDLERS: &[Handler] = &[
    fixes::fixes,
    missing::add_missing,
    quick::quick,
    import_name::import_name,
    remove_unused::remove_unused,
    match_arms::add_match_arms,
    suppress::suppress,
    extract_value::extract_let,
    extract_value::extract_input,
    extract_value::extract_param,
    extract_function::extract_function,
    extract_component::extract_component,
    inline_let::inline_let,
    inline_function::inline_function,
    string_reference::string_to_reference,
    if_match::if_to_match,
    if_match::match_to_if,
    invert_if::invert_if,
    add_type::add_type,
    name_arguments::name_arguments,
    toggle_pub::toggle_pub,
    wrap::wrap_in_if,
    wrap::wrap_in_for,
    toggle_doc::toggle_doc,
    braces::braces,
    imports::organize_imports,
    fix_all::fix_all,
];

/// What can be done at a selection. `diagnostics` are those of the file, or those that the selection touches; `files` the workspace's.
pub fn actions(db: &Database, selection: FileRange, files: &[File], diagnostics: &[Diagnostic]) -> Vec<Action> {
    let mut acc = Acc { wanted: None, list: Vec::new(), edits: None };
    run(db, selection, files, diagnostics, &mut acc);
    acc.list
}

/// The edits of an action that [`actions`] gave for the same selection; none when it has become impossible.
pub fn resolve_action(
    db: &Database,
    selection: FileRange,
    files: &[File],
    diagnostics: &[Diagnostic],
    id: &str,
) -> Option<Vec<Edit>> {
    let mut acc = Acc { wanted: Some(id), list: Vec::new(), edits: None };
    run(db, selection, files, diagnostics, &mut acc);
    let edits = acc.edits.filter(|edits| !edits.is_empty())?;
    Some(crate::formatting::tidy(db, edits))
}

fn run(db: &Database, selection: FileRange, files: &[File], diagnostics: &[Diagnostic], acc: &mut Acc<'_>) {
    // The library is there to be read.
    if selection.file.is_std(db) {
        return;
    }
    let Some(ctx) = Ctx::new(db, selection, files, diagnostics) else { return };
    for handler in HANDLERS {
        handler(&ctx, acc);
    }
}

/// Where actions are gathered: all of them without edits, or one with.
pub(crate) struct Acc<'a> {
    wanted: Option<&'a str>,
    list: Vec<Action>,
    edits: Option<Vec<Edit>>,
}

/// An action before its edits are known.
pub(crate) struct Offer {
    id: String,
    title: String,
    kind: ActionKind,
    diagnostic: Option<Diagnostic>,
    preferred: bool,
}

impl Offer {
    /// One that mends nothing in particular.
    pub fn new(id: impl Into<String>, kind: ActionKind, title: impl Into<String>) -> Self {
        Offer { id: id.into(), title: title.into(), kind, diagnostic: None, preferred: false }
    }

    /// One that mends a diagnostic.
    pub fn fix(id: &str, diagnostic: &Diagnostic, title: impl Into<String>) -> Self {
        let id = format!("{id}:{}:{}", diagnostic.code, u32::from(diagnostic.range.start()));
        Offer { diagnostic: Some(diagnostic.clone()), ..Offer::new(id, ActionKind::QuickFix, title) }
    }

    /// The one that is meant most often.
    pub fn preferred(self) -> Self {
        Offer { preferred: true, ..self }
    }
}

impl Acc<'_> {
    /// Offers an action. What it does is worked out only when somebody wants it; nothing done means impossible after all.
    pub fn add(&mut self, offer: Offer, edits: impl FnOnce(&mut Changes)) {
        match self.wanted {
            Some(wanted) if wanted == offer.id && self.edits.is_none() => {
                let mut changes = Changes::default();
                edits(&mut changes);
                self.edits = Some(changes.edits);
            }
            Some(_) => {}
            None => {
                let Offer { id, title, kind, diagnostic, preferred } = offer;
                if !self.list.iter().any(|known| known.id == id) {
                    self.list.push(Action { id, title, kind, diagnostic, preferred });
                }
            }
        }
    }
}

impl ActionKind {
    /// Its name in the language server protocol.
    pub fn name(self) -> &'static str {
        match self {
            ActionKind::QuickFix => "quickfix",
            ActionKind::RefactorExtract => "refactor.extract",
            ActionKind::RefactorInline => "refactor.inline",
            ActionKind::RefactorRewrite => "refactor.rewrite",
            ActionKind::OrganizeImports => "source.organizeImports",
            ActionKind::FixAll => "source.fixAll",
        }
    }
}

/// Whether two ranges have a place in common, an end included.
pub(crate) fn touches(a: TextRange, b: TextRange) -> bool {
    a.intersect(b).is_some()
}
