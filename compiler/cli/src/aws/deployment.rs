//! Deploying several stacks: wave by wave, each locked, planned, agreed to and executed.
//!
//! Always: nothing is executed before every plan of its wave is on the screen and agreed to; a stack whose dependency failed is not
//! tried; every lock that was taken is given back.

use std::sync::Arc;
use std::time::Duration;

use cloudc_deploy::aws::Aws;
use cloudc_deploy::plan::{Action, Plan, Risk};
use cloudc_deploy::run::{self, Applied, Author, Given, News, Prepared, Settings, Watcher as _};
use cloudc_deploy::store::{self, Held, History, Outcome};
use cloudc_deploy::{Error, Unit, codes, exports, waves};
use cloudc_schema::Schema;
use futures_util::StreamExt as _;

use super::access::{self, Accounts, Wanted};
use super::plan_file::Saved;
use super::progress::Voice;
use super::units::Units;
use super::{around, failures, local, prechecks, recorded};
use crate::args::Global;

/// How several stacks are deployed.
#[derive(Debug, Clone)]
pub struct Options {
    /// Values of parameters.
    pub parameters: Vec<(String, String)>,
    /// Capabilities agreed to.
    pub capabilities: Vec<String>,
    /// The role that CloudFormation acts as.
    pub role: Option<String>,
    /// Resources that a rollback which failed goes on without.
    pub skip: Vec<String>,
    /// How long to wait for a lock.
    pub lock_wait: Duration,
    /// Stacks at once.
    pub parallel: usize,
    /// Whether the first failure ends it.
    pub stop_on_error: bool,
    /// Whether stacks that are certainly unchanged are deployed too.
    pub force: bool,
    /// Whether nothing is looked at before.
    pub skip_checks: bool,
    /// `deploy`, `rollback`.
    pub operation: String,
    /// The version that a rollback brings back.
    pub restores: Option<u32>,
}

/// What became of a stack.
pub enum Fate {
    /// It is what it should be, without asking CloudFormation.
    Skipped,
    /// It was deployed, well or not.
    Done(Box<Applied>),
    /// It could not be.
    Failed(Error),
    /// It was not tried, because of this one.
    Blocked(String),
    /// Nobody agreed.
    Refused,
}

impl Fate {
    /// Whether the stack is now what its program says.
    pub fn is_fine(&self) -> bool {
        match self {
            Fate::Skipped => true,
            Fate::Done(applied) => applied.outcome == Outcome::Succeeded,
            _ => false,
        }
    }
}

/// Decides about plans.
pub trait Approver: Send + Sync {
    /// Whether these plans may be executed. Asked once for each wave.
    fn approve(&self, plans: &[&Plan], units: &[&Unit]) -> Result<bool, Error>;
}

/// Everything that deploying needs.
pub struct Deployment<'a> {
    /// The stacks.
    pub units: &'a Units,
    /// Connections.
    pub accounts: Arc<Accounts>,
    /// How.
    pub options: Options,
    /// Plans that were kept: they are executed as they are.
    pub kept: Vec<Saved>,
    /// Types.
    pub schema: Schema,
    /// Where it is told, for each unit.
    pub voices: Vec<Voice>,
    /// Who agrees.
    pub approver: &'a dyn Approver,
    /// What the user wishes meanwhile.
    pub interrupts: &'a local::Interrupts,
    /// Options of every command.
    pub global: &'a Global,
}

/// A stack between being planned and being executed.
struct Ready {
    at: usize,
    aws: Aws,
    unit: Unit,
    prepared: Prepared,
    held: Held,
    /// Whether some of its exports stay for now.
    keeps: bool,
}

/// What looking at a stack came to.
enum Looked {
    Ready(Box<Ready>),
    Fate(Fate),
}

/// Where a unit goes.
pub fn wanted(unit: &Unit) -> Wanted<'_> {
    let manifest = unit.manifest();
    Wanted {
        region: manifest.region.as_deref(),
        account: manifest.account.as_deref(),
        role: manifest.role.as_deref(),
        external_id: manifest.external_id.as_deref(),
        environment: manifest.environment.as_deref(),
    }
}

