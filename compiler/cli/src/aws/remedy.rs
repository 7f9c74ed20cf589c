//! Mending drift: what is there is written into the program, or made again what the template says.
//!
//! Always: an edit is kept only when the program, built again, gives exactly the value that is there; anything else is left to the user and
//! said.

use std::sync::Arc;
use std::time::Duration;

use cloudc_deploy::aws::{Difference, DriftedResource};
use cloudc_deploy::run::{self, Settings};
use cloudc_deploy::{Error, Unit, codes, store};
use cloudc_emit::Place;
use serde_json::Value as Json;

use super::access::{self, Accounts};
use super::named::Named;
use super::progress::{Progress, Voice, Who};
use super::units::Units;
use super::{failure, local, printed};
use crate::args::Global;
use crate::exit::Failure;
use crate::output::{self, Written};
use crate::session::{self, SettingArgs};
use crate::walk::Source;

/// Writes what is there into the sources. Gives how many differences are left.
pub fn accept(
    units: &Units,
    at: usize,
    drifted: &[&DriftedResource],
    settings: &SettingArgs,
    global: &Global,
) -> Result<usize, Failure> {
    let unit = &units.units[at];
    let mut left = 0;
    for one in drifted {
        for found in &one.differences {
            let shown = format!("{}{}", one.id, found.path.replace('/', "."));
            let pointer = format!("/Properties{}", found.path);
            let place = unit.written(&one.id, &pointer).filter(|entry| entry.pointer == pointer);
            // The value itself, not the name of the property before it.
            let place = place.map(|entry| entry.src.clone().unwrap_or_else(|| entry.site.clone()));
            let done = match (&place, literal(&found.actual)) {
                (Some(place), Some(texts)) if found.kind == "NOT_EQUAL" => {
                    edit(unit, &Edit { id: &one.id, place, texts: &texts, found }, settings, global)?
                }
                _ => false,
            };
            let line = match (done, &place) {
                (true, Some(place)) => {
                    format!("{shown}: {} is written at {}:{}", found.actual, place.file.trim_start_matches('/'), place.line)
                }
                (_, Some(place)) => format!(
                    "{shown}: {} has to be written by hand, at {}:{}",
                    found.actual,
                    place.file.trim_start_matches('/'),
                    place.line
                ),
                (_, None) => format!("{shown}: {} has to be written by hand", found.actual),
            };
            output::line(printed(&[line]).trim_end());
            left += usize::from(!done);
        }
        if one.differences.is_empty() {
            output::line(
                printed(&[format!("{}: it does not exist any more; take it out of the program, or make it again", one.id)])
                    .trim_end(),
            );
            left += 1;
        }
    }
    Ok(left)
}

/// How a value may be written: as it is, or as a number of some unit.
fn literal(actual: &str) -> Option<Vec<String>> {
    let value = serde_json::from_str::<Json>(actual).unwrap_or_else(|_| Json::String(actual.to_owned()));
    match value {
        Json::Bool(value) => Some(vec![value.to_string()]),
        Json::Number(number) => {
            let units = ["", "s", "d", "m", "h", "ms", "GB", "MB"];
            Some(units.iter().map(|unit| format!("{number}{unit}")).collect())
        }
        Json::String(text) => Some(vec![Json::String(text).to_string().replace("${", "\\${")]),
        _ => None,
    }
}

/// A value that is to be written.
struct Edit<'a> {
    /// Of which resource.
    id: &'a str,
    /// Where.
    place: &'a Place,
    /// How it may be written.
    texts: &'a [String],
    /// What differs.
    found: &'a Difference,
}

