//! Parameters of SSM, the account's alias and its regions.

use std::collections::BTreeMap;

use serde_json::json;

use super::Aws;
use super::json::{SSM, text};
use super::plain::{Asked, Form, element, elements};
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
            form: Form::Query,
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
            form: Form::Query,
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

    /// Parameters below a path (`/cloudc/shop/`), by name.
    pub async fn parameters_below(&self, path: &str) -> Result<BTreeMap<String, String>, Error> {
        let asked = json!({ "Path": path, "Recursive": true });
        let found = self.listed(&SSM, "GetParametersByPath", asked, "Parameters", None).await?;
        Ok(found.iter().map(|one| (text(one, "Name"), text(one, "Value"))).collect())
    }

    /// Writes a parameter, whether it is there or not.
    pub async fn put_parameter(&self, name: &str, value: &str, about: &str) -> Result<(), Error> {
        let body = json!({ "Name": name, "Value": value, "Type": "String", "Overwrite": true, "Description": about });
        self.call(&SSM, "PutParameter", &body).await.map(|_| ())
    }

    /// Deletes parameters; those that are not there are no error.
    pub async fn delete_parameters(&self, names: &[String]) -> Result<(), Error> {
        for names in names.chunks(AT_ONCE) {
            self.call(&SSM, "DeleteParameters", &json!({ "Names": names })).await?;
        }
        Ok(())
    }
}
