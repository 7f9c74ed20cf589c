//! Every place that names what a place names.
//!
//! In: a place or a [`Symbol`], and the files to look in. Out: [`Reference`]s by file and offset. Always: a text search finds the
//! candidates, in each file under the name that the symbol has there, and [`symbol_at`] decides; so nothing is typed but what may match.

use cloudc_base::{File, TextSize};
use cloudc_driver::Database;
use cloudc_hir::{Decl, DeclKind, Name, Owner};
use cloudc_syntax::ast;
use rustc_hash::FxHashSet;

use crate::symbol::site::Site;
use crate::symbol::{Mention, Symbol, imported_item, name_of, of_token, shorthand_key, symbol_at};
use crate::{FilePosition, FileRange};

/// One mention of a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// What is written.
    pub place: FileRange,
    /// How it is named there.
    pub mention: Mention,
}

/// Every mention of what is at a place, in its own file and in `files`; its declaration only when asked for. None where nothing is.
pub fn references(db: &Database, at: FilePosition, files: &[File], declaration: bool) -> Option<Vec<Reference>> {
    let found = symbol_at(db, at)?;
    let mut all = references_to(db, &found.symbol, at.file, files);
    if found.mention == Mention::Shorthand
        && let Some(key) = shorthand_key(db, at)
    {
        all.extend(references_to(db, &key, at.file, files));
        sort(db, &mut all);
    }
    all.retain(|reference| declaration || reference.mention != Mention::Declaration);
    Some(all)
}

/// Every mention of a symbol that is known in `home`, there and in `files`, its declaration included.
pub fn references_to(db: &Database, symbol: &Symbol, home: File, files: &[File]) -> Vec<Reference> {
    let mut all = Vec::new();
    for file in searched(db, symbol, home, files) {
        if let Symbol::Module { file: module, import: None } = symbol {
            all.extend(paths_to(db, *module, file));
            continue;
        }
        for word in words(db, symbol, file) {
            mentions(db, symbol, file, &word, &mut all);
        }
    }
    sort(db, &mut all);
    all
}

fn sort(db: &Database, all: &mut Vec<Reference>) {
    all.sort_by_key(|one| (one.place.file.path(db).clone(), one.place.range.start(), one.place.range.end()));
    all.dedup_by_key(|one| one.place);
}

/// The files that can name a symbol: only its own when nothing can name it from outside.
fn searched(db: &Database, symbol: &Symbol, home: File, files: &[File]) -> Vec<File> {
    let (own, is_local) = match symbol {
        Symbol::Decl(decl) => (decl.file(db), is_local(db, *decl)),
        Symbol::Local { decl, .. } | Symbol::LoopVar { decl, .. } => (decl.file(db), true),
        Symbol::BadImport(decl) => (decl.file(db), true),
        Symbol::Module { import: Some(import), .. } => (import.file(db), true),
        Symbol::FnParam { decl, .. } => (decl.file(db), is_local(db, *decl)),
        Symbol::Field { place, .. } => (place.file, false),
        _ => (home, false),
    };
    if is_local {
        return vec![own];
    }
    let mut seen = FxHashSet::default();
    [own, home].iter().chain(files).copied().filter(|file| seen.insert(*file)).collect()
}

/// Whether only its own file can name a declaration; what one file of a stack declares, its other files can.
fn is_local(db: &Database, decl: Decl) -> bool {
    if cloudc_hir::unit(db, decl.file(db)).len() > 1 && decl.container(db).is_none() {
        return false;
    }
    match decl.kind(db) {
        DeclKind::Component | DeclKind::Fn | DeclKind::Let | DeclKind::Type => !cloudc_hir::items::is_pub(db, decl),
        DeclKind::Param => true,
        DeclKind::Resource | DeclKind::Existing => decl.container(db).is_none(),
        _ => false,
    }
}

/// What a symbol is called in a file: its name, and what the file's imports call it.
fn words(db: &Database, symbol: &Symbol, file: File) -> Vec<Name> {
    let name = name_of(db, symbol);
    let own = match symbol {
        Symbol::ResourceType(_) | Symbol::CustomType(_) => name.rsplit([':', '.']).next().map(Name::from),
        Symbol::Builtin(_) | Symbol::Attribute { .. } | Symbol::TypeMember { .. } => name.rsplit('.').next().map(Name::from),
        Symbol::EnumValue { .. } | Symbol::Path { .. } => Some(name.clone()),
        Symbol::Keyword(_) => None,
        _ => Some(name.clone()),
    };
    let mut words: Vec<Name> = own.into_iter().filter(|word| !word.is_empty()).collect();
    if let Symbol::Decl(decl) = symbol
        && decl.file(db) != file
    {
        words.extend(aliases(db, *decl, file));
    }
    words
}

