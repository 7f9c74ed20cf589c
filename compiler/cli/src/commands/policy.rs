//! `cloudc stack policy`: what updates of a stack may do to its resources, whoever makes them.

use std::path::PathBuf;

use clap::Subcommand;
use cloudc_deploy::aws::{Aws, Stack};
use cloudc_deploy::run::policy::{self, Policy, Rule};
use cloudc_deploy::run::read_template;
use cloudc_deploy::{Error, codes};
use serde_json::Value as Json;

use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::named::{self, LookArgs, NamedArgs};
use crate::aws::{block_on, failure, local, no_stack, printed, rounds};
use crate::exit::{Exit, Failure};
use crate::{layers, output};

/// Options of `stack policy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "What `@protect` says is set by `cloudc deploy`; these are for stacks and rules beside it.

Examples:
  cloudc stack policy show api
  cloudc stack policy set legacy-vpc --protect-all
  cloudc stack policy remove legacy-vpc")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Show what is refused, and who said so
    Show(ShowArgs),
    /// Refuse changes
    Set(SetArgs),
    /// Allow everything again
    Remove(RemoveArgs),
}

/// Options of `stack policy show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc stack policy show              every stack of the program here
  cloudc stack policy show api --json   the policy itself")]
struct ShowArgs {
    #[command(flatten)]
    look: LookArgs,
}

/// Options of `stack policy set`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc stack policy set api --stateful             what holds data
  cloudc stack policy set api --type 'AWS::RDS::*'
  cloudc stack policy set api --tag tier=data        resources that have this tag now
  cloudc stack policy set api --allow-updates-deny-deletions
  cloudc stack policy set api --file policy.json     also StackPolicy of CodePipeline's file")]
struct SetArgs {
    #[command(flatten)]
    named: NamedArgs,
    #[command(flatten)]
    rule: RuleArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Ask nothing
    #[arg(long, short)]
    yes: bool,
}

/// What is refused.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct RuleArgs {
    /// Every change
    #[arg(long)]
    protect_all: bool,
    /// Replacing and deleting what holds data: buckets, tables, databases, queues, secrets
    #[arg(long)]
    stateful: bool,
    /// Replacing and deleting resources of this type, where `*` stands for any letters; several, separated by commas
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    types: Vec<String>,
    /// Replacing and deleting resources with this tag
    #[arg(long, value_name = "KEY[=VALUE]")]
    tag: Option<String>,
    /// Replacing and deleting these resources, by logical id; several, separated by commas
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    resource: Vec<String>,
    /// Deleting; changing and replacing is allowed
    #[arg(long)]
    allow_updates_deny_deletions: bool,
    /// What the policy in this file says
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Options of `stack policy remove`.
#[derive(Debug, clap::Args)]
#[command(after_help = "CloudFormation cannot take a policy away: it is set to one that allows everything. What
`@protect` says comes back with the next deployment.

Examples:
  cloudc stack policy remove legacy-vpc
  cloudc stack policy remove legacy-vpc --yes")]
struct RemoveArgs {
    #[command(flatten)]
    named: NamedArgs,
    #[command(flatten)]
    access: AccessArgs,
    /// Ask nothing
    #[arg(long, short)]
    yes: bool,
}

/// Does it.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    match &args.command {
        Command::Show(args) => show(&args.look, global),
        Command::Set(args) => change(&args.named, &args.access, args.yes, Some(&args.rule), global),
        Command::Remove(args) => change(&args.named, &args.access, args.yes, None, global),
    }
}

fn show(args: &LookArgs, global: &Global) -> Result<Exit, Failure> {
    let found = named::each(&args.named, global)?;
    let accounts = Accounts::new(&args.access);
    let looked = block_on(async { Ok(rounds::look(&accounts, &found, look).await) })?;
    let (found, failed) = rounds::sorted_out(looked);
    if args.json {
        let all: Vec<Json> = found.iter().map(|(name, region, now)| json(name, region, now.as_deref())).collect();
        output::print(format!("{:#}\n", serde_json::json!({ "version": 1, "stacks": all })).as_bytes())?;
    } else {
        let lines: Vec<String> =
            found.iter().flat_map(|(name, region, now)| text(&format!("{name} in {region}"), now.as_deref())).collect();
        output::print(printed(&lines).as_bytes())?;
    }
    Ok(if failed { Exit::World } else { Exit::Fine })
}

async fn look(accounts: &Accounts, one: &named::Named) -> Result<(String, String, Option<String>), Error> {
    let aws = accounts.connect(one.wanted()).await?;
    let stack = aws.stack(&one.name).await?.ok_or_else(|| no_stack(&one.name, &aws.region))?;
    Ok((stack.name, aws.region.clone(), aws.stack_policy(&stack.id).await?))
}

fn json(name: &str, region: &str, now: Option<&str>) -> Json {
    let (by, protected) = match policy::whose(now) {
        Policy::None => ("nobody", Vec::new()),
        Policy::Protect(ids) => ("protect", ids),
        Policy::Other => ("hand", Vec::new()),
    };
    let policy = now.and_then(|text| serde_json::from_str::<Json>(text).ok());
    serde_json::json!({ "name": name, "region": region, "by": by, "protected": protected, "policy": policy })
}

