//! Codes that other crates look for, to say the same in other words.

/// Something that may be absent, where it has to be there.
pub const ABSENT: &str = "C0309";
/// Something that has to be known when compiling, or when the deployment starts.
pub const KNOWN_TOO_LATE: [&str; 2] = ["C0320", "C0321"];
/// Something that a value does not have: elements, a method.
pub const HAS_NO: [&str; 2] = ["C0305", "C0306"];
/// A policy document or statement that is none.
pub const BAD_POLICY: &str = "C0416";