/// The names that the imports of a file give to a declaration instead of its own.
pub(crate) fn aliases(db: &Database, decl: Decl, file: File) -> Vec<Name> {
    let own = decl.name(db);
    let all = cloudc_hir::declarations(db, Owner::File(file)).iter();
    let items = all.filter(|item| item.kind(db) == DeclKind::ImportItem && item.name(db) != own);
    items.filter(|item| imported_item(db, **item) == Some(decl)).map(|item| item.name(db).clone()).collect()
}

/// The mentions of a symbol among the places where a file has a word.
fn mentions(db: &Database, symbol: &Symbol, file: File, word: &str, all: &mut Vec<Reference>) {
    let text = file.text(db);
    let mut site: Option<Site<'_>> = None;
    for at in occurrences(text, word) {
        let offset = TextSize::new(at as u32);
        let at = FilePosition { file, offset };
        if site.as_ref().is_none_or(|site| !site.covers(offset)) {
            site = Site::at(db, at);
        }
        let Some(site) = &site else { continue };
        let token = site.tokens(offset).into_iter().find(|token| token.text_range().start() + site.start <= offset);
        let Some(found) = token.and_then(|token| of_token(site, &token)) else { continue };
        let is_it = is_same(&found.symbol, symbol)
            || found.mention == Mention::Shorthand && shorthand_key(db, at).is_some_and(|key| is_same(&key, symbol));
        if is_it {
            all.push(Reference { place: FileRange { file, range: found.range }, mention: found.mention });
        }
    }
}

/// Whether two symbols are one; a property is the same in all resources that write it.
fn is_same(one: &Symbol, other: &Symbol) -> bool {
    match (one, other) {
        (Symbol::Property { property: a, .. }, Symbol::Property { property: b, .. }) => a == b,
        _ => one == other,
    }
}

/// Where a text has a word that is not part of a longer one.
pub(crate) fn occurrences<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = text.as_bytes();
    let edges = (is_word(word.as_bytes().first()), is_word(word.as_bytes().last()));
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let after = bytes.get(at + word.len());
        !(edges.0 && is_word(before) || edges.1 && is_word(after))
    })
}

