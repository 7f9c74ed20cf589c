//! The only code that talks to AWS: plans, deployments, history, locks, drift.
//!
//! In: built stacks ([`Unit`]), who and where ([`aws::Access`]). Out: plans, outcomes, records as plain data. Always: the truth about
//! resources is the stack in CloudFormation; whatever is done can be done again after a crash; nothing is printed here.
//!
//! `aws` is the only folder that knows the SDK. `run` brings one stack to what its program says, `plan` explains what that will do,
//! `store` keeps what CloudFormation does not: history and locks.

pub mod assets;
pub mod aws;
pub mod bootstrap;
pub mod clock;
pub mod error;
pub mod exports;
pub mod lookup;
pub mod permissions;
pub mod plan;
pub mod quotas;
pub mod run;
pub mod secrets;
pub mod status;
pub mod store;
pub mod sync;
pub mod unit;
pub mod upload;
pub mod waves;

pub use error::{Error, codes};
pub use status::Status;
pub use unit::Unit;
