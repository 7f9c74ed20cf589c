//! Several accounts and regions in one run.

use serde_json::{Value as Json, json};

use crate::faults::Proxy;
use crate::project::{Project, ran};
use crate::recorder::Recorder;

/// Three environments in three accounts, one behind a role with an external id.
const THREE: &str = "project shop { region: \"REGION\", stacks: { one: \"./one.cloud\", two: \"./two.cloud\" } }\n\
    env dev { account: \"123456789012\" }\n\
    env staging { account: \"222222222222\", role: \"arn:aws:iam::222222222222:role/deployer\" }\n\
    env prod { account: \"333333333333\", role: \"arn:aws:iam::333333333333:role/deployer\", external_id: \"shop-7431\" }\n";

const ONE: &str = "stack one {}\ninput fails: String = \"\"\nresource address: AWS::EC2::EIP { Tags: { fail: fails } }\noutput id = address.AllocationId\n";

const TWO: &str =
    "import \"./one.cloud\" as one\nstack two {}\nresource topic: AWS::SNS::Topic { DisplayName: \"of ${one.id}\" }\n";

fn three(name: &str) -> Project {
    Project::bare(name, &[("project.cloud", THREE), ("one.cloud", ONE), ("two.cloud", TWO)])
}

fn results(out: &str) -> Vec<Json> {
    let lines = out.lines().map(|line| serde_json::from_str::<Json>(line).expect("JSON"));
    lines.filter(|line| line["event"] == "result").collect()
}

#[test]
fn three_accounts_in_one_run() {
    let project = three("three-accounts");
    // What one place lacks is told before another is touched.
    project.run(&["bootstrap", "--env", "dev"]).ends(0);
    let refused = project.run(&["deploy", "--env", "dev,staging,prod", "--yes"]).ends(3);
    refused.says("cloudc-222222222222").says("cloudc-333333333333").says("shop-dev-one: not tried, because of staging");
    project.run(&["status", "--env", "dev"]).ends(1).says("not deployed");
    project.run(&["bootstrap", "--env", "dev,staging,prod"]).ends(0);
    project.run(&["doctor", "--env", "dev,staging,prod"]).ends(0).says("333333333333");

    project.run(&["plan", "--env", "dev,staging,prod"]).ends(2).says("account 123456789012").says("account 333333333333");
    let deployed = project.run(&["deploy", "--env", "dev,staging,prod", "--yes"]).ends(0);
    let deployed =
        deployed.says("dev, account 123456789012").says("staging, account 222222222222").says("prod, account 333333333333");
    let deployed = deployed.says("  shop-prod-two: deployed, version 1").says("6 of 6 stacks");
    let at = |text: &str| deployed.err.find(text).unwrap_or_else(|| panic!("`{text}` is missing\n{}", deployed.err));
    assert!(
        at("shop-dev-two: deployed") < at("create shop-staging-one")
            && at("shop-staging-two: deployed") < at("create shop-prod-one")
    );

    let status = project.run(&["status", "--env", "dev,staging,prod"]).ends(0);
    status.says("shop-staging-one in").says("(account 222222222222)");
    let outputs = project.run(&["outputs", "one", "--env", "dev,prod", "--json"]).ends(0).json();
    assert!(
        outputs["shop-dev-one"]["Id"]["value"].is_string() && outputs["shop-prod-one"]["Id"]["value"].is_string(),
        "{outputs:#}"
    );
    project.run(&["drift", "--env", "dev,prod"]).ends(0).says("shop-prod-two: nothing was changed outside");
    project.run(&["plan", "--env", "dev,staging,prod"]).ends(0);

    let refused = project.run(&["destroy", "--env", "dev,prod"]).ends(3).says("C0867");
    refused.says("delete shop-prod-one in").says("account 333333333333, environment prod");
    project.run(&["destroy", "--env", "dev,prod", "--yes"]).ends(0).says("shop-prod-one: deleted");
    project.run(&["status", "--env", "dev,prod"]).ends(1).says("not deployed");
    project.run(&["status", "--env", "staging"]).ends(0);
}

#[test]
fn nothing_after_an_environment_that_failed() {
    let project = three("failed-environment");
    project.run(&["bootstrap", "--env", "dev,staging,prod"]).ends(0);
    project.write("project.cloud", &THREE.replace("env staging {", "env staging { inputs: { fails: \"create\" },"));
    let ran = project.run(&["deploy", "--env", "dev,staging,prod", "--yes"]).ends(1);
    let ran = ran.says("shop-dev-two: deployed, version 1").says("shop-staging-one: rolled back (ROLLBACK_COMPLETE)");
    ran.says("shop-staging-two: not tried, because of shop-staging-one")
        .says("shop-prod-one: not tried, because of staging")
        .says("2 of 6");
    project.run(&["status", "--env", "prod"]).ends(1).says("shop-prod-one in").says("not deployed");

    project.write("project.cloud", THREE);
    let ran = project.run(&["deploy", "--env", "dev,staging,prod", "--together", "--yes", "--json"]).ends(0);
    let results = results(&ran.out);
    assert_eq!(results.len(), 6, "{results:#?}");
    let outcome = |stack: &str| results.iter().find(|one| one["stack"] == stack).map(|one| one["outcome"].clone());
    assert_eq!(outcome("shop-dev-one"), Some(json!("unchanged")));
    assert_eq!(outcome("shop-staging-two"), Some(json!("succeeded")));
    assert!(results.iter().all(|one| one["region"] == project.region.as_str() && one["environment"].is_string()), "{results:#?}");

    project.run(&["build", "--env", "dev,prod"]).ends(2).says("one environment");
    project.run(&["plan", "--env", "dev,prod", "--out", "plan.json"]).ends(2).says("one environment");
    project.run(&["deploy", "--env", "dev,pord", "--yes"]).ends(1).says("did you mean `prod`?");
}

