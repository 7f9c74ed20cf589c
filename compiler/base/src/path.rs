//! Paths as the compiler sees them: normalised text, `/` between parts, no `.` or `..` left.
//!
//! In: what a program wrote. Out: a path a [`crate::FileSystem`] understands. Nothing here touches a disk.

/// Resolves an import written in `from`: `std/name` stays, everything else is relative to the folder of `from`.
///
/// ```
/// assert_eq!(cloudc_base::path::resolve("/p/app/main.cloud", "../net.cloud").as_deref(), Some("/p/net.cloud"));
/// assert_eq!(cloudc_base::path::resolve("/p/main.cloud", "std/web").as_deref(), Some("std/web"));
/// ```
/// `None` when the path is empty, absolute, or climbs above the root.
pub fn resolve(from: &str, written: &str) -> Option<String> {
    if written.is_empty() || written.starts_with('/') || written.contains('\\') || written.contains('\0') {
        return None;
    }
    if written.starts_with("std/") {
        let plain = written.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        return plain.then(|| written.to_owned());
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    normalise(&format!("{folder}/{written}"))
}

/// Removes `.`, `..` and doubled separators. `None` when `..` climbs above the root.
pub fn normalise(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    Some(format!("{root}{}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn climbing_above_the_root_is_refused() {
        assert_eq!(resolve("/main.cloud", "../../etc/passwd"), None);
        assert_eq!(resolve("/p/main.cloud", "/etc/passwd"), None);
        assert_eq!(resolve("/p/main.cloud", "std/../x"), None);
    }

    #[test]
    fn dots_are_removed() {
        assert_eq!(resolve("/p/main.cloud", "./a/./b.cloud").as_deref(), Some("/p/a/b.cloud"));
    }
}
