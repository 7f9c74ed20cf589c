//! A stack from its first deployment to its end.

use crate::project::Project;

const SHOP: &str = r#"
stack shop { region: "REGION", tags: { app: "shop" } }

param stage: "dev" | "prod" = "dev"

resource dead: AWS::SQS::Queue { MessageRetentionPeriod: 14d }
resource orders: AWS::SQS::Queue {
  VisibilityTimeout: 30s
  RedrivePolicy: { deadLetterTargetArn: dead.Arn, maxReceiveCount: 3 }
}
resource topic: AWS::SNS::Topic { DisplayName: "orders ${stage}" }

output orders_url = orders.QueueUrl
"#;

#[test]
fn created_changed_replaced_and_deleted() {
    let project = Project::new("life", &[("shop.cloud", SHOP)]);
    project.run(&["plan"]).ends(2).says("3 to create").says("shop.cloud:6");
    // A plan leaves nothing behind.
    project.run(&["show", "shop"]).ends(3).says("C0873");
    project.deploy().ends(0).says("OrdersUrl = http").says("✓ Orders");
    project.run(&["plan"]).ends(0).says("no changes");
    project.run(&["plan"]).ends(0).says("no changes");
    project.deploy().ends(0).says("unchanged");
    project.run(&["deploy", "--yes", "--force"]).ends(0).says("no changes");

    project.write("shop.cloud", &SHOP.replace("30s", "60s"));
    project.run(&["plan"]).ends(2).says("VisibilityTimeout: 30 → 60").says("1 to update, 2 unchanged").says("risk: low");
    project.deploy().ends(0).says("✓ Orders  AWS::SQS::Queue  changed");

    // A parameter reaches what uses it.
    let plan = project.run(&["plan", "--param", "Stage=prod", "--json"]).ends(2).json();
    assert_eq!(plan["plans"][0]["parameters"][0]["after"], "prod");
    assert_eq!(plan["plans"][0]["resources"][0]["id"], "Topic");

    // Another name needs another queue, and what is in the old one is lost.
    let renamed = SHOP.replace("VisibilityTimeout", "QueueName: \"orders-2\"\n  VisibilityTimeout");
    project.write("shop.cloud", &renamed);
    let plan = project.run(&["plan"]).ends(2).says("`QueueName` cannot be changed after creation").says("replace");
    plan.says("critical");
    let impact = project.run(&["impact", "orders", "--plan"]).ends(2);
    impact.says("shop.Orders  AWS::SQS::Queue  replace  risk: critical").says("interruption: yes");
    project.deploy().ends(3).says("C0867").says("--confirm shop");
    project.run(&["deploy", "--yes", "--confirm", "shop"]).ends(0).says("orders-2");

    let history = project.run(&["history", "shop", "--json"]).ends(0).json();
    let records = history["shop"].as_array().expect("records");
    assert_eq!(records.len(), 3, "{history:#}");
    assert!(records.iter().all(|record| record["outcome"] == "succeeded"), "{history:#}");
    assert_eq!(records[0]["summary"], "replace 1");

    project.run(&["destroy", "shop", "--yes"]).ends(3).says("C0867").says("--confirm shop");
    project.run(&["destroy", "shop", "--yes", "--confirm", "shop"]).ends(0).says("deleted");
    project.run(&["status", "shop"]).ends(1).says("not deployed").says("deleted by tester");
    project.run(&["destroy", "shop", "--yes"]).ends(0).says("is not deployed");
}

