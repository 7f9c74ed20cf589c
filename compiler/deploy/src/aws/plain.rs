//! Single calls to services whose SDK would be many times larger than what is asked of them.
//!
//! Always: signed, tried again and told to the call log like every other call.

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::HttpStatusCodeClassifier;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use serde_json::Value as Json;

use super::Aws;
use crate::error::{self, Error, codes, from_sdk};

/// What is asked.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// As it is signed: `ssm`, `iam`.
    pub service: &'static str,
    /// `PutParameter`.
    pub operation: &'static str,
    /// The region that it is signed for.
    pub region: String,
    /// The host, where no other endpoint is set.
    pub host: String,
    /// The path, from its first `/`.
    pub path: String,
    /// How the request is written.
    pub form: Form,
    /// The request.
    pub body: String,
    /// Attempts, the first among them.
    pub attempts: u32,
}

/// How a request is written.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// As JSON of a version (`1.0`, `1.1`), for what `X-Amz-Target` says.
    Json { version: &'static str, target: String },
    /// As the fields of a form.
    Query,
    /// As XML.
    Xml,
}

impl Aws {
    /// Asks, and gives the text of the answer.
    pub(super) async fn ask(&self, asked: Asked) -> Result<String, Error> {
        let operation = asked.operation;
        let host = self.endpoint.clone().unwrap_or_else(|| format!("https://{}", asked.host));
        let host = host.trim_end_matches('/').to_owned();
        let url = format!("{host}{}", asked.path);
        let request = signed(&self.config, &asked, &url).await?;
        let retry = self.retry.clone().with_max_attempts(asked.attempts);
        let mut call =
            Operation::builder().service_name(name_of(asked.service)).operation_name(operation).endpoint_url(&host).no_auth();
        if let Some(client) = self.config.http_client() {
            call = call.http_client(client);
        }
        if let Some(sleep) = self.config.sleep_impl() {
            call = call.sleep_impl(sleep);
        }
        if let Some(timeouts) = self.config.timeout_config() {
            call = call.timeout_config(timeouts.clone());
        }
        let call = call
            .standard_retry(&retry)
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(Slower)
            .interceptor(self.calls.clone())
            .serializer(|request: Signed| request.request())
            .deserializer(answer)
            .build();
        call.invoke(request).await.map_err(|error| from_sdk(operation, &error))
    }
}

fn name_of(service: &str) -> String {
    service.to_uppercase()
}

/// A request with its signature.
#[derive(Debug)]
struct Signed {
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Signed {
    fn request(self) -> Result<HttpRequest, BoxError> {
        let mut request = HttpRequest::new(SdkBody::from(self.body));
        request.set_method("POST")?;
        request.set_uri(self.url)?;
        for (name, value) in self.headers {
            request.headers_mut().try_insert(name, value)?;
        }
        Ok(request)
    }
}

async fn signed(config: &SdkConfig, asked: &Asked, url: &str) -> Result<Signed, Error> {
    let Some(provider) = config.credentials_provider() else {
        return Err(Error::new(codes::NO_CREDENTIALS, "there are no AWS credentials"));
    };
    let credentials = provider.provide_credentials().await.map_err(|error| error::from_credentials(&error))?;
    let (kind, target) = match &asked.form {
        Form::Json { version, target } => (format!("application/x-amz-json-{version}"), Some(target)),
        Form::Query => ("application/x-www-form-urlencoded".to_owned(), None),
        Form::Xml => ("application/xml".to_owned(), None),
    };
    let mut headers = vec![("content-type".to_owned(), kind)];
    headers.extend(target.map(|target| ("x-amz-target".to_owned(), target.clone())));
    let failed = |why: String| Error::new(codes::REFUSED, format!("{} could not be signed: {why}", asked.operation));
    let identity = credentials.into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(&asked.region)
        .name(asked.service)
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| failed(error.to_string()))?
        .into();
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let signable = SignableRequest::new("POST", url, pairs, SignableBody::Bytes(asked.body.as_bytes()));
    let signable = signable.map_err(|error| failed(error.to_string()))?;
    let (instructions, _) = sign(signable, &params).map_err(|error| failed(error.to_string()))?.into_parts();
    headers.extend(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())));
    Ok(Signed { url: url.to_owned(), headers, body: asked.body.clone() })
}

/// The text of an answer, or what AWS calls its refusal.
fn answer(response: &HttpResponse) -> Result<String, OrchestratorError<ErrorMetadata>> {
    let text = response.body().bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
    if response.status().is_success() {
        return Ok(text);
    }
    let (code, message) = refusal(&text);
    let code = code.unwrap_or_else(|| response.status().as_u16().to_string());
    let mut about = ErrorMetadata::builder().code(code);
    about = message.into_iter().fold(about, |about, message| about.message(message));
    Err(OrchestratorError::operation(about.build()))
}

/// Name and message of a refusal: `{"__type": "com.amazonaws…#Name"}`, or `<Code>Name</Code>`.
fn refusal(text: &str) -> (Option<String>, Option<String>) {
    if let Ok(found) = serde_json::from_str::<Json>(text) {
        let field = |names: [&str; 2]| names.iter().find_map(|name| found.get(*name)?.as_str().map(str::to_owned));
        let code = field(["__type", "code"]).map(|name| name.rsplit('#').next().unwrap_or_default().to_owned());
        return (code, field(["message", "Message"]));
    }
    (element(text, "Code").map(str::to_owned), element(text, "Message").map(str::to_owned))
}

/// What stands in the first element of a name.
pub(super) fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    elements(text, name).next()
}

/// What stands in each element of a name that holds text alone.
pub(super) fn elements<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&open)?;
        let (inside, after) = after.split_once(&close)?;
        rest = after;
        Some(inside.trim())
    })
}

/// What asks to slow down is asked again.
#[derive(Debug)]
struct Slower;

impl ClassifyRetry for Slower {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else { return RetryAction::NoActionIndicated };
        if error.is_connector_error() || error.is_response_error() || error.is_timeout_error() {
            return RetryAction::transient_error();
        }
        let found = error.as_operation_error().and_then(|error| error.downcast_ref::<ErrorMetadata>());
        match found.and_then(ErrorMetadata::code).is_some_and(error::is_throttle) {
            true => RetryAction::throttling_error(),
            false => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "Slower"
    }
}

#[cfg(test)]
mod tests {
    use super::{element, elements, refusal};

    #[test]
    fn refusals_in_both_forms() {
        let json = r#"{"__type":"com.amazonaws.ssm#ParameterNotFound","message":"no"}"#;
        assert_eq!(refusal(json), (Some("ParameterNotFound".to_owned()), Some("no".to_owned())));
        let xml = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>";
        assert_eq!(refusal(xml), (Some("AccessDenied".to_owned()), Some("not you".to_owned())));
        assert_eq!(refusal("nothing of the kind"), (None, None));
        assert_eq!(element("<a><member>acme</member></a>", "member"), Some("acme"));
        assert_eq!(element("<member>acme", "member"), None);
        assert_eq!(elements("<r>a</r><s/><r> b </r><r>c", "r").collect::<Vec<_>>(), ["a", "b"]);
    }
}
