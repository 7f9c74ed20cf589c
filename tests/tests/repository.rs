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
        // The commands for this repository speak of codes, and tell none.
        if path.is_dir() && entry.file_name() != "tests" && entry.file_name() != "xtask" {
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

/// The pages for readers: README files and everything below `docs`.
fn pages() -> Vec<std::path::PathBuf> {
    let root = sources::root();
    let top = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "compiler/README.md", "examples/README.md", "tests/README.md"];
    let mut found: Vec<std::path::PathBuf> = top.iter().map(|name| root.join(name)).collect();
    let mut folders = vec![root.join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path if path.extension().is_some_and(|end| end == "md") => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// The text of a page without its fences and `code`, which link to nothing.
fn prose(text: &str) -> String {
    let outside = text.split("\n```").step_by(2).collect::<Vec<_>>().join("\n");
    outside.split('`').step_by(2).collect()
}

#[test]
fn no_link_leads_nowhere() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        for link in prose(&text).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or("");
            let away = path.is_empty() || path.contains("://") || path.contains(' ');
            if !away && !page.with_file_name("").join(path).exists() {
                wrong.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "links that lead nowhere:\n{}", wrong.join("\n"));
}

#[test]
fn the_reference_names_everything_there_is() {
    let reference = sources::root().join("docs").join("reference");
    let read =
        |path: std::path::PathBuf| std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let page = |name: &str| read(reference.join(name));
    let mut wrong = Vec::new();
    let index = page("README.md");
    for entry in std::fs::read_dir(&reference).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != "README.md" && !index.contains(&format!("({name})")) {
            wrong.push(format!("the index does not list {name}"));
        }
    }
    let (built_ins, attributes, references) = (page("built-ins.md"), page("attributes.md"), page("references.md"));
    for line in read(sources::root().join("lsp/ide/src/hover/help.md")).lines() {
        let there = match line.split_once(' ').and_then(|(hash, rest)| (hash == "#").then(|| rest.split_once(' ')).flatten()) {
            Some(("function", name)) => built_ins.contains(&format!("`{name}(")),
            Some(("method", name)) => [".", "aws."].iter().any(|dot| {
                let member = format!("{dot}{name}");
                built_ins.contains(&member) || references.contains(&member)
            }),
            Some(("attribute", name)) => attributes.contains(&format!("`@{name}")),
            _ => true,
        };
        if !there {
            wrong.push(format!("no page says anything of {}", line.trim_start_matches("# ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
