//! What the outside world refused, told to a person.
//!
//! In: errors of the SDK and findings of this crate. Out: an [`Error`] with a code, one line, why, and what to do. Always: nothing of
//! an answer is shown unfiltered by the caller: text from AWS is untrusted, so printing goes through `render::printable`.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// Codes of this crate; each has a page in `docs/errors/`.
pub mod codes {
    /// What is looked up is not there.
    pub const LOOKUP_NOTHING: &str = "C0563";
    /// What is looked up is there several times.
    pub const LOOKUP_AMBIGUOUS: &str = "C0564";
    /// What was looked up is not what the lock file says any more.
    pub const LOOKUP_CHANGED: &str = "C0565";
    /// There are no credentials.
    pub const NO_CREDENTIALS: &str = "C0850";
    /// The credentials are refused: expired, unknown or signed wrongly.
    pub const BAD_CREDENTIALS: &str = "C0851";
    /// The account is not the one of the environment.
    pub const WRONG_ACCOUNT: &str = "C0852";
    /// Nobody says which region.
    pub const NO_REGION: &str = "C0853";
    /// The service cannot be reached.
    pub const UNREACHABLE: &str = "C0854";
    /// The caller may not do this.
    pub const ACCESS_DENIED: &str = "C0855";
    /// The service asked to slow down until patience ended.
    pub const THROTTLED: &str = "C0856";
    /// Any other answer of AWS that is a no.
    pub const REFUSED: &str = "C0857";
    /// An answer that cannot be read.
    pub const UNREADABLE_ANSWER: &str = "C0858";
    /// The stack's status does not allow it.
    pub const WRONG_STATUS: &str = "C0860";
    /// Somebody else holds the lock.
    pub const LOCKED: &str = "C0861";
    /// A parameter has no value, or a value that is not one of its own.
    pub const PARAMETER: &str = "C0862";
    /// The template is larger than CloudFormation takes.
    pub const TOO_LARGE: &str = "C0864";
    /// There is no bucket for templates, history and locks.
    pub const NO_BUCKET: &str = "C0865";
    /// Something to upload cannot be read, or changed since it was built.
    pub const ASSET: &str = "C0866";
    /// Nobody agreed.
    pub const NOT_APPROVED: &str = "C0867";
    /// CloudFormation cannot make a plan of the template.
    pub const NO_CHANGE_SET: &str = "C0868";
    /// A resource could not be made, changed or deleted.
    pub const RESOURCE_FAILED: &str = "C0870";
    /// The stack could not be brought to what the program says.
    pub const STACK_FAILED: &str = "C0871";
    /// A saved plan does not fit any more.
    pub const STALE_PLAN: &str = "C0872";
    /// There is no such stack.
    pub const NO_STACK: &str = "C0873";
    /// No such deployment was recorded.
    pub const NO_RECORD: &str = "C0874";
    /// A capability that nobody agreed to.
    pub const CAPABILITY: &str = "C0876";
    /// Deleting is refused.
    pub const PROTECTED: &str = "C0877";
    /// Other stacks need an export.
    pub const IN_USE: &str = "C0878";
    /// A health check failed.
    pub const UNHEALTHY: &str = "C0879";
    /// A hook failed.
    pub const HOOK: &str = "C0880";
    /// A resource was changed outside of CloudFormation.
    pub const DRIFTED: &str = "C0882";
    /// The role cannot be taken on.
    pub const ROLE: &str = "C0887";
    /// What a stack tells cannot be written to SSM.
    pub const PUBLISH: &str = "C0889";
    /// What is to be a stack policy is none, or is about nothing that the stack has.
    pub const NO_POLICY: &str = "C0888";
    /// AWS cannot look up such a thing.
    pub const CANNOT_LOOK_UP: &str = "C0892";
    /// A secret or stored parameter is not there, or not what the program reads of it.
    pub const NO_SECRET: &str = "C0893";
    /// The account may not have as many as the plan makes.
    pub const QUOTA: &str = "C0894";
    /// A history cannot be brought back, moved or removed.
    pub const BAD_STATE: &str = "C0895";
    /// Files cannot be brought to where they are to be.
    pub const SYNC: &str = "C0896";
    /// A stack whose deployments have to be agreed to is not deployed at every save.
    pub const NOT_WATCHED: &str = "C0883";
    /// A review was asked for where there is no terminal.
    pub const NO_TERMINAL: &str = "C0884";
    /// A file beside the program cannot be read or written.
    pub const LOCAL_FILE: &str = "C0881";
}

/// What went wrong, for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// `C08xx`.
    pub code: &'static str,
    /// One line, lowercase, user text in backticks.
    pub message: String,
    /// Why.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// AWS's own name of it (`ValidationError`), when it came from there.
    pub aws: Option<String>,
}

impl Error {
    /// An error with a code and a message.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Error { code, message: message.into(), notes: Vec::new(), help: None, aws: None }
    }

    /// Adds why.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds what to do.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Whether AWS called it by this name.
    pub fn is(&self, name: &str) -> bool {
        self.aws.as_deref() == Some(name)
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "[{}] {}", self.code, self.message)
    }
}

impl StdError for Error {}