impl Deployment<'_> {
    /// Settings of one stack in its account and region.
    pub fn settings(&self, aws: &Aws, unit: &Unit) -> Settings {
        let declared = |name: &str| unit.section("Parameters").is_some_and(|all| all.contains_key(name));
        let several = self.units.units.len() > 1;
        // With several stacks, a value is for those that have such a parameter.
        let mine = self.options.parameters.iter().filter(|(name, _)| !several || declared(name));
        Settings {
            parameters: mine.cloned().collect(),
            role: self.options.role.clone(),
            capabilities: self.options.capabilities.clone(),
            skip: self.options.skip.clone(),
            ..Settings::new(self.accounts.bucket(aws), self.interrupts.wish())
        }
    }

    /// Deploys everything. Gives what became of each stack, in the order of the units.
    pub async fn run(&self) -> Vec<Fate> {
        let units = &self.units.units;
        let mut fates: Vec<Option<Fate>> = units.iter().map(|_| None).collect();
        let waves = waves::waves(units);
        let (mut stopped, mut again) = (None, Vec::new());
        for wave in waves {
            let mut ready = Vec::new();
            let mut wave: Vec<usize> = wave;
            wave.retain(|at| {
                let blocked = stopped.clone().or_else(|| self.failed_before(*at, &fates));
                let fate = blocked.map(Fate::Blocked);
                let go = fate.is_none();
                if !go {
                    fates[*at] = fate;
                }
                go
            });
            let looks = futures_util::stream::iter(wave).map(|at| async move { (at, self.look(at).await) });
            let looks: Vec<(usize, Looked)> = looks.buffer_unordered(self.options.parallel.max(1)).collect().await;
            for (at, looked) in looks {
                match looked {
                    Looked::Ready(one) => ready.push(*one),
                    Looked::Fate(fate) => {
                        self.tell(at, &fate);
                        fates[at] = Some(fate);
                    }
                }
            }
            ready.sort_by_key(|one| one.at);
            if self.options.stop_on_error {
                stopped = self.first_failure(&fates);
            }
            if stopped.is_none() {
                stopped = self.approve(&mut ready, &mut fates).await;
            }
            if let Some(because) = &stopped {
                for one in ready.drain(..) {
                    let at = one.at;
                    self.give_back(one).await;
                    fates[at].get_or_insert(Fate::Blocked(because.clone()));
                }
                continue;
            }
            // From here on an interrupt is a question: something is being changed.
            if let Some(voice) = self.voices.first() {
                self.interrupts.listen(voice.progress());
            }
            let runs = futures_util::stream::iter(ready).map(|one| async move { (one.at, one.keeps, self.execute(one).await) });
            let mut runs = std::pin::pin!(runs.buffer_unordered(self.options.parallel.max(1)));
            while let Some((at, keeps, fate)) = runs.next().await {
                self.tell(at, &fate);
                if keeps && fate.is_fine() {
                    again.push(at);
                }
                fates[at] = Some(fate);
            }
            if self.options.stop_on_error {
                stopped = self.first_failure(&fates);
            }
        }
        self.let_go(again, &mut fates).await;
        fates.into_iter().map(|fate| fate.unwrap_or(Fate::Blocked(String::new()))).collect()
    }

    /// Exports that stayed for a while leave, now that nobody imports them.
    async fn let_go(&self, again: Vec<usize>, fates: &mut [Option<Fate>]) {
        for at in again {
            self.voices[at].say("removing exports that nobody imports any more");
            let fate = match self.look(at).await {
                Looked::Ready(one) => self.execute(*one).await,
                Looked::Fate(fate) => fate,
            };
            self.tell(at, &fate);
            fates[at] = Some(fate);
        }
    }

    fn first_failure(&self, fates: &[Option<Fate>]) -> Option<String> {
        let failed = fates.iter().position(|fate| fate.as_ref().is_some_and(|fate| !fate.is_fine()))?;
        Some(self.voices[failed].who.label.clone())
    }

    /// The stack before a unit that did not go well.
    fn failed_before(&self, at: usize, fates: &[Option<Fate>]) -> Option<String> {
        let units = &self.units.units;
        units[at].manifest().after.iter().find_map(|needed| {
            let other =
                units.iter().position(|unit| unit.name() == needed.stack_name && unit.manifest().region == needed.region)?;
            fates[other].as_ref().is_some_and(|fate| !fate.is_fine()).then(|| needed.stack_name.clone())
        })
    }

    /// Locks and plans a stack, unless it is certainly what it should be.
    async fn look(&self, at: usize) -> Looked {
        match self.try_look(at).await {
            Ok(looked) => looked,
            Err(error) => Looked::Fate(Fate::Failed(error)),
        }
    }

    async fn try_look(&self, at: usize) -> Result<Looked, Error> {
        let unit = &self.units.units[at];
        let aws = self.accounts.connect(wanted(unit)).await?;
        let settings = self.settings(&aws, unit);
        let kept = self.kept.iter().any(|one| one.plan.stack == unit.name());
        if !self.options.force && !kept && self.is_unchanged(&aws, unit, &settings).await? {
            return Ok(Looked::Fate(Fate::Skipped));
        }
        let owner = access::owner(&aws);
        let wait = self.options.lock_wait;
        let held = store::acquire(&aws, &settings.bucket, unit.name(), &owner, &self.options.operation, wait).await?;
        match self.plan(&aws, at, &settings).await {
            Ok((unit, prepared, keeps)) => Ok(Looked::Ready(Box::new(Ready { at, aws, unit, prepared, held, keeps }))),
            Err(error) => {
                held.release(&aws).await?;
                Err(error)
            }
        }
    }

    async fn plan(&self, aws: &Aws, at: usize, settings: &Settings) -> Result<(Unit, Prepared, bool), Error> {
        let unit = &self.units.units[at];
        let kept = self.kept.iter().find(|one| one.plan.stack == unit.name() && one.plan.region == aws.region);
        if let Some(kept) = kept.filter(|kept| kept.plan.change_set.is_some() || kept.plan.is_empty()) {
            return Ok((unit.clone(), take_up(aws, unit, kept).await?, false));
        }
        let deploying: Vec<String> = self.units.units.iter().map(|unit| unit.name().to_owned()).collect();
        let stack = aws.stack(unit.name()).await?.filter(|stack| !stack.outputs.is_empty());
        let kept = match &stack {
            Some(stack) => exports::keep(aws, unit, stack, &deploying).await?,
            None => None,
        };
        let keeps = kept.is_some();
        let unit = kept.unwrap_or_else(|| unit.clone());
        let looked = match self.options.skip_checks {
            true => Vec::new(),
            false => prechecks::look(aws, &unit, settings, self.units).await?,
        };
        let mut prepared = run::prepare(aws, &unit, settings, &self.schema, "deploy", &self.voices[at]).await?;
        if self.options.operation == "rollback" {
            prepared.plan.notes.extend(losses(&prepared.plan, &self.schema, &prepared.given));
        }
        prepared.plan.notes.extend(looked);
        if !self.options.skip_checks {
            prepared.plan.notes.extend(prechecks::of_plan(aws, &prepared.plan).await);
        }
        if keeps {
            prepared.plan.notes.push("exports that other stacks still import stay until those are changed".to_owned());
        }
        Ok((unit, prepared, keeps))
    }

    async fn is_unchanged(&self, aws: &Aws, unit: &Unit, settings: &Settings) -> Result<bool, Error> {
        let history = History { aws, bucket: &settings.bucket };
        let owner = access::owner(aws);
        let (head, lock) = tokio::join!(history.head(unit.name()), store::peek(aws, &settings.bucket, unit.name()));
        let head = head?;
        // Its holder died after everything was done.
        if lock?.is_some_and(|lock| lock.is_stale()) {
            store::unlock(aws, &settings.bucket, unit.name(), &owner, false).await?;
        }
        if head.as_ref().is_none_or(|head| head.outcome != Outcome::Succeeded) {
            return Ok(false);
        }
        let Some(stack) = aws.stack(unit.name()).await? else { return Ok(false) };
        let given = run::given(unit, Some(&stack), &settings.parameters, &settings.bucket)?;
        if stack.protection != unit.manifest().protection || !run::is_unchanged(unit, &given, &stack, head.as_ref()) {
            return Ok(false);
        }
        // Where something is protected, somebody may have set another policy.
        let protected = &unit.manifest().protected;
        Ok(protected.is_empty() || run::policy::needed(aws.stack_policy(&stack.id).await?.as_deref(), protected).is_none())
    }

    /// Asks about the plans of a wave. Gives why nothing goes on.
    async fn approve(&self, ready: &mut Vec<Ready>, fates: &mut [Option<Fate>]) -> Option<String> {
        let asked = ready.iter().filter(|one| !one.prepared.plan.is_empty());
        asked.clone().for_each(|one| self.voices[one.at].tell(one.unit.name(), News::Planned(&one.prepared.plan)));
        let (plans, units): (Vec<&Plan>, Vec<&Unit>) = asked.map(|one| (&one.prepared.plan, &one.unit)).unzip();
        if plans.is_empty() {
            return None;
        }
        let asked = tokio::task::block_in_place(|| self.approver.approve(&plans, &units));
        let fate = |error: &Option<Error>| error.clone().map_or(Fate::Refused, Fate::Failed);
        let refused = match asked {
            Ok(true) => return None,
            Ok(false) => None,
            Err(error) => Some(error),
        };
        let mut told = refused;
        for one in ready.drain(..) {
            let at = one.at;
            self.give_back(one).await;
            fates[at] = Some(fate(&told.take()));
            if let Some(Fate::Failed(error)) = &fates[at] {
                failures::tell(error);
            }
        }
        Some("the plan that was not agreed to".to_owned())
    }

    /// Leaves a stack as it was.
    async fn give_back(&self, one: Ready) {
        // A plan that somebody kept stays theirs.
        let discarded = if self.kept.is_empty() { run::discard(&one.aws, &one.prepared).await } else { Ok(()) };
        for result in [discarded, one.held.release(&one.aws).await] {
            if let Err(error) = result {
                failures::tell(&error);
            }
        }
    }

    async fn execute(&self, one: Ready) -> Fate {
        let Ready { at, aws, unit, prepared, held, .. } = one;
        let applied = if held.is_lost() {
            let message = format!("somebody took the lock of `{}` away", unit.name());
            Err(Error::new(codes::LOCKED, message).help("`cloudc locks` shows who; deploy again when they are done"))
        } else {
            self.change(&aws, at, &unit, prepared).await
        };
        let released = held.release(&aws).await;
        match (applied, released) {
            (Ok(applied), Ok(())) => Fate::Done(Box::new(applied)),
            (Ok(applied), Err(error)) => {
                failures::tell(&error);
                Fate::Done(Box::new(applied))
            }
            (Err(error), _) => Fate::Failed(error),
        }
    }

    /// Executes a plan, with what the program wants done around it.
    async fn change(&self, aws: &Aws, at: usize, unit: &Unit, prepared: Prepared) -> Result<Applied, Error> {
        let (around, voice) = (&unit.manifest().around, &self.voices[at]);
        let nothing = prepared.plan.is_empty();
        if !nothing && let Err(error) = around::hooks(&around.before, aws, unit, prepared.stack.as_ref(), voice).await {
            run::discard(aws, &prepared).await?;
            return Err(error.note("nothing was changed"));
        }
        let applied = self.apply(aws, at, unit, prepared, (&self.options.operation, self.options.restores)).await?;
        let Some(stack) = applied.stack.as_ref().filter(|_| !nothing && applied.outcome == Outcome::Succeeded) else {
            return Ok(applied);
        };
        around::hooks(&around.after, aws, unit, Some(stack), voice).await.map_err(|error| error.note("the stack is deployed"))?;
        if let Err(error) = around::health(aws, unit, stack, voice).await {
            return Err(self.unhealthy(aws, at, unit, error).await);
        }
        Ok(applied)
    }

    /// `what` is the operation, and the version that it brings back.
    async fn apply(
        &self,
        aws: &Aws,
        at: usize,
        unit: &Unit,
        prepared: Prepared,
        what: (&str, Option<u32>),
    ) -> Result<Applied, Error> {
        let settings = self.settings(aws, unit);
        let capabilities = unit.manifest().capabilities.iter().map(|one| (*one).to_owned());
        let author = Author {
            owner: access::owner(aws),
            revision: local::revision(&unit.root),
            compiler: env!("CARGO_PKG_VERSION").to_owned(),
            operation: what.0.to_owned(),
            restores: what.1,
            capabilities: capabilities.chain(self.options.capabilities.clone()).collect(),
        };
        run::apply(aws, unit, prepared, &author, &settings, &self.voices[at]).await
    }

    /// Brings the last deployment back, where the program wants that; gives what to tell.
    async fn unhealthy(&self, aws: &Aws, at: usize, unit: &Unit, error: Error) -> Error {
        if !unit.manifest().around.unhealthy {
            return error.help("it stays as it is: `cloudc rollback` brings the last one back, `rollback: { unhealthy: true }` does so by itself");
        }
        self.voices[at].say("not healthy: bringing the last deployment back");
        match self.bring_back(aws, at, unit).await {
            Ok(version) => error.note(format!("version {version} was brought back")),
            Err(other) => error.note(format!("the last deployment could not be brought back: {}", other.message)),
        }
    }

    async fn bring_back(&self, aws: &Aws, at: usize, unit: &Unit) -> Result<u32, Error> {
        let settings = self.settings(aws, unit);
        let history = History { aws, bucket: &settings.bucket };
        let record = recorded::chosen(&history, unit.name(), None).await?;
        let before = recorded::unit(aws, &record, &history.template(&record).await?)?;
        let settings = Settings { parameters: Default::default(), ..settings };
        let prepared = run::prepare(aws, &before, &settings, &self.schema, "deploy", &self.voices[at]).await?;
        let applied = self.apply(aws, at, &before, prepared, ("rollback", Some(record.original()))).await?;
        match applied.outcome {
            Outcome::Succeeded => Ok(record.version),
            _ => Err(Error::new(codes::STACK_FAILED, failures::verdict(unit.name(), &applied))),
        }
    }

    /// Says what became of a stack, as soon as it is known.
    fn tell(&self, at: usize, fate: &Fate) {
        let voice = &self.voices[at];
        match fate {
            Fate::Skipped => voice.say("unchanged"),
            Fate::Done(applied) if applied.outcome == Outcome::Succeeded => {
                let nothing = applied.action == cloudc_deploy::plan::StackAction::Nothing;
                voice.say(if nothing { "no changes" } else { "deployed" });
            }
            Fate::Done(applied) if applied.detached => {
                voice.say("CloudFormation goes on; `cloudc deploy` watches it again");
            }
            Fate::Done(applied) => {
                voice.clear();
                failures::show(self.units, at, &applied.failures, applied.cancelled, self.global);
                voice.say(&failures::verdict(self.units.units[at].name(), applied));
            }
            Fate::Failed(error) => {
                voice.clear();
                failures::show_error(self.units, at, error, self.global);
            }
            Fate::Blocked(_) | Fate::Refused => {}
        }
    }
}

