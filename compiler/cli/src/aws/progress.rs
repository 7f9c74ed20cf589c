//! What goes on during a deployment, on the screen.
//!
//! On a terminal one line for each resource that is under way, with its time; elsewhere a line for each that is done. With `--json` one
//! object a line on standard output. Always: what came from AWS is made printable.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cloudc_base::render;
use cloudc_deploy::aws::Event;
use cloudc_deploy::run::{News, Watcher};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::Global;
use crate::output;

/// How it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Live,
    Plain,
    Json,
    Quiet,
}

/// Since when a resource is under way, and its line.
type Active = (Instant, Option<ProgressBar>);

/// A stack, as it is spoken of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// What tells it from the others of the run: its name, with region and environment where the name does not.
    pub label: String,
    /// Its name.
    pub stack: String,
    /// Where it is.
    pub region: Option<String>,
    /// The environment.
    pub environment: Option<String>,
}

impl Who {
    /// The beginning of an event, for machines.
    pub fn json(&self, event: &str) -> serde_json::Value {
        let mut line = serde_json::json!({ "stack": self.stack, "event": event });
        for (name, value) in [("region", &self.region), ("environment", &self.environment)] {
            if let Some(value) = value {
                line[name] = value.as_str().into();
            }
        }
        line
    }

    /// These stacks, each with a label of its own: name, region, environment.
    pub fn all<'a>(stacks: impl Iterator<Item = (&'a str, Option<&'a str>, Option<&'a str>)>) -> Vec<Who> {
        let stacks: Vec<_> = stacks.collect();
        let label = |&(name, region, environment): &(&str, Option<&str>, Option<&str>)| {
            let same: Vec<_> = stacks.iter().filter(|other| other.0 == name).collect();
            let regions = same.iter().any(|other| other.1 != region);
            let environments = same.iter().any(|other| other.2 != environment);
            let parts = [environment.filter(|_| environments), region.filter(|_| regions), Some(name)];
            Who {
                label: parts.into_iter().flatten().collect::<Vec<_>>().join("/"),
                stack: name.to_owned(),
                region: region.map(str::to_owned),
                environment: environment.map(str::to_owned),
            }
        };
        stacks.iter().map(label).collect()
    }
}

/// What is told of one stack.
#[derive(Clone)]
pub struct Voice {
    progress: Arc<Progress>,
    /// Which.
    pub who: Who,
}

impl Voice {
    /// For a stack.
    pub fn new(progress: &Arc<Progress>, who: Who) -> Self {
        Voice { progress: progress.clone(), who }
    }

    /// A line about the stack.
    pub fn say(&self, text: &str) {
        self.progress.say(&self.who.label, text);
    }

    /// Removes the lines of what is under way.
    pub fn clear(&self) {
        self.progress.clear();
    }

    /// Where it is shown, with the others.
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }
}

impl Watcher for Voice {
    // The label says more than the name.
    fn tell(&self, _: &str, news: News<'_>) {
        self.progress.tell(&self.who, news);
    }
}

/// Shows what goes on, of one stack or of several at once.
pub struct Progress {
    form: Form,
    color: bool,
    /// Whether lines have to say which stack they are about.
    several: bool,
    bars: MultiProgress,
    /// Resources under way: since when, and their line.
    active: Mutex<BTreeMap<(String, String), Active>>,
    /// How long they took last time.
    took: Mutex<BTreeMap<(String, String), u32>>,
    /// Lines that wait until a question is answered.
    hushed: Mutex<Option<Vec<String>>>,
}

impl Progress {
    /// For a number of stacks.
    pub fn new(stacks: usize, json: bool, global: &Global) -> Self {
        let form = match () {
            () if json => Form::Json,
            () if global.quiet => Form::Quiet,
            () if std::io::stderr().is_terminal() && std::env::var_os("CI").is_none() => Form::Live,
            () => Form::Plain,
        };
        let color = output::color_on_stderr(global.color);
        Progress {
            form,
            color,
            several: stacks > 1,
            bars: MultiProgress::new(),
            active: Mutex::default(),
            took: Mutex::default(),
            hushed: Mutex::default(),
        }
    }

