//! Words of the language: those that begin a declaration where one stands, and those that go on with one.

use cloudc_hir::chunks::ChunkKind;
use cloudc_hir::{DeclKind, Owner};

use super::context::{Context, Within};
use super::item::{About, Item, ItemKind};

/// Where a declaration may stand.
const FILE: u8 = 1;
const COMPONENT: u8 = 2;
const POLICY: u8 = 4;
/// Also inside `if` and `for`.
const NESTED: u8 = 8;
/// May be `pub`.
const PUBLIC: u8 = 16;
/// Only in `project.cloud`.
const PROJECT: u8 = 32;

/// Declarations in order of use: keyword, snippet, where.
const DECLARATIONS: &[(&str, &str, u8)] = &[
    ("resource", "resource ${1:name}: $0", FILE | COMPONENT | POLICY | NESTED),
    ("let", "let ${1:name} = $0", FILE | COMPONENT | POLICY | NESTED | PUBLIC),
    ("input", "input ${1:name}: $0", FILE | COMPONENT),
    ("output", "output ${1:name} = $0", FILE | COMPONENT | NESTED),
    ("param", "param ${1:name}: $0", FILE),
    ("import", "import \"$1\" { $0 }", FILE),
    ("stack", "stack ${1:name} {\n  region: \"$0\"\n}", FILE),
    ("for", "for ${1:x} in ${2:list} {\n  $0\n}", FILE | COMPONENT | POLICY | NESTED),
    ("if", "if ${1:condition} {\n  $0\n}", FILE | COMPONENT | POLICY | NESTED),
    ("component", "component ${1:Name} {\n  $0\n}", FILE | PUBLIC),
    ("fn", "fn ${1:name}(${2:x}: ${3:String}): ${4:String} = $0", FILE | PUBLIC),
    ("type", "type ${1:Name} = $0", FILE | PUBLIC),
    ("assert", "assert ${1:condition}, \"$0\"", FILE | COMPONENT | POLICY | NESTED),
    ("existing", "existing ${1:name}: ${2:AWS::EC2::VPC} = $0", FILE | COMPONENT | NESTED),
    ("defaults", "defaults ${1:AWS::S3::Bucket} {\n  $0\n}", FILE),
    ("pub", "pub ", FILE),
    ("moved", "moved ${1:old} -> ${2:new}", FILE | COMPONENT),
    ("forget", "forget ${1:name}", FILE | COMPONENT),
    ("policy", "policy \"$1\" {\n  $0\n}", FILE | PUBLIC),
    ("test", "test \"$1\" {\n  $0\n}", FILE),
    ("project", "project ${1:name} {\n  stacks: { $0 }\n}", FILE | PROJECT),
    ("env", "env ${1:name} {\n  $0\n}", FILE | PROJECT),
];

/// What begins a declaration here.
pub(crate) fn statements(ctx: &Context, within: &Within) -> Vec<Item> {
    let place = match within.container {
        None => FILE,
        Some(DeclKind::Component) => COMPONENT,
        Some(_) => POLICY,
    };
    let project = ctx.scene.file.path(ctx.scene.db).ends_with("/project.cloud");
    let begins = begins(ctx);
    let library = within.container.is_none() && is_library(ctx);
    let mut items = Vec::new();
    for (at, (word, text, places)) in DECLARATIONS.iter().enumerate() {
        let Some(quality) = ctx.quality(word) else { continue };
        let fits = places & place != 0 && (!within.nested || places & NESTED != 0) && (!within.public || places & PUBLIC != 0);
        if !fits || *word == "stack" && cloudc_hir::stack_decl(ctx.scene.db, ctx.scene.file).is_some() {
            continue;
        }
        let first = project && places & PROJECT != 0 || *word == "import" && begins || library && *word == "pub";
        let last = places & PROJECT != 0 && !project || library && matches!(*word, "resource" | "param" | "input" | "output");
        let cost = quality + if first { 0 } else { at as u32 + 2 } + if last { 60 } else { 0 };
        let item = Item { about: About::Keyword((*word).into()), again: true, ..ctx.item(*word, ItemKind::Keyword, cost) };
        items.push(ctx.snippet(item, text));
    }
    if let Some(quality) = ctx.quality("@").filter(|_| ctx.typed.is_empty()) {
        items.push(Item { again: true, ..ctx.item("@", ItemKind::Annotation, quality + 30) });
    }
    items
}

/// Whether nothing but imports stands above.
fn begins(ctx: &Context) -> bool {
    let db = ctx.scene.db;
    let mut above = cloudc_hir::chunks(db, ctx.scene.file).iter().filter(|chunk| chunk.offset(db) < ctx.word.start());
    above.all(|chunk| matches!(chunk.kind(db), ChunkKind::Import | ChunkKind::Other))
}

/// Whether the file offers something to others and makes no stack: it can hold no resources of its own.
fn is_library(ctx: &Context) -> bool {
    let db = ctx.scene.db;
    let own = cloudc_hir::declarations(db, Owner::File(ctx.scene.file));
    let has = |kinds: &[DeclKind]| own.iter().any(|decl| kinds.contains(&decl.kind(db)));
    let offers = own.iter().any(|decl| cloudc_hir::items::is_pub(db, *decl));
    offers && !has(&[DeclKind::Stack, DeclKind::Resource, DeclKind::Param])
}

/// Words that go on with what is written.
pub(crate) fn words(ctx: &Context, words: &[&'static str]) -> Vec<Item> {
    let mut items = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(quality) = ctx.quality(word) else { continue };
        let item = Item {
            about: About::Keyword((*word).into()),
            again: true,
            ..ctx.item(*word, ItemKind::Keyword, quality + at as u32)
        };
        items.push(match *word {
            "with" | "else" => ctx.snippet(item, &format!("{word} {{\n  $0\n}}")),
            word => Item { insert: format!("{word} "), ..item },
        });
    }
    items
}
