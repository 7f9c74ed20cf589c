//! Programs to templates: what each construct becomes.

mod support;

use serde_json::{Value as Json, json};
use support::{build, build_files};

/// The template of a program without errors.
fn template(text: &str) -> Json {
    build(text).expect("the program builds").template
}

fn at<'j>(template: &'j Json, pointer: &str) -> &'j Json {
    template.pointer(pointer).unwrap_or(&Json::Null)
}

#[test]
fn conditions_are_shared_and_named_by_lets() {
    let template = template(
        r#"stack t {}
param stage: "dev" | "test" | "prod" = "dev"
param wide: Bool = false
let small = !big
let big = stage == "prod" || wide
if big { resource a: AWS::SNS::Topic {} } else { resource b: AWS::SNS::Topic {} }
if stage == "prod" && wide { resource c: AWS::SNS::Topic { DisplayName: "c" if stage == "prod" } }
"#,
    );
    assert_eq!(at(&template, "/Resources/A/Condition"), "Big");
    assert_eq!(at(&template, "/Resources/B/Condition"), "Small");
    // `c` exists in prod only, but a property's condition is written out all the same.
    assert_eq!(at(&template, "/Resources/C/Condition"), "CCondition");
    let conditions = at(&template, "/Conditions").as_object().expect("conditions");
    assert_eq!(conditions["Wide"], json!({ "Fn::Equals": [{ "Ref": "Wide" }, "true"] }));
    let defined: Vec<&Json> = ["Big", "Small"].iter().map(|name| &conditions[*name]).collect();
    let by_other = |json: &Json| json["Fn::Not"][0]["Condition"].is_string();
    assert_ne!(by_other(defined[0]), by_other(defined[1]), "one is defined by the other, not both: {conditions:?}");
}

#[test]
fn more_than_ten_parts_nest() {
    let params: String = (0..12).map(|n| format!("param p{n}: Bool = false\n")).collect();
    let all: Vec<String> = (0..12).map(|n| format!("p{n}")).collect();
    let template = template(&format!(
        "stack t {{}}\n{params}let all = {}\nif all {{ resource a: AWS::SNS::Topic {{}} }}\n",
        all.join(" && ")
    ));
    let parts = at(&template, "/Conditions/All/Fn::And").as_array().expect("a conjunction");
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0]["Fn::And"].as_array().map(Vec::len), Some(10));
}

#[test]
fn maps_become_mappings_of_two_levels() {
    let template = template(
        r#"stack t {}
param stage: "dev" | "prod" = "dev"
let sizes = { dev: { size: 1, names: ["a"] }, prod: { size: 2, names: ["b", "c"] } }
let labels = { dev: "d", prod: "p" }
resource q: AWS::SQS::Queue { DelaySeconds: sizes[stage].size, QueueName: labels[stage] }
output names = sizes[stage].names.join("+")
"#,
    );
    assert_eq!(at(&template, "/Mappings/Sizes/prod"), &json!({ "size": 2, "names": ["b", "c"] }));
    assert_eq!(at(&template, "/Mappings/Labels/dev"), &json!({ "value": "d" }));
    assert_eq!(
        at(&template, "/Resources/Q/Properties/DelaySeconds"),
        &json!({ "Fn::FindInMap": ["Sizes", { "Ref": "Stage" }, "size"] })
    );
    assert_eq!(
        at(&template, "/Resources/Q/Properties/QueueName"),
        &json!({ "Fn::FindInMap": ["Labels", { "Ref": "Stage" }, "value"] })
    );
    assert_eq!(
        at(&template, "/Outputs/Names/Value"),
        &json!({ "Fn::Join": ["+", { "Fn::FindInMap": ["Sizes", { "Ref": "Stage" }, "names"] }] })
    );
}

