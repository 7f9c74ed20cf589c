//! A review on the screen.
//!
//! Always: without colours everything that matters can still be read, because signs and words say it too.

use cloudc_deploy::plan::{Action, Risk};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph, Wrap};

use super::items::{Item, Tone};
use super::state::{Filter, INDENT, Mode, Review, Row};

/// Keys and what they do.
const KEYS: [(&str, &str); 12] = [
    ("↑ ↓  k j", "move, and through what is long"),
    ("→ ←  l h", "show and hide everything about a change; Enter both"),
    ("PgUp PgDn  g G", "by screens, to the ends"),
    ("n p", "to the next, the previous dangerous change"),
    ("space", "mark a change as reviewed, or not"),
    ("/", "look for a text in names, types, places, risks"),
    ("f", "list by risk, by what is done, everything"),
    ("Esc", "list everything again"),
    ("x", "leave a change out"),
    ("y", "agree, once every dangerous change is marked"),
    ("q  Ctrl-C", "do not agree"),
    ("?", "this"),
];

/// Draws everything. `title` is the first line.
pub fn draw(frame: &mut Frame<'_>, review: &mut Review, title: &str, color: bool) {
    let paint = Paint { color };
    let message = bottom(review, paint);
    let (needed, width) = (message.width(), usize::from(frame.area().width.max(1)));
    // Words that do not fit move whole, which may take a line more.
    let lines = if needed <= width { 1 } else { u16::try_from(needed / width + 2).unwrap_or(4).min(4) };
    let layout = Layout::vertical([Constraint::Length(1), Constraint::Min(1), Constraint::Length(lines), Constraint::Length(1)]);
    let [head, list, said, keys] = layout.areas(frame.area());
    review.resize(list.width.into(), list.height.into());
    frame.render_widget(Paragraph::new(Line::styled(title, paint.bold())), head);
    frame.render_widget(Paragraph::new(listed(review, list, paint)), list);
    frame.render_widget(Paragraph::new(message).wrap(Wrap { trim: true }), said);
    let hints = "↑↓ move  → details  space reviewed  n/p dangerous  / search  f filter  y agree  q no  ? help";
    frame.render_widget(Paragraph::new(Line::styled(hints, paint.dim())), keys);
    if *review.mode() == Mode::Help {
        help(frame, paint);
    }
}

/// Styles, where there are colours.
#[derive(Debug, Clone, Copy)]
struct Paint {
    color: bool,
}

impl Paint {
    fn of(self, color: Color) -> Style {
        if self.color { Style::new().fg(color) } else { Style::new() }
    }

    fn bold(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    fn dim(self) -> Style {
        if self.color { Style::new().add_modifier(Modifier::DIM) } else { Style::new() }
    }

    fn tone(self, tone: Tone) -> Style {
        match tone {
            Tone::Plain => Style::new(),
            Tone::Strong => self.bold(),
            Tone::Danger => self.of(Color::Red),
            Tone::Dim => self.dim(),
        }
    }

    fn risk(self, risk: Risk) -> Style {
        match risk {
            Risk::Low => self.of(Color::Green),
            Risk::Medium => self.of(Color::Yellow),
            Risk::High => self.of(Color::Red),
            Risk::Critical => self.of(Color::Red).add_modifier(Modifier::BOLD),
        }
    }
}

fn listed(review: &Review, area: Rect, paint: Paint) -> Vec<Line<'static>> {
    let rows = review.rows();
    if rows.is_empty() {
        return vec![Line::styled("  nothing is listed; Esc lists everything", paint.dim())];
    }
    let items = || rows.iter().filter(|row| row.detail.is_none()).filter_map(|row| review.item(row.at));
    let widest = |of: fn(&Item) -> &String| {
        items().filter(|item| item.action.is_some()).map(|item| Span::raw(of(item).as_str()).width()).max().unwrap_or(0).min(48)
    };
    let widths = (widest(|item| &item.name), widest(|item| &item.about));
    let visible = rows.iter().skip(review.top()).take(area.height.into());
    visible.filter_map(|row| drawn(review, row, widths, paint)).collect()
}

