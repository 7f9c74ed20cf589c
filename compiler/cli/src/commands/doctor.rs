//! `cloudc doctor`: is everything there that a deployment needs?

use std::collections::BTreeSet;
use std::process::Command;

use cloudc_deploy::Error;
use cloudc_deploy::aws::Aws;
use cloudc_deploy::quotas::{self, Use};

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::named::{self, Named};
use crate::aws::{block_on, printed};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::session::SettingArgs;

/// Options of `doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Looks at credentials, account, region and bucket, against what the program's environment says,
and how far quotas are used for what the program here makes.

Examples:
  cloudc doctor
  cloudc doctor --env prod --profile prod
  cloudc doctor --json")]
pub struct Args {
    #[command(flatten)]
    settings: SettingArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One thing that was looked at.
struct Finding {
    what: String,
    /// `fine`, `missing` (a deployment does without) or `wrong`.
    state: &'static str,
    said: String,
    help: Option<String>,
}

/// Looks and tells.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let places = places(args, global);
    let types = named::types(&args.settings, global);
    let accounts = Accounts::new(&args.access);
    let mut findings = vec![
        tool("git", "the commit is recorded with each deployment"),
        tool("aws", "not needed; `aws sso login` is one way to credentials"),
    ];
    findings.extend(block_on(async {
        let mut all = Vec::new();
        for (label, place) in &places {
            all.extend(look(&accounts, label, place, &types).await);
        }
        Ok(all)
    })?);
    let wrong = findings.iter().any(|one| one.state == "wrong");
    if args.json {
        let all: Vec<_> = findings
            .iter()
            .map(|one| serde_json::json!({ "what": one.what, "state": one.state, "said": one.said, "help": one.help }))
            .collect();
        output::print(format!("{:#}\n", serde_json::json!({ "version": 1, "findings": all })).as_bytes())?;
    } else {
        let line = |one: &Finding| {
            let mark = match one.state {
                "fine" => "✓",
                "missing" => "-",
                _ => "✗",
            };
            let help = one.help.as_ref().map(|help| format!("    help: {help}"));
            std::iter::once(format!("{mark} {}: {}", one.what, one.said)).chain(help).collect::<Vec<_>>()
        };
        let lines: Vec<String> = findings.iter().flat_map(line).collect();
        output::print(printed(&lines).as_bytes())?;
    }
    Ok(if wrong { Exit::World } else { Exit::Fine })
}

/// Where the program here goes, each place once; else where the profile says.
fn places(args: &Args, global: &Global) -> Vec<(String, Named)> {
    let label = |one: &Named| {
        let wanted = one.wanted();
        format!("{} {}", wanted.environment.unwrap_or("default"), wanted.region.unwrap_or("default region"))
    };
    named::places(&args.settings, global).into_iter().map(|one| (label(&one), one)).collect()
}

fn tool(name: &str, why: &str) -> Finding {
    let found = Command::new(name).arg("--version").output().ok().filter(|out| out.status.success());
    match found {
        Some(out) => {
            let version = String::from_utf8_lossy(&out.stdout).lines().next().unwrap_or_default().to_owned();
            Finding { what: format!("the command `{name}`"), state: "fine", said: version, help: None }
        }
        None => {
            Finding { what: format!("the command `{name}`"), state: "missing", said: format!("not there ({why})"), help: None }
        }
    }
}

async fn look(accounts: &Accounts, label: &str, place: &Named, types: &BTreeSet<String>) -> Vec<Finding> {
    let what = |thing: &str| format!("{thing} ({label})");
    let wrong = |thing: &str, error: Error| Finding {
        what: what(thing),
        state: "wrong",
        said: format!("[{}] {}", error.code, error.message),
        help: error.help,
    };
    let aws: Aws = match accounts.connect(place.wanted()).await {
        Ok(aws) => aws,
        Err(error) => return vec![wrong("credentials", error)],
    };
    let account = match aws.account_alias().await {
        Some(alias) => format!("{} ({alias})", aws.identity.account),
        None => aws.identity.account.clone(),
    };
    let mut found = vec![
        Finding { what: what("credentials"), state: "fine", said: aws.identity.arn.clone(), help: None },
        Finding { what: what("account"), state: "fine", said: account, help: None },
        Finding { what: what("region"), state: "fine", said: aws.region.clone(), help: None },
    ];
    let bucket = accounts.bucket(&aws);
    found.push(match aws.has_bucket(&bucket).await {
        Ok(true) => Finding { what: what("bucket"), state: "fine", said: bucket, help: None },
        Ok(false) => Finding {
            what: what("bucket"),
            state: "wrong",
            said: format!("there is no `{bucket}`"),
            help: Some("`cloudc bootstrap` makes it, once for each account and region".to_owned()),
        },
        Err(error) => wrong("bucket", error),
    });
    match aws.stacks().await {
        Ok(stacks) => found.push(quota(what("CloudFormation"), &quotas::stacks(&aws, stacks.len()).await)),
        Err(error) => found.push(wrong("CloudFormation", error)),
    }
    let used = quotas::used(&aws, types.iter().map(String::as_str)).await;
    found.extend(used.iter().map(|one| quota(what("quota"), one)));
    found
}

/// How a quota is used: from nine tenths on that is worth a look.
fn quota(what: String, one: &Use) -> Finding {
    let near = one.used * 10 >= one.most * 9;
    let usually = if one.told { "" } else { " (the usual quota)" };
    Finding {
        what,
        state: if near { "missing" } else { "fine" },
        said: format!("{} of {} `{}`{usually}", one.used, one.most, one.ty),
        help: near.then(|| one.command(one.most * 2)),
    }
}
