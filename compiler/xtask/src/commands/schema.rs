//! `cargo xtask schema`: rebuilds `compiler/schema/data/` from pinned sources.

use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::schema;

/// Options of `cargo xtask schema`.
#[derive(clap::Args)]
pub struct Args {
    /// Change nothing; fail when the committed data differs from what would be written
    #[arg(long)]
    check: bool,
    /// Say which relationships could not be kept
    #[arg(long)]
    verbose: bool,
    /// Folder for downloads, kept between runs
    #[arg(long, default_value = "target/schema-sources")]
    sources: PathBuf,
}

/// Downloads what is missing, builds the data, writes or compares it.
pub fn run(args: Args) -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let home = root.join("compiler/schema");
    let sources = schema::sources::load(&root.join(&args.sources))?;
    let built = schema::build(&sources, &home.join("overlay"))?;
    let mut stale = Vec::new();
    for (name, bytes) in &built.files {
        let path = home.join(name);
        if std::fs::read(&path).is_ok_and(|old| old == *bytes) {
            continue;
        }
        if args.check {
            stale.push(*name);
        } else {
            std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
            println!("wrote {name}, {} bytes", bytes.len());
        }
    }
    if !args.check {
        super::codegen::stamp_schema()?;
    }
    if args.verbose {
        built.notes.iter().for_each(|note| println!("{note}"));
    }
    println!("{}", built.summary);
    if stale.is_empty() { Ok(()) } else { Err(format!("{} out of date; run `cargo xtask schema`", stale.join(", "))) }
}
