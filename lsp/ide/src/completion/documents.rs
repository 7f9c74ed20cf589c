//! Documents whose form AWS or the language fixes and no schema tells: policies, event patterns, settings.
//!
//! Source of the AWS ones: "IAM JSON policy elements reference" and "Amazon EventBridge event patterns".

/// What a part of a document holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Doc {
    /// Anything.
    Any,
    /// Text, most likely one of these.
    Text(&'static [&'static str]),
    /// `true` or `false`.
    Bool,
    /// What IAM allows and denies: `service:Action`.
    Action,
    /// An AWS region.
    Region,
    /// A path to a file of the project.
    Path,
    /// Named entries.
    Object(&'static [Entry]),
    /// Entries of any name, all alike.
    Map(&'static Doc),
    /// Elements, or a single one in place of the list.
    List(&'static Doc),
    /// A list of regions, or what differs in each.
    Regions(&'static Doc),
}

/// An entry of a document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub name: &'static str,
    pub holds: &'static Doc,
    pub required: bool,
    pub about: &'static str,
}

impl Doc {
    /// The entries a record has here; one record may stand for a list of one.
    pub fn entries(&self) -> &'static [Entry] {
        match self {
            Doc::Object(entries) => entries,
            Doc::List(inner) => inner.entries(),
            _ => &[],
        }
    }

    /// What an entry holds.
    pub fn field(&self, name: &str) -> Option<&'static Doc> {
        match self {
            Doc::Map(inner) | Doc::Regions(inner) => Some(inner),
            _ => self.entries().iter().find(|entry| entry.name == name).map(|entry| entry.holds),
        }
    }
}

const fn must(name: &'static str, holds: &'static Doc, about: &'static str) -> Entry {
    Entry { name, holds, required: true, about }
}

const fn may(name: &'static str, holds: &'static Doc, about: &'static str) -> Entry {
    Entry { name, holds, required: false, about }
}

const VERSION: Entry = may("Version", &Doc::Text(&["2012-10-17", "2008-10-17"]), "Version of the policy language.");
const EFFECT: Entry = must("Effect", &Doc::Text(&["Allow", "Deny"]), "Whether the statement allows or denies.");
const SID: Entry = may("Sid", &Doc::Any, "Name of the statement.");
const CONDITION: Entry = may("Condition", &CONDITIONS, "When the statement applies.");

/// Keys that conditions compare; others are possible.
static KEYS: Doc = Doc::Object(&[
    may("aws:SourceArn", &Doc::Any, "The resource that the request is made for."),
    may("aws:SourceAccount", &Doc::Any, "The account of that resource."),
    may("aws:PrincipalOrgID", &Doc::Any, "The organisation of the caller."),
    may("aws:PrincipalArn", &Doc::Any, "The caller, by ARN."),
    may("aws:PrincipalTag/", &Doc::Any, "A tag of the caller; its key follows."),
    may("aws:RequestedRegion", &Doc::Any, "The region that is called."),
    may("aws:SourceIp", &Doc::Any, "The caller's address."),
    may("aws:SourceVpce", &Doc::Any, "The endpoint that the request comes through."),
    may("aws:SecureTransport", &Doc::Text(&["true", "false"]), "Whether TLS is used."),
    may("aws:MultiFactorAuthPresent", &Doc::Text(&["true", "false"]), "Whether a second factor was used."),
    may("aws:ResourceTag/", &Doc::Any, "A tag of the resource; its key follows."),
    may("aws:ViaAWSService", &Doc::Text(&["true", "false"]), "Whether a service calls for somebody."),
    may("iam:PassedToService", &Doc::Any, "The service a role is given to."),
    may("kms:ViaService", &Doc::Any, "The service that uses the key."),
    may("s3:x-amz-server-side-encryption", &Doc::Text(&["AES256", "aws:kms"]), "How the object is encrypted."),
    may("sts:ExternalId", &Doc::Any, "The secret that a third party gives."),
    may("token.actions.githubusercontent.com:sub", &Doc::Any, "Repository and branch of a GitHub workflow."),
    may("token.actions.githubusercontent.com:aud", &Doc::Text(&["sts.amazonaws.com"]), "For whom a GitHub token is."),
]);

