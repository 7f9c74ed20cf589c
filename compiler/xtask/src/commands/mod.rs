//! The commands, one a file: `Args` and `run`.

pub mod schema;
