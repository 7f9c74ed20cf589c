//! What stands above declarations: how often they are used, that a test can be run. What a resource costs will be one more kind.
//!
//! In: a file. Out: [`Lens`]es without what takes time; [`used_at`] fills one in when it comes into view. Always: one lens of a kind for
//! each declaration at the file's level.

use cloudc_base::{File, TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_hir::body::{Expr, Literal, Parts};
use cloudc_hir::{Anchor, Decl, DeclKind, Owner};

use crate::FileRange;

/// Something above a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lens {
    /// The name it stands above.
    pub range: TextRange,
    /// What it says or does.
    pub kind: LensKind,
}

/// What a lens says or does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LensKind {
    /// How often it is used; ask [`used_at`].
    References,
    /// The test of this name can be run.
    Test {
        /// As written in quotes.
        name: String,
    },
}

/// The lenses of a file, in order.
pub fn lenses(db: &Database, file: File) -> Vec<Lens> {
    let all = cloudc_hir::declarations(db, Owner::File(file)).iter();
    all.filter_map(|decl| Some(Lens { range: Anchor::name(*decl).locate(db).1, kind: lens_of(db, *decl)? })).collect()
}

fn lens_of(db: &Database, decl: Decl) -> Option<LensKind> {
    use DeclKind::*;
    match decl.kind(db) {
        Input | Param | Let | Resource | Existing | Component | Fn | Type if !decl.name(db).is_empty() => {
            Some(LensKind::References)
        }
        Test => Some(LensKind::Test { name: title(db, decl)? }),
        _ => None,
    }
}

/// The fixed title of a test or policy.
fn title(db: &Database, decl: Decl) -> Option<String> {
    let body = cloudc_hir::body(db, decl);
    let Parts::Titled { title: Some(title) } = &body.parts else { return None };
    match body.expr(*title) {
        Expr::Literal(Literal::Str(text)) => Some(text.to_string()),
        _ => None,
    }
}

/// Where the declaration whose name is at a place is used, by file and place; the imports of it not among them.
pub fn used_at(db: &Database, name: FileRange, files: &[File]) -> Vec<FileRange> {
    let Some(decl) = named_at(db, name) else { return Vec::new() };
    files.iter().flat_map(|file| uses_in(db, decl, *file)).collect()
}

fn named_at(db: &Database, name: FileRange) -> Option<Decl> {
    let near = crate::near::near(db, name.file, name.range.start())?;
    near.decls(db).iter().copied().find(|decl| Anchor::name(*decl).locate(db).1 == name.range)
}

/// Where a file uses a declaration.
pub(crate) fn uses_in(db: &Database, decl: Decl, file: File) -> Vec<FileRange> {
    let users = cloudc_hir::all_declarations(db, file).iter();
    let uses = users.flat_map(|user| {
        let refs = cloudc_hir::refs(db, *user).iter().filter(|used| used.decl == decl && used.property.is_none());
        refs.map(|used| used.anchor(*user).locate(db))
    });
    let mut places: Vec<FileRange> = uses.map(|(file, range)| FileRange { file, range: last_name(db, file, range) }).collect();
    places.sort_by_key(|place| (place.range.start(), place.range.end()));
    places.dedup();
    places
}

/// Of `net.Vpc` the part behind the last dot.
fn last_name(db: &Database, file: File, range: TextRange) -> TextRange {
    let text = crate::near::text(db, file, range);
    let dot = text.rfind('.').map_or(0, |at| at + 1);
    TextRange::new(range.start() + TextSize::from(dot as u32), range.end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    /// `expected`: what each lens says, with the number of uses.
    fn check_lenses(text: &str, expected: &[&str]) {
        let fixture = open(text);
        let file = fixture.files[0];
        let found = lenses(&fixture.db, file).into_iter().map(|lens| {
            let name = &file.text(&fixture.db)[std::ops::Range::<usize>::from(lens.range)];
            match lens.kind {
                LensKind::References => {
                    let uses = used_at(&fixture.db, FileRange { file, range: lens.range }, &fixture.files);
                    format!("{name} {}", uses.len())
                }
                LensKind::Test { name } => format!("run {name}"),
            }
        });
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn uses_are_counted_in_all_files() {
        check_lenses(
            "//- /n.cloud\npub let a = 1\npub component C {}\npub fn f(x: Int): Int = x + a\n//- /main.cloud\nimport \"./n.cloud\" { a, C }\nimport \"./n.cloud\" as n\nstack t {}\nresource c: C {}\nresource d: n.C {}\noutput x = a + n.f(a)\n",
            &["a 3", "C 2", "f 1"],
        );
    }

    #[test]
    fn tests_can_be_run() {
        check_lenses("test \"one\" {\n  let a = 1\n}\ntest \"\" {}\n", &["run one", "run "]);
    }

    #[test]
    fn unfinished_declarations() {
        check_lenses("let = 1\nresource\nlet a = [\n", &["a 0"]);
    }
}
