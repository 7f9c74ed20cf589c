//! What a stack needs in the bucket before it is deployed: assets, templates of nested stacks, a large template of its own.
//!
//! Always: names are hashes of contents, so what is there is never sent again and nothing is there twice; an archive of the same
//! files has the same bytes (sorted names, one date, one mode); what changed since it was built is an error, not uploaded.

use std::io::Write as _;
use std::path::{Path, PathBuf};

pub use cloudc_emit::Upload;

use crate::aws::{Aws, Condition};
use crate::error::{Error, codes};
use crate::unit::Unit;

/// Bytes of a template that a call takes; larger ones go through the bucket.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
pub const LARGEST_BODY: usize = 51_200;
/// Bytes of a template that CloudFormation takes from a bucket.
pub const LARGEST_TEMPLATE: usize = 1_000_000;

/// What was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// How many were new.
    pub sent: usize,
    /// How many were there already.
    pub there: usize,
}

/// Assets of a unit by their keys, and whether each is there; images are not in the bucket.
pub async fn there(aws: &Aws, bucket: &str, unit: &Unit) -> Result<Vec<(Upload, Option<bool>)>, Error> {
    let mut all = Vec::new();
    for upload in &unit.artifact.uploads {
        let there = if upload.kind == "image" { None } else { Some(aws.has_object(bucket, &upload.name).await?) };
        all.push((upload.clone(), there));
    }
    Ok(all)
}

/// Uploads the assets of a unit that are not there yet.
pub async fn assets(aws: &Aws, bucket: &str, unit: &Unit) -> Result<Sent, Error> {
    let mut sent = Sent::default();
    for upload in &unit.artifact.uploads {
        if upload.kind == "image" {
            // Its repository is a parameter, and the image has to be there: CloudFormation tells if it is not.
            continue;
        }
        if aws.has_object(bucket, &upload.name).await? {
            sent.there += 1;
            continue;
        }
        send(aws, bucket, unit, upload).await?;
        sent.sent += 1;
    }
    Ok(sent)
}

async fn send(aws: &Aws, bucket: &str, unit: &Unit, upload: &Upload) -> Result<(), Error> {
    if let Some(content) = &upload.content {
        aws.put_object(bucket, &upload.name, content.clone().into_bytes(), &Condition::Absent).await?;
        return Ok(());
    }
    let path = inside(&unit.root, &upload.path)?;
    if !upload.zip {
        return aws.put_file(bucket, &upload.name, &path).await;
    }
    let root = unit.root.clone();
    let shown = upload.path.clone();
    let packed = tokio::task::spawn_blocking(move || archive(&root, &path, &shown)).await;
    let packed = packed.map_err(|error| Error::new(codes::ASSET, format!("`{}` cannot be packed: {error}", upload.path)))??;
    aws.put_file(bucket, &upload.name, &packed.0).await
}

/// A path of the project on this machine, links followed, inside the project.
fn inside(root: &Path, path: &str) -> Result<PathBuf, Error> {
    let full = root.join(path.trim_start_matches('/'));
    let real = full.canonicalize().map_err(|error| Error::new(codes::ASSET, format!("`{path}` cannot be read: {error}")))?;
    if real.starts_with(root) {
        return Ok(real);
    }
    Err(Error::new(codes::ASSET, format!("`{path}` leads out of the project")))
}

/// A file that is removed when nobody needs it any more.
#[derive(Debug)]
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Packs a file or folder. Names are sorted, every date is 1980-01-01 (the first that zip knows), every mode is 755: whether a file may
/// be started is not part of an asset's hash, and Lambda needs it of what it starts.
fn archive(root: &Path, path: &Path, shown: &str) -> Result<Temporary, Error> {
    let failed = |error: String| Error::new(codes::ASSET, format!("`{shown}` cannot be packed: {error}"));
    let target = std::env::temp_dir().join(format!("cloudc-{}.zip", crate::clock::unique()));
    let temporary = Temporary(target);
    let file = std::fs::File::create(&temporary.0).map_err(|error| failed(error.to_string()))?;
    let mut zip = zip::ZipWriter::new(std::io::BufWriter::new(file));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o755);
    for (name, real) in files(root, path, shown)? {
        zip.start_file(name, options).map_err(|error| failed(error.to_string()))?;
        let mut from = std::fs::File::open(&real).map_err(|error| failed(error.to_string()))?;
        std::io::copy(&mut from, &mut zip).map_err(|error| failed(error.to_string()))?;
    }
    let mut out = zip.finish().map_err(|error| failed(error.to_string()))?;
    out.flush().map_err(|error| failed(error.to_string()))?;
    Ok(temporary)
}

/// What goes into the archive of a path: names in it, sorted, with the files themselves.
pub(crate) fn files(root: &Path, path: &Path, shown: &str) -> Result<Vec<(String, PathBuf)>, Error> {
    if path.is_file() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(vec![(name, path.to_path_buf())]);
    }
    let mut all = Vec::new();
    let mut waiting = vec![(String::new(), path.to_path_buf())];
    while let Some((prefix, folder)) = waiting.pop() {
        let entries = std::fs::read_dir(&folder)
            .map_err(|error| Error::new(codes::ASSET, format!("`{shown}/{prefix}` cannot be read: {error}")))?;
        for entry in entries {
            let entry = entry.map_err(|error| Error::new(codes::ASSET, format!("`{shown}/{prefix}` cannot be read: {error}")))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if cloudc_base::folder::IGNORED.contains(&name.as_str()) {
                continue;
            }
            let inner = format!("{prefix}{name}");
            let real = entry.path().canonicalize();
            let real = real.map_err(|error| Error::new(codes::ASSET, format!("`{shown}/{inner}` cannot be read: {error}")))?;
            if !real.starts_with(root) {
                return Err(Error::new(codes::ASSET, format!("`{shown}/{inner}` leads out of the project")));
            }
            if real.is_dir() { waiting.push((format!("{inner}/"), real)) } else { all.push((inner, real)) }
        }
    }
    all.sort();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::archive;

    #[test]
    fn the_same_files_make_the_same_archive() {
        let root = std::env::temp_dir().join(format!("cloudc-archive-{}", crate::clock::unique()));
        let make = |name: &str, order: [&str; 3]| {
            let folder = root.join(name);
            std::fs::create_dir_all(folder.join("in")).expect("a folder");
            order.iter().for_each(|file| std::fs::write(folder.join(file), file).expect("a file"));
            std::fs::write(folder.join(".DS_Store"), name).expect("a file");
            let root = root.canonicalize().expect("a folder");
            let packed = archive(&root, &root.join(name), name).expect("an archive");
            std::fs::read(&packed.0).expect("its bytes")
        };
        let (one, two) = (make("one", ["b", "a", "in/c"]), make("two", ["in/c", "a", "b"]));
        assert_eq!(one, two);
        assert!(!one.is_empty());
        std::fs::remove_dir_all(root).expect("removed");
    }
}
