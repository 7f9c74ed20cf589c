//! URIs and the paths under which the compiler knows files.
//!
//! `file:///p/main.cloud` is `/p/main.cloud`, `file:///C:/p` is `/C:/p`, `cloud-std:/std/network.cloud` is `std/network`; anything else, such as
//! a text that was never saved, is `/<the whole URI>`, a path where no disk has a file.

use std::path::{Path, PathBuf};

use tower_lsp::lsp_types::Url;

/// The scheme of the standard library's read-only sources.
pub const STD: &str = "cloud-std";

/// The path of a URI, normalised.
pub fn path(uri: &Url) -> String {
    match uri.scheme() {
        "file" => cloudc_base::path::normalise(&drive(&decoded(uri.path()))).unwrap_or_else(|| "/".to_owned()),
        STD => {
            let inside = decoded(uri.path());
            inside.trim_start_matches('/').trim_end_matches(".cloud").to_owned()
        }
        _ => format!("/{uri}"),
    }
}

/// The URI of a path.
pub fn uri(path: &str) -> Url {
    let (scheme, path) = match path.strip_prefix("std/") {
        Some(module) => (STD, format!("/std/{module}.cloud")),
        None => ("file", path.to_owned()),
    };
    let foreign = scheme == "file" && path.get(1..).is_some_and(|rest| rest.contains(':')) && !is_drive(&path);
    if let Some(uri) = foreign.then(|| Url::parse(&path[1..]).ok()).flatten() {
        return uri;
    }
    let text = if scheme == "file" { format!("file://{}", encoded(&path)) } else { format!("{scheme}:{}", encoded(&path)) };
    Url::parse(&text).unwrap_or_else(|_| empty())
}

/// Where a path is on the disk.
pub fn on_disk(path: &str) -> PathBuf {
    if is_drive(path) { PathBuf::from(&path[1..]) } else { PathBuf::from(path) }
}

/// The path of a place on the disk; none when it is not UTF-8.
pub fn of_disk(place: &Path) -> Option<String> {
    let text = place.to_str()?.replace(std::path::MAIN_SEPARATOR, "/");
    let text = if text.starts_with('/') { text } else { format!("/{text}") };
    cloudc_base::path::normalise(&drive(&text))
}

/// `/c:/x` and `/C:/x` are one place.
fn drive(path: &str) -> String {
    if !is_drive(path) {
        return path.to_owned();
    }
    let mut path = path.to_owned();
    path[1..2].make_ascii_uppercase();
    path
}

fn is_drive(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.len() >= 3 && bytes[1].is_ascii_alphabetic() && bytes[2] == b':' && bytes.get(3).is_none_or(|next| *next == b'/')
}

fn empty() -> Url {
    Url::parse("file:///").expect("is a URL")
}

/// Takes `%20` for what it stands for; what makes no UTF-8 stays as it is.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code =
            (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten().and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'/'
            | b'-'
            | b'_'
            | b'.'
            | b'~'
            | b'@'
            | b'+'
            | b','
            | b'='
            | b'$'
            | b'&' => {
                out.push(byte as char);
            }
            // A drive's colon; others could be taken for something else.
            b':' if out.len() == 2 => out.push(':'),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_uris_agree() {
        for (text, wanted) in [
            ("file:///p/main.cloud", "/p/main.cloud"),
            ("file:///p/a%20b%23%25/%C3%A9.cloud", "/p/a b#%/é.cloud"),
            ("file:///C:/p/main.cloud", "/C:/p/main.cloud"),
            ("cloud-std:/std/network.cloud", "std/network"),
            ("untitled:Untitled-1", "/untitled:Untitled-1"),
        ] {
            let parsed = Url::parse(text).expect("a URI");
            assert_eq!(path(&parsed), wanted);
            assert_eq!(uri(wanted), parsed);
        }
    }

    #[test]
    fn other_spellings_are_the_same_place() {
        for text in ["file:///c%3A/p/./main.cloud", "file:///C:/p/x/../main.cloud"] {
            assert_eq!(path(&Url::parse(text).expect("a URI")), "/C:/p/main.cloud");
        }
    }
}
