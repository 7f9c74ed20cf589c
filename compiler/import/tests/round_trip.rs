//! Templates become programs that build the same templates.
//!
//! In: `tests/fixtures/import`. Always: no `raw`, formatted, equivalent; a template that was changed anywhere is not equivalent; no text
//! makes reading, importing or checking panic.

use cloudc_import::{Imported, Options, check, equivalent, import};
use cloudc_schema::Schema;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn fixtures() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/import");
    let mut found: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    let read = |path: &std::path::PathBuf| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
    };
    found.iter().map(read).collect()
}

fn imported(text: &str) -> Imported {
    cloudc_driver::with_stack(|| import(&Schema::embedded(), text.as_bytes(), &Options::default()))
}

#[test]
fn fixtures_come_back_the_same() {
    let all = fixtures();
    assert!(all.len() >= 12);
    for (name, text) in all {
        let made = imported(&text);
        assert_eq!(made.faults, [], "{name}");
        assert_eq!(made.errors, Vec::<String>::new(), "{name}\n{}", made.source);
        assert_eq!(made.differences, [], "{name}\n{}", made.source);
        // Sections that only the stack's `raw` can say are none of these.
        assert_eq!(made.raws, Vec::<String>::new(), "{name}\n{}", made.source);
        assert_eq!(cloudc_format::format(&made.source).as_deref(), Ok(made.source.as_str()), "{name}");
        let found = cloudc_driver::with_stack(|| check(&Schema::embedded(), &text));
        let errors: Vec<_> = found.iter().filter(|one| one.severity == cloudc_base::Severity::Error).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

#[test]
fn what_a_person_would_write() {
    let source = imported(&fixtures().into_iter().find(|(name, _)| name == "references.yaml").unwrap().1).source;
    for line in [
        "/// Every way to refer to something.",
        "// The network of it all.",
        "@id(\"VPC\")",
        "  Tags: { Name: \"${aws.stack_name}-vpc\", stage }",
        "  VpcId: vpc",
        "    CidrIp: \"0.0.0.0/0\"",
        "    SourceSecurityGroupId: web_group",
        "@depends_on(queue)",
        "  VisibilityTimeout: 5m",
        "@export(\"${aws.stack_name}-url\")",
        "output second = names[1]",
        "output imported = import_value(\"other-stack-value\")",
    ] {
        assert!(source.contains(line), "{line}\n{source}");
    }
    assert!(!source.contains("WebGroup"), "{source}");
}

#[test]
fn what_the_cdk_made_is_called_like_its_constructs() {
    let template = json!({ "Resources": {
        "JobsQueueCAC098BE": {
            "Type": "AWS::SQS::Queue",
            "Properties": { "RedrivePolicy": {
                "deadLetterTargetArn": { "Fn::GetAtt": ["JobsDeadF08203A7", "Arn"] },
                "maxReceiveCount": 3,
            } },
            "Metadata": { "aws:cdk:path": "Shop/Jobs/main-queue/Resource" },
        },
        "JobsDeadF08203A7": { "Type": "AWS::SQS::Queue" },
    } });
    let made = imported(&template.to_string());
    assert_eq!((made.errors, made.differences), (Vec::new(), Vec::new()), "{}", made.source);
    for line in [
        "@id(\"JobsQueueCAC098BE\")",
        "resource jobs_main_queue: AWS::SQS::Queue {",
        "resource jobs_dead: AWS::SQS::Queue {}",
        "deadLetterTargetArn: jobs_dead",
    ] {
        assert!(made.source.contains(line), "{line}\n{}", made.source);
    }
}

#[test]
fn what_is_repeated_is_a_loop() {
    let source = imported(&fixtures().into_iter().find(|(name, _)| name == "repeated.yaml").unwrap().1).source;
    for line in [
        "for n, each in {",
        "  A: { availability_zone: aws.zones[0], cidr_block: \"${block}.0.0/24\" }",
        "  @id(\"Subnet${n}Public\")",
        "    CidrBlock: each.cidr_block",
        "    Tags: { Name: \"Public ${n}\", Reach: \"public\" }",
        "  resource table: AWS::EC2::RouteTable {",
        "    SubnetId: subnet_public",
        "    RouteTableId: table",
        "output second = subnet_public[\"B\"].ref",
        "resource queue1: AWS::SQS::Queue {",
        "// This one is special.",
    ] {
        assert!(source.contains(line), "{line}\n{source}");
    }
    assert_eq!(source.matches("AWS::EC2::Subnet {").count(), 1, "{source}");
}

#[test]
fn what_is_made_for_several_names_is_a_loop_over_them() {
    let source = imported(&fixtures().into_iter().find(|(name, _)| name == "repeated_words.yaml").unwrap().1).source;
    for line in [
        "for name, visibility_timeout in {",
        "  Orders: 30s",
        "  @id(\"${name}Dlq\")\n  resource dlq: AWS::SQS::Queue {\n    QueueName: \"${aws.stack_name}-${name.lower()}-dlq\"",
        "    VisibilityTimeout: visibility_timeout",
        "    RedrivePolicy: {\n      deadLetterTargetArn: dlq\n",
        "    AlarmDescription: \"messages in ${name}Dlq\"",
        "    Dimensions: { QueueName: dlq.QueueName }",
        "output orders = queue[\"Orders\"].ref",
        "resource audit_queue: AWS::SQS::Queue {",
    ] {
        assert!(source.contains(line), "{line}\n{source}");
    }
    assert_eq!(source.matches("AWS::SQS::Queue {").count(), 3, "{source}");
}

#[test]
fn what_sam_makes_has_a_type() {
    let source = imported(&fixtures().into_iter().find(|(name, _)| name == "made_by_sam.yaml").unwrap().1).source;
    for line in [
        "existing worker_role: AWS::IAM::Role = generated(\"WorkerRole\")",
        "existing worker_alias: AWS::Lambda::Alias = generated(\"Worker.Alias\")",
        "existing serverless_rest_api: AWS::ApiGateway::RestApi = generated(\"ServerlessRestApi\")",
        "  DefinitionBody: transform(\"AWS::Include\", { Location: \"./api.yaml\" })",
        "@depends_on(api_prod_stage)",
        "@depends_on(jobs)",
        "  Roles: [worker_role]",
        "output version = worker_version.FunctionArn",
    ] {
        assert!(source.contains(line), "{line}\n{source}");
    }
}

/// What queues are called, so that they are no loop.
const WORDS: [&str; 20] = [
    "Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett", "Kilo", "Lima", "Mike",
    "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango",
];

/// A template with something of everything: 4 of the network, 3 for security, 20 queues, a function with its permission, 1 alarm.
fn large() -> Json {
    let mut resources = json!({
        "Vpc": { "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": { "Fn::FindInMap": ["Blocks", { "Ref": "Stage" }, "Cidr"] } } },
        "Gate": { "Type": "AWS::EC2::InternetGateway", "Condition": "Open" },
        "Attached": { "Type": "AWS::EC2::VPCGatewayAttachment", "Condition": "Open", "Properties": {
            "VpcId": { "Ref": "Vpc" }, "InternetGatewayId": { "Ref": "Gate" } } },
        "Table": { "Type": "AWS::EC2::RouteTable", "Properties": { "VpcId": { "Ref": "Vpc" } } },
        "Group": { "Type": "AWS::EC2::SecurityGroup", "Properties": { "GroupDescription": "g", "VpcId": { "Ref": "Vpc" } } },
        "Key": { "Type": "AWS::KMS::Key", "Properties": { "Description": "k" } },
        "Role": { "Type": "AWS::IAM::Role", "Properties": { "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "lambda.amazonaws.com" } }] } } },
        "Worker": { "Type": "AWS::Lambda::Function", "Properties": { "Code": { "ZipFile": "x" }, "Handler": "index.handler",
            "Runtime": "nodejs22.x", "Role": { "Fn::GetAtt": ["Role", "Arn"] },
            "Environment": { "Variables": { "QUEUE": { "Ref": "Alpha" } } } } },
        "May": { "Type": "AWS::Lambda::Permission", "Properties": { "Action": "lambda:InvokeFunction",
            "FunctionName": { "Ref": "Worker" }, "Principal": "sqs.amazonaws.com", "SourceArn": { "Fn::GetAtt": ["Alpha", "Arn"] } } },
        "Alarm": { "Type": "AWS::CloudWatch::Alarm", "Properties": { "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1, "Namespace": "AWS/SQS", "MetricName": "m", "Period": 60, "Statistic": "Sum", "Threshold": 1,
            "Dimensions": [{ "Name": "QueueName", "Value": { "Fn::GetAtt": ["Bravo", "QueueName"] } }] } },
    });
    for (n, word) in WORDS.iter().enumerate() {
        let wait = json!({ "DelaySeconds": n * n, "KmsMasterKeyId": { "Ref": "Key" } });
        resources[(*word).to_owned()] = json!({ "Type": "AWS::SQS::Queue", "Properties": wait });
    }
    resources["Tango"]["Condition"] = json!("Open");
    json!({
        "Parameters": { "Stage": { "Type": "String", "AllowedValues": ["dev", "prod"], "Default": "dev" } },
        "Mappings": { "Blocks": { "dev": { "Cidr": "10.0.0.0/16" }, "prod": { "Cidr": "10.1.0.0/16" } } },
        "Conditions": { "Open": { "Fn::Equals": [{ "Ref": "Stage" }, "prod"] } },
        "Resources": resources,
        "Outputs": { "Url": { "Value": { "Ref": "Delta" } } },
    })
}

#[test]
fn what_is_large_is_split_by_concern() {
    let template = large();
    let options = Options { split: true, ..Options::default() };
    let made = cloudc_driver::with_stack(|| import(&Schema::embedded(), template.to_string().as_bytes(), &options));
    assert_eq!((made.errors, made.differences), (Vec::new(), Vec::new()), "{}", made.source);
    let names: Vec<&str> = made.parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["main.cloud", "network.cloud", "security.cloud", "messaging.cloud"], "{}", made.source);
    let text = |name: &str| made.parts.iter().find(|part| part.name == name).unwrap().text.as_str();
    for (name, lines) in [
        (
            "main.cloud",
            &[
                "parts: [\"./network.cloud\", \"./security.cloud\", \"./messaging.cloud\"]",
                "param stage:",
                "let open =",
                "output url",
            ][..],
        ),
        // The map is used there alone; the condition is not.
        ("network.cloud", &["let blocks =", "resource vpc:", "if open {"][..]),
        ("security.cloud", &["resource group:", "resource role:"][..]),
        // What are two go to those that they have most to do with.
        ("messaging.cloud", &["resource alarm:", "resource sierra:"][..]),
    ] {
        for line in lines {
            assert!(text(name).contains(line), "{line} in {name}\n{}", text(name));
        }
        assert_eq!(cloudc_format::format(text(name)).as_deref(), Ok(text(name)), "{name}");
    }
    // Every declaration is somewhere, once.
    let declared = |text: &str| text.matches("resource ").count() + text.matches("let ").count();
    assert_eq!(made.parts.iter().map(|part| declared(&part.text)).sum::<usize>(), declared(&made.source));
}

#[test]
fn what_is_small_or_about_one_thing_stays_in_one_file() {
    let options = Options { split: true, ..Options::default() };
    let of = |template: &Json| {
        cloudc_driver::with_stack(|| import(&Schema::embedded(), template.to_string().as_bytes(), &options)).parts.len()
    };
    let queues: serde_json::Map<String, Json> = (0..40)
        .map(|n| (format!("Q{}x", n * n), json!({ "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": n } })))
        .collect();
    assert_eq!(of(&json!({ "Resources": queues })), 0);
    let mut small = large();
    small["Resources"]
        .as_object_mut()
        .unwrap()
        .retain(|id, _| !WORDS.contains(&id.as_str()) || ["Alpha", "Bravo", "Delta"].contains(&id.as_str()));
    assert_eq!(of(&small), 0);
}

/// Every template that differs from this one in one place: an entry or element less, or a scalar changed.
fn mutants(json: &Json, path: &str, out: &mut Vec<(String, Json)>, whole: &dyn Fn(Json) -> Json) {
    match json {
        Json::Object(map) => {
            for (key, value) in map {
                let path = format!("{path}/{key}");
                let mut without = map.clone();
                without.shift_remove(key);
                out.push((format!("{path} removed"), whole(Json::Object(without))));
                let inside = |changed: Json| {
                    let mut map = map.clone();
                    map.insert(key.clone(), changed);
                    whole(Json::Object(map))
                };
                mutants(value, &path, out, &inside);
            }
        }
        Json::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let path = format!("{path}/{at}");
                let mut without = items.clone();
                without.remove(at);
                out.push((format!("{path} removed"), whole(Json::Array(without))));
                let inside = |changed: Json| {
                    let mut items = items.clone();
                    items[at] = changed;
                    whole(Json::Array(items))
                };
                mutants(item, &path, out, &inside);
            }
        }
        Json::String(text) => out.push((format!("{path} changed"), whole(json!(format!("{text}x"))))),
        Json::Number(_) => out.push((format!("{path} changed"), whole(json!(4711)))),
        Json::Bool(value) => out.push((format!("{path} changed"), whole(json!(!value)))),
        Json::Null => {}
    }
}

