//! `cloudc bootstrap`: the bucket that an account and region need once.

use cloudc_deploy::aws::Aws;
use cloudc_deploy::bootstrap::{KEPT_DAYS, Made, bootstrap};
use cloudc_deploy::permissions::{self, For};
use serde_json::{Value as Json, json};

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::{block_on, failure, named};
use crate::exit::{Exit, Failure};
use crate::session::SettingArgs;
use crate::{layers, output};

/// Options of `bootstrap`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Makes the bucket for templates, assets, history and locks: versioned, encrypted, private,
reached over TLS only; what was replaced in it is kept for 90 days. Doing it again changes
nothing. Prints the policy that whoever deploys needs for it; `cloudc permissions` adds what
the resources of a program need. Without --region every place of the program is made ready.

Examples:
  cloudc bootstrap
  cloudc bootstrap --env prod --profile prod
  cloudc bootstrap --region us-east-1 > deployer.json")]
pub struct Args {
    #[command(flatten)]
    settings: SettingArgs,
    #[command(flatten)]
    access: AccessArgs,
}

/// Makes buckets, prints the policy.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let accounts = Accounts::new(&args.access);
    let places = named::places(&args.settings, global);
    let made: Vec<(Made, Aws)> = block_on(async {
        let mut all = Vec::new();
        for place in &places {
            let aws = accounts.connect(place.wanted()).await.map_err(failure)?;
            let bucket = accounts.bucket(&aws);
            all.push((bootstrap(&aws, &bucket).await.map_err(failure)?, aws));
        }
        Ok(all)
    })?;
    let mut statements: Vec<Json> = Vec::new();
    for (at, (made, aws)) in made.iter().enumerate() {
        if !global.quiet {
            tell(made, aws);
        }
        let stacks = ["*".to_owned()];
        let about = For {
            partition: aws.identity.partition(),
            account: &aws.identity.account,
            region: &aws.region,
            stacks: &stacks,
            published: &[],
            bucket: &made.bucket,
            secrets: &[],
        };
        let needed = permissions::policy(&Default::default(), &layers::schema(global), about);
        for mut statement in needed.policy["Statement"].as_array().cloned().unwrap_or_default() {
            if at > 0 {
                statement["Sid"] = format!("{}{}", statement["Sid"].as_str().unwrap_or_default(), at + 1).into();
            }
            statements.push(statement);
        }
    }
    if !global.quiet {
        output::line("whoever deploys needs this, beside what the resources need (`cloudc permissions`):");
    }
    output::print(format!("{:#}\n", json!({ "Version": "2012-10-17", "Statement": statements })).as_bytes())?;
    Ok(Exit::Fine)
}

fn tell(made: &Made, aws: &Aws) {
    let what = if made.existed { "was there already, and is as it should be" } else { "is made" };
    output::line(&format!("the bucket `{}` in {} {what}", made.bucket, aws.region));
    output::line(&format!("  versioned, encrypted, private; replaced versions go after {KEPT_DAYS} days"));
    if made.foreign_policy {
        output::line("  it has a policy of its own, which was left: see that it refuses unencrypted connections");
    }
    if made.foreign_rules {
        output::line("  it has lifecycle rules of its own, which were left: see that old versions expire");
    }
}
