//! A folder of this machine as objects of a bucket: a web site, downloads.
//!
//! In: a folder, a bucket with a prefix, settings. Out: a [`Plan`] of what differs, and the same done. Always: contents are compared by
//! their SHA-256, never by dates; pages come last and what is deleted after them, so that nothing names what is not there yet; nothing
//! leads out of the folder.

use std::path::{Path, PathBuf};

use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};

use crate::aws::{About, Aws};
use crate::error::{Error, codes};

/// Files looked at or sent at once.
const AT_ONCE: usize = 8;
/// Paths that an invalidation names one by one; with more, everything below the prefix is named.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
const MOST_PATHS: usize = 1000;

/// Where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The bucket.
    pub bucket: String,
    /// What keys begin with: empty, or with a `/` at its end.
    pub prefix: String,
}

impl Destination {
    /// Reads `s3://bucket/prefix`, or a bucket's name alone.
    pub fn read(text: &str) -> Result<Self, Error> {
        let rest = text.strip_prefix("s3://").unwrap_or(text);
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
        if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(letters) {
            return Err(Error::new(codes::SYNC, format!("`{text}` is no bucket")).help("write it as `s3://bucket/prefix`"));
        }
        Ok(Destination { bucket: bucket.to_owned(), prefix: folder(prefix) })
    }

    /// The same bucket, below another folder.
    pub fn below(self, prefix: &str) -> Self {
        Destination { prefix: format!("{}{}", self.prefix, folder(prefix)), ..self }
    }
}

fn folder(prefix: &str) -> String {
    let trimmed = prefix.trim_matches('/');
    if trimmed.is_empty() { String::new() } else { format!("{trimmed}/") }
}

/// How.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Which files are told to be kept for how long: a pattern with `*`, and the value of `Cache-Control`. The first that fits.
    pub cache: Vec<(String, String)>,
    /// Whether objects that no file stands for are deleted.
    pub delete: bool,
}

/// A file to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Send {
    /// The object's key.
    pub key: String,
    /// The file.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// What is told along with it.
    pub about: About,
    /// Whether there is no such object yet.
    pub new: bool,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Files that are new, or different, or told about differently; pages last.
    pub sends: Vec<Send>,
    /// Keys of objects that no file stands for.
    pub deletes: Vec<String>,
    /// Files that are there as they are.
    pub unchanged: usize,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.sends.is_empty() && self.deletes.is_empty()
    }

    /// What a distribution has to fetch anew: what was there before, as paths; `/*` when that is much.
    pub fn paths(&self, destination: &Destination) -> Vec<String> {
        let changed = self.sends.iter().filter(|send| !send.new).map(|send| &send.key).chain(&self.deletes);
        let paths: Vec<String> = changed.flat_map(|key| path(key)).collect();
        if paths.len() > MOST_PATHS { vec![format!("/{}*", destination.prefix)] } else { paths }
    }
}

/// The path of an object, escaped as CloudFront wants it; of an index the folder too.
fn path(key: &str) -> Vec<String> {
    let plain = |c: &u8| c.is_ascii_alphanumeric() || b"-._~/!$&'()+,;=:@".contains(c);
    let escape = |key: &str| -> String {
        key.bytes().map(|c| if plain(&c) { char::from(c).to_string() } else { format!("%{c:02X}") }).collect()
    };
    let folder = key.strip_suffix("index.html").filter(|before| before.is_empty() || before.ends_with('/'));
    std::iter::once(format!("/{}", escape(key))).chain(folder.map(|folder| format!("/{}", escape(folder)))).collect()
}

/// Finds what differs.
pub async fn plan(aws: &Aws, from: &Path, to: &Destination, settings: &Settings) -> Result<Plan, Error> {
    let shown = from.display().to_string();
    let unreadable = |why: String| Error::new(codes::SYNC, format!("`{shown}` cannot be brought to the bucket: {why}"));
    let root = from.canonicalize().map_err(|error| unreadable(error.to_string()))?;
    if !root.is_dir() {
        return Err(unreadable("it is no folder".to_owned()));
    }
    let files = crate::upload::files(&root, &root, &shown)?;
    if files.is_empty() && settings.delete {
        return Err(unreadable("it is empty, and everything would be deleted".to_owned()).help("is it built?"));
    }
    let objects = aws.objects(&to.bucket, &to.prefix).await?;
    let looks = files.iter().map(|(name, path)| {
        let key = format!("{}{name}", to.prefix);
        let there = objects.binary_search_by(|object| object.key.as_str().cmp(&key)).ok().map(|at| objects[at].size);
        compare(aws, &to.bucket, key, name, path, there, settings)
    });
    let looked: Vec<_> = futures_util::stream::iter(looks).buffered(AT_ONCE).collect().await;
    let mut plan = Plan::default();
    for one in looked {
        match one? {
            Some(send) => plan.sends.push(send),
            None => plan.unchanged += 1,
        }
    }
    // Pages name what they are made of: they come when that is there.
    plan.sends.sort_by_key(|send| (is_page(&send.key), send.key.clone()));
    if settings.delete {
        let kept = |key: &str| files.iter().any(|(name, _)| key.strip_prefix(&to.prefix) == Some(name));
        plan.deletes = objects.into_iter().map(|object| object.key).filter(|key| !kept(key)).collect();
    }
    Ok(plan)
}

