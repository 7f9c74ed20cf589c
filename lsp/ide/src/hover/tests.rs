//! Fixture tests of hover: `$0` is the cursor; what must be said, and what must not.

use super::hover;
use crate::fixture::open;

fn shown(text: &str) -> Option<String> {
    let fixture = open(text);
    hover(&fixture.db, fixture.position(), &fixture.files).map(|hover| hover.markdown)
}

#[track_caller]
fn check_hover(text: &str, expected: &[&str]) {
    let markdown = shown(text).unwrap_or_else(|| panic!("nothing is said: {text}"));
    for part in expected {
        assert!(markdown.contains(part), "`{part}` is not in\n{markdown}");
    }
}

#[test]
fn values_with_type_phase_and_what_they_come_to() {
    check_hover(
        "/// How many.\nlet co$0unt = 2 + 3\n",
        &["```cloud\nlet count: Int = 2 + 3\n```", "How many.", "Known when compiling", "**Value:** `5`"],
    );
    check_hover("let wait = 90s\nlet b = wa$0it", &["Duration", "**Value:** `90s`"]);
    check_hover("param nodes: Int = 3\nlet n = no$0des", &["param nodes: Int = 3", "chosen when deploying"]);
    check_hover(
        "input stage: \"dev\" | \"prod\" = \"dev\"\nlet n = sta$0ge == \"dev\"",
        &["input stage", "**Value:** `\"dev\"`"],
    );
    check_hover("let xs = [1, 2]\nlet ys = [for x in xs: $0x]", &["x: 1 | 2", "Variable of a loop"]);
    check_hover("for k, v in { a: 1 } {\n  let y = v$0\n}", &["v: 1", "Element of the loop"]);
    check_hover("/// Twice.\nfn twice(n: Int): Int = n * 2\nlet a = twi$0ce(2)", &["fn twice(n: Int): Int", "Twice."]);
}

#[test]
fn variables_where_they_are_bound_and_keys_of_documents() {
    check_hover("let ys = [for th$0ing in [true]: thing]", &["thing: true"]);
    check_hover(
        "resource r: AWS::IAM::Role {\n  AssumeRolePolicyDocument: { Statement: [{ Eff$0ect: \"Allow\" }] }\n}",
        &["Whether the statement allows or denies."],
    );
}

#[test]
fn secrets_are_never_shown() {
    let markdown = shown("param pass$0word: Secret<String> = \"hunter2hunter2\"").unwrap();
    assert!(!markdown.contains("hunter2"), "{markdown}");
    assert!(markdown.contains("Never shown"), "{markdown}");
}

#[test]
fn resources_with_the_fragment_they_become() {
    let program =
        "stack s { region: \"eu-west-1\" }\n/// Uploads.\nresource up$0loads: AWS::S3::Bucket { BucketName: \"a-b\" }\n";
    check_hover(
        program,
        &[
            "resource uploads: AWS::S3::Bucket",
            "Uploads.",
            "```yaml\nUploads:\n",
            "BucketName: a-b",
            "AWS::S3::Bucket.BucketName",
            "docs.aws.amazon.com",
        ],
    );
    let turns = "stack s {}\nfor n in [\"a\", \"b\", \"c\"] {\n  resource q$0: AWS::SQS::Queue { QueueName: n }\n}\n";
    check_hover(turns, &["QueueName: a", "2 more"]);
}

