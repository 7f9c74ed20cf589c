//! One round: the program is read again as far as it changed, looked through, and planned or deployed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Instant;

use cloudc_base::{Diagnostic, Severity};
use cloudc_deploy::plan::{Plan, Risk, StackAction};
use cloudc_deploy::run::Wish;
use cloudc_deploy::{Error, Unit, codes};
use cloudc_driver::Purpose;
use serde_json::{Value as Json, json};

use super::say::{self, Voice};
use super::stop::Stop;
use super::{Args, Mode, refused};
use crate::args::Global;
use crate::aws::access::Accounts;
use crate::aws::deployment::{Approver, Deployment, Fate, Options};
use crate::aws::offline::{self, Snapshot};
use crate::aws::plan_text::{self, Style};
use crate::aws::rounds;
use crate::aws::units::{self, Made, Units};
use crate::aws::{failures, local};
use crate::commands::deploy::{self, Asker, ValueArgs};
use crate::commands::plan::Question;
use crate::exit::{Exit, Failure};
use crate::session::{self, Findings, Session};
use crate::{layers, output, walk, watching};

/// What became of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The program has this many errors, or cannot be read at all.
    Errors(usize),
    /// Nothing would be changed, or nothing was looked for but mistakes.
    Unchanged,
    /// Something would be changed: the summary of the plans.
    Changes(String),
    /// Everything is what it should be.
    Deployed,
    /// CloudFormation, or what is before it, said no.
    Failed,
}

impl Outcome {
    /// The word for commands and machines.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Errors(_) => "errors",
            Outcome::Unchanged => "unchanged",
            Outcome::Changes(_) => "changes",
            Outcome::Deployed => "deployed",
            Outcome::Failed => "failed",
        }
    }

    /// For people.
    pub fn words(&self) -> String {
        match self {
            Outcome::Errors(1) => "1 error".to_owned(),
            Outcome::Errors(count) => format!("{count} errors"),
            Outcome::Unchanged => "no errors".to_owned(),
            Outcome::Changes(summary) => summary.clone(),
            Outcome::Deployed => "deployed".to_owned(),
            Outcome::Failed => "failed".to_owned(),
        }
    }
}

/// What rounds remember of each other.
pub struct Round<'a> {
    args: &'a Args,
    global: &'a Global,
    accounts: &'a Arc<Accounts>,
    voice: Voice,
    stop: Stop,
    number: u64,
    /// Plans of the round before, by stack.
    before: BTreeMap<String, Plan>,
    /// What stacks were when watching began, where no deployment was seen from here.
    first: Option<BTreeMap<String, Snapshot>>,
    /// Templates and manifests that need not be asked about or deployed again.
    done: BTreeMap<String, String>,
}

impl<'a> Round<'a> {
    /// Before the first one.
    pub fn new(args: &'a Args, global: &'a Global, accounts: &'a Arc<Accounts>, voice: Voice, stop: Stop) -> Self {
        let (before, done) = (BTreeMap::new(), BTreeMap::new());
        Round { args, global, accounts, voice, stop, number: 0, before, first: None, done }
    }

