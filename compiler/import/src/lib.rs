//! CloudFormation templates: reading them, comparing them, and writing them as `.cloud` programs.
//!
//! In: text of a template, JSON or YAML. Out: a tree with places ([`read`]), whether two templates mean the same
//! ([`equivalent`]), a program ([`import()`]), and what is wrong at the template's own places ([`check()`], and [`check_file()`] with
//! the templates beside it). Always: nothing here touches disk, network or environment, and no text makes it panic.

pub mod anatomy;
mod cdk;
mod check;
mod choices;
mod concern;
mod equivalent;
mod foreach;
mod import;
mod json;
mod nested;
pub mod read;
mod repair;
mod rings;
mod scalar;
mod split;
mod sub;
mod terms;
pub mod tree;
mod trial;
pub mod write;
mod yaml;

pub use check::{Finding, TWICE, UNREADABLE, check};
pub use equivalent::{Difference, equivalent};
pub use import::{Imported, Options, import, looks_like_template};
pub use nested::{NESTED_PARAMETER, check_file, nested};
pub use read::Tree;
pub use split::{Part, split};
