//! What is given from outside, as an input of the database.
#![allow(missing_docs)] // of what salsa generates; everything written here has them

use std::collections::BTreeMap;

use cloudc_hir::Name;

/// What is given from outside a program.
#[salsa::input(debug)]
pub struct Settings {
    /// Values for inputs and parameters by name, as written on the command line.
    #[returns(ref)]
    pub sets: BTreeMap<Name, String>,
    /// In an editor: an input without a value is unknown instead of an error.
    #[returns(copy)]
    pub lenient: bool,
}
