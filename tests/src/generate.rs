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

/// A stack of about so many lines as people write them: functions with their roles, queues and alarms, some twenty lines a resource,
/// so that ten thousand lines are still a stack that CloudFormation takes (500 resources).
pub fn services(name: &str, lines: usize) -> String {
    let mut text = format!("/// Generated.\nstack {name} {{\n  region: \"eu-west-1\"\n}}\n\nlet stage = \"prod\"\n\n");
    let groups = (lines / SERVICE.lines().count()).max(1);
    for group in 0..groups {
        text.push_str(&SERVICE.replace("GROUP", &group.to_string()));
    }
    text
}

/// Six resources that refer to each other; `GROUP` stands for a number.
const SERVICE: &str = r#"resource topic_GROUP: AWS::SNS::Topic {
  TopicName: "topic-GROUP-${stage}"
  DisplayName: "Topic GROUP"
  KmsMasterKeyId: "alias/aws/sns"
  Tags: {
    team: "media"
    group: "GROUP"
    "cost-center": "4711"
  }
}

resource failed_GROUP: AWS::SQS::Queue {
  QueueName: "failed-GROUP"
  MessageRetentionPeriod: 14d
  SqsManagedSseEnabled: true
  Tags: {
    team: "media"
    group: "GROUP"
    "cost-center": "4711"
  }
}

resource jobs_GROUP: AWS::SQS::Queue {
  QueueName: "jobs-GROUP"
  VisibilityTimeout: 2m
  MessageRetentionPeriod: 4d
  ReceiveMessageWaitTimeSeconds: 20s
  SqsManagedSseEnabled: true
  RedrivePolicy: {
    deadLetterTargetArn: failed_GROUP.Arn
    maxReceiveCount: 3
  }
  Tags: {
    team: "media"
    group: "GROUP"
    "cost-center": "4711"
  }
}

/// What worker GROUP may do.
resource role_GROUP: AWS::IAM::Role {
  Description: "worker GROUP"
  AssumeRolePolicyDocument: {
    Version: "2012-10-17"
    Statement: [{
      Effect: "Allow"
      Principal: { Service: "lambda.amazonaws.com" }
      Action: "sts:AssumeRole"
    }]
  }
  ManagedPolicyArns: [
    "arn:${aws.partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
  ]
  Policies: [{
    PolicyName: "work"
    PolicyDocument: {
      Version: "2012-10-17"
      Statement: [
        {
          Effect: "Allow"
          Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
          Resource: jobs_GROUP.Arn
        }
        {
          Effect: "Allow"
          Action: "sns:Publish"
          Resource: topic_GROUP.ref
        }
        {
          Effect: "Allow"
          Action: "sqs:SendMessage"
          Resource: failed_GROUP.Arn
        }
      ]
    }
  }]
}

resource worker_GROUP: AWS::Lambda::Function {
  Description: "takes jobs of group GROUP"
  Runtime: "nodejs22.x"
  Handler: "index.handler"
  Role: role_GROUP.Arn
  MemorySize: 512
  Timeout: 30
  Architectures: ["arm64"]
  Code: {
    S3Bucket: "artifacts-of-the-team"
    S3Key: "worker-GROUP.zip"
  }
  Environment: {
    Variables: {
      STAGE: stage
      TOPIC: topic_GROUP.ref
      QUEUE: jobs_GROUP.ref
      LOG_LEVEL: "info"
    }
  }
  DeadLetterConfig: {
    TargetArn: failed_GROUP.Arn
  }
  EphemeralStorage: {
    Size: 1024
  }
  LoggingConfig: {
    LogFormat: "JSON"
    ApplicationLogLevel: "INFO"
  }
  TracingConfig: { Mode: "Active" }
  Tags: {
    team: "media"
    group: "GROUP"
  }
}

resource alarm_GROUP: AWS::CloudWatch::Alarm {
  AlarmDescription: "messages that nobody could handle, group GROUP"
  Namespace: "AWS/SQS"
  MetricName: "ApproximateNumberOfMessagesVisible"
  Dimensions: { QueueName: failed_GROUP.QueueName }
  Statistic: "Maximum"
  Period: 5m
  EvaluationPeriods: 1
  Threshold: 0
  ComparisonOperator: "GreaterThanThreshold"
  TreatMissingData: "notBreaching"
  AlarmActions: [topic_GROUP]
  OKActions: [topic_GROUP]
}

"#;

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
