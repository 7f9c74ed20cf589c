//! Diagnostics for people, drawn with ariadne.
//!
//! In: diagnostics, already sorted. Out: one text that ends with a line counting them, empty when there are none.
//! Always: files are read into the drawing once, however many diagnostics point into them.

use std::fmt::{Display, Write as _};

use ariadne::{Cache, Color, Config, IndexType, LabelAttach, Report, ReportKind, Source};

use super::excerpt::Excerpt;
use super::{Counts, Options, safe, shown_path};
use crate::{Content, Db, Diagnostic, File, Severity, TextRange};

/// Draws all of them, up to the limit, and counts them.
pub fn terminal(db: &dyn Db, diagnostics: &[Diagnostic], options: &Options) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let shown = &diagnostics[..diagnostics.len().min(options.limit)];
    let mut sources = Sources::new(db, shown, options);
    let mut out = String::new();
    for diagnostic in shown {
        draw(db, diagnostic, &mut sources, options, &mut out);
        out.push('\n');
    }
    if shown.len() < diagnostics.len() {
        let _ = writeln!(out, "… and {} more", diagnostics.len() - shown.len());
    }
    let counts = Counts::of(diagnostics);
    if counts != Counts::default() {
        let _ = writeln!(out, "{}", paint(options, "1", &counts.to_string()));
    }
    out
}

fn draw(db: &dyn Db, diagnostic: &Diagnostic, sources: &mut Sources, options: &Options, out: &mut String) {
    header(diagnostic, options, out);
    match diagnostic.file.content(db) {
        Content::Text(_) => report(db, diagnostic, sources, options, out),
        _ => bare(db, diagnostic, options, out),
    }
}

/// `error[C0301]: message`.
fn header(diagnostic: &Diagnostic, options: &Options, out: &mut String) {
    let kind = format!("{}[{}]", diagnostic.severity, diagnostic.code);
    let message = wrap(&diagnostic.message, options.width, "  ");
    let _ = writeln!(out, "{}{}", paint(options, ansi(diagnostic.severity), &kind), paint(options, "1", &format!(": {message}")));
}

/// A finding about a file that has no text to show.
fn bare(db: &dyn Db, diagnostic: &Diagnostic, options: &Options, out: &mut String) {
    let _ = writeln!(out, "  ─[ {} ]", printable_line(&shown_path(db, diagnostic.file, &options.prefix)));
    for (word, text) in asides(diagnostic) {
        let _ = writeln!(out, "  {}: {}", paint(options, "36", word), wrap(&text, options.width, "        "));
    }
}

fn report(db: &dyn Db, diagnostic: &Diagnostic, sources: &mut Sources, options: &Options, out: &mut String) {
    let config = Config::new()
        .with_color(options.color)
        .with_index_type(IndexType::Byte)
        .with_label_attach(LabelAttach::Start)
        .with_compact(false);
    let primary = (sources.id(diagnostic.file), sources.map(diagnostic.file, diagnostic.range));
    let mut builder = Report::build(ReportKind::Error, primary.clone()).with_config(config);
    for (order, place) in places(diagnostic).into_iter().enumerate() {
        if !matches!(place.file.content(db), Content::Text(_)) {
            builder.add_note(format!("{}: {}", shown_path(db, place.file, &options.prefix), printable_line(place.text)));
            continue;
        }
        let mut label =
            ariadne::Label::new((sources.id(place.file), sources.map(place.file, place.range))).with_order(order as i32);
        label = label.with_color(if place.primary { color(diagnostic.severity) } else { Color::Cyan });
        // A label without text would not even be underlined.
        builder.add_label(label.with_message(printable_line(place.text)));
    }
    for (word, text) in asides(diagnostic) {
        let text = wrap(&text, options.width.saturating_sub(12), "");
        if word == "note" { builder.add_note(text) } else { builder.add_help(text) }
    }
    let mut drawn = Vec::new();
    if builder.finish().write(&mut *sources, &mut drawn).is_err() {
        return bare(db, diagnostic, options, out);
    }
    let drawn = String::from_utf8_lossy(&drawn);
    // Its first line is a header in another style.
    let body = drawn.split_once('\n').map_or("", |(_, body)| body);
    for line in sources.correct(db, diagnostic, body).lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

/// A place to underline.
struct Place<'a> {
    file: File,
    range: TextRange,
    text: &'a str,
    primary: bool,
}

