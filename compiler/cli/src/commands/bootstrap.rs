//! `cloudc bootstrap`: the bucket that an account and region need once.

use cloudc_deploy::bootstrap::{KEPT_DAYS, bootstrap};
use cloudc_deploy::permissions::{self, For};

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts, Wanted};
use crate::aws::{block_on, failure};
use crate::exit::{Exit, Failure};
use crate::{layers, output};

/// Options of `bootstrap`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Makes the bucket for templates, assets, history and locks: versioned, encrypted, private,
reached over TLS only; what was replaced in it is kept for 90 days. Doing it again changes
nothing. Prints the policy that whoever deploys needs for it; `cloudc permissions` adds what
the resources of a program need.

Examples:
  cloudc bootstrap --region eu-west-1
  cloudc bootstrap --profile prod --region us-east-1 > deployer.json")]
pub struct Args {
    /// Where
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    #[command(flatten)]
    access: AccessArgs,
}

/// Makes the bucket, prints the policy.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let accounts = Accounts::new(&args.access);
    let (made, aws) = block_on(async {
        let wanted = Wanted { region: args.region.as_deref(), ..Wanted::default() };
        let aws = accounts.connect(wanted).await.map_err(failure)?;
        let bucket = accounts.bucket(&aws);
        Ok((bootstrap(&aws, &bucket).await.map_err(failure)?, aws))
    })?;
    if !global.quiet {
        let what = if made.existed { "was there already, and is as it should be" } else { "is made" };
        output::line(&format!("the bucket `{}` in {} {what}", made.bucket, aws.region));
        output::line(&format!("  versioned, encrypted, private; replaced versions go after {KEPT_DAYS} days"));
        output::line("  whoever deploys needs, beside what the resources need (`cloudc permissions`):");
    }
    let stacks = ["*".to_owned()];
    let about = For {
        partition: aws.identity.partition(),
        account: &aws.identity.account,
        region: &aws.region,
        stacks: &stacks,
        bucket: &made.bucket,
    };
    let needed = permissions::policy(&Default::default(), &layers::schema(global), about);
    output::print(format!("{:#}\n", needed.policy).as_bytes())?;
    Ok(Exit::Fine)
}
