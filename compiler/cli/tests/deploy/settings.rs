//! What is said beside the template: roles, alarms, tags, values from files, stack policies.

use crate::project::Project;
use crate::recorder::Recorder;

#[test]
fn roles_and_alarms_reach_cloudformation() {
    let alarm = "arn:aws:cloudwatch:REGION:123456789012:alarm:errors";
    let source = |name: &str| {
        format!(
            "stack one {{ region: \"REGION\", rollback: {{ alarms: [\"{alarm}\"], watch: 7m }} }}\nresource topic: AWS::SNS::Topic {{ DisplayName: \"{name}\" }}\n"
        )
    };
    let mut project = Project::new("alarms", &[("one.cloud", &source("one"))]);
    let recorder = Recorder::start();
    project.endpoint = format!("http://127.0.0.1:{}", recorder.port);
    let role = "arn:aws:iam::123456789012:role/cloudformation";
    project.run(&["deploy", "--yes", "--role-arn", role]).ends(0);
    let [asked] = recorder.bodies("CreateChangeSet").try_into().expect("one change set");
    assert!(asked.contains("RoleARN=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fcloudformation"), "{asked}");
    assert!(asked.contains("RollbackConfiguration.MonitoringTimeInMinutes=7"), "{asked}");
    assert!(asked.contains("RollbackConfiguration.RollbackTriggers.member.1.Arn=arn%3Aaws%3Acloudwatch"), "{asked}");
    assert!(asked.contains("RollbackTriggers.member.1.Type=AWS%3A%3ACloudWatch%3A%3AAlarm"), "{asked}");
    // Where only an output changes there is no change set; the same is said.
    project.write("one.cloud", &format!("{}output name = topic.TopicName\n", source("one")));
    project.run(&["deploy", "--yes", "--role-arn", role]).ends(0);
    let [asked] = recorder.bodies("UpdateStack").try_into().expect("one update");
    assert!(asked.contains("RoleARN=") && asked.contains("RollbackConfiguration.MonitoringTimeInMinutes=7"), "{asked}");
    project.run(&["destroy", "one", "--yes", "--role-arn", role]).ends(0);
    let [asked] = recorder.bodies("DeleteStack").try_into().expect("one deletion");
    assert!(asked.contains("RoleARN="), "{asked}");
}