/// Tries the texts until the program says what is there; otherwise the file stays as it was.
fn edit(unit: &Unit, edit: &Edit<'_>, settings: &SettingArgs, global: &Global) -> Result<bool, Failure> {
    let Edit { id, place, texts, found } = *edit;
    let path = unit.root.join(place.file.trim_start_matches('/'));
    let fail = |error: std::io::Error| Failure::world(format!("cannot read `{}`: {}", path.display(), output::reason(&error)));
    let before = std::fs::read_to_string(&path).map_err(fail)?;
    let range = place.start as usize..place.end as usize;
    if before.get(range.clone()).is_none() {
        return Ok(false);
    }
    let write = |text: String| output::write_all(&[Written { path: path.clone(), bytes: text.into_bytes() }]);
    // Written as it was, in seconds where it was seconds.
    let unit_of = |text: &str| text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').to_owned();
    let usual = unit_of(&before[range.clone()]);
    let (first, rest): (Vec<&String>, Vec<&String>) = texts.iter().partition(|text| unit_of(text) == usual);
    for text in first.into_iter().chain(rest) {
        let mut after = before.clone();
        after.replace_range(range.clone(), text);
        write(after)?;
        let sources = vec![Source { path: std::path::PathBuf::from(&unit.source), named: true }];
        let sessions = session::open(sources, &settings.options(cloudc_driver::Purpose::Build)?, global)?;
        let built = Units::quiet(sessions);
        let region = &unit.manifest().region;
        let now = built.units.iter().find(|other| other.name() == unit.name() && other.manifest().region == *region);
        let mut wanted = unit.artifact.template.clone();
        put(&mut wanted, id, found);
        // Where the value is used elsewhere too, more would change than what drifted.
        if now.is_some_and(|unit| cloudc_deploy::plan::same(&unit.artifact.template, &wanted)) {
            return Ok(true);
        }
    }
    write(before)?;
    Ok(false)
}

/// Makes resources again what the template says. CloudFormation only acts on what it believes to change: so it is first told what is
/// there, which changes nothing, and then the template again. Gives how many differences are left.
pub async fn revert(
    named: &Named,
    drifted: &[&DriftedResource],
    accounts: &Arc<Accounts>,
    global: &Global,
) -> Result<usize, Failure> {
    let aws = accounts.connect(named.wanted()).await.map_err(failure)?;
    let bucket = accounts.bucket(&aws);
    let (body, stack) = (aws.template(&named.name).await.map_err(failure)?, aws.stack(&named.name).await.map_err(failure)?);
    let (Some(template), Some(stack)) = (body.as_deref().and_then(run::read_template), stack) else {
        return Err(failure(super::no_stack(&named.name, &aws.region)));
    };
    let mut as_it_is = template.clone();
    let mut left = 0;
    for one in drifted {
        let done = one.differences.iter().filter(|found| put(&mut as_it_is, &one.id, found)).count();
        left += (one.differences.len() - done).max(usize::from(one.differences.is_empty()));
        if one.differences.is_empty() {
            output::line(
                printed(&[format!("{}: it does not exist any more, which only making it again mends", one.id)]).trim_end(),
            );
        }
    }
    if as_it_is == template {
        return Ok(left);
    }
    let place = [(named.name.as_str(), None, None)];
    let who = Who::all(place.into_iter()).remove(0);
    let progress = Arc::new(Progress::new(1, false, global));
    let voice = Voice::new(&progress, who);
    let interrupts = local::Interrupts::new();
    interrupts.listen(&progress);
    let settings = Settings::new(bucket.clone(), interrupts.wish());
    let owner = access::owner(&aws);
    let held = store::acquire(&aws, &bucket, &named.name, &owner, "revert drift", Duration::ZERO).await.map_err(failure)?;
    let mut result = Ok(());
    for step in [&as_it_is, &template] {
        result = run::set_template(&aws, &stack, step, &settings, &voice).await;
        if result.is_err() {
            break;
        }
    }
    held.release(&aws).await.map_err(failure)?;
    voice.clear();
    result.map_err(failure)?;
    // The last word has CloudFormation.
    let after = aws.drift(&stack.id).await.map_err(failure)?;
    let still = after.resources.iter().filter(|one| crate::commands::drift::is_drifted(one)).count();
    if still > 0 {
        let error = Error::new(codes::DRIFTED, format!("{still} resources of `{}` still differ", named.name));
        return Err(failure(error.help("`cloudc drift` shows what; some properties can only be changed by hand")));
    }
    output::line(&format!("`{}` is again what its template says", named.name));
    Ok(left)
}

/// Writes what is there into a template.
fn put(template: &mut Json, id: &str, found: &Difference) -> bool {
    let actual = serde_json::from_str::<Json>(&found.actual).unwrap_or_else(|_| Json::String(found.actual.clone()));
    let path = format!("/Resources/{id}/Properties{}", found.path);
    match (found.kind.as_str(), template.pointer_mut(&path)) {
        ("NOT_EQUAL", Some(place)) => {
            *place = actual;
            true
        }
        _ => false,
    }
}
