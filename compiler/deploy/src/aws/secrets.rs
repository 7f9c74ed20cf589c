//! Whether secrets and stored parameters are there.
//!
//! Always: no value leaves this file. Of a secret that is read to see its keys only the names of the keys are told; of a parameter only
//! its type and versions.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::Aws;
use super::json::{SECRETS_MANAGER, SSM, text};
use crate::error::Error;

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
        match self.call(&SECRETS_MANAGER, "DescribeSecret", &json!({ "SecretId": id })).await {
            Ok(told) => {
                let versions = told.get("VersionIdsToStages").cloned().unwrap_or_default();
                let deleted = told.get("DeletedDate").is_some_and(|date| !date.is_null());
                Ok(Some(Secret { deleted, versions: serde_json::from_value(versions).unwrap_or_default() }))
            }
            Err(missing) if missing.is("ResourceNotFoundException") => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// What a version of a secret is made of. The value is read, looked at, and dropped.
    pub async fn secret_keys(&self, id: &str, stage: Option<&str>, version: Option<&str>) -> Result<Keys, Error> {
        let mut asked = json!({ "SecretId": id });
        for (field, value) in [("VersionStage", stage), ("VersionId", version)] {
            if let Some(value) = value {
                asked[field] = value.into();
            }
        }
        match self.call(&SECRETS_MANAGER, "GetSecretValue", &asked).await {
            Ok(told) => Ok(match told.get("SecretString").and_then(Json::as_str).map(serde_json::from_str::<Json>) {
                Some(Ok(Json::Object(fields))) => Keys::Object(fields.into_iter().map(|(key, _)| key).collect()),
                Some(_) => Keys::Text,
                None => Keys::Binary,
            }),
            Err(missing) if missing.is("ResourceNotFoundException") => Ok(Keys::Missing),
            Err(other) => Err(other),
        }
    }

    /// Which of these parameters there are; their values are not asked for.
    pub async fn parameters(&self, names: &[String]) -> Result<Parameters, Error> {
        let mut all = Parameters::default();
        // A filter takes 50 values.
        for some in names.chunks(50) {
            let filters = json!([{ "Key": "Name", "Option": "Equals", "Values": some }]);
            for one in self.listed(&SSM, "DescribeParameters", json!({ "ParameterFilters": filters }), "Parameters", None).await?
            {
                let secure = text(&one, "Type") == "SecureString";
                all.found.insert(text(&one, "Name"), (secure, one.get("Version").and_then(Json::as_i64).unwrap_or(0)));
            }
        }
        Ok(all)
    }

    /// Whether a parameter has that version or label. Only the history's numbers and labels are looked at.
    pub async fn parameter_version(&self, name: &str, wanted: &str) -> Result<bool, Error> {
        let all = match self.listed(&SSM, "GetParameterHistory", json!({ "Name": name }), "Parameters", None).await {
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
}