#[test]
fn what_the_schema_says() {
    check_hover(
        "resource b: AWS::S3::Buc$0ket {}",
        &["resource name: AWS::S3::Bucket", "sync schemas", "aws-resource-s3-bucket.html"],
    );
    check_hover(
        "stack s {}\nresource b: AWS::S3::Bucket { Bucket$0Name: \"x${1 + 1}y\" }",
        &[
            "BucketName: String",
            "changing this replaces the resource",
            "characters",
            "#cfn-s3-bucket-bucketname",
            "**Value:** `\"x2y\"`",
        ],
    );
    check_hover(
        "resource b: AWS::S3::Bucket { VersioningConfiguration: { Sta$0tus: \"Enabled\" } }",
        &[
            "required",
            "one of `\"Enabled\"`, `\"Suspended\"`",
            "aws-properties-s3-bucket-versioningconfiguration.html#cfn-s3-bucket-versioningconfiguration-status",
        ],
    );
    check_hover("resource s: AWS::EC2::Subnet { Vpc$0Id: v }", &["**Takes:** `AWS::EC2::VPC.VpcId`"]);
    check_hover("resource q: AWS::SQS::Queue { Visibility$0Timeout: 30s }", &["Counted in seconds"]);
    check_hover(
        "resource b: AWS::S3::Bucket {}\noutput a = b.A$0rn",
        &["Arn: AWS::S3::Bucket.Arn", "known once the resource exists"],
    );
    check_hover("resource b: AWS::S3::Bucket { VersioningConfiguration: { Status: \"Ena$0bled\" } }", &["A value of `Status`"]);
}

#[test]
fn components_and_their_parts() {
    let program = "/// A queue.\ncomponent Q {\n  /// Days.\n  input days: Int = 4\n  resource queue: AWS::SQS::Queue { MessageRetentionPeriod: days }\n  output url: String = queue.ref\n}\n";
    check_hover(
        &format!("{program}resource q: Q$0 {{}}"),
        &["component Q {\n  input days: Int = 4\n}", "A queue.", "`url: String`", "`queue` (AWS::SQS::Queue)"],
    );
    check_hover(
        &format!("{program}resource q: Q {{ da$0ys: 2 }}"),
        &["input days: Int = 4", "Days.", "Takes values of any phase"],
    );
    check_hover(&format!("{program}resource q: Q {{}}\nlet u = q.ur$0l"), &["output url: String"]);
    check_hover("import \"std/network\" { V$0pc }", &["component Vpc", "*from `std/network`*"]);
    check_hover("import \"std/net$0work\" { Vpc }", &["import \"std/network\"", "Network presets.", "`Vpc`"]);
    check_hover("import \"std/network\" { Vpc }\nresource v: Vpc { zo$0nes: 2 }", &["Must be known when compiling"]);
}

#[test]
fn words_of_the_language() {
    check_hover("reso$0urce b: AWS::S3::Bucket {}", &["Makes something", "```cloud"]);
    check_hover("@re$0tain\nresource b: AWS::S3::Bucket {}", &["@retain", "Keeps the resource"]);
    check_hover("let a = ran$0ge(3)", &["range(count: Int, end: Int): [Int]", "integers"]);
    check_hover("let a = \"a\".up$0per()", &["capitals"]);
    check_hover("let a = aws.reg$0ion", &["AWS::Region"]);
    check_hover("let a = a$0ws.region", &["tells of the deployment"]);
    check_hover("input a: Ci$0dr", &["block of addresses"]);
    check_hover("stack s { reg$0ion: \"eu-west-1\" }", &["The region to deploy to"]);
}

#[test]
fn half_typed_programs_say_what_they_can() {
    check_hover("resource b: AWS::S3::Bucket {\n  Bucket$0Name: ", &["BucketName"]);
    check_hover("let a = 1\nlet b = a$0 +\nresource", &["let a"]);
    assert_eq!(shown("// wo$0rd"), None);
    assert_eq!(shown("$0"), None);
    assert_eq!(shown("let a = nowh$0ere"), None);
}

#[test]
fn no_offset_of_any_text_panics() {
    let text = "import \"std/network\" { Vpc }\nstack s { region: \"eu-west-1\" }\n@retain(x)\nresource a: Vpc { zones: 2, nat: \"none\" } with { vpc: { Tags: { a: \"${b.c}\" } } }\nlet m = match x { \"a\" | 1 => [for i in range(3) if i > 2: i], _ => none }\nfn f(a: Int = 3): [String] = a.b?.c(d: 1)[0] ?? \"ö€\"\nif a { output b as AWS::EC2::VPC.VpcId = 10.0.0.0/16 } else { moved a -> b }\n";
    let fixture = open(text);
    for offset in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
        let at = crate::FilePosition { file: fixture.files[0], offset: (offset as u32).into() };
        hover(&fixture.db, at, &fixture.files);
        crate::signature_help(&fixture.db, at);
    }
}
