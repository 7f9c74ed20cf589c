//! What an editor underlines in a file: everything the compiler finds there, and hints that only somebody who is writing wants to see.
//!
//! In: a file. Out: [`Diagnostic`]s placed in it, sorted by place. Always: hints are notes with a [`Tag`]; nothing that others could use is
//! called unused, and nothing at all while the text has syntax errors, which hide uses.

use cloudc_base::{Code, Diagnostic, File, Severity, Tag, TextRange, suggest};
use cloudc_driver::Database;
use cloudc_hir::uses::{unused, unused_locals};
use cloudc_hir::{Anchor, Decl, DeclKind};

/// The code of a variable or parameter that is not used.
pub const UNUSED_VARIABLE: &str = "unused-variable";
/// The code of an import that is not used.
pub const UNUSED_IMPORT: &str = "unused-import";

/// What is wrong in a file, and the hints about it.
pub fn diagnostics(db: &Database, file: File) -> Vec<Diagnostic> {
    let mut list = cloudc_driver::check(db, file);
    list.retain(|one| one.file == file);
    if !file.is_std(db) {
        let hints = hints(db, file, &list);
        list.extend(hints);
        list = cloudc_driver::sorted(db, list);
    }
    list
}

/// The hints about a file of which this is wrong.
fn hints(db: &Database, file: File, errors: &[Diagnostic]) -> Vec<Diagnostic> {
    if errors.iter().any(|one| one.code.0.starts_with("C01")) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let meant = mistyped(db, file, errors);
    let unused = unused(db, file).iter().filter(|decl| !is_meant(decl.name(db), &meant));
    found.extend(unused.map(|decl| unused_decl(db, *decl)));
    for (chunk, range) in unused_locals(db, file) {
        let range = range + chunk.offset(db);
        let name = crate::near::text(db, file, range);
        if !is_meant(name, &meant) {
            found.push(hint(UNUSED_VARIABLE, file, range, format!("`{name}` is not used")));
        }
    }
    found
}

/// The names that nothing has: each may be a slip for one that then looks unused.
fn mistyped<'db>(db: &'db Database, file: File, errors: &[Diagnostic]) -> Vec<&'db str> {
    let unknown = errors.iter().filter(|one| matches!(one.code.0, "C0201" | "C0240" | "C0205"));
    unknown.map(|one| crate::near::text(db, file, one.range)).collect()
}

fn is_meant(name: &str, mistyped: &[&str]) -> bool {
    mistyped.iter().any(|written| *written == name || suggest::nearest(written, [name]).is_some())
}

fn unused_decl(db: &Database, decl: Decl) -> Diagnostic {
    let kind = decl.kind(db);
    let code = match kind {
        DeclKind::Import | DeclKind::ImportItem => UNUSED_IMPORT,
        DeclKind::Input => "unused-input",
        DeclKind::Param => "unused-param",
        DeclKind::Fn => "unused-function",
        DeclKind::Component => "unused-component",
        DeclKind::Type => "unused-type",
        DeclKind::Existing => "unused-existing",
        _ => "unused-let",
    };
    let (file, range) = Anchor::name(decl).locate(db);
    let message = match kind {
        DeclKind::Import | DeclKind::ImportItem => format!("the import `{}` is not used", decl.name(db)),
        kind => format!("{} `{}` is not used", kind.keyword(), decl.name(db)),
    };
    hint(code, file, range, message)
}

fn hint(code: &'static str, file: File, range: TextRange, message: String) -> Diagnostic {
    Diagnostic { severity: Severity::Note, tag: Some(Tag::Unused), ..Diagnostic::error(Code(code), file, range, message) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    /// `expected`: code and the text it is about, of the last file.
    fn check_diagnostics(text: &str, expected: &[&str]) {
        let fixture = open(text);
        let file = fixture.files[fixture.files.len() - 1];
        let found = diagnostics(&fixture.db, file);
        let shown = found.iter().map(|one| format!("{} {}", one.code, crate::near::text(&fixture.db, file, one.range)));
        assert_eq!(shown.collect::<Vec<_>>(), expected, "{found:#?}");
    }

    #[test]
    fn what_the_compiler_finds() {
        check_diagnostics("stack t {}\nresource a: AWS::SNS::Topic { DisplyName: \"x\" }\n", &["C0401 DisplyName"]);
        check_diagnostics(
            "//- /n.cloud\npub let a: Int = \"\"\n//- /main.cloud\nimport \"./n.cloud\" { a }\nstack t {}\noutput x = a\n",
            &[],
        );
    }

    #[test]
    fn what_is_not_used() {
        check_diagnostics(
            "//- /n.cloud\npub let a = 1\npub let b = 2\n//- /main.cloud\nimport \"./n.cloud\" { a, b as c }\nimport \"./n.cloud\" as n\nstack t {}\ninput i: Int = 1\nparam p: Int = 1\nlet l = [for x, y in [1]: x]\nfn f(q: Int): Int = a\ncomponent C {\n  input k: Int\n}\ntype T = Int\nfor z in [1] {\n  resource r: AWS::SNS::Topic {}\n}\n",
            &[
                "unused-import c",
                "unused-import n",
                "unused-input i",
                "unused-param p",
                "unused-let l",
                "unused-variable y",
                "unused-function f",
                "unused-variable q",
                "unused-component C",
                "unused-input k",
                "unused-type T",
                "unused-variable z",
            ],
        );
    }

    #[test]
    fn what_others_may_use() {
        check_diagnostics("pub let a = 1\npub component C {\n  input k: Int\n}\nlet _b = [for _ in [1]: 2]\n", &[]);
    }

    #[test]
    fn a_slip_is_told_once() {
        check_diagnostics("stack t {}\nlet prefix = \"a\"\noutput p = prefx\n", &["C0201 prefx"]);
        check_diagnostics("stack t {}\nlet prefix = \"a\"\noutput p = [\n", &["C0102 ["]);
    }

    #[test]
    fn what_is_out_of_favour() {
        check_diagnostics(
            "stack t {}\n@deprecated(\"use b\")\nlet a = 1\ncomponent C {\n  @deprecated\n  input k: Int\n  @deprecated(\"use p\")\n  output o = k\n  output p = k\n}\nresource c: C { k: a }\noutput x = c.o\noutput y = c.p\n",
            &["C0396 k", "C0396 a", "C0396 o"],
        );
        let fixture = open("stack t {}\n@deprecated\nlet a = 1\noutput x = a\n");
        let tags: Vec<_> = diagnostics(&fixture.db, fixture.files[0]).iter().map(|one| (one.severity, one.tag)).collect();
        assert_eq!(tags, [(Severity::Warning, Some(Tag::Deprecated))]);
        check_diagnostics(
            "stack t {}\nresource p: AWS::DMS::InstanceProfile {\n  InstanceProfileIdentifier: \"m\"\n}\n",
            &["C0411 InstanceProfileIdentifier"],
        );
    }
}