static CONDITIONS: Doc = Doc::Object(&[
    may("StringEquals", &KEYS, "Text is equal."),
    may("StringNotEquals", &KEYS, "Text is not equal."),
    may("StringLike", &KEYS, "Text fits a pattern with `*` and `?`."),
    may("StringNotLike", &KEYS, "Text does not fit a pattern."),
    may("StringEqualsIgnoreCase", &KEYS, "Text is equal, whatever the case."),
    may("ArnEquals", &KEYS, "An ARN is equal."),
    may("ArnLike", &KEYS, "An ARN fits a pattern."),
    may("ArnNotLike", &KEYS, "An ARN does not fit a pattern."),
    may("Bool", &KEYS, "A truth value is this."),
    may("Null", &Doc::Map(&Doc::Text(&["true", "false"])), "Whether a key is absent."),
    may("IpAddress", &KEYS, "The caller's address is in a block."),
    may("NotIpAddress", &KEYS, "The caller's address is outside a block."),
    may("NumericEquals", &Doc::Map(&Doc::Any), "A number is equal."),
    may("NumericLessThan", &Doc::Map(&Doc::Any), "A number is less."),
    may("NumericGreaterThan", &Doc::Map(&Doc::Any), "A number is greater."),
    may("DateGreaterThan", &Doc::Map(&Doc::Any), "A time is later."),
    may("DateLessThan", &Doc::Map(&Doc::Any), "A time is earlier."),
    may("ForAllValues:StringEquals", &KEYS, "Every one of several texts is equal to one of these."),
    may("ForAnyValue:StringEquals", &KEYS, "One of several texts is equal to one of these."),
]);

static PRINCIPAL: Doc = Doc::Object(&[
    may("Service", &SERVICES, "A service of AWS."),
    may("AWS", &Doc::List(&Doc::Text(&["*"])), "Accounts, roles and users, by ARN or account number."),
    may("Federated", &Doc::List(&Doc::Any), "An identity provider, by ARN."),
    may("CanonicalUser", &Doc::List(&Doc::Any), "A canonical user of S3."),
]);

/// Services whose trust is written most often.
static SERVICES: Doc = Doc::List(&Doc::Text(&[
    "lambda.amazonaws.com",
    "ec2.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "events.amazonaws.com",
    "states.amazonaws.com",
    "apigateway.amazonaws.com",
    "s3.amazonaws.com",
    "sns.amazonaws.com",
    "sqs.amazonaws.com",
    "cloudfront.amazonaws.com",
    "codebuild.amazonaws.com",
    "codepipeline.amazonaws.com",
    "ecs.amazonaws.com",
    "edgelambda.amazonaws.com",
    "eks.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
    "firehose.amazonaws.com",
    "glue.amazonaws.com",
    "backup.amazonaws.com",
    "autoscaling.amazonaws.com",
    "cloudformation.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "config.amazonaws.com",
    "logs.amazonaws.com",
    "delivery.logs.amazonaws.com",
    "monitoring.rds.amazonaws.com",
    "pipes.amazonaws.com",
    "rds.amazonaws.com",
    "scheduler.amazonaws.com",
    "secretsmanager.amazonaws.com",
    "ssm.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
    "wafv2.amazonaws.com",
]));

static ACTIONS: Doc = Doc::List(&Doc::Action);

/// Actions that programs are allowed most often, beside those that CloudFormation itself needs; from the "Service Authorization Reference".
pub(crate) static COMMON_ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:ListBucket",
    "s3:*",
    "s3:GetBucketLocation",
    "s3:AbortMultipartUpload",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:DescribeStream",
    "dynamodb:ListStreams",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "logs:DescribeLogStreams",
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ChangeMessageVisibility",
    "sns:Publish",
    "lambda:InvokeFunction",
    "lambda:InvokeFunctionUrl",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
    "kms:CreateGrant",
    "secretsmanager:GetSecretValue",
    "secretsmanager:DescribeSecret",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "sts:AssumeRole",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "iam:PassRole",
    "states:StartExecution",
    "states:SendTaskSuccess",
    "states:SendTaskFailure",
    "events:PutEvents",
    "kinesis:PutRecord",
    "kinesis:PutRecords",
    "kinesis:GetRecords",
    "firehose:PutRecord",
    "firehose:PutRecordBatch",
    "ecr:GetAuthorizationToken",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchCheckLayerAvailability",
    "cloudwatch:PutMetricData",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ecs:RunTask",
    "execute-api:Invoke",
    "elasticfilesystem:ClientMount",
    "elasticfilesystem:ClientWrite",
    "rds-db:connect",
    "bedrock:InvokeModel",
    "cognito-idp:AdminGetUser",
    "ses:SendEmail",
    "codebuild:StartBuild",
    "cloudfront:CreateInvalidation",
    "athena:StartQueryExecution",
    "glue:GetTable",
];

