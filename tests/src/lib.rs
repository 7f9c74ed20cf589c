//! The harness: reads fixtures, runs them through the compiler, compares.
//!
//! In: `fixtures/`, `../docs`, `../examples`. Out: differences as text, for the test programs in `tests/` to fail with.
//! Always: fixtures are found by looking, so adding one is adding a file. The format is described in `README.md`.

pub mod client;
pub mod client_page;
pub mod client_pipe;
pub mod client_show;
pub mod expect;
pub mod generate;
pub mod golden;
pub mod lint;
pub mod mutate;
pub mod page;
pub mod program;
pub mod run;
pub mod sources;
pub mod subset;
