//! Between the compiler's plain data and the protocol's.

pub mod diagnostic;
pub mod edit;
pub mod position;
pub mod symbol;
pub mod uri;