#[test]
fn what_exists_is_taken_in_and_let_go() {
    let other = "stack other { region: \"REGION\" }\n@retain\nresource kept: AWS::SQS::Queue { QueueName: \"kept-queue\" }\nresource rest: AWS::SNS::Topic {}\n";
    let project = Project::new("adopt", &[("other.cloud", other)]);
    project.deploy().ends(0);
    // It leaves the first stack without being deleted…
    project.write("other.cloud", "stack other { region: \"REGION\" }\nresource rest: AWS::SNS::Topic {}\n");
    project.run(&["plan"]).ends(2).says("release");
    project.deploy().ends(0);
    let url = format!("{}/{}/kept-queue", project.endpoint.replace("127.0.0.1", "localhost"), crate::emulator::ACCOUNT);
    // …and another one takes it in, together with something new.
    let taking = format!(
        "stack taking {{ region: \"REGION\" }}\n@retain\n@adopt(\"{url}\")\nresource queue: AWS::SQS::Queue {{ QueueName: \"kept-queue\" }}\nresource topic: AWS::SNS::Topic {{}}\n"
    );
    project.write("taking.cloud", &taking);
    project.run(&["plan", "taking.cloud"]).ends(2).says("import").says("in 2 steps");
    project.run(&["deploy", "--yes", "taking.cloud"]).ends(0).says("imported").says("✓ Topic");
    let shown = project.stack("taking");
    let queue = shown["resources"].as_array().and_then(|all| all.iter().find(|one| one["id"] == "Queue")).expect("the queue");
    assert!(queue["physical"].as_str().is_some_and(|id| id.ends_with("kept-queue")), "{shown:#}");
    project.run(&["plan", "taking.cloud"]).ends(0).says("no changes");

    // `forget` lets go of what would be deleted.
    project.write("taking.cloud", "stack taking { region: \"REGION\" }\nforget queue\nresource topic: AWS::SNS::Topic {}\nresource more: AWS::SNS::Topic {}\n");
    project.run(&["plan", "taking.cloud"]).ends(2).says("release");
    project.run(&["deploy", "--yes", "taking.cloud"]).ends(0);
    let shown = project.stack("taking");
    assert_eq!(shown["resources"].as_array().map(Vec::len), Some(2), "{shown:#}");
}

#[test]
fn assets_are_sent_once() {
    let source = r#"
stack fn { region: "REGION" }
let code = asset("./code")
resource role: AWS::IAM::Role {
  AssumeRolePolicyDocument: {
    Version: "2012-10-17"
    Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }]
  }
}
resource worker: AWS::Lambda::Function {
  Runtime: "python3.13"
  Handler: "main.handler"
  Role: role
  Code: { S3Bucket: code.bucket, S3Key: code.key }
}
"#;
    let project = Project::new(
        "assets",
        &[("fn.cloud", source), ("code/main.py", "def handler(event, context):\n    return 1\n"), ("code/lib/x.py", "x = 1\n")],
    );
    project.deploy().ends(0).says("uploaded 1 file (0 were there)");
    // The same content somewhere else is the same object.
    project.write("fn.cloud", &source.replace("python3.13", "python3.12"));
    project.deploy().ends(0).hides("uploaded");
    project.write("code/main.py", "def handler(event, context):\n    return 2\n");
    project.run(&["plan"]).ends(2).says("Code.S3Key");
    project.deploy().ends(0).hides("uploaded");
    // What is not there is told before anything happens.
    std::fs::remove_dir_all(project.root.join("code")).expect("removed");
    project.deploy().ends(1).says("./code");
}

#[test]
fn a_stack_in_a_stack() {
    let member = "stack member { region: \"REGION\" }\nparam label: String\nresource topic: AWS::SNS::Topic { DisplayName: label }\noutput topic_arn = topic.TopicArn\n";
    let outer = r#"
stack outer { region: "REGION" }
resource inner: AWS::CloudFormation::Stack { TemplateURL: template("./member.cloud").url, Parameters: { Label: "one" } }
output arn = inner.Outputs.TopicArn
"#;
    let project = Project::new("nested", &[("outer.cloud", outer), ("member.cloud", member)]);
    project.run(&["deploy", "--yes", "outer.cloud"]).ends(0).says("Arn = arn:aws:sns");
    project.run(&["plan", "outer.cloud"]).ends(0).says("no changes");
    project.run(&["destroy", "outer", "--yes", "--confirm", "outer"]).ends(0);
}

#[test]
fn a_stack_of_450_resources() {
    let source = "stack big_one { region: \"REGION\" }\nfor i in range(450) {\n  resource topic: AWS::SNS::Topic { DisplayName: \"topic ${i} of a stack that is so large that its template goes through the bucket, which this long name sees to\" }\n}\n";
    let project = Project::new("big", &[("big.cloud", source)]);
    project.run(&["plan"]).ends(2).says("450 to create");
    project.deploy().ends(0);
    assert_eq!(project.stack("big-one")["resources"].as_array().map(Vec::len), Some(450));
    project.run(&["plan"]).ends(0).says("no changes");
}
