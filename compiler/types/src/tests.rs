//! The checker on small programs: what it says, and that it says nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloudc_base::{FileSystem, Files, ReadError, Severity};
use cloudc_hir::items::all_declarations;
use cloudc_schema::Schema;

use crate::{Db, SchemaHandle};

struct Memory(BTreeMap<String, String>);

impl FileSystem for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.0.get(path).map(|text| text.clone().into_bytes()).ok_or(ReadError::Missing)
    }
}

#[salsa::db]
#[derive(Clone)]
struct TestDb {
    storage: salsa::Storage<Self>,
    files: Files,
    schema: Option<SchemaHandle>,
}

#[salsa::db]
impl salsa::Database for TestDb {}

#[salsa::db]
impl cloudc_base::Db for TestDb {
    fn files(&self) -> &Files {
        &self.files
    }
}

#[salsa::db]
impl Db for TestDb {
    fn schema(&self) -> SchemaHandle {
        self.schema.expect("set when the database is made")
    }
}

fn database(files: &[(&str, &str)]) -> TestDb {
    let system = Memory(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect());
    let mut db = TestDb { storage: salsa::Storage::default(), files: Files::new(Arc::new(system)), schema: None };
    db.schema = Some(SchemaHandle::new(&db, Schema::embedded()));
    db
}

/// Every problem as `C0301 message @ text`.
fn problems(text: &str) -> Vec<String> {
    let db = database(&[("/main.cloud", text)]);
    let file = db.files.get(&db, "/main.cloud");
    let mut all = Vec::new();
    for &decl in all_declarations(&db, file) {
        for problem in &crate::typed(&db, decl).problems {
            let shown = problem.place(&db);
            let place = &text[usize::from(shown.range.start())..usize::from(shown.range.end())];
            let mark = if shown.severity == Severity::Error { "" } else { "warning " };
            all.push(format!("{mark}{} {} @ {place}", shown.code, shown.message));
        }
    }
    all
}

fn check(text: &str, expected: &[&str]) {
    let text = format!("stack t {{}}\n{text}");
    let found = problems(&text);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.contains(expected), "expected `{expected}` in `{found}`");
    }
}

#[test]
fn references_fit_where_their_identity_is_expected() {
    check(
        r#"
resource vpc: AWS::EC2::VPC { CidrBlock: 10.0.0.0/16 }
resource web: AWS::EC2::SecurityGroup { GroupDescription: "web", VpcId: vpc, Tags: { team: "media" } }
resource node: AWS::EC2::Instance { ImageId: "ami-12345678", InstanceType: "t3.micro", SecurityGroupIds: [web] }
"#,
        &[],
    );
    check(
        r#"
resource files: AWS::S3::Bucket {}
resource node: AWS::EC2::Instance { ImageId: "ami-12345678", SecurityGroupIds: [files] }
"#,
        &["C0318 expected `AWS::EC2::SecurityGroup`, found `AWS::S3::Bucket`"],
    );
}

#[test]
fn a_handle_is_not_text() {
    check(
        r#"
resource files: AWS::S3::Bucket {}
let url = "s3://${files}/x"
"#,
        &["C0317 `AWS::S3::Bucket` is a resource, not text @ files"],
    );
}

#[test]
fn misspelt_and_missing_properties() {
    check(
        "resource b: AWS::S3::Bucket { BuketName: \"x\" }",
        &["C0401 `AWS::S3::Bucket` has no property `BuketName` @ BuketName"],
    );
    check(
        "resource s: AWS::EC2::SecurityGroup { GroupName: \"x\" }",
        &["C0402 `GroupDescription` is missing in `AWS::EC2::SecurityGroup` @ AWS::EC2::SecurityGroup"],
    );
    check("resource b: AWS::S3::Bucket { Arn: \"x\" }", &["C0403 `Arn` is set by AWS"]);
}

#[test]
fn values_are_checked_against_the_schema() {
    check(
        "resource t: AWS::DynamoDB::Table { BillingMode: \"PAY_PER_REQ\", KeySchema: [{ AttributeName: \"id\", KeyType: \"HASH\" }] }",
        &["C0405"],
    );
    let function = |timeout: &str| {
        format!(
            "resource f: AWS::Lambda::Function {{ Code: {{ ZipFile: \"x\" }}, Handler: \"index.handler\", Runtime: \"python3.13\", Role: \"arn:aws:iam::123456789012:role/r\", Timeout: {timeout} }}"
        )
    };
    check(&function("15m"), &[]);
    check(&function("20m"), &["C0404 when `CapacityProviderConfig` is not given, `Timeout` must be at most 900"]);
}

