//! What IAM knows: the actions and condition keys of every service, and the ARNs of what they act on.
//!
//! In: one committed data file. Out: [`Service`]s, found by prefix. Always: nothing is unpacked before somebody asks, and then
//! once; names are compared without regard to case, as IAM does.
//!
//! The text packed has one line a service, sorted by prefix: prefix, actions, condition keys with their types (`key=Type`), ARN
//! patterns; the four with tabs between them, their elements with spaces. The service `aws` holds the keys that every request has.
//! Packed, the prefixes are the first frame, a line for each further frame; those hold the rest of the lines.

use std::sync::OnceLock;

use crate::frames::{self, Lazy};
use crate::wire::{Corrupt, Reader, Writer};

/// Bytes of text after which another frame begins: a program has policies for a handful of services.
const FRAME: usize = 16 << 10;

/// A service that actions and condition keys begin with.
#[derive(Clone, Copy)]
pub struct Service {
    /// What stands before the colon.
    pub prefix: &'static str,
    frame: &'static Lazy<Vec<Facts>>,
    nth: usize,
}

/// What a service has: actions, condition keys and patterns of ARNs, with spaces between them.
#[derive(Clone, Copy, Default)]
struct Facts {
    actions: &'static str,
    keys: &'static str,
    arns: &'static str,
}

impl Service {
    /// Its actions, without the prefix, sorted.
    pub fn actions(self) -> impl Iterator<Item = &'static str> {
        self.facts().actions.split_ascii_whitespace()
    }

    /// Its condition keys with their types; `${…}` in a key stands for anything.
    pub fn keys(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.facts().keys.split_ascii_whitespace().filter_map(|key| key.rsplit_once('='))
    }

    /// Patterns of the ARNs that its actions act on, with `${…}` for what varies.
    pub fn arns(self) -> impl Iterator<Item = &'static str> {
        self.facts().arns.split_ascii_whitespace()
    }

    fn facts(self) -> Facts {
        self.frame.get(facts).get(self.nth).copied().unwrap_or_default()
    }

    /// Whether an action of that name, or one that the wildcards `*` and `?` stand for, exists.
    pub fn has_action(self, pattern: &str) -> bool {
        self.actions().any(|action| like(pattern.as_bytes(), action.as_bytes()))
    }

    /// Whether it has a condition key of that name, prefix included.
    pub fn has_key(self, name: &str) -> bool {
        self.keys().any(|(key, _)| match key.split_once("${") {
            // `aws:RequestTag/${TagKey}`: whatever follows the last placeholder is not compared.
            Some((fixed, _)) => name.get(..fixed.len()).is_some_and(|start| start.eq_ignore_ascii_case(fixed)),
            None => key.eq_ignore_ascii_case(name),
        })
    }
}

/// Every service, sorted by prefix.
pub fn services() -> &'static [Service] {
    static SERVICES: OnceLock<Vec<Service>> = OnceLock::new();
    // Invariant: the committed file was written by `pack`; a test reads all of it.
    SERVICES.get_or_init(|| read(include_bytes!("../data/iam.bin")).expect("the embedded list of actions is readable"))
}

/// The service of a prefix.
pub fn service(prefix: &str) -> Option<Service> {
    let prefix = prefix.to_ascii_lowercase();
    let all = services();
    all.binary_search_by(|service| service.prefix.cmp(prefix.as_str())).ok().map(|at| all[at])
}