#[test]
fn keys_no_mapping_takes_become_a_choice() {
    let template = template(
        r#"stack t {}
param stage: "a/b" | "c" = "c"
let m = { "a/b": "1", c: "2" }
resource q: AWS::SQS::Queue { QueueName: m[stage] }
"#,
    );
    let choice = at(&template, "/Resources/Q/Properties/QueueName/Fn::If");
    assert_eq!((&choice[1], &choice[2]), (&json!("1"), &json!("2")));
    assert_eq!(at(&template, "/Mappings"), &Json::Null);
}

#[test]
fn rules_see_parameters() {
    let template = template(
        r#"stack t {}
param stage: "dev" | "prod" = "dev"
param size: "small" | "large" = "small"
if stage == "prod" {
  assert size in ["large"], "production is large"
}
resource a: AWS::SNS::Topic {}
"#,
    );
    let rule = at(&template, "/Rules/If1Assert1");
    assert_eq!(rule["RuleCondition"], json!({ "Fn::Equals": [{ "Ref": "Stage" }, "prod"] }));
    assert_eq!(rule["Assertions"][0]["AssertDescription"], "production is large");
    assert_eq!(rule["Assertions"][0]["Assert"], json!({ "Fn::Equals": [{ "Ref": "Size" }, "large"] }));
}

#[test]
fn groups_that_name_each_other_are_taken_apart() {
    let artifact = build(
        r#"stack t {}
resource vpc: AWS::EC2::VPC { CidrBlock: 10.0.0.0/16 }
resource web: AWS::EC2::SecurityGroup {
  GroupDescription: "web"
  VpcId: vpc
  SecurityGroupEgress: [{ IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, DestinationSecurityGroupId: data }]
}
resource data: AWS::EC2::SecurityGroup {
  GroupDescription: "data"
  VpcId: vpc
  SecurityGroupIngress: [
    { IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIp: "10.0.0.0/8" }
    { IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: web }
  ]
}
"#,
    )
    .expect("the program builds");
    let template = artifact.template;
    let rule = at(&template, "/Resources/DataIngressFromWeb");
    assert_eq!(rule["Type"], "AWS::EC2::SecurityGroupIngress");
    assert!(!rule["Properties"]["SourceSecurityGroupId"].is_null());
    assert_eq!(rule["Properties"]["GroupId"], json!({ "Fn::GetAtt": ["Data", "GroupId"] }));
    assert_eq!(at(&template, "/Resources/Data/Properties/SecurityGroupIngress").as_array().map(Vec::len), Some(1));
    assert_eq!(at(&template, "/Resources/Web/Properties/SecurityGroupEgress").as_array().map(Vec::len), Some(1));
    assert_eq!(artifact.notes.iter().map(|note| note.code.0).collect::<Vec<_>>(), ["C0602"]);
}

#[test]
fn dependencies_nobody_wrote() {
    let template = template(
        r#"import "std/network" { Vpc }
stack t {}
resource network: Vpc { nat: "single" }
"#,
    );
    assert_eq!(at(&template, "/Resources/NetworkPublicDefault/DependsOn"), "NetworkAttachment");
    assert_eq!(at(&template, "/Resources/NetworkSharedAddress/DependsOn"), "NetworkAttachment");
    // Through the address it uses.
    assert_eq!(at(&template, "/Resources/NetworkSharedNat/DependsOn"), &Json::Null);
}

