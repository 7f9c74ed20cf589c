//! How actions are tested: what one makes of a program, that the result has no new mistakes, and that layout stays canonical.

use cloudc_base::{File, Severity};
use cloudc_driver::Database;

use super::{actions, resolve_action};
use crate::fixture::{Fixture, open};
use crate::formatting::apply;

/// The mistakes of a file and of what it imports, by code.
pub(crate) fn mistakes(db: &Database, files: &[File]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for file in files.iter().filter(|file| file.path(db).ends_with(".cloud")) {
        let list = cloudc_driver::check(db, *file);
        let errors = list.iter().filter(|one| one.severity == Severity::Error && one.file == *file);
        all.extend(errors.map(|one| format!("{} {}", one.code, one.message)));
    }
    all.sort();
    all
}

/// What each stack of a program deploys, by logical id.
fn deployed(db: &Database, files: &[File]) -> Vec<String> {
    let cloud = files.iter().filter(|file| file.path(db).ends_with(".cloud"));
    let targets = cloud.flat_map(|file| cloudc_driver::targets(db, *file).into_iter().take(1));
    let members = targets.flat_map(|target| cloudc_eval::stack(db, target).resources.clone());
    let mut all: Vec<String> = members.map(|member| format!("{}: {}", member.id, member.ty)).collect();
    all.sort();
    all
}

/// The files of a program as one text.
fn written(files: &[(String, String)]) -> String {
    files.iter().map(|(path, text)| format!("//- {path}\n{text}")).collect()
}

/// The ids that are offered.
fn offered(fixture: &Fixture) -> Vec<String> {
    let selection = fixture.selection();
    let diagnostics = crate::diagnostics(&fixture.db, selection.file);
    actions(&fixture.db, selection, &fixture.files, &diagnostics).into_iter().map(|action| action.id).collect()
}

/// Takes the first action whose id begins with `id`; the file of the cursor must become `after`.
pub(crate) fn check_action(id: &str, before: &str, after: &str) {
    let fixture = open(before);
    let selection = fixture.selection();
    let diagnostics = crate::diagnostics(&fixture.db, selection.file);
    let offered = offered(&fixture);
    let Some(found) = offered.iter().find(|known| *known == id || known.starts_with(&format!("{id}:"))) else {
        panic!("`{id}` is not offered, but {offered:?}; {diagnostics:#?}");
    };
    let edits = resolve_action(&fixture.db, selection, &fixture.files, &diagnostics, found).expect("edits");
    let mut files = Vec::new();
    for file in &fixture.files {
        let text = file.text(&fixture.db);
        let new = apply(text, edits.iter().filter(|edit| edit.file == *file));
        if *file == selection.file {
            assert_eq!(new, after);
            if cloudc_format::format(text).is_ok_and(|formatted| formatted == text) {
                assert_eq!(cloudc_format::format(&new).ok().as_deref(), Some(new.as_str()), "the layout");
            }
        }
        files.push((file.path(&fixture.db).to_string(), new));
    }
    let result = open(&written(&files));
    let mut known = mistakes(&fixture.db, &fixture.files);
    if known.is_empty() {
        assert_eq!(deployed(&result.db, &result.files), deployed(&fixture.db, &fixture.files), "what is deployed");
    }
    for mistake in mistakes(&result.db, &result.files) {
        match known.iter().position(|old| *old == mistake) {
            Some(at) => drop(known.remove(at)),
            None => panic!("a new mistake: {mistake}"),
        }
    }
}

/// The action is not offered.
pub(crate) fn check_none(id: &str, text: &str) {
    let offered = offered(&open(text));
    assert!(!offered.iter().any(|known| known == id || known.starts_with(&format!("{id}:"))), "`{id}` is offered");
}

/// Every program that the repository has.
fn programs() -> Vec<(String, Vec<(String, String)>)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut found = Vec::new();
    let mut folders: Vec<_> = std::fs::read_dir(root).expect("examples").filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.sort();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        let mut files: Vec<_> =
            std::fs::read_dir(folder).expect("an example").filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        let read = |path: &std::path::PathBuf| {
            let name = format!("/{}", path.file_name()?.to_str()?);
            Some((name, std::fs::read_to_string(path).ok()?))
        };
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        found.push((name, files.iter().filter_map(read).collect()));
    }
    found
}

/// Selections worth trying: every expression, every declaration, the place where each begins.
fn selections(fixture: &Fixture, file: File) -> Vec<crate::FileRange> {
    use cloudc_syntax::ast::{self, AstNode};
    let mut found = Vec::new();
    for near in crate::near::within(&fixture.db, file, crate::near::whole_file(&fixture.db, file)) {
        for node in near.root.descendants() {
            let range = near.in_file(node.text_range());
            if ast::Expr::can_cast(node.kind()) || ast::Item::can_cast(node.kind()) {
                found.push(crate::FileRange { file, range });
                found.push(crate::FileRange { file, range: cloudc_base::TextRange::empty(range.start()) });
            } else if node.kind() == cloudc_syntax::SyntaxKind::Name {
                found.push(crate::FileRange { file, range: cloudc_base::TextRange::empty(range.start()) });
            }
        }
    }
    found
}

