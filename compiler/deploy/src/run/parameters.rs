//! Values for the parameters of a template.
//!
//! What the command line says comes first, then what project and environment say, then where assets are, then the template's default,
//! then what the stack has. Always: a missing or wrong value is told before AWS is asked.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::aws::{Parameter, Stack};
use crate::error::{Error, codes};
use crate::unit::Unit;

/// Values for all parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// What is handed over.
    pub values: BTreeMap<String, Parameter>,
    /// What every parameter will be, secrets as `****`.
    pub shown: BTreeMap<String, String>,
    /// Names of those that are secret.
    pub secrets: Vec<String>,
    /// Whether a secret value is handed over, so that nobody can tell whether it changes.
    pub hands_secret: bool,
}

/// What CloudFormation shows instead of a secret.
pub const HIDDEN: &str = "****";

/// Decides the value of each parameter.
pub fn given(unit: &Unit, stack: Option<&Stack>, chosen: &BTreeMap<String, String>, bucket: &str) -> Result<Given, Error> {
    let mut given = Given::default();
    let declared = unit.section("Parameters");
    if let Some(unknown) = chosen.keys().find(|name| declared.is_none_or(|all| !all.contains_key(*name))) {
        let mut error = Error::new(codes::PARAMETER, format!("`{}` has no parameter `{unknown}`", unit.name()));
        let names = declared.into_iter().flat_map(|all| all.keys().map(String::as_str));
        if let Some(near) = cloudc_base::suggest::nearest(unknown, names) {
            error = error.help(format!("did you mean `{near}`?"));
        }
        return Err(error);
    }
    let mut missing = Vec::new();
    for (name, about) in declared.into_iter().flatten() {
        let secret = is_secret(about);
        if secret {
            given.secrets.push(name.clone());
        }
        let asset = unit.artifact.uploads.iter().any(|upload| upload.parameter == *name && upload.kind != "image");
        let said = chosen.get(name).or_else(|| unit.manifest().parameters.get(name)).cloned();
        let said = said.or_else(|| asset.then(|| bucket.to_owned()));
        match said {
            Some(value) => {
                check(name, about, &value, secret)?;
                given.hands_secret |= secret;
                given.shown.insert(name.clone(), if secret { HIDDEN.to_owned() } else { value.clone() });
                given.values.insert(name.clone(), Parameter::Value(value));
            }
            None if about.get("Default").is_some() => {
                let default = about.get("Default").map_or_else(String::new, plain);
                given.shown.insert(name.clone(), if secret { HIDDEN.to_owned() } else { default });
            }
            None => match stack.and_then(|stack| stack.parameters.get(name)) {
                Some(value) => {
                    given.shown.insert(name.clone(), if secret { HIDDEN.to_owned() } else { value.clone() });
                    given.values.insert(name.clone(), Parameter::Previous);
                }
                None => missing.push(name.as_str()),
            },
        }
    }
    if missing.is_empty() { Ok(given) } else { Err(lacking(unit, &missing)) }
}

fn lacking(unit: &Unit, missing: &[&str]) -> Error {
    let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
    let plural = if missing.len() == 1 { "the parameter" } else { "the parameters" };
    let error = Error::new(codes::PARAMETER, format!("`{}` needs a value for {plural} {}", unit.name(), names.join(", ")));
    let first = missing.first().copied().unwrap_or_default();
    let images = |name: &&&str| unit.artifact.uploads.iter().any(|upload| upload.kind == "image" && upload.parameter == ***name);
    match missing.iter().find(images) {
        Some(name) => {
            let image = unit.artifact.uploads.iter().find(|upload| upload.kind == "image" && upload.parameter == **name);
            let tag = image.map_or("TAG", |image| image.name.as_str());
            error
                .note(format!("images are built and pushed outside: `docker build`, then `docker push REPOSITORY:{tag}`"))
                .help(format!("then say where: `--param {name}=REPOSITORY`"))
        }
        None => {
            error.help(format!("give it with `--param {first}=VALUE`, in the environment (`params: {{ … }}`), or as its default"))
        }
    }
}

/// Whether a parameter's value is never shown.
pub fn is_secret(about: &Json) -> bool {
    matches!(about.get("NoEcho"), Some(Json::Bool(true))) || about.get("NoEcho").and_then(Json::as_str) == Some("true")
}

/// Checks what can be checked here: CloudFormation would only say so after the change set was asked for.
fn check(name: &str, about: &Json, value: &str, secret: bool) -> Result<(), Error> {
    let shown = if secret { HIDDEN.to_owned() } else { format!("`{value}`") };
    let refuse = |why: String| {
        let error = Error::new(codes::PARAMETER, format!("{shown} is no value for the parameter `{name}`")).note(why);
        Err(match about.get("ConstraintDescription").and_then(Json::as_str) {
            Some(text) => error.help(text),
            None => error,
        })
    };
    let list = about.get("Type").and_then(Json::as_str).is_some_and(|ty| ty.starts_with("List<") || ty == "CommaDelimitedList");
    let numbers = about.get("Type").and_then(Json::as_str).is_some_and(|ty| ty == "Number" || ty == "List<Number>");
    let items: Vec<&str> = if list { value.split(',').map(str::trim).collect() } else { vec![value] };
    if let Some(allowed) = about.get("AllowedValues").and_then(Json::as_array) {
        let allowed: Vec<String> = allowed.iter().map(plain).collect();
        if let Some(other) = items.iter().find(|item| !allowed.iter().any(|known| known == *item)) {
            let what = if secret { "the value".to_owned() } else { format!("`{other}`") };
            return refuse(format!("{what} is not one of {}", allowed.join(", ")));
        }
    }
    if numbers && items.iter().any(|item| item.parse::<f64>().is_err()) {
        return refuse("it has to be a number".to_owned());
    }
    let limit = |key: &str| about.get(key).and_then(|limit| plain(limit).parse::<f64>().ok());
    if numbers {
        let number = |item: &&&str| item.parse::<f64>().ok();
        for item in &items {
            let Some(number) = number(&item) else { continue };
            if limit("MinValue").is_some_and(|least| number < least) {
                return refuse(format!("it is less than {}", limit("MinValue").unwrap_or_default()));
            }
            if limit("MaxValue").is_some_and(|most| number > most) {
                return refuse(format!("it is more than {}", limit("MaxValue").unwrap_or_default()));
            }
        }
    }
    let length = value.chars().count() as f64;
    if !list && limit("MinLength").is_some_and(|least| length < least) {
        return refuse(format!("it has {length} characters, {} are the least", limit("MinLength").unwrap_or_default()));
    }
    if !list && limit("MaxLength").is_some_and(|most| length > most) {
        return refuse(format!("it has {length} characters, {} are the most", limit("MaxLength").unwrap_or_default()));
    }
    if let Some(pattern) = about.get("AllowedPattern").and_then(Json::as_str)
        && let Ok(regex) = regex::Regex::new(&format!("^(?:{pattern})$"))
        && items.iter().any(|item| !regex.is_match(item))
    {
        return refuse(format!("it does not match `{pattern}`"));
    }
    Ok(())
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
