//! Where the bytes of a template are, and where it could be cut.

use std::collections::BTreeMap;

use cloudc_deploy::plan::dependents;
use serde_json::Value as Json;

use super::{Subject, Suggestion, entry_bytes};

/// Limits of a template.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
pub const MOST_BYTES: usize = 1 << 20;
/// Bytes that are sent with the request, without an upload.
pub const INLINE_BYTES: usize = 51_200;
/// Resources of a stack.
pub const MOST_RESOURCES: usize = 500;

/// How large a template is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Size {
    /// Bytes without white space.
    pub bytes: usize,
    /// Resources.
    pub resources: usize,
    /// Bytes of each section, the largest first.
    pub sections: Vec<(String, usize)>,
    /// Bytes of resources, the largest ten.
    pub largest: Vec<(String, String, usize)>,
}

/// Weighs a template.
pub fn size(template: &Json) -> Size {
    let sections = template.as_object().into_iter().flatten();
    let mut sections: Vec<(String, usize)> = sections.map(|(name, value)| (name.clone(), entry_bytes(name, value))).collect();
    sections.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    let resources = template.get("Resources").and_then(Json::as_object).into_iter().flatten();
    let mut largest: Vec<(String, String, usize)> = resources
        .map(|(id, value)| {
            let ty = value.get("Type").and_then(Json::as_str).unwrap_or_default();
            (id.clone(), ty.to_owned(), entry_bytes(id, value))
        })
        .collect();
    largest.sort_by(|a, b| (b.2, &a.0).cmp(&(a.2, &b.0)));
    let count = largest.len();
    largest.truncate(10);
    Size { bytes: template.to_string().len(), resources: count, sections, largest }
}

/// Proposes a cut of a template that comes near a limit.
pub fn look(subject: &Subject<'_>, found: &mut Vec<Suggestion>) {
    let size = size(subject.template);
    let near = size.resources * 5 > MOST_RESOURCES * 3 || size.bytes * 5 > MOST_BYTES * 3;
    if !near {
        return;
    }
    let ids: Vec<&String> = subject.section("Resources").map(|(id, _)| id).collect();
    let positions: BTreeMap<&str, usize> = ids.iter().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
    let mut edges = Vec::new();
    for (used, users) in dependents(subject.template) {
        let Some(to) = positions.get(used.as_str()) else { continue };
        edges.extend(users.iter().filter_map(|user| Some((*positions.get(user.as_str())?, *to))));
    }
    let Some(cut) = cloudc_driver::best_cut(ids.len(), &edges, MOST_RESOURCES) else { return };
    let names = |at: &[usize]| {
        let shown: Vec<String> = at.iter().take(6).filter_map(|at| ids.get(*at)).map(|id| format!("`{id}`")).collect();
        let rest = at.len().saturating_sub(6);
        if rest == 0 { shown.join(", ") } else { format!("{} and {rest} more", shown.join(", ")) }
    };
    let read = if cut.read.is_empty() { "nothing of them".to_owned() } else { names(&cut.read) };
    found.push(Suggestion {
        kind: "cut",
        at: ("Resources", cut.group.first().and_then(|at| ids.get(*at)).map(|id| (*id).clone()).unwrap_or_default()),
        pointer: String::new(),
        message: format!(
            "it has {} of {MOST_RESOURCES} resources and {} of {MOST_BYTES} bytes; {} resources need nothing of the rest: {}",
            size.resources,
            size.bytes,
            cut.group.len(),
            names(&cut.group)
        ),
        help: format!("make them a stack of their own, or a component that is `@nested`; the rest reads {read}"),
        bytes: 0,
        resources: cut.group.len(),
    });
}
