//! The paths in a file that an editor can open.

use cloudc_base::{Content, File, TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_hir::{DeclKind, Name, Owner};
use cloudc_syntax::SyntaxNode;
use cloudc_syntax::ast::{self, AstNode};

use crate::FilePosition;
use crate::references::occurrences;
use crate::symbol::site::{Site, item_of};
use crate::symbol::{imported_file, inside_quotes, is_path};

/// A path that leads to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentLink {
    /// What is written between the quotes.
    pub range: TextRange,
    /// Normalised path of the file or folder; `std/…` for the standard library.
    pub path: Name,
    /// What it is.
    pub tooltip: String,
}

/// The functions that read what a path names.
pub(crate) const READERS: [&str; 5] = ["file", "asset", "image", "template", "build"];

/// The links of a file, in order: what it imports, and the files its functions read.
pub fn document_links(db: &Database, file: File) -> Vec<DocumentLink> {
    let mut links = imports(db, file);
    for (site, string) in path_arguments(db, file) {
        links.extend(argument(db, file, &site, &string));
    }
    links.sort_by_key(|link| link.range.start());
    links
}

fn imports(db: &Database, file: File) -> Vec<DocumentLink> {
    let all = cloudc_hir::declarations(db, Owner::File(file)).iter();
    let links = all.filter(|decl| decl.kind(db) == DeclKind::Import).filter_map(|import| {
        let target = imported_file(db, *import)?;
        let (site, item) = item_of(db, *import)?;
        let path = ast::Import::cast(item)?.path()?;
        let kind = match (target.is_std(db), cloudc_hir::resolve::stack_decl(db, target)) {
            (true, _) => "module of the standard library".to_owned(),
            (_, Some(stack)) => format!("stack `{}`", stack.name(db)),
            _ => "module".to_owned(),
        };
        let offered = offered(db, target);
        let tooltip = if offered.is_empty() { kind } else { format!("{kind}: {offered}") };
        let range = site.range(inside_quotes(path.syntax())).range;
        Some(DocumentLink { range, path: target.path(db).as_ref().into(), tooltip })
    });
    links.collect()
}

/// Some of what a module offers.
fn offered(db: &Database, file: File) -> String {
    const SHOWN: usize = 8;
    let all = cloudc_hir::declarations(db, Owner::File(file)).iter();
    let names: Vec<&str> = all.filter(|decl| cloudc_hir::items::is_pub(db, **decl)).map(|decl| decl.name(db).as_str()).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", names[..names.len().min(SHOWN)].join(", "))
}

/// The texts in a file that name files to read, without typing anything.
pub(crate) fn path_arguments(db: &Database, file: File) -> Vec<(Site<'_>, ast::StringExpr)> {
    let text = file.text(db);
    let mut found = Vec::new();
    for reader in READERS {
        for at in occurrences(text, reader) {
            let end = at + reader.len();
            if !text[end..].trim_start_matches([' ', '\t']).starts_with('(') {
                continue;
            }
            let at = FilePosition { file, offset: TextSize::new(at as u32) };
            found.extend(Site::at(db, at).and_then(|site| {
                let string = first_text(&site, at)?;
                Some((site, string))
            }));
        }
    }
    found
}

/// The text that is the first argument of the call whose callee is at a place.
fn first_text(site: &Site<'_>, at: FilePosition) -> Option<ast::StringExpr> {
    let token = site.tokens(at.offset).into_iter().next()?;
    let reference: SyntaxNode = token.parent_ancestors().find(|it| ast::NameRef::can_cast(it.kind()))?;
    let call = ast::CallExpr::cast(reference.parent()?)?;
    let argument = call.args().next()?;
    if !is_path(site, argument.syntax()) {
        return None;
    }
    match argument.value()? {
        ast::Expr::String(string) => Some(string),
        _ => None,
    }
}

fn argument(db: &Database, file: File, site: &Site<'_>, string: &ast::StringExpr) -> Option<DocumentLink> {
    let path = cloudc_base::path::resolve(file.path(db), &string.text()?)?;
    let target = cloudc_driver::file(db, &path);
    let tooltip = match target.content(db) {
        Content::Text(text) => format!("file, {} bytes", text.len()),
        Content::Binary(bytes, _) => format!("file, {} bytes", bytes.len()),
        Content::Unreadable(cloudc_base::ReadError::Directory) => "folder".to_owned(),
        Content::Unreadable(_) => return None,
    };
    Some(DocumentLink { range: site.range(inside_quotes(string.syntax())).range, path: path.into(), tooltip })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    fn check_links(text: &str, expected: &[&str]) {
        let fixture = open(text);
        let file = fixture.files[0];
        let source = file.text(&fixture.db);
        let shown: Vec<String> = document_links(&fixture.db, file)
            .iter()
            .map(|link| format!("{} -> {} | {}", &source[std::ops::Range::<usize>::from(link.range)], link.path, link.tooltip))
            .collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn imports_and_files() {
        check_links(
            "//- /app/main.cloud\nimport \"std/network\" { Vpc }\nimport \"../net.cloud\" as net\nimport \"./nope.cloud\" as n\nlet a = file(\"./x.sh\")\nlet b = file(\"nope\")\nlet c = asset(\"./src\")\n//- /net.cloud\npub let a = 1\nlet b = 2\n//- /app/x.sh\nécho\n//- /app/src/i.js\n1\n",
            &[
                "std/network -> std/network | module of the standard library: Vpc",
                "../net.cloud -> /net.cloud | module: a",
                "./x.sh -> /app/x.sh | file, 6 bytes",
                "./src -> /app/src | folder",
            ],
        );
    }

    #[test]
    fn what_only_looks_like_a_path() {
        check_links("fn file(a: String): String = a\nlet a = file(\"./main.cloud\")\nlet b = \"file(x)\"\nlet c = file(\n", &[]);
    }
}