/// Services whose prefix in IAM is not their name in resource types.
pub(crate) const ACTION_PREFIXES: &[(&str, &str)] = &[
    ("states", "StepFunctions"),
    ("elasticloadbalancing", "ElasticLoadBalancingV2"),
    ("elasticfilesystem", "EFS"),
    ("cognito-idp", "Cognito"),
    ("acm", "CertificateManager"),
    ("es", "OpenSearchService"),
    ("firehose", "KinesisFirehose"),
];

static STATEMENT: Doc = Doc::Object(&[
    EFFECT,
    must("Action", &ACTIONS, "What may be done: `s3:GetObject`, `s3:*`."),
    must("Resource", &Doc::List(&Doc::Any), "To what, by ARN."),
    CONDITION,
    SID,
    may("NotAction", &ACTIONS, "Everything but this may be done."),
    may("NotResource", &Doc::List(&Doc::Any), "To everything but this."),
]);

static TRUST_STATEMENT: Doc = Doc::Object(&[
    EFFECT,
    must("Principal", &PRINCIPAL, "Who may."),
    must(
        "Action",
        &Doc::List(&Doc::Text(&["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:TagSession"])),
        "What may be done.",
    ),
    may("Resource", &Doc::List(&Doc::Any), "To what, by ARN."),
    CONDITION,
    SID,
    may("NotPrincipal", &PRINCIPAL, "Everybody but these."),
    may("NotAction", &Doc::List(&Doc::Any), "Everything but this may be done."),
    may("NotResource", &Doc::List(&Doc::Any), "To everything but this."),
]);

/// An identity policy.
pub(crate) static POLICY: Doc = Doc::Object(&[
    VERSION,
    must("Statement", &Doc::List(&STATEMENT), "What is allowed and denied."),
    may("Id", &Doc::Any, "Name of the policy."),
]);

/// A trust or resource policy.
pub(crate) static TRUST_POLICY: Doc = Doc::Object(&[
    VERSION,
    must("Statement", &Doc::List(&TRUST_STATEMENT), "What is allowed and denied, and to whom."),
    may("Id", &Doc::Any, "Name of the policy."),
]);

/// What an EventBridge rule listens to.
pub(crate) static EVENT_PATTERN: Doc = Doc::Object(&[
    may("source", &Doc::List(&Doc::Any), "Who sends the event: `aws.s3`, `my.app`."),
    may("detail-type", &Doc::List(&Doc::Any), "What kind of event it is."),
    may("detail", &Doc::Any, "Patterns for the event's own fields."),
    may("account", &Doc::List(&Doc::Any), "From which accounts."),
    may("region", &Doc::List(&Doc::Region), "From which regions."),
    may("resources", &Doc::List(&Doc::Any), "About which resources, by ARN."),
    may("time", &Doc::List(&Doc::Any), "When."),
    may("id", &Doc::List(&Doc::Any), "Id of the event."),
    may("version", &Doc::List(&Doc::Any), "Version of the event's form."),
]);

/// What `defaults AWS::*` may set.
pub(crate) static TAGS: Doc = Doc::Object(&[must("Tags", &Doc::Map(&Doc::Any), "Tags of every resource that takes tags.")]);

const NAME: Entry =
    may("name", &Doc::Any, "Name of the deployed stack; otherwise it follows from project, environment and stack.");
const DESCRIPTION: Entry = may("description", &Doc::Any, "Description of the template; otherwise the documentation comment.");
const REGION: Entry = may("region", &Doc::Region, "The region to deploy to.");
const REGIONS: Entry = may("regions", &Doc::List(&Doc::Region), "Builds and deploys once for each of these regions.");
static EACH_REGION: Doc = Doc::Regions(&IN_REGION);
const REGIONS_EACH: Entry =
    may("regions", &EACH_REGION, "Builds and deploys once for each of these regions; may say what differs in each.");
