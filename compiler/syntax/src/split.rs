//! Cutting a file into chunks.

use rowan::TextRange;
use smol_str::SmolStr;

/// What a chunk declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names are the keywords
pub enum ChunkKind {
    Import,
    Input,
    Param,
    Let,
    Resource,
    Existing,
    Output,
    Component,
    Fn,
    Type,
    If,
    For,
    Defaults,
    Moved,
    Forget,
    Assert,
    Policy,
    Test,
    Stack,
    Project,
    Env,
    /// Text that starts no declaration.
    Other,
}

/// One column-0 declaration with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RawChunk {
    /// What it declares.
    pub kind: ChunkKind,
    /// The declared name, `""` where there is none.
    pub name: SmolStr,
    /// Where it stands in the file. Chunks follow each other without a gap and cover the file.
    pub range: TextRange,
}

/// Cuts a file into chunks.
pub fn split(text: &str) -> Vec<RawChunk> {
    let len = rowan::TextSize::try_from(text.len()).unwrap_or_default();
    vec![RawChunk { kind: ChunkKind::Other, name: SmolStr::default(), range: TextRange::up_to(len) }]
}
