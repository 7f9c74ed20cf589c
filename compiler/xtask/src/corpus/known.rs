//! Why some templates are exceptions: looked at by a person, file by file.

/// Ends of paths of templates that import or check refuses or changes although cfn-lint accepts them, and who is right.
pub const TEMPLATES: [(&str, &str); 25] = [
    ("error_tenancy_with_snapstart.yaml", "cloudc is right: Lambda takes snapshots of Python from 3.12"),
    ("AuroraEncryption-PASSED.yaml", "cloudc is right: RDS has given up the engine; the template asks cfn-lint to look away"),
    (
        "example_ParameterStoreCredentials/mix.yaml",
        "cloudc is right: nothing has that name; the template asks cfn-lint to look away",
    ),
    ("render_join/json/test.json", "cloudc is right: names of buckets hold no colon"),
    ("render_join/yaml/test.yaml", "cloudc is right: names of buckets hold no colon"),
    ("Cloudsplaining_IAMPermissionsManagement/PASSED.yaml", "cloudc is right: IAM takes ARNs and `*` as resources"),
    ("Cloudsplaining_ManagedPolicy/PASSED.yaml", "cloudc is right: IAM takes ARNs and `*` as resources"),
    ("MSKClusterNodesArePrivate-PASS.yaml", "cloudc is right: `String` is no subnet; the template is a form to fill in"),
    ("integration/aws-lambda-function.yaml", "cloudc is right: such a path is for `aws cloudformation package` to replace"),
    ("properties/templated_code.yaml", "cloudc is right: `Ref` gives the API's ARN, and its id is wanted"),
    ("troposphere/VPC_single_instance_in_subnet.template", "cloudc is right: the map lacks a value that its parameter allows"),
    (
        "parameters/default.yaml",
        "cloudc is right: each value of such a list must be an allowed one (\"AllowedValues\" in the user guide)",
    ),
    (
        "example_DeprecatedLambdaRuntime/exampleSAM.yaml",
        "cloudc is right: Lambda has retired the runtime; the template asks cfn-lint to look away",
    ),
    ("apigw-lambda-authorizer-custom-header/template.yaml", "cloudc is right: SAM drops these; they belong to an HTTP API"),
    ("apigw-lambda-dynamodb-go-sam/template.yml", "cloudc is right: SAM's guide requires `AllowOrigin`"),
    ("dynamic-bedrock-svls-sam/template.yaml", "cloudc is right: the API refers to itself, in a property that SAM drops"),
    ("12-oauth-api-cmk-encryption/prerequisite.yaml", "cloudc is right: Cognito chooses the `ClientId`"),
    (
        "input/api_with_identity_intrinsic.yaml",
        "cloudc is right: a condition is a function; CloudFormation takes no bare truth value",
    ),
    (
        "output/api_with_identity_intrinsic.json",
        "cloudc is right: a condition is a function; CloudFormation takes no bare truth value",
    ),
    (
        "input/function_policy_with_conditional_managed_policy_name.yaml",
        "cloudc is right: a condition is a function; CloudFormation takes no bare truth value",
    ),
    (
        "output/function_policy_with_conditional_managed_policy_name.json",
        "cloudc is right: a condition is a function; CloudFormation takes no bare truth value",
    ),
    ("output/state_machine_with_api_resource_policy.json", "cloudc is right: CloudFormation takes no null"),
    ("error_api_merge_definitions_with_definitionuri.yaml", "cloudc is right: nothing has that name"),
    (
        "apigw-mappingtemplate-lambda-nodejs/template.yaml",
        "cloudc is right: `OpenApiVersion` stands beside `Properties`, where it does nothing",
    ),
    ("template-eb-globalendpoint.yml", "cloudc is right: the map lacks values that its parameter allows"),
];

/// Rules of cfn-lint whose mistakes are not told, and why.
pub const RULES: [(&str, &str); 17] = [
    ("E0000", "where aliases stand for too much ours is at the alias, cfn-lint's at the first line"),
    ("E0002", "no mistakes: cfn-lint itself fails on these templates"),
    (
        "E1010",
        "in lists ours is at the element, cfn-lint's at the list; CloudFormation writes numbers as text where it wants text",
    ),
    ("E1019", "in lists ours is at the element, cfn-lint's at the list; what a module's name is missing is in another file"),
    ("E1020", "in lists ours is at the element, cfn-lint's at the list"),
    ("E1021", "one mistake that cfn-lint tells twice, in two lines"),
    ("E1022", "ours is at the function that names it, cfn-lint's at the `Fn::Join` around"),
    ("E1032", "a loop in a loop lacks the same transform: told once, at the outer one"),
    ("E1040", "an attribute that names a security group is refused by cfn-lint's table, not by AWS"),
    ("E1041", "the id of a block of addresses in the place of a block: no schema says that a block is wanted there"),
    ("E1150", "ids in `Globals`, which only SAM hands on"),
    ("E1159", "the text `MyEdgeDomainCert` in the place of a certificate's ARN: a form to fill in, of SAM's own tests"),
    ("E2001", "a parameter that is `null` is told once, not also that its type is missing"),
    ("E2529", "counted by cfn-lint after SAM has made filters of events; the check counts resources that are written"),
    ("E6101", "CloudFormation writes numbers and what a wait condition received as text"),
    ("E7001", "keys that YAML reads as numbers are text to CloudFormation"),
    ("E8001", "hyphens in names of conditions: AWS's own samples have them, and deploy"),
];

