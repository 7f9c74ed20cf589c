//! The pinned sources: downloaded once, read into memory.
//!
//! In: a folder. Out: everything the build reads, parsed. Downloads go through `pip` and `npm`, the registries' own
//! clients, which check what they get.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const CFN_LINT: &str = "1.58.0";
const SERVICE_SPEC: &str = "0.1.216";

/// Parsed sources.
pub struct Sources {
    /// Region → type → schema file.
    pub regions: BTreeMap<String, BTreeMap<String, String>>,
    /// Schema file → schema.
    pub schemas: BTreeMap<String, Value>,
    /// `FOLDER/FILE` → rule or enumeration kept apart from the schemas.
    pub extensions: BTreeMap<String, Value>,
    /// Types whose deletion destroys data.
    pub stateful: BTreeSet<String>,
    /// Lambda runtimes.
    pub runtimes: Value,
    /// Text of cfn-lint's list of attribute exceptions.
    pub getatts: String,
    /// service-spec's database.
    pub service_spec: Value,
}

impl Sources {
    /// Where the data comes from, for people and for notices.
    pub fn provenance(&self) -> String {
        format!(
            "# Sources of the schema data\n\n\
             `schema.bin` is written by `cargo xtask schema`. It holds facts (names, types, constraints, relationships, permissions) \
             taken from these packages, and none of AWS's descriptions.\n\n\
             | package | version | licence | what is taken |\n|---|---|---|---|\n\
             | [cfn-lint](https://pypi.org/project/cfn-lint/) (PyPI) | {CFN_LINT} | MIT-0 | resource schemas, availability by region, enumerations and rules of `extensions/`, attribute exceptions, stateful types, Lambda runtimes |\n\
             | [@aws-cdk/aws-service-spec](https://www.npmjs.com/package/@aws-cdk/aws-service-spec) (npm) | {SERVICE_SPEC} | Apache-2.0 | what `Ref` returns, replacement behaviour, relationships, stateful types |\n\n\
             `overlay/` is written by hand; each file names its sources.\n"
        )
    }
}

/// Downloads what is missing below `folder` and reads it.
pub fn load(folder: &Path) -> Result<Sources, String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let wheel = fetch(folder, &format!("cfn_lint-{CFN_LINT}-py3-none-any.whl"), || {
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary=:all:",
            "--dest",
            ".",
            &format!("cfn-lint=={CFN_LINT}"),
        ]);
        pip
    })?;
    let tarball = fetch(folder, &format!("aws-cdk-aws-service-spec-{SERVICE_SPEC}.tgz"), || {
        let mut npm = Command::new("npm");
        npm.args(["pack", "--silent", &format!("@aws-cdk/aws-service-spec@{SERVICE_SPEC}")]);
        npm
    })?;
    read(&wheel, &tarball)
}

fn fetch(folder: &Path, name: &str, command: impl FnOnce() -> Command) -> Result<PathBuf, String> {
    let path = folder.join(name);
    if path.exists() {
        return Ok(path);
    }
    let mut command = command();
    let status = command.current_dir(folder).stdout(std::process::Stdio::null()).status();
    match status {
        Ok(status) if status.success() && path.exists() => Ok(path),
        Ok(status) => Err(format!("{command:?} gave no {name} ({status})")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}

fn read(wheel: &Path, tarball: &Path) -> Result<Sources, String> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let file = File::open(wheel).map_err(|error| format!("{}: {error}", wheel.display()))?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| error.to_string())?;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|error| error.to_string())?;
        let wanted = entry.name().starts_with("cfnlint/data/") || entry.name() == "cfnlint/schema/_getatts.py";
        if wanted && !entry.is_dir() {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
            files.insert(entry.name().to_owned(), bytes);
        }
    }
    let json = |path: &str| -> Result<Value, String> {
        let bytes = files.get(path).ok_or_else(|| format!("the wheel has no {path}"))?;
        serde_json::from_slice(bytes).map_err(|error| format!("{path}: {error}"))
    };
    let below = |folder: &'static str| {
        let names = files.keys().filter_map(move |path| path.strip_prefix(folder));
        names.filter(|name| name.ends_with(".json")).map(move |name| (name, format!("{folder}{name}")))
    };
    let mut regions = BTreeMap::new();
    for (name, path) in below("cfnlint/data/schemas/providers/") {
        let region = name.trim_end_matches(".json");
        // The lists of isolated and sovereign regions are copies of us-east-1's, not facts.
        if region == "sam" || region.contains("-iso") || region.starts_with("eusc-") {
            continue;
        }
        let types: BTreeMap<String, String> = serde_json::from_value(json(&path)?).map_err(|error| format!("{path}: {error}"))?;
        regions.insert(region.to_owned(), types);
    }
    let mut schemas = BTreeMap::new();
    for (name, path) in below("cfnlint/data/schemas/resources/") {
        schemas.insert(name.trim_end_matches(".json").to_owned(), json(&path)?);
    }
    let mut extensions = BTreeMap::new();
    for (name, path) in below("cfnlint/data/schemas/extensions/") {
        extensions.insert(name.to_owned(), json(&path)?);
    }
    let stateful = json("cfnlint/data/AdditionalSpecs/StatefulResources.json")?;
    let stateful = stateful.get("ResourceTypes").and_then(Value::as_object).ok_or("no list of stateful types")?;
    let getatts = files.get("cfnlint/schema/_getatts.py").ok_or("no list of attribute exceptions")?;
    Ok(Sources {
        regions,
        schemas,
        extensions,
        stateful: stateful.keys().cloned().collect(),
        runtimes: json("cfnlint/data/AdditionalSpecs/LmbdRuntimeLifecycle.json")?,
        getatts: String::from_utf8_lossy(getatts).into_owned(),
        service_spec: service_spec(tarball)?,
    })
}

fn service_spec(tarball: &Path) -> Result<Value, String> {
    let file = File::open(tarball).map_err(|error| format!("{}: {error}", tarball.display()))?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    for entry in archive.entries().map_err(|error| error.to_string())? {
        let entry = entry.map_err(|error| error.to_string())?;
        if entry.path().is_ok_and(|path| path.ends_with("db.json.gz")) {
            let json = flate2::read::GzDecoder::new(entry);
            return serde_json::from_reader(std::io::BufReader::new(json)).map_err(|error| format!("db.json: {error}"));
        }
    }
    Err("the npm package has no db.json.gz".to_owned())
}