    /// Does one. Gives what became of it, and the reason never to do another.
    pub async fn go(
        &mut self,
        sessions: &mut Vec<Session>,
        changed: &[PathBuf],
        begun: Instant,
    ) -> Result<(Outcome, Option<Error>), Failure> {
        self.number += 1;
        self.voice.changed(changed);
        let mut told = json!({ "event": "round", "round": self.number, "changed": say::names(changed) });
        let values = match self.read(sessions, changed) {
            Ok(values) => values,
            Err(failure) => {
                told["failures"] = vec![Self::failed(&failure)].into();
                return self.end(told, Outcome::Errors(1), begun).map(|outcome| (outcome, None));
            }
        };
        let made = match self.args.mode() {
            Mode::Check => None,
            _ => Some(units::make(sessions, &self.args.units.target)),
        };
        let findings = findings(sessions, made.as_ref());
        let all: Vec<Findings<'_>> = sessions.iter().zip(findings).map(|(session, list)| Findings { session, list }).collect();
        let errors = all.iter().flat_map(|part| &part.list).filter(|one| one.severity == Severity::Error).count();
        if self.voice.json {
            let found: Json = serde_json::from_str(&session::as_json(&all)).unwrap_or_default();
            told["diagnostics"] = found["diagnostics"].clone();
        } else {
            output::drawing(&session::drawn(&all, self.global, output::color_on_stderr(self.global.color)));
        }
        drop(all);
        let (Some(made), 0) = (made, errors) else {
            let outcome = if errors > 0 { Outcome::Errors(errors) } else { Outcome::Unchanged };
            return self.end(told, outcome, begun).map(|outcome| (outcome, None));
        };
        if let Err(failure) = units::chosen(&made, &self.args.units.target) {
            // A name that is not there on the first round is a mistake of the command line.
            if self.number == 1 {
                return Err(failure);
            }
            told["failures"] = vec![Self::failed(&failure)].into();
            return self.end(told, Outcome::Errors(1), begun).map(|outcome| (outcome, None));
        }
        let mut units = Units::of(made, std::mem::take(sessions));
        for unit in &mut units.units {
            unit.artifact.manifest.tags.extend(values.all_tags());
        }
        let (outcome, fatal, back) = self.work(units, &values, &mut told).await;
        *sessions = back;
        self.end(told, outcome?, begun).map(|outcome| (outcome, fatal))
    }

    /// Reads what changed, and what is new.
    fn read(&self, sessions: &mut Vec<Session>, changed: &[PathBuf]) -> Result<ValueArgs, Failure> {
        let purpose = if self.args.mode() == Mode::Check { Purpose::Check } else { Purpose::Build };
        let sources = walk::sources(&self.args.units.paths)?;
        watching::follow(sessions, sources, changed, &self.args.units.settings.options(purpose)?, self.global)?;
        self.args.values.again()
    }

    fn failed(failure: &Failure) -> Json {
        let Failure::Told { code, message, help, .. } = failure else { return Json::Null };
        output::error(*code, message);
        if let Some(help) = help {
            output::line(&cloudc_base::render::printable(&format!("  help: {help}")));
        }
        json!({ "code": code, "message": message, "help": help })
    }

    fn end(&self, mut told: Json, outcome: Outcome, begun: Instant) -> Result<Outcome, Failure> {
        let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        told["outcome"] = outcome.word().into();
        told["milliseconds"] = took.into();
        self.voice.object(&told)?;
        // How many errors there are is told with them.
        if outcome == Outcome::Unchanged {
            self.voice.line(&format!("{} ({took} ms)", outcome.words()));
        }
        Ok(outcome)
    }

    async fn work(
        &mut self,
        units: Units,
        values: &ValueArgs,
        told: &mut Json,
    ) -> (Result<Outcome, Failure>, Option<Error>, Vec<Session>) {
        if self.args.mode() != Mode::Deploy {
            let outcome = self.plan(&units, values, told).await;
            return (outcome, None, units.into_sessions());
        }
        let always = units.units.iter().find(|unit| unit.manifest().approval.as_deref() == Some("always"));
        let Some(unit) = always else {
            let (outcome, units) = self.deploy(units, values).await;
            return (outcome, None, units.map(Units::into_sessions).unwrap_or_default());
        };
        let error = refused(unit.name(), unit.manifest().environment.as_deref());
        if self.number == 1 {
            return (Ok(Outcome::Failed), Some(error), Vec::new());
        }
        failures::tell(&error);
        told["failures"] = vec![json!({ "code": error.code, "message": error.message })].into();
        (Ok(Outcome::Failed), None, units.into_sessions())
    }

