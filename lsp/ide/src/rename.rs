//! Another name for what stands at a place, everywhere it is named.
//!
//! In: a place, the new name, all files. Out: edits, or why there are none, in words for the user. Always: afterwards every place means
//! what it meant before (the renamed program is read again to be sure); a deployed resource keeps its identity, by a `moved` line.

mod check;
mod keys;
mod moved;

use cloudc_base::{Edit, File, TextRange};
use cloudc_driver::Database;
use cloudc_hir::{Decl, Name};
use cloudc_syntax::SyntaxKind;

use crate::references::{Reference, references_to};
use crate::symbol::{Found, Mention, Symbol, declaration_range, imported_item, kind_text, name_of, shorthand_key, symbol_at};
use crate::{FilePosition, FileRange};

/// What would be renamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameSite {
    /// The name at the place.
    pub range: TextRange,
    /// The name as it is.
    pub placeholder: Name,
}

/// The edits of a rename.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renamed {
    /// The name wherever it is written.
    pub edits: Vec<Edit>,
    /// `moved old -> new` lines: without them the next deployment replaces what is deployed under the old name.
    pub moved: Vec<Edit>,
}

/// What is renamed.
enum Subject {
    /// What a symbol stands for, everywhere.
    Everywhere(Symbol),
    /// The name that an import gives to something, in one file.
    Alias(Decl, Symbol),
}

/// What a rename at a place would change; the error says why nothing can be.
pub fn prepare_rename(db: &Database, at: FilePosition) -> Result<RenameSite, String> {
    let found = symbol_at(db, at).ok_or("there is no name here")?;
    let subject = subject(db, &found, at.file)?;
    Ok(RenameSite { range: found.range, placeholder: old_name(db, &subject) })
}

/// The edits that rename what is at a place in `files` and wherever it is declared; the error says why it cannot be.
pub fn rename(db: &Database, at: FilePosition, new: &str, files: &[File]) -> Result<Renamed, String> {
    let found = symbol_at(db, at).ok_or("there is no name here")?;
    let subject = subject(db, &found, at.file)?;
    let old = old_name(db, &subject);
    if old == new {
        return Ok(Renamed::default());
    }
    valid(new)?;
    let places = places(db, &subject, &old, at.file, files);
    let changes: Vec<Change> = places.iter().map(|one| change(db, &subject, one, &old, new)).collect();
    if let Some(foreign) = changes.iter().find(|change| change.place.file.is_std(db)) {
        return Err(format!("`{old}` is named in `{}`, which cannot be edited", foreign.place.file.path(db)));
    }
    let moved = match &subject {
        Subject::Everywhere(Symbol::Decl(decl)) => moved::lines(db, *decl, &old, new, files),
        _ => Vec::new(),
    };
    // A line that goes away needs no new name.
    let goes = |place: FileRange| moved.iter().any(|line| line.file == place.file && line.range.contains_range(place.range));
    let changes: Vec<Change> = changes.into_iter().filter(|change| !goes(change.place)).collect();
    let gone: Vec<&Edit> = moved.iter().filter(|line| line.insert.is_empty()).collect();
    check::keeps_meaning(db, &changes, &gone, &old, new, files)?;
    let edits =
        changes.into_iter().map(|change| Edit { file: change.place.file, range: change.place.range, insert: change.insert });
    Ok(Renamed { edits: edits.collect(), moved })
}

/// One place that changes.
struct Change {
    /// What is replaced.
    place: FileRange,
    /// By what.
    insert: String,
    /// Where in that the new name begins.
    name_at: u32,
    /// What the place means.
    symbol: Symbol,
}

