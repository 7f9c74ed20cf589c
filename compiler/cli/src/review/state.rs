//! A review as a machine: what is on the screen, and what each key does to it.
//!
//! In: items, keys, the size of the list. Out: a [`Verdict`]. Always: pure; nobody can agree before every dangerous change is marked as
//! reviewed, also those that a filter hides, and before the names of stacks whose data may be lost are typed.

use cloudc_deploy::plan::{Action, Risk};
use ratatui::text::Span;

use super::items::{Detail, Item};

/// Columns before a detail.
pub const INDENT: usize = 6;

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character, the space too.
    Char(char),
    /// ↑
    Up,
    /// ↓
    Down,
    /// ←
    Left,
    /// →
    Right,
    /// A screen up.
    PageUp,
    /// A screen down.
    PageDown,
    /// To the first.
    Home,
    /// To the last.
    End,
    /// Enter.
    Enter,
    /// Escape.
    Escape,
    /// Backspace, or delete.
    Erase,
    /// Ctrl-C.
    Interrupt,
}

/// How a review ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// With yes.
    Agreed,
    /// With no.
    Refused,
}

/// Which changes are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// All.
    All,
    /// Those at least this dangerous.
    Risk(Risk),
    /// Those of one kind.
    Action(Action),
}

impl Filter {
    fn holds(self, item: &Item) -> bool {
        match self {
            Filter::All => true,
            Filter::Risk(least) => item.action.is_some() && item.risk >= least,
            Filter::Action(action) => item.action == Some(action),
        }
    }

    /// For people.
    pub fn words(self) -> String {
        match self {
            Filter::All => "everything".to_owned(),
            Filter::Risk(Risk::Critical) => "risk: critical".to_owned(),
            Filter::Risk(least) => format!("risk: {} or more", least.word()),
            Filter::Action(action) => format!("only: {}", action.word()),
        }
    }
}

/// What keys mean just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Moving through the list.
    List,
    /// Typing what is looked for.
    Search,
    /// Reading the keys.
    Help,
    /// Typing the name of a stack.
    Confirm(String),
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which item it is of, among those that are shown.
    pub at: usize,
    /// A line of its detail; the item itself otherwise.
    pub detail: Option<Detail>,
}

/// A review under way.
#[derive(Debug, Clone)]
pub struct Review {
    items: Vec<Item>,
    open: Vec<bool>,
    seen: Vec<bool>,
    /// Items that the filter and the search leave.
    shown: Vec<usize>,
    /// Which of them is chosen.
    at: usize,
    /// The first line on the screen.
    top: usize,
    size: (usize, usize),
    filter: Filter,
    search: String,
    mode: Mode,
    message: String,
    /// Stacks whose names have to be typed.
    confirm: Vec<String>,
}

impl Review {
    /// Of these items; the names of the stacks `confirm` have to be typed at the end.
    pub fn new(items: Vec<Item>, confirm: Vec<String>) -> Review {
        let (open, seen, shown) = (vec![false; items.len()], vec![false; items.len()], (0..items.len()).collect());
        Review {
            items,
            open,
            seen,
            shown,
            at: 0,
            top: 0,
            size: (80, 20),
            filter: Filter::All,
            search: String::new(),
            mode: Mode::List,
            message: String::new(),
            confirm,
        }
    }

    /// The list is this wide and high now.
    pub fn resize(&mut self, width: usize, height: usize) {
        if self.size != (width, height) {
            self.size = (width.max(INDENT + 10), height.max(1));
            self.follow();
        }
    }

    /// What keys mean now.
    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// What is to be said.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What is looked for.
    pub fn search(&self) -> &str {
        &self.search
    }

    /// What is listed.
    pub fn filter(&self) -> Filter {
        self.filter
    }

    /// The first line on the screen.
    pub fn top(&self) -> usize {
        self.top
    }

    /// The stack whose name is to be typed.
    pub fn to_confirm(&self) -> &str {
        self.confirm.first().map_or("", String::as_str)
    }

    /// The item at a place of the list.
    pub fn item(&self, at: usize) -> Option<&Item> {
        self.shown.get(at).and_then(|index| self.items.get(*index))
    }

    /// Whether the item at a place of the list was marked, and whether it is chosen and open.
    pub fn marks(&self, at: usize) -> (bool, bool, bool) {
        let of = |list: &[bool]| self.shown.get(at).and_then(|index| list.get(*index)).copied().unwrap_or(false);
        (of(&self.seen), at == self.at, of(&self.open))
    }

