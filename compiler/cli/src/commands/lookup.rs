//! `cloudc lookup`: asks AWS what the program's `lookup(…)`s ask, and writes `cloudc.lock`.
//!
//! Always: an answer that is in the file is not replaced by another one unless that is asked for; what was answered is written also when
//! other questions were not.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use cloudc_base::{Code, Diagnostic, Severity};
use cloudc_deploy::lookup::{self, Answer};
use cloudc_deploy::{Error, codes};
use cloudc_driver::{LockEntry, Looked, Place};
use cloudc_schema::Schema;

use crate::args::{DiagnosticFormat, Global};
use crate::aws::access::{AccessArgs, Accounts, Wanted};
use crate::aws::questions::{self, Project};
use crate::aws::{block_on, printed};
use crate::exit::{Exit, Failure};
use crate::output::{self, Written};
use crate::session::{self, Findings, SettingArgs};
use crate::{layers, walk};

/// Options of `lookup`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Asks for every stack, environment and region of the project; building then needs no network.
Answers that are in `cloudc.lock` stay, unless --update takes what AWS says now.

Examples:
  cloudc lookup                          look up what is new; does the rest still hold?
  cloudc lookup --env prod --profile prod
  cloudc lookup --update                 take over what has changed
  cloudc lookup --check                  in a pipeline: is the file as AWS is?

Exit codes: 0 the file is right, 1 a question has no single answer, 2 with --check: the file
is not as AWS is, 3 AWS said no.")]
pub struct Args {
    /// Files with a stack, or folders
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    settings: SettingArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Write nothing; say whether the file is as AWS is
    #[arg(long, conflicts_with_all = ["update", "prune"])]
    check: bool,
    /// Replace answers that have changed
    #[arg(long)]
    update: bool,
    /// Remove answers, and properties of them, that the program does not ask for
    #[arg(long, conflicts_with_all = ["environments", "regions"])]
    prune: bool,
    /// Print what was found as JSON
    #[arg(long)]
    json: bool,
}

/// How an answer stands to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Same,
    Changed,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::New => "new",
            State::Same => "as before",
            State::Changed => "changed",
        }
    }
}

/// What a question came to.
struct Told {
    name: String,
    state: State,
    entry: LockEntry,
}

/// What tells questions apart: type, account, region, and what is asked.
type Key = (String, Option<String>, Option<String>, String);

fn key(place: &Place, one: &Looked) -> Key {
    let text = |name: &Option<_>| name.as_ref().map(ToString::to_string);
    (one.ty.clone(), text(&place.account), text(&place.region), one.query.to_string())
}

/// Asks, writes, tells.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let projects = questions::open(walk::sources(&args.paths)?, &args.settings, global)?;
    let accounts = Accounts::new(&args.access);
    let schema = layers::schema(global);
    let (mut told, mut exit, mut unused, mut asked) = (Vec::new(), Exit::Fine, 0, false);
    for mut project in projects {
        let mut run = Run::new(args, &project, accounts.clone(), schema.clone());
        run.ask(&mut project)?;
        let entries = run.entries(&project, args.prune);
        unused += run.unused(&project);
        asked |= !run.asked.is_empty() || !run.said.is_empty();
        let before = project.kept.as_deref().map(cloudc_driver::lock_text).ok();
        let after = cloudc_driver::lock_text(&entries);
        let path = project.root.join("cloudc.lock");
        let empty = entries.is_empty() && !path.exists();
        let differs = before.as_deref() != Some(&after) || (!empty && !path.exists());
        if !args.check && differs && !empty {
            output::write_all(&[Written { path, bytes: after.into_bytes() }])?;
            if !global.quiet {
                output::line(&format!("{}cloudc.lock is written", project.prefix));
            }
        }
        exit = worse(exit, run.report(&mut project, &entries, global)?);
        told.extend(run.told.into_values());
        for (_, session) in project.environments {
            session::leave(session);
        }
    }
    print(args, &told, unused, global)?;
    if !asked && !args.json && !global.quiet {
        output::line("nothing is looked up here");
    }
    Ok(exit)
}

/// The one that matters more to a script.
fn worse(one: Exit, other: Exit) -> Exit {
    let rank = |exit: Exit| match exit {
        Exit::Fine => 0,
        Exit::Changes => 1,
        Exit::Errors => 2,
        Exit::World | Exit::Usage => 3,
    };
    if rank(other) > rank(one) { other } else { one }
}

