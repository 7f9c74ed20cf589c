//! A plan for people.

use std::fmt::Write as _;

use cloudc_base::render;
use cloudc_deploy::plan::{Action, Plan, Planned, PropertyChange, Risk, StackAction, ValueChange};
use serde_json::Value as Json;

use super::progress::spoken;

/// Characters of a value that are shown; `--json` has all.
const SHOWN: usize = 60;

/// How much is shown.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// With colours.
    pub color: bool,
    /// Every value whole, and every resource that is made with its properties.
    pub detail: bool,
}

/// The plan as text with a line end.
pub fn text(plan: &Plan, style: Style) -> String {
    let mut out = String::new();
    heading(plan, style, &mut out);
    changes(plan, style, &mut out);
    if !plan.drifted.is_empty() {
        let ids = plan.drifted.join(", ");
        let _ = writeln!(out, "  changed outside of CloudFormation: {} (`cloudc drift` shows what)", render::printable(&ids));
    }
    let _ = writeln!(out, "{}", summary(plan, style));
    out
}

/// What is different in a plan since another of the same stack.
pub fn since(plan: &Plan, before: &Plan, style: Style) -> String {
    let name = paint(style.color, "1", &plan.stack);
    // Lines move without anything becoming different.
    let placeless = |one: &Planned| Planned { source: None, ..one.clone() };
    let known: Vec<Planned> = before.resources.iter().map(placeless).collect();
    let fresh = |list: &[ValueChange], known: &[ValueChange]| list.iter().filter(|one| !known.contains(one)).cloned().collect();
    let part = Plan {
        resources: plan.resources.iter().filter(|one| !known.contains(&placeless(one))).cloned().collect(),
        parameters: fresh(&plan.parameters, &before.parameters),
        outputs: fresh(&plan.outputs, &before.outputs),
        tags: fresh(&plan.tags, &before.tags),
        settings: fresh(&plan.settings, &before.settings),
        notes: plan.notes.iter().filter(|note| !before.notes.contains(note)).cloned().collect(),
        ..plan.clone()
    };
    let mut out = String::new();
    changes(&part, style, &mut out);
    for one in &before.resources {
        if plan.resources.iter().all(|now| now.id != one.id) {
            let _ = writeln!(out, "    {}", render::printable(&format!("{}: no longer {}", one.id, one.action.word())));
        }
    }
    let lists = [
        (&before.parameters, &plan.parameters),
        (&before.outputs, &plan.outputs),
        (&before.tags, &plan.tags),
        (&before.settings, &plan.settings),
    ];
    for one in lists.iter().flat_map(|(old, new)| old.iter().filter(|old| new.iter().all(|new| new.name != old.name))) {
        let _ = writeln!(out, "    {}", render::printable(&format!("{}: no longer changes", one.name)));
    }
    match out.is_empty() {
        true => format!("{name}: as before: {}\n", summary(plan, style)),
        false => format!("{name}:\n{out}{}\n", summary(plan, style)),
    }
}

/// Everything between the first and the last line.
fn changes(plan: &Plan, style: Style, out: &mut String) {
    if !plan.is_empty() {
        let widths = (width(plan, |one| &one.id), width(plan, |one| &one.ty));
        for one in &plan.resources {
            resource(one, widths, style, out);
        }
        section("Parameters", &plan.parameters, style, out);
        section("Outputs", &plan.outputs, style, out);
        section("Tags", &plan.tags, style, out);
        section("Settings", &plan.settings, style, out);
    }
    for note in &plan.notes {
        let _ = writeln!(out, "  note: {}", render::printable(note));
    }
}

fn heading(plan: &Plan, style: Style, out: &mut String) {
    let what = match plan.action {
        StackAction::Create => "create",
        StackAction::Update => "change",
        StackAction::Recreate => "make again",
        StackAction::Delete => "delete",
        StackAction::Nothing => "keep",
    };
    let name = paint(style.color, "1", &plan.stack);
    let environment = plan.environment.as_ref().map_or_else(String::new, |name| format!(", environment {name}"));
    let _ = writeln!(out, "{what} {name} in {} (account {}{environment})", plan.region, plan.account);
}

fn width(plan: &Plan, of: impl Fn(&Planned) -> &String) -> usize {
    plan.resources.iter().map(|one| of(one).chars().count()).max().unwrap_or(0).min(48)
}

