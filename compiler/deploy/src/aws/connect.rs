//! From profile, region and role to a connection whose owner is known.
//!
//! Always: credentials are asked for and the caller is identified before anything else, so that a mistake in them is told first and
//! once.

use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials as _;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_http_client::tls;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_types::error::ErrorMetadata;

use super::{Aws, Calls};
use crate::error::{self, Error, codes};

/// Attempts for one call, the first among them.
const ATTEMPTS: u32 = 8;
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Who and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// A profile of the shared configuration files.
    pub profile: Option<String>,
    /// The region; else the profile's or the environment's.
    pub region: Option<String>,
    /// An address to speak to instead of AWS.
    pub endpoint: Option<String>,
    /// A role to take on.
    pub role: Option<Role>,
    /// Pause before the second attempt of a call; 100 ms unless told.
    pub first_pause: Option<Duration>,
}

/// A role to take on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// What its trust policy asks for.
    pub external_id: Option<String>,
}

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Twelve digits.
    pub account: String,
    /// The ARN of the user or of the session of a role.
    pub arn: String,
}

impl Identity {
    /// `aws`, `aws-cn`, `aws-us-gov`…
    pub fn partition(&self) -> &str {
        self.arn.split(':').nth(1).filter(|part| !part.is_empty()).unwrap_or("aws")
    }

    /// What the partition's host names end in.
    pub fn suffix(&self) -> &'static str {
        if self.partition() == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" }
    }
}

/// Connects: finds credentials, takes on the role, asks who that is.
pub async fn connect(access: &Access, calls: Calls) -> Result<Aws, Error> {
    let config = config(access).await;
    let Some(region) = config.region().map(ToString::to_string).filter(|region| !region.is_empty()) else {
        return Err(Error::new(codes::NO_REGION, "nobody says which region to deploy to")
            .help("write `region: \"eu-west-1\"` in the stack or project, or give `--region`"));
    };
    credentials(&config).await?;
    let first_pause = access.first_pause.unwrap_or(Duration::from_millis(100));
    let retry =
        RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(first_pause).with_max_backoff(LONGEST_PAUSE);
    let config = match &access.role {
        Some(role) => assume(&config, role, access).await?,
        None => config,
    };
    let sts = aws_sdk_sts::config::Builder::from(&config)
        .retry_config(retry.clone())
        .interceptor(calls.clone())
        .retry_classifier(CutOff);
    let identity = identity(&aws_sdk_sts::Client::from_conf(sts.build())).await?;
    let cloudformation = aws_sdk_cloudformation::config::Builder::from(&config)
        .retry_config(retry.clone())
        .interceptor(calls.clone())
        .retry_classifier(CutOff)
        .build();
    // Emulators and private endpoints know buckets by path; AWS takes both.
    let s3 = aws_sdk_s3::config::Builder::from(&config)
        .retry_config(retry.clone())
        .interceptor(calls.clone())
        .retry_classifier(CutOff)
        .force_path_style(config.endpoint_url().is_some())
        .build();
    Ok(Aws {
        cloudformation: aws_sdk_cloudformation::Client::from_conf(cloudformation),
        s3: aws_sdk_s3::Client::from_conf(s3),
        identity,
        region,
        endpoint: config.endpoint_url().map(str::to_owned),
        calls,
        retry,
        config,
    })
}

async fn config(access: &Access) -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(Duration::from_secs(30))
        .operation_attempt_timeout(Duration::from_secs(120))
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http.clone()).timeout_config(timeouts);
    if let Some(profile) = &access.profile {
        // A profile that is asked for by name comes before the environment, as in AWS's own command line.
        let region = access.region.clone().map(Region::new);
        let about = ProviderConfig::default().with_http_client(http).with_region(region);
        let provider = ProfileFileCredentialsProvider::builder().profile_name(profile).configure(&about).build();
        loader = loader.profile_name(profile).credentials_provider(provider);
    }
    if let Some(region) = &access.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(endpoint) = &access.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    loader.load().await
}

async fn credentials(config: &SdkConfig) -> Result<(), Error> {
    let Some(provider) = config.credentials_provider() else {
        return Err(Error::new(codes::NO_CREDENTIALS, "there are no AWS credentials"));
    };
    provider.provide_credentials().await.map(|_| ()).map_err(|error| error::from_credentials(&error))
}

async fn assume(config: &SdkConfig, role: &Role, access: &Access) -> Result<SdkConfig, Error> {
    let mut provider = aws_config::sts::AssumeRoleProvider::builder(&role.arn).session_name("cloudc").configure(config);
    if let Some(external) = &role.external_id {
        provider = provider.external_id(external);
    }
    if let Some(region) = &access.region {
        provider = provider.region(Region::new(region.clone()));
    }
    let provider = provider.build().await;
    provider.provide_credentials().await.map_err(|error| refused(role, &error))?;
    let shared = aws_credential_types::provider::SharedCredentialsProvider::new(provider);
    Ok(config.to_builder().credentials_provider(shared).build())
}

/// Why a role cannot be taken on.
fn refused(role: &Role, error: &CredentialsError) -> Error {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let mut said = None;
    while let Some(one) = next {
        if let Some(connector) = one.downcast_ref::<ConnectorError>() {
            return error::from_dispatch("AssumeRole", connector);
        }
        if let Some(found) = one.downcast_ref::<ErrorMetadata>() {
            said = Some((found.code().unwrap_or_default().to_owned(), found.message().unwrap_or_default().to_owned()));
        }
        next = one.source();
    }
    let (code, said) = said.unwrap_or_else(|| (String::new(), error::deepest(error)));
    if error::is_about_credentials(&code) {
        return error::not_accepted(&code, &said);
    }
    let with = match &role.external_id {
        Some(id) => format!("with the external id `{id}`"),
        None => "without an external id".to_owned(),
    };
    let found = Error::new(codes::ROLE, format!("the role `{}` cannot be taken on {with}", role.arn))
        .note(format!("AWS says: {said}"))
        .help(
            "its trust policy has to name the caller, and the external id where it asks for one: `external_id` in the environment, \
             or `--external-id`; the caller needs `sts:AssumeRole` for it",
        );
    Error { aws: Some(code), ..found }
}

async fn identity(sts: &aws_sdk_sts::Client) -> Result<Identity, Error> {
    let told = sts.get_caller_identity().send().await.map_err(|error| error::from_sdk("GetCallerIdentity", &error))?;
    Ok(Identity { account: told.account.unwrap_or_default(), arn: told.arn.unwrap_or_default() })
}

/// An answer that was cut off is asked for again: every call made here can be.
#[derive(Debug)]
pub(super) struct CutOff;

impl ClassifyRetry for CutOff {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.output_or_error() {
            Some(Err(error)) if error.is_response_error() => RetryAction::transient_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "CutOff"
    }
}