#[test]
fn a_change_anywhere_is_a_difference() {
    let schema = Schema::embedded();
    for (name, text) in fixtures() {
        let Some(template) = imported(&text).template else { panic!("{name}") };
        assert_eq!(equivalent(&schema, &template, &template), Ok(()), "{name}");
        let mut all = Vec::new();
        for section in ["Resources", "Outputs", "Parameters"] {
            let Some(inner) = template.get(section) else { continue };
            let whole = |changed: Json| {
                let mut template = template.clone();
                template[section] = changed;
                template
            };
            mutants(inner, &format!("/{section}"), &mut all, &whole);
        }
        let missed: Vec<&str> = all
            .iter()
            .filter(|(_, other)| equivalent(&schema, &template, other).is_ok())
            .map(|(path, _)| path.as_str())
            .collect();
        // What is still asked for through a reference, and how `Fn::GetAZs` names the region.
        let meaningless = |path: &&&str| path.contains("/DependsOn") || path.contains("Fn::GetAZs");
        let missed: Vec<_> = missed.iter().filter(|path| !meaningless(path)).collect();
        assert!(missed.is_empty(), "{name}: {missed:#?}");
    }
}

#[test]
fn mistakes_are_told_at_their_places() {
    let text = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySecond: 5\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n      KmsMasterKeyId: !GetAtt Queue.Nothing\n";
    let found = cloudc_driver::with_stack(|| check(&Schema::embedded(), text));
    let said: Vec<(&str, &str)> =
        found.iter().map(|one| (one.code.0, &text[one.span.start as usize..one.span.end as usize])).collect();
    assert_eq!(said.len(), 2, "{found:#?}");
    assert_eq!(said[0], ("C0401", "DelaySecond"));
    assert_eq!(found[1].code.0, "C0409", "{found:#?}");
    assert!(found[1].message.contains("Nothing"), "{}", found[1].message);
}