#[test]
fn a_role_that_is_refused() {
    let mut project = three("refused-role");
    project.run(&["bootstrap", "--env", "dev,staging,prod"]).ends(0);
    let proxy = Proxy::start();
    project.endpoint = format!("http://127.0.0.1:{}", proxy.port);
    proxy.set(&[json!({
        "service": "*", "operation": "AssumeRole",
        "error": { "code": "AccessDenied", "status": 403, "message": "User: arn:aws:iam::123456789012:root is not authorized to perform: sts:AssumeRole" }
    })]);
    let refused = project.run(&["deploy", "--env", "dev,prod", "--yes"]).ends(3).says("C0887");
    let refused = refused
        .says("role `arn:aws:iam::333333333333:role/deployer`")
        .says("the external id `shop-7431`")
        .says("AWS says: User: arn:aws:iam");
    assert_eq!(refused.err.matches("error[C0887]").count(), 1, "{}", refused.err);
    project.run(&["plan", "--env", "staging"]).ends(3).says("C0887").says("without an external id");
    project.run(&["destroy", "--env", "dev,prod", "--yes"]).ends(3).says("C0887");
    project.run(&["doctor", "--env", "prod"]).ends(3).says("C0887");
    // What can be asked is shown all the same.
    project.run(&["status", "--env", "dev,prod"]).ends(3).says("C0887").says("shop-dev-one in");
    proxy.set(&[]);
    project.run(&["status", "--env", "dev,prod"]).ends(1).says("shop-dev-one in").says("not deployed");
    // Nobody there to ask.
    project.endpoint = format!("http://127.0.0.1:{}", crate::emulator::free_port());
    project.run(&["status", "--env", "prod"]).ends(3).says("C0854").says("AssumeRole").hides("C0887");
    project.endpoint = crate::emulator::emulator().url();
    // A role of another account than the environment's.
    project.write("project.cloud", &THREE.replace("account: \"333333333333\"", "account: \"444444444444\""));
    project
        .run(&["deploy", "--env", "dev,prod", "--yes"])
        .ends(3)
        .says("C0852")
        .says("the environment `prod` is account 444444444444");
    project.run(&["status", "--env", "dev"]).ends(1);
}

#[test]
fn external_ids_reach_sts() {
    let mut project = three("external-id");
    project.run(&["bootstrap", "--env", "prod"]).ends(0);
    let recorder = Recorder::start();
    project.endpoint = format!("http://127.0.0.1:{}", recorder.port);
    let asked = |arguments: &[&str]| {
        let before = recorder.bodies("AssumeRole").len();
        project.run(arguments).ends(1);
        let asked = recorder.bodies("AssumeRole")[before..].to_vec();
        assert!(!asked.is_empty());
        asked
    };
    let bodies = asked(&["status", "--env", "prod"]);
    assert!(bodies.iter().all(|body| body.contains("ExternalId=shop-7431")), "{bodies:#?}");
    // The command line wins; what the environment says is for its own role.
    let bodies = asked(&["status", "--env", "prod", "--external-id", "other-1"]);
    assert!(bodies.iter().all(|body| body.contains("ExternalId=other-1")), "{bodies:#?}");
    let bodies = asked(&["status", "--env", "prod", "--assume-role", "arn:aws:iam::333333333333:role/another"]);
    assert!(bodies.iter().all(|body| body.contains("role%2Fanother") && !body.contains("ExternalId")), "{bodies:#?}");
}

#[test]
fn a_profile_with_a_role() {
    let files = [("one.cloud", "stack one { region: \"REGION\" }\nresource topic: AWS::SNS::Topic {}\n")];
    let mut project = Project::bare("profile", &files);
    let recorder = Recorder::start();
    project.endpoint = format!("http://127.0.0.1:{}", recorder.port);
    project.write(
        "config",
        "[profile base]\nregion = REGION\n\n[profile shop]\nrole_arn = arn:aws:iam::555555555555:role/deployer\nsource_profile = base\nexternal_id = shop-9\nregion = REGION\n",
    );
    project.write("credentials", "[base]\naws_access_key_id = test\naws_secret_access_key = test\n");
    let run = |arguments: &[&str]| {
        let mut command = project.command(arguments);
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").env_remove("AWS_REGION");
        command.env("AWS_CONFIG_FILE", project.root.join("config"));
        command.env("AWS_SHARED_CREDENTIALS_FILE", project.root.join("credentials"));
        ran(command.output().expect("cloudc starts"))
    };
    run(&["bootstrap", "--profile", "shop"]).ends(0).says("cloudc-555555555555");
    run(&["deploy", "--yes", "--profile", "shop"]).ends(0).says("account 555555555555");
    let status = run(&["status", "--profile", "shop", "--json"]).ends(0).json();
    assert_eq!(status["stacks"][0]["account"], "555555555555", "{status:#}");
    let asked = recorder.bodies("AssumeRole");
    assert!(!asked.is_empty() && asked.iter().all(|body| body.contains("ExternalId=shop-9")), "{asked:#?}");
    run(&["status", "--profile", "nobody"]).ends(3).says("C085");
}

