//! What an editor asks, answered in offsets and strings, as for an ideal editor.
//!
//! In: a [`Database`](cloudc_driver::Database) (opened with [`Purpose::Edit`](cloudc_driver::Purpose)), and a place in a file. Out: plain data
//! that owns what it says. Always: no protocol, no disk, no clock; offsets are bytes in the whole file; an answer that is not known is `None` or
//! empty, never a guess; one feature a file.

mod position;

#[cfg(test)]
mod fixture;

pub use position::{FilePosition, FileRange};
