//! What has to change when files and folders get other paths: the imports of them, and the relative paths inside them.
//!
//! In: old and new paths, and all files. Out: edits of the paths between quotes. Always: told before the move, so all ranges are of the
//! texts as they are; what led nowhere is left alone.

use cloudc_base::{Content, Edit, File, ReadError};
use cloudc_driver::Database;
use cloudc_hir::{DeclKind, Owner};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode};

use crate::links::path_arguments;
use crate::symbol::inside_quotes;
use crate::symbol::site::{Site, item_of};

/// The edits that keep every path right when `moves`, pairs of old and new normalised path of files or folders, are carried out.
pub fn will_rename_files(db: &Database, moves: &[(String, String)], files: &[File]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for file in files.iter().filter(|file| !file.is_std(db)) {
        for (site, string) in written_paths(db, *file) {
            edits.extend(edit(db, moves, &site, &string));
        }
    }
    edits.sort_by_key(|edit| (edit.file.path(db).clone(), edit.range.start()));
    edits.dedup();
    edits
}

/// Every text of a file that is a path: of imports, of files to read, of a project's stacks.
fn written_paths(db: &Database, file: File) -> Vec<(Site<'_>, ast::StringExpr)> {
    let mut paths = path_arguments(db, file);
    for decl in cloudc_hir::declarations(db, Owner::File(file)) {
        if !matches!(decl.kind(db), DeclKind::Import | DeclKind::Project) {
            continue;
        }
        let Some((site, item)) = item_of(db, *decl) else { continue };
        let texts = item.descendants().filter_map(ast::StringExpr::cast);
        let texts = texts.filter(|text| item.kind() == SyntaxKind::Import || is_stack(text.syntax()));
        paths.extend(texts.map(|text| (site.clone(), text)));
    }
    paths
}

/// Whether a text is a value in `stacks: { … }`.
fn is_stack(text: &SyntaxNode) -> bool {
    let outer = text.parent().filter(|it| it.kind() == SyntaxKind::Field).and_then(|field| field.parent()?.parent());
    let key = outer.and_then(ast::Field::cast).and_then(|field| field.key()?.text());
    key.as_deref() == Some("stacks")
}

fn edit(db: &Database, moves: &[(String, String)], site: &Site<'_>, string: &ast::StringExpr) -> Option<Edit> {
    let written = string.text().filter(|text| !text.starts_with("std/"))?;
    let from = site.file.path(db);
    let target = cloudc_base::path::resolve(from, &written).filter(|target| is_there(db, target))?;
    let (new_from, new_target) = (moved(moves, from), moved(moves, &target));
    if new_from == **from && new_target == target {
        return None;
    }
    let is_dotted = written.starts_with("./") || written.starts_with("../");
    let insert = relative(&new_from, &new_target, is_dotted);
    let range = site.range(inside_quotes(string.syntax()));
    (insert != written).then_some(Edit { file: range.file, range: range.range, insert })
}

/// Whether a path leads to a file or folder.
fn is_there(db: &Database, path: &str) -> bool {
    let content = cloudc_driver::file(db, path).content(db);
    !matches!(content, Content::Unreadable(reason) if *reason != ReadError::Directory)
}

/// A path after the moves; of nested folders the innermost says.
fn moved(moves: &[(String, String)], path: &str) -> String {
    let around = moves.iter().filter_map(|(old, new)| {
        let rest = path.strip_prefix(old.trim_end_matches('/'))?;
        (rest.is_empty() || rest.starts_with('/')).then(|| (old.len(), format!("{}{rest}", new.trim_end_matches('/'))))
    });
    around.max_by_key(|(length, _)| *length).map_or_else(|| path.to_owned(), |(_, new)| new)
}

/// The path of `to` as written in the file `from`.
pub(crate) fn relative(from: &str, to: &str, is_dotted: bool) -> String {
    let folder: Vec<&str> = from.split('/').collect();
    let folder = &folder[..folder.len().saturating_sub(1)];
    let parts: Vec<&str> = to.split('/').collect();
    // The last part is the file itself and never shared.
    let shared = folder.iter().zip(&parts[..parts.len() - 1]).take_while(|(a, b)| a == b).count();
    let up = folder.len() - shared;
    let start = match up {
        0 if is_dotted => "./".to_owned(),
        up => "../".repeat(up),
    };
    format!("{start}{}", parts[shared..].join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    /// The edits as `path: old -> new`.
    fn check_moves(text: &str, moves: &[(&str, &str)], expected: &[&str]) {
        let fixture = open(text);
        let moves: Vec<(String, String)> = moves.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect();
        let shown: Vec<String> = will_rename_files(&fixture.db, &moves, &fixture.files)
            .iter()
            .map(|edit| {
                let old = &edit.file.text(&fixture.db)[std::ops::Range::<usize>::from(edit.range)];
                format!("{}: {old} -> {}", edit.file.path(&fixture.db), edit.insert)
            })
            .collect();
        assert_eq!(shown, expected, "{text}");
    }

    const PROJECT: &str = "//- /main.cloud\nimport \"./lib/net.cloud\" { a }\nimport \"std/network\" { Vpc }\nimport \"./nope.cloud\" as n\n//- /lib/net.cloud\nimport \"./util.cloud\" { b }\nimport \"../top.cloud\" as top\npub let a = file(\"x.sh\")\n//- /lib/x.sh\necho\n//- /lib/util.cloud\npub let b = 1\n//- /top.cloud\npub let c = 1\n//- /project.cloud\nproject p { stacks: { main: \"./main.cloud\", net: \"./lib/net.cloud\" } }\n";

    #[test]
    fn a_file() {
        check_moves(
            PROJECT,
            &[("/lib/net.cloud", "/lib/deep/vpc.cloud")],
            &[
                "/lib/net.cloud: ./util.cloud -> ../util.cloud",
                "/lib/net.cloud: ../top.cloud -> ../../top.cloud",
                "/lib/net.cloud: x.sh -> ../x.sh",
                "/main.cloud: ./lib/net.cloud -> ./lib/deep/vpc.cloud",
                "/project.cloud: ./lib/net.cloud -> ./lib/deep/vpc.cloud",
            ],
        );
        check_moves(PROJECT, &[("/top.cloud", "/lib/top.cloud")], &["/lib/net.cloud: ../top.cloud -> ./top.cloud"]);
    }

    #[test]
    fn a_folder() {
        check_moves(
            PROJECT,
            &[("/lib", "/library")],
            &["/main.cloud: ./lib/net.cloud -> ./library/net.cloud", "/project.cloud: ./lib/net.cloud -> ./library/net.cloud"],
        );
        check_moves(
            PROJECT,
            &[("/lib", "/a/b"), ("/lib/net.cloud", "/net.cloud")],
            &[
                "/lib/net.cloud: ./util.cloud -> ./a/b/util.cloud",
                "/lib/net.cloud: ../top.cloud -> ./top.cloud",
                "/lib/net.cloud: x.sh -> a/b/x.sh",
                "/main.cloud: ./lib/net.cloud -> ./net.cloud",
                "/project.cloud: ./lib/net.cloud -> ./net.cloud",
            ],
        );
    }

    #[test]
    fn nothing_to_do() {
        check_moves(PROJECT, &[("/other.cloud", "/more.cloud")], &[]);
        check_moves("//- /a.cloud\nimport \"./b\n", &[("/a.cloud", "/x/a.cloud")], &[]);
    }
}