/// Does every action everywhere in the examples, each `stride`th of a kind, and tells what went wrong.
fn try_all(stride: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut seen: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for (name, files) in programs() {
        let fixture = open(&written(&files));
        let known = mistakes(&fixture.db, &fixture.files);
        for file in fixture.files.iter().filter(|file| file.path(&fixture.db).ends_with(".cloud")) {
            let diagnostics = crate::diagnostics(&fixture.db, *file);
            for selection in selections(&fixture, *file) {
                for action in actions(&fixture.db, selection, &fixture.files, &diagnostics) {
                    let kind = action.id.split(':').next().unwrap_or_default().to_owned();
                    let count = seen.entry(kind.clone()).or_default();
                    *count += 1;
                    if *count % stride != 1 % stride {
                        continue;
                    }
                    let edits =
                        resolve_action(&fixture.db, selection, &fixture.files, &diagnostics, &action.id).unwrap_or_default();
                    let place = &file.text(&fixture.db)[std::ops::Range::<usize>::from(selection.range)];
                    let mut new = Vec::new();
                    for other in &fixture.files {
                        let text = apply(other.text(&fixture.db), edits.iter().filter(|edit| edit.file == *other));
                        new.push((other.path(&fixture.db).to_string(), text));
                    }
                    let result = open(&written(&new));
                    let mut rest = known.clone();
                    let unknown = |mistake: &String| match rest.iter().position(|old| old == mistake) {
                        Some(at) => {
                            rest.remove(at);
                            false
                        }
                        None => true,
                    };
                    let mut fresh: Vec<String> = mistakes(&result.db, &result.files);
                    let mut unknown = unknown;
                    fresh.retain(|mistake| unknown(mistake));
                    let at = u32::from(selection.range.start());
                    // An id made of a fingerprint is new whenever anything is written otherwise.
                    let stable = !files.iter().any(|(_, text)| text.contains(".fingerprint"));
                    if stable && deployed(&result.db, &result.files) != deployed(&fixture.db, &fixture.files) {
                        wrong
                            .push(format!("{name}{} {at} {kind}: {place:.60} -> deploys something else", file.path(&fixture.db)));
                    }
                    if !fresh.is_empty() {
                        wrong.push(format!("{name}{} {at} {kind}: {place:.60} -> {fresh:?}", file.path(&fixture.db)));
                    }
                    for (path, text) in new.iter().filter(|(path, _)| path.ends_with(".cloud")) {
                        if cloudc_format::format(text).is_ok_and(|formatted| formatted != *text) {
                            wrong.push(format!("{name}{path} {at} {kind}: {place:.60} -> layout"));
                        }
                    }
                }
            }
        }
    }
    wrong
}

#[test]
fn actions_keep_the_examples_right() {
    let stride = std::env::var("STRIDE").ok().and_then(|text| text.parse().ok()).unwrap_or(97);
    let wrong = try_all(stride);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The wrong example of every page about an error: the code, and the program.
fn pages() -> Vec<(String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    let mut pages: Vec<_> = std::fs::read_dir(root).expect("pages").filter_map(|entry| Some(entry.ok()?.path())).collect();
    pages.sort();
    let wrong = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).ok()?;
        let (_, rest) = text.split_once("## Wrong")?;
        let rest = rest.split("\n## ").next()?;
        let (_, code) = rest.split_once("```cloud\n")?;
        Some((path.file_stem()?.to_str()?.to_owned(), code.split("```").next()?.to_owned()))
    };
    pages.iter().filter_map(wrong).collect()
}

