//! How good completion is: words of the examples are taken away but for their first letters, and completion is asked for them.
//!
//! The table in `docs/completion.md` holds what this measures; `CLOUDC_BLESS=1` writes it anew, `CLOUDC_MISSES=1` tells what was not found.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use cloudc_base::{File, TextRange, TextSize};
use cloudc_driver::{Database, MemoryFs, Options as Choices, Purpose};
use cloudc_ide::completion::{Item, Options, completions, resolve};
use cloudc_ide::{FilePosition, Symbol, symbol_at};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode};
use cloudc_tests::sources::{self, Folder};

/// How many letters are typed at most.
const LETTERS: usize = 3;
/// How many places of a kind are taken from a file; they are spread evenly over it.
const PLACES: usize = 7;

/// A word to be completed.
struct Place {
    kind: &'static str,
    /// What is taken away.
    range: TextRange,
    /// What is typed of it.
    word: String,
    /// The label that is wanted.
    wanted: String,
    /// A longer path that may come instead.
    path: String,
}

/// What was measured of one kind.
#[derive(Default, Clone)]
struct Score {
    places: usize,
    /// By letters typed: how many were asked, found first, found among the first five.
    asked: [usize; LETTERS + 1],
    first: [usize; LETTERS + 1],
    five: [usize; LETTERS + 1],
    /// Keystrokes that writing everything takes, and those that completion saves.
    keys: usize,
    saved: usize,
}

#[test]
fn the_table_is_what_completion_does() {
    let scores = cloudc_driver::with_stack(measure);
    let places: usize = scores.values().map(|score| score.places).sum();
    assert!(places >= 200, "only {places} places");
    let made = table(&scores);
    let path = sources::root().join("docs/completion.md");
    if std::env::var_os("CLOUDC_BLESS").is_some() {
        std::fs::write(&path, &made).expect("docs can be written");
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "completion found other things than docs/completion.md says (CLOUDC_BLESS=1 accepts this):\n{made}");
}

fn measure() -> BTreeMap<&'static str, Score> {
    let mut scores = BTreeMap::new();
    for folder in sources::examples() {
        measure_folder(&folder, &mut scores);
    }
    scores
}

fn measure_folder(folder: &Folder, scores: &mut BTreeMap<&'static str, Score>) {
    let system = MemoryFs::new(folder.files.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())));
    let choices = Choices { purpose: Purpose::Edit, ..Choices::default() };
    let mut db = cloudc_driver::open(Arc::new(system), choices, cloudc_schema::Schema::embedded());
    let paths: Vec<&str> = folder.files.iter().map(|(path, _)| path.as_str()).collect();
    let files: Vec<File> = paths.iter().map(|path| cloudc_driver::file(&db, path)).collect();
    for (path, file) in paths.iter().zip(&files).filter(|(path, _)| path.ends_with(".cloud")) {
        let text = file.text(&db).to_owned();
        for place in chosen(places(&db, *file, &text)) {
            let score = scores.entry(place.kind).or_default();
            judge(&mut db, *file, &files, &text, &place, score, &format!("{}{path}", folder.name));
        }
        cloudc_driver::edit(&mut db, *file, &text);
    }
}

/// At most so many of each kind, spread evenly.
fn chosen(all: Vec<Place>) -> Vec<Place> {
    let mut kinds: BTreeMap<&'static str, Vec<Place>> = BTreeMap::new();
    for place in all {
        kinds.entry(place.kind).or_default().push(place);
    }
    let spread = kinds.into_values().flat_map(|places| {
        let step = places.len().div_ceil(PLACES).max(1);
        places.into_iter().step_by(step)
    });
    spread.collect()
}

fn judge(db: &mut Database, file: File, files: &[File], text: &str, place: &Place, score: &mut Score, name: &str) {
    score.places += 1;
    let length = place.word.chars().count();
    score.keys += length;
    let mut saved = 0;
    for letters in (0..=LETTERS).filter(|letters| *letters < length) {
        let typed: String = place.word.chars().take(letters).collect();
        let mut edited = text.to_owned();
        edited.replace_range(std::ops::Range::<usize>::from(place.range), &typed);
        cloudc_driver::edit(db, file, &edited);
        let offset = place.range.start() + TextSize::of(typed.as_str());
        let items = completions(db, FilePosition { file, offset }, files, &Options::default());
        let rank = items.iter().position(|item| fits(item, place));
        score.asked[letters] += 1;
        score.first[letters] += usize::from(rank == Some(0));
        score.five[letters] += usize::from(rank.is_some_and(|rank| rank < 5));
        if let Some(rank) = rank.filter(|rank| *rank < 5) {
            // The letters, so many times down, and enter.
            saved = saved.max(length.saturating_sub(letters + rank + 1));
        }
        if rank != Some(0) && letters > 0 && std::env::var_os("CLOUDC_MISSES").is_some() {
            let labels: Vec<&str> = items.iter().take(5).map(|item| item.label.as_str()).collect();
            tell(&format!("{name}: {} `{}` by `{typed}`: {rank:?} of {labels:?}", place.kind, place.wanted));
        }
    }
    score.saved += saved;
}

