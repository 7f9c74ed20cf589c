//! Parameters of SSM, the account's alias and its regions.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::Aws;
use super::plain::{Asked, element, elements};
use crate::error::{Error, codes};

/// Names that one call deletes.
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameters.html>
const AT_ONCE: usize = 10;

impl Aws {
    /// The account's alias, where it has one and the caller may see it.
    pub async fn account_alias(&self) -> Option<String> {
        // One address for all regions of a partition. <https://docs.aws.amazon.com/general/latest/gr/iam-service.html>
        let (host, region) = match self.identity.partition() {
            "aws-cn" => ("iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            "aws-us-gov" => ("iam.us-gov.amazonaws.com", "us-gov-west-1"),
            _ => ("iam.amazonaws.com", "us-east-1"),
        };
        let asked = Asked {
            service: "iam",
            operation: "ListAccountAliases",
            region: region.to_owned(),
            host: host.to_owned(),
            path: "/".to_owned(),
            target: None,
            body: "Action=ListAccountAliases&Version=2010-05-08".to_owned(),
            attempts: 2,
        };
        let answer = self.ask(asked).await.ok()?;
        element(&answer, "member").filter(|alias| !alias.is_empty()).map(str::to_owned)
    }

    /// The regions that the account can use, sorted.
    pub async fn enabled_regions(&self) -> Result<Vec<String>, Error> {
        let asked = Asked {
            service: "ec2",
            operation: "DescribeRegions",
            region: self.region.clone(),
            host: format!("ec2.{}.{}", self.region, self.identity.suffix()),
            path: "/".to_owned(),
            target: None,
            body: "Action=DescribeRegions&Version=2016-11-15".to_owned(),
            attempts: 8,
        };
        let answer = self.ask(asked).await?;
        let mut regions: Vec<String> = elements(&answer, "regionName").map(str::to_owned).collect();
        regions.sort();
        regions.dedup();
        match regions.is_empty() {
            true => Err(Error::new(codes::UNREADABLE_ANSWER, "the answer to DescribeRegions names no region")),
            false => Ok(regions),
        }
    }

    /// Calls SSM.
    pub(super) async fn ssm(&self, operation: &'static str, body: &Json) -> Result<Json, Error> {
        let asked = Asked {
            service: "ssm",
            operation,
            region: self.region.clone(),
            host: format!("ssm.{}.{}", self.region, self.identity.suffix()),
            path: "/".to_owned(),
            target: Some(format!("AmazonSSM.{operation}")),
            body: body.to_string(),
            attempts: 8,
        };
        let answer = self.ask(asked).await?;
        serde_json::from_str(&answer)
            .map_err(|_| Error::new(codes::UNREADABLE_ANSWER, format!("the answer to {operation} cannot be read")))
    }

    /// Parameters below a path (`/cloudc/shop/`), by name.
    pub async fn parameters_below(&self, path: &str) -> Result<BTreeMap<String, String>, Error> {
        let mut all = BTreeMap::new();
        let mut token: Option<String> = None;
        loop {
            let mut body = json!({ "Path": path, "Recursive": true });
            if let Some(token) = token.take() {
                body["NextToken"] = token.into();
            }
            let answer = self.ssm("GetParametersByPath", &body).await?;
            let text = |one: &Json, name: &str| one.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
            let found = answer.get("Parameters").and_then(Json::as_array).into_iter().flatten();
            all.extend(found.map(|one| (text(one, "Name"), text(one, "Value"))));
            token = answer.get("NextToken").and_then(Json::as_str).filter(|token| !token.is_empty()).map(str::to_owned);
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// Writes a parameter, whether it is there or not.
    pub async fn put_parameter(&self, name: &str, value: &str, about: &str) -> Result<(), Error> {
        let body = json!({ "Name": name, "Value": value, "Type": "String", "Overwrite": true, "Description": about });
        self.ssm("PutParameter", &body).await.map(|_| ())
    }

    /// Deletes parameters; those that are not there are no error.
    pub async fn delete_parameters(&self, names: &[String]) -> Result<(), Error> {
        for names in names.chunks(AT_ONCE) {
            self.ssm("DeleteParameters", &json!({ "Names": names })).await?;
        }
        Ok(())
    }
}