/// Names of answers that mean the credentials are no good.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html>
const CREDENTIALS: [&str; 10] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "UnrecognizedClientException",
    "IncompleteSignature",
    "SignatureDoesNotMatch",
    "MissingAuthenticationToken",
    "InvalidToken",
];

/// Names of answers that ask to slow down.
const THROTTLES: [&str; 7] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
    "RequestThrottled",
];

/// What an error of the SDK means. `operation` is AWS's name of what was asked: `CreateChangeSet`.
pub fn from_sdk<E, R>(operation: &str, error: &SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + StdError + 'static,
    R: std::fmt::Debug + 'static,
{
    match error {
        SdkError::ServiceError(inner) => from_service(operation, inner.err()),
        SdkError::DispatchFailure(inner) => match inner.as_connector_error() {
            Some(connector) => from_dispatch(operation, connector),
            None => unreachable_service(operation, ""),
        },
        SdkError::TimeoutError(_) => unreachable_service(operation, "no answer came in time"),
        SdkError::ResponseError(_) => {
            let message = format!("the answer to {operation} cannot be read");
            Error::new(codes::UNREADABLE_ANSWER, message).note("it was cut off or is no answer of AWS, also when asked again")
        }
        other => match credentials_of(other) {
            Some(found) => found,
            None => Error::new(codes::REFUSED, format!("{operation} could not be asked: {}", deepest(other))),
        },
    }
}

/// Whether an answer of this name means that the credentials are no good.
pub(crate) fn is_about_credentials(name: &str) -> bool {
    CREDENTIALS.contains(&name)
}

/// Whether an answer of this name asks to slow down.
pub(crate) fn is_throttle(name: &str) -> bool {
    THROTTLES.contains(&name)
}

/// Credentials that are no good, by AWS's name of the answer and what it said.
pub(crate) fn not_accepted(name: &str, said: &str) -> Error {
    Error::new(codes::BAD_CREDENTIALS, format!("AWS does not accept the credentials: {said}")).help(
        match name.contains("Expired") {
            true => "get new ones, for example with `aws sso login`",
            false => "`cloudc doctor` shows which credentials are used and where they come from",
        },
    )
}

fn from_service<E: ProvideErrorMetadata + StdError>(operation: &str, error: &E) -> Error {
    let name = error.code().unwrap_or("Unknown").to_owned();
    let said = error.message().unwrap_or("AWS gave no reason").trim().to_owned();
    let found = if is_about_credentials(&name) {
        not_accepted(&name, &said)
    } else if is_throttle(&name) {
        Error::new(codes::THROTTLED, format!("AWS asks to slow down: {said}"))
            .note(format!("{operation} was tried again with growing pauses, and refused each time"))
            .help("try again in a minute; everything done so far is kept")
    } else if name.starts_with("AccessDenied") || name == "UnauthorizedOperation" || name == "Forbidden" {
        Error::new(codes::ACCESS_DENIED, format!("not allowed to call {operation}: {said}"))
            .help("`cloudc permissions` prints the policy that a deployment needs")
    } else {
        Error::new(codes::REFUSED, format!("{operation} was refused: {said}"))
    };
    Error { aws: Some(name), ..found }
}

/// A service that could not be asked.
pub(crate) fn from_dispatch(operation: &str, error: &aws_smithy_runtime_api::client::result::ConnectorError) -> Error {
    if let Some(found) = credentials_of(error) {
        return found;
    }
    unreachable_service(operation, &if error.is_timeout() { "no answer came in time".to_owned() } else { deepest(error) })
}

fn unreachable_service(operation: &str, reason: &str) -> Error {
    let colon = if reason.is_empty() { "" } else { ": " };
    Error::new(codes::UNREACHABLE, format!("AWS cannot be reached for {operation}{colon}{reason}"))
        .note("it was tried again with growing pauses")
        .help("check the network, `AWS_ENDPOINT_URL` and the region; everything done so far is kept")
}

/// Credentials that could not be had, somewhere among the reasons.
pub fn credentials_of(error: &(dyn StdError + 'static)) -> Option<Error> {
    let mut next = Some(error);
    while let Some(one) = next {
        if let Some(found) = one.downcast_ref::<CredentialsError>() {
            return Some(from_credentials(found));
        }
        next = one.source();
    }
    None
}

/// What is wrong with credentials that could not be had.
pub fn from_credentials(error: &CredentialsError) -> Error {
    match error {
        CredentialsError::CredentialsNotLoaded(_) => Error::new(codes::NO_CREDENTIALS, "there are no AWS credentials")
            .note("looked in the environment, the shared configuration files, and what the machine itself provides")
            .help("`aws configure` or `aws sso login` make some; `--profile NAME` chooses among several"),
        other => {
            let message = format!("the AWS credentials cannot be had: {}", deepest(other));
            Error::new(codes::BAD_CREDENTIALS, message).help("`cloudc doctor` shows where they come from")
        }
    }
}

/// The innermost reason: the outer ones say only that something failed.
pub fn deepest(error: &(dyn StdError + 'static)) -> String {
    let mut one = error;
    while let Some(inner) = one.source() {
        one = inner;
    }
    one.to_string()
}
