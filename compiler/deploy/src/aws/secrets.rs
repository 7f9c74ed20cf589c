//! Whether secrets and stored parameters are there.
//!
//! Always: no value leaves this file. Of a secret that is read to see its keys only the names of the keys are told; of a parameter only
//! its type and versions.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::Aws;
use crate::error::{Error, from_sdk};

/// A secret of Secrets Manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Whether it is on its way out.
    pub deleted: bool,
    /// Labels (`AWSCURRENT`) by version.
    pub versions: BTreeMap<String, Vec<String>>,
}

/// What a secret is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keys {
    /// A JSON object with these keys.
    Object(Vec<String>),
    /// Text that is no JSON object.
    Text,
    /// Bytes.
    Binary,
    /// There is no such version.
    Missing,
}

/// Parameters of Parameter Store that were asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    /// Those there are: whether it is a SecureString, and its newest version.
    pub found: BTreeMap<String, (bool, i64)>,
}

impl Aws {
    /// A secret by name or ARN; nothing when there is none.
    pub async fn secret(&self, id: &str) -> Result<Option<Secret>, Error> {
        match self.secrets_manager().describe_secret().secret_id(id).send().await {
            Ok(told) => Ok(Some(Secret {
                deleted: told.deleted_date.is_some(),
                versions: told.version_ids_to_stages.unwrap_or_default().into_iter().collect(),
            })),
            Err(error) => match from_sdk("DescribeSecret", &error) {
                missing if missing.is("ResourceNotFoundException") => Ok(None),
                other => Err(other),
            },
        }
    }

    /// What a version of a secret is made of. The value is read, looked at, and dropped.
    pub async fn secret_keys(&self, id: &str, stage: Option<&str>, version: Option<&str>) -> Result<Keys, Error> {
        let call = self.secrets_manager().get_secret_value().secret_id(id);
        let call = call.set_version_stage(stage.map(str::to_owned)).set_version_id(version.map(str::to_owned));
        match call.send().await {
            Ok(told) => Ok(match told.secret_string.as_deref().map(serde_json::from_str::<Json>) {
                Some(Ok(Json::Object(fields))) => Keys::Object(fields.into_iter().map(|(key, _)| key).collect()),
                Some(_) => Keys::Text,
                None => Keys::Binary,
            }),
            Err(error) => match from_sdk("GetSecretValue", &error) {
                missing if missing.is("ResourceNotFoundException") => Ok(Keys::Missing),
                other => Err(other),
            },
        }
    }

    /// Which of these parameters there are; their values are not asked for.
    pub async fn parameters(&self, names: &[String]) -> Result<Parameters, Error> {
        let mut all = Parameters::default();
        // A filter takes 50 values.
        for some in names.chunks(50) {
            let filters = json!([{ "Key": "Name", "Option": "Equals", "Values": some }]);
            for one in self.all_parameters("DescribeParameters", json!({ "ParameterFilters": filters })).await? {
                let Some(name) = one.get("Name").and_then(Json::as_str) else { continue };
                let secure = one.get("Type").and_then(Json::as_str) == Some("SecureString");
                all.found.insert(name.to_owned(), (secure, one.get("Version").and_then(Json::as_i64).unwrap_or(0)));
            }
        }
        Ok(all)
    }

    /// Whether a parameter has that version or label. Only the history's numbers and labels are looked at.
    pub async fn parameter_version(&self, name: &str, wanted: &str) -> Result<bool, Error> {
        let all = match self.all_parameters("GetParameterHistory", json!({ "Name": name })).await {
            Ok(all) => all,
            Err(error) if error.is("ParameterNotFound") => return Ok(false),
            Err(error) => return Err(error),
        };
        let labels = |one: &Json| one.get("Labels").and_then(Json::as_array).cloned().unwrap_or_default();
        Ok(all.iter().any(|one| {
            one.get("Version").and_then(Json::as_i64).map(|version| version.to_string()).as_deref() == Some(wanted)
                || labels(one).iter().any(|label| label.as_str() == Some(wanted))
        }))
    }

    /// `Parameters` of every page of an answer of SSM.
    async fn all_parameters(&self, operation: &'static str, mut body: Json) -> Result<Vec<Json>, Error> {
        let mut all = Vec::new();
        loop {
            let mut answer = self.ssm(operation, &body).await?;
            if let Some(Json::Array(found)) = answer.get_mut("Parameters").map(Json::take) {
                all.extend(found);
            }
            match answer.get("NextToken").and_then(Json::as_str).filter(|token| !token.is_empty()) {
                Some(token) => body["NextToken"] = token.into(),
                None => return Ok(all),
            }
        }
    }
}
