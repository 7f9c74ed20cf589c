//! `cloudc history`: every deployment of a stack.

use cloudc_deploy::clock;
use cloudc_deploy::store::{History, Record};

use crate::args::Global;
use crate::aws::access::Accounts;
use crate::aws::named::{self, LookArgs};
use crate::aws::progress::Who;
use crate::aws::{block_on, failure, printed};
use crate::commands::status::short;
use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `history`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc history api
  cloudc history api -n 3 --json
  cloudc rollback api --to 12           go back to one of them")]
pub struct Args {
    #[command(flatten)]
    look: LookArgs,
    /// At most so many of each stack
    #[arg(long, short = 'n', value_name = "COUNT", default_value_t = 20)]
    limit: usize,
}

/// Prints the history.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let (stacks, _units) = named::find(&args.look.named, global)?;
    let accounts = Accounts::new(&args.look.access);
    let found = block_on(async {
        let mut all = Vec::new();
        for one in &stacks {
            let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
            let bucket = accounts.bucket(&aws);
            let records = History { aws: &aws, bucket: &bucket }.records(&one.name, args.limit).await.map_err(failure)?;
            all.push(records);
        }
        Ok(all)
    })?;
    let labels = Who::all(stacks.iter().map(named::Named::place)).into_iter().map(|who| who.label);
    let found: Vec<_> = labels.zip(found).collect();
    if args.look.json {
        let all: serde_json::Map<_, _> =
            found.into_iter().map(|(name, records)| (name, serde_json::to_value(records).unwrap_or_default())).collect();
        output::print(format!("{:#}\n", serde_json::Value::Object(all)).as_bytes())?;
        return Ok(Exit::Fine);
    }
    for (name, records) in &found {
        let mut lines = vec![if records.is_empty() { format!("{name}: no deployment was recorded") } else { name.clone() }];
        lines.extend(records.iter().flat_map(text));
        output::print(printed(&lines).as_bytes())?;
    }
    Ok(Exit::Fine)
}

fn text(record: &Record) -> Vec<String> {
    let revision = record.revision.as_ref().map_or_else(String::new, |commit| format!("  {}", short(commit)));
    let took = record.ended.map_or_else(String::new, |ended| format!("  {}s", ended - record.begun));
    let what = match record.restores {
        Some(version) => format!("{} to {version}", record.operation),
        None => record.operation.clone(),
    };
    let head = format!(
        "  {:>4}  {}  {:<11}  {}  {}{revision}{took}  {}",
        record.version,
        clock::written(record.begun),
        record.outcome.word(),
        what,
        record.from,
        record.summary
    );
    let reason = record.reason.as_ref().map(|reason| format!("        {reason}"));
    std::iter::once(head).chain(reason).collect()
}