/// The text packed, as [`services`] reads it.
///
/// # Errors
/// When zstd has none of the memory it needs.
pub fn pack(text: &str) -> std::io::Result<Vec<u8>> {
    let mut prefixes: Vec<Vec<&str>> = Vec::new();
    let mut frames: Vec<Vec<u8>> = vec![Vec::new()];
    for (prefix, rest) in text.lines().map(|line| line.split_once('\t').unwrap_or((line, ""))) {
        if prefixes.is_empty() || frames.last().is_none_or(|frame| frame.len() > FRAME) {
            prefixes.push(Vec::new());
            frames.push(Vec::new());
        }
        if let (Some(prefixes), Some(frame)) = (prefixes.last_mut(), frames.last_mut()) {
            prefixes.push(prefix);
            frame.extend(rest.as_bytes());
            frame.push(b'\n');
        }
    }
    let lines: Vec<String> = prefixes.iter().map(|prefixes| prefixes.join(" ")).collect();
    frames[0] = lines.join("\n").into_bytes();
    let mut out = Writer::default();
    frames::write(&mut out, &frames, 22)?;
    Ok(out.bytes)
}

fn read(bytes: &'static [u8]) -> Result<Vec<Service>, Corrupt> {
    let mut r = Reader::new(bytes);
    let frames = frames::read(&mut r)?;
    let [prefixes, frames @ ..] = frames.as_slice() else { return Err(Corrupt) };
    let prefixes = utf8(prefixes.unpack()?)?;
    let mut services = Vec::new();
    for (line, frame) in prefixes.lines().zip(frames) {
        let frame: &'static Lazy<Vec<Facts>> = Box::leak(Box::new(Lazy::new(*frame)));
        services.extend(line.split(' ').enumerate().map(|(nth, prefix)| Service { prefix, frame, nth }));
    }
    if r.is_empty() && prefixes.lines().count() == frames.len() { Ok(services) } else { Err(Corrupt) }
}

fn facts(raw: &'static [u8]) -> Result<Vec<Facts>, Corrupt> {
    let of_line = |line: &'static str| {
        let mut parts = line.split('\t');
        Some(Facts { actions: parts.next()?, keys: parts.next()?, arns: parts.next()? })
    };
    utf8(raw)?.lines().map(|line| of_line(line).ok_or(Corrupt)).collect()
}

fn utf8(raw: &'static [u8]) -> Result<&'static str, Corrupt> {
    std::str::from_utf8(raw).map_err(|_| Corrupt)
}

/// Whether a name is one that a pattern with `*` and `?` stands for, without regard to case.
fn like(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    // Where to go on when what follows the last star does not fit.
    let mut retry: Option<(usize, usize)> = None;
    while from < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                retry = Some((at + 1, from));
                at += 1;
            }
            Some(byte) if *byte == b'?' || byte.eq_ignore_ascii_case(&name[from]) => {
                at += 1;
                from += 1;
            }
            _ => match retry {
                Some((after, start)) => {
                    retry = Some((after, start + 1));
                    at = after;
                    from = start + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_sorted_and_whole() {
        let all = services();
        assert!(all.len() > 400, "{}", all.len());
        assert!(all.windows(2).all(|pair| pair[0].prefix < pair[1].prefix));
        assert!(all.iter().map(|service| service.actions().count()).sum::<usize>() > 20_000);
    }

    #[test]
    fn actions_and_keys_are_found_in_any_case() {
        let s3 = service("S3").expect("s3");
        assert!(s3.has_action("getobject") && s3.has_action("Get*") && s3.has_action("Get?bject") && s3.has_action("*"));
        assert!(!s3.has_action("GetObjekt") && !s3.has_action("Fetch*"));
        assert!(s3.has_key("s3:prefix") && !s3.has_key("s3:praefix"));
        let aws = service("aws").expect("aws");
        assert!(aws.has_key("aws:RequestTag/team") && aws.has_key("aws:principalorgid"));
        assert!(s3.arns().any(|arn| arn == "arn:${Partition}:s3:::${BucketName}"));
    }

    #[test]
    fn stars_may_stand_anywhere() {
        let cases = [("", "", true), ("*", "", true), ("a*c", "abbc", true), ("a*bc", "abbcbc", true), ("a?", "a", false)];
        for (pattern, name, fits) in cases {
            assert_eq!(like(pattern.as_bytes(), name.as_bytes()), fits, "{pattern} {name}");
        }
    }
}