/// What does not come back with a template.
fn losses(plan: &Plan, schema: &Schema, given: &Given) -> Vec<String> {
    let empty = plan.resources.iter().filter(|one| {
        matches!(one.action, Action::Create | Action::Replace | Action::MayReplace)
            && schema.ty(&one.ty).is_some_and(cloudc_schema::Type::is_stateful)
    });
    let mut notes: Vec<String> =
        empty.map(|one| format!("`{}` comes back empty: what it held is not in the template", one.id)).collect();
    if !given.secrets.is_empty() {
        notes.push(format!("secret parameters keep the value they have now: {}", given.secrets.join(", ")));
    }
    notes
}

/// A plan that was kept, if it still fits.
async fn take_up(aws: &Aws, unit: &Unit, kept: &Saved) -> Result<Prepared, Error> {
    let stale = |why: &str| {
        let message = format!("the plan of `{}` does not fit any more: {why}", unit.name());
        Err(Error::new(codes::STALE_PLAN, message).help("make a new one with `cloudc plan --out`"))
    };
    if kept.plan.template != unit.template_hash() {
        return stale("the program was changed");
    }
    if kept.plan.account != aws.identity.account {
        return stale("it is for another account");
    }
    let stack = aws.stack(unit.name()).await?.filter(|stack| !stack.status.in_review());
    if let Some(set) = &kept.plan.change_set {
        match aws.change_set(unit.name(), &set.name).await? {
            Some(found) if found.execution == "AVAILABLE" && found.stack_id == set.stack_id => {}
            Some(_) => return stale("the stack was changed, or the plan was executed"),
            None => return stale("its change set does not exist any more"),
        }
    }
    let given = Given {
        values: Default::default(),
        shown: kept.parameters.clone(),
        secrets: kept.secrets.clone(),
        hands_secret: kept.hands_secret,
    };
    Ok(Prepared { plan: kept.plan.clone(), stack, remains: None, stages: Vec::new(), given, template: None })
}

/// The worst risk among plans.
pub fn worst(plans: &[&Plan]) -> Risk {
    plans.iter().map(|plan| plan.risk).max().unwrap_or(Risk::Low)
}
