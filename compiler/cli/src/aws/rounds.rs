//! Several environments in one run: every place is looked at before anything is touched, then one environment comes after the other.
//!
//! Always: when a place is not as it should be, nothing is deployed anywhere; an environment after one that failed is not tried.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use cloudc_deploy::aws::Aws;
use cloudc_deploy::store::Outcome;
use cloudc_deploy::{Error, Unit};
use futures_util::StreamExt as _;

use super::access::{Accounts, Wanted};
use super::deployment::{Fate, wanted};
use super::failures;
use super::named::{Found, Named};
use super::progress::{Progress, Voice, Who};
use super::units::{self, UnitArgs, Units};
use crate::args::Global;
use crate::exit::Failure;

/// Places asked about at once.
const AT_ONCE: usize = 8;

/// The stacks of one environment, and what became of them.
pub struct Round {
    /// The environment.
    pub environment: Option<String>,
    /// What is deployed.
    pub units: Units,
    /// Where each is told.
    pub voices: Vec<Voice>,
    /// Account of each with its alias, once known.
    pub accounts: Vec<Option<String>>,
    /// What became of each.
    pub fates: Vec<Fate>,
}

/// Builds the stacks for each environment, with tags beside those of the program.
pub fn build(args: &UnitArgs, tags: &BTreeMap<String, String>, global: &Global) -> Result<Vec<Units>, Failure> {
    let each = args.settings.each().into_iter();
    let mut built: Vec<Units> =
        each.map(|settings| units::build(&UnitArgs { settings, ..args.clone() }, global)).collect::<Result<_, _>>()?;
    for unit in built.iter_mut().flat_map(|units| &mut units.units) {
        unit.artifact.manifest.tags.extend(tags.clone());
    }
    Ok(built)
}

/// Stacks that were built, each with a voice of its own.
pub fn rounds(built: Vec<Units>, json: bool, global: &Global) -> (Vec<Round>, Arc<Progress>) {
    let who = Who::all(built.iter().flat_map(|units| units.units.iter().map(Unit::place)));
    let progress = Arc::new(Progress::new(who.len(), json, global));
    let mut voices = who.into_iter().map(|who| Voice::new(&progress, who));
    let round = |units: Units| Round {
        environment: units.units.first().and_then(|unit| unit.manifest().environment.clone()),
        voices: voices.by_ref().take(units.units.len()).collect(),
        accounts: vec![None; units.units.len()],
        fates: Vec::new(),
        units,
    };
    (built.into_iter().map(round).collect(), progress)
}

/// Connects to every place, each once, in order.
pub async fn places<'a>(accounts: &Accounts, all: impl Iterator<Item = Wanted<'a>>) -> Vec<(Wanted<'a>, Result<Aws, Error>)> {
    let mut places: Vec<Wanted<'a>> = Vec::new();
    for one in all {
        if !places.contains(&one) {
            places.push(one);
        }
    }
    let asked = futures_util::stream::iter(places).map(|one| async move { (one, accounts.connect(one).await) });
    asked.buffered(AT_ONCE).collect().await
}