/// For whoever asked by `CLOUDC_MISSES` alone.
#[allow(clippy::print_stdout)]
fn tell(line: &str) {
    println!("{line}");
}

fn fits(item: &Item, place: &Place) -> bool {
    let label = item.label.trim_matches('"');
    label == place.wanted || !place.path.is_empty() && label.replace("?.", ".") == place.path
}

/// Every word of a file that completion should find.
fn places(db: &Database, file: File, text: &str) -> Vec<Place> {
    let root = cloudc_syntax::parse_file(text).syntax();
    let mut all = Vec::new();
    for node in root.descendants() {
        all.extend(place(db, file, &node));
    }
    all
}

fn place(db: &Database, file: File, node: &SyntaxNode) -> Option<Place> {
    let parent = node.parent()?;
    let text = node.text().to_string();
    let plain = |kind, range| Some(Place { kind, range, word: text.clone(), wanted: text.clone(), path: String::new() });
    match (node.kind(), parent.kind()) {
        (SyntaxKind::PathType, SyntaxKind::ResourceItem | SyntaxKind::DefaultsItem) => {
            let short = text.rsplit("::").next()?.to_owned();
            let kind = if text.contains("::") { "resource type" } else { "component" };
            Some(Place { kind, range: node.text_range(), word: short, wanted: text, path: String::new() })
        }
        (SyntaxKind::PathType, _) if !text.contains(':') => plain("type", node.text_range()),
        (SyntaxKind::Name, SyntaxKind::Field) if parent.first_child().as_ref() == Some(node) => {
            // A key nobody can foresee is no place: one that the program makes up.
            let symbol = symbol_at(db, FilePosition { file, offset: node.text_range().start() })?.symbol;
            let kind = match symbol {
                Symbol::Property { .. } => "property",
                Symbol::Setting { .. } => "setting",
                Symbol::Decl(_) => "input",
                _ => return None,
            };
            plain(kind, parent.text_range())
        }
        (SyntaxKind::Name, SyntaxKind::FieldExpr) => {
            // Attributes may have dots: `database.Endpoint.Address` is one.
            let whole = node.ancestors().skip(1).take_while(|it| it.kind() == SyntaxKind::FieldExpr).last()?;
            let range = TextRange::new(node.text_range().start(), whole.text_range().end());
            let path = whole.text().to_string().split_off(usize::from(range.start() - whole.text_range().start()));
            Some(Place { kind: "member", range, word: text.clone(), wanted: text, path: path.replace("?.", ".") })
        }
        (SyntaxKind::Name, SyntaxKind::Attr) => plain("attribute", node.text_range()),
        (SyntaxKind::Name, SyntaxKind::ImportSpec) => plain("imported name", node.text_range()),
        (SyntaxKind::NameRef, SyntaxKind::CallExpr) => plain("function", node.text_range()),
        (SyntaxKind::NameRef, _) => {
            let whole =
                node.ancestors().take_while(|it| matches!(it.kind(), SyntaxKind::NameRef | SyntaxKind::FieldExpr)).last()?;
            let path = whole.text().to_string().replace("?.", ".");
            Some(Place { kind: "name", range: whole.text_range(), word: text.clone(), wanted: text, path })
        }
        (SyntaxKind::Literal, SyntaxKind::Field) if matches!(text.as_str(), "true" | "false") => plain("Bool", node.text_range()),
        // A text that is a type is declared there and cannot be foreseen.
        (SyntaxKind::StringExpr, SyntaxKind::LiteralType) => None,
        (SyntaxKind::StringExpr, _) => {
            let inner = ast::StringExpr::cast(node.clone())?.text()?;
            let start = node.text_range().start() + TextSize::from(1);
            let symbol = symbol_at(db, FilePosition { file, offset: start })?.symbol;
            let range = TextRange::new(start, node.text_range().end() - TextSize::from(1));
            let kind = match symbol {
                Symbol::EnumValue { .. } => "listed value",
                Symbol::Module { .. } | Symbol::Path { .. } => "path",
                _ => return None,
            };
            Some(Place { kind, range, word: inner.to_string(), wanted: inner.to_string(), path: String::new() })
        }
        _ => {
            let keyword = ast::Item::cast(node.clone()).and_then(|item| {
                let tokens = item.syntax().children_with_tokens().filter_map(|it| it.into_token());
                tokens.into_iter().find(|token| token.kind().is_keyword())
            })?;
            let word = keyword.text().to_owned();
            let range = TextRange::new(keyword.text_range().start(), node.text_range().end());
            Some(Place { kind: "declaration", range, wanted: word.clone(), word, path: String::new() })
        }
    }
}

