//! Who and where: options, and one connection for each account and region.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::ValueEnum;
use cloudc_base::render;
use cloudc_deploy::aws::{self, Access, Aws, Call, Calls, Role};
use cloudc_deploy::store::{self, Owner};
use cloudc_deploy::{Error, codes};

use crate::output;

/// Options of every command that speaks with AWS.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "AWS")]
pub struct AccessArgs {
    /// Profile of the shared AWS configuration; AWS_PROFILE otherwise
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Address to speak to instead of AWS; AWS_ENDPOINT_URL otherwise
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// Role to take on before anything else; the environment's `role` otherwise
    #[arg(long, value_name = "ARN")]
    pub assume_role: Option<String>,
    /// What the role's trust policy asks for; the environment's `external_id` otherwise
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// Bucket for templates, assets, history and locks [default: cloudc-ACCOUNT-REGION]
    #[arg(long, value_name = "NAME")]
    pub bucket: Option<String>,
    /// Tell every call to AWS (names, times and results; never values)
    #[arg(long, short)]
    pub verbose: bool,
    /// Form of what `--verbose` tells
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Where a stack goes, as the program says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The region.
    pub region: Option<&'a str>,
    /// The account it must be.
    pub account: Option<&'a str>,
    /// The role to take on.
    pub role: Option<&'a str>,
    /// What the role's trust policy asks for.
    pub external_id: Option<&'a str>,
    /// Whose account that is: the environment.
    pub environment: Option<&'a str>,
}

/// Connections, each made once.
pub struct Accounts {
    args: AccessArgs,
    calls: Calls,
    open: Mutex<Vec<(Access, Aws)>>,
}

impl Accounts {
    /// No connection yet.
    pub fn new(args: &AccessArgs) -> Arc<Self> {
        let format = args.log_format;
        let calls = if args.verbose { Calls::told_to(move |call| tell(call, format)) } else { Calls::default() };
        Arc::new(Accounts { args: args.clone(), calls, open: Mutex::default() })
    }

    /// A connection to where a stack goes; checked against what the program says.
    pub async fn connect(&self, wanted: Wanted<'_>) -> Result<Aws, Error> {
        let role = self.args.assume_role.as_deref().or(wanted.role);
        // What an environment says is for its own role.
        let said = wanted.external_id.filter(|_| self.args.assume_role.is_none());
        let external_id = self.args.external_id.as_deref().or(said);
        let access = Access {
            profile: self.args.profile.clone(),
            region: wanted.region.map(str::to_owned),
            endpoint: self.args.endpoint_url.clone(),
            role: role.map(|arn| Role { arn: arn.to_owned(), external_id: external_id.map(str::to_owned) }),
            first_pause: None,
        };
        let known = |open: &Vec<(Access, Aws)>| open.iter().find(|(known, _)| *known == access).map(|(_, aws)| aws.clone());
        let found = known(&self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        let aws = match found {
            Some(aws) => aws,
            None => {
                let aws = aws::connect(&access, self.calls.clone()).await?;
                self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((access, aws.clone()));
                aws
            }
        };
        match wanted.account {
            Some(account) if account != aws.identity.account => Err(wrong_account(account, &aws, wanted.environment)),
            _ => Ok(aws),
        }
    }

    /// The bucket of an account and region.
    pub fn bucket(&self, aws: &Aws) -> String {
        self.args.bucket.clone().unwrap_or_else(|| store::default_bucket(&aws.identity.account, &aws.region))
    }

    /// How long calls to AWS were under way.
    pub fn waited(&self) -> Duration {
        self.calls.waited()
    }

    /// How many calls were made.
    pub fn attempts(&self) -> u64 {
        self.calls.attempts()
    }
}

fn wrong_account(account: &str, aws: &Aws, environment: Option<&str>) -> Error {
    let whose = environment.map_or_else(|| "the program".to_owned(), |name| format!("the environment `{name}`"));
    let message = format!("the credentials are those of account {}, {whose} is account {account}", aws.identity.account);
    Error::new(codes::WRONG_ACCOUNT, message)
        .note(format!("they belong to {}", aws.identity.arn))
        .help("choose others with `--profile`, or take on a role of that account (`role` in the environment, or `--assume-role`)")
}

fn tell(call: &Call, format: LogFormat) {
    let took = u64::try_from(call.took.as_millis()).unwrap_or(u64::MAX);
    match format {
        LogFormat::Text => {
            let status = call.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            let again = if call.attempt > 1 { format!(", attempt {}", call.attempt) } else { String::new() };
            let verdict = if call.fine { "" } else { " failed" };
            output::line(&render::printable(&format!("  aws {} {took} ms ({status}{again}){verdict}", call.operation)));
        }
        LogFormat::Json => {
            let line = serde_json::json!({
                "call": call.operation, "attempt": call.attempt, "milliseconds": took, "status": call.status, "fine": call.fine,
            });
            output::line(&line.to_string());
        }
    }
}

/// Who runs this process, for locks and history.
pub fn owner(aws: &Aws) -> Owner {
    let variable =
        |names: [&str; 2]| names.iter().find_map(|name| std::env::var(name).ok()).unwrap_or_else(|| "unknown".to_owned());
    let host = std::fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    Owner {
        arn: aws.identity.arn.clone(),
        host: host.unwrap_or_else(|| variable(["HOSTNAME", "COMPUTERNAME"])),
        user: variable(["USER", "USERNAME"]),
        process: std::process::id(),
        place: store::place(),
        began: store::began(),
    }
}