#[test]
fn json_text_with_references() {
    let template = template(
        r#"stack t {}
param free: String = "x"
param stage: "dev" | "prod" = "dev"
resource a: AWS::SNS::Topic {}
output safe = to_json({ arn: a.TopicArn, stage: stage, n: 1, none: null, "q\"": true })
output free = to_json({ text: free })
"#,
    );
    let safe = at(&template, "/Outputs/Safe/Value/Fn::Sub");
    assert_eq!(safe, r#"{"arn":"${A.TopicArn}","stage":"${Stage}","n":1,"none":null,"q\"":true}"#);
    assert_eq!(at(&template, "/Outputs/Free/Value"), &json!({ "Fn::ToJsonString": { "text": { "Ref": "Free" } } }));
    assert_eq!(at(&template, "/Transform"), "AWS::LanguageExtensions");
}

#[test]
fn patches_merge_and_remove() {
    let template = template(
        r#"stack t {}
component Store {
  resource bucket: AWS::S3::Bucket {
    BucketName: "photos-of-us"
    Tags: { team: "one", kept: "yes" }
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true }
  }
}
component Outer { resource store: Store {} }
resource outer: Outer {} with {
  store: {} with {
    @retain
    bucket: { BucketName: none, Tags: { team: "two" }, PublicAccessBlockConfiguration: { BlockPublicAcls: false } }
  }
}
"#,
    );
    let bucket = at(&template, "/Resources/OuterStoreBucket");
    assert_eq!(bucket["DeletionPolicy"], "Retain");
    assert_eq!(bucket["Properties"]["BucketName"], Json::Null);
    assert_eq!(bucket["Properties"]["Tags"], json!([{ "Key": "team", "Value": "two" }, { "Key": "kept", "Value": "yes" }]));
    assert_eq!(
        bucket["Properties"]["PublicAccessBlockConfiguration"],
        json!({ "BlockPublicAcls": false, "BlockPublicPolicy": true })
    );
}

#[test]
fn every_value_has_a_place() {
    let artifact =
        build("stack t {}\nlet name = \"n\"\nresource a: AWS::SNS::Topic {\n  TopicName: name\n}\n").expect("it builds");
    let entry = artifact.source_map.find("Resources", "A", "/Properties/TopicName").expect("the property is known");
    assert_eq!((entry.site.line, entry.site.col), (4, 3));
    assert_eq!(entry.src.as_ref().map(|src| src.line), Some(2));
    let whole = artifact.source_map.find("Resources", "A", "/Type").expect("the resource is known");
    assert_eq!((whole.pointer.as_str(), whole.site.line), ("", 3));
}

#[test]
fn what_is_given_from_outside() {
    let files = [(
        "/main.cloud",
        "stack t {}\ninput size: Int(1..=5)\nparam stage: String\nresource q: AWS::SQS::Queue { DelaySeconds: size, QueueName: stage }\n",
    )];
    let artifact = build_files(&files, &[("size", "3"), ("stage", "prod")]).expect("it builds");
    assert_eq!(at(&artifact.template, "/Resources/Q/Properties/DelaySeconds"), 3);
    assert_eq!(artifact.manifest.parameters.get("Stage").map(String::as_str), Some("prod"));
    let missing = build_files(&files, &[]).expect_err("size is missing");
    assert!(missing[0].starts_with("C0530 input `size` has no value"), "{missing:?}");
    let wrong = build_files(&files, &[("size", "9"), ("sice", "1")]).expect_err("9 is too large");
    assert!(wrong.iter().any(|problem| problem.starts_with("C0531")), "{wrong:?}");
    assert!(wrong.iter().any(|problem| problem.starts_with("C0532")), "{wrong:?}");
}

#[test]
fn everything_ends() {
    let errors = |text: &str| build(text).expect_err("it is refused");
    let double = r#"stack t {}
let a = "xxxxxxxxxxxxxxxx"
let b = "${a}${a}${a}${a}${a}${a}${a}${a}"
let c = "${b}${b}${b}${b}${b}${b}${b}${b}"
let d = "${c}${c}${c}${c}${c}${c}${c}${c}"
let e = "${d}${d}${d}${d}${d}${d}${d}${d}"
let f = "${e}${e}${e}${e}${e}${e}${e}${e}"
let g = "${f}${f}${f}${f}${f}${f}${f}${f}"
output x = g
"#;
    assert!(errors(double)[0].starts_with("C0507"));
    let many = "stack t {}\nlet x = [for a in range(10000): [for b in range(10000): b]]\noutput n = \"${x.length}\"\n";
    assert!(
        errors(many).iter().any(|problem| problem.starts_with("C0506") || problem.starts_with("C0509")),
        "{:?}",
        errors(many)
    );
}
