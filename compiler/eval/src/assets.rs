//! What is in an asset: read only when something needs to know.

use std::sync::Arc;

use cloudc_base::folder::{Digest, Refused};

use crate::Db;
use crate::values::{Asset, AssetKind};

/// The digest of a file or folder of the project.
pub fn digest<'db>(db: &'db dyn Db, path: &str) -> &'db Result<Arc<Digest>, Refused> {
    db.files().folder(db, path).content(db)
}

/// What changes when the asset does. A template changes with its own stack, which its path stands for.
pub fn fingerprint(db: &dyn Db, asset: &Asset) -> String {
    match (asset.kind, digest(db, &asset.path)) {
        (AssetKind::Template, _) | (_, Err(_)) => String::new(),
        (_, Ok(digest)) => digest.hash.clone(),
    }
}
