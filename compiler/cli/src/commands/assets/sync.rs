//! `cloudc assets sync`: a folder of this machine as objects of a bucket.

use std::path::PathBuf;

use cloudc_deploy::aws::Aws;
use cloudc_deploy::sync::{self, Destination, Plan, Settings};
use cloudc_deploy::{Error, codes};

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::named::{self, Named, NamedArgs};
use crate::aws::{block_on, failure, no_stack, printed};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::session::{self, SettingArgs};

/// Options of `assets sync`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Contents are compared, not dates. Pages (HTML, XML) come after what they name, and what is
deleted after them. Where bucket or distribution is an output of a stack, write STACK.OUTPUT.

Examples:
  cloudc assets sync dist s3://shop-site
  cloudc assets sync dist --to web.SiteBucket --env prod --delete
  cloudc assets sync dist --to web.SiteBucket --invalidate web.DistributionId \\
    --cache-control 'assets/*=public, max-age=31536000, immutable' --cache-control '*=no-cache'
  cloudc assets sync docs s3://shop-site/docs --dry-run")]
pub struct Args {
    /// The folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Where to: `s3://bucket/prefix`
    #[arg(value_name = "DESTINATION", required_unless_present = "to", conflicts_with = "to")]
    destination: Option<String>,
    /// Where to: an output of a stack that holds a bucket's name, perhaps with a prefix (web.SiteBucket/docs)
    #[arg(long, value_name = "STACK.OUTPUT")]
    to: Option<String>,
    /// Delete objects below the prefix that no file stands for
    #[arg(long)]
    delete: bool,
    /// Have this CloudFront distribution fetch what changed: its id, or STACK.OUTPUT
    #[arg(long, value_name = "DISTRIBUTION")]
    invalidate: Option<String>,
    /// How long browsers keep files that fit a pattern: the first one that fits counts; may be repeated
    #[arg(long = "cache-control", value_name = "PATTERN=VALUE", value_parser = session::pair)]
    cache: Vec<(String, String)>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Ask nothing
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    settings: SettingArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// Brings it there.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let accounts = Accounts::new(&args.access);
    block_on(async {
        let (aws, to) = destination(args, &accounts, global).await?;
        if to.bucket == accounts.bucket(&aws) {
            let message = format!("`{}` is the bucket of cloudc itself", to.bucket);
            return Err(failure(Error::new(codes::SYNC, message).help("bring the folder to a bucket of its own")));
        }
        let distribution = match &args.invalidate {
            Some(text) if text.contains('.') => Some(output_of(args, &accounts, text, global).await?.1),
            other => other.clone(),
        };
        let settings = Settings { cache: args.cache.clone(), delete: args.delete };
        let plan = sync::plan(&aws, &args.folder, &to, &settings).await.map_err(failure)?;
        let show = args.dry_run && !args.json;
        if show || (!plan.deletes.is_empty() && !args.json && !args.yes) {
            output::print(printed(&lines(&plan)).as_bytes())?;
        }
        let wants = !args.dry_run && !plan.is_empty();
        if wants && !plan.deletes.is_empty() {
            let question = format!("delete {} from {}?", super::objects(plan.deletes.len()), to.bucket);
            if !super::agreed(args.yes, &question)? {
                return Ok(Exit::Errors);
            }
        }
        let mut invalidation = None;
        if wants {
            let quiet = args.json || global.quiet;
            let told = |key: &str| {
                if !quiet {
                    let done = if plan.deletes.iter().any(|gone| gone == key) { "  deleted" } else { "" };
                    output::line(&cloudc_base::render::printable(&format!("  ✓ {key}{done}")));
                }
            };
            sync::run(&aws, &to, &plan, &told).await.map_err(failure)?;
            let paths = plan.paths(&to);
            if let Some(distribution) = distribution.filter(|_| !paths.is_empty()) {
                invalidation = Some(aws.invalidate(&distribution, &paths).await.map_err(failure)?);
            }
        }
        finish(args, &to, &plan, invalidation.as_deref(), global)?;
        Ok(Exit::Fine)
    })
}

