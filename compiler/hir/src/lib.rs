//! From trees to names: which declarations there are, what each name means, and what each body says once sugar is gone.
//!
//! In: files. Out: [`Decl`]s, [`resolve`], [`body()`] and its [`body_map`], [`uses()`]. Always: nothing here but `body_map` and
//! `chunks` knows an offset, so moving a declaration changes no answer.

pub mod body;
pub mod chunks;
pub mod decl;
pub mod items;
mod lower;
pub mod problem;
pub mod resolve;
pub mod uses;

pub use body::{Body, ExprId, TypeId};
pub use chunks::{Chunk, chunks, parse};
pub use decl::{Branch, Decl, DeclKind, Namespace, Owner};
pub use lower::{BodyMap, body, body_map};
pub use problem::{Anchor, Part, Problem};
pub use resolve::{Resolution, resolve};
pub use cloudc_base::Db;
pub use smol_str::SmolStr as Name;
