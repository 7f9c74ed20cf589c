//! The declarations of a file, dealt out into a fixed number of shares.
//!
//! Small facts that every declaration has are remembered per share: after a keystroke salsa then looks at a few dozen memos instead of one
//! for each of thousands of declarations, and when a fact changes only what asked its share is looked at again. Always: a declaration
//! stays in its share for as long as the database lives.

use salsa::plumbing::AsId;

use crate::decl::Decl;

/// How many shares a file has. More make an edit that changes a fact cheaper and every other edit dearer.
pub const SHARES: u32 = 64;

/// The share of a declaration.
pub fn share(decl: Decl) -> u32 {
    decl.as_id().index() % SHARES
}