    async fn plan(&mut self, units: &Units, values: &ValueArgs, told: &mut Json) -> Result<Outcome, Failure> {
        let schema = layers::schema(self.global);
        let found: Vec<Result<Plan, Error>> = if self.args.mode() == Mode::Plan {
            if let Some(same) = self.same(units) {
                same.into_iter().map(Ok).collect()
            } else {
                let question = Question { values, keep: false, schema };
                let asked = tokio::select! {
                    asked = question.ask(self.accounts, units) => asked,
                    () = self.stop.wished() => return Ok(Outcome::Failed),
                };
                asked.into_iter().map(|found| found.map(|(plan, _)| plan)).collect()
            }
        } else {
            let first = self
                .first
                .get_or_insert_with(|| units.units.iter().map(|unit| (key(unit), Snapshot::of(unit, values))).collect());
            units.units.iter().map(|unit| offline::since(unit, first.get(&key(unit)), values, &schema)).collect()
        };
        self.done.clear();
        let mut errors = Vec::new();
        let mut plans = BTreeMap::new();
        for (at, (unit, found)) in units.units.iter().zip(found).enumerate() {
            match found {
                Ok(plan) => {
                    self.show(unit, &plan)?;
                    self.done.insert(key(unit), fingerprint(unit));
                    plans.insert(key(unit), plan);
                }
                Err(error) => {
                    failures::show_error(units, at, &error, self.global);
                    errors.push(json!({ "code": error.code, "message": error.message }));
                }
            }
        }
        told["plans"] = serde_json::to_value(plans.values().collect::<Vec<_>>()).unwrap_or_default();
        self.before = plans;
        if !errors.is_empty() {
            told["failures"] = errors.into();
            return Ok(Outcome::Failed);
        }
        let changing: Vec<String> =
            self.before.values().filter(|plan| plan.action != StackAction::Nothing).map(summary).collect();
        Ok(if changing.is_empty() { Outcome::Unchanged } else { Outcome::Changes(changing.join("; ")) })
    }

    /// The plans of the round before, when nothing that is handed to CloudFormation has changed since.
    fn same(&self, units: &Units) -> Option<Vec<Plan>> {
        let same = |unit: &Unit| {
            let known = self.done.get(&key(unit)).is_some_and(|known| *known == fingerprint(unit));
            self.before.get(&key(unit)).filter(|_| known && self.args.values.files.is_empty()).cloned()
        };
        units.units.iter().map(same).collect()
    }

    /// The plan, or what is different in it since the round before.
    fn show(&self, unit: &Unit, plan: &Plan) -> Result<(), Failure> {
        if self.voice.json || self.global.quiet {
            return Ok(());
        }
        let style = Style { color: output::color_on_stdout(self.global.color), detail: false };
        let text = match self.before.get(&key(unit)) {
            Some(before) => plan_text::since(plan, before, style),
            None => plan_text::text(plan, style),
        };
        output::print(text.as_bytes())
    }

    /// Deploys, and gives the units back.
    async fn deploy(&mut self, units: Units, values: &ValueArgs) -> (Result<Outcome, Failure>, Option<Units>) {
        let same = |unit: &Unit| self.done.get(&key(unit)).is_some_and(|known| *known == fingerprint(unit));
        if units.units.iter().all(same) && self.args.values.files.is_empty() {
            self.voice.line("nothing to deploy: the templates are as they were");
            return (Ok(Outcome::Unchanged), Some(units));
        }
        let interrupts = local::Interrupts::new();
        let mut wish = interrupts.wish();
        self.stop.deploying(Some(interrupts.listening()));
        let (mut rounds, progress) = rounds::rounds(vec![units], self.voice.json, self.global);
        let approver = Careful(Asker::new(true, self.voice.json, &[], self.global));
        if rounds::check(self.accounts, &mut rounds).await {
            for round in &mut rounds {
                let deployment = Deployment {
                    units: &round.units,
                    accounts: self.accounts.clone(),
                    options: Options {
                        parameters: values.all(),
                        capabilities: values.capabilities.clone(),
                        role: values.role_arn.clone(),
                        skip: Vec::new(),
                        lock_wait: values.lock_wait,
                        parallel: 8,
                        stop_on_error: false,
                        force: false,
                        operation: "deploy".to_owned(),
                        restores: None,
                        skip_checks: values.skip_checks,
                    },
                    kept: Vec::new(),
                    schema: layers::schema(self.global),
                    voices: round.voices.clone(),
                    approver: &approver,
                    interrupts: &interrupts,
                    global: self.global,
                };
                round.fates = deployment.run().await;
            }
        }
        progress.clear();
        drop(interrupts);
        self.stop.deploying(None);
        if *wish.borrow_and_update() == Wish::Detach {
            self.stop.wish();
        }
        let outcome = self.deployed(&rounds);
        (outcome, rounds.pop().map(|round| round.units))
    }

