//! Fixture tests of completion: `$0` is the cursor. Each shows the first few labels; what is inserted is shown where it matters.

use super::{Item, Options, completions, resolve};
use crate::fixture::{Fixture, open};

fn items(text: &str) -> (Fixture, Vec<Item>) {
    let fixture = open(text);
    let at = fixture.position();
    let items = completions(&fixture.db, at, &fixture.files, &Options::default());
    (fixture, items)
}

/// The labels in order, as many as are listed, must be these.
#[track_caller]
fn check_first(text: &str, expected: &[&str]) {
    let (_, items) = items(text);
    let labels: Vec<&str> = items.iter().take(expected.len()).map(|item| item.label.as_str()).collect();
    assert_eq!(labels, expected, "{text}");
}

/// All labels, in order.
#[track_caller]
fn check_all(text: &str, expected: &[&str]) {
    let (_, items) = items(text);
    let labels: Vec<&str> = items.iter().map(|item| item.label.as_str()).collect();
    assert_eq!(labels, expected, "{text}");
}

/// The text after accepting the item of that label, tab stops shown.
#[track_caller]
fn check_accept(text: &str, label: &str, expected: &str) {
    let (fixture, items) = items(text);
    let item = items.iter().find(|item| item.label == label).unwrap_or_else(|| panic!("no `{label}` in {:?}", labels(&items)));
    let mut edits: Vec<(cloudc_base::TextRange, &str)> = vec![(item.replace, &item.insert)];
    edits.extend(item.additions.iter().map(|addition| (addition.range, addition.insert.as_str())));
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start()));
    let mut after = fixture.files[0].text(&fixture.db).to_owned();
    for (range, insert) in edits {
        after.replace_range(std::ops::Range::<usize>::from(range), insert);
    }
    assert_eq!(after, expected);
}

fn labels(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.label.as_str()).collect()
}

#[track_caller]
fn check_has(text: &str, label: &str) {
    let (_, items) = items(text);
    assert!(items.iter().any(|item| item.label == label), "no `{label}` in {:?}", labels(&items));
}

#[track_caller]
fn check_lacks(text: &str, label: &str) {
    let (_, items) = items(text);
    assert!(!items.iter().any(|item| item.label == label), "`{label}` in {:?}", labels(&items));
}

#[test]
fn resource_types_are_found_by_what_people_type() {
    check_first("resource b: s3bu$0", &["AWS::S3::Bucket"]);
    check_first("resource b: Buc$0", &["AWS::S3::Bucket", "AWS::S3::BucketPolicy"]);
    check_first("resource b: AWS::S3::B$0", &["AWS::S3::Bucket", "AWS::S3::BucketPolicy"]);
    check_first("resource b: secgr$0", &["AWS::EC2::SecurityGroup"]);
    check_first("resource b: sg$0", &["AWS::EC2::SecurityGroup"]);
    check_first("resource b: alb$0", &["AWS::ElasticLoadBalancingV2::LoadBalancer"]);
    check_first("resource b: lam$0", &["AWS::Lambda::Function"]);
    check_first("resource b: $0", &["AWS::IAM::Role", "AWS::Lambda::Function", "AWS::S3::Bucket"]);
    check_first("resource b: Dyn$0 {\n}", &["AWS::DynamoDB::Table"]);
}

#[test]
fn a_type_brings_its_required_properties() {
    check_accept("resource b: s3bu$0", "AWS::S3::Bucket", "resource b: AWS::S3::Bucket {\n  $0\n}");
    check_accept("resource b: AWS::S3::Bu$0 {}", "AWS::S3::Bucket", "resource b: AWS::S3::Bucket {}");
    check_accept("resource b: AWS::$0S3::Bu {}", "AWS::S3::Bucket", "resource b: AWS::S3::Bucket {}");
    check_accept(
        "resource b: VPCGatewayA$0",
        "AWS::EC2::VPCGatewayAttachment",
        "resource b: AWS::EC2::VPCGatewayAttachment {\n  VpcId: $1$0\n}",
    );
}

