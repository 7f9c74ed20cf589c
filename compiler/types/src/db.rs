//! The database as this crate sees it: what `hir` sees, and the schema.

#![allow(missing_docs)] // of what salsa generates; everything written here has them

use cloudc_schema::Schema;

/// The schema as an input of the database.
#[salsa::input(debug)]
pub struct SchemaHandle {
    /// The embedded schema with the user's layers.
    #[returns(ref)]
    pub schema: Schema,
}

/// The database as this crate sees it.
#[salsa::db]
pub trait Db: cloudc_hir::Db {
    /// The schema in use.
    fn schema(&self) -> SchemaHandle;
}
