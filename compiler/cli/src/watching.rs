//! Waiting until something changes that a program is made of.
//!
//! In: a [`Scope`], which is what the last round really read and where new sources may appear. Out: the paths that changed. It looks again
//! and again at dates and lengths, which works on every file system, also over a network; the more there is to look at, the longer the
//! pause. Always: what changes while a round is at work is found after it, because its stamps are older.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use cloudc_base::{Db as _, Files, folder};

use crate::args::Global;
use crate::disk;
use crate::exit::Failure;
use crate::session::{self, Session};
use crate::walk::{self, Source};

/// Pause between two looks, at least.
const PAUSE: Duration = Duration::from_millis(100);
/// How many times longer than a look the pause after it is: looking takes at most a part in this many of a processor.
const SHARE: u32 = 20;
/// How long nothing may change before a round begins: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(120);
/// How long a round waits for quiet, at most.
const PATIENCE: Duration = Duration::from_secs(2);
/// Folders inside folders that are looked into; links that lead back end here.
const DEEPEST: usize = 64;

/// What is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Files, also those that are not there (yet).
    pub files: BTreeSet<PathBuf>,
    /// Folders in which new `.cloud` files count.
    pub sources: BTreeSet<PathBuf>,
    /// Files and folders of which everything counts: what is uploaded.
    pub assets: BTreeSet<PathBuf>,
}

/// When a file was written, and how long it is; nothing when it is not there.
pub type Stamp = Option<(SystemTime, u64)>;

/// How everything in a scope is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamps(BTreeMap<PathBuf, Stamp>);

impl Scope {
    /// What these sessions have read, and where the sources that were asked for are.
    pub fn of<'a>(sessions: impl IntoIterator<Item = &'a Session>, paths: &[PathBuf]) -> Scope {
        let mut scope = Scope::default();
        for session in sessions {
            let files = session.db.files();
            let inside = |path: &str| path.strip_prefix('/').map(|inside| session.root.join(inside));
            scope.files.extend(files.all().iter().filter_map(|file| inside(file.path(&session.db))));
            scope.assets.extend(files.folders().iter().filter_map(|path| inside(path)));
            scope.files.insert(session.root.join("project.cloud"));
        }
        for path in paths {
            // One name for each file, whichever way it was found.
            let whole = path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.clone());
            if whole.is_dir() {
                scope.sources.insert(whole)
            } else {
                scope.files.insert(whole)
            };
        }
        scope
    }

    /// How everything is now.
    pub fn stamps(&self) -> Stamps {
        let mut all = BTreeMap::new();
        let mut note = |path: PathBuf| {
            let stamp = stamp(&path);
            all.insert(path, stamp);
        };
        // A program may be written as JSON under the same name.
        let mut both = |path: &Path| {
            note(path.to_path_buf());
            if let Some(text) = path.to_str().filter(|text| text.ends_with(".cloud")) {
                note(PathBuf::from(format!("{text}.json")));
            }
        };
        self.files.iter().for_each(|path| both(path));
        for folder in &self.sources {
            let found = walk::sources(std::slice::from_ref(folder)).unwrap_or_default();
            found.iter().for_each(|source| both(&source.path));
        }
        self.assets.iter().for_each(|path| below(path, 0, &mut note));
        Stamps(all)
    }
}

impl Stamps {
    /// The paths that are not as they were.
    pub fn changes(&self, now: &Stamps) -> Vec<PathBuf> {
        let paths: BTreeSet<&PathBuf> = self.0.keys().chain(now.0.keys()).collect();
        paths.into_iter().filter(|path| self.get(path) != now.get(path)).cloned().collect()
    }

    /// The paths that were not looked at before.
    pub fn fresh(&self, now: &Stamps) -> Vec<PathBuf> {
        now.0.keys().filter(|path| !self.0.contains_key(*path)).cloned().collect()
    }

    fn get(&self, path: &Path) -> Stamp {
        self.0.get(path).copied().flatten()
    }

    /// How many files there are.
    pub fn count(&self) -> usize {
        self.0.values().flatten().count()
    }

    /// Takes the stamps of what was looked at before from `older`: what has changed since then is not forgotten.
    #[must_use]
    pub fn keeping(mut self, older: &Stamps) -> Stamps {
        self.0.iter_mut().for_each(|(path, stamp)| {
            if let Some(before) = older.0.get(path) {
                *stamp = *before;
            }
        });
        self
    }
}

fn stamp(path: &Path) -> Stamp {
    let about = std::fs::metadata(path).ok()?;
    if about.is_dir() {
        // What is made or removed in it counts by itself.
        return Some((SystemTime::UNIX_EPOCH, 0));
    }
    Some((about.modified().ok()?, about.len()))
}

/// Everything below a path that an asset is made of.
fn below(path: &Path, depth: usize, note: &mut impl FnMut(PathBuf)) {
    let entries = if path.is_dir() && depth < DEEPEST { std::fs::read_dir(path).ok() } else { None };
    let Some(entries) = entries else { return note(path.to_path_buf()) };
    for entry in entries.flatten() {
        let ignored = entry.file_name().to_str().is_some_and(|name| folder::IGNORED.contains(&name));
        if !ignored {
            below(&entry.path(), depth + 1, note);
        }
    }
}