/// What is wrong with places, each once: all is told but the last, which is to end the command.
pub fn wrong(places: &[(Wanted<'_>, Result<Aws, Error>)]) -> Option<Error> {
    let mut errors: Vec<&Error> = Vec::new();
    for error in places.iter().filter_map(|(_, place)| place.as_ref().err()) {
        if !errors.contains(&error) {
            errors.push(error);
        }
    }
    let last = errors.pop()?;
    errors.into_iter().for_each(failures::tell);
    Some(last.clone())
}

/// Looks at every place that a run goes to. Gives whether all are as they should be; what is wrong is told, each once, and then every
/// stack has its fate.
pub async fn check(accounts: &Accounts, rounds: &mut [Round]) -> bool {
    let (found, fine) = looked(accounts, rounds).await;
    for (round, (accounts, fates)) in rounds.iter_mut().zip(found) {
        (round.accounts, round.fates) = (accounts, fates);
    }
    fine
}

/// Accounts and fates of a round's stacks.
type Checked = (Vec<Option<String>>, Vec<Fate>);

async fn looked(accounts: &Accounts, rounds: &[Round]) -> (Vec<Checked>, bool) {
    let all = rounds.iter().flat_map(|round| &round.units.units);
    let mut places = places(accounts, all.map(wanted)).await;
    let several = places.len() > 1;
    for (_, place) in places.iter_mut().filter(|_| several) {
        let Ok(aws) = place else { continue };
        let bucket = accounts.bucket(aws);
        match aws.has_bucket(&bucket).await {
            Ok(true) => {}
            Ok(false) => *place = Err(cloudc_deploy::aws::no_bucket(&bucket)),
            Err(error) => *place = Err(error),
        }
    }
    if let Some(error) = wrong(&places) {
        failures::tell(&error);
    }
    let names = if several { aliases(&places).await } else { BTreeMap::new() };
    let first = places.iter().find(|(_, place)| place.is_err()).map(|(place, _)| spoken(place));
    let of = |unit: &Unit| places.iter().find(|(place, _)| *place == wanted(unit)).map(|(_, found)| found);
    let account = |unit: &Unit| {
        let account = &of(unit)?.as_ref().ok()?.identity.account;
        Some(names.get(account).unwrap_or(account).clone())
    };
    let fate = |unit: &Unit| match (of(unit), &first) {
        (Some(Err(error)), _) => Some(Fate::Failed(error.clone())),
        (_, Some(first)) => Some(Fate::Blocked(first.clone())),
        _ => None,
    };
    let checked = rounds.iter().map(|round| {
        let units = &round.units.units;
        (units.iter().map(account).collect(), units.iter().filter_map(fate).collect())
    });
    (checked.collect(), first.is_none())
}

/// Values that no stack of a run has a parameter for. Of a single stack deploying says so itself.
pub fn parameters(built: &[Units], values: &[(String, String)]) -> Result<(), Error> {
    let units: Vec<&Unit> = built.iter().flat_map(|units| &units.units).collect();
    let names = || units.iter().flat_map(|unit| unit.section("Parameters").into_iter().flatten().map(|(name, _)| name.as_str()));
    match values.iter().find(|(name, _)| units.len() > 1 && !names().any(|known| known == name)) {
        None => Ok(()),
        Some((name, _)) => {
            let error = Error::new(cloudc_deploy::codes::PARAMETER, format!("none of the stacks has a parameter `{name}`"));
            Err(match cloudc_base::suggest::nearest(name, names()) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error,
            })
        }
    }
}

/// Accounts that have an alias and let it be seen: `333333333333 (acme-prod)`.
async fn aliases(places: &[(Wanted<'_>, Result<Aws, Error>)]) -> BTreeMap<String, String> {
    let mut asked: BTreeMap<&str, &Aws> = BTreeMap::new();
    for aws in places.iter().filter_map(|(_, place)| place.as_ref().ok()) {
        asked.entry(&aws.identity.account).or_insert(aws);
    }
    let mut names = BTreeMap::new();
    for (account, aws) in asked {
        if let Some(alias) = aws.account_alias().await {
            names.insert(account.to_owned(), format!("{account} ({})", cloudc_base::render::printable(&alias)));
        }
    }
    names
}

/// A place in words.
fn spoken(place: &Wanted<'_>) -> String {
    let words: Vec<&str> = [place.environment, place.region].into_iter().flatten().collect();
    if words.is_empty() { "the account".to_owned() } else { words.join(", ") }
}

/// What became of every stack, by environment, account and region; nothing where there is one place.
pub fn report(rounds: &[Round]) -> String {
    let place = |round: &Round, at: usize| {
        let manifest = round.units.units[at].manifest();
        let account = round.accounts[at].as_ref().map(|account| format!("account {account}"));
        let words: Vec<String> = [manifest.environment.clone(), account, manifest.region.clone()].into_iter().flatten().collect();
        words.join(", ")
    };
    let mut places: Vec<(String, Vec<String>)> = Vec::new();
    for round in rounds {
        for (at, fate) in round.fates.iter().enumerate() {
            let line = format!("{}: {}", round.units.units[at].name(), verdict(fate));
            let here = place(round, at);
            match places.iter_mut().find(|(known, _)| *known == here) {
                Some((_, lines)) => lines.push(line),
                None => places.push((here, vec![line])),
            }
        }
    }
    let mut out = String::new();
    if places.len() > 1 {
        for (place, lines) in places {
            let _ = writeln!(out, "{place}");
            for line in lines {
                let _ = writeln!(out, "  {line}");
            }
        }
    }
    out
}

/// What became of a stack, in a few words.
pub fn verdict(fate: &Fate) -> String {
    match fate {
        Fate::Skipped => "unchanged".to_owned(),
        Fate::Done(applied) if applied.detached => "CloudFormation goes on".to_owned(),
        Fate::Done(applied) => {
            let version = applied.version.map_or_else(String::new, |version| format!(", version {version}"));
            match applied.outcome {
                Outcome::Succeeded if applied.action == cloudc_deploy::plan::StackAction::Nothing => "no changes".to_owned(),
                Outcome::Succeeded => format!("deployed{version}"),
                other => {
                    let status = applied.stack.as_ref().map_or_else(|| "gone".to_owned(), |stack| stack.status.to_string());
                    format!("{} ({status})", other.word())
                }
            }
        }
        Fate::Failed(error) => format!("error {}: {}", error.code, error.message),
        Fate::Blocked(because) => format!("not tried, because of {because}"),
        Fate::Refused => "not deployed".to_owned(),
    }
}

/// Looks at stacks in their places, several at once. Gives what was found, in order.
pub async fn look<T>(
    accounts: &Accounts,
    found: &[Found],
    one: impl AsyncFn(&Accounts, &Named) -> Result<T, Error>,
) -> Vec<Result<T, Error>> {
    let stacks: Vec<&Named> = found.iter().flat_map(|(stacks, _)| stacks).collect();
    // Connections are made once, before they are wanted several times at once.
    places(accounts, stacks.iter().map(|stack| stack.wanted())).await;
    let one = &one;
    let looks = futures_util::stream::iter(stacks).map(|stack| async move { one(accounts, stack).await });
    looks.buffered(AT_ONCE).collect().await
}

/// Tells what went wrong, each once. Gives the rest, and whether something did.
pub fn sorted_out<T>(looked: Vec<Result<T, Error>>) -> (Vec<T>, bool) {
    let (mut fine, mut wrong) = (Vec::new(), Vec::<Error>::new());
    for one in looked {
        match one {
            Ok(one) => fine.push(one),
            Err(error) if wrong.contains(&error) => {}
            Err(error) => {
                failures::tell(&error);
                wrong.push(error);
            }
        }
    }
    let failed = !wrong.is_empty();
    (fine, failed)
}