fn print(args: &Args, told: &[Told], unused: usize, global: &Global) -> Result<(), Failure> {
    if args.json {
        let all: Vec<_> = told
            .iter()
            .map(|one| {
                let LockEntry { ty, account, region, query, id, properties } = &one.entry;
                serde_json::json!({
                    "name": one.name, "state": one.state.word(), "type": ty, "account": account, "region": region,
                    "query": query, "id": id, "properties": properties,
                })
            })
            .collect();
        let whole = serde_json::json!({ "version": 1, "lookups": all, "unused": unused });
        return output::print(format!("{whole:#}\n").as_bytes());
    }
    let line = |one: &Told| {
        let place = [one.entry.account.as_deref(), one.entry.region.as_deref()];
        let place: Vec<&str> = place.into_iter().flatten().collect();
        let gap = if place.is_empty() { "" } else { "  " };
        format!("{}  {}{gap}{}  {}  {}", one.name, one.entry.ty, place.join(" "), one.entry.id, one.state.word())
    };
    let lines: Vec<String> = told.iter().map(line).collect();
    output::print(printed(&lines).as_bytes())?;
    if global.quiet {
        return Ok(());
    }
    if unused > 0 && !args.prune {
        let them = if unused == 1 { "1 answer in the file is" } else { &format!("{unused} answers in the file are") };
        output::line(&format!("{them} not asked for; `cloudc lookup --prune` removes them"));
    }
    Ok(())
}

/// Asking for one project.
struct Run<'a> {
    args: &'a Args,
    kept: Vec<LockEntry>,
    accounts: Arc<Accounts>,
    schema: Schema,
    told: BTreeMap<Key, Told>,
    /// Which account and region answered, and with what.
    asked: BTreeMap<Key, Vec<(String, String, Option<String>)>>,
    /// What is wrong, by environment.
    found: BTreeMap<usize, Vec<Diagnostic>>,
    exit: Exit,
    /// Errors that have no place, each told once.
    said: Vec<Error>,
}

/// Questions that wait for answers to others are put in as many rounds, at most.
const ROUNDS: usize = 8;

impl<'a> Run<'a> {
    fn new(args: &'a Args, project: &Project, accounts: Arc<Accounts>, schema: Schema) -> Self {
        let kept = project.kept.clone().unwrap_or_default();
        let (told, asked, found) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Run { args, kept, accounts, schema, told, asked, found, exit: Exit::Fine, said: Vec::new() }
    }