/// What can be renamed, seen from a place.
fn subject(db: &Database, found: &Found, file: File) -> Result<Subject, String> {
    let name = name_of(db, &found.symbol);
    if file.is_std(db) {
        return Err("the standard library cannot be edited".to_owned());
    }
    match &found.symbol {
        Symbol::Decl(decl) => {
            let is_alias = |item: &Decl| item.name(db) != decl.name(db) && imported_item(db, *item).is_some();
            if let Some(item) = found.import.filter(is_alias).filter(|_| found.mention != Mention::Import) {
                return Ok(Subject::Alias(item, found.symbol.clone()));
            }
            if decl.name(db).is_empty() {
                return Err("this has no name".to_owned());
            }
        }
        Symbol::Module { import: Some(_), .. } | Symbol::LoopVar { .. } | Symbol::Local { .. } | Symbol::FnParam { .. } => {}
        Symbol::Field { place, .. } => keys::are_names(db, &name, *place)?,
        Symbol::Module { import: None, .. } => return Err("a module's path changes when its file is renamed".to_owned()),
        Symbol::BadImport(_) => return Err(format!("`{name}` is imported from nowhere")),
        Symbol::Keyword(word) => return Err(format!("`{word}` is a keyword")),
        Symbol::ResourceType(_) | Symbol::TypeMember { .. } | Symbol::Property { .. } | Symbol::Attribute { .. } => {
            return Err(format!("`{name}` is CloudFormation's name and cannot be changed"));
        }
        Symbol::CustomType(_) => return Err(format!("`{name}` is a type of the account and cannot be changed here")),
        Symbol::Builtin(_) | Symbol::TypeName(_) | Symbol::Attr(_) | Symbol::Setting { .. } => {
            return Err(format!("`{name}` is part of the language"));
        }
        Symbol::EnumValue { .. } | Symbol::Path { .. } => return Err("this is a text, not a name".to_owned()),
    }
    if declaration_range(db, &found.symbol).is_some_and(|place| place.file.is_std(db))
        && !matches!(found.symbol, Symbol::Module { .. })
    {
        let kind = kind_text(db, &found.symbol);
        return Err(format!("the {kind} `{name}` belongs to the standard library, which cannot be edited"));
    }
    Ok(Subject::Everywhere(found.symbol.clone()))
}

fn old_name(db: &Database, subject: &Subject) -> Name {
    match subject {
        Subject::Everywhere(symbol) => name_of(db, symbol),
        Subject::Alias(item, _) => item.name(db).clone(),
    }
}

