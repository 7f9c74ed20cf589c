//! The examples and the standard library have names in order.

use std::path::{Path, PathBuf};

use super::TestDb;
use crate::{all_declarations, cycle_problems, lower_problems, scope_problems, syntax_diagnostics};

#[test]
fn examples_and_library_have_their_names_in_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in folders(&[root.join("examples"), root.join("stdlib")]) {
        let db = TestDb::new("");
        let files = cloud_files(&folder);
        for file in &files {
            db.write(&virtual_path(file), &std::fs::read(file).unwrap());
        }
        for file in &files {
            assert_eq!(findings(&db, &virtual_path(file)), Vec::<String>::new(), "{}", file.display());
        }
    }
}

fn findings(db: &TestDb, path: &str) -> Vec<String> {
    let file = db.file(path);
    let mut problems = scope_problems(db, file);
    problems.extend(cycle_problems(db, file));
    problems.extend(all_declarations(db, file).iter().flat_map(|decl| lower_problems(db, *decl)));
    let placed = problems.iter().map(|problem| problem.place(db));
    syntax_diagnostics(db, file)
        .into_iter()
        .chain(placed)
        .map(|it| format!("{} {:?} {}", it.code, it.range, it.message))
        .collect()
}

fn folders(roots: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    let mut waiting = roots.to_vec();
    while let Some(folder) = waiting.pop() {
        let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        waiting.extend(entries.filter(|path| path.is_dir()));
        folders.push(folder);
    }
    folders
}

fn cloud_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "cloud")).collect();
    files.sort();
    files
}

fn virtual_path(file: &Path) -> String {
    format!("/{}", file.file_name().unwrap().to_string_lossy())
}

/// The deepest nesting the parser accepts fits the stack of a test thread.
#[test]
fn deep_nesting_is_no_danger() {
    let blocks = format!("stack t {{}}\n{}{}", "if c {\nresource r: AWS::X::Y {}\n".repeat(255), "}\n".repeat(255));
    let parentheses = format!("let a = {}1{}\n", "[f(".repeat(120), ")]".repeat(120));
    let operators = format!("let a = 1{}\n", " + a".repeat(2_000));
    for text in [blocks, parentheses, operators] {
        let db = TestDb::new(&text);
        findings(&db, "/main.cloud");
        for decl in all_declarations(&db, db.main()) {
            crate::refs(&db, *decl);
        }
    }
}
