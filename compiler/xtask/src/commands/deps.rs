//! `cargo xtask deps`: what the project depends on has licences it may use, comes from the registry, and is not there twice.
//!
//! Works offline, from `cargo metadata`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cargo;
use crate::Outcome;

/// Licences that fit `MIT OR Apache-2.0`; of an expression with `OR` one is enough, with `AND` all are needed.
const ALLOWED: [&str; 11] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "CDLA-Permissive-2.0",
    "BSL-1.0",
];

/// Packages that may be there in several versions, and why.
const TWICE: [(&str, &str); 12] = [
    ("block-buffer", "comes with digest"),
    ("cpufeatures", "comes with digest"),
    ("crypto-common", "comes with digest"),
    ("digest", "one half of the AWS SDK is behind the other"),
    ("getrandom", "ring, which signs for the AWS SDK, is behind"),
    ("sha1", "comes with digest"),
    ("tower", "tower-lsp 0.20 is behind"),
    ("bitflags", "lsp-types 0.94, which tower-lsp 0.20 speaks, is behind"),
    ("foldhash", "comes with hashbrown"),
    ("hashbrown", "rowan 0.16, and chumsky 0.13 with petgraph 0.8, are behind salsa"),
    ("rustc-hash", "rowan 0.16 is behind"),
    ("syn", "the macros of tower-lsp 0.20 and others are behind"),
];

/// Checks.
pub fn check() -> Outcome {
    let output = cargo().args(["metadata", "--format-version", "1", "--locked"]).output();
    let output = output.map_err(|error| format!("cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let used = used_packages(&metadata);
    let mut wrong = Vec::new();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in &used {
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        let (name, version) = (text("name"), text("version"));
        versions.entry(name).or_default().push(version);
        if !allowed(text("license")) {
            wrong.push(format!("{name} {version}: the licence `{}` is not on the list", text("license")));
        }
        let source = text("source");
        if !source.is_empty() && !source.starts_with("registry+") {
            wrong.push(format!("{name} {version} comes from {source}"));
        }
    }
    for (name, versions) in versions.into_iter().filter(|(_, versions)| versions.len() > 1) {
        if !TWICE.iter().any(|(known, _)| *known == name) {
            wrong.push(format!("{name} is there in several versions: {}", versions.join(", ")));
        }
    }
    for (name, why) in TWICE {
        if used.iter().filter(|package| package["name"] == name).count() < 2 {
            wrong.push(format!("{name} is no longer there twice ({why}): take it off the list"));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong.join("\n"));
    }
    println!("{} packages: licences, sources and versions are fine", used.len());
    Ok(())
}

/// The packages that are built on Linux for the compiler: what `cloudc` itself depends on.
fn used_packages(metadata: &Value) -> Vec<&Value> {
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let nodes = metadata["resolve"]["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let by_id: BTreeMap<&str, &Value> = nodes.iter().filter_map(|node| Some((node["id"].as_str()?, node))).collect();
    let start = packages.iter().find(|package| package["name"] == "cloudc").and_then(|package| package["id"].as_str());
    let mut open: Vec<&str> = start.into_iter().collect();
    let mut seen: Vec<&str> = Vec::new();
    while let Some(id) = open.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let dependencies = by_id.get(id).and_then(|node| node["deps"].as_array()).map(Vec::as_slice).unwrap_or_default();
        for dependency in dependencies.iter().filter(|dependency| ships(dependency)) {
            open.extend(dependency["pkg"].as_str());
        }
    }
    packages.iter().filter(|package| package["id"].as_str().is_some_and(|id| seen.contains(&id))).collect()
}

/// Whether a dependency ends up in the binary, or in what builds it, on a Unix system.
fn ships(dependency: &Value) -> bool {
    let kinds = dependency["dep_kinds"].as_array().map(Vec::as_slice).unwrap_or_default();
    kinds.iter().any(|kind| {
        let foreign = kind["target"]
            .as_str()
            .is_some_and(|target| ["windows", "wasm", "hermit", "wasi"].iter().any(|other| target.contains(other)));
        kind["kind"] != "dev" && !foreign
    })
}

/// Whether an SPDX expression can be fulfilled.
fn allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let expression = expression.replace(['(', ')'], "");
    let one = |licence: &str| ALLOWED.contains(&licence.trim());
    // Read without brackets `A OR B AND C` is `A OR (B AND C)`, which is what SPDX means; with brackets this is stricter or equal.
    expression.split(" OR ").any(|all| all.split(" AND ").all(one))
        || expression.split(" AND ").all(|all| all.split(" OR ").any(one))
}
