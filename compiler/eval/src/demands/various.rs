//! Single rules of single services.
//!
//! In: properties of a resource. Out: problems at the value that is wrong. Each rule says where AWS asks for it.

use cloudc_hir::Problem;

use super::{At, REFUSED_TEXT, UNFIT_TOGETHER, any_property, each, inside, property};
use crate::values::{Node, Value};

/// Days that a backup stays in cold storage at least.
/// <https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html>
const COLD_DAYS: i64 = 90;

/// Backups are deleted 90 days after they became cold at the earliest.
pub fn lifecycle(properties: &Node, problems: &mut Vec<Problem>) {
    let At::There(plan) = inside(properties, &["BackupPlan"]) else { return };
    each(any_property(plan, "BackupPlanRule"), &mut |rule| {
        let At::There(lifecycle) = property(rule, "Lifecycle") else { return };
        let (cold, deleted) = (property(lifecycle, "MoveToColdStorageAfterDays"), property(lifecycle, "DeleteAfterDays"));
        let (Some(cold), Some(days), At::There(node)) = (cold.number(), deleted.number(), deleted) else { return };
        if days < cold + COLD_DAYS {
            let message =
                format!("deleted after {days} days, a backup that is cold after {cold} does not stay {COLD_DAYS} days there");
            let problem = Problem::error(UNFIT_TOGETHER, node.src.anchor(), message);
            problems.push(problem.help(format!("`DeleteAfterDays` is at least {}", cold + COLD_DAYS)));
        }
    });
}

/// A task has an essential container.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-taskdefinition-containerdefinition.html>
pub fn essential(properties: &Node, problems: &mut Vec<Problem>) {
    let At::There(list) = property(properties, "ContainerDefinitions") else { return };
    let Some(containers) = At::There(list).elements().filter(|containers| !containers.is_empty()) else { return };
    let optional = |container: &Node| match property(container, "Essential") {
        At::There(Node { value: Value::Bool(essential), .. }) => !essential,
        at => at.text().is_some_and(|text| text.eq_ignore_ascii_case("false")),
    };
    if containers.iter().all(optional) {
        let problem = Problem::error(UNFIT_TOGETHER, list.src.anchor(), "no container of this task is essential");
        problems
            .push(problem.note("a task runs as long as its essential containers").help("leave `Essential` out of one of them"));
    }
}

/// Names of environment variables that Lambda sets itself.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
const RESERVED: [&str; 18] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];

/// Environment variables that Lambda sets itself.
pub fn environment(properties: &Node, problems: &mut Vec<Problem>) {
    for field in inside(properties, &["Environment", "Variables"]).fields() {
        if RESERVED.contains(&field.name.as_str()) && field.node.value != Value::None {
            let message = format!("`{}` is a variable that Lambda sets itself", field.name);
            problems.push(Problem::error(REFUSED_TEXT, field.site.anchor(), message).help("choose another name"));
        }
    }
}

/// Application load balancers are in two availability zones at least.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer>
pub fn subnets(properties: &Node, problems: &mut Vec<Problem>) {
    let application = match property(properties, "Type") {
        At::Absent => true,
        at => at.text() == Some("application"),
    };
    for name in ["Subnets", "SubnetMappings"] {
        let At::There(list) = property(properties, name) else { continue };
        let Value::List(items) = &list.value else { continue };
        // One element may come to a list of them.
        let one = |node: &Node| match &node.value {
            Value::Handle(_) | Value::Str(_) | Value::Record(_) => true,
            Value::Deploy(expr) => matches!(&**expr, crate::values::Expr::Ref(_) | crate::values::Expr::Attr(..)),
            _ => false,
        };
        if application && items.len() == 1 && items.iter().all(one) {
            let message = "an application load balancer is in at least two subnets, and one is given";
            problems
                .push(Problem::error(UNFIT_TOGETHER, list.src.anchor(), message).help("give subnets of two availability zones"));
        }
    }
}

/// A group has no more instances at least than at most.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-autoscaling-autoscalinggroup.html>
pub fn sizes(properties: &Node, problems: &mut Vec<Problem>) {
    let (least, most) = (property(properties, "MinSize"), property(properties, "MaxSize"));
    let (Some(min), Some(max), At::There(node)) = (least.number(), most.number(), most) else { return };
    if max < min {
        let message = format!("`MaxSize` is {max}, and `MinSize` is {min}");
        problems.push(Problem::error(UNFIT_TOGETHER, node.src.anchor(), message).help(format!("`MaxSize` is at least {min}")));
    }
}

/// An instance is made from an image, which it or its launch template names.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-instance.html>
pub fn image(ty: &str, properties: &Node, problems: &mut Vec<Problem>) {
    let lacks = |name: &str| matches!(property(properties, name), At::Absent);
    if ty == "AWS::EC2::Instance" && lacks("ImageId") && lacks("LaunchTemplate") {
        let problem = Problem::error(UNFIT_TOGETHER, properties.src.anchor(), "an instance needs `ImageId` or `LaunchTemplate`");
        problems.push(problem.help("name an image, or a launch template that does"));
    }
}

/// Runtimes whose functions start from a snapshot: Java from 11, Python from 3.12, .NET from 8.
/// <https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html#snapstart-supported>
pub fn snap_start(properties: &Node, problems: &mut Vec<Problem>) {
    let At::There(when) = inside(properties, &["SnapStart", "ApplyOn"]) else { return };
    let at = property(properties, "Runtime");
    let (Some("PublishedVersions"), Some(runtime), At::There(node)) = (when.value.as_str(), at.text(), at) else { return };
    // What is newer than the table is not known.
    let is_known = cloudc_schema::lambda_runtimes().iter().any(|known| known.name == runtime);
    let number = |prefix: &str| runtime.strip_prefix(prefix).and_then(|rest| rest.parse::<u32>().ok());
    let takes = number("java").is_some_and(|version| version >= 11)
        || number("python3.").is_some_and(|version| version >= 12)
        || number("dotnet").is_some_and(|version| version >= 8);
    if is_known && !takes {
        let message = format!("functions with the runtime `{runtime}` do not start from a snapshot");
        let problem = Problem::error(UNFIT_TOGETHER, node.src.anchor(), message);
        problems.push(problem.help("`SnapStart` is for Java from 11, Python from 3.12 and .NET from 8"));
    }
}

/// An API has a name, its own or that of its description.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-restapi.html>
pub fn rest_api(properties: &Node, problems: &mut Vec<Problem>) {
    let lacks = |name: &str| matches!(property(properties, name), At::Absent);
    if ["Name", "Body", "BodyS3Location"].into_iter().all(lacks) {
        let problem = Problem::error(UNFIT_TOGETHER, properties.src.anchor(), "an API without `Body` needs `Name`");
        problems.push(problem.help("name it, or describe it by OpenAPI in `Body` or `BodyS3Location`"));
    }
}