/// All places of a diagnostic: its own file first, downwards in each file, so that a file is opened once in the drawing.
fn places(diagnostic: &Diagnostic) -> Vec<Place<'_>> {
    let primary = Place { file: diagnostic.file, range: diagnostic.range, text: &diagnostic.label, primary: true };
    let related =
        diagnostic.labels.iter().map(|label| Place { file: label.file, range: label.range, text: &label.text, primary: false });
    let mut places: Vec<Place<'_>> = std::iter::once(primary).chain(related).collect();
    let mut files: Vec<File> = Vec::new();
    for place in &places {
        if !files.contains(&place.file) {
            files.push(place.file);
        }
    }
    let rank = |file: File| files.iter().position(|known| *known == file);
    places.sort_by_key(|place| (rank(place.file), place.range.end(), place.range.start()));
    places
}

/// Notes, then help, then the titles of fixes that the help does not already say.
fn asides(diagnostic: &Diagnostic) -> Vec<(&'static str, String)> {
    let mut asides: Vec<(&'static str, String)> = diagnostic.notes.iter().map(|note| ("note", note.clone())).collect();
    asides.extend(diagnostic.help.iter().map(|help| ("help", help.clone())));
    for fix in &diagnostic.fixes {
        let known = diagnostic.help.as_ref().is_some_and(|help| help == &fix.title || says_the_same(help, fix));
        if !known {
            asides.push(("help", fix.title.clone()));
        }
    }
    asides
}

/// A help that already quotes everything the fix inserts needs no second line.
fn says_the_same(help: &str, fix: &crate::Fix) -> bool {
    fix.edits.iter().all(|edit| !edit.insert.is_empty() && help.contains(edit.insert.trim()))
}

/// Breaks lines between words so that they fit `width`; continuation lines begin with `indent`.
fn wrap(text: &str, width: usize, indent: &str) -> String {
    let text = safe::printable(text);
    let mut out = String::new();
    for (nth, line) in text.lines().enumerate() {
        if nth > 0 {
            out.push('\n');
            out.push_str(indent);
        }
        let lead = &line[..line.len() - line.trim_start().len()];
        out.push_str(lead);
        let mut column = lead.len();
        for (nth, word) in line.split_whitespace().enumerate() {
            let length = word.chars().count();
            if nth > 0 && column + 1 + length > width.max(40) {
                out.push('\n');
                out.push_str(indent);
                column = indent.len();
            } else if nth > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += length;
        }
    }
    out
}

/// One line, whatever the text was.
fn printable_line(text: &str) -> String {
    safe::printable(text).replace(['\n', '\t'], " ")
}

fn paint(options: &Options, code: &str, text: &str) -> String {
    if options.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

fn ansi(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "1;31",
        Severity::Warning => "1;33",
        Severity::Note => "1;34",
    }
}

fn color(severity: Severity) -> Color {
    match severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
        Severity::Note => Color::Blue,
    }
}

/// Every file that will be drawn, prepared once.
struct Sources {
    files: Vec<Prepared>,
    ids: rustc_hash::FxHashMap<File, usize>,
}

struct Prepared {
    shown: String,
    excerpt: Excerpt,
    source: Source<String>,
}

impl Sources {
    fn new(db: &dyn Db, diagnostics: &[Diagnostic], options: &Options) -> Self {
        let mut ranges: Vec<(File, Vec<TextRange>)> = Vec::new();
        let mut slots = rustc_hash::FxHashMap::default();
        for place in diagnostics.iter().flat_map(places) {
            let slot = *slots.entry(place.file).or_insert_with(|| {
                ranges.push((place.file, Vec::new()));
                ranges.len() - 1
            });
            ranges[slot].1.push(place.range);
        }
        let mut sources = Sources { files: Vec::new(), ids: slots };
        for (file, ranges) in ranges {
            let shown = printable_line(&shown_path(db, file, &options.prefix));
            let excerpt = Excerpt::new(file.text(db), &ranges);
            let source = Source::from(excerpt.text.clone());
            sources.files.push(Prepared { shown, excerpt, source });
        }
        sources
    }

    fn id(&self, file: File) -> usize {
        self.ids.get(&file).copied().unwrap_or(0)
    }

    fn map(&self, file: File, range: TextRange) -> std::ops::Range<usize> {
        self.files.get(self.id(file)).map_or(0..0, |prepared| prepared.excerpt.map(range))
    }