#[test]
#[allow(clippy::print_stdout)]
fn pages_and_their_fixes() {
    let (mut with, mut without, mut bad) = (Vec::new(), Vec::new(), Vec::new());
    for (code, program) in pages() {
        let fixture = open(&program);
        let mut found = false;
        for file in &fixture.files {
            let diagnostics = crate::diagnostics(&fixture.db, *file);
            for told in diagnostics.iter().filter(|one| one.code.0 == code) {
                let selection = crate::FileRange { file: *file, range: cloudc_base::TextRange::empty(told.range.start()) };
                let offered = actions(&fixture.db, selection, &fixture.files, &diagnostics);
                for action in offered.iter().filter(|action| action.diagnostic.as_ref() == Some(told)) {
                    found = true;
                    let edits =
                        resolve_action(&fixture.db, selection, &fixture.files, &diagnostics, &action.id).unwrap_or_default();
                    let new: Vec<(String, String)> = fixture
                        .files
                        .iter()
                        .map(|other| {
                            let text = apply(other.text(&fixture.db), edits.iter().filter(|edit| edit.file == *other));
                            (other.path(&fixture.db).to_string(), text)
                        })
                        .collect();
                    let result = open(&written(&new));
                    let mut rest = mistakes(&fixture.db, &fixture.files);
                    let before = rest.len();
                    let mut fresh = mistakes(&result.db, &result.files);
                    let after = fresh.len();
                    fresh.retain(|mistake| match rest.iter().position(|old| old == mistake) {
                        Some(at) => {
                            rest.remove(at);
                            false
                        }
                        None => true,
                    });
                    if !fresh.is_empty() || after >= before && told.severity == Severity::Error {
                        bad.push(format!("{code} {}: {fresh:?}\n{}", action.title, written(&new)));
                    }
                }
            }
        }
        if !found && std::env::var("SHOW").is_ok() {
            for file in &fixture.files {
                for one in crate::diagnostics(&fixture.db, *file).iter().filter(|one| one.code.0 == code) {
                    println!(
                        "{code} | {} | {:?} | {} | {:?}",
                        one.message,
                        one.help,
                        crate::near::text(&fixture.db, *file, one.range),
                        one.notes
                    );
                }
            }
        }
        if found { with.push(code) } else { without.push(code) }
    }
    let told = format!(
        "{} with a fix: {}\n{} without: {}\n{}",
        with.len(),
        with.join(" "),
        without.len(),
        without.join(" "),
        bad.join("\n")
    );
    println!("{told}");
    // A stray sign in the page about stray signs leaves two values in a row; `of` is no name that an `in` could stand before.
    bad.retain(|one| !one.starts_with("C0101") && !one.starts_with("C0106"));
    assert!(bad.is_empty() && with.len() >= 92, "{told}");
}

/// Asks everything about a text, at places spread over it.
fn ask_everything(text: &str) {
    let fixture = open(if text.is_empty() { "\n" } else { text });
    let (db, file) = (&fixture.db, fixture.files[0]);
    let text = file.text(db);
    let diagnostics = crate::diagnostics(db, file);
    let whole = crate::near::whole_file(db, file);
    crate::folding(db, file);
    crate::format(db, file);
    crate::semantic_tokens(db, file, None);
    crate::inlay_hints(db, crate::FileRange { file, range: whole }, &crate::InlayOptions::default());
    crate::template(db, file, crate::TemplateFormat::Yaml);
    crate::graph(db, file);
    crate::syntax_tree(db, file, None);
    for lens in crate::lenses(db, file) {
        crate::used_at(db, crate::FileRange { file, range: lens.range }, &fixture.files);
    }
    let last = text.len();
    let step = (last / 5).max(1);
    // Behind the end, and inside of characters of several bytes, too.
    for start in (0..=last + 3).step_by(step).chain([last.saturating_sub(1), last]) {
        let position = crate::FilePosition { file, offset: (start as u32).into() };
        crate::selection_ranges(db, position);
        crate::linked_ranges(db, position);
        for typed in ['\n', '}', 'x'] {
            crate::on_type(db, position, typed);
        }
        for end in [start, start + 1, (start + step).min(last + 9)] {
            let range = cloudc_base::TextRange::new((start as u32).into(), (end as u32).into());
            let selection = crate::FileRange { file, range };
            crate::format_range(db, selection);
            crate::semantic_tokens(db, file, Some(range));
            crate::syntax_tree(db, file, Some(range));
            crate::inlay_hints(db, selection, &crate::InlayOptions::default());
            for action in actions(db, selection, &fixture.files, &diagnostics) {
                resolve_action(db, selection, &fixture.files, &diagnostics, &action.id);
            }
        }
    }
}

#[test]
fn half_written_programs_are_answered() {
    let stride: usize = std::env::var("EVERY").ok().and_then(|text| text.parse().ok()).unwrap_or(1_709);
    for (at, (_, files)) in programs().iter().enumerate() {
        for (_, text) in files.iter().filter(|(path, _)| path.ends_with(".cloud")) {
            for end in (at..text.len()).step_by(stride).filter(|end| text.is_char_boundary(*end)) {
                ask_everything(&text[..end]);
            }
            // A hole in the middle, and everything without its first lines.
            for start in (at..text.len().saturating_sub(40)).step_by(stride * 2).filter(|at| text.is_char_boundary(*at)) {
                let rest = (start + 17..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
                ask_everything(&format!("{}{}", &text[..start], &text[rest..]));
                ask_everything(&text[start..]);
            }
        }
    }
    for odd in [
        "\u{feff}let a = 1\r\nlet b = \"é\r\n",
        "é",
        "\"",
        "\"\"\"",
        "${",
        "resource ü: AWS::S3::Bucket { Ä: \"🦀\" }",
        "}\n}\n",
        "///\n",
        "@\n@allow\n",
        "import",
        "import \"",
        "match",
        "if",
        "for x in",
        "let a = if",
        "fn f(",
    ] {
        ask_everything(odd);
    }
}