/// Waits until something in the scope is not as it was, and then until it is quiet again. Gives what changed and how everything is then;
/// nothing when `stop` says so.
pub fn wait(scope: &Scope, before: &Stamps, stop: impl Fn() -> bool) -> Option<(Vec<PathBuf>, Stamps)> {
    let mut changed: Option<(Instant, Stamps)> = None;
    loop {
        let begun = Instant::now();
        let now = scope.stamps();
        let cost = begun.elapsed();
        match &changed {
            // A file that is as it was again has still been written.
            Some((since, last)) if *last == now || since.elapsed() > PATIENCE => return Some((before.changes(&now), now)),
            Some((since, _)) => changed = Some((*since, now)),
            None if now != *before && !before.changes(&now).is_empty() => changed = Some((begun, now)),
            None => {}
        }
        if stop() {
            return None;
        }
        std::thread::sleep(if changed.is_some() { QUIET } else { PAUSE.max(cost * SHARE) });
        if stop() {
            return None;
        }
    }
}

/// Sessions of these sources: those there are with what changed read again, as long as the projects are the same.
pub fn follow(
    sessions: &mut Vec<Session>,
    sources: Vec<Source>,
    changed: &[PathBuf],
    options: &cloudc_driver::Options,
    global: &Global,
) -> Result<(), Failure> {
    let places = sources.iter().map(|source| disk::locate(&source.path)).collect::<Result<Vec<_>, _>>()?;
    let same = places.iter().all(|place| sessions.iter().any(|session| session.root == place.root))
        && sessions.iter().all(|session| places.iter().any(|place| place.root == session.root));
    if !same {
        session::leave(std::mem::replace(sessions, session::open(sources, options, global)?));
        return Ok(());
    }
    for session in sessions.iter_mut() {
        refresh(session, changed);
        session.files.clear();
    }
    for (source, place) in sources.into_iter().zip(places) {
        let Some(session) = sessions.iter_mut().find(|session| session.root == place.root) else { continue };
        let file = cloudc_driver::file(&session.db, &place.path);
        if session.files.iter().all(|(_, known)| *known != file) {
            session.files.push((source, file));
        }
    }
    Ok(())
}

/// Reads what changed again, where a session has read it. Tells whether its content is another.
pub fn refresh(session: &mut Session, changed: &[PathBuf]) -> bool {
    let mut paths = BTreeSet::new();
    let folders = session.db.files().folders();
    for path in changed {
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let Some(inside) = inside(&session.root, &whole) else { continue };
        // A folder is hashed once, however many of its files changed.
        let around = folders.iter().filter(|folder| inside.strip_prefix(&***folder).is_some_and(|rest| rest.starts_with('/')));
        paths.extend(around.map(|folder| folder.to_string()));
        if let Some(program) = inside.strip_suffix(".json").filter(|program| program.ends_with(".cloud")) {
            paths.insert(program.to_owned());
        }
        paths.insert(inside);
    }
    let alone =
        |path: &String| !folders.iter().any(|folder| path.strip_prefix(&**folder).is_some_and(|rest| rest.starts_with('/')));
    let mut other = false;
    for path in &paths {
        if alone(path) || session.db.files().peek(path).is_some() {
            other |= Files::refresh(&mut session.db, path);
        }
    }
    other
}

/// A path as the project sees it. What does not exist any more cannot be resolved, its folder may.
fn inside(root: &Path, path: &Path) -> Option<String> {
    let resolved = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    let below = match path.strip_prefix(root) {
        Ok(below) => below.to_path_buf(),
        Err(_) => resolved()?.strip_prefix(root).ok()?.to_path_buf(),
    };
    Some(format!("/{}", below.to_str()?.replace(std::path::MAIN_SEPARATOR, "/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("cloudc-watching-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("code/.git")).expect("a folder");
        folder
    }

    fn write(path: &Path, text: &str) {
        std::fs::write(path, text).expect("a file");
    }

    #[test]
    fn new_gone_and_other_files_are_changes_and_ignored_ones_are_not() {
        let root = folder("changes");
        let scope = Scope {
            files: [root.join("missing.json")].into(),
            sources: [root.clone()].into(),
            assets: [root.join("code")].into(),
        };
        write(&root.join("a.cloud"), "one");
        let before = scope.stamps();
        assert_eq!(before.count(), 1);
        write(&root.join("notes.txt"), "nobody reads it");
        write(&root.join("code/.git/HEAD"), "nobody uploads it");
        assert_eq!(before.changes(&scope.stamps()), Vec::<PathBuf>::new());
        write(&root.join("missing.json"), "{}");
        write(&root.join("a.cloud"), "longer");
        write(&root.join("code/main.py"), "");
        let now = scope.stamps();
        let names = ["a.cloud", "code/main.py", "missing.json"].map(|name| root.join(name));
        assert_eq!(before.changes(&now), names);
        std::fs::remove_file(root.join("a.cloud")).expect("removed");
        assert_eq!(now.changes(&scope.stamps()), [root.join("a.cloud")]);
        std::fs::remove_dir_all(root).expect("removed");
    }

    #[test]
    fn waiting_ends_with_a_change_or_when_it_is_told_to() {
        let root = folder("wait");
        let scope = Scope { sources: [root.clone()].into(), ..Scope::default() };
        let before = scope.stamps();
        assert_eq!(wait(&scope, &before, || true), None);
        write(&root.join("b.cloud"), "");
        let found = wait(&scope, &before, || false).map(|(changed, _)| changed);
        assert_eq!(found, Some(vec![root.join("b.cloud")]));
        std::fs::remove_dir_all(root).expect("removed");
    }

    #[test]
    fn a_change_during_a_round_is_found_after_it() {
        let root = folder("during");
        let scope = Scope { sources: [root.clone()].into(), ..Scope::default() };
        write(&root.join("c.cloud"), "one");
        let before = scope.stamps();
        write(&root.join("c.cloud"), "another");
        let after = scope.stamps().keeping(&before);
        assert_eq!(after.changes(&scope.stamps()), [root.join("c.cloud")]);
        std::fs::remove_dir_all(root).expect("removed");
    }
}
