//! Laws of navigation, on every program of this repository: every name means something, what it means leads back to it, and no place of
//! any text, however broken, breaks an answer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloudc_base::{Edit, File, TextSize};
use cloudc_driver::{Database, MemoryFs, Options, Purpose};
use cloudc_hir::DeclKind;
use cloudc_ide::{FilePosition, Mention, Symbol};
use cloudc_schema::Schema;
use cloudc_syntax::{SyntaxKind, SyntaxNode};

/// A folder of programs, opened.
struct Opened {
    db: Database,
    files: Vec<File>,
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository is there")
}

fn sources(folder: &Path, out: &mut Vec<(String, String)>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.ends_with("sourcemap.cloud") {
            continue;
        }
        if path.is_dir() {
            sources(&path, out);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            out.push((path.to_string_lossy().into_owned(), text));
        }
    }
}

fn open(files: Vec<(String, String)>) -> Opened {
    let options = Options { purpose: Purpose::Edit, ..Options::default() };
    let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).filter(|path| path.ends_with(".cloud")).collect();
    let db = cloudc_driver::open(Arc::new(MemoryFs::new(files)), options, Schema::embedded());
    let files = paths.iter().map(|path| cloudc_driver::file(&db, path)).collect();
    Opened { db, files }
}

fn programs() -> Opened {
    let mut files = Vec::new();
    sources(&repository().join("examples"), &mut files);
    sources(&repository().join("tests/fixtures/programs"), &mut files);
    let mut opened = open(files);
    opened.files.push(cloudc_driver::file(&opened.db, "std/network"));
    opened.files.push(cloudc_driver::file(&opened.db, "std/storage"));
    opened
}

/// Where each name of a text begins.
fn names(text: &str) -> Vec<TextSize> {
    let tree = cloudc_syntax::parse_file(text).syntax();
    let tokens = tree.descendants_with_tokens().filter_map(|it| it.into_token());
    let is_name = |parent: SyntaxNode| parent.kind() == SyntaxKind::Name;
    tokens.filter(|it| it.parent().is_some_and(is_name)).map(|it| it.text_range().start()).collect()
}

fn place(db: &Database, at: FilePosition) -> String {
    let text = at.file.text(db);
    let before = &text[..usize::from(at.offset)];
    let line = before.matches('\n').count() + 1;
    format!("{}:{line}: {}", at.file.path(db), text.lines().nth(line - 1).unwrap_or_default())
}

#[test]
fn every_name_means_something_that_leads_back() {
    let Opened { db, files } = programs();
    let mut nameless = Vec::new();
    for file in &files {
        for at in names(file.text(&db)) {
            let at = FilePosition { file: *file, offset: at };
            let Some(found) = cloudc_ide::symbol_at(&db, at) else {
                nameless.push(place(&db, at));
                continue;
            };
            let Some(declared) = cloudc_ide::declaration_range(&db, &found.symbol) else { continue };
            if matches!(found.symbol, Symbol::EnumValue { .. } | Symbol::Module { .. }) {
                continue;
            }
            let there = FilePosition { file: declared.file, offset: declared.range.start() };
            let again = cloudc_ide::symbol_at(&db, there).map(|found| found.symbol);
            assert_eq!(again.as_ref(), Some(&found.symbol), "{}", place(&db, at));
            let all = cloudc_ide::references_to(&db, &found.symbol, *file, &files);
            let is_there = all.iter().any(|one| one.place.file == *file && one.place.range == found.range);
            assert!(is_there || found.mention == Mention::Declaration, "{} is not among its references", place(&db, at));
        }
    }
    assert_eq!(nameless.join("\n"), "");
}

/// Asks everything about a place.
fn ask(db: &Database, at: FilePosition, files: &[File]) {
    let length = at.file.text(db).len() as u32;
    let fits = |range: cloudc_base::TextRange| assert!(u32::from(range.end()) <= length, "{}", place(db, at));
    cloudc_ide::highlights(db, at).iter().for_each(|one| fits(one.range));
    if let Some(found) = cloudc_ide::symbol_at(db, at) {
        fits(found.range);
        cloudc_ide::describe(db, &found.symbol);
        cloudc_ide::full_range(db, &found.symbol);
    }
    let _ = cloudc_ide::definition(db, at);
    let _ = cloudc_ide::type_definition(db, at);
    let _ = cloudc_ide::implementation(db, at, files);
    let _ = cloudc_ide::references(db, at, files, true);
    let _ = cloudc_ide::prepare_rename(db, at);
    if cloudc_ide::prepare_calls(db, at).is_some() {
        cloudc_ide::incoming_calls(db, at, files);
        cloudc_ide::outgoing_calls(db, at);
    }
    if cloudc_ide::prepare_types(db, at).is_some() {
        cloudc_ide::supertypes(db, at);
        cloudc_ide::subtypes(db, at, files);
    }
}

