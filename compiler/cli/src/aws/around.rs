//! What a deployment does around a stack: commands before and after, and what has to hold then.
//!
//! Commands are the program's own (`hooks`, `health`); they run in the project's folder and hear of the stack through variables
//! `CLOUDC_STACK`, `CLOUDC_REGION`, `CLOUDC_ACCOUNT` and `CLOUDC_OUTPUT_NAME`. Always: what they print goes to standard error; secrets are
//! not among the variables, because outputs are not secret.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use cloudc_deploy::aws::{Aws, Stack};
use cloudc_deploy::{Error, Unit, codes};
use cloudc_emit::Check;
use tokio::process::Command;

use super::progress::Voice;

/// The longest pause between two tries of a check.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Runs commands one after the other; the first that fails ends it.
pub async fn hooks(commands: &[String], aws: &Aws, unit: &Unit, stack: Option<&Stack>, voice: &Voice) -> Result<(), Error> {
    for command in commands {
        voice.say(&format!("running `{command}`"));
        let status = shell(command, &unit.root, aws, unit.name(), stack).await;
        let status = status.map_err(|error| Error::new(codes::HOOK, format!("`{command}` cannot be started: {error}")))?;
        if !status.success() {
            let how = status.code().map_or_else(|| "was ended by a signal".to_owned(), |code| format!("ended with {code}"));
            return Err(Error::new(codes::HOOK, format!("the hook `{command}` {how}")).help("what it printed is above"));
        }
    }
    Ok(())
}

async fn shell(
    command: &str,
    folder: &Path,
    aws: &Aws,
    name: &str,
    stack: Option<&Stack>,
) -> std::io::Result<std::process::ExitStatus> {
    let (program, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut process = Command::new(program);
    process.arg(flag).arg(command).current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    // What they print is for people; standard output is for results.
    process.stdout(std::io::stderr());
    process.env("CLOUDC_STACK", name).env("CLOUDC_REGION", &aws.region).env("CLOUDC_ACCOUNT", &aws.identity.account);
    for (output, value) in stack.iter().flat_map(|stack| &stack.outputs) {
        process.env(format!("CLOUDC_OUTPUT_{}", variable(output)), &value.value);
    }
    process.status().await
}

/// `OrdersUrl` is `ORDERS_URL`.
fn variable(name: &str) -> String {
    let mut out = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0
            && letter.is_ascii_uppercase()
            && name[..at].ends_with(|before: char| before.is_ascii_lowercase() || before.is_ascii_digit())
        {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}

/// Tries every check until it holds or its time is over.
pub async fn health(aws: &Aws, unit: &Unit, stack: &Stack, voice: &Voice) -> Result<(), Error> {
    for check in &unit.manifest().around.health {
        let (shown, begun) = (describe(check), Instant::now());
        let mut pause = Duration::from_millis(200);
        loop {
            let Err(why) = one(check, aws, unit, stack).await else { break };
            if begun.elapsed() + pause >= Duration::from_secs(check.within.into()) {
                return Err(Error::new(
                    codes::UNHEALTHY,
                    format!("`{}` is deployed and not healthy: {shown} {why}", unit.name()),
                )
                .note(format!("it was tried for {} seconds", check.within)));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        voice.say(&format!("healthy: {shown}"));
    }
    Ok(())
}

fn describe(check: &Check) -> String {
    let path = check.path.clone().unwrap_or_default();
    match (&check.command, &check.url, &check.output) {
        (Some(command), ..) => format!("`{command}`"),
        (None, Some(url), _) => format!("{url}{path}"),
        (None, None, Some(output)) => format!("the address in `{output}` with `{path}`"),
        _ => "a check without anything to check".to_owned(),
    }
}

/// Tries a check once; gives what is wrong.
async fn one(check: &Check, aws: &Aws, unit: &Unit, stack: &Stack) -> Result<(), String> {
    if let Some(command) = &check.command {
        return match shell(command, &unit.root, aws, unit.name(), Some(stack)).await {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("ended with {}", status.code().unwrap_or(-1))),
            Err(error) => Err(format!("cannot be started: {error}")),
        };
    }
    let address = match (&check.url, &check.output) {
        (Some(url), _) => url.clone(),
        (None, Some(output)) => {
            stack.outputs.get(output).map(|output| output.value.clone()).ok_or("is no output of the stack")?
        }
        (None, None) => return Err("says neither `url` nor `output` nor `command`".to_owned()),
    };
    let address = format!("{address}{}", check.path.as_deref().unwrap_or_default());
    let wanted = check.status.unwrap_or(200);
    let answered = tokio::task::spawn_blocking(move || ask(&address)).await.map_err(|error| error.to_string())?;
    match answered {
        Ok(status) if status == wanted => Ok(()),
        Ok(status) => Err(format!("answers {status}, not {wanted}")),
        Err(why) => Err(format!("does not answer: {why}")),
    }
}

fn ask(address: &str) -> Result<u16, String> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(10))).build().into();
    agent.get(address).call().map(|answer| answer.status().as_u16()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::variable;

    #[test]
    fn names_of_variables() {
        assert_eq!(["OrdersUrl", "URL", "a1B"].map(variable), ["ORDERS_URL", "URL", "A1_B"]);
    }
}