fn drawn(review: &Review, row: &Row, widths: (usize, usize), paint: Paint) -> Option<Line<'static>> {
    if let Some(detail) = &row.detail {
        return Some(Line::styled(format!("{:INDENT$}{}", "", detail.text), paint.tone(detail.tone)));
    }
    let item = review.item(row.at)?;
    let (seen, chosen, open) = review.marks(row.at);
    let arrow = if open { '▾' } else { '▸' };
    let line = match item.action {
        None => Line::from(vec![
            Span::raw(format!("{arrow} ")),
            Span::raw(format!("{} ", item.word)),
            Span::styled(item.name.clone(), paint.bold()),
            Span::raw(format!(" in {}", item.about)),
        ]),
        Some(action) => {
            let (sign, color) = sign(action);
            let mark = if seen { "✓" } else { " " };
            Line::from(vec![
                Span::styled(format!("{mark} "), paint.of(Color::Green)),
                Span::raw(format!("{arrow} ")),
                Span::styled(format!("{sign} "), paint.of(color)),
                Span::styled(padded(&item.name, widths.0), paint.bold()),
                Span::raw(format!("  {}  ", padded(&item.about, widths.1))),
                Span::styled(format!("{:<11}  ", item.word), paint.of(color)),
                Span::styled(format!("{:<8}  ", item.risk.word()), paint.risk(item.risk)),
                Span::styled(item.place.clone(), paint.dim()),
            ])
        }
    };
    Some(if chosen { line.patch_style(Style::new().add_modifier(Modifier::REVERSED)) } else { line })
}

fn padded(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(Span::raw(text).width());
    format!("{text}{:missing$}", "")
}

/// What is said, or typed, below the list.
fn bottom(review: &Review, paint: Paint) -> Line<'static> {
    match review.mode() {
        Mode::Search => Line::from(vec![Span::raw("/"), Span::styled(review.search().to_owned(), paint.bold()), Span::raw("▏")]),
        Mode::Confirm(typed) => Line::from(vec![
            Span::styled(
                format!("this can destroy data in `{}`; type the stack's name to go on: ", review.to_confirm()),
                paint.of(Color::Red),
            ),
            Span::styled(typed.clone(), paint.bold()),
            Span::raw("▏"),
        ]),
        _ if !review.message().is_empty() => Line::styled(review.message().to_owned(), paint.of(Color::Yellow)),
        _ => {
            let (seen, all) = review.reviewed();
            let mut parts = Vec::new();
            if all > 0 {
                parts.push(format!("{seen} of {all} dangerous changes reviewed"));
            }
            if review.filter() != Filter::All {
                parts.push(review.filter().words());
            }
            if !review.search().is_empty() {
                parts.push(format!("with `{}`", review.search()));
            }
            Line::raw(parts.join(" · "))
        }
    }
}

fn help(frame: &mut Frame<'_>, paint: Paint) {
    let whole = frame.area();
    let (width, height) = (74.min(whole.width), (KEYS.len() as u16 + 2).min(whole.height));
    let area = Rect::new((whole.width - width) / 2, (whole.height - height) / 2, width, height);
    let line = |(key, does): &(&str, &str)| {
        Line::from(vec![Span::styled(padded(&format!(" {key}"), 17), paint.bold()), Span::raw((*does).to_owned())])
    };
    let lines: Vec<Line<'_>> = KEYS.iter().map(line).collect();
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(" keys; any goes on ")), area);
}

fn sign(action: Action) -> (&'static str, Color) {
    match action {
        Action::Create => ("+", Color::Green),
        Action::Import => ("<", Color::Cyan),
        Action::Update => ("~", Color::Yellow),
        Action::MayReplace => ("?", Color::Yellow),
        Action::Replace => ("±", Color::Red),
        Action::Release => (">", Color::Cyan),
        Action::Delete => ("-", Color::Red),
    }
}