    /// Mends the position in the drawing's first line when columns of the excerpt are not those of the file.
    fn correct(&self, db: &dyn Db, diagnostic: &Diagnostic, body: &str) -> String {
        let prepared = &self.files[self.id(diagnostic.file)];
        if prepared.excerpt.is_whole() {
            return body.to_owned();
        }
        let at = prepared.excerpt.position(diagnostic.range.start(), diagnostic.file.text(db));
        let stem = format!("{}:{}:", prepared.shown, at.line + 1);
        let Some(start) = body.find(&stem).map(|start| start + stem.len()) else { return body.to_owned() };
        let digits = body[start..].bytes().take_while(u8::is_ascii_digit).count();
        format!("{}{}{}", &body[..start], at.col + 1, &body[start + digits..])
    }
}

impl Cache<usize> for &mut Sources {
    type Storage = String;

    fn fetch(&mut self, id: &usize) -> Result<&Source<String>, impl std::fmt::Debug> {
        self.files.get(*id).map(|prepared| &prepared.source).ok_or("no such file")
    }

    fn display<'a>(&self, id: &'a usize) -> Option<impl Display + 'a> {
        self.files.get(*id).map(|prepared| prepared.shown.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Code, FileSystem, Files, Fix, Label, ReadError};

    struct One(&'static str);

    impl FileSystem for One {
        fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
            if path == "/gone.cloud" { Err(ReadError::Missing) } else { Ok(self.0.as_bytes().to_vec()) }
        }
    }

    #[salsa::db]
    #[derive(Clone)]
    struct TestDb {
        storage: salsa::Storage<Self>,
        files: Files,
    }

    #[salsa::db]
    impl salsa::Database for TestDb {}

    #[salsa::db]
    impl Db for TestDb {
        fn files(&self) -> &Files {
            &self.files
        }
    }

    fn db(text: &'static str) -> TestDb {
        TestDb { storage: salsa::Storage::default(), files: Files::new(Arc::new(One(text))) }
    }

    fn range(start: u32, end: u32) -> TextRange {
        TextRange::new(start.into(), end.into())
    }

    #[test]
    fn a_drawing_shows_code_place_and_help() {
        let db = db("let a = nowher\nlet nowhere = 1\n");
        let file = db.files.get(&db, "/main.cloud");
        let mut diagnostic = Diagnostic::error(Code("C0201"), file, range(8, 14), "nothing is called `nowher`");
        diagnostic.label = "not found".to_owned();
        diagnostic.labels.push(Label { file, range: range(19, 26), text: "this is near".to_owned() });
        diagnostic.fixes.push(Fix { title: "change it to `nowhere`".to_owned(), edits: Vec::new() });
        let drawn = terminal(&db, &[diagnostic], &Options { prefix: "app/".to_owned(), ..Options::default() });
        assert!(drawn.starts_with("error[C0201]: nothing is called `nowher`\n"), "{drawn}");
        for part in ["app/main.cloud:1:9", "not found", "this is near", "Help: change it to `nowhere`", "\n1 error\n"] {
            assert!(drawn.contains(part), "{part} is not in\n{drawn}");
        }
        assert!(!drawn.contains('\u{1b}'));
    }

    #[test]
    fn no_span_panics_and_no_escape_survives() {
        let db = db("\u{feff}a\u{1b}[2Jé\r\n\u{2028}b");
        let file = db.files.get(&db, "/\u{1b}[0mx.cloud");
        for start in 0..20 {
            for end in start..20 {
                let mut diagnostic = Diagnostic::error(Code("C0101"), file, range(start, end), "odd \u{1b}[1m text");
                diagnostic.labels.push(Label { file, range: range(end, 30), text: "\u{7}".to_owned() });
                let drawn = terminal(&db, &[diagnostic], &Options::default());
                assert!(!drawn.chars().any(|c| c.is_control() && c != '\n' && c != '\r'), "{drawn:?}");
            }
        }
    }

    #[test]
    fn a_file_without_text_is_named() {
        let db = db("");
        let file = db.files.get(&db, "/gone.cloud");
        let drawn =
            terminal(&db, &[Diagnostic::error(Code("C0190"), file, range(0, 0), "there is no such file")], &Options::default());
        assert_eq!(drawn, "error[C0190]: there is no such file\n  ─[ gone.cloud ]\n\n1 error\n");
    }

    #[test]
    fn many_findings_are_cut_short_and_counted() {
        let db = db("a");
        let file = db.files.get(&db, "/main.cloud");
        let one = Diagnostic::error(Code("C0101"), file, range(0, 1), "x");
        let drawn = terminal(&db, &vec![one; 30], &Options { limit: 10, ..Options::default() });
        assert!(drawn.ends_with("… and 20 more\n30 errors\n"), "{drawn}");
    }
}