    /// How many of the dangerous changes were marked, and how many there are.
    pub fn reviewed(&self) -> (usize, usize) {
        let dangerous = || self.items.iter().zip(&self.seen).filter(|(item, _)| item.is_dangerous());
        (dangerous().filter(|(_, seen)| **seen).count(), dangerous().count())
    }

    /// Every line of the list.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for (at, index) in self.shown.iter().enumerate() {
            rows.push(Row { at, detail: None });
            if self.open.get(*index).copied().unwrap_or(false)
                && let Some(item) = self.items.get(*index)
            {
                let width = self.size.0.saturating_sub(INDENT);
                let lines = item.detail.iter().flat_map(|detail| wrapped(detail, width));
                rows.extend(lines.map(|detail| Row { at, detail: Some(detail) }));
            }
        }
        rows
    }

    /// Does what a key means. Gives how the review ended, if it did.
    pub fn press(&mut self, key: Key) -> Option<Verdict> {
        self.message.clear();
        if key == Key::Interrupt {
            return Some(Verdict::Refused);
        }
        match std::mem::replace(&mut self.mode, Mode::List) {
            Mode::List => self.list(key),
            Mode::Search => {
                self.searching(key);
                None
            }
            Mode::Help => None,
            Mode::Confirm(typed) => self.confirming(key, typed),
        }
    }

    fn list(&mut self, key: Key) -> Option<Verdict> {
        match key {
            Key::Up | Key::Char('k') => self.up(),
            Key::Down | Key::Char('j') => self.down(),
            Key::PageUp => (1..self.size.1).for_each(|_| self.up()),
            Key::PageDown => (1..self.size.1).for_each(|_| self.down()),
            Key::Home | Key::Char('g') => self.choose(0),
            Key::End | Key::Char('G') => self.choose(self.shown.len().saturating_sub(1)),
            Key::Enter => self.set_open(None),
            Key::Right | Key::Char('l') => self.set_open(Some(true)),
            Key::Left | Key::Char('h') => self.set_open(Some(false)),
            Key::Char(' ') => self.mark(),
            Key::Char('n') => self.dangerous(true),
            Key::Char('p') => self.dangerous(false),
            Key::Char('/') => self.mode = Mode::Search,
            Key::Char('f') => self.next_filter(),
            Key::Escape => {
                (self.filter, self.search) = (Filter::All, String::new());
                self.narrow();
            }
            Key::Char('?') => self.mode = Mode::Help,
            Key::Char('x') | Key::Erase => self.leave_out(),
            Key::Char('y') => return self.agree(),
            Key::Char('q') => return Some(Verdict::Refused),
            Key::Char(_) | Key::Interrupt => "? shows the keys".clone_into(&mut self.message),
        }
        None
    }

    fn searching(&mut self, key: Key) {
        match key {
            Key::Enter => return,
            Key::Escape => self.search.clear(),
            Key::Erase => {
                self.search.pop();
                self.mode = Mode::Search;
            }
            Key::Char(letter) => {
                self.search.push(letter);
                self.mode = Mode::Search;
            }
            _ => self.mode = Mode::Search,
        }
        self.narrow();
    }

    fn confirming(&mut self, key: Key, mut typed: String) -> Option<Verdict> {
        match key {
            Key::Escape => return None,
            Key::Char(letter) => typed.push(letter),
            Key::Erase => {
                typed.pop();
            }
            Key::Enter if typed.trim() == self.to_confirm() => {
                self.confirm.remove(0);
                if self.confirm.is_empty() {
                    return Some(Verdict::Agreed);
                }
                typed.clear();
            }
            Key::Enter => {
                self.message = format!("`{}` is not the name: nothing was agreed to", typed.trim());
                return None;
            }
            _ => {}
        }
        self.mode = Mode::Confirm(typed);
        None
    }

    /// The lines of the chosen item, from and up to.
    fn span(&self, rows: &[Row]) -> (usize, usize) {
        let start = rows.iter().position(|row| row.at == self.at).unwrap_or(0);
        let length = rows.iter().skip(start).take_while(|row| row.at == self.at).count();
        (start, start + length)
    }

    /// What is long is read to its end before the next is chosen.
    fn down(&mut self) {
        let rows = self.rows();
        let (_, end) = self.span(&rows);
        if end > self.top + self.size.1 {
            self.top += 1;
        } else if self.at + 1 < self.shown.len() {
            self.at += 1;
            let (start, end) = self.span(&rows);
            // All of it, else its beginning.
            self.top = self.top.max(end.saturating_sub(self.size.1)).min(start);
        }
    }

    fn up(&mut self) {
        let rows = self.rows();
        let (start, _) = self.span(&rows);
        if start < self.top {
            self.top -= 1;
        } else if self.at > 0 {
            self.at -= 1;
            let (start, end) = self.span(&rows);
            self.top = self.top.min(start.max(end.saturating_sub(self.size.1)));
        }
    }

    fn choose(&mut self, at: usize) {
        self.at = at;
        self.follow();
    }

    /// Brings the chosen item onto the screen, its first line at least.
    fn follow(&mut self) {
        let rows = self.rows();
        let (start, end) = self.span(&rows);
        let last = rows.len().saturating_sub(self.size.1);
        self.top = self.top.max(end.saturating_sub(self.size.1)).min(start).min(last);
    }

    fn set_open(&mut self, wanted: Option<bool>) {
        if let Some(open) = self.shown.get(self.at).and_then(|index| self.open.get_mut(*index)) {
            *open = wanted.unwrap_or(!*open);
        }
        self.follow();
    }

    fn mark(&mut self) {
        let Some(index) = self.shown.get(self.at).copied() else { return };
        if self.items.get(index).is_none_or(|item| item.action.is_none()) {
            "what is in a stack is reviewed change by change".clone_into(&mut self.message);
        } else if let Some(seen) = self.seen.get_mut(index) {
            *seen = !*seen;
        }
    }

    /// To the next dangerous change, or the one before, round about.
    fn dangerous(&mut self, forward: bool) {
        let count = self.shown.len();
        let place = |step: usize| if forward { (self.at + step) % count } else { (self.at + count - step) % count };
        let found = (1..=count).map(place).find(|at| self.item(*at).is_some_and(Item::is_dangerous));
        match found {
            Some(at) => self.choose(at),
            None => "nothing here is of high or critical risk".clone_into(&mut self.message),
        }
    }

    /// Filters that leave something, in turn.
    fn next_filter(&mut self) {
        let risks = [Risk::Medium, Risk::High, Risk::Critical].map(Filter::Risk);
        let mut actions: Vec<Action> = self.items.iter().filter_map(|item| item.action).collect();
        actions.sort();
        actions.dedup();
        let mut all = vec![Filter::All];
        all.extend(risks.into_iter().chain(actions.into_iter().map(Filter::Action)));
        all.retain(|filter| self.items.iter().any(|item| filter.holds(item)));
        let now = all.iter().position(|filter| *filter == self.filter).unwrap_or(0);
        self.filter = all.get((now + 1) % all.len().max(1)).copied().unwrap_or(Filter::All);
        self.narrow();
    }

    /// Lists what the filter and the search leave; what was chosen stays chosen if it is among them.
    fn narrow(&mut self) {
        let chosen = self.shown.get(self.at).copied();
        let left = |(_, item): &(usize, &Item)| self.filter.holds(item) && item.matches(&self.search);
        self.shown = self.items.iter().enumerate().filter(left).map(|(index, _)| index).collect();
        let at = self.shown.iter().position(|index| Some(*index) >= chosen).unwrap_or(self.shown.len().saturating_sub(1));
        self.choose(at);
    }

    fn leave_out(&mut self) {
        let name = self.item(self.at).filter(|item| item.action.is_some()).map(|item| item.name.clone());
        let what = name.map_or_else(|| "a part".to_owned(), |name| format!("`{name}`"));
        self.message = format!(
            "CloudFormation executes all of a stack's changes or none: to leave {what} out answer no, then take it out of the program, \
             keep it with @retain, or choose stacks with --target"
        );
    }

    fn agree(&mut self) -> Option<Verdict> {
        let unseen = |index: &usize| {
            self.items.get(*index).is_some_and(Item::is_dangerous) && !self.seen.get(*index).copied().unwrap_or(false)
        };
        let count = (0..self.items.len()).filter(unseen).count();
        if count > 0 {
            let (changes, them) = if count == 1 { ("change", "it") } else { ("changes", "each") };
            self.message =
                format!("{count} {changes} of high or critical risk not reviewed yet: n goes there, space marks {them}");
            return None;
        }
        if self.confirm.is_empty() {
            return Some(Verdict::Agreed);
        }
        self.mode = Mode::Confirm(String::new());
        None
    }
}

/// A detail in lines of at most `width` columns; what goes on is moved in.
fn wrapped(detail: &Detail, width: usize) -> Vec<Detail> {
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    for letter in detail.text.chars() {
        let wide = Span::raw(letter.to_string()).width();
        if used + wide > width.max(4) {
            lines.push(std::mem::replace(&mut line, "  ".to_owned()));
            used = 2;
        }
        line.push(letter);
        used += wide;
    }
    lines.push(line);
    lines.into_iter().map(|text| Detail { tone: detail.tone, text }).collect()
}