fn resource(one: &Planned, (ids, types): (usize, usize), style: Style, out: &mut String) {
    let (sign, color) = sign(one.action);
    let place = one.source.as_ref().map_or_else(String::new, |place| format!("  {}:{}", place.file, place.line));
    let risk = if one.risk >= Risk::High { format!("  {}", graded(one.risk, style)) } else { String::new() };
    let sign = paint(style.color, color, sign);
    let word = paint(style.color, color, &format!("{:<11}", one.action.word()));
    let _ = writeln!(
        out,
        "  {sign} {:<ids$}  {:<types$}  {word}{place}{risk}",
        render::printable(&one.id),
        render::printable(&one.ty)
    );
    if let Some(danger) = &one.danger {
        let _ = writeln!(out, "      danger: {danger}");
    }
    for why in &one.why {
        let _ = writeln!(out, "      why: {}", render::printable(why));
    }
    for property in &one.properties {
        let _ = writeln!(out, "      {}", changed(property, style));
    }
    if !one.dependents.is_empty() {
        let _ = writeln!(out, "      used by: {}", render::printable(&shortened(&one.dependents)));
    }
    if !one.importers.is_empty() {
        let _ = writeln!(out, "      imported by the stacks: {}", render::printable(&one.importers.join(", ")));
    }
    if let Some(line) = interruption(one) {
        let _ = writeln!(out, "      {}", render::printable(&line));
    }
    for one in &one.by_hand {
        let _ = writeln!(out, "      by hand: {}", one.what);
    }
}

/// Whether something is away meanwhile, why, and how long it took last time.
pub fn interruption(one: &Planned) -> Option<String> {
    let found = one.interruption.as_ref()?;
    let time = one
        .took
        .map_or_else(String::new, |took| format!(" (took {} last time)", spoken(std::time::Duration::from_secs(took.into()))));
    Some(format!("interruption: {}, {}{time}", found.certainty.word(), found.because))
}

fn shortened(names: &[String]) -> String {
    match names.len() {
        0..=8 => names.join(", "),
        count => format!("{} and {} more", names[..8].join(", "), count - 8),
    }
}

fn changed(property: &PropertyChange, style: Style) -> String {
    let name = property.path.strip_prefix("/Properties/").unwrap_or(property.path.trim_start_matches('/')).replace('/', ".");
    let value = |value: &Option<Json>| value.as_ref().map(|value| shown(value, style));
    let change = match (value(&property.before), value(&property.after), &property.cause) {
        (Some(before), Some(after), _) => format!("{before} → {after}"),
        (None, Some(after), _) => format!("+ {after}"),
        (Some(before), None, _) => format!("{before} → (gone)"),
        (None, None, Some(cause)) => format!("follows {cause}"),
        (None, None, None) => "changes".to_owned(),
    };
    render::printable(&format!("{name}: {change}"))
}

fn shown(value: &Json, style: Style) -> String {
    cut(value.to_string(), style)
}

fn cut(text: String, style: Style) -> String {
    if style.detail || text.chars().count() <= SHOWN {
        return text;
    }
    format!("{}…", text.chars().take(SHOWN - 1).collect::<String>())
}

fn section(title: &str, changes: &[ValueChange], style: Style, out: &mut String) {
    if changes.is_empty() {
        return;
    }
    let _ = writeln!(out, "  {title}:");
    for one in changes {
        let short = |text: &String| cut(text.clone(), style);
        let change = match (&one.before, &one.after) {
            (Some(before), Some(after)) => format!("{} → {}", short(before), short(after)),
            (None, Some(after)) => format!("+ {}", short(after)),
            (Some(before), None) => format!("{} → (gone)", short(before)),
            (None, None) => continue,
        };
        let _ = writeln!(out, "    {}", render::printable(&format!("{}: {change}", one.name)));
    }
}

/// `2 to create, 1 to replace, 5 unchanged · risk: high`.
pub fn summary(plan: &Plan, style: Style) -> String {
    if plan.is_empty() {
        return "no changes".to_owned();
    }
    let mut parts: Vec<String> = plan.counts().iter().map(|(action, count)| counted(*action, *count)).collect();
    if parts.is_empty() {
        parts.push("no resource changes".to_owned());
    }
    if plan.unchanged > 0 {
        parts.push(format!("{} unchanged", plan.unchanged));
    }
    let guess = if plan.exact { "" } else { " · worked out without asking CloudFormation" };
    format!("{} · risk: {}{guess}", parts.join(", "), graded(plan.risk, style))
}

fn counted(action: Action, count: usize) -> String {
    match action {
        Action::MayReplace => format!("{count} may be replaced"),
        _ => format!("{count} to {}", action.word()),
    }
}

fn graded(risk: Risk, style: Style) -> String {
    let color = match risk {
        Risk::Low => "32",
        Risk::Medium => "33",
        Risk::High => "31",
        Risk::Critical => "1;31",
    };
    paint(style.color, color, risk.word())
}

fn sign(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::Create => ("+", "32"),
        Action::Import => ("<", "36"),
        Action::Update => ("~", "33"),
        Action::MayReplace => ("?", "33"),
        Action::Replace => ("±", "31"),
        Action::Release => (">", "36"),
        Action::Delete => ("-", "31"),
    }
}

fn paint(color: bool, code: &str, text: &str) -> String {
    if color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}