fn table(scores: &BTreeMap<&'static str, Score>) -> String {
    let mut total = Score::default();
    for score in scores.values() {
        add(&mut total, score);
    }
    let mut out = String::from(HEAD);
    for (kind, score) in scores {
        row(&mut out, kind, score);
    }
    row(&mut out, "**all**", &total);
    out
}

const HEAD: &str = "# How good completion is

Words of the examples, spread over each file, are taken away, their first letters are typed again, and completion is asked. Each cell \
says how often the word came first, and how often among the first five. *Saved* is the share of all keystrokes that are not needed when \
the word is taken as soon as it pays, counting one for each step down the list and one for accepting.

Of a resource type its last part is typed (`Bu` for `AWS::S3::Bucket`); of a property all that is behind its name is taken away as \
well, of a declaration all of it; of a value in quotes what is between them. `cargo test -p cloudc-tests --test completion` measures \
it again and compares; with `CLOUDC_BLESS=1` it writes this page.

| of what | places | nothing typed | 1 letter | 2 letters | 3 letters | saved |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
";

fn add(total: &mut Score, score: &Score) {
    total.places += score.places;
    total.keys += score.keys;
    total.saved += score.saved;
    for letters in 0..=LETTERS {
        total.asked[letters] += score.asked[letters];
        total.first[letters] += score.first[letters];
        total.five[letters] += score.five[letters];
    }
}

fn row(out: &mut String, kind: &str, score: &Score) {
    let percent = |part: usize, whole: usize| (part * 100 + whole / 2).checked_div(whole).unwrap_or(0);
    let _ = write!(out, "| {kind} | {} |", score.places);
    for letters in 0..=LETTERS {
        let asked = score.asked[letters];
        let _ = write!(out, " {} / {} % |", percent(score.first[letters], asked), percent(score.five[letters], asked));
    }
    let _ = writeln!(out, " {} % |", percent(score.saved, score.keys));
}

/// No place of any program, whole or broken off there, makes an editor's question fail.
#[test]
fn every_place_has_an_answer() {
    cloudc_driver::with_stack(|| {
        let step = std::env::var("CLOUDC_STEP").ok().and_then(|step| step.parse().ok()).unwrap_or(97_usize);
        for folder in sources::examples().into_iter().chain(sources::programs()) {
            let system = MemoryFs::new(folder.files.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())));
            let choices = Choices { purpose: Purpose::Edit, ..Choices::default() };
            let mut db = cloudc_driver::open(Arc::new(system), choices, cloudc_schema::Schema::embedded());
            let sources = folder.files.iter().filter(|(path, _)| path.ends_with(".cloud"));
            let files: Vec<File> = sources.map(|(path, _)| cloudc_driver::file(&db, path)).collect();
            for file in &files {
                let text = file.text(&db).to_owned();
                for end in (0..=text.len()).step_by(step).filter(|end| text.is_char_boundary(*end)) {
                    let at = FilePosition { file: *file, offset: TextSize::from(end as u32) };
                    ask(&db, at, &files);
                    cloudc_driver::edit(&mut db, *file, &text[..end]);
                    ask(&db, at, &files);
                    cloudc_driver::edit(&mut db, *file, &text);
                }
            }
        }
    });
}

fn ask(db: &Database, at: FilePosition, files: &[File]) {
    for item in completions(db, at, files, &Options::default()).iter().take(3) {
        resolve(db, item);
        assert!(item.before.start() == item.replace.start() && item.before.end() == at.offset, "{item:?}");
        assert!(item.replace.contains_inclusive(at.offset), "{item:?}");
        assert!(!at.file.text(db)[std::ops::Range::<usize>::from(item.replace)].contains('\n'), "{item:?}");
    }
    cloudc_ide::hover(db, at, files);
    cloudc_ide::signature_help(db, at);
}