    fn deployed(&mut self, rounds: &[rounds::Round]) -> Result<Outcome, Failure> {
        for (unit, fate) in rounds.iter().flat_map(|round| round.units.units.iter().zip(&round.fates)) {
            match fate.is_fine() {
                true => self.done.insert(key(unit), fingerprint(unit)),
                false => self.done.remove(&key(unit)),
            };
        }
        let fine = deploy::finish(self.voice.json, rounds, self.global)? == Exit::Fine;
        let nothing = rounds.iter().flat_map(|round| &round.fates).all(|fate| match fate {
            Fate::Skipped => true,
            Fate::Done(applied) => applied.action == StackAction::Nothing,
            _ => false,
        });
        Ok(match fine {
            true if nothing => Outcome::Unchanged,
            true => Outcome::Deployed,
            false => Outcome::Failed,
        })
    }

    /// What is wished after each round: the bell, and a command.
    pub async fn after(&self, outcome: Outcome) -> Result<(), Failure> {
        self.voice.ring(&outcome);
        let Some(command) = self.args.run.as_ref().filter(|_| !self.stop.is_wished()) else { return Ok(()) };
        let (program, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let mut process = tokio::process::Command::new(program);
        process.arg(flag).arg(command).stdin(Stdio::null()).stdout(std::io::stderr());
        process.env("CLOUDC_ROUND", outcome.word());
        let how = match process.status().await {
            Ok(status) if status.success() => None,
            Ok(status) => {
                Some(status.code().map_or_else(|| "was ended by a signal".to_owned(), |code| format!("ended with {code}")))
            }
            Err(error) => Some(format!("cannot be started: {error}")),
        };
        if let Some(how) = &how {
            self.voice.line(&format!("`{command}` {how}"));
        }
        self.voice.object(&json!({ "event": "ran", "round": self.number, "command": command, "fine": how.is_none() }))
    }
}

/// What is wrong with the files of each session: those that make stacks as they are built, all others by themselves.
fn findings(sessions: &[Session], made: Option<&Made>) -> Vec<Vec<Diagnostic>> {
    let of = |(at, session): (usize, &Session)| {
        let checked = cloudc_driver::for_each(&session.db, &session.files, |db, (_, file)| match made {
            None => cloudc_driver::check(db, *file),
            Some(_) => cloudc_driver::test_sources(db, *file),
        });
        let built = made.and_then(|made| made.findings.get(at)).cloned().unwrap_or_default();
        cloudc_driver::sorted(&session.db, checked.into_iter().flatten().chain(built).collect())
    };
    sessions.iter().enumerate().map(of).collect()
}

/// Which stack, where.
fn key(unit: &Unit) -> String {
    let manifest = unit.manifest();
    format!(
        "{}/{}/{}",
        manifest.account.as_deref().unwrap_or_default(),
        manifest.region.as_deref().unwrap_or_default(),
        unit.name()
    )
}

/// Everything of a unit that a deployment depends on.
fn fingerprint(unit: &Unit) -> String {
    let manifest = serde_json::to_string(unit.manifest()).unwrap_or_default();
    cloudc_base::folder::hex(&cloudc_base::folder::sha256(format!("{manifest}\n{}", unit.body).as_bytes()))
}

fn summary(plan: &Plan) -> String {
    format!("{}: {}", plan.stack, plan_text::summary(plan, Style { color: false, detail: false }))
}

/// Agrees to what destroys no data, and asks about the rest.
struct Careful<'a>(Asker<'a>);

impl Approver for Careful<'_> {
    fn approve(&self, plans: &[&Plan], units: &[&Unit]) -> Result<bool, Error> {
        let critical = plans.iter().find(|plan| plan.risk == Risk::Critical);
        if let Some(plan) = critical.filter(|_| !local::interactive() || self.0.is_for_machines()) {
            let message = format!("this can destroy data in `{}`, and nobody can be asked", plan.stack);
            return Err(Error::new(codes::NOT_APPROVED, message)
                .help("`cloudc deploy` with `--yes --confirm STACK` does it; `@retain` keeps what would be lost"));
        }
        self.0.approve(plans, units)
    }
}
