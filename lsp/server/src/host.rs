//! What the server is given by the program it runs in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloudc_base::FileSystem;
use cloudc_schema::Schema;

/// Opens the disk below a folder.
pub type OpenDisk = dyn Fn(&Path) -> Arc<dyn FileSystem> + Send + Sync;

/// The outside world.
#[derive(Clone)]
pub struct Host {
    /// The disk below a folder, seen as `/`; must not follow links out of the folder.
    pub disk: Arc<OpenDisk>,
    /// The project's root of a folder.
    pub project: Arc<dyn Fn(&Path) -> PathBuf + Send + Sync>,
    /// The resource types in use; asked again when they may have changed.
    pub schema: Arc<dyn Fn() -> Schema + Send + Sync>,
    /// The command line, for what is not done inside the server; none refuses that.
    pub program: Option<PathBuf>,
    /// The version that is told to clients.
    pub version: String,
    /// Whether requests for tests of the transport are answered.
    pub testing: bool,
}
