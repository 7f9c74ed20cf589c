//! What an editor asks, answered in offsets and strings, as for an ideal editor.
//!
//! In: a [`Database`](cloudc_driver::Database) (opened with [`Purpose::Edit`](cloudc_driver::Purpose)), and a place in a file. Out: plain data
//! that owns what it says. Always: no protocol, no disk, no clock; offsets are bytes in the whole file; an answer that is not known is `None` or
//! empty, never a guess; one feature a file.

mod actions;
mod cloudformation;
pub mod completion;
mod definition;
mod diagnostics;
mod folding;
mod formatting;
mod graph;
mod hierarchy;
mod highlight;
mod hover;
mod inlay;
mod lens;
mod linked;
mod links;
mod moves;
mod near;
mod position;
mod references;
mod rename;
mod selection;
mod signature;
mod symbol;
mod symbols;
mod template;
mod tokens;
mod tree;
mod typing;

#[cfg(test)]
mod fixture;

pub use actions::{Action, ActionKind, actions, resolve_action};
pub use cloudformation::{is_template, template_completions, template_diagnostics, template_hover};
pub use definition::{Definition, Target, definition, implementation, type_definition};
pub use diagnostics::{UNUSED_IMPORT, UNUSED_VARIABLE, diagnostics};
pub use folding::{Fold, FoldKind, folding};
pub use formatting::{format, format_range};
pub use graph::{Graph, GraphEdge, GraphNode, graph};
pub use hierarchy::{Call, HierarchyItem, incoming_calls, outgoing_calls, prepare_calls, prepare_types, subtypes, supertypes};
pub use highlight::{Highlight, HighlightKind, highlights};
pub use hover::{Hover, SYNC_HINT, hover};
pub use inlay::{InlayHint, InlayKind, InlayOptions, inlay_hints};
pub use lens::{Lens, LensKind, lenses, used_at};
pub use linked::linked_ranges;
pub use links::{DocumentLink, document_links};
pub use moves::will_rename_files;
pub use position::{FilePosition, FileRange};
pub use references::{Reference, references, references_to};
pub use rename::{RenameSite, Renamed, prepare_rename, rename};
pub use selection::{grow, selection_ranges};
pub use signature::{ParameterHelp, SIGNATURE_TRIGGERS, SignatureHelp, signature_help};
pub use symbol::{Found, Mention, Symbol, declaration_range, describe, full_range, kind_text, name_of, symbol_at};
pub use symbols::{DocumentSymbol, WorkspaceSymbol, document_symbols, workspace_symbols};
pub use template::{Template, TemplateEntry, TemplateFormat, template};
pub use tokens::{Token, TokenKind, TokenModifiers, semantic_tokens};
pub use tree::syntax_tree;
pub use typing::{TRIGGERS, on_type};