#[test]
fn components_are_types_and_are_imported() {
    let net =
        "//- /main.cloud\nresource n: V$0\n//- /net.cloud\n/// A network.\npub component VpcPair {\n  input cidr: Cidr\n}\n";
    check_has(net, "VpcPair");
    check_accept(net, "VpcPair", "import \"./net.cloud\" { VpcPair }\n\nresource n: VpcPair {\n  cidr: $1$0\n}\n");
    check_accept("resource n: Vpc$0 {}", "Vpc", "import \"std/network\" { Vpc }\n\nresource n: Vpc {}");
    check_accept(
        "import \"std/storage\" { Bucket }\n\nstack s {}\n\nresource n: Vpc$0 {}",
        "Vpc",
        "import \"std/storage\" { Bucket }\nimport \"std/network\" { Vpc }\n\nstack s {}\n\nresource n: Vpc {}",
    );
    check_first("import \"std/network\" { Vpc }\nresource n: Vpc$0", &["Vpc"]);
    check_lacks("component A {\n  resource x: A$0\n}", "A");
}

#[test]
fn properties_with_required_ones_first() {
    check_first("resource s: AWS::EC2::Subnet {\n  $0\n}", &["VpcId"]);
    check_first("resource s: AWS::Lambda::Function {\n  $0\n}", &["all 2 required", "Code", "Role"]);
    check_first("resource s: AWS::Lambda::Function {\n  Role: r\n  C$0\n}", &["Code"]);
    check_accept("resource s: AWS::EC2::Subnet {\n  Vp$0\n}", "VpcId", "resource s: AWS::EC2::Subnet {\n  VpcId: $0\n}");
    check_accept("resource s: AWS::EC2::Subnet {\n  Vp$0: v\n}", "VpcId", "resource s: AWS::EC2::Subnet {\n  VpcId: v\n}");
    check_accept(
        "resource s: AWS::S3::Bucket {\n  BucketN$0\n}",
        "BucketName",
        "resource s: AWS::S3::Bucket {\n  BucketName: \"$0\"\n}",
    );
    check_accept(
        "resource s: AWS::S3::Bucket {\n  Versioning$0",
        "VersioningConfiguration",
        "resource s: AWS::S3::Bucket {\n  VersioningConfiguration: {\n  $0\n}",
    );
    check_accept(
        "resource s: AWS::Lambda::Function {\n  $0\n}",
        "all 2 required",
        "resource s: AWS::Lambda::Function {\n  Code: {\n  $1\n}\nRole: $2\n}",
    );
}

#[test]
fn nested_objects_lists_patches_and_defaults() {
    check_first("resource s: AWS::S3::Bucket {\n  VersioningConfiguration: { $0 }\n}", &["Status"]);
    check_first("resource s: AWS::EC2::SecurityGroup {\n  SecurityGroupIngress: [{ Ip$0 }]\n}", &["IpProtocol"]);
    check_first("resource s: AWS::EC2::SecurityGroup {\n  SecurityGroupIngress: [\n    for p in [80]: { From$0", &["FromPort"]);
    check_first("defaults AWS::Logs::LogGroup {\n  Ret$0\n}", &["RetentionInDays"]);
    check_first("import \"std/storage\" { Bucket }\nresource b: Bucket {} with {\n  $0\n}", &["bucket"]);
    check_first("import \"std/storage\" { Bucket }\nresource b: Bucket {} with { bucket: { BucketN$0 } }", &["BucketName"]);
    check_first("resource s: AWS::S3::Bucket {\n  VersioningConfiguration: if c { St$0 } else { none }\n}", &["Status"]);
    check_first("import \"std/storage\" { Bucket }\nresource b: Bucket { $0 }", &["versioned", "expire_after"]);
    check_first("import \"std/storage\" { Bucket }\nresource b: Bucket { ver$0: true }", &["versioned"]);
}

