//! What is refused, and how that is told.

use serde_json::json;

use crate::faults::Proxy;
use crate::project::{Project, ran};

const ONE: &str = "stack one { region: \"REGION\" }\nresource topic: AWS::SNS::Topic { DisplayName: \"one\" }\n";

#[test]
fn credentials() {
    let project = Project::bare("credentials", &[("one.cloud", ONE)]);
    let mut command = project.command(&["deploy", "--yes"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    ran(command.output().expect("cloudc starts")).ends(3).says("C0850").says("aws sso login");
    let mut command = project.command(&["plan", "--profile", "nobody"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    ran(command.output().expect("cloudc starts")).ends(3).says("C085");
    // A service that is not there.
    let port = crate::emulator::free_port();
    let mut command = project.command(&["plan"]);
    command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"));
    ran(command.output().expect("cloudc starts")).ends(3).says("C0854").says("AWS_ENDPOINT_URL");
    project.deploy().ends(3).says("C0865").says("cloudc bootstrap");
    project.run(&["doctor"]).ends(3).says("✗ bucket").says("cloudc bootstrap");
    project.run(&["bootstrap", "--region", &project.region]).ends(0);
    project.run(&["doctor"]).ends(0).says("✓ bucket");
}

#[test]
fn no_region() {
    let project = Project::bare("no-region", &[("one.cloud", "stack one {}\nresource topic: AWS::SNS::Topic {}\n")]);
    let mut command = project.command(&["plan"]);
    command.env_remove("AWS_REGION");
    ran(command.output().expect("cloudc starts")).ends(3).says("C0853").says("region");
}

#[test]
fn the_account_of_the_environment() {
    let files = [
        (
            "project.cloud",
            "project shop { region: \"REGION\", stacks: { one: \"./one.cloud\" } }\nenv prod { account: \"222222222222\" }\nenv dev { account: \"123456789012\" }\n",
        ),
        ("one.cloud", "stack one {}\nresource topic: AWS::SNS::Topic {}\n"),
    ];
    let project = Project::new("account", &files);
    project.run(&["deploy", "--yes", "--env", "prod"]).ends(3).says("C0852").says("222222222222").says("123456789012");
    project.run(&["doctor", "--env", "prod"]).ends(3).says("C0852");
    project.run(&["deploy", "--yes", "--env", "dev"]).ends(0).says("✓ Topic");
    project.run(&["status", "one", "--env", "dev"]).ends(0).says("shop-dev-one");
}

#[test]
fn parameters() {
    let source = "stack sized { region: \"REGION\" }\nparam size: Int(1..=5)\nparam label: String(1..=3) = \"abc\"\nresource topic: AWS::SNS::Topic { DisplayName: \"${label} ${size}\" }\n";
    let project = Project::new("parameters", &[("sized.cloud", source)]);
    project.deploy().ends(3).says("C0862").says("`Size`").says("--param Size=VALUE");
    project.run(&["deploy", "--yes", "--param", "Size=9"]).ends(3).says("C0862").says("more than 5");
    project.run(&["deploy", "--yes", "--param", "Size=two"]).ends(3).says("C0862").says("number");
    project.run(&["deploy", "--yes", "--param", "Sise=2"]).ends(3).says("C0862").says("did you mean `Size`?");
    project.run(&["deploy", "--yes", "--param", "Size=2", "--param", "Label=abcd"]).ends(3).says("C0862");
    project.run(&["show", "sized"]).ends(3).says("C0873");
    project.run(&["deploy", "--yes", "--param", "Size=2"]).ends(0);
    // What a stack has stays, where nothing else is said.
    project.deploy().ends(0);
    assert_eq!(project.stack("sized")["stack"]["parameters"]["Size"], "2");
}

#[test]
fn secrets_stay_secret() {
    let source = "stack vault { region: \"REGION\" }\nparam password: Secret<String>\nresource parameter: AWS::SecretsManager::Secret { SecretString: password }\n";
    let project = Project::new("secrets", &[("vault.cloud", source)]);
    let word = "correct-horse-battery";
    let argument = format!("Password={word}");
    for arguments in
        [vec!["plan", "--json"], vec!["deploy", "--yes", "-v", "--json"], vec!["deploy", "--yes", "-v", "--log-format", "json"]]
    {
        project.run(&[arguments, vec!["--param", &argument]].concat()).hides(word);
    }
    project.run(&["history", "vault", "--json"]).ends(0).hides(word).says("\"secret\": true");
    project.run(&["show", "vault", "--json"]).ends(0).hides(word);
    project.run(&["events", "vault", "--json"]).ends(0).hides(word);
    // Not given again, it stays.
    project.deploy().ends(0);
    let kept = std::fs::read_dir(project.root.join(".cloudc/deployed")).expect("a folder").flatten();
    for entry in kept {
        assert!(!std::fs::read_to_string(entry.path()).expect("a file").contains(word));
    }
}

#[test]
fn names_that_are_taken_and_types_that_are_not_there() {
    let taken = "stack taken { region: \"REGION\" }\nresource bucket: AWS::S3::Bucket { BucketName: \"the-name-of-a-bucket\" }\n";
    let project = Project::new("taken", &[("one.cloud", &taken.replace("stack taken", "stack first")), ("two.cloud", taken)]);
    project.run(&["deploy", "--yes", "one.cloud"]).ends(0);
    project.run(&["deploy", "--yes", "two.cloud"]).says("already exists").says("two.cloud:2");
}

#[test]
fn protection() {
    let source = "stack safe { region: \"REGION\", protection: true }\n@protect\nresource data: AWS::SQS::Queue { QueueName: \"data-1\" }\n";
    let project = Project::new("safe", &[("safe.cloud", source)]);
    project.deploy().ends(0);
    project.run(&["destroy", "safe", "--yes", "--confirm", "safe"]).ends(3).says("C0877").says("protection: false");
    project.write("safe.cloud", &source.replace("data-1", "data-2"));
    project.run(&["deploy", "--yes", "--confirm", "safe"]).ends(3).says("C0877").says("`Data` is protected").says("safe.cloud:3");
    project.run(&["plan"]).ends(3).says("C0877");
    // Taking the protection off is a deployment of its own.
    project.write("safe.cloud", &source.replace("@protect\n", "").replace("protection: true", "protection: false"));
    project.deploy().ends(0);
    project.write(
        "safe.cloud",
        &source.replace("@protect\n", "").replace("data-1", "data-2").replace("protection: true", "protection: false"),
    );
    project.run(&["deploy", "--yes", "--confirm", "safe"]).ends(0);
    project.run(&["destroy", "safe", "--yes", "--confirm", "safe"]).ends(0);
}

#[test]
fn agreement() {
    let files = [
        (
            "project.cloud",
            "project p { region: \"REGION\", stacks: { one: \"./one.cloud\" } }\nenv loose { approval: \"never\" }\nenv strict { approval: \"always\" }\nenv usual {}\n",
        ),
        ("one.cloud", "stack one {}\nresource topic: AWS::SNS::Topic {}\n"),
    ];
    let project = Project::new("agreement", &files);
    project.run(&["deploy", "--env", "usual"]).ends(3).says("C0867").says("--yes");
    project.run(&["show", "p-usual-one"]).ends(3).says("C0873");
    assert_eq!(project.run(&["locks"]).ends(0).out, "");
    project.run(&["deploy", "--env", "loose"]).ends(0);
    project.run(&["deploy", "--env", "strict", "--yes"]).ends(3).says("C0867").says("agreed to");
    project.run(&["deploy", "--env", "strict", "--yes", "--confirm", "p-strict-one"]).ends(0);
}

#[test]
fn a_program_with_errors_changes_nothing() {
    let project = Project::new(
        "errors",
        &[("one.cloud", "stack one { region: \"REGION\" }\nresource topic: AWS::SNS::Topic { Nonsense: 1 }\n")],
    );
    project.deploy().ends(1).says("Nonsense");
    let many = "stack many { region: \"REGION\" }\nfor i in range(501) {\n  resource topic: AWS::SNS::Topic {}\n}\n";
    project.write("one.cloud", many);
    project.deploy().ends(1).says("501");
    project.run(&["deploy", "--yes", "missing.cloud"]).ends(3).says("missing.cloud");
    project.write("one.cloud", &many.replace("501", "2"));
    project.run(&["deploy", "--yes", "--target", "mani"]).ends(2).says("did you mean `many`?");
}

#[test]
fn around_a_deployment() {
    let source = |before: &str, name: &str, check: &str| {
        format!(
            "stack around {{\n  region: \"REGION\"\n  hooks: {{ before: [\"{before}\"], after: [\"echo $CLOUDC_OUTPUT_TOPIC_NAME > after.txt\"] }}\n  health: [{{ {check}, within: 1s }}]\n  rollback: {{ unhealthy: true }}\n}}\nresource topic: AWS::SNS::Topic {{ DisplayName: \"{name}\" }}\noutput topic_name = topic.TopicName\n"
        )
    };
    let project = Project::new("around", &[("around.cloud", &source("exit 3", "one", "command: \"true\""))]);
    project.deploy().ends(3).says("C0880").says("`exit 3` ended with 3").says("nothing was changed");
    project.run(&["show", "around"]).ends(3).says("C0873");
    project.write("around.cloud", &source("echo $CLOUDC_STACK > before.txt", "one", "command: \"test -f after.txt\""));
    project.deploy().ends(0).says("healthy: `test -f after.txt`");
    let read = |name: &str| std::fs::read_to_string(project.root.join(name)).expect("what the hook wrote");
    assert_eq!(read("before.txt").trim(), "around");
    assert!(read("after.txt").starts_with("around-Topic"), "{}", read("after.txt"));
    // Not healthy any more: what was before comes back.
    let port = crate::emulator::free_port();
    project.write("around.cloud", &source("true", "two", &format!("url: \"http://127.0.0.1:{port}\", path: \"/health\"")));
    project.deploy().ends(3).says("C0879").says("does not answer").says("version 1 was brought back");
    let history = project.run(&["history", "around", "--json"]).ends(0).json();
    assert_eq!(history["around"][0]["operation"], "rollback", "{history:#}");
    project.write("around.cloud", &source("true", "one", "command: \"true\""));
    project.run(&["diff"]).ends(0);
    // The emulator itself answers.
    let healthy = format!("url: \"{}\", path: \"/_ministack/health\"", project.endpoint);
    project.write("around.cloud", &source("true", "three", &healthy));
    project.deploy().ends(0).says("healthy: http");
}

#[test]
fn what_aws_refuses() {
    let mut project = Project::new("refused", &[("one.cloud", ONE)]);
    let proxy = Proxy::start();
    project.endpoint = format!("http://127.0.0.1:{}", proxy.port);
    let answer = |operation: &str, code: &str, message: &str| {
        proxy.set(&[
            json!({ "service": "*", "operation": operation, "error": { "code": code, "status": 403, "message": message } }),
        ]);
    };
    answer("GetCallerIdentity", "ExpiredToken", "The security token included in the request is expired");
    project.deploy().ends(3).says("C0851").says("get new ones");
    project.run(&["doctor"]).ends(3).says("C0851");
    answer("CreateChangeSet", "AccessDenied", "User is not authorized to perform cloudformation:CreateChangeSet");
    project.deploy().ends(3).says("C0855").says("cloudc permissions");
    answer("CreateChangeSet", "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]");
    project.deploy().ends(3).says("C0876").says("--capability CAPABILITY_NAMED_IAM");
    // Nothing was touched, and nothing is held.
    proxy.set(&[]);
    project.run(&["show", "one"]).ends(3).says("C0873");
    assert_eq!(project.run(&["locks"]).ends(0).out, "");
    project.deploy().ends(0);
}

#[test]
fn a_type_that_the_region_lacks() {
    let source = "stack x { region: \"eu-north-1\" }\nresource s: AWS::AppRunner::Service { SourceConfiguration: { ImageRepository: { ImageIdentifier: \"public.ecr.aws/x/y:1\", ImageRepositoryType: \"ECR_PUBLIC\" } } }\n";
    let project = Project::bare("lacking", &[("x.cloud", source)]);
    // A warning, because the list of what a region has may be behind; it comes before anything else.
    project.run(&["plan"]).ends(2).says("C0711").says("is not offered in `eu-north-1`");
}
