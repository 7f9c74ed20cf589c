//! A plan for people.

use std::fmt::Write as _;

use cloudc_base::render;
use cloudc_deploy::plan::{Action, Plan, Planned, PropertyChange, Risk, StackAction, ValueChange};
use serde_json::Value as Json;

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
    if !plan.is_empty() {
        let widths = (width(plan, |one| &one.id), width(plan, |one| &one.ty));
        for one in &plan.resources {
            resource(one, widths, style, &mut out);
        }
        section("Parameters", &plan.parameters, style, &mut out);
        section("Outputs", &plan.outputs, style, &mut out);
        section("Tags", &plan.tags, style, &mut out);
        section("Settings", &plan.settings, style, &mut out);
    }
    for note in &plan.notes {
        let _ = writeln!(out, "  note: {}", render::printable(note));
    }
    if !plan.drifted.is_empty() {
        let ids = plan.drifted.join(", ");
        let _ = writeln!(out, "  changed outside of CloudFormation: {} (`cloudc drift` shows what)", render::printable(&ids));
    }
    let _ = writeln!(out, "{}", summary(plan, style));
    out
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