fn finish(args: &Args, to: &Destination, plan: &Plan, invalidation: Option<&str>, global: &Global) -> Result<(), Failure> {
    let bytes: u64 = plan.sends.iter().map(|send| send.size).sum();
    if args.json {
        let sent: Vec<_> = plan
            .sends
            .iter()
            .map(|send| {
                serde_json::json!({
                    "key": send.key, "size": send.size, "sha256": send.about.hash, "new": send.new,
                    "content_type": send.about.content_type, "cache_control": send.about.cache_control,
                })
            })
            .collect();
        let whole = serde_json::json!({
            "version": 1, "bucket": to.bucket, "prefix": to.prefix, "done": !args.dry_run, "sent": sent, "deleted": plan.deletes,
            "unchanged": plan.unchanged, "invalidation": invalidation,
        });
        return output::print(format!("{whole:#}\n").as_bytes());
    }
    if !global.quiet {
        let would = if args.dry_run { "would be " } else { "" };
        let deleted = if plan.deletes.is_empty() { String::new() } else { format!(", {} {would}deleted", plan.deletes.len()) };
        output::line(&format!("{} {would}sent ({}){deleted}, {} unchanged", plan.sends.len(), size(bytes), plan.unchanged));
        if let Some(id) = invalidation {
            output::line(&cloudc_base::render::printable(&format!("CloudFront fetches what changed: invalidation {id}")));
        }
    }
    Ok(())
}

fn lines(plan: &Plan) -> Vec<String> {
    let sends = plan.sends.iter().map(|send| {
        let cache = send.about.cache_control.as_ref().map_or_else(String::new, |value| format!("  {value}"));
        let kind = send.about.content_type.as_deref().unwrap_or_default();
        format!("{} {}  {}  {kind}{cache}", if send.new { '+' } else { '~' }, send.key, size(send.size))
    });
    sends.chain(plan.deletes.iter().map(|key| format!("- {key}"))).collect()
}

async fn destination(args: &Args, accounts: &Accounts, global: &Global) -> Result<(Aws, Destination), Failure> {
    if let Some(text) = &args.to {
        let (text, prefix) = text.split_once('/').unwrap_or((text, ""));
        let (aws, bucket) = output_of(args, accounts, text, global).await?;
        return Ok((aws, Destination::read(&bucket).map_err(failure)?.below(prefix)));
    }
    let to = Destination::read(args.destination.as_deref().unwrap_or_default()).map_err(failure)?;
    let place = named::places(&args.settings, global).into_iter().next();
    let place = place.unwrap_or_else(|| Named::anywhere(args.settings.regions.first().cloned()));
    Ok((accounts.connect(place.wanted()).await.map_err(failure)?, to))
}

/// The value of `STACK.OUTPUT`.
async fn output_of(args: &Args, accounts: &Accounts, text: &str, global: &Global) -> Result<(Aws, String), Failure> {
    let Some((stack, name)) = text.split_once('.') else {
        return Err(Failure::usage(format!("`{text}` is no output of a stack")).help("write it as STACK.OUTPUT"));
    };
    let named = NamedArgs { stacks: vec![stack.to_owned()], settings: args.settings.clone() };
    let (found, units) = named::find(&named, global)?;
    if let Some(units) = units {
        units.leave();
    }
    let Some(one) = found.into_iter().next() else { return Err(failure(no_stack(stack, "this account"))) };
    let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
    let deployed = aws.stack(&one.name).await.map_err(failure)?.ok_or_else(|| failure(no_stack(&one.name, &aws.region)))?;
    let value = deployed.outputs.get(name).map(|output| output.value.clone());
    let value = value.ok_or_else(|| {
        let near = cloudc_base::suggest::nearest(name, deployed.outputs.keys().map(String::as_str));
        let error = Error::new(codes::SYNC, format!("`{}` has no output `{name}`", one.name));
        failure(match near {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("`cloudc outputs` shows those it has"),
        })
    })?;
    Ok((aws, value))
}

/// `3.2 MB`.
pub fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut at = 0;
    while value >= 999.95 && at + 1 < units.len() {
        value /= 1000.0;
        at += 1;
    }
    format!("{value:.1} {}", units[at])
}