fn text(place: &str, now: Option<&str>) -> Vec<String> {
    match policy::whose(now) {
        Policy::None => vec![format!("{place}: everything is allowed")],
        Policy::Protect(ids) => {
            vec![
                format!("{place}: by `@protect` of the program"),
                format!("  replacing and deleting is refused: {}", ids.join(", ")),
            ]
        }
        Policy::Other => std::iter::once(format!("{place}: set by hand")).chain(statements(now.unwrap_or_default())).collect(),
    }
}

/// A line for each statement.
fn statements(text: &str) -> Vec<String> {
    let parsed: Json = serde_json::from_str(text).unwrap_or_default();
    let words = |value: Option<&Json>| match value {
        Some(Json::Array(all)) => {
            all.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect::<Vec<_>>().join(", ")
        }
        Some(Json::String(one)) => one.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let one = |statement: &Json| {
        let effect = words(statement.get("Effect")).to_lowercase();
        let part = |name: &str, other: &str| match statement.get(name) {
            Some(found) => words(Some(found)),
            None => statement.get(other).map_or_else(String::new, |found| format!("all but {}", words(Some(found)))),
        };
        let (action, resource) = (part("Action", "NotAction"), part("Resource", "NotResource"));
        let condition = statement.pointer("/Condition").map_or_else(String::new, |condition| {
            let types = condition.pointer("/StringLike/ResourceType").or_else(|| condition.pointer("/StringEquals/ResourceType"));
            types.map_or_else(|| format!(" where {condition}"), |types| format!(" of type {}", words(Some(types))))
        });
        format!("  {effect} {action} on {resource}{condition}")
    };
    parsed.get("Statement").and_then(Json::as_array).into_iter().flatten().map(one).collect()
}

fn change(named: &NamedArgs, access: &AccessArgs, yes: bool, rule: Option<&RuleArgs>, global: &Global) -> Result<Exit, Failure> {
    let (stacks, _units) = named::find(named, global)?;
    let one = named::only(&stacks, "a policy is set for", "cloudc stack policy set STACK")?;
    let file = rule.and_then(|rule| rule.file.as_deref()).map(read).transpose().map_err(failure)?;
    let accounts = Accounts::new(access);
    block_on(async {
        let aws = accounts.connect(one.wanted()).await.map_err(failure)?;
        let stack = aws.stack(&one.name).await.map_err(failure)?.ok_or_else(|| failure(no_stack(&one.name, &aws.region)))?;
        let now = aws.stack_policy(&stack.id).await.map_err(failure)?;
        let wanted = match (file, rule) {
            (Some(file), _) => file,
            (None, Some(rule)) => policy::made(&chosen(rule, &aws, &stack, global).await.map_err(failure)?),
            (None, None) => policy::policy(&[]),
        };
        let place = format!("{} in {}", stack.name, aws.region);
        if now.as_deref() == Some(wanted.as_str()) || rule.is_none() && policy::whose(now.as_deref()) == Policy::None {
            output::print(printed(&text(&place, now.as_deref())).as_bytes())?;
            return Ok(Exit::Fine);
        }
        for line in text(&format!("{place}, now"), now.as_deref()).iter().chain(&text(&format!("{place}, then"), Some(&wanted))) {
            output::line(&cloudc_base::render::printable(line));
        }
        if let Policy::Protect(_) = policy::whose(now.as_deref()) {
            output::line("  note: the next deployment that changes the stack sets what `@protect` says again");
        }
        if !agreed(yes).map_err(failure)? {
            return Err(Failure::errors("nothing was changed"));
        }
        aws.set_stack_policy(&stack.id, &wanted).await.map_err(failure)?;
        output::line(&cloudc_base::render::printable(&format!("the policy of `{}` is set", stack.name)));
        Ok(Exit::Fine)
    })
}

fn agreed(yes: bool) -> Result<bool, Error> {
    if yes {
        return Ok(true);
    }
    if !local::interactive() {
        return Err(Error::new(codes::NOT_APPROVED, "nobody agreed, and nobody can be asked").help("`--yes` agrees to it"));
    }
    Ok(local::ask("set it? [y]es, [n]o").is_some_and(|answer| answer.starts_with(['y', 'Y'])))
}

/// What the options say, for the resources that the stack has.
async fn chosen(args: &RuleArgs, aws: &Aws, stack: &Stack, global: &Global) -> Result<Rule, Error> {
    if args.protect_all {
        return Ok(Rule::All);
    }
    if args.allow_updates_deny_deletions {
        return Ok(Rule::Deletions);
    }
    let there = aws.resources(&stack.id).await?;
    let nothing = |what: String| Error::new(codes::NO_POLICY, format!("`{}` has no resource {what}", stack.name));
    if args.stateful {
        let schema = layers::schema(global);
        let stateful = |ty: &String| schema.ty(ty).is_some_and(cloudc_schema::Type::is_stateful);
        let mut types: Vec<String> = there.into_iter().map(|one| one.ty).filter(stateful).collect();
        types.sort();
        types.dedup();
        return if types.is_empty() { Err(nothing("that holds data".to_owned())) } else { Ok(Rule::Types(types)) };
    }
    if !args.types.is_empty() {
        // A rule for what comes later is of use too, but not one with a slip of the pen.
        let fits = |pattern: &str| there.iter().any(|one| super::events::fits(pattern, &one.ty));
        return match args.types.iter().find(|pattern| !fits(pattern)) {
            Some(pattern) => {
                let known: Vec<&str> = there.iter().map(|one| one.ty.as_str()).collect();
                let error = nothing(format!("of the type `{pattern}`"));
                Err(match cloudc_base::suggest::nearest(pattern, known) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help("`cloudc show STACK` lists what it has"),
                })
            }
            None => Ok(Rule::Types(args.types.clone())),
        };
    }
    if let Some(tag) = &args.tag {
        let template = aws.template(&stack.id).await?.and_then(|body| read_template(&body)).unwrap_or_default();
        let ids = tagged(&template, tag);
        return if ids.is_empty() { Err(nothing(format!("with the tag `{tag}`"))) } else { Ok(Rule::Resources(ids)) };
    }
    match args.resource.iter().find(|id| there.iter().all(|one| one.id != **id)) {
        Some(id) => {
            let error = nothing(format!("`{id}`"));
            Err(match cloudc_base::suggest::nearest(id, there.iter().map(|one| one.id.as_str())) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("`cloudc show STACK` lists what it has"),
            })
        }
        None => Ok(Rule::Resources(args.resource.clone())),
    }
}