    fn ask(&mut self, project: &mut Project) -> Result<(), Failure> {
        if let Err(reason) = &project.kept {
            output::line(&format!("`{}cloudc.lock` is not used: {reason}", project.prefix));
        }
        for at in 0..project.environments.len() {
            for _ in 0..ROUNDS {
                let entries = self.entries(project, false);
                let (environment, session) = &mut project.environments[at];
                cloudc_driver::with_lock(&mut session.db, &entries);
                let all = questions::asked(session);
                if self.round(at, environment.as_deref(), &all)? == 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Puts what was not put yet. Gives how many questions that were.
    fn round(&mut self, at: usize, environment: Option<&str>, all: &[(Place, Looked)]) -> Result<usize, Failure> {
        let accounts = self.accounts.clone();
        block_on(async {
            let mut put = 0;
            for (place, one) in all {
                let wanted = Wanted {
                    region: place.region.as_deref(),
                    account: place.account.as_deref(),
                    role: place.role.as_deref(),
                    external_id: place.external_id.as_deref(),
                    environment,
                };
                let key = key(place, one);
                let aws = match accounts.connect(wanted).await {
                    Ok(aws) => aws,
                    Err(error) => {
                        // Told once, however many questions go there.
                        self.exit = Exit::World;
                        if !self.said.contains(&error) {
                            crate::aws::failures::tell(&error);
                            self.said.push(error);
                        }
                        continue;
                    }
                };
                let here = (aws.identity.account.clone(), aws.region.clone());
                let before = self.asked.entry(key.clone()).or_default();
                if before.iter().any(|(account, region, _)| (account, region) == (&here.0, &here.1)) {
                    continue;
                }
                put += 1;
                let answer = match self.schema.ty(&one.ty) {
                    Some(ty) => lookup::answer(&aws, ty, &one.query, &one.properties).await,
                    None => continue,
                };
                let id = match &answer {
                    Ok(Answer::Found { id, .. }) => Some(id.clone()),
                    _ => None,
                };
                let other = before.iter().find(|(.., known)| known.is_some() && *known != id).cloned();
                before.push((here.0, here.1, id));
                match other {
                    Some((account, region, _)) => self.tell(at, one, two_places(one, &account, &region, &aws)),
                    None => self.take(at, place, one, answer),
                }
            }
            Ok(put)
        })
    }

    /// The entry of the file that answers a question.
    fn before(&self, place: &Place, one: &Looked) -> Option<&LockEntry> {
        let fits = |asked: &Option<String>, built: Option<&str>| match (asked.as_deref(), built) {
            (Some(asked), Some(built)) => asked == built,
            _ => true,
        };
        self.kept.iter().find(|entry| {
            entry.ty == one.ty
                && entry.query == one.query
                && fits(&entry.account, place.account.as_deref())
                && fits(&entry.region, place.region.as_deref())
        })
    }

    fn take(&mut self, at: usize, place: &Place, one: &Looked, answer: Result<Answer, Error>) {
        let before = self.before(place, one).cloned();
        let (id, properties, hidden) = match answer {
            Ok(Answer::Found { id, properties, hidden }) => (id, properties, hidden),
            Ok(Answer::None) => return self.tell(at, one, nothing(place, one, before.as_ref())),
            Ok(Answer::Several(ids)) => return self.tell(at, one, several(one, &ids)),
            Err(error) => return self.tell(at, one, error),
        };
        for name in hidden {
            output::line(&format!("`{name}` of `{}` is not kept: it may hold secrets", one.name));
        }
        let key = key(place, one);
        let new = LockEntry {
            ty: one.ty.clone(),
            account: key.1.clone(),
            region: key.2.clone(),
            query: one.query.clone(),
            id,
            properties,
        };
        let (state, entry) = match before {
            None => (State::New, new),
            Some(old) => {
                let differs = differences(&old, &new, one);
                if differs.is_empty() {
                    (State::Same, merged(old, new))
                } else if self.args.update {
                    (State::Changed, new)
                } else {
                    self.tell(at, one, changed(one, &differs));
                    (State::Changed, old)
                }
            }
        };
        if self.args.check && state != State::Same {
            self.exit = worse(self.exit, Exit::Changes);
        }
        self.told.insert(key, Told { name: one.name.clone(), state, entry });
    }

    /// An error at the declaration.
    fn tell(&mut self, at: usize, one: &Looked, error: Error) {
        let answered = [codes::LOOKUP_NOTHING, codes::LOOKUP_AMBIGUOUS, codes::LOOKUP_CHANGED, codes::CANNOT_LOOK_UP];
        self.exit = worse(
            self.exit,
            match answered.contains(&error.code) {
                true if self.args.check => Exit::Changes,
                true => Exit::Errors,
                false => Exit::World,
            },
        );
        let mut found = Diagnostic::error(Code(error.code), one.file, one.range, error.message);
        found.label = format!("this {}", one.ty);
        found.notes = error.notes;
        found.help = error.help;
        let list = self.found.entry(at).or_default();
        if !list.contains(&found) {
            list.push(found);
        }
    }

    /// The file as it is to be: what was answered, and what it holds beside that.
    fn entries(&self, project: &Project, prune: bool) -> Vec<LockEntry> {
        let mut all: Vec<LockEntry> = self.told.values().map(|one| one.entry.clone()).collect();
        if prune {
            for entry in &mut all {
                // Only what was read through this entry's question is in a new answer.
                let asked = self.wanted(project, entry);
                entry.properties.retain(|name, _| asked.contains(name));
            }
        }
        let rest = self.kept.iter().filter(|entry| !self.is_answered(entry));
        // What could not be asked keeps its answer.
        all.extend(rest.filter(|entry| !prune || self.is_open(project, entry)).cloned());
        all
    }

    fn wanted(&self, project: &Project, entry: &LockEntry) -> std::collections::BTreeSet<String> {
        let all = project.environments.iter().flat_map(|(_, session)| questions::asked(session));
        all.filter(|(_, one)| one.ty == entry.ty && one.query == entry.query).flat_map(|(_, one)| one.properties).collect()
    }

    /// Whether an entry of the file answers a question that was put, so that its place is taken.
    fn is_answered(&self, entry: &LockEntry) -> bool {
        self.told.values().any(|one| one.entry.ty == entry.ty && one.entry.query == entry.query && same_place(entry, &one.entry))
    }

    /// Whether the program asks what an entry answers.
    fn is_open(&self, project: &Project, entry: &LockEntry) -> bool {
        let asks = |(_, one): &(Place, Looked)| one.ty == entry.ty && one.query == entry.query;
        project.environments.iter().any(|(_, session)| questions::asked(session).iter().any(asks))
    }

    /// Entries of the file that nothing asks for, where everything was looked at.
    fn unused(&self, project: &Project) -> usize {
        let part = !(self.args.settings.environments.is_empty() && self.args.settings.regions.is_empty());
        let unused = |entry: &&LockEntry| !self.is_answered(entry) && !self.is_open(project, entry);
        if part { 0 } else { self.kept.iter().filter(unused).count() }
    }

    /// Draws what is wrong: with questions, and with what building still finds.
    fn report(&mut self, project: &mut Project, entries: &[LockEntry], global: &Global) -> Result<Exit, Failure> {
        for (at, (_, session)) in project.environments.iter_mut().enumerate() {
            cloudc_driver::with_lock(&mut session.db, entries);
            let mut list = self.found.remove(&at).unwrap_or_default();
            let here = |one: &Diagnostic| list.iter().any(|known| (known.file, known.range) == (one.file, one.range));
            let mut rest = questions::problems(session);
            // That a question has no answer was told with the reason, also when nobody could be asked.
            rest.retain(|one| one.severity == Severity::Error && !cloudc_driver::is_unanswered(one) && !here(one));
            if !rest.is_empty() {
                self.exit = worse(self.exit, Exit::Errors);
            }
            list.extend(rest);
            session::print(&[Findings { session, list }], DiagnosticFormat::Text, global, true)?;
        }
        Ok(self.exit)
    }
}

fn same_place(one: &LockEntry, other: &LockEntry) -> bool {
    let fits = |one: &Option<String>, other: &Option<String>| one.is_none() || other.is_none() || one == other;
    fits(&one.account, &other.account) && fits(&one.region, &other.region)
}

/// What is not as the file says, of what the program reads.
fn differences(old: &LockEntry, new: &LockEntry, one: &Looked) -> Vec<String> {
    let mut all = Vec::new();
    if old.id != new.id {
        all.push(format!("the file says `{}`, AWS says `{}`", old.id, new.id));
    }
    for name in &one.properties {
        match (old.properties.get(name), new.properties.get(name)) {
            (Some(before), Some(now)) if before != now => all.push(format!("`{name}` was {before}, and is {now}")),
            (Some(before), None) => all.push(format!("`{name}` was {before}, and is gone")),
            _ => {}
        }
    }
    all
}

/// What the file holds, and what the program reads besides.
fn merged(old: LockEntry, new: LockEntry) -> LockEntry {
    let mut properties = old.properties;
    for (name, value) in new.properties {
        properties.entry(name).or_insert(value);
    }
    LockEntry { properties, ..new }
}

fn asked(one: &Looked) -> String {
    let parts = one.query.as_object().into_iter().flatten();
    let parts: Vec<String> = parts.map(|(name, value)| format!("{name}: {value}")).collect();
    parts.join(", ")
}

fn nothing(place: &Place, one: &Looked, before: Option<&LockEntry>) -> Error {
    let region = place.region.as_deref().map_or_else(String::new, |region| format!(" in {region}"));
    let error = Error::new(codes::LOOKUP_NOTHING, format!("there is no `{}` for `{}`{region}", one.ty, one.name))
        .note(format!("asked for {}", asked(one)));
    match before {
        Some(before) => error
            .note(format!("the file says `{}`, which is gone or has been changed", before.id))
            .help("look what became of it; change what is asked for"),
        None => error.help("look whether account and region are right; tags and values are compared letter by letter"),
    }
}

fn several(one: &Looked, ids: &[String]) -> Error {
    let shown: Vec<String> = ids.iter().take(5).map(|id| format!("`{id}`")).collect();
    let more = if ids.len() > 5 { format!(" and {} more", ids.len() - 5) } else { String::new() };
    Error::new(codes::LOOKUP_AMBIGUOUS, format!("{} resources are what `{}` asks for", ids.len(), one.name))
        .note(format!("asked for {}", asked(one)))
        .note(format!("there are {}{more}", shown.join(", ")))
        .help("ask for more: another tag, a property (`where: { … }`), or the identifier itself")
}

fn two_places(one: &Looked, account: &str, region: &str, aws: &cloudc_deploy::aws::Aws) -> Error {
    let message = format!("`{}` is something else in another account or region", one.name);
    Error::new(codes::LOOKUP_AMBIGUOUS, message)
        .note(format!("account {account} in {region} and account {} in {} answer differently", aws.identity.account, aws.region))
        .help("say `account` in the environments and `region` in the stack, so that the file can keep both")
}

fn changed(one: &Looked, differs: &[String]) -> Error {
    let error = Error::new(codes::LOOKUP_CHANGED, format!("`{}` is not what `cloudc.lock` says any more", one.name));
    differs
        .iter()
        .fold(error, |error, line| error.note(line.clone()))
        .help("`cloudc lookup --update` takes over what AWS says; look at the plan then, for what depends on it may be replaced")
}
