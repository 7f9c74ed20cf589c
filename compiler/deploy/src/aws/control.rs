//! Resources as they are, through Cloud Control: one interface for every type that has handlers.
//!
//! <https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-operations.html>

use serde_json::{Map, Value as Json, json};

use super::Aws;
use super::json::{CLOUD_CONTROL, QUOTAS, TAGGING, text};
use crate::error::{Error, codes};

/// The list in an answer of `ListResources`.
const DESCRIPTIONS: &str = "ResourceDescriptions";

/// A resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// Its primary identifier; several parts are joined by `|`.
    pub identifier: String,
    /// Its properties and attributes. In a list these may be only some of them.
    pub properties: Map<String, Json>,
}

impl Aws {
    /// A resource by its primary identifier; nothing when there is none.
    pub async fn resource(&self, ty: &str, identifier: &str) -> Result<Option<Described>, Error> {
        match self.call(&CLOUD_CONTROL, "GetResource", &json!({ "TypeName": ty, "Identifier": identifier })).await {
            Ok(told) => Ok(told.get("ResourceDescription").and_then(described)),
            Err(missing) if missing.is("ResourceNotFoundException") => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Resources of a type, by identifier. Types whose resources live in another one are listed within that: `model` says which.
    /// Gives an error when there are more than `most`.
    pub async fn resources_of(&self, ty: &str, model: Option<&Json>, most: usize) -> Result<Vec<Described>, Error> {
        let mut asked = json!({ "TypeName": ty });
        if let Some(model) = model {
            asked["ResourceModel"] = model.to_string().into();
        }
        let found = self.listed(&CLOUD_CONTROL, "ListResources", asked, DESCRIPTIONS, Some(most)).await?;
        if found.len() > most {
            let message = format!("there are more than {most} resources of the type `{ty}`");
            return Err(Error::new(codes::CANNOT_LOOK_UP, message).help("give its identifier: `lookup(\"…\")`"));
        }
        let mut all: Vec<Described> = found.iter().filter_map(described).collect();
        all.sort_by(|a, b| a.identifier.cmp(&b.identifier));
        all.dedup_by(|a, b| a.identifier == b.identifier);
        Ok(all)
    }

    /// How many resources of a type there are.
    pub async fn count_of(&self, ty: &str) -> Result<usize, Error> {
        let found = self.listed(&CLOUD_CONTROL, "ListResources", json!({ "TypeName": ty }), DESCRIPTIONS, None).await?;
        Ok(found.len())
    }

    /// What a quota of the account is; those of the whole account are told in one region of the partition.
    pub async fn quota(&self, service: &str, code: &str, global: bool) -> Result<Option<usize>, Error> {
        let region = if global && self.identity.partition() == "aws" { "us-east-1" } else { &self.region };
        let asked = json!({ "ServiceCode": service, "QuotaCode": code });
        let told = self.call_in(region, &QUOTAS, "GetServiceQuota", &asked).await?;
        let value = told.get("Quota").and_then(|quota| quota.get("Value")?.as_f64());
        // Whole numbers, which AWS gives as fractions.
        Ok(value.filter(|value| value.is_finite() && *value >= 0.0).map(|value| value as usize))
    }

    /// ARNs of whatever has all of these tags, as far as Resource Groups knows its type.
    pub async fn tagged(&self, tags: &[(String, String)]) -> Result<Vec<String>, Error> {
        let filters: Vec<Json> = tags.iter().map(|(key, value)| json!({ "Key": key, "Values": [value] })).collect();
        let asked = json!({ "TagFilters": filters });
        let found = self.listed(&TAGGING, "GetResources", asked, "ResourceTagMappingList", None).await?;
        Ok(found.iter().map(|one| text(one, "ResourceARN")).filter(|arn| !arn.is_empty()).collect())
    }
}

/// `{ "Identifier": "…", "Properties": "{ … }" }`.
fn described(told: &Json) -> Option<Described> {
    let properties = serde_json::from_str(&text(told, "Properties")).unwrap_or_default();
    Some(Described { identifier: told.get("Identifier")?.as_str()?.to_owned(), properties })
}
