//! Services that speak JSON and that little is asked of: one table, and calls with their pages.
//!
//! In: a service, an operation, what is asked as JSON. Out: the answer as JSON. See `docs/adr/0010-single-calls-without-an-sdk.md`.

use serde_json::Value as Json;

use super::Aws;
use super::plain::{Asked, Form};
use crate::error::{Error, codes};

/// Attempts of a call, the first among them.
const ATTEMPTS: u32 = 8;

/// A service, as the models of its SDK have it (<https://github.com/aws/api-models-aws>).
#[derive(Debug)]
pub(super) struct Service {
    /// As requests are signed, and the host begins.
    name: &'static str,
    /// What stands before an operation in `X-Amz-Target`.
    target: &'static str,
    /// Of its JSON: `1.0` or `1.1`.
    version: &'static str,
    /// The field, in answers and requests, that says which page comes next.
    token: &'static str,
}

pub(super) const CLOUD_CONTROL: Service =
    Service { name: "cloudcontrolapi", target: "CloudApiService", version: "1.0", token: "NextToken" };
pub(super) const QUOTAS: Service =
    Service { name: "servicequotas", target: "ServiceQuotasV20190624", version: "1.1", token: "NextToken" };
pub(super) const SECRETS_MANAGER: Service =
    Service { name: "secretsmanager", target: "secretsmanager", version: "1.1", token: "NextToken" };
pub(super) const SSM: Service = Service { name: "ssm", target: "AmazonSSM", version: "1.1", token: "NextToken" };
pub(super) const TAGGING: Service =
    Service { name: "tagging", target: "ResourceGroupsTaggingAPI_20170126", version: "1.1", token: "PaginationToken" };

impl Aws {
    /// Calls a service in the region of this connection.
    pub(super) async fn call(&self, service: &Service, operation: &'static str, body: &Json) -> Result<Json, Error> {
        self.call_in(&self.region, service, operation, body).await
    }

    /// Calls a service in a region.
    pub(super) async fn call_in(
        &self,
        region: &str,
        service: &Service,
        operation: &'static str,
        body: &Json,
    ) -> Result<Json, Error> {
        let asked = Asked {
            service: service.name,
            operation,
            region: region.to_owned(),
            host: format!("{}.{region}.{}", service.name, self.identity.suffix()),
            path: "/".to_owned(),
            form: Form::Json { version: service.version, target: format!("{}.{operation}", service.target) },
            body: body.to_string(),
            attempts: ATTEMPTS,
        };
        let answer = self.ask(asked).await?;
        serde_json::from_str(&answer)
            .map_err(|_| Error::new(codes::UNREADABLE_ANSWER, format!("the answer to {operation} cannot be read")))
    }

    /// The elements of a list in every page of an answer, until there are more than `most`.
    pub(super) async fn listed(
        &self,
        service: &Service,
        operation: &'static str,
        mut body: Json,
        list: &str,
        most: Option<usize>,
    ) -> Result<Vec<Json>, Error> {
        let mut all = Vec::new();
        loop {
            let mut page = self.call(service, operation, &body).await?;
            if let Some(Json::Array(found)) = page.get_mut(list).map(Json::take) {
                all.extend(found);
            }
            match page.get(service.token).and_then(Json::as_str).filter(|token| !token.is_empty()) {
                Some(token) if most.is_none_or(|most| all.len() <= most) => body[service.token] = token.into(),
                _ => return Ok(all),
            }
        }
    }
}

/// The text of a field; empty without one.
pub(super) fn text(of: &Json, field: &str) -> String {
    of.get(field).and_then(Json::as_str).unwrap_or_default().to_owned()
}
