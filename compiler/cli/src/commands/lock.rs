//! `cloudc lock`, `unlock` and `locks`: who may deploy.

use std::time::Duration;

use cloudc_deploy::{clock, store};

use crate::args::Global;
use crate::aws::access::{self, AccessArgs, Accounts};
use crate::aws::named::{self, NamedArgs};
use crate::aws::{block_on, failure, printed};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::session::SettingArgs;

/// Options of `lock`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Keeps everybody from deploying a stack for a while: during an incident, a migration, a freeze.

Examples:
  cloudc lock api --ttl 2h --reason \"database migration\"
  cloudc unlock api")]
pub struct LockArgs {
    #[command(flatten)]
    named: NamedArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// For how long
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = crate::session::duration)]
    ttl: Duration,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "keep it as it is")]
    reason: String,
}

/// Options of `unlock`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc unlock api
  cloudc unlock api --force              although somebody else holds it")]
pub struct UnlockArgs {
    #[command(flatten)]
    named: NamedArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Also a lock of somebody who may be at work
    #[arg(long)]
    force: bool,
}

/// Options of `locks`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc locks --region eu-west-1
  cloudc locks --json")]
pub struct LocksArgs {
    #[command(flatten)]
    settings: SettingArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Takes locks.
pub fn lock(args: &LockArgs, global: &Global) -> Result<Exit, Failure> {
    let (stacks, _units) = named::find(&args.named, global)?;
    let accounts = Accounts::new(&args.access);
    block_on(async {
        for one in &stacks {
            let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
            let until = clock::now().saturating_add(i64::try_from(args.ttl.as_secs()).unwrap_or(i64::MAX));
            let owner = access::owner(&aws);
            store::force(&aws, &accounts.bucket(&aws), &one.name, &owner, &args.reason, until).await.map_err(failure)?;
            if !global.quiet {
                output::line(&format!("`{}` is locked until {}", one.name, clock::written(until)));
            }
        }
        Ok(Exit::Fine)
    })
}

/// Removes locks.
pub fn unlock(args: &UnlockArgs, global: &Global) -> Result<Exit, Failure> {
    if args.force && args.named.stacks.is_empty() {
        return Err(Failure::usage("whose lock is taken away has to be named").help("`cloudc unlock STACK --force`"));
    }
    let (stacks, _units) = named::find(&args.named, global)?;
    let accounts = Accounts::new(&args.access);
    block_on(async {
        for one in &stacks {
            let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
            let owner = access::owner(&aws);
            let found = store::unlock(&aws, &accounts.bucket(&aws), &one.name, &owner, args.force).await.map_err(failure)?;
            if !global.quiet {
                let said = match found {
                    Some(lock) => format!("`{}` is free; it was locked by {}", one.name, lock.shown()),
                    None => format!("`{}` was not locked", one.name),
                };
                output::line(&cloudc_base::render::printable(&said));
            }
        }
        Ok(Exit::Fine)
    })
}

/// Lists locks.
pub fn locks(args: &LocksArgs, global: &Global) -> Result<Exit, Failure> {
    let accounts = Accounts::new(&args.access);
    let locks = block_on(async {
        let mut all = Vec::new();
        for place in named::places(&args.settings, global) {
            let aws = accounts.connect(place.wanted()).await.map_err(failure)?;
            all.extend(store::locks(&aws, &accounts.bucket(&aws)).await.map_err(failure)?);
        }
        Ok(all)
    })?;
    if args.json {
        output::print(format!("{:#}\n", serde_json::json!({ "version": 1, "locks": locks })).as_bytes())?;
        return Ok(Exit::Fine);
    }
    let line = |lock: &store::Lock| {
        let stale = if lock.is_stale() { "  (stale: the next deployment takes it)" } else { "" };
        format!("{}: {}{stale}", lock.stack, lock.shown())
    };
    let lines: Vec<String> = locks.iter().map(line).collect();
    output::print(printed(&lines).as_bytes())?;
    Ok(Exit::Fine)
}