#[test]
fn values_and_tags_from_files() {
    let source = "stack tagged { region: \"REGION\", tags: { team: \"shop\" } }\nparam stage: String\nparam size: Int = 1\nresource topic: AWS::SNS::Topic { DisplayName: \"${stage} ${size}\" }\n";
    let project = Project::new("tags", &[("tagged.cloud", source)]);
    project.write("list.json", r#"[{ "ParameterKey": "Stage", "ParameterValue": "prod" }]"#);
    project.write(
        "pipeline.json",
        r#"{ "Parameters": { "Size": "3" }, "Tags": { "owner": "ada", "team": "web" }, "StackPolicy": {} }"#,
    );
    let arguments = ["--params", "list.json", "--params", "pipeline.json", "--tags", "pipeline.json", "--tag", "cost=7"];
    let with = |command: &[&'static str]| [command, &arguments[..]].concat();
    project.run(&with(&["plan"])).ends(2).says("cost: + 7").says("team: + web");
    project.run(&with(&["deploy", "--yes"])).ends(0);
    let stack = project.stack("tagged");
    assert_eq!(stack["stack"]["parameters"]["Stage"], "prod");
    assert_eq!(stack["stack"]["parameters"]["Size"], "3");
    assert_eq!(stack["stack"]["tags"], serde_json::json!({ "cost": "7", "owner": "ada", "team": "web" }));
    project.run(&with(&["deploy", "--yes"])).ends(0).says("unchanged");
    // Kept with a plan.
    project.run(&with(&["plan", "--out", "kept.plan"])).ends(0);
    project.run(&["plan", "--param", "Stage=test", "--tag", "cost=8", "--out", "kept.plan"]).ends(2);
    project.run(&["deploy", "--plan", "kept.plan", "--yes"]).ends(0);
    let stack = project.stack("tagged");
    assert_eq!(stack["stack"]["tags"], serde_json::json!({ "cost": "8", "team": "shop" }));
    project.run(&["plan", "--tag", "aws:owner=me"]).ends(2).says("AWS's own");
    project.write("wrong.json", r#"{ "Tags": { "a": "b" } }"#);
    project.run(&["plan", "--params", "wrong.json"]).ends(2).says("it has no `Parameters`");
    project.run(&["plan", "--tags", "missing.json"]).ends(2).says("cannot read it");
}

#[test]
fn stack_policies() {
    let source = "stack kept { region: \"REGION\" }\n@protect\nresource data: AWS::SQS::Queue { Tags: { tier: \"data\" } }\nresource topic: AWS::SNS::Topic {}\n";
    let project = Project::new("policies", &[("kept.cloud", source)]);
    project.run(&["plan"]).ends(2).says("stack policy: + protects Data");
    project.deploy().ends(0);
    project.run(&["stack", "policy", "show", "kept"]).ends(0).says("by `@protect` of the program").says("refused: Data");
    let policy = |arguments: &[&str]| project.run(&[&["stack", "policy"], arguments].concat());
    policy(&["set", "kept", "--protect-all"]).ends(3).says("C0867");
    policy(&["set", "kept", "--protect-all", "--yes"]).ends(0).says("deny Update:* on *").says("`@protect` says again");
    policy(&["show", "kept"]).ends(0).says("set by hand");
    // What `@protect` says is part of the plan, and comes back.
    project.run(&["plan"]).ends(2).says("stack policy: set by hand → protects Data");
    project.deploy().ends(0);
    assert_eq!(policy(&["show", "kept", "--json"]).ends(0).json()["stacks"][0]["by"], "protect");
    project.run(&["plan"]).ends(0);
    // Without `@protect` what somebody set stays.
    project.write("kept.cloud", &source.replace("@protect\n", ""));
    project.run(&["plan"]).ends(2).says("stack policy: protects Data → (gone)");
    project.deploy().ends(0);
    policy(&["show", "kept"]).ends(0).says("everything is allowed");
    for (arguments, says) in [
        (vec!["--stateful"], "of type AWS::SQS::Queue"),
        (vec!["--type", "AWS::SNS::*"], "of type AWS::SNS::*"),
        (vec!["--tag", "tier=data"], "LogicalResourceId/Data"),
        (vec!["--resource", "Topic"], "LogicalResourceId/Topic"),
        (vec!["--allow-updates-deny-deletions"], "deny Update:Delete on *"),
    ] {
        policy(&[&["set", "kept", "--yes"], arguments.as_slice()].concat()).ends(0).says(says);
        policy(&["show", "kept"]).ends(0).says("set by hand").says(says);
    }
    project.deploy().ends(0);
    policy(&["show", "kept"]).ends(0).says("set by hand");
    policy(&["set", "kept", "--yes", "--type", "AWS::SQS::Queu"]).ends(3).says("C0888").says("did you mean `AWS::SQS::Queue`?");
    policy(&["set", "kept", "--yes", "--resource", "Topik"]).ends(3).says("C0888").says("did you mean `Topic`?");
    policy(&["set", "kept", "--yes", "--tag", "tier=web"]).ends(3).says("C0888");
    policy(&["set", "kept", "--yes"]).ends(2).says("--protect-all");
    project.write("policy.json", r#"{ "StackPolicy": { "Statement": [{ "Effect": "Deny", "NotAction": "Update:Modify", "Principal": "*", "Resource": "*" }] } }"#);
    policy(&["set", "kept", "--yes", "--file", "policy.json"]).ends(0).says("deny all but Update:Modify on *");
    project.write("policy.json", r#"{ "Statement": [{ "Effect": "No" }] }"#);
    policy(&["set", "kept", "--yes", "--file", "policy.json"]).ends(3).says("C0888").says("`Effect`");
    policy(&["remove", "kept", "--yes"]).ends(0);
    policy(&["show", "kept"]).ends(0).says("everything is allowed");
    policy(&["remove", "kept"]).ends(0).says("everything is allowed");
    policy(&["show", "nothing"]).ends(3).says("C0873");
}

#[test]
fn a_rollback_after_a_rollback_goes_further() {
    let source = |name: &str| {
        format!("stack steps {{ region: \"REGION\" }}\nresource topic: AWS::SNS::Topic {{ DisplayName: \"{name}\" }}\n")
    };
    let project = Project::new("steps", &[]);
    for name in ["one", "two", "three"] {
        project.write("steps.cloud", &source(name));
        project.deploy().ends(0);
    }
    project.run(&["rollback", "steps", "--yes"]).ends(0).says("back to version 2");
    project.run(&["rollback", "steps", "--yes"]).ends(0).says("back to version 1");
    project.run(&["rollback", "steps", "--yes"]).ends(3).says("C0874").says("version 5 of `steps` brought back version 1");
    project.run(&["history", "steps"]).ends(0).says("rollback to 1").says("rollback to 2");
    project.deploy().ends(0);
    // Version 6 is the program again; before it was what version 1 had.
    project.run(&["rollback", "steps", "--yes"]).ends(0).says("back to version 5");
    project.run(&["rollback", "steps", "--yes", "--to", "3"]).ends(0);
    let history = project.run(&["history", "steps", "--json"]).ends(0).json();
    let restored: Vec<_> = history["steps"].as_array().expect("records").iter().map(|one| one["restores"].as_u64()).collect();
    assert_eq!(restored, [Some(3), Some(1), None, Some(1), Some(2), None, None, None], "{history:#}");
}

#[test]
fn what_a_stack_tells() {
    let source = |rest: &str, outputs: &str| {
        format!(
            "stack told {{ region: \"REGION\"{rest} }}\nparam password: Secret<String> = \"correct-horse\"\nresource topic: AWS::SNS::Topic {{}}\nresource secret: AWS::SecretsManager::Secret {{ SecretString: password }}\n{outputs}"
        )
    };
    let both = "output name = topic.TopicName\noutput where = aws.region\n";
    let mut project = Project::new("told", &[("told.cloud", &source(", publish: true", both))]);
    let recorder = Recorder::start();
    project.endpoint = format!("http://127.0.0.1:{}", recorder.port);
    project.deploy().ends(0);
    let names = |body: &String| body.contains("/cloudc/told/").then(|| body.clone());
    // There is a commit where the tests run in a repository, and none elsewhere.
    let counts = |body: &String| body.contains("\"Value\"") && !body.contains("/cloudc/told/commit");
    let written = || recorder.all().iter().filter_map(names).filter(counts).collect::<Vec<_>>();
    let first = written();
    assert_eq!(first.len(), 3, "{first:#?}");
    assert!(first.iter().any(|body| body.contains("/cloudc/told/outputs/Where") && body.contains(&project.region)), "{first:#?}");
    assert!(first.iter().any(|body| body.contains("/cloudc/told/version") && body.contains("\"Value\":\"1\"")), "{first:#?}");
    assert!(first.iter().all(|body| !body.contains("correct-horse")), "{first:#?}");
    project.deploy().ends(0).says("unchanged");
    // An output that goes, and nothing else is written than what changed.
    project.write("told.cloud", &source(", publish: true", "output name = topic.TopicName\n"));
    project.deploy().ends(0);
    let second = written();
    assert_eq!(second.len(), 4, "{second:#?}");
    let deleted = || recorder.all().into_iter().filter(|body| body.contains("\"Names\"")).collect::<Vec<_>>();
    assert_eq!(deleted(), ["{\"Names\":[\"/cloudc/told/outputs/Where\"]}"]);
    // Told no more.
    project.write("told.cloud", &source("", "output name = topic.TopicName\n"));
    project.deploy().ends(0);
    assert!(
        deleted()[1].contains("/cloudc/told/outputs/Name") && deleted()[1].contains("/cloudc/told/version"),
        "{:#?}",
        deleted()
    );
    project.write("told.cloud", &source(", publish: true", both));
    project.deploy().ends(0);
    project.run(&["destroy", "told", "--yes", "--confirm", "told"]).ends(0);
    assert_eq!(deleted().len(), 3, "{:#?}", deleted());
    project.run(&["permissions"]).ends(0).says("parameter/cloudc/told/*").says("ssm:PutParameter");
}

#[test]
fn what_cannot_be_told_is_written_later() {
    let source =
        "stack told { region: \"REGION\", publish: true }\nresource topic: AWS::SNS::Topic {}\noutput name = topic.TopicName\n";
    let mut project = Project::new("untold", &[("told.cloud", source)]);
    let proxy = crate::faults::Proxy::start();
    project.endpoint = format!("http://127.0.0.1:{}", proxy.port);
    let denied = serde_json::json!({
        "service": "*", "operation": "PutParameter",
        "error": { "code": "AccessDeniedException", "status": 400, "message": "not authorized to perform: ssm:PutParameter" }
    });
    proxy.set(&[denied]);
    project.deploy().ends(3).says("C0889").says("the stack is deployed").says("cloudc permissions");
    project.run(&["status"]).ends(0).says("CREATE_COMPLETE");
    proxy.set(&[]);
    project.deploy().ends(0).says("no changes");
    project.deploy().ends(0).says("unchanged");
}