fn is_page(key: &str) -> bool {
    key.rsplit('.').next().is_some_and(|end| matches!(end, "html" | "htm" | "xml" | "webmanifest"))
}

async fn compare(
    aws: &Aws,
    bucket: &str,
    key: String,
    name: &str,
    path: &Path,
    there: Option<u64>,
    settings: &Settings,
) -> Result<Option<Send>, Error> {
    let local = path.to_path_buf();
    let unreadable = |error: String| Error::new(codes::ASSET, format!("`{}` cannot be read: {error}", path.display()));
    let hashed = tokio::task::spawn_blocking(move || hash(&local)).await;
    let (hash, size) = hashed.map_err(|error| unreadable(error.to_string()))?.map_err(|error| unreadable(error.to_string()))?;
    let cache = settings.cache.iter().find(|(pattern, _)| fits(pattern, name)).map(|(_, value)| value.clone());
    let about = About { content_type: Some(content_type(name)), cache_control: cache, hash: Some(hash) };
    // Of another size it is certainly different.
    if there == Some(size) && aws.about(bucket, &key).await?.as_ref() == Some(&about) {
        return Ok(None);
    }
    Ok(Some(Send { key, path: path.to_path_buf(), size, about, new: there.is_none() }))
}

fn hash(path: &Path) -> std::io::Result<(String, u64)> {
    let mut file = std::fs::File::open(path)?;
    let mut all = Sha256::new();
    let mut piece = vec![0_u8; 1 << 20];
    let mut size = 0;
    loop {
        let read = std::io::Read::read(&mut file, &mut piece)?;
        if read == 0 {
            return Ok((cloudc_base::folder::hex(&all.finalize().into()), size));
        }
        size += read as u64;
        all.update(&piece[..read]);
    }
}

/// What a browser is told a file is. Text is UTF-8.
fn content_type(name: &str) -> String {
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    let text =
        guess.type_() == "text" || matches!(guess.essence_str(), "application/javascript" | "application/json" | "image/svg+xml");
    if text { format!("{}; charset=utf-8", guess.essence_str()) } else { guess.essence_str().to_owned() }
}

/// Whether a name fits a pattern: `*` stands for any letters, also `/`.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(before) = last.replace(part) {
            let Some(at) = rest.find(before) else { return false };
            rest = &rest[at + before.len()..];
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

/// Does what a plan says; `told` hears of each object when it is done.
pub async fn run(aws: &Aws, to: &Destination, plan: &Plan, told: &(dyn Fn(&str) + Sync)) -> Result<(), Error> {
    for pages in [false, true] {
        let sends = plan.sends.iter().filter(|send| is_page(&send.key) == pages).map(|send| async move {
            aws.publish(&to.bucket, &send.key, &send.path, &send.about).await?;
            told(&send.key);
            Ok::<(), Error>(())
        });
        let done: Vec<Result<(), Error>> = futures_util::stream::iter(sends).buffer_unordered(AT_ONCE).collect().await;
        done.into_iter().collect::<Result<(), Error>>()?;
    }
    let deletes = plan.deletes.iter().map(|key| async move {
        aws.delete_object(&to.bucket, key, None).await?;
        told(key);
        Ok::<(), Error>(())
    });
    let done: Vec<Result<(), Error>> = futures_util::stream::iter(deletes).buffer_unordered(AT_ONCE).collect().await;
    done.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{Destination, Plan, content_type, fits, path};

    #[test]
    fn destinations() {
        let read = |text: &str| Destination::read(text).map(|to| (to.bucket, to.prefix)).map_err(|error| error.code);
        assert_eq!(read("s3://site"), Ok(("site".to_owned(), String::new())));
        assert_eq!(read("s3://site/docs/"), Ok(("site".to_owned(), "docs/".to_owned())));
        assert_eq!(read("s3://site//docs/v1"), Ok(("site".to_owned(), "docs/v1/".to_owned())));
        assert_eq!(read("https://site"), Err("C0896"));
        assert_eq!(read("s3://"), Err("C0896"));
    }

    #[test]
    fn patterns() {
        assert!(fits("*.js", "assets/app.js") && fits("assets/*", "assets/app.js") && fits("*", "a") && fits("a*c*e", "abcde"));
        assert!(fits("index.html", "index.html") && !fits("index.html", "a/index.html"));
        assert!(!fits("*.js", "app.json") && !fits("a*c*e", "abde") && !fits("ab*b", "ab"));
    }

    #[test]
    fn what_a_browser_is_told() {
        assert_eq!(content_type("a/index.html"), "text/html; charset=utf-8");
        assert_eq!(content_type("logo.png"), "image/png");
        assert_eq!(content_type("noend"), "application/octet-stream");
    }

    #[test]
    fn paths_of_a_distribution() {
        assert_eq!(path("docs/index.html"), ["/docs/index.html", "/docs/"]);
        assert_eq!(path("a b/ü.html"), ["/a%20b/%C3%BC.html"]);
        let to = Destination { bucket: "b".to_owned(), prefix: "docs/".to_owned() };
        let many = Plan { deletes: (0..1001).map(|at| format!("docs/{at}")).collect(), ..Plan::default() };
        assert_eq!(many.paths(&to), ["/docs/*"]);
        assert!(Plan::default().paths(&to).is_empty());
    }
}
