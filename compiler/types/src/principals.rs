//! Names of services as principals, and the slips of the pen in them.
//!
//! In: a name as written, `lamda.amazonaws.com`. Out: the known one that was probably meant. Always: what is near nothing is left alone,
//! since no list holds every service; one slip is near, two are not.
//! Source: most services are principals under the prefix of their actions; the others are named in their own user guides.

use cloudc_schema::iam;

const SUFFIX: &str = "amazonaws.com";

/// Shorter names are too close to each other to tell a slip from another service.
const LONG_ENOUGH: usize = 5;

/// Principals that are not the prefix of any action.
const OTHERS: [&str; 33] = [
    "airflow-env",
    "batchoperations.s3",
    "billingreports",
    "build.apprunner",
    "config-multiaccountsetup",
    "costalerts",
    "credentials.iot",
    "delivery.logs",
    "ec2fleet",
    "ecs-tasks",
    "ecs.application-autoscaling",
    "edgelambda",
    "eks-fargate",
    "eks-fargate-pods",
    "eks-nodegroup",
    "export.rds",
    "lexv2",
    "logging.s3",
    "macie",
    "member.org.stacksets.cloudformation",
    "monitoring.rds",
    "opensearchservice",
    "ops.apigateway",
    "osis-pipelines",
    "pinpoint",
    "pods.eks",
    "replication.dynamodb",
    "replicator.lambda",
    "reporting.trustedadvisor",
    "spotfleet",
    "stacksets.cloudformation",
    "tasks.apprunner",
    "vpc-flow-logs",
];

/// The known principal that is one slip away from a name that is not known.
pub(crate) fn nearest_principal(text: &str) -> Option<String> {
    let known = || OTHERS.into_iter().chain(iam::services().iter().map(|service| service.prefix));
    let stem = text.strip_suffix(SUFFIX).and_then(|stem| stem.strip_suffix('.'));
    if known().any(|name| Some(name) == stem) {
        return None;
    }
    let meant = known().filter(|name| name.len() >= LONG_ENOUGH || text.split('.').next() == Some(*name));
    meant.map(|name| format!("{name}.{SUFFIX}")).find(|name| is_slip(name, text))
}

/// Whether one letter is missing, added or another one, or two neighbours have changed places.
fn is_slip(meant: &str, written: &str) -> bool {
    let (meant, written) = (meant.as_bytes(), written.as_bytes());
    let start = meant.iter().zip(written).take_while(|(a, b)| a == b).count();
    let (meant, written) = (&meant[start..], &written[start..]);
    let end = meant.iter().rev().zip(written.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&meant[..meant.len() - end], &written[..written.len() - end]) {
        ([a, b], [c, d]) => (a, b) == (d, c),
        // Versions of a service differ in a digit.
        (meant, written) => meant.len() <= 1 && written.len() <= 1 && !meant.iter().chain(written).any(u8::is_ascii_digit),
    }
}
