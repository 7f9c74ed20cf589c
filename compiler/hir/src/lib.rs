//! From trees to names: which declarations there are, what each name means, and what each body says once sugar is gone.
//!
//! In: files. Out: [`Decl`]s, [`resolve()`], [`body()`] and its [`body_map`], [`uses`]. Always: nothing here but `body_map` and
//! `chunks` knows an offset, so moving a declaration changes no answer.

pub mod body;
pub mod chunks;
pub mod codes;
pub mod decl;
mod imports;
pub mod items;
mod lower;
pub mod moves;
pub mod problem;
mod problems;
pub mod resolve;
mod scope;
pub mod share;
#[cfg(test)]
mod tests;
pub mod unit;
pub mod uses;
mod walk;

pub use body::{Body, ExprId, TypeId};
pub use chunks::{Chunk, chunk_of, chunks, parse, syntax_diagnostics};
pub use cloudc_base::Db;
pub use decl::{Branch, Decl, DeclKind, Namespace, Owner};
pub use items::{all_declarations, chunk_declarations, declarations, lower_backwards};
pub use lower::{BodyMap, body, body_map, lone_expr, lone_type, lower_problems};
pub use problem::{Anchor, Part, Problem};
pub use resolve::{
    ImportError, Lift, Place, Resolution, asking_owner, find_inner, import_file, inputs, module_item, module_private, outputs,
    params, resolve, resources, scope_problems, stack_decl, visible_names, with_nearest_file,
};
pub use smol_str::SmolStr as Name;
pub use unit::{MAIN, all_declared, declared, home, is_shared, parts, unit};
pub use uses::{Cycle, Role, Use, cycle_problems, cyclic, input_free, refs, too_deep};