#[test]
fn enum_values_quoted_or_not() {
    let versioning =
        |value: &str| format!("resource s: AWS::S3::Bucket {{\n  VersioningConfiguration: {{ Status: {value} }}\n}}");
    check_all(&versioning("\"$0\""), &["Enabled", "Suspended"]);
    check_all(&versioning("\"En$0\""), &["Enabled"]);
    check_accept(&versioning("\"En$0abledd\""), "Enabled", &versioning("\"Enabled\""));
    check_accept(&versioning("En$0"), "\"Enabled\"", &versioning("\"Enabled\""));
    check_first("stack s { region: \"eu-west$0\" }", &["eu-west-1", "eu-west-2", "eu-west-3"]);
    check_first("input stage: \"dev\" | \"prod\" = \"$0\"", &["dev", "prod"]);
    check_first("input stage: \"dev\" | \"prod\"\nlet p = stage == \"p$0\"", &["prod"]);
    check_first("resource i: AWS::EC2::Subnet {\n  MapPublicIpOnLaunch: $0\n}", &["true", "false"]);
    check_first("resource i: AWS::EC2::Subnet {\n  MapPublicIpOnLaunch: t$0\n}", &["true"]);
    check_first("let a = { x: 1 }\nlet b = a[\"$0\"]", &["x"]);
    check_first("@deletion_policy(\"Re$0\")\nresource b: AWS::S3::Bucket {}", &["Retain", "RetainExceptOnCreate"]);
}

#[test]
fn identifiers_of_the_right_type_come_first() {
    let program = "resource alpha: AWS::S3::Bucket {}\nresource vpc: AWS::EC2::VPC { CidrBlock: 10.0.0.0/16 }\nresource web: AWS::EC2::Subnet { VpcId: vpc }\nlet any = \"x\"\n";
    check_first(&format!("{program}resource s: AWS::EC2::Subnet {{\n  VpcId: $0\n}}"), &["vpc", "web.VpcId"]);
    check_first(&format!("{program}resource s: AWS::EC2::Instance {{\n  SubnetId: $0\n}}"), &["web"]);
    check_first(&format!("{program}resource s: AWS::EC2::Instance {{\n  SubnetId: w$0\n}}"), &["web"]);
    let network = "import \"std/network\" { Vpc }\nresource network: Vpc {}\n";
    check_first(&format!("{network}resource s: AWS::EC2::SecurityGroup {{\n  VpcId: $0\n}}"), &["network"]);
    let (_, items) = items(&format!("{network}resource s: AWS::RDS::DBSubnetGroup {{\n  SubnetIds: $0\n}}"));
    let paths = labels(&items);
    let at = |label: &str| paths.iter().position(|known| *known == label).unwrap_or(99);
    assert!(at("network.private_subnets") < 4 && at("network.public_subnets") < 4, "{paths:?}");
}

#[test]
fn members() {
    check_first("resource b: AWS::S3::Bucket {}\noutput a = b.$0", &["Arn"]);
    check_first("resource b: AWS::S3::Bucket {}\noutput a = b.A$0", &["Arn"]);
    check_has("resource b: AWS::S3::Bucket { BucketName: \"x\" }\noutput a = b.$0", "BucketName");
    check_first("resource d: AWS::RDS::DBInstance {}\noutput a = d.End$0", &["Endpoint.Address", "Endpoint.Port"]);
    check_first("import \"std/storage\" { Bucket }\nresource b: Bucket {}\noutput a = b.$0", &["arn", "name"]);
    check_has("let x = \"a,b\".$0", "split");
    check_accept("let x = \"a,b\".sp$0", "split", "let x = \"a,b\".split($0)");
    check_first("let x = [1, 2].le$0", &["length"]);
    check_first("let x = aws.$0", &["region", "account_id"]);
    check_first("let x = \"${aws.re$0}\"", &["region"]);
    check_first("let m = { dev: 1, prod: 2 }\nlet x = m.p$0", &["prod"]);
    check_first("let xs = [{ size: 1 }]\nlet ys = [for x in xs: x.$0]", &["size"]);
    check_first("resource a: AWS::S3::Bucket {\n  BucketName: stack.$0\n  Tags: {}\n}", &["name", "region"]);
    let roles =
        "//- /main.cloud\nimport \"./net.cloud\" as net\nlet x = net.$0\n//- /net.cloud\npub let one = 1\nlet hidden = 2\n";
    check_all(roles, &["one"]);
}