/// A project for two regions, with values of their own.
fn two_regions(name: &str) -> Project {
    let project = Project::bare(name, &[]);
    let other = if project.region == "eu-west-1" { "eu-west-3" } else { "eu-west-1" };
    project.write(
        "project.cloud",
        &format!(
            "project pair {{\n  stacks: {{ shop: \"./shop.cloud\" }}\n  params: {{ label: \"both\" }}\n  regions: {{\n    \"REGION\": {{}}\n    \"{other}\": {{ params: {{ label: \"there\" }}, inputs: {{ fails: \"FAILS\" }}, tags: {{ place: \"there\" }} }}\n  }}\n}}\n"
        ),
    );
    project.write(
        "shop.cloud",
        "stack shop {}\nparam label: String\ninput fails: String = \"\"\nresource address: AWS::EC2::EIP { Tags: { fail: fails } }\nresource topic: AWS::SNS::Topic { DisplayName: label }\noutput topic_name = topic.TopicName\n",
    );
    project.run(&["bootstrap"]).ends(0).says(other);
    project
}

#[test]
fn two_regions_at_once() {
    let project = two_regions("two-regions");
    let other = if project.region == "eu-west-1" { "eu-west-3" } else { "eu-west-1" };
    let text = std::fs::read_to_string(project.root.join("project.cloud")).expect("a file");
    // One fails, the other does not.
    project.write("project.cloud", &text.replace("FAILS", "create"));
    let ran = project.deploy().ends(1).says("1 of 2 stacks");
    let ran = ran.says(&format!("account 123456789012, {other}\n  pair-shop: rolled back (ROLLBACK_COMPLETE)"));
    let ran = ran.says(&format!("account 123456789012, {}\n  pair-shop: deployed, version 1", project.region));
    ran.says(&format!("{other}/pair-shop:   ✗ Address")).says(&format!("{}/pair-shop.TopicName = ", project.region));
    project.write("project.cloud", &text.replace("FAILS", ""));
    project.deploy().ends(0).says(&format!("{}/pair-shop: unchanged", project.region)).says("2 of 2 stacks");
    let parameters = |region: &str| {
        let shown = project.run(&["show", "shop", "--region", region, "--json"]).ends(0).json();
        (shown["stacks"][0]["stack"]["parameters"]["Label"].clone(), shown["stacks"][0]["stack"]["tags"]["place"].clone())
    };
    assert_eq!(parameters(&project.region), (json!("both"), Json::Null));
    assert_eq!(parameters(other), (json!("there"), json!("there")));

    let outputs = project.run(&["outputs", "--json"]).ends(0).json();
    assert_eq!(outputs.as_object().map(serde_json::Map::len), Some(2), "{outputs:#}");
    project.run(&["history", "shop", "--json"]).ends(0).says(&format!("\"{other}/pair-shop\""));
    project.run(&["rollback", "shop", "--yes"]).ends(2).says("one stack").says("--region");
    // One region of them, then two by name.
    project.run(&["destroy", "--region", other, "--yes"]).ends(0);
    project.run(&["status"]).ends(1).says(&format!("pair-shop in {other}: not deployed"));
    project.run(&["status", "--region", &project.region]).ends(0);
    let both = format!("{},{other}", project.region);
    project.run(&["deploy", "--regions", &both, "--yes"]).ends(0).says("2 of 2 stacks");
    project.run(&["status", "pair-shop", "--region", &both]).ends(0);
    project.run(&["plan", "--region", &both, "--out", "kept.plan"]).ends(0);
    project.run(&["deploy", "--plan", "kept.plan", "--yes"]).ends(0);
    // Wherever they are.
    let listed = project.run(&["list", "pair-*", "--all-regions"]).ends(0).says(other).says("123456789012");
    assert_eq!(listed.out.matches("pair-shop").count(), 2, "{}", listed.out);
    assert_eq!(project.run(&["list", "pair-*", "--region", other]).ends(0).out.lines().count(), 1);
    project.run(&["destroy", "--yes"]).ends(0);
    project.run(&["plan", "--param", "Lable=x"]).ends(3).says("C0862").says("did you mean `Label`?");
    project.run(&["deploy", "--yes", "--param", "Lable=x"]).ends(3).says("C0862");
    project.run(&["plan", "--region", "Ireland"]).ends(2).says("eu-west-1");
}
