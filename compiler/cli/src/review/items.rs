//! What a review lists: each stack, and under it each change with everything that is known about it.
//!
//! Always: what came from AWS or out of files is made printable here, so that nothing behind this has to.

use std::path::Path;

use cloudc_base::render::printable;
use cloudc_deploy::plan::{Action, Plan, Planned, PropertyChange, Risk, Source, StackAction, ValueChange};

use crate::aws::plan_text;

/// Lines of the source before and after the one that is meant.
const AROUND: usize = 2;

/// How a line is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    Plain,
    /// What it is about.
    Strong,
    /// What may be lost.
    Danger,
    /// Around what it is about.
    Dim,
}

/// A line below an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// How it is meant.
    pub tone: Tone,
    /// One line, printable.
    pub text: String,
}

/// A stack, or a change in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The stack.
    pub stack: String,
    /// What is done to the resource; nothing for the stack itself.
    pub action: Option<Action>,
    /// The word for what is done.
    pub word: &'static str,
    /// The logical id, or the stack.
    pub name: String,
    /// The type, or where the stack is.
    pub about: String,
    /// Where it is written.
    pub place: String,
    /// How dangerous it is.
    pub risk: Risk,
    /// Everything else.
    pub detail: Vec<Detail>,
}

impl Item {
    /// Whether somebody has to look at it before agreeing.
    pub fn is_dangerous(&self) -> bool {
        self.action.is_some() && self.risk >= Risk::High
    }

    /// Whether a text that is looked for is in what is shown of it.
    pub fn matches(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        [&self.stack, &self.name, &self.about, &self.place, self.word, self.risk.word()]
            .iter()
            .any(|shown| shown.to_lowercase().contains(&text))
    }
}

/// The items of plans; `roots` are the folders that sources of each plan are in.
pub fn items(plans: &[&Plan], roots: &[&Path]) -> Vec<Item> {
    let mut all = Vec::new();
    for (at, plan) in plans.iter().enumerate() {
        all.push(stack(plan));
        let root = roots.get(at).copied();
        all.extend(plan.resources.iter().map(|one| change(&plan.stack, one, root)));
    }
    all
}

fn stack(plan: &Plan) -> Item {
    let word = match plan.action {
        StackAction::Create => "create",
        StackAction::Update => "change",
        StackAction::Recreate => "make again",
        StackAction::Delete => "delete",
        StackAction::Nothing => "keep",
    };
    let mut detail = Vec::new();
    for (title, list) in
        [("Parameters", &plan.parameters), ("Outputs", &plan.outputs), ("Tags", &plan.tags), ("Settings", &plan.settings)]
    {
        if !list.is_empty() {
            detail.push(line(Tone::Strong, title));
            detail.extend(list.iter().map(|one| line(Tone::Plain, &format!("  {}", value_change(one)))));
        }
    }
    detail.extend(plan.notes.iter().map(|note| line(Tone::Plain, &format!("note: {note}"))));
    if !plan.drifted.is_empty() {
        detail.push(line(Tone::Danger, &format!("changed outside of CloudFormation: {}", plan.drifted.join(", "))));
    }
    if plan.unchanged > 0 {
        detail.push(line(Tone::Dim, &format!("{} resources stay as they are", plan.unchanged)));
    }
    let environment = plan.environment.as_ref().map_or_else(String::new, |name| format!(", environment {name}"));
    Item {
        stack: printable(&plan.stack),
        action: None,
        word,
        name: printable(&plan.stack),
        about: printable(&format!("{} (account {}{environment})", plan.region, plan.account)),
        place: String::new(),
        risk: plan.risk,
        detail,
    }
}

fn change(stack: &str, one: &Planned, root: Option<&Path>) -> Item {
    let mut detail = Vec::new();
    detail.extend(one.danger.iter().map(|danger| line(Tone::Danger, &format!("danger: {danger}"))));
    detail.extend(one.why.iter().map(|why| line(Tone::Plain, &format!("why: {why}"))));
    detail.extend(one.properties.iter().flat_map(property));
    if !one.dependents.is_empty() {
        detail.push(line(Tone::Plain, &format!("used by: {}", one.dependents.join(", "))));
    }
    if !one.importers.is_empty() {
        detail.push(line(Tone::Danger, &format!("imported by the stacks: {}", one.importers.join(", "))));
    }
    detail.extend(plan_text::interruption(one).map(|text| line(Tone::Plain, &text)));
    detail.extend(one.by_hand.iter().map(|one| line(Tone::Strong, &format!("by hand: {}", one.what))));
    detail.extend(one.physical.iter().map(|name| line(Tone::Dim, &format!("now: {name}"))));
    if let (Some(source), Some(root)) = (&one.source, root) {
        detail.extend(excerpt(source, root));
    }
    if detail.is_empty() {
        detail.push(line(Tone::Dim, "nothing more is known"));
    }
    Item {
        stack: printable(stack),
        action: Some(one.action),
        word: one.action.word(),
        name: printable(&one.id),
        about: printable(&one.ty),
        place: one.source.as_ref().map_or_else(String::new, |source| printable(&format!("{}:{}", source.file, source.line))),
        risk: one.risk,
        detail,
    }
}

fn line(tone: Tone, text: &str) -> Detail {
    // A line end would be a line of its own, a tab as wide as it likes.
    Detail { tone, text: printable(text).replace(['\n', '\r', '\t'], " ") }
}

/// A property with its values, each on its own line where they are long.
fn property(one: &PropertyChange) -> Vec<Detail> {
    let name = one.path.strip_prefix("/Properties/").unwrap_or(one.path.trim_start_matches('/')).replace('/', ".");
    let text = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string);
    match (text(&one.before), text(&one.after), &one.cause) {
        (None, None, Some(cause)) => vec![line(Tone::Strong, &format!("{name}: follows {cause}"))],
        (None, None, None) => vec![line(Tone::Strong, &format!("{name}: changes"))],
        (before, after, _) => {
            let mut lines = vec![line(Tone::Strong, &format!("{name}:"))];
            lines.extend(before.map(|value| line(Tone::Plain, &format!("  - {value}"))));
            lines.extend(after.map(|value| line(Tone::Plain, &format!("  + {value}"))));
            lines
        }
    }
}

fn value_change(one: &ValueChange) -> String {
    match (&one.before, &one.after) {
        (Some(before), Some(after)) => format!("{}: {before} → {after}", one.name),
        (None, Some(after)) => format!("{}: + {after}", one.name),
        (Some(before), None) => format!("{}: {before} → (gone)", one.name),
        (None, None) => one.name.clone(),
    }
}

/// The lines of the source around a place, with their numbers; nothing when the file is not there any more.
fn excerpt(source: &Source, root: &Path) -> Vec<Detail> {
    let Ok(text) = std::fs::read_to_string(root.join(&source.file)) else { return Vec::new() };
    let meant = source.line as usize;
    let first = meant.saturating_sub(AROUND).max(1);
    let mut lines = vec![line(Tone::Dim, &format!("{}:{}", source.file, source.line))];
    for (at, written) in text.lines().enumerate().skip(first - 1).take(meant + AROUND + 1 - first) {
        let (mark, tone) = if at + 1 == meant { ('>', Tone::Strong) } else { (' ', Tone::Dim) };
        lines.push(line(tone, &format!("{mark} {:>4} │ {written}", at + 1)));
    }
    lines
}