/// Logical ids of the resources that a template gives a tag.
fn tagged(template: &Json, tag: &str) -> Vec<String> {
    let (key, value) = tag.split_once('=').map_or((tag, None), |(key, value)| (key, Some(value)));
    let fits = |found: &Json| value.is_none_or(|value| found.as_str() == Some(value));
    let has = |resource: &Json| match resource.pointer("/Properties/Tags") {
        Some(Json::Object(tags)) => tags.get(key).is_some_and(fits),
        Some(Json::Array(tags)) => {
            tags.iter().any(|one| one.get("Key").and_then(Json::as_str) == Some(key) && one.get("Value").is_some_and(fits))
        }
        _ => false,
    };
    let resources = template.get("Resources").and_then(Json::as_object).into_iter().flatten();
    resources.filter(|(_, resource)| has(resource)).map(|(id, _)| id.clone()).collect()
}

/// A policy from a file.
fn read(path: &std::path::Path) -> Result<String, Error> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::new(codes::LOCAL_FILE, format!("cannot read `{shown}`: {}", output::reason(&error))))?;
    let wrong = |why: String| {
        Error::new(codes::NO_POLICY, format!("`{shown}` is no stack policy: {why}")).help(
            "it is `{ \"Statement\": [{ \"Effect\": …, \"Action\": \"Update:…\", \"Principal\": \"*\", \"Resource\": … }] }`",
        )
    };
    let read: Json =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| wrong(format!("it is no JSON: {error}")))?;
    // CodePipeline's file has it beside parameters and tags.
    let policy = read.get("StackPolicy").cloned().unwrap_or(read);
    let statements = policy.get("Statement").and_then(Json::as_array).filter(|all| !all.is_empty());
    let statements = statements.ok_or_else(|| wrong("it has no list `Statement`".to_owned()))?;
    for statement in statements {
        let effect = statement.get("Effect").and_then(Json::as_str);
        if !matches!(effect, Some("Allow" | "Deny")) {
            return Err(wrong("a statement has no `Effect` that is `Allow` or `Deny`".to_owned()));
        }
        if statement.get("Principal") != Some(&Json::String("*".to_owned())) {
            return Err(wrong("a statement's `Principal` has to be `*`".to_owned()));
        }
    }
    let text = policy.to_string();
    match text.len() > policy::LARGEST {
        true => Err(wrong(format!("it has {} bytes, CloudFormation takes {}", text.len(), policy::LARGEST))),
        false => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{statements, tagged};

    #[test]
    fn tags_in_both_forms() {
        let template = json!({ "Resources": {
            "A": { "Properties": { "Tags": [{ "Key": "tier", "Value": "data" }] } },
            "B": { "Properties": { "Tags": { "tier": "web" } } },
            "C": {}
        } });
        assert_eq!(tagged(&template, "tier"), ["A", "B"]);
        assert_eq!(tagged(&template, "tier=data"), ["A"]);
        assert!(tagged(&template, "other").is_empty());
    }

    #[test]
    fn statements_in_words() {
        let policy = json!({ "Statement": [
            { "Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"], "Resource": "*", "Condition": { "StringLike": { "ResourceType": ["AWS::RDS::*"] } } },
            { "Effect": "Allow", "NotAction": "Update:Delete", "NotResource": "LogicalResourceId/A" }
        ] });
        assert_eq!(
            statements(&policy.to_string()),
            [
                "  deny Update:Replace, Update:Delete on * of type AWS::RDS::*",
                "  allow all but Update:Delete on all but LogicalResourceId/A"
            ]
        );
    }
}
