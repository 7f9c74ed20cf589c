//! Makes `src/` of the grammar: the parser, and a list of what it was made from.
//!
//! In: `grammar.js`. Out: `src/parser.c` with its headers, `src/grammar.json`, `src/node-types.json`, `src/inputs.txt`.
//! Always: the same grammar gives the same bytes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tree_sitter_generate::{OptLevel, generate_parser_in_directory};

/// The newest layout of tables that every editor in use can load.
const ABI: usize = 14;

fn main() -> ExitCode {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    match generate(&root) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn generate(root: &Path) -> Result<(), String> {
    let mut notes = Vec::new();
    let optimizations = OptLevel::MergeStates;
    // `native` is a JavaScript interpreter that is linked in.
    let outcome = generate_parser_in_directory(
        root,
        None::<&Path>,
        None::<&Path>,
        ABI,
        std::env::args().nth(1).as_deref(),
        Some("native"),
        true,
        optimizations,
        &mut notes,
    );
    for note in notes {
        eprintln!("{note}");
    }
    outcome.map_err(|error| error.to_string())?;
    write_inputs(root)
}

/// Writes a hash (FNV-1a, 64 bits) of the grammar and of the parser made from it; the tests compare them.
fn write_inputs(root: &Path) -> Result<(), String> {
    let mut out =
        String::from("# What src/ was made from, by `cargo run --manifest-path editors/tree-sitter/generate/Cargo.toml`.\n");
    for name in ["grammar.js", "src/parser.c", "src/grammar.json", "src/node-types.json"] {
        let bytes = std::fs::read(root.join(name)).map_err(|error| format!("{name}: {error}"))?;
        let hash =
            bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
        out.push_str(&format!("{hash:016x} {name}\n"));
    }
    std::fs::write(root.join("src/inputs.txt"), out).map_err(|error| format!("src/inputs.txt: {error}"))
}