#[test]
fn phases_are_kept_apart() {
    check(
        r#"
param names: [String]
for name in names { resource b: AWS::S3::Bucket {} }
"#,
        &["C0320 what a loop runs over must be known when compiling"],
    );
    check(
        r#"
resource b: AWS::S3::Bucket {}
resource c: AWS::S3::Bucket { BucketName: "example" if b.Arn == "y" }
"#,
        &["C0321 a comparison must be known when the deployment starts"],
    );
}

#[test]
fn a_component_takes_what_its_body_allows() {
    let component = r#"
component Wide {
  input count: Int
  input label: String
  for i in range(count) { resource b: AWS::S3::Bucket { Tags: { label: label } } }
}
param count: Int
"#;
    check(&format!("{component}resource w: Wide {{ count: 2, label: aws.stack_name }}"), &[]);
    check(
        &format!("{component}resource w: Wide {{ count: count, label: \"x\" }}"),
        &["C0322 `count` must be known when compiling @ count"],
    );
}

#[test]
fn conditional_resources_are_optional_outside() {
    let program = r#"
param replicate: Bool = false
resource main: AWS::S3::Bucket {}
if replicate { resource copy: AWS::S3::Bucket {} }
"#;
    check(&format!("{program}output a = copy.Arn"), &["C0309 `.Arn` of something that may not exist"]);
    check(&format!("{program}output a = copy?.Arn ?? main.Arn"), &[]);
    check(&format!("{program}if replicate {{ output a = copy.Arn }}"), &[]);
}

#[test]
fn matches_must_be_exhaustive() {
    check(
        "input stage: \"dev\" | \"prod\" = \"dev\"\nlet n = match stage { \"dev\" => 1 }",
        &["C0310 `match` does not say what to do for \"prod\""],
    );
    check("input stage: \"dev\" | \"prod\" = \"dev\"\nlet n = match stage { \"dev\" => 1, \"prod\" => 2 }", &[]);
}

#[test]
fn a_misspelt_name_is_one_error() {
    check(
        "resource v: AWS::S3::Bucket { VersioningConfiguration: { Statsu: \"Enabled\" } }",
        &["C0401 `VersioningConfiguration` has no property `Statsu` @ Statsu"],
    );
    check(
        "resource b: AWS::S3::Bucket {}\noutput a = b.arn",
        &["C0409 `AWS::S3::Bucket` has no attribute or property `arn` @ arn"],
    );
}

#[test]
fn a_list_is_checked_even_where_free_json_is_allowed() {
    check(
        "resource t: AWS::DynamoDB::Table { BillingMode: \"PAY_PER_REQUEST\", KeySchema: [{ AttributeName: \"id\" }] }",
        &["C0402 `KeyType` is missing"],
    );
}

#[test]
fn policy_documents_are_whole() {
    let policy = |statement: &str| {
        format!(
            "resource p: AWS::IAM::ManagedPolicy {{ PolicyDocument: {{ Version: \"2012-10-17\", Statement: [{{ {statement} }}] }} }}"
        )
    };
    check(&policy(r#"Effect: "Allow", Action: "s3:*", Resource: "*""#), &[]);
    check(&policy(r#"Effect: "Permit", Action: "s3:*", Resource: "*""#), &["C0405 `\"Permit\"` is not an effect"]);
    check(&policy(r#"Action: "s3:*", Resource: "*""#), &["C0416 a statement needs `Effect`"]);
    check(&policy(r#"Effect: "Allow", Actoin: "s3:*", Resource: "*""#), &["C0401 a statement has no `Actoin`"]);
}

#[test]
fn texts_that_cannot_identify_are_told() {
    check(
        r#"
resource net: AWS::EC2::VPC { CidrBlock: 10.0.0.0/16 }
resource web: AWS::EC2::SecurityGroup { GroupDescription: "web", VpcId: "net" }
"#,
        &["C0316 `\"net\"` does not identify an `AWS::EC2::VPC` @ \"net\""],
    );
}

#[test]
fn an_instance_that_needs_itself_is_told_once() {
    let component = "component Box { input on: Bool\n resource b: AWS::S3::Bucket {}\n output arn = b.Arn }";
    check(&format!("{component}\nresource c: Box {{ on: c.arn == \"x\" }}"), &["C0230 `c` is needed to compute itself @ c"]);
}

#[test]
fn a_resource_of_another_type_is_refused_even_where_several_are_taken() {
    check(
        r#"
resource files: AWS::S3::Bucket {}
resource alarm: AWS::CloudWatch::Alarm {
  ComparisonOperator: "GreaterThanThreshold"
  EvaluationPeriods: 1
  Namespace: "AWS/S3"
  MetricName: "5xxErrors"
  Statistic: "Sum"
  Period: 5m
  Threshold: 5
  AlarmActions: [files]
}
"#,
        &["C0318 expected `AWS::SNS::Topic`"],
    );
}
