//! What could be smaller, simpler or shared in templates.
//!
//! In: templates, built or read. Out: suggestions with their places and what each saves, and where the bytes are. Always: what a
//! suggestion says is true of the template as it is; nothing is suggested that something outside of it may rely on without saying so.

mod conditions;
mod repeated;
mod shared;
mod size;
mod unused;

use cloudc_deploy::Unit;
use cloudc_import::tree::Node;
use serde_json::{Map, Value as Json};

pub use shared::{Shared, shared};
pub use size::{INLINE_BYTES, Size, size};

/// Region and account, where they are known.
pub type Whereabouts = (Option<String>, Option<String>);

/// A template that is looked at.
pub struct Subject<'a> {
    /// The name it is deployed under, or its file.
    pub name: String,
    /// Where it is deployed: what is in different places cannot be shared.
    pub whereabouts: Whereabouts,
    /// The template.
    pub template: &'a Json,
    /// Where its parts are written.
    pub places: Places<'a>,
}

/// Where parts of a template are written.
pub enum Places<'a> {
    /// In a program.
    Program(&'a Unit),
    /// In a template's file: its path, text and tree.
    File(&'a str, &'a str, &'a Node),
}

/// Something that could be better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// A word for scripts: `unused-parameter`.
    pub kind: &'static str,
    /// Which entry of which section it is about; empty for the whole.
    pub at: (&'static str, String),
    /// JSON pointer in there.
    pub pointer: String,
    /// One line.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Bytes of the template that it saves.
    pub bytes: usize,
    /// Resources that it saves.
    pub resources: usize,
}

/// Everything to suggest for one template, what saves most first.
pub fn suggestions(subject: &Subject<'_>) -> Vec<Suggestion> {
    let mut found = Vec::new();
    unused::look(subject, &mut found);
    conditions::look(subject, &mut found);
    repeated::look(subject, &mut found);
    size::look(subject, &mut found);
    found.sort_by(|a, b| {
        (b.resources, b.bytes, a.kind, &a.at, &a.pointer).cmp(&(a.resources, a.bytes, b.kind, &b.at, &b.pointer))
    });
    found
}

impl Subject<'_> {
    /// A section of the template.
    fn section(&self, name: &str) -> impl Iterator<Item = (&String, &Json)> {
        self.template.get(name).and_then(Json::as_object).into_iter().flatten()
    }

    /// File and line, from one, of a part.
    pub fn place(&self, at: &(&'static str, String), pointer: &str) -> Option<(String, u32)> {
        match &self.places {
            Places::Program(unit) => {
                let entry = unit.artifact.source_map.find(at.0, &at.1, pointer)?;
                Some((entry.site.file.trim_start_matches('/').to_owned(), entry.site.line))
            }
            Places::File(path, text, root) => {
                let mut entry = root.get(at.0)?.entry(&at.1)?;
                let mut start = entry.span.start;
                let mut node = &entry.value;
                for part in pointer.split('/').skip(1) {
                    if let Some(inner) = node.entry(part) {
                        entry = inner;
                        start = entry.span.start;
                        node = &entry.value;
                    } else if let Some(inner) = part.parse::<usize>().ok().and_then(|nth| node.list()?.get(nth)) {
                        start = inner.span.start;
                        node = inner;
                    } else {
                        break;
                    }
                }
                let before = text.get(..start as usize)?;
                Some(((*path).to_owned(), before.matches('\n').count() as u32 + 1))
            }
        }
    }

    /// Whether it is a program, where repeating in the template is no repeating in the source.
    fn is_program(&self) -> bool {
        matches!(self.places, Places::Program(_))
    }
}

/// Bytes of an entry as it is sent: its key, its value, what stands between.
fn entry_bytes(key: &str, value: &Json) -> usize {
    key.len() + 4 + value.to_string().len()
}

/// The only function of a value, with its argument.
fn function(value: &Json) -> Option<(&str, &Json)> {
    let map: &Map<String, Json> = value.as_object()?;
    let (name, argument) = map.iter().next()?;
    (map.len() == 1).then_some((name.as_str(), argument))
}

/// Calls with every value inside and its JSON pointer, outermost first; goes on where the answer is yes.
fn walk<'a>(value: &'a Json, pointer: &str, look: &mut dyn FnMut(&'a Json, &str) -> bool) {
    if !look(value, pointer) {
        return;
    }
    match value {
        Json::Object(map) => {
            for (key, inner) in map {
                walk(inner, &format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), look);
            }
        }
        Json::Array(items) => {
            for (nth, inner) in items.iter().enumerate() {
                walk(inner, &format!("{pointer}/{nth}"), look);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
