//! Resources as they are, through Cloud Control: one interface for every type that has handlers.
//!
//! <https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-operations.html>

use serde_json::{Map, Value as Json};

use super::Aws;
use crate::error::{Error, codes, from_sdk};

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
        let told = self.control().get_resource().type_name(ty).identifier(identifier).send().await;
        match told {
            Ok(told) => {
                let about = told.resource_description;
                Ok(about.and_then(|about| described(about.identifier, about.properties.as_deref())))
            }
            Err(error) => match from_sdk("GetResource", &error) {
                missing if missing.is("ResourceNotFoundException") => Ok(None),
                other => Err(other),
            },
        }
    }

    /// Resources of a type, by identifier. Types whose resources live in another one are listed within that: `model` says which.
    /// Gives an error when there are more than `most`.
    pub async fn resources_of(&self, ty: &str, model: Option<&Json>, most: usize) -> Result<Vec<Described>, Error> {
        let call = self.control().list_resources().type_name(ty).set_resource_model(model.map(Json::to_string));
        let mut pages = call.into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| from_sdk("ListResources", &error))?;
            let found = page.resource_descriptions.unwrap_or_default();
            all.extend(found.into_iter().filter_map(|one| described(one.identifier, one.properties.as_deref())));
            if all.len() > most {
                let message = format!("there are more than {most} resources of the type `{ty}`");
                return Err(Error::new(codes::CANNOT_LOOK_UP, message).help("give its identifier: `lookup(\"…\")`"));
            }
        }
        all.sort_by(|a, b| a.identifier.cmp(&b.identifier));
        all.dedup_by(|a, b| a.identifier == b.identifier);
        Ok(all)
    }

    /// How many resources of a type there are.
    pub async fn count_of(&self, ty: &str) -> Result<usize, Error> {
        let mut pages = self.control().list_resources().type_name(ty).into_paginator().send();
        let mut count = 0;
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| from_sdk("ListResources", &error))?;
            count += page.resource_descriptions().len();
        }
        Ok(count)
    }

    /// What a quota of the account is; those of the whole account are told in one region of the partition.
    pub async fn quota(&self, service: &str, code: &str, global: bool) -> Result<Option<usize>, Error> {
        let mut call = self.quotas().get_service_quota().service_code(service).quota_code(code).customize();
        if global && self.identity.partition() == "aws" {
            let region = aws_config::Region::new("us-east-1");
            call = call.config_override(aws_sdk_servicequotas::config::Builder::new().region(region));
        }
        let told = call.send().await.map_err(|error| from_sdk("GetServiceQuota", &error))?;
        let value = told.quota.and_then(|quota| quota.value);
        // Whole numbers, which AWS gives as fractions.
        Ok(value.filter(|value| value.is_finite() && *value >= 0.0).map(|value| value as usize))
    }

    /// ARNs of whatever has all of these tags, as far as Resource Groups knows its type.
    pub async fn tagged(&self, tags: &[(String, String)]) -> Result<Vec<String>, Error> {
        let filter = |(key, value): &(String, String)| {
            aws_sdk_resourcegroupstagging::types::TagFilter::builder().key(key).values(value).build()
        };
        let call = self.tagging().get_resources().set_tag_filters(Some(tags.iter().map(filter).collect()));
        let mut pages = call.into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| from_sdk("GetResources", &error))?;
            let found = page.resource_tag_mapping_list.unwrap_or_default();
            all.extend(found.into_iter().filter_map(|one| one.resource_arn));
        }
        Ok(all)
    }
}

fn described(identifier: Option<String>, properties: Option<&str>) -> Option<Described> {
    let properties = properties.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    Some(Described { identifier: identifier?, properties })
}