#[test]
fn no_place_of_a_text_that_breaks_off_is_too_much() {
    let mut texts = Vec::new();
    sources(&repository().join("tests/fixtures/programs"), &mut texts);
    texts.retain(|(path, _)| path.ends_with(".cloud"));
    for (_, text) in &texts {
        for cut in (0..=text.len()).step_by(13).filter(|cut| text.is_char_boundary(*cut)) {
            let Opened { db, files } = open(vec![("/main.cloud".to_owned(), text[..cut].to_owned())]);
            let file = files[0];
            for offset in [cut, cut.saturating_sub(1), cut / 2, cut + 5] {
                ask(&db, FilePosition { file, offset: TextSize::new(offset as u32) }, &files);
            }
            cloudc_ide::document_symbols(&db, file);
            cloudc_ide::document_links(&db, file);
            cloudc_ide::workspace_symbols(&db, "a", &files, 16);
            cloudc_ide::will_rename_files(&db, &[("/main.cloud".to_owned(), "/a/b.cloud".to_owned())], &files);
        }
    }
}

/// The templates that the stacks of a folder build to, by path and region.
fn templates(texts: &[(String, String)]) -> Vec<String> {
    let system = MemoryFs::new(texts.iter().cloned());
    let db = cloudc_driver::open(Arc::new(system), Options::default(), Schema::embedded());
    let files = texts.iter().filter(|(path, _)| path.ends_with(".cloud")).map(|(path, _)| cloudc_driver::file(&db, path));
    let targets = files.flat_map(|file| cloudc_driver::targets(&db, file));
    let built = targets.map(|target| match cloudc_driver::build(&db, target) {
        (Some(artifact), _) => cloudc_driver::template_json(&artifact),
        (None, problems) => format!("{} problems, first {:?}", problems.len(), problems.first().map(|it| &it.message)),
    });
    built.collect()
}

/// Texts after edits.
fn edited(db: &Database, texts: &[(String, String)], edits: &[Edit]) -> Vec<(String, String)> {
    let mut texts = texts.to_vec();
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.range.start()));
    for edit in edits {
        let text = texts.iter_mut().find(|(path, _)| **path == **edit.file.path(db));
        text.expect("an open file").1.replace_range(std::ops::Range::<usize>::from(edit.range), &edit.insert);
    }
    texts
}

/// Whether nothing of a template follows from a symbol's name.
fn is_invisible(db: &Database, symbol: &Symbol) -> bool {
    match symbol {
        Symbol::Decl(decl) => match decl.kind(db) {
            DeclKind::Component | DeclKind::Fn | DeclKind::Type => true,
            DeclKind::Input | DeclKind::Output => decl.container(db).is_some(),
            _ => false,
        },
        Symbol::Local { .. } | Symbol::LoopVar { .. } | Symbol::FnParam { .. } | Symbol::Module { .. } => true,
        _ => false,
    }
}

#[test]
fn what_is_renamed_builds_to_the_same() {
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(repository().join("examples")).into_iter().flatten().flatten().map(|it| it.path()).collect();
    folders.sort();
    let (mut renamed, mut compared) = (0, 0);
    for folder in folders.iter().filter(|it| it.is_dir()) {
        let mut texts = Vec::new();
        sources(folder, &mut texts);
        let before = templates(&texts);
        let Opened { db, files } = open(texts.clone());
        for file in &files {
            // Every name would take minutes; here and there all kinds of them are met.
            for at in names(file.text(&db)).into_iter().step_by(7) {
                let at = FilePosition { file: *file, offset: at };
                let Ok(site) = cloudc_ide::prepare_rename(&db, at) else { continue };
                let (edits, lines) = match cloudc_ide::rename(&db, at, "renamed_for_now", &files) {
                    Ok(all) => (all.edits, all.moved),
                    // A field of records that no type describes may be named where nothing tells.
                    Err(why) if why.contains("would have an error") => continue,
                    Err(why) => panic!("{}: {why}", place(&db, at)),
                };
                assert!(edits.iter().any(|edit| edit.range.contains_range(site.range)), "{}", place(&db, at));
                renamed += 1;
                if !lines.is_empty() {
                    let all: Vec<Edit> = edits.iter().chain(&lines).cloned().collect();
                    let built = templates(&edited(&db, &texts, &all));
                    assert!(built.iter().all(|text| text.starts_with('{')), "{}: {built:?}", place(&db, at));
                }
                let symbol = cloudc_ide::symbol_at(&db, at).map(|found| found.symbol);
                if renamed % 2 == 0 && symbol.is_some_and(|symbol| is_invisible(&db, &symbol)) {
                    compared += 1;
                    assert!(templates(&edited(&db, &texts, &edits)) == before, "{}", place(&db, at));
                }
            }
        }
    }
    assert!(renamed > 100 && compared > 10, "{renamed} names were tried, {compared} compared");
}

#[test]
fn whatever_the_compiler_calls_a_use_is_among_the_references() {
    let Opened { db, files } = programs();
    let mut uses = 0;
    for file in &files {
        for user in cloudc_hir::all_declarations(&db, *file) {
            for used in cloudc_hir::refs(&db, *user).iter().filter(|used| used.property.is_none()) {
                let (_, written) = used.anchor(*user).locate(&db);
                // A variable of a loop is a use of the loop, which has no name to find.
                if used.decl.name(&db).is_empty() {
                    continue;
                }
                uses += 1;
                let all = cloudc_ide::references_to(&db, &Symbol::Decl(used.decl), *file, &files);
                let is_it = |one: &cloudc_ide::Reference| {
                    one.place.file == *file && written.contains_range(one.place.range) && one.mention != Mention::Declaration
                };
                let at = FilePosition { file: *file, offset: written.start() };
                assert!(all.iter().any(is_it), "{}", place(&db, at));
            }
        }
    }
    assert!(uses > 500, "{uses} uses");
}