const STACK_TAGS: Entry = may("tags", &Doc::Map(&Doc::Any), "Tags of the stack, which AWS puts onto its resources.");
const BUDGET: Entry = may("budget", &Doc::Any, "What the stack may cost a month, in dollars.");
const PUBLISH: Entry = may("publish", &Doc::Bool, "Writes outputs, version and commit to SSM, below `/cloudc/`.");
const PROTECTION: Entry = may("protection", &Doc::Bool, "Refuses to delete the stack.");
const NOTIFICATIONS: Entry =
    may("notifications", &Doc::List(&Doc::Any), "Topics that hear of every event of a deployment, by ARN.");

const HOOKS: Entry = may(
    "hooks",
    &Doc::Object(&[
        may("before", &Doc::List(&Doc::Any), "Commands that run before anything is changed."),
        may("after", &Doc::List(&Doc::Any), "Commands that run when the stack is what the program says."),
    ]),
    "Commands that run around a deployment.",
);
const HEALTH: Entry = may(
    "health",
    &Doc::List(&Doc::Object(&[
        may("output", &Doc::Any, "The output that holds the address to ask."),
        may("url", &Doc::Any, "The address to ask."),
        may("path", &Doc::Any, "What is put behind the address."),
        may("status", &Doc::Any, "The HTTP status of a healthy answer; 200 unless said."),
        may("command", &Doc::Any, "A command that ends with 0 when all is well."),
        may("within", &Doc::Any, "How long it may take; a minute unless said."),
    ])),
    "What has to hold after a deployment.",
);
const ROLLBACK: Entry = may(
    "rollback",
    &Doc::Object(&[
        may("unhealthy", &Doc::Bool, "Brings the last deployment back when a health check fails."),
        may("alarms", &Doc::List(&Doc::Any), "Alarms, by ARN, that make CloudFormation go back."),
        may("watch", &Doc::Any, "How long CloudFormation watches the alarms after a deployment."),
    ]),
    "What makes a deployment go back.",
);

static IN_REGION: Doc = Doc::Object(&[
    may("params", &Doc::Map(&Doc::Any), "Parameters in this region."),
    may("inputs", &Doc::Map(&Doc::Any), "Inputs in this region."),
    STACK_TAGS,
]);

/// Settings of a `stack`.
pub(crate) static STACK: Doc = Doc::Object(&[
    REGION,
    DESCRIPTION,
    STACK_TAGS,
    NAME,
    REGIONS,
    BUDGET,
    PROTECTION,
    PUBLISH,
    NOTIFICATIONS,
    HOOKS,
    HEALTH,
    ROLLBACK,
    may("parts", &Doc::List(&Doc::Path), "Files beside this one that the stack is written in, too."),
    may("metadata", &Doc::Any, "The template's Metadata."),
    may(
        "transforms",
        &Doc::List(&Doc::Text(&["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"])),
        "Macros that AWS runs over the template.",
    ),
    may("globals", &Doc::Any, "What SAM gives every function, API or table: the template's Globals."),
    may("raw", &Doc::Any, "Merged into the template last, unchecked."),
]);

/// Settings of a `project`.
pub(crate) static PROJECT: Doc = Doc::Object(&[
    must("stacks", &Doc::Map(&Doc::Path), "Stacks of the project, by name: the file of each."),
    REGION,
    STACK_TAGS,
    may("inputs", &Doc::Map(&Doc::Any), "Inputs of every stack that declares them."),
    may("params", &Doc::Map(&Doc::Any), "Parameters of every stack that declares them."),
    REGIONS_EACH,
    BUDGET,
    PROTECTION,
    PUBLISH,
    NOTIFICATIONS,
    HOOKS,
    HEALTH,
    ROLLBACK,
]);