#[test]
fn what_may_be_absent_is_read_with_a_question_mark() {
    let program = "param p: Bool\nif p {\n  resource t: AWS::SNS::Topic {}\n}\n";
    check_accept(&format!("{program}output a = t.Topic$0"), "TopicArn", &format!("{program}output a = t?.TopicArn"));
}

#[test]
fn imports_and_paths() {
    check_all("import \"std/network\" { $0 }", &["Vpc"]);
    check_all("import \"std/network\" {\n  V$0", &["Vpc"]);
    check_first("import \"std/$0\"", &["std/network", "std/storage"]);
    check_first("//- /main.cloud\nimport \"$0\"\n//- /tiers.cloud\npub let A = 1\n", &["./tiers.cloud"]);
    check_first("//- /app/main.cloud\nimport \"ti$0\"\n//- /tiers.cloud\npub let A = 1\n", &["../tiers.cloud"]);
    check_first("//- /main.cloud\nlet a = file(\"$0\")\n//- /boot.sh\necho\n", &["boot.sh"]);
    check_all("import \"./nowhere.cloud\" { $0 }", &[]);
}

#[test]
fn words_where_they_are_valid() {
    check_first("res$0", &["resource"]);
    check_first("$0", &["import", "resource", "let", "input"]);
    check_first("component C {\n  ou$0\n}", &["output"]);
    check_lacks("component C {\n  $0\n}", "stack");
    check_lacks("component C {\n  $0\n}", "param");
    check_lacks("stack s {}\n$0", "stack");
    check_first("pub co$0", &["component"]);
    check_lacks("pub $0", "resource");
    check_all("resource b: AWS::S3::Bucket {} w$0", &["with"]);
    check_all("let a = if c { 1 } e$0", &["else"]);
    check_all("if c {\n} el$0", &["else"]);
    check_first("resource a: AWS::S3::Bucket {\n  BucketName: \"x\" i$0\n}", &["if"]);
    check_all("for x i$0", &["in"]);
    check_accept("re$0", "resource", "resource ${1:name}: $0");
    check_first("resource a: AWS::S3::Bucket {\n  BucketName: \"x\"\nresou$0", &["resource"]);
}

#[test]
fn attributes_that_fit_what_follows() {
    check_first("@re$0\nresource b: AWS::S3::Bucket {}", &["retain"]);
    check_first("@$0\noutput b = 1", &["id", "export"]);
    check_lacks("@$0\noutput b = 1", "retain");
    check_first("resource a: AWS::S3::Bucket {}\n@depends_on($0)\nresource b: AWS::S3::Bucket {}", &["a"]);
    check_first("param p: Bool\nlet n = 1\n@retain($0)\nresource b: AWS::S3::Bucket {}", &["true", "false", "p"]);
    check_first("@allow(\"x\", re$0)\nresource b: AWS::S3::Bucket {}", &["reason:"]);
}

#[test]
fn functions_and_their_arguments() {
    check_accept("let a = ran$0", "range", "let a = range($0)");
    check_first("fn f(zone: Int, yes: Bool): Int = 1\nlet a = f(zo$0)", &["zone:"]);
    check_first("fn f(stage: \"dev\" | \"prod\"): Int = 1\nlet a = f(\"p$0\")", &["prod"]);
    check_first("fn f(stage: \"dev\" | \"prod\"): Int = 1\nlet a = f(stage: \"$0\")", &["dev", "prod"]);
    check_has("fn f(stage: String): String = st$0", "stage");
    check_first("let a = stack_output(\"a\", \"b\", region: \"eu-c$0\")", &["eu-central-1"]);
    let other = "//- /main.cloud\nlet a = offs$0\n//- /tiers.cloud\npub fn offset_of(tier: Int): Int = tier\n";
    check_accept(other, "offset_of", "import \"./tiers.cloud\" { offset_of }\n\nlet a = offset_of($0)\n");
}