    /// Keeps still while somebody is asked something, so that the question stays where it is. What is said meanwhile follows.
    pub fn hush(&self, hush: bool) {
        let mut hushed = self.hushed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if hush {
            hushed.get_or_insert_default();
            let _ = self.bars.clear();
            self.bars.set_draw_target(ProgressDrawTarget::hidden());
            return;
        }
        let waiting = hushed.take().unwrap_or_default();
        drop(hushed);
        self.bars.set_draw_target(ProgressDrawTarget::stderr());
        waiting.iter().for_each(|text| self.line(text));
    }

    /// A line about a stack.
    fn say(&self, stack: &str, text: &str) {
        if matches!(self.form, Form::Quiet | Form::Json) {
            return;
        }
        let prefix = if self.several { format!("{stack}: ") } else { String::new() };
        self.line(&format!("{prefix}{text}"));
    }

    fn line(&self, text: &str) {
        let text = text.to_owned();
        if let Some(waiting) = self.hushed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).as_mut() {
            return waiting.push(text);
        }
        match self.form {
            // Bars are taken away for a moment, so that the line does not run through them.
            Form::Live => self.bars.suspend(|| output::line(&text)),
            Form::Plain => output::line(&text),
            Form::Json | Form::Quiet => {}
        }
    }

    /// Removes the lines of what is under way.
    pub fn clear(&self) {
        self.active.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
        let _ = self.bars.clear();
    }

    fn json(&self, who: &Who, kind: &str, rest: serde_json::Value) {
        let mut line = who.json(kind);
        if let (Some(line), Some(rest)) = (line.as_object_mut(), rest.as_object()) {
            line.extend(rest.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        // Nobody reading any more does not stop a deployment.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }

    fn event(&self, stack: &str, event: &Event) {
        if event.is_of_stack() {
            if event.status.failed() || event.status.rolled_back() && event.status.in_progress() {
                let reason = event.reason.as_deref().map_or_else(String::new, |reason| format!(": {reason}"));
                self.say(stack, &self.paint("31", &render::printable(&format!("{}{reason}", event.status))));
            }
            return;
        }
        let key = (stack.to_owned(), event.logical.clone());
        let mut active = self.active.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if event.status.in_progress() {
            let last = self.took.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&key).copied();
            let last = last.map_or_else(String::new, |last| format!(" (took {} last time)", seconds(last)));
            let words = render::printable(&format!("{}  {}  {}{last}", event.logical, event.ty, doing(event)));
            let words = if self.several { format!("{stack}: {words}") } else { words };
            match active.get(&key) {
                Some((_, bar)) => {
                    if let Some(bar) = bar {
                        bar.set_message(words);
                    }
                }
                None => {
                    let bar = (self.form == Form::Live).then(|| self.bar(words));
                    active.insert(key, (Instant::now(), bar));
                }
            }
            return;
        }
        let took = active.remove(&key).map(|(since, bar)| {
            if let Some(bar) = bar {
                bar.finish_and_clear();
            }
            since.elapsed()
        });
        drop(active);
        let took = took.filter(|took| took.as_secs() > 0).map_or_else(String::new, |took| format!("  {}", spoken(took)));
        let (mark, color) = if event.status.failed() { ("✗", "31") } else { ("✓", "32") };
        let reason = match &event.reason {
            Some(reason) if event.status.failed() => format!(": {reason}"),
            _ => String::new(),
        };
        let words = render::printable(&format!("{}  {}  {}{took}{reason}", event.logical, event.ty, done(event)));
        self.say(stack, &format!("  {} {words}", self.paint(color, mark)));
    }

    fn bar(&self, words: String) -> ProgressBar {
        let bar = self.bars.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {wide_msg} {elapsed:>5}") {
            bar.set_style(style);
        }
        bar.set_message(words);
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn tell(&self, who: &Who, news: News<'_>) {
        let stack = who.label.as_str();
        if self.form == Form::Json {
            return match news {
                News::Attached(found) => self.json(who, "attached", serde_json::json!({ "status": found.status })),
                News::Clearing(found) => self.json(who, "clearing", serde_json::json!({ "status": found.status })),
                News::Continuing(found) => self.json(who, "continuing", serde_json::json!({ "status": found.status })),
                News::Uploaded(sent) => self.json(who, "uploaded", serde_json::json!({ "new": sent.sent, "there": sent.there })),
                News::Planned(plan) => self.json(who, "planned", serde_json::json!({ "plan": plan })),
                News::Begun { resources, took } => {
                    self.json(who, "begun", serde_json::json!({ "resources": resources, "took": took }))
                }
                News::Event(event) => self.json(who, "resource", serde_json::to_value(event).unwrap_or_default()),
                News::Waiting(status) => self.json(who, "waiting", serde_json::json!({ "status": status })),
                News::Cancelling => self.json(who, "cancelling", serde_json::json!({})),
            };
        }
        match news {
            News::Attached(found) => self.say(stack, &format!("{} is under way already: watching it", found.status)),
            News::Clearing(found) => {
                self.say(stack, &format!("deleting what is left of the attempt that ended in {}", found.status))
            }
            News::Continuing(_) => self.say(stack, "taking up the rollback that failed"),
            News::Uploaded(sent) => self.say(stack, &format!("uploaded {} ({} were there)", files(sent.sent), sent.there)),
            News::Planned(_) => {}
            News::Begun { resources, took } => {
                let mut known = self.took.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                known.extend(took.iter().map(|(id, seconds)| ((stack.to_owned(), id.clone()), *seconds)));
                drop(known);
                self.say(stack, &format!("deploying ({resources} change{})", if resources == 1 { "" } else { "s" }))
            }
            News::Event(event) => self.event(stack, event),
            News::Waiting(status) if self.form == Form::Plain => {
                let active = self.active.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let waiting = active.iter().filter(|((of, _), _)| of == stack);
                let took = self.took.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let name = |(key, (since, _)): (&(String, String), &Active)| {
                    let last = took.get(key).map_or_else(String::new, |last| format!(" of {} last time", seconds(*last)));
                    format!("{} ({}{last})", key.1, spoken(since.elapsed()))
                };
                let names: Vec<String> = waiting.map(name).collect();
                drop(took);
                drop(active);
                self.say(
                    stack,
                    &format!("  still {status}: {}", if names.is_empty() { "nothing new".to_owned() } else { names.join(", ") }),
                );
            }
            News::Waiting(_) => {}
            News::Cancelling => self.say(stack, "taking the update back"),
        }
    }
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

fn doing(event: &Event) -> &'static str {
    match event.status.as_str() {
        "CREATE_IN_PROGRESS" => "is being created",
        "DELETE_IN_PROGRESS" => "is being deleted",
        "IMPORT_IN_PROGRESS" => "is being imported",
        status if status.contains("ROLLBACK") => "is being taken back",
        _ => "is being changed",
    }
}

fn done(event: &Event) -> String {
    match event.status.as_str() {
        "CREATE_COMPLETE" => "created".to_owned(),
        "UPDATE_COMPLETE" => "changed".to_owned(),
        "DELETE_COMPLETE" => "deleted".to_owned(),
        "DELETE_SKIPPED" => "kept".to_owned(),
        "IMPORT_COMPLETE" => "imported".to_owned(),
        other => other.to_owned(),
    }
}

fn seconds(count: u32) -> String {
    spoken(Duration::from_secs(count.into()))
}

/// `12s`, `3m 05s`, `1h 02m`.
pub fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Who, spoken};

    #[test]
    fn labels_tell_stacks_apart() {
        let stacks = [
            ("shop", Some("eu-west-1"), Some("prod")),
            ("shop", Some("us-east-1"), Some("prod")),
            ("web", None, Some("prod")),
            ("db", Some("eu-west-1"), Some("dev")),
            ("db", Some("eu-west-1"), Some("prod")),
        ];
        let labels: Vec<String> = Who::all(stacks.into_iter()).into_iter().map(|who| who.label).collect();
        assert_eq!(labels, ["eu-west-1/shop", "us-east-1/shop", "web", "dev/db", "prod/db"]);
    }

    #[test]
    fn times_are_short() {
        let said = [9, 65, 3720].map(|seconds| spoken(Duration::from_secs(seconds)));
        assert_eq!(said, ["9s", "1m 05s", "1h 02m"]);
    }
}