/// Settings of an `env`.
pub(crate) static ENV: Doc = Doc::Object(&[
    may("inputs", &Doc::Map(&Doc::Any), "Inputs in this environment."),
    may("params", &Doc::Map(&Doc::Any), "Parameters in this environment."),
    REGION,
    may("account", &Doc::Any, "The account to deploy to."),
    may("stacks", &Doc::Map(&ENV_STACK), "What differs for single stacks."),
    STACK_TAGS,
    may("role", &Doc::Any, "The role to take on before deploying, by ARN."),
    may("external_id", &Doc::Any, "What the role's trust policy asks for."),
    may("approval", &Doc::Text(&["always", "changes", "never"]), "When somebody has to agree to a deployment."),
    REGIONS_EACH,
    BUDGET,
    PROTECTION,
    PUBLISH,
    NOTIFICATIONS,
    HOOKS,
    HEALTH,
    ROLLBACK,
]);

static ENV_STACK: Doc = Doc::Object(&[
    may("inputs", &Doc::Map(&Doc::Any), "Inputs of this stack."),
    may("params", &Doc::Map(&Doc::Any), "Parameters of this stack."),
    REGION,
    REGIONS_EACH,
    STACK_TAGS,
    NAME,
]);

/// Of `@creation_policy`.
pub(crate) static CREATION_POLICY: Doc = Doc::Object(&[
    may(
        "ResourceSignal",
        &Doc::Object(&[
            may("Count", &Doc::Any, "How many signals to wait for."),
            may("Timeout", &Doc::Any, "How long, as ISO 8601: `PT15M`."),
        ]),
        "Waits for signals before the resource counts as created.",
    ),
    may(
        "AutoScalingCreationPolicy",
        &Doc::Object(&[may("MinSuccessfulInstancesPercent", &Doc::Any, "How many instances must signal, in percent.")]),
        "How many instances of a group must start.",
    ),
    may("StartFleet", &Doc::Bool, "Starts an AppStream fleet once it is created."),
]);

/// Of `@update_policy`.
pub(crate) static UPDATE_POLICY: Doc = Doc::Object(&[
    may(
        "AutoScalingRollingUpdate",
        &Doc::Object(&[
            may("MinInstancesInService", &Doc::Any, "How many keep running."),
            may("MaxBatchSize", &Doc::Any, "How many are replaced at once."),
            may("MinSuccessfulInstancesPercent", &Doc::Any, "How many must signal success, in percent."),
            may("MinActiveInstancesPercent", &Doc::Any, "How many must be in service, in percent."),
            may("PauseTime", &Doc::Any, "How long to wait after each batch, as ISO 8601: `PT5M`."),
            may("SuspendProcesses", &Doc::List(&Doc::Any), "Processes of the group that pause meanwhile."),
            may("WaitOnResourceSignals", &Doc::Bool, "Waits for each new instance to signal."),
        ]),
        "Replaces a group's instances in batches.",
    ),
    may(
        "AutoScalingReplacingUpdate",
        &Doc::Object(&[may("WillReplace", &Doc::Bool, "Makes a new group.")]),
        "Replaces the group as a whole.",
    ),
    may(
        "AutoScalingScheduledAction",
        &Doc::Object(&[may("IgnoreUnmodifiedGroupSizeProperties", &Doc::Bool, "Leaves sizes that a schedule changed alone.")]),
        "What happens to sizes that a schedule changed.",
    ),
    may("AutoScalingInstanceRefresh", &Doc::Any, "Replaces instances by an instance refresh."),
    may(
        "CodeDeployLambdaAliasUpdate",
        &Doc::Object(&[
            must("ApplicationName", &Doc::Any, "The CodeDeploy application."),
            must("DeploymentGroupName", &Doc::Any, "The deployment group."),
            may("BeforeAllowTrafficHook", &Doc::Any, "Function that runs before traffic moves."),
            may("AfterAllowTrafficHook", &Doc::Any, "Function that runs after traffic moved."),
        ]),
        "Moves an alias's traffic with CodeDeploy.",
    ),
    may("EnableVersionUpgrade", &Doc::Bool, "Upgrades a search domain in place."),
    may("UseOnlineResharding", &Doc::Bool, "Changes the shards of a cache without replacing it."),
]);

/// Of `@deletion_policy`.
pub(crate) static DELETION: Doc = Doc::Text(&["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"]);
/// Of `@update_replace_policy`.
pub(crate) static REPLACEMENT: Doc = Doc::Text(&["Delete", "Retain", "Snapshot"]);
/// Where a region's code is written.
pub(crate) static REGION_CODE: Doc = Doc::Region;
