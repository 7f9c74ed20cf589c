//! Programs of any size, for measuring.

use std::fmt::Write as _;

/// A stack of `count` resources in groups of five that refer to each other, seven lines a resource.
pub fn stack(name: &str, count: usize) -> String {
    let mut text = format!("/// Generated.\nstack {name} {{\n  region: \"eu-west-1\"\n}}\n\nlet stage = \"prod\"\n\n");
    for n in 0..count {
        resource(n, "", &mut text);
    }
    text
}

/// The same resources inside one component, and an instance of it.
pub fn component(name: &str, count: usize) -> String {
    let mut text = format!(
        "stack {name} {{\n  region: \"eu-west-1\"\n}}\n\nresource all: All {{}}\n\ncomponent All {{\n  let stage = \"prod\"\n"
    );
    for n in 0..count {
        resource(n, "  ", &mut text);
    }
    text.push_str("}\n");
    text
}

fn resource(n: usize, indent: &str, text: &mut String) {
    let group = n / 5;
    let body = match n % 5 {
        0 => format!(
            "resource topic_{group}: AWS::SNS::Topic {{\n  TopicName: \"topic-{group}-${{stage}}\"\n  DisplayName: \"Topic {group}\"\n  Tags: {{ team: \"media\", group: \"{group}\" }}\n}}"
        ),
        1 => format!(
            "resource failed_{group}: AWS::SQS::Queue {{\n  QueueName: \"failed-{group}\"\n  MessageRetentionPeriod: 14d\n  SqsManagedSseEnabled: true\n}}"
        ),
        2 => format!(
            "resource jobs_{group}: AWS::SQS::Queue {{\n  QueueName: \"jobs-{group}\"\n  VisibilityTimeout: 2m\n  RedrivePolicy: {{ deadLetterTargetArn: failed_{group}.Arn, maxReceiveCount: 3 }}\n}}"
        ),
        3 => format!(
            "resource feed_{group}: AWS::SNS::Subscription {{\n  TopicArn: topic_{group}\n  Protocol: \"sqs\"\n  Endpoint: jobs_{group}.Arn\n  RawMessageDelivery: true\n}}"
        ),
        _ => format!(
            "resource alarm_{group}: AWS::CloudWatch::Alarm {{\n  Namespace: \"AWS/SQS\"\n  MetricName: \"ApproximateNumberOfMessagesVisible\"\n  Dimensions: {{ QueueName: failed_{group}.QueueName }}\n  Statistic: \"Maximum\"\n  Period: 5m\n  EvaluationPeriods: 1\n  Threshold: 0\n  ComparisonOperator: \"GreaterThanThreshold\"\n  AlarmActions: [topic_{group}]\n}}"
        ),
    };
    for line in body.lines() {
        let _ = writeln!(text, "{indent}{line}");
    }
    text.push('\n');
}