/// Whether a name can be written as one.
fn valid(new: &str) -> Result<(), String> {
    if new.is_empty() {
        return Err("a name cannot be empty".to_owned());
    }
    if SyntaxKind::keyword(new).is_some() {
        return Err(format!("`{new}` is a keyword"));
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins = new.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !begins || !new.chars().all(fits) || new.chars().all(|c| c == '_') {
        return Err(format!("`{new}` is not a name: names are letters, digits and `_`, and do not begin with a digit"));
    }
    Ok(())
}

/// The places where the old name is written for the subject.
fn places(db: &Database, subject: &Subject, old: &str, file: File, files: &[File]) -> Vec<Reference> {
    let text = |place: FileRange| place.file.text(db).get(std::ops::Range::<usize>::from(place.range));
    match subject {
        Subject::Everywhere(symbol) => {
            let all = references_to(db, symbol, file, files).into_iter();
            // Elsewhere an import calls it something else.
            all.filter(|one| one.mention != Mention::Alias && text(one.place) == Some(old)).collect()
        }
        Subject::Alias(item, symbol) => {
            let own = references_to(db, symbol, file, &[]).into_iter();
            let through = |one: &Reference| {
                let at = FilePosition { file: one.place.file, offset: one.place.range.start() };
                symbol_at(db, at).is_some_and(|found| found.import == Some(*item) && found.mention != Mention::Import)
            };
            own.filter(|one| one.place.file == file && text(one.place) == Some(old) && through(one)).collect()
        }
    }
}

/// How one place changes. In `{ name }` the key stays what it was when the value is renamed, and the other way round.
fn change(db: &Database, subject: &Subject, one: &Reference, old: &str, new: &str) -> Change {
    let symbol = match subject {
        Subject::Everywhere(symbol) | Subject::Alias(_, symbol) => symbol.clone(),
    };
    let place = one.place;
    if one.mention != Mention::Shorthand {
        return Change { place, insert: new.to_owned(), name_at: 0, symbol };
    }
    let at = FilePosition { file: place.file, offset: place.range.start() };
    let is_key = shorthand_key(db, at).is_some_and(|key| key == symbol);
    let is_value = symbol_at(db, at).is_some_and(|found| found.symbol == symbol);
    match (is_key, is_value) {
        (true, false) => Change { place, insert: format!("{new}: {old}"), name_at: 0, symbol },
        (false, true) => Change { place, insert: format!("{old}: {new}"), name_at: old.len() as u32 + 2, symbol },
        _ => Change { place, insert: new.to_owned(), name_at: 0, symbol },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, open};

    /// The files after a rename, those that change, `moved` lines included.
    fn renamed(fixture: &Fixture, new: &str) -> Result<String, String> {
        let db = &fixture.db;
        prepare_rename(db, fixture.position())?;
        let all = rename(db, fixture.position(), new, &fixture.files)?;
        let mut shown = String::new();
        for file in &fixture.files {
            let mut edits: Vec<&Edit> = all.edits.iter().chain(&all.moved).filter(|edit| edit.file == *file).collect();
            if edits.is_empty() {
                continue;
            }
            edits.sort_by_key(|edit| edit.range.start());
            let mut text = file.text(db).to_owned();
            for edit in edits.iter().rev() {
                text.replace_range(std::ops::Range::<usize>::from(edit.range), &edit.insert);
            }
            if fixture.files.len() > 1 {
                shown.push_str(&format!("//- {}\n", file.path(db)));
            }
            shown.push_str(&text);
        }
        Ok(shown)
    }

    fn check_rename(text: &str, new: &str, expected: &str) {
        assert_eq!(renamed(&open(text), new).as_deref(), Ok(expected), "{text}");
    }

    fn check_refused(text: &str, new: &str, why: &str) {
        assert_eq!(renamed(&open(text), new), Err(why.to_owned()), "{text}");
    }

    #[test]
    fn values() {
        check_rename(
            "let $0a = 1\nlet b = a + 1\nlet c = \"ä ${a}\"\n",
            "größer".trim_start_matches("größ"),
            "let er = 1\nlet b = er + 1\nlet c = \"ä ${er}\"\n",
        );
        check_rename("let a = 1\nlet r = { a }\nlet b = $0a\n", "n", "let n = 1\nlet r = { a: n }\nlet b = n\n");
        check_rename("let l = [for $0x in [1]: x + 1]\n", "y", "let l = [for y in [1]: y + 1]\n");
        check_rename("fn f(a: Int): Int = $0a\nlet x = f(a: 1)\n", "b", "fn f(b: Int): Int = b\nlet x = f(b: 1)\n");
        check_rename(
            "type C = { nodes: Int }\nlet c: C = { nodes: 1 }\nlet n = c.$0nodes\n",
            "count",
            "type C = { count: Int }\nlet c: C = { count: 1 }\nlet n = c.count\n",
        );
        check_rename("let $0a = 1", "a", "");
    }

    #[test]
    fn parts_of_components() {
        let text = "pub component C {\n  input $1n: Int\n  resource $2q: AWS::SQS::Queue { DelaySeconds: n }\n  output $3o = q.ref\n}\nlet n = 1\nstack s {}\nresource a: C { n } with { q: {} }\noutput x = a.o\n";
        let at = |mark: &str| {
            let mut marked = text.replace(mark, "$0");
            for other in ["$1", "$2", "$3"] {
                marked = marked.replace(other, "");
            }
            marked
        };
        let plain = text.replace("$1", "").replace("$2", "").replace("$3", "");
        check_rename(
            &at("$1"),
            "size",
            &plain
                .replace("input n", "input size")
                .replace("DelaySeconds: n", "DelaySeconds: size")
                .replace("{ n }", "{ size: n }"),
        );
        check_rename(&at("$3"), "out", &plain.replace("output o", "output out").replace("a.o", "a.out"));
        check_rename(
            &at("$2"),
            "queue",
            &plain
                .replace("resource q", "resource queue")
                .replace("q.ref", "queue.ref")
                .replace("{ q: {} }\n", "{ queue: {} }\nmoved a.q -> a.queue\n"),
        );
    }

    #[test]
    fn across_files() {
        check_rename(
            "//- /a.cloud\nimport \"./c.cloud\" { Vpc }\nimport \"./c.cloud\" as c\nstack s {}\nresource v: Vpc {}\nresource w: c.Vpc {}\n//- /b.cloud\nimport \"./c.cloud\" { Vpc as Net }\nstack t {}\nresource v: Net {}\n//- /c.cloud\npub component $0Vpc {}\n",
            "Network",
            "//- /a.cloud\nimport \"./c.cloud\" { Network }\nimport \"./c.cloud\" as c\nstack s {}\nresource v: Network {}\nresource w: c.Network {}\n//- /b.cloud\nimport \"./c.cloud\" { Network as Net }\nstack t {}\nresource v: Net {}\n//- /c.cloud\npub component Network {}\n",
        );
        check_rename(
            "//- /b.cloud\nimport \"./c.cloud\" { Vpc as Net }\nstack t {}\nresource v: $0Net {}\n//- /c.cloud\npub component Vpc {}\n",
            "Network",
            "//- /b.cloud\nimport \"./c.cloud\" { Vpc as Network }\nstack t {}\nresource v: Network {}\n",
        );
        check_rename(
            "//- /b.cloud\nimport \"./c.cloud\" as $0c\nlet a = c.x\n//- /c.cloud\npub let x = 1\n",
            "consts",
            "//- /b.cloud\nimport \"./c.cloud\" as consts\nlet a = consts.x\n",
        );
        check_rename(
            "import \"std/network\" { Vpc as N$0et }\nstack s {}\nresource v: Net {}\n",
            "Wide",
            "import \"std/network\" { Vpc as Wide }\nstack s {}\nresource v: Wide {}\n",
        );
    }

    #[test]
    fn what_is_deployed_is_kept() {
        let queue = "AWS::SQS::Queue {}";
        check_rename(
            &format!("stack s {{}}\nresource $0a: {queue} // one\noutput o = a.ref\n"),
            "b",
            &format!("stack s {{}}\nresource b: {queue} // one\nmoved a -> b\noutput o = b.ref\n"),
        );
        // The id is chosen, or stays the same, or nothing is deployed.
        check_rename(
            &format!("stack s {{}}\n@id(\"A\")\nresource $0a: {queue}\n"),
            "b",
            &format!("stack s {{}}\n@id(\"A\")\nresource b: {queue}\n"),
        );
        check_rename(
            &format!("stack s {{}}\nresource my_$0a: {queue}\n"),
            "myA",
            &format!("stack s {{}}\nresource myA: {queue}\n"),
        );
        check_rename(
            &format!("component C {{\n  resource $0a: {queue}\n}}\n"),
            "b",
            &format!("component C {{\n  resource b: {queue}\n}}\n"),
        );
        // Inside a loop, and in an instance of an instance.
        check_rename(
            &format!("stack s {{}}\nfor i in range(2) {{\n  resource $0a: {queue}\n}}\n"),
            "b",
            &format!("stack s {{}}\nfor i in range(2) {{\n  resource b: {queue}\n}}\nmoved a -> b\n"),
        );
        check_rename(
            &format!(
                "component In {{\n  resource $0a: {queue}\n}}\ncomponent Out {{\n  resource x: In {{}}\n}}\nstack s {{}}\nresource y: Out {{}}\nresource z: In {{}}"
            ),
            "b",
            &format!(
                "component In {{\n  resource b: {queue}\n}}\ncomponent Out {{\n  resource x: In {{}}\n}}\nstack s {{}}\nresource y: Out {{}}\nmoved y.x.a -> y.x.b\nresource z: In {{}}\nmoved z.a -> z.b"
            ),
        );
        // Back again: the line has nothing left to say.
        check_rename(
            &format!("stack s {{}}\nresource $0b: {queue}\nmoved a -> b\n"),
            "a",
            &format!("stack s {{}}\nresource a: {queue}\n"),
        );
        // And on again: what is deployed is still `a`.
        check_rename(
            &format!("stack s {{}}\nresource $0b: {queue}\nmoved a -> b\n"),
            "c",
            &format!("stack s {{}}\nresource c: {queue}\nmoved a -> c\n"),
        );
    }

    #[test]
    fn clashes_are_refused() {
        check_refused("let $0a = 1\nlet b = 2\n", "b", "`/main.cloud` would have an error: `b` is declared twice");
        check_refused(
            "let $0a = 1\nlet c = [for x in [1]: a + x]\n",
            "x",
            "in `/main.cloud`, line 2, the new `x` would mean the variable `x` instead",
        );
        check_refused(
            "let x = 1\nlet c = [for $0a in [1]: a + x]\n",
            "x",
            "in `/main.cloud`, line 2, `x` would mean the variable `x` instead of the let `x`",
        );
        check_refused(
            "let $0a = 1\nlet b = range(a)\n",
            "range",
            "in `/main.cloud`, line 2, `range` would mean the let `range` instead of the built-in `range`",
        );
        check_refused(
            "let outer = 1\ncomponent C {\n  let $0inner = 2\n  output o = outer + inner\n}\n",
            "outer",
            "in `/main.cloud`, line 4, `outer` would mean the let `outer` of component `C` instead of the let `outer`",
        );
        check_refused(
            "//- /a.cloud\nimport \"./b.cloud\" { x }\nlet y = 1\nlet z = x + y\n//- /b.cloud\npub let $0x = 1\n",
            "y",
            "`/a.cloud` would have an error: `y` is declared twice",
        );
    }

    #[test]
    fn doubles_are_refused() {
        check_refused(
            "fn f($0a: Int, b: Int): Int = 1\n",
            "b",
            "`/main.cloud` would have an error: two parameters are named `b`",
        );
        check_refused(
            "type T = { $0a: Int, b: Int }\nlet t: T = { a: 1, b: 2 }\n",
            "b",
            "`/main.cloud` would have an error: `b` is written twice",
        );
        check_refused(
            "component C {\n  output $0a = 1\n  output b = 2\n}\n",
            "b",
            "`/main.cloud` would have an error: `b` is declared twice",
        );
        // An output may share a name with a value.
        check_rename("component C {\n  output $0a = b\n  let b = 1\n}\n", "b", "component C {\n  output b = b\n  let b = 1\n}\n");
    }

    #[test]
    fn outputs_of_stacks_and_nested_loops() {
        check_rename(
            "//- /net.cloud\nstack net {}\nlet id = \"vpc-1\"\noutput $0id = id\n//- /app.cloud\nimport \"./net.cloud\" as net\nstack app {}\nlet a = net.id\nlet b = net.in(\"us-east-1\").id\n",
            "vpc",
            "//- /net.cloud\nstack net {}\nlet id = \"vpc-1\"\noutput vpc = id\n//- /app.cloud\nimport \"./net.cloud\" as net\nstack app {}\nlet a = net.vpc\nlet b = net.in(\"us-east-1\").vpc\n",
        );
        check_rename(
            "for tier in [\"a\", \"b\"] {\n  for $0i in range(2) {\n    let n = i\n    output x = \"${tier}${i}${[for i in [1]: i].length}\"\n  }\n}\n",
            "zone",
            "for tier in [\"a\", \"b\"] {\n  for zone in range(2) {\n    let n = zone\n    output x = \"${tier}${zone}${[for i in [1]: i].length}\"\n  }\n}\n",
        );
    }

    #[test]
    fn line_ends_stay() {
        check_rename(
            "stack s {}\r\nresource $0a: AWS::SQS::Queue {}\r\nlet x = a.ref\r\n",
            "b",
            "stack s {}\r\nresource b: AWS::SQS::Queue {}\r\nmoved a -> b\r\nlet x = b.ref\r\n",
        );
    }

    #[test]
    fn what_cannot_be_renamed() {
        check_refused("le$0t a = 1\n", "b", "`let` is a keyword");
        check_refused("let $0a = 1\n", "if", "`if` is a keyword");
        check_refused(
            "let $0a = 1\n",
            "1a",
            "`1a` is not a name: names are letters, digits and `_`, and do not begin with a digit",
        );
        check_refused(
            "let $0a = 1\n",
            "ä",
            "`ä` is not a name: names are letters, digits and `_`, and do not begin with a digit",
        );
        check_refused("let $0a = 1\n", "", "a name cannot be empty");
        check_refused("let a = ra$0nge(1)\n", "b", "`range` is part of the language");
        check_refused(
            "resource b: AWS::S3::Bu$0cket {}\n",
            "b",
            "`AWS::S3::Bucket` is CloudFormation's name and cannot be changed",
        );
        check_refused(
            "import \"std/network\" { Vpc }\nresource a: V$0pc {}\n",
            "b",
            "the component `Vpc` belongs to the standard library, which cannot be edited",
        );
        check_refused("let a = 1 $0\n", "b", "there is no name here");
        check_refused(
            "let zones = { $0raw: 1 }\nfor name, zone in zones {\n}\n",
            "b",
            "`raw` is a key of the map `zones`: what is made for it is named after it; change the text itself",
        );
        check_refused(
            "resource q: AWS::S3::Bucket { Tags: { $0team: \"a\" } }\n",
            "b",
            "`team` is a key of what CloudFormation reads; change the text itself",
        );
        check_refused("import \"./b$0.cloud\" { x }\n", "b", "there is no name here");
    }

    #[test]
    fn half_typed() {
        check_rename(
            "let $0a = 1\nresource q: AWS::SQS::Queue {\n  DelaySeconds: a\n",
            "b",
            "let b = 1\nresource q: AWS::SQS::Queue {\n  DelaySeconds: b\n",
        );
        check_rename(
            "component C {\n  input $0a: Int\n  output x = a.\n",
            "b",
            "component C {\n  input b: Int\n  output x = b.\n",
        );
    }
}