/// The same for rules about resources and their properties.
const OF_PROPERTIES: &[(&str, &str)] = &[
    (
        "E3001",
        "what `Rain::Module` and macros read besides CloudFormation's keys is theirs; the rest follows from mistakes told elsewhere",
    ),
    ("E3002", "what macros read is theirs; security groups take blocks with an address inside, and AWS cuts it off"),
    ("E3003", "a property that only one side of a choice lacks is told there, cfn-lint tells it at the properties"),
    ("E3005", "open: AWS does not say that a dependency on a resource whose condition does not hold is refused"),
    ("E3006", "types of a registry of one's own cannot be known, nor what a macro makes; `OS::` is OpenStack's"),
    ("E3009", "initialisation data is free metadata: its keys are the helper scripts', not CloudFormation's"),
    ("E3012", "what `rain` and macros replace is theirs; in lists ours is at the element, cfn-lint's at the list"),
    ("E3017", "a choice whose condition is missing is told as that"),
    ("E3018", "one mistake that cfn-lint tells twice; in lists ours is at the element"),
    ("E3019", "names that only the values of several parameters together make equal"),
    ("E3020", "what a copy of a database may say beside its source is in no schema that is read"),
    ("E3022", "where a function begins in the line after its property, ours is at the function"),
    ("E3024", "what a macro makes of it is not known before it ran"),
    ("E3025", "which engine runs on which class changes every month; classes of long ago are told"),
    ("E3030", "cfn-lint tells a wrong event of SAM once for each kind of event that it is not; ours is one error, at the event"),
    ("E3031", "patterns of names that a service does not hold to (an alias for a key), and SAM's connectors, which SAM reads"),
    ("E3037", "told at the second of the two elements, cfn-lint tells it at the list"),
    ("E3038", "told once, at the transform that does not exist"),
    ("E3042", "whether a container is essential hangs on parameters here"),
    ("E3043", "templates that only a deployed stack has are not read"),
    ("E3045", "told at the value that is wrong already, or in what a loop makes"),
    ("E3048", "the properties hang on a function that is itself wrong: told when that is mended"),
    ("E3050", "a role with a path is found by its name: IAM refuses two of one name in different paths"),
    ("E3060", "blocks that overlap in subnets whose zones are wrong: told when those are mended"),
    ("E3510", "IAM takes an empty `Sid`; a list for a document is told as missing properties first"),
    ("E3513", "which principals a registry takes no schema says"),
    ("E3530", "text that the Serverless Framework replaces before CloudFormation sees it"),
    (
        "E3639",
        "what a template with a transform that does not exist becomes is not looked at; in the other the mode is wrong already",
    ),
    ("E3680", "one subnet behind a condition on a parameter: the template means it for one zone"),
    ("E3691", "a version without its last number: AWS takes the newest of the line"),
    ("E3724", "a property that a type has and this version of `Globals` has not"),
];

/// Rules that cfn-lint tells at a resource as a whole, and the error that says the same at the value inside it.
const OF_RESOURCES: [(&str, &str); 5] =
    [("E3004", "C0601"), ("E3039", "C0424"), ("E3052", "C0604"), ("E3502", "C0604"), ("E3710", "C0425")];

/// The error that says the same as a rule about a whole resource.
pub fn of_resource(rule: &str) -> Option<&'static str> {
    OF_RESOURCES.iter().find(|(known, _)| *known == rule).map(|(_, code)| *code)
}

/// The reason for a template, if somebody looked.
pub fn template(path: &str) -> Option<&'static str> {
    TEMPLATES.iter().find(|(end, _)| path.ends_with(end)).map(|(_, why)| *why)
}

/// The reason for a rule, if somebody looked.
pub fn rule(id: &str) -> Option<&'static str> {
    RULES.iter().chain(OF_PROPERTIES).find(|(known, _)| *known == id).map(|(_, why)| *why)
}
