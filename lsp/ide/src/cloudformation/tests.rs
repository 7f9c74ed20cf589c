use cloudc_base::TextSize;

use crate::FilePosition;
use crate::cloudformation::{template_completions, template_diagnostics, template_hover};

const QUEUE: &str = "Parameters:\n  Seconds:\n    Type: Number\n    Description: How long\nConditions:\n  Slow: !Equals [!Ref Seconds, 5]\nResources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: !Ref Seconds\n";

/// A file with this text, without `|`, and the place where that stood.
fn at(text: &str) -> (cloudc_driver::Database, FilePosition) {
    let offset = text.find('|').unwrap_or(0);
    let text = text.replacen('|', "", 1);
    let system = std::sync::Arc::new(cloudc_driver::MemoryFs::new([("/template.yaml", text.as_str())]));
    let db = cloudc_driver::open(system, cloudc_driver::Options::default(), cloudc_schema::Schema::embedded());
    let file = cloudc_driver::file(&db, "/template.yaml");
    (db, FilePosition { file, offset: TextSize::new(u32::try_from(offset).unwrap()) })
}

fn labels(text: &str) -> Vec<String> {
    let (db, place) = at(text);
    template_completions(&db, place).into_iter().map(|item| item.label).collect()
}

fn hovered(text: &str) -> String {
    let (db, place) = at(text);
    template_hover(&db, place).map(|hover| hover.markdown).unwrap_or_default()
}

#[test]
fn mistakes_are_at_their_places() {
    let text = QUEUE.replace("DelaySeconds", "DelaySecond");
    let (db, place) = at(&text);
    let found = template_diagnostics(&db, place.file);
    let said: Vec<(&str, &str)> = found.iter().map(|one| (one.code.0, &text[one.range])).collect();
    assert_eq!(said, [("C0401", "DelaySecond")]);
}

#[test]
fn templates_of_nested_stacks_are_followed_inside_of_the_project() {
    let given = |path: &str| {
        let parent = format!(
            "Resources:\n  Net:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: {path}\n      Parameters:\n        Ciddr: 10.0.0.0/16\n"
        );
        let child = "Parameters:\n  Cidr:\n    Type: String\nResources:\n  Topic:\n    Type: AWS::SNS::Topic\n";
        let files = [("/apps/parent.yaml", parent.as_str()), ("/shared/net.yaml", child), ("/etc/net.yaml", child)];
        let system = std::sync::Arc::new(cloudc_driver::MemoryFs::new(files));
        let db = cloudc_driver::open(system, cloudc_driver::Options::default(), cloudc_schema::Schema::embedded());
        let found = template_diagnostics(&db, cloudc_driver::file(&db, "/apps/parent.yaml"));
        found.iter().map(|one| format!("{} {}", one.code.0, &parent[one.range])).collect::<Vec<_>>()
    };
    assert_eq!(given("../shared/net.yaml"), ["C0427 Ciddr", "C0427 Parameters"]);
    for outside in ["../../shared/net.yaml", "/etc/net.yaml", "https://example.com/net.yaml", "missing.yaml"] {
        assert_eq!(given(outside), Vec::<String>::new(), "{outside}");
    }
}

#[test]
fn other_texts_have_nothing() {
    let (db, place) = at("a: |1\n");
    assert!(template_diagnostics(&db, place.file).is_empty());
    assert!(template_completions(&db, place).is_empty() && template_hover(&db, place).is_none());
}

#[test]
fn keys_are_completed() {
    assert_eq!(labels("Resources: {}\nOut|\n# AWSTemplateFormatVersion\n").last().map(String::as_str), Some("Outputs"));
    let resource = labels(&format!("{QUEUE}    |\n"));
    assert!(resource.contains(&"DependsOn".to_owned()) && !resource.contains(&"Type".to_owned()), "{resource:?}");
    let properties = labels(&format!("{QUEUE}      |\n"));
    assert!(properties.contains(&"FifoQueue".to_owned()) && !properties.contains(&"DelaySeconds".to_owned()), "{properties:?}");
    assert!(!properties.contains(&"Arn".to_owned()), "set by AWS");
    let nested = labels(
        "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketEncryption:\n        ServerSideEncryptionConfiguration:\n          - Buck|\n",
    );
    assert!(nested.contains(&"BucketKeyEnabled".to_owned()), "{nested:?}");
}

#[test]
fn policies_offer_what_each_takes() {
    let offered = |key: &str| labels(&format!("Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    {key}: |\n"));
    assert_eq!(offered("DeletionPolicy"), ["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"]);
    assert_eq!(offered("UpdateReplacePolicy"), ["Delete", "Retain", "Snapshot"]);
}

#[test]
fn values_are_completed() {
    assert_eq!(
        labels("Resources:\n  Q:\n    Type: AWS::SQS::Queue|\n"),
        ["AWS::SQS::Queue", "AWS::SQS::QueueInlinePolicy", "AWS::SQS::QueuePolicy"]
    );
    let truth = labels(&format!("{QUEUE}      FifoQueue: |\n"));
    assert_eq!(truth, ["true", "false"]);
    let refs = labels(&format!("{QUEUE}      QueueName: !Ref |\n"));
    assert_eq!(&refs[..2], ["Seconds", "Queue"]);
    assert!(refs.contains(&"AWS::Region".to_owned()));
    let attributes = labels(&format!("{QUEUE}      QueueName: !GetAtt Queue.|\n"));
    assert!(attributes.contains(&"Arn".to_owned()), "{attributes:?}");
    let (db, place) = at(&format!("{QUEUE}      QueueName: !GetAtt Queue.A|\n"));
    let replaced = template_completions(&db, place)[0].replace;
    assert_eq!(&place.file.text(&db)[replaced], "A");
    let listed = labels(&format!("{QUEUE}      QueueName: {{ Fn::GetAtt: [Queue, A|] }}\n"));
    assert!(listed.contains(&"Arn".to_owned()), "{listed:?}");
    let hole = labels(&format!("{QUEUE}      QueueName: !Sub \"a-${{Se|}}\"\n"));
    assert_eq!(hole[0], "Seconds");
    assert_eq!(labels(&format!("{QUEUE}    Condition: |\n")), ["Slow"]);
    let json = labels("{\"Resources\": {\"Q\": {\"Type\": \"AWS::SQS::QueueP|\"}}}");
    assert_eq!(json, ["AWS::SQS::QueuePolicy"]);
}

#[test]
fn what_stands_there_is_told() {
    assert!(hovered(&QUEUE.replace("AWS::SQS", "AWS::|SQS")).contains("AWS::SQS::Queue"));
    assert!(hovered(&QUEUE.replace("DelaySeconds", "Delay|Seconds")).contains("DelaySeconds: "));
    let parameter = hovered(&QUEUE.replace("DelaySeconds: !Ref Sec", "DelaySeconds: !Ref Sec|"));
    assert!(parameter.contains("Parameter `Seconds`: `Number`") && parameter.contains("How long"), "{parameter}");
    let attribute = hovered(&format!("{QUEUE}      QueueName: !GetAtt Queue.A|rn\n"));
    assert!(attribute.contains("Arn"), "{attribute}");
}
