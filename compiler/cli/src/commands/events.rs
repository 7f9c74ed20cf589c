//! `cloudc events`: what happened to stacks, and what happens.

use std::collections::HashMap;
use std::time::Duration;

use cloudc_deploy::aws::{Aws, Event};
use cloudc_deploy::{Error, clock};

use crate::args::Global;
use crate::aws::access::Accounts;
use crate::aws::named::{self, LookArgs};
use crate::aws::{block_on, failure, no_stack};
use crate::exit::{Exit, Failure};
use crate::output;

/// Events of one look while following.
const MOST: usize = 1_000;

/// Options of `events`.
#[derive(Debug, clap::Args)]
#[command(
    visible_alias = "stream",
    after_help = "Examples:
  cloudc events api                     the last 50
  cloudc events api --failed            only what failed
  cloudc events --follow                of every stack of the program here, as it happens
  cloudc events 'shop-*' --follow --json >> events.jsonl"
)]
pub struct Args {
    #[command(flatten)]
    look: LookArgs,
    /// At most so many of each stack
    #[arg(long, short = 'n', value_name = "COUNT", default_value_t = 50)]
    limit: usize,
    /// Only what failed
    #[arg(long)]
    failed: bool,
    /// Only this resource, by logical id
    #[arg(long, value_name = "ID")]
    resource: Option<String>,
    /// Go on until interrupted
    #[arg(long, short)]
    follow: bool,
}

/// Prints events.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let (stacks, _units) = named::find(&args.look.named, global)?;
    let accounts = Accounts::new(&args.look.access);
    block_on(async {
        let mut watched: Vec<(Aws, String)> = Vec::new();
        for one in &stacks {
            let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
            for name in matching(&aws, &one.name).await.map_err(failure)? {
                watched.push((aws.clone(), name));
            }
        }
        let several = watched.len() > 1;
        let mut known: HashMap<usize, String> = HashMap::new();
        loop {
            let mut fresh = Vec::new();
            for (at, (aws, name)) in watched.iter().enumerate() {
                let first = !known.contains_key(&at);
                let most = if first { args.limit } else { MOST };
                let found = aws.events(name, known.get(&at).map(String::as_str), most).await.map_err(failure)?;
                known.extend(found.first().map(|event| (at, event.id.clone())));
                fresh.extend(found.into_iter().map(|event| (name, event)));
            }
            fresh.sort_by_key(|(_, event)| event.at);
            for (name, event) in fresh.iter().filter(|(_, event)| wanted(args, event)) {
                let line = if args.look.json { json(name, event) } else { text(name, event, several) };
                output::print(format!("{line}\n").as_bytes())?;
            }
            if !args.follow {
                return Ok(Exit::Fine);
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(2)) => {}
                _ = tokio::signal::ctrl_c() => return Ok(Exit::Fine),
            }
        }
    })
}

/// The stacks that a name means; `*` stands for any letters.
async fn matching(aws: &Aws, name: &str) -> Result<Vec<String>, Error> {
    if !name.contains('*') {
        return Ok(vec![aws.stack(name).await?.ok_or_else(|| no_stack(name, &aws.region))?.id]);
    }
    let mut all: Vec<String> = aws.stacks().await?.into_iter().map(|stack| stack.name).filter(|one| fits(name, one)).collect();
    all.sort();
    Ok(all)
}

/// Whether a name fits a pattern with `*`.
pub fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => {
            let Some(name) = name.strip_prefix(start) else { return false };
            (0..=name.len()).filter(|at| name.is_char_boundary(*at)).any(|at| fits(rest, &name[at..]))
        }
    }
}

fn wanted(args: &Args, event: &Event) -> bool {
    (!args.failed || event.status.failed()) && args.resource.as_ref().is_none_or(|id| *id == event.logical)
}

fn json(name: &str, event: &Event) -> String {
    let mut line = serde_json::to_value(event).unwrap_or_default();
    line["stack"] = name.into();
    line.to_string()
}

fn text(name: &str, event: &Event, several: bool) -> String {
    let prefix = if several { format!("{name}  ") } else { String::new() };
    let reason = event.reason.as_ref().map_or_else(String::new, |reason| format!("  {reason}"));
    let line =
        format!("{}  {prefix}{:<28}  {}  {}{reason}", clock::written(event.at / 1000), event.status, event.logical, event.ty);
    cloudc_base::render::printable(&line)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_stand_for_any_letters() {
        assert!(fits("shop-*", "shop-api") && fits("*", "x") && fits("a*c*e", "abcde") && fits("shop", "shop"));
        assert!(!fits("shop-*", "shop") && !fits("a*c", "abcd") && !fits("shop", "shops"));
    }
}