#[test]
fn types_in_annotations() {
    check_first("input a: St$0", &["String"]);
    check_first("input a: Int | Bo$0", &["Bool"]);
    check_first("input a: [Ci$0]", &["Cidr"]);
    check_first("output a as AWS::EC2::VPC.$0 = b", &["VpcId"]);
    check_first("type Port = Int\ninput a: Po$0", &["Port"]);
    check_first("existing v: vp$0", &["AWS::EC2::VPC"]);
    check_first("param p: AWS::EC2::Image.$0", &["Id"]);
}

#[test]
fn arms_that_are_missing() {
    let program = "input stage: \"dev\" | \"test\" | \"prod\"\n";
    check_first(&format!("{program}let a = match stage {{\n  \"dev\" => 1\n  $0\n}}"), &["\"test\"", "\"prod\""]);
    check_all(&format!("{program}let a = match stage {{ \"$0\" => 1 }}"), &["dev", "test", "prod"]);
    check_accept(
        &format!("{program}let a = match stage {{ pr$0 }}"),
        "\"prod\"",
        &format!("{program}let a = match stage {{ \"prod\" => $0 }}"),
    );
}

#[test]
fn documents_and_settings() {
    let role = |inner: &str| format!("resource r: AWS::IAM::Role {{\n  AssumeRolePolicyDocument: {{ {inner} }}\n}}");
    check_first(
        &role("$0"),
        &["all 2 required", "Statement"].map(|label| if label == "all 2 required" { "Statement" } else { "Version" }),
    );
    check_first(&role("Statement: [{ $0 }]"), &["Effect", "Principal", "Action"]);
    check_first(&role("Statement: [{ Effect: \"$0\" }]"), &["Allow", "Deny"]);
    check_first(&role("Statement: [{ Principal: { Service: \"lam$0\" } }]"), &["lambda.amazonaws.com"]);
    check_first(
        &role("Statement: [{ Condition: { StringEquals: { \"aws:SourceA$0\": x } } }]"),
        &["aws:SourceArn", "aws:SourceAccount"],
    );
    let policy = |action: &str| {
        format!("resource p: AWS::IAM::ManagedPolicy {{\n  PolicyDocument: {{ Statement: [{{ Action: [{action}] }}] }}\n}}")
    };
    check_first(&policy("\"s3:G$0\""), &["s3:GetObject", "s3:GetBucketLocation"]);
    check_has(&policy("\"sqs:$0\""), "sqs:CreateQueue");
    check_first(&policy("s3$0"), &["\"s3:GetObject\""]);
    check_first("stack s { $0 }", &["region", "description", "tags"]);
    check_first("project p { st$0 }", &["stacks"]);
    check_first("env e { in$0 }", &["inputs"]);
    check_first("env e { ex$0 }", &["external_id"]);
    check_first("env e { regions: [\"eu-west$0\"] }", &["eu-west-1", "eu-west-2"]);
    check_first("env e { regions: { \"eu-west-1\": { pa$0 } } }", &["params"]);
    check_first("project p { stacks: {}, regions: { \"eu-west-1\": { in$0 } } }", &["inputs"]);
}

#[test]
fn nothing_where_nothing_fits() {
    for text in ["// a $0", "/// doc $0", "let $0", "resource na$0", "let a = \"plain te$0xt\"", "/* $0 */", "let a = 1$0"] {
        check_all(text, &[]);
    }
}

#[test]
fn numbers_get_units() {
    check_first("resource q: AWS::SQS::Queue { VisibilityTimeout: 30$0 }", &["30s"]);
    check_first("input a: Duration = 30$0", &["30s", "30m"]);
}

#[test]
fn variables_in_scope() {
    check_first("let a = [for thing in [1, 2]: th$0]", &["thing"]);
    check_first("for name, limit in { a: 1 } {\n  let x = li$0\n}", &["limit"]);
    check_lacks("input hidden: Int\ncomponent C {\n  let a = hid$0\n}", "hidden");
    check_has("component C {\n  input size: Int\n  let a = si$0\n}", "size");
    check_lacks("let abc = ab$0", "abc");
}

