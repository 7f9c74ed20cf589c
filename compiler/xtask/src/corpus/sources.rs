//! Where public collections of templates live, and how they come here.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where a collection comes from.
enum Place {
    /// A source distribution on PyPI: package, version, and the folder in it.
    Sdist(&'static str, &'static str, &'static str),
    /// A repository on GitHub and one of its commits.
    GitHub(&'static str, &'static str),
}

/// The public collections: name, place.
const SOURCES: [(&str, Place); 14] = [
    (
        "ecs-refarch-cloudformation",
        Place::GitHub("aws-samples/ecs-refarch-cloudformation", "a257e226b33bd9d2a721e5afd9d7e8b66dbacfdc"),
    ),
    ("cfn-lint", Place::Sdist("cfn-lint", "1.58.0", "test/fixtures/templates")),
    (
        "aws-cloudformation-templates",
        Place::GitHub("aws-cloudformation/aws-cloudformation-templates", "142ce6f283d285fa370adb7f9d332d7f46dac5fc"),
    ),
    ("aws-cf-templates", Place::GitHub("widdix/aws-cf-templates", "1a9f04f934179975a3a56c2496d2ed2b27598bd8")),
    ("troposphere", Place::GitHub("cloudtools/troposphere", "0c6c12523fc2d2f773630ec3e7ce772d23b70bbb")),
    (
        "serverless-application-model",
        Place::GitHub("aws/serverless-application-model", "7000d0a3b0e5e0d9fca014ce135850718aad1290"),
    ),
    ("cfn_nag", Place::GitHub("stelligent/cfn_nag", "8b5f03da74202ba323a145e9d037ddce6cab9dec")),
    ("aws-solutions-constructs", Place::GitHub("awslabs/aws-solutions-constructs", "33c062fd06edcd28fbf0a135f5f0af9f27c41b9c")),
    ("serverless-patterns", Place::GitHub("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b")),
    (
        "aws-lambda-developer-guide",
        Place::GitHub("awsdocs/aws-lambda-developer-guide", "8a681ab924e43870521f4e65caa78aa63c6376a6"),
    ),
    (
        "awslabs-aws-cloudformation-templates",
        Place::GitHub("awslabs/aws-cloudformation-templates", "3ac5e031cc2340dee710f769bacdd78c1f39f187"),
    ),
    ("checkov", Place::GitHub("bridgecrewio/checkov", "03d5fdad8d6154b1565799a7b1fb8070c158866f")),
    ("aws-refarch-wordpress", Place::GitHub("aws-samples/aws-refarch-wordpress", "ad192b9605b988643e8cb381fc7293da05d0ffad")),
    (
        "landing-zone-accelerator-on-aws",
        Place::GitHub("awslabs/landing-zone-accelerator-on-aws", "61bba812ce71472684bb7c07f60f1e7100b18cc9"),
    ),
];

/// A folder with templates.
pub struct Collection {
    /// Its name in tables.
    pub name: String,
    /// Where it comes from, as Markdown; the name for folders that were given.
    pub origin: String,
    /// Where it is now.
    pub folder: PathBuf,
}

/// Brings what is not there yet; all, or `only` those named. What cannot be reached is told and left out.
pub fn collections(
    folder: &Path,
    given: &[(String, PathBuf)],
    offline: bool,
    only: &[String],
) -> Result<Vec<Collection>, String> {
    let mut all = Vec::new();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|one| one == name);
    if let Some(other) =
        only.iter().find(|one| SOURCES.iter().all(|(name, _)| name != one) && given.iter().all(|(name, _)| name != *one))
    {
        let names: Vec<&str> = SOURCES.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no collection `{other}`; there are {}", names.join(", ")));
    }
    for (name, place) in SOURCES.iter().filter(|(name, _)| wanted(name)) {
        let (origin, mut at) = match place {
            Place::Sdist(package, version, below) => (
                format!("[{package} {version}](https://pypi.org/project/{package}/{version}/)"),
                folder.join(format!("{}-{version}", package.replace('-', "_"))).join(below),
            ),
            Place::GitHub(repository, commit) => {
                let short = commit.get(..7).unwrap_or(commit);
                (format!("[{repository}](https://github.com/{repository}) at {short}"), folder.join(name))
            }
        };
        if let Some((_, path)) = given.iter().find(|(known, _)| known == name) {
            at.clone_from(path);
        } else if !at.is_dir() && !offline {
            let fetched = match place {
                Place::Sdist(package, version, _) => sdist(folder, package, version),
                Place::GitHub(repository, commit) => github(&at, repository, commit),
            };
            if let Err(error) = fetched {
                println!("{name} is left out ({error}); bring it yourself and give it with --from {name}=FOLDER");
            }
        }
        if at.is_dir() {
            let origin = if given.iter().any(|(known, _)| known == name) { format!("{origin}, as given") } else { origin };
            all.push(Collection { name: (*name).to_owned(), origin, folder: at });
        }
    }
    for (name, path) in given.iter().filter(|(name, _)| wanted(name) && SOURCES.iter().all(|(known, _)| known != name)) {
        if !path.is_dir() {
            return Err(format!("{} is no folder", path.display()));
        }
        all.push(Collection { name: name.clone(), origin: name.clone(), folder: path.clone() });
    }
    Ok(all)
}

/// Downloads a source distribution and unpacks it.
fn sdist(folder: &Path, package: &str, version: &str) -> Result<(), String> {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", package, "--dest", "."]);
    quietly(pip.arg(format!("{package}=={version}")).current_dir(folder))?;
    let path = folder.join(format!("{}-{version}.tar.gz", package.replace('-', "_")));
    let file = std::fs::File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    tar::Archive::new(flate2::read::GzDecoder::new(file)).unpack(folder).map_err(|error| format!("{}: {error}", path.display()))
}

/// One commit of a repository, without history.
fn github(at: &Path, repository: &str, commit: &str) -> Result<(), String> {
    let part = at.with_extension("part");
    let _ = std::fs::remove_dir_all(&part);
    let git = |args: &[&str]| quietly(Command::new("git").arg("-C").arg(&part).args(args).env("GIT_LFS_SKIP_SMUDGE", "1"));
    std::fs::create_dir_all(&part).map_err(|error| error.to_string())?;
    let fetched = git(&["init", "--quiet"])
        .and_then(|()| git(&["fetch", "--quiet", "--depth", "1", &format!("https://github.com/{repository}"), commit]))
        .and_then(|()| git(&["checkout", "--quiet", "FETCH_HEAD"]))
        .and_then(|()| std::fs::rename(&part, at).map_err(|error| error.to_string()));
    if fetched.is_err() {
        let _ = std::fs::remove_dir_all(&part);
    }
    fetched
}

/// Runs a command; its last line of complaint is the error.
fn quietly(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let last = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it failed");
    Err(format!("{program}: {last}"))
}