#[test]
fn keys_that_stand_twice_are_told() {
    let found = cloudc_driver::with_stack(|| check(&Schema::embedded(), "Resources: {}\nOutputs: {}\nOutputs: {}\n"));
    assert_eq!(found.iter().map(|one| one.code.0).collect::<Vec<_>>(), ["C0821"]);
}

#[test]
fn what_is_no_template_is_refused() {
    let bomb = format!("a: &a [1,1,1,1,1,1,1,1,1]\n{}", (1..9).map(|n| {
        let (this, before) = ((b'a' + n) as char, (b'a' + n - 1) as char);
        format!("{this}: &{this} [*{before},*{before},*{before},*{before},*{before},*{before},*{before},*{before},*{before}]\n")
    }).collect::<String>());
    let deep = "[".repeat(5_000);
    let maps = "{\"a\":".repeat(5_000);
    for text in ["", "x", "[]", "{", "a: b", "\u{0}", "&a [*a]", "!!binary x", "? [a]\n: b", "%YAML 9", &bomb, &deep, &maps] {
        let made = imported(text);
        assert!(made.source.is_empty() && made.faults.iter().any(|fault| fault.fatal), "{text:.40}: {made:?}");
    }
    let made = cloudc_driver::with_stack(|| import(&Schema::embedded(), b"\xff\xfe\x00Resources", &Options::default()));
    assert!(made.faults.iter().any(|fault| fault.fatal));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = cloudc_import::read::bytes(&bytes);
    }

    #[test]
    fn any_text_of_yaml_is_read(text in "[ \\n:\\-\\[\\]{}&*!|>#'\"a-c?,%@]{0,200}") {
        let _ = cloudc_import::read::read(&text);
    }

    #[test]
    fn damaged_templates_are_imported_or_refused(which in 0usize..64, at in 0usize..4000, len in 0usize..30, put in "[ \\n:\\-{}\\[\\]!a-z]{0,8}") {
        let all = fixtures();
        let (_, text) = &all[which % all.len()];
        let chars: Vec<char> = text.chars().collect();
        let at = at % chars.len();
        let end = (at + len).min(chars.len());
        let damaged: String = chars[..at].iter().chain(put.chars().collect::<Vec<_>>().iter()).chain(&chars[end..]).collect();
        let _ = imported(&damaged);
        let _ = cloudc_driver::with_stack(|| check(&Schema::embedded(), &damaged));
    }
}
