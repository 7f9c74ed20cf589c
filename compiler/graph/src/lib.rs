//! From references to the order of a deployment.
//!
//! In: a stack and the links of its resources. Out: an [`Order`]: what comes before what, dependencies nobody wrote but
//! CloudFormation needs, rules split off security groups, cycles that cannot be broken, resources that are the same to AWS. Always: deterministic, by source
//! position; reads links, and properties only where a dependency hangs on one.

mod choices;
mod cut;
mod cycles;
mod edges;
mod identities;
mod implicit;
mod network;
pub mod ordering;
mod pairs;
mod security_groups;
pub mod view;

pub use cut::{Cut, best as best_cut, cut};
pub use cycles::CYCLE;
pub use edges::Edge;
pub use identities::SAME;
pub use ordering::{Order, dependents, order, problems};
pub use security_groups::{SPLIT, Split};
pub use view::{View, view};