/// The paths by which a file imports a module.
fn paths_to(db: &Database, module: File, file: File) -> Vec<Reference> {
    let imports = cloudc_hir::declarations(db, Owner::File(file)).iter();
    let imports = imports.filter(|decl| decl.kind(db) == DeclKind::Import);
    let mut all = Vec::new();
    for import in imports.filter(|decl| crate::symbol::imported_file(db, **decl) == Some(module)) {
        let path = crate::symbol::site::item_of(db, *import).and_then(|(site, item)| {
            let path = <ast::Import as ast::AstNode>::cast(item)?.path()?;
            Some(site.range(crate::symbol::inside_quotes(ast::AstNode::syntax(&path))))
        });
        all.extend(path.map(|place| Reference { place, mention: Mention::Read }));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    /// The mentions as `path:line:column mention`, the declaration included.
    fn check_references(text: &str, expected: &[&str]) {
        let fixture = open(text);
        let db = &fixture.db;
        let all = references(db, fixture.position(), &fixture.files, true).unwrap_or_default();
        let shown: Vec<String> = all.iter().map(|one| show(db, one)).collect();
        assert_eq!(shown, expected, "{text}");
    }

    fn show(db: &Database, one: &Reference) -> String {
        let text = one.place.file.text(db);
        let before = &text[..usize::from(one.place.range.start())];
        let (line, column) = (before.matches('\n').count() + 1, before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1);
        format!("{}:{line}:{column} {:?}", one.place.file.path(db), one.mention)
    }

    #[test]
    fn a_value_and_its_hiding() {
        check_references(
            "let $0a = 1\nlet b = a + a\nlet c = [for a in [1]: a]\nlet d = \"${a} a\"\n",
            &["/main.cloud:1:5 Declaration", "/main.cloud:2:9 Read", "/main.cloud:2:13 Read", "/main.cloud:4:12 Read"],
        );
        check_references(
            "let a = 1\nlet c = [for a in [a]: $0a + a]\n",
            &["/main.cloud:2:14 Declaration", "/main.cloud:2:24 Read", "/main.cloud:2:28 Read"],
        );
    }

    #[test]
    fn a_component_across_files() {
        check_references(
            "//- /main.cloud\nimport \"./net.cloud\" { Vpc }\nresource a: V$0pc {}\n//- /other.cloud\nimport \"./net.cloud\" { Vpc as Net }\nresource a: Net {}\n//- /third.cloud\nimport \"./net.cloud\" as n\nresource a: n.Vpc {}\nlet Vpc = 1\n//- /net.cloud\npub component Vpc {}\n",
            &[
                "/main.cloud:1:24 Import",
                "/main.cloud:2:13 Read",
                "/net.cloud:1:15 Declaration",
                "/other.cloud:1:24 Import",
                "/other.cloud:1:31 Alias",
                "/other.cloud:2:13 Read",
                "/third.cloud:2:15 Read",
            ],
        );
    }

    #[test]
    fn inputs_and_outputs_of_components() {
        let text = "component C {\n  input $1n: Int = 1\n  output $2o = n\n}\nlet n = 2\nresource a: C { n: 1 }\nresource b: C { n }\nlet x = a.o\noutput o = b.o\n";
        check_references(
            &text.replace("$1", "$0").replace("$2", ""),
            &["/main.cloud:2:9 Declaration", "/main.cloud:3:14 Read", "/main.cloud:6:17 Write", "/main.cloud:7:17 Shorthand"],
        );
        check_references(
            &text.replace("$1", "").replace("$2", "$0"),
            &["/main.cloud:3:10 Declaration", "/main.cloud:8:11 Read", "/main.cloud:9:14 Read"],
        );
    }

    #[test]
    fn what_is_patched_and_lifted() {
        check_references(
            "component C {\n  for i in range(2) {\n    resource $0q: AWS::SQS::Queue {}\n  }\n  output all = [for x in q: x.ref]\n}\nresource c: C {} with {\n  q: { DelaySeconds: 1 }\n}\n",
            &["/main.cloud:3:14 Declaration", "/main.cloud:5:26 Read", "/main.cloud:8:3 Write"],
        );
    }

    #[test]
    fn the_schema_and_the_language() {
        check_references(
            "resource a: AWS::S3::Buck$0et {}\nresource b: AWS::S3::Bucket {}\nresource c: AWS::SQS::Queue {}\n",
            &["/main.cloud:1:13 Read", "/main.cloud:2:13 Read"],
        );
        check_references(
            "resource a: AWS::S3::Bucket { Bucket$0Name: \"a\" }\nlet x = a.BucketName\nresource b: AWS::S3::Bucket { BucketName: \"b\" }\n",
            &["/main.cloud:1:31 Write", "/main.cloud:2:11 Read", "/main.cloud:3:31 Write"],
        );
        check_references("let a = ra$0nge(2)\nlet range2 = range(3)\n", &["/main.cloud:1:9 Read", "/main.cloud:2:14 Read"]);
    }

    #[test]
    fn keys_of_a_map() {
        check_references(
            "let m = { $0a: { x: 1 }, b: { x: 2 } }\nlet c = m[\"a\"].x + m.a.x + m[\"b\"].x\n",
            &["/main.cloud:1:11 Declaration", "/main.cloud:2:12 Read", "/main.cloud:2:22 Read"],
        );
    }

    #[test]
    fn fields_of_rows() {
        check_references(
            "let m = { a: { x: 1 }, b: { $0x: 2 } }\nlet c = m[\"a\"].x + m.b.x + m[\"b\"].x\n",
            &["/main.cloud:1:29 Declaration", "/main.cloud:2:24 Read", "/main.cloud:2:35 Read"],
        );
    }

    #[test]
    fn texts_of_one_type() {
        check_references(
            "type Stage = \"dev\" | \"prod\"\ninput a: Stage\ninput b: Stage = \"prod\"\nlet x = a == \"pr$0od\"\nlet y = \"prod\"\n",
            &["/main.cloud:1:23 Declaration", "/main.cloud:3:19 Read", "/main.cloud:4:15 Read"],
        );
    }

    #[test]
    fn a_module() {
        check_references(
            "//- /main.cloud\nimport \"./n$0et.cloud\" { a }\n//- /b.cloud\nimport \"./net.cloud\" as n\nlet x = n.a\n//- /net.cloud\npub let a = 1\n",
            &["/b.cloud:1:9 Read", "/main.cloud:1:9 Read"],
        );
        check_references(
            "//- /b.cloud\nimport \"./net.cloud\" as n\nlet x = $0n.a\n//- /net.cloud\npub let a = 1\n",
            &["/b.cloud:1:25 Declaration", "/b.cloud:2:9 Read"],
        );
    }

    #[test]
    fn into_the_standard_library() {
        let fixture = open("import \"std/network\" { Vpc }\nstack s {}\nresource v: Vpc { zo$0nes: 2 }\n");
        let std = cloudc_driver::file(&fixture.db, "std/network");
        let files = [fixture.files[0], std];
        let all = references(&fixture.db, fixture.position(), &files, true).unwrap_or_default();
        assert!(all.iter().any(|one| one.place.file == std && one.mention == Mention::Declaration));
        assert!(all.iter().filter(|one| one.place.file == std).count() > 1);
    }
}