#[test]
fn details_come_when_asked_for() {
    let (fixture, items) = items("resource b: AWS::S3::Bucket {\n  BucketN$0\n}");
    let resolved = resolve(&fixture.db, &items[0]);
    assert!(resolved.documentation.contains("replaces the resource"), "{}", resolved.documentation);
    assert!(resolved.documentation.contains("63 characters"), "{}", resolved.documentation);
}

#[test]
fn no_offset_of_any_text_panics() {
    let text = "import \"std/network\" { Vpc }\n@retain(x)\nresource a: Vpc { zones: 2, nat: \"x\" } with { vpc: { Tags: { a: \"${b.c}\" } } }\nlet m = match x { \"a\" | 1 => [for i in range(3) if i > 2: i], _ => none }\nfn f(a: Int = 3): [String] = a.b?.c(d: 1)[0] ?? \"ö€\"\nif a { output b as AWS::EC2::VPC.VpcId = 10.0.0.0/16 } else { moved a -> b }\n";
    for end in 0..=text.len() {
        if !text.is_char_boundary(end) {
            continue;
        }
        for whole in [true, false] {
            let source = if whole { text } else { &text[..end] };
            let system = cloudc_driver::MemoryFs::new([("/main.cloud", source)]);
            let options = cloudc_driver::Options { purpose: cloudc_driver::Purpose::Edit, ..Default::default() };
            // One database a text; the whole text needs only one.
            let db = cloudc_driver::open(std::sync::Arc::new(system), options, cloudc_schema::Schema::embedded());
            let file = cloudc_driver::file(&db, "/main.cloud");
            let at = crate::FilePosition { file, offset: (end as u32).into() };
            completions(&db, at, &[file], &Options::default());
        }
    }
}

#[test]
fn what_would_close_a_cycle_is_not_offered() {
    let cycle = "//- /main.cloud\nlet a = one$0\npub let own = 1\n//- /other.cloud\nimport \"./main.cloud\" { own }\npub let one_two = own\n";
    check_lacks(cycle, "one_two");
    let paths =
        "//- /main.cloud\nimport \"./$0\"\n//- /other.cloud\nimport \"./main.cloud\" { own }\n//- /third.cloud\npub let x = 1\n";
    check_all(paths, &["./third.cloud"]);
}

#[test]
fn what_is_deprecated_says_so_and_comes_last() {
    let program = "@deprecated(\"use zone_b\")\nlet zone_a = 1\nlet zone_b = 2\nlet c = zone$0";
    check_all(program, &["zone_b", "zone_a"]);
    let (_, items) = items(program);
    assert!(items[1].deprecated && !items[0].deprecated);
}

#[test]
fn conditions_and_policies() {
    check_first("param prod: Bool\nif $0 {\n}", &["prod"]);
    check_first("policy \"x\" {\n  for b in res$0\n}", &["resources"]);
    check_lacks("let b = res$0", "resources");
    check_first("resource s: AWS::EC2::Subnet {\n  AvailabilityZone: $0\n}", &["aws.zones[0]"]);
    check_first("stack s { region: \"$0\" }", &["us-east-1", "eu-west-1"]);
    check_first("resource f: AWS::Lambda::Function { Runtime: \"node$0\" }", &["nodejs26.x", "nodejs24.x"]);
}

#[test]
fn what_is_uploaded_is_a_file_or_folder() {
    let files = "//- /fn/main.py\nx\n//- /fn/lib/util.py\nx\n//- /job.py\nx\n";
    check_all(&format!("//- /main.cloud\nlet a = asset(\"$0\")\n{files}"), &["./fn", "./job.py", "./main.cloud"]);
    check_all(&format!("//- /main.cloud\nlet a = image(\"$0\")\n{files}"), &["./fn"]);
    check_all(&format!("//- /main.cloud\nlet a = asset(\"./fn/$0\")\n{files}"), &["./fn/lib", "./fn/main.py"]);
}

#[test]
fn defaults_offer_properties_of_their_type() {
    check_first("defaults AWS::S3::Bucket {\n  BucketN$0\n}", &["BucketName"]);
}
