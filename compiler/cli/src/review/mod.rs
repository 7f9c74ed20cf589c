//! The interactive review of plans: a full screen with every change, where each dangerous one has to be looked at before agreeing.
//!
//! [`items`] says what is listed, [`state`] what keys do, [`draw`] how it looks, and here is the terminal. Always: the terminal is as it was
//! afterwards, also after a panic and when the process is told to end.

mod draw;
mod items;
mod state;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{Stderr, stderr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cloudc_deploy::plan::{Action, Plan, Risk};
use cloudc_deploy::{Error, codes};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::crossterm::{cursor, execute, terminal};

use state::{Key, Review, Verdict};

/// How often it is looked whether the process was told to end.
const TICK: Duration = Duration::from_millis(200);

/// What is reviewed.
pub struct Subject<'a> {
    /// The plans.
    pub plans: &'a [&'a Plan],
    /// The folders that the sources of each plan are in.
    pub roots: &'a [&'a Path],
    /// The first line.
    pub title: String,
    /// Stacks whose names have to be typed.
    pub confirm: Vec<String>,
    /// With colours.
    pub color: bool,
}

/// Shows it until somebody agrees or does not.
pub fn review(subject: Subject<'_>) -> Result<bool, Error> {
    let failed = |error: std::io::Error| {
        Error::new(codes::NO_TERMINAL, format!("the review cannot be shown: {error}"))
            .help("deploy without it: `[d]etails` prints everything")
    };
    let mut review = Review::new(items::items(subject.plans, subject.roots), subject.confirm);
    let ended = Ended::listen();
    let mut screen = Screen::open().map_err(failed)?;
    loop {
        let frame = |frame: &mut ratatui::Frame<'_>| draw::draw(frame, &mut review, &subject.title, subject.color);
        screen.terminal.draw(frame).map_err(failed)?;
        while !event::poll(TICK).map_err(failed)? {
            if ended.is_told() {
                return Ok(false);
            }
        }
        if let Event::Key(pressed) = event::read().map_err(failed)?
            && let Some(verdict) = key(pressed).and_then(|key| review.press(key))
        {
            return Ok(verdict == Verdict::Agreed);
        }
    }
}

/// There is nobody to review.
pub fn no_terminal() -> Error {
    Error::new(codes::NO_TERMINAL, "a review needs a terminal")
        .help("`cloudc plan --detail` prints the same; `--yes` agrees where nobody can be asked")
}

/// What is done to how much, and how dangerous that is.
pub fn title(verb: &str, plans: &[&Plan]) -> String {
    let stacks = if plans.len() == 1 { "1 stack".to_owned() } else { format!("{} stacks", plans.len()) };
    let mut counts: BTreeMap<Action, usize> = BTreeMap::new();
    for (action, count) in plans.iter().flat_map(|plan| plan.counts()) {
        *counts.entry(action).or_default() += count;
    }
    let counts: Vec<String> = counts.iter().map(|(action, count)| format!("{count} to {}", action.word())).collect();
    let risk = plans.iter().map(|plan| plan.risk).max().unwrap_or(Risk::Low).word();
    format!("{verb} {stacks}: {} · risk: {risk}", counts.join(", "))
}

/// The key that was pressed, if it is one of ours.
fn key(pressed: KeyEvent) -> Option<Key> {
    // Some terminals tell when a key is let go.
    if pressed.kind == KeyEventKind::Release {
        return None;
    }
    let control = pressed.modifiers.contains(KeyModifiers::CONTROL);
    Some(match pressed.code {
        KeyCode::Char('c') if control => Key::Interrupt,
        KeyCode::Char(letter) if !control => Key::Char(letter),
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Backspace | KeyCode::Delete => Key::Erase,
        _ => return None,
    })
}

/// What a panic would be told with.
type Hook = Box<dyn Fn(&std::panic::PanicHookInfo<'_>) + Sync + Send + 'static>;

/// A terminal that shows the review. It is on standard error, as every question: standard output is for results.
struct Screen {
    terminal: Terminal<CrosstermBackend<Stderr>>,
}

impl Screen {
    fn open() -> std::io::Result<Screen> {
        let usual: Arc<Hook> = Arc::new(std::panic::take_hook());
        std::panic::set_hook(Box::new(move |about| {
            // What is printed on the other screen is gone with it.
            close();
            usual(about);
        }));
        terminal::enable_raw_mode()?;
        let opened = execute!(stderr(), terminal::EnterAlternateScreen, cursor::Hide)
            .and_then(|()| Terminal::new(CrosstermBackend::new(stderr())));
        opened.map(|terminal| Screen { terminal }).inspect_err(|_| close())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        close();
    }
}

/// Makes the terminal what it was. Doing it twice does no harm.
fn close() {
    // Where this fails there is no terminal any more.
    let _ = execute!(stderr(), terminal::LeaveAlternateScreen, cursor::Show);
    let _ = terminal::disable_raw_mode();
}

/// Whether the process was told to end.
struct Ended {
    told: Arc<AtomicBool>,
    task: Option<tokio::task::JoinHandle<()>>,
}

impl Ended {
    fn listen() -> Ended {
        let told: Arc<AtomicBool> = Arc::default();
        let tell = told.clone();
        let task = tokio::runtime::Handle::try_current().ok().map(|runtime| {
            runtime.spawn(async move {
                // Ctrl-C is a key here, and none of this.
                while crate::aws::local::interrupt().await.is_ok() {
                    tell.store(true, Ordering::Relaxed);
                }
            })
        });
        Ended { told, task }
    }

    fn is_told(&self) -> bool {
        self.told.load(Ordering::Relaxed)
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}
