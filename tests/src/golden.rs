//! Everything visible of a build, as text files.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cloudc_driver::{Artifact, Database, Target};

use crate::run;
use crate::sources::Folder;

/// The views of a program: file name and text.
pub fn views(folder: &Folder) -> Vec<(&'static str, String)> {
    let sources: Vec<_> = folder.files.iter().filter(|(path, _)| !is_view(path)).cloned().collect();
    let outcome = run::run(&sources, &run::folder_flags(&sources));
    let mut views = vec![("diagnostics.txt", run::drawn(&outcome.db, &outcome.diagnostics))];
    if let Some((target, artifact)) = outcome.built.first() {
        views.push(("template.json", cloudc_driver::template_json(artifact)));
        views.push(("graph.txt", graph(&outcome.db, *target)));
        views.push(("sourcemap.cloud", woven(&outcome.db, artifact)));
    }
    views
}

fn is_view(path: &str) -> bool {
    ["/diagnostics.txt", "/template.json", "/graph.txt", "/sourcemap.cloud"].contains(&path)
}

/// What each resource needs, in deployment order.
fn graph(db: &Database, target: Target) -> String {
    cloudc_driver::graph_text(db, target)
}

/// Every source file with what was emitted under the line it was written on.
fn woven(db: &Database, artifact: &Artifact) -> String {
    let mut lines: BTreeMap<(String, usize), Vec<String>> = BTreeMap::new();
    for entry in &artifact.source_map.entries {
        let pointer = cloudc_driver::pointer(entry);
        let value = artifact.template.pointer(&pointer).map(ToString::to_string).unwrap_or_default();
        let short: String = value.chars().take(100).collect();
        let place = (entry.site.file.to_string(), entry.site.line as usize);
        lines.entry(place).or_default().push(format!("{pointer} = {short}"));
    }
    let mut paths: Vec<&String> = lines.keys().map(|(path, _)| path).collect();
    paths.dedup();
    let mut out = String::new();
    for path in paths {
        let _ = writeln!(out, "//- {path}");
        let file = cloudc_driver::file(db, path);
        for (index, line) in file.text(db).lines().enumerate() {
            let _ = writeln!(out, "{line}");
            for emitted in lines.get(&(path.clone(), index + 1)).into_iter().flatten() {
                let _ = writeln!(out, "//> {emitted}");
            }
        }
    }
    out
}

/// The first line in which two texts differ.
pub fn difference(name: &str, kept: &str, made: &str) -> String {
    let (mut kept_lines, mut made_lines) = (kept.lines(), made.lines());
    for number in 1.. {
        match (kept_lines.next(), made_lines.next()) {
            (None, None) => break,
            (kept, made) if kept == made => {}
            (kept, made) => {
                let shown = |line: Option<&str>| line.map_or("nothing".to_owned(), |line| format!("`{}`", line.trim()));
                return format!("{name}:{number}: committed {}, now {}", shown(kept), shown(made));
            }
        }
    }
    format!("{name}: the ends of lines differ")
}
