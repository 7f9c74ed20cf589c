//! The repository keeps its own rules: one page for each code, no code twice.

use std::collections::BTreeMap;
use std::path::Path;

use cloudc_tests::sources;

/// Codes in sources: `"C0312"`, by file.
fn codes() -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut files = Vec::new();
    rust(&sources::root().join("compiler"), &mut files);
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        // Tests may name codes that nothing gives.
        let text = text.split("#[cfg(test)]").next().unwrap_or("");
        for (at, _) in text.match_indices("\"C0") {
            let code = text.get(at + 1..at + 6).unwrap_or("");
            let whole = text.get(at + 6..at + 7) == Some("\"") && code[1..].bytes().all(|byte| byte.is_ascii_digit());
            if whole {
                found.entry(code.to_owned()).or_default().push(path.display().to_string());
            }
        }
    }
    found
}

fn rust(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != "tests" {
            rust(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") && !path.ends_with("pages.rs") {
            found.push(path);
        }
    }
}

/// The crate a file is in.
fn stage(path: &str) -> &str {
    path.split("/compiler/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or(path)
}

#[test]
fn no_two_stages_share_a_code() {
    let mut wrong = Vec::new();
    for (code, files) in codes() {
        let mut stages: Vec<&str> = files.iter().map(|file| stage(file)).collect();
        stages.sort_unstable();
        stages.dedup();
        // What `hir` resolves, the checker reports: these belong to both.
        let names = code.starts_with("C02") && stages == ["hir", "types"];
        if stages.len() > 1 && !names {
            wrong.push(format!("{code}: {}", stages.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "codes of several stages:\n{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let pages = std::fs::read_dir(sources::root().join("docs").join("errors")).expect("docs/errors is there");
    let mut pages: Vec<String> = pages.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    pages.retain(|name| name.starts_with('C'));
    let codes = codes();
    let missing: Vec<&String> = codes.keys().filter(|code| !pages.contains(&format!("{code}.md"))).collect();
    let unused: Vec<&String> = pages.iter().filter(|page| !codes.contains_key(page.trim_end_matches(".md"))).collect();
    assert!(missing.is_empty(), "codes without a page in docs/errors: {missing:?}");
    assert!(unused.is_empty(), "pages without a code: {unused:?}");
}
