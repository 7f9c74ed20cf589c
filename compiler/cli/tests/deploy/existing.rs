//! Looking up what exists, and secrets that have to exist.

use std::process::Command;

use serde_json::{Value as Json, json};

use crate::emulator::python;
use crate::faults::Proxy;
use crate::project::Project;

/// Makes a resource through Cloud Control, in a region. The emulator's identifier is the property `Id`, `Name` or `BucketName`.
fn make(region: &str, ty: &str, properties: &Json) {
    call(
        region,
        "cloudcontrolapi",
        "CloudApiService.CreateResource",
        &json!({
            "TypeName": ty, "DesiredState": properties.to_string(),
        }),
    );
}

fn remove(region: &str, ty: &str, id: &str) {
    call(region, "cloudcontrolapi", "CloudApiService.DeleteResource", &json!({ "TypeName": ty, "Identifier": id }));
}

/// Calls a service that speaks JSON, past `cloudc`.
fn call(region: &str, service: &str, operation: &str, body: &Json) {
    let script = "import sys,urllib.request\nend,service,region,operation,body=sys.argv[1:6]\nauth=f'AWS4-HMAC-SHA256 Credential=test/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=x'\nurllib.request.urlopen(urllib.request.Request(end,body.encode(),{'Authorization':auth,'X-Amz-Target':operation,'Content-Type':'application/x-amz-json-1.1'})).read()\n";
    let end = crate::emulator::emulator().url();
    let done = Command::new(python()).args(["-c", script, &end, service, region, operation, &body.to_string()]).status();
    assert!(done.expect("python starts").success(), "{operation} {body}");
}

fn vpc(id: &str, name: &str, block: &str) -> Json {
    json!({ "Id": id, "CidrBlock": block, "DefaultSecurityGroup": "sg-1", "Tags": [{ "Key": "Name", "Value": name }, { "Key": "team", "Value": "net" }] })
}

fn locked(project: &Project) -> Json {
    let text = std::fs::read_to_string(project.root.join("cloudc.lock")).expect("the lock file");
    serde_json::from_str(&text).expect("JSON")
}

/// A project in a region that no other test takes: what there is of a type is counted and listed.
fn alone(name: &str, region: &str, files: &[(&str, &str)]) -> Project {
    let mut project = Project::bare(name, &[]);
    project.region = region.to_owned();
    files.iter().for_each(|(path, text)| project.write(path, text));
    project
}

const WEB: &str = "stack web { region: \"REGION\" }\nexisting vpc: AWS::EC2::VPC = lookup(tags: { Name: \"main\" })\nresource group: AWS::EC2::SecurityGroup { GroupDescription: \"web\", VpcId: vpc }\noutput block = vpc.CidrBlock\n";

#[test]
fn looked_up_once_and_watched() {
    let project = alone("lookup", "af-south-1", &[("web.cloud", WEB)]);
    let region = project.region.clone();
    project.run(&["build"]).ends(1).says("C0560").says("cloudc lookup");
    project.run(&["lookup"]).ends(1).says("C0563").says("web.cloud:2").says("\"Name\":\"main\"");
    assert!(!project.root.join("cloudc.lock").exists());
    make(&region, "AWS::EC2::VPC", &vpc("vpc-1", "main", "10.0.0.0/16"));
    make(&region, "AWS::EC2::VPC", &vpc("vpc-2", "other", "10.1.0.0/16"));
    project.run(&["lookup", "--check"]).ends(2).says("vpc-1").says("new");
    assert!(!project.root.join("cloudc.lock").exists());
    project.run(&["lookup"]).ends(0).says("vpc-1").says("cloudc.lock is written");
    // Only what the program reads.
    assert_eq!(locked(&project)["lookups"][0]["properties"], json!({ "CidrBlock": "10.0.0.0/16" }));
    let first = std::fs::read(project.root.join("cloudc.lock")).expect("the lock file");
    project.run(&["lookup"]).ends(0).says("as before").hides("is written");
    assert_eq!(std::fs::read(project.root.join("cloudc.lock")).expect("the lock file"), first);
    project.run(&["lookup", "--check"]).ends(0);
    project.run(&["build", "-o", "-"]).ends(0).says("vpc-1").says("10.0.0.0/16");
    // One more property is read: the answer grows.
    project.write("web.cloud", &format!("{WEB}output group = vpc.DefaultSecurityGroup\n"));
    project.run(&["build"]).ends(1).says("DefaultSecurityGroup");
    project.run(&["lookup"]).ends(0);
    project.run(&["build", "-o", "-"]).ends(0).says("sg-1");
    // Another one under the name: several, and then only the new one.
    make(&region, "AWS::EC2::VPC", &vpc("vpc-3", "main", "10.3.0.0/16"));
    project.run(&["lookup", "--check"]).ends(2).says("C0564").says("`vpc-1`, `vpc-3`");
    project.run(&["lookup"]).ends(1).says("C0564");
    remove(&region, "AWS::EC2::VPC", "vpc-1");
    project.run(&["lookup", "--check"]).ends(2).says("C0565").says("the file says `vpc-1`, AWS says `vpc-3`");
    project.run(&["lookup"]).ends(1).says("C0565").says("--update");
    assert_eq!(locked(&project)["lookups"][0]["id"], "vpc-1");
    let told = project.run(&["lookup", "--update", "--json"]).ends(0).json();
    assert_eq!(told["lookups"][0]["id"], "vpc-3");
    assert_eq!(told["lookups"][0]["state"], "changed");
    assert_eq!(locked(&project)["lookups"][0]["properties"]["CidrBlock"], "10.3.0.0/16");
    // What nobody asks for any more.
    project.write("web.cloud", "stack web { region: \"REGION\" }\nresource topic: AWS::SNS::Topic {}\n");
    project.run(&["lookup"]).ends(0).says("1 answer in the file is not asked for");
    project.run(&["lookup", "--prune"]).ends(0);
    assert_eq!(locked(&project)["lookups"], json!([]));
}

#[test]
fn kinds_of_questions() {
    let source = "stack web { region: \"REGION\" }\nexisting by_id: AWS::S3::Bucket = lookup(\"company-logs\")\nexisting by_where: AWS::EC2::VPC = lookup(where: { CidrBlock: \"10.9.0.0/16\" })\nexisting service: AWS::ECS::Service = lookup(where: { ServiceName: \"api\" })\nexisting subnet: AWS::EC2::Subnet = lookup(tags: { tier: \"web\" }, where: { VpcId: \"vpc-9\" })\nresource topic: AWS::SNS::Topic { DisplayName: service.ServiceName, TopicName: by_where.CidrBlock.split(\"/\")[1] }\noutput subnet = subnet.ref\noutput bucket = by_id.Arn\n";
    let project = alone("questions", "ap-south-2", &[("web.cloud", source)]);
    let region = project.region.clone();
    make(&region, "AWS::S3::Bucket", &json!({ "BucketName": "company-logs" }));
    make(&region, "AWS::EC2::VPC", &vpc("vpc-9", "nine", "10.9.0.0/16"));
    let arn = "arn:aws:ecs:eu-west-1:123456789012:service/main/api";
    make(&region, "AWS::ECS::Service", &json!({ "Id": format!("{arn}|main"), "ServiceArn": arn, "ServiceName": "api" }));
    // Many, so that the index of tags is asked; it knows nothing of them, and all are looked at.
    for number in 0..40 {
        let tier = if number == 17 { "web" } else { "data" };
        make(
            &region,
            "AWS::EC2::Subnet",
            &json!({ "Id": format!("subnet-{number}"), "VpcId": "vpc-9", "Tags": [{ "Key": "tier", "Value": tier }] }),
        );
    }
    let told = project.run(&["lookup", "--json"]).ends(0).json();
    let id = |name: &str| {
        let all = told["lookups"].as_array().expect("a list");
        all.iter().find(|one| one["name"] == name).map(|one| one["id"].clone()).expect("an answer")
    };
    assert_eq!(id("by_id"), "company-logs");
    assert_eq!(id("by_where"), "vpc-9");
    assert_eq!(id("service"), arn);
    assert_eq!(id("subnet"), "subnet-17");
    project.run(&["build", "-o", "-"]).ends(0).says("subnet-17");
    project.run(&["lookup", "--check"]).ends(0);
}

#[test]
fn every_environment() {
    let files = [
        (
            "project.cloud",
            "project shop { stacks: { web: \"./web.cloud\" } }\nenv dev { region: \"ap-east-1\", account: \"123456789012\" }\nenv prod { region: \"me-south-1\", account: \"123456789012\" }\n",
        ),
        ("web.cloud", &WEB.replace(" region: \"REGION\" ", "")),
    ];
    let project = alone("environments", "ap-east-1", &files);
    make("ap-east-1", "AWS::EC2::VPC", &vpc("vpc-dev", "main", "10.0.0.0/16"));
    project.run(&["lookup"]).ends(1).says("C0563").says("me-south-1").says("vpc-dev");
    make("me-south-1", "AWS::EC2::VPC", &vpc("vpc-prod", "main", "10.4.0.0/16"));
    project.run(&["lookup", "--env", "prod"]).ends(0).hides("vpc-dev");
    let all = locked(&project)["lookups"].clone();
    assert_eq!((all[0]["id"].as_str(), all[1]["id"].as_str()), (Some("vpc-dev"), Some("vpc-prod")), "{all:#}");
    project.run(&["build", "--env", "prod"]).ends(0);
    project.run(&["lookup", "--check"]).ends(0);
    project.run(&["lookup", "--prune", "--env", "prod"]).ends(2);
    // Credentials of another account: what belongs to it is not asked, and nothing is lost.
    let text = std::fs::read_to_string(project.root.join("project.cloud")).expect("the project");
    project.write("project.cloud", &text.replacen("123456789012", "222222222222", 1));
    project.run(&["lookup"]).ends(3).says("C0852").says("vpc-prod");
    assert_eq!(locked(&project)["lookups"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_cannot_be_looked_up() {
    let mut project = alone("cannot", "eu-south-1", &[("web.cloud", WEB)]);
    let proxy = Proxy::start();
    project.endpoint = format!("http://127.0.0.1:{}", proxy.port);
    let answer = |code: &str, status: u16| {
        proxy.set(&[
            json!({ "service": "*", "operation": "ListResources", "error": { "code": code, "status": status, "message": "no" } }),
        ]);
    };
    answer("UnsupportedActionException", 400);
    project.run(&["lookup"]).ends(1).says("C0892").says("AWS::EC2::VPC").says("web.cloud:2");
    answer("AccessDeniedException", 400);
    project.run(&["lookup"]).ends(3).says("C0855");
    proxy.set(&[]);
    project.write("web.cloud", "stack web { region: \"REGION\" }\nexisting vpc: AWS::EC2::VPC = lookup(tags: { Name: 1 })\n");
    project.run(&["lookup"]).ends(1).says("error[C0");
    project.write("web.cloud", "stack web { region: \"REGION\" }\nexisting rule: AWS::EC2::SubnetRouteTableAssociation = lookup(tags: { Name: \"x\" })\noutput x = rule.ref\n");
    project.run(&["lookup"]).ends(1).says("C0892").says("takes no tags");
    // What a merge left is not used, and written anew.
    project.write("web.cloud", WEB);
    project.write("cloudc.lock", "<<<<<<< HEAD\n");
    let region = project.region.clone();
    make(&region, "AWS::EC2::VPC", &vpc("vpc-1", "main", "10.0.0.0/16"));
    project.run(&["lookup"]).ends(0).says("is not used: it is no JSON").says("is written");
    project.run(&["build"]).ends(0);
}

const KEEPER: &str = "stack keeper { region: \"REGION\" }\nresource login: AWS::SecretsManager::Secret { Name: \"prod/db\", SecretString: \"{\\\"username\\\":\\\"app\\\",\\\"password\\\":\\\"correct-horse\\\"}\" }\nresource image: AWS::SSM::Parameter { Type: \"String\", Name: \"/images/app\", Value: \"ami-1\" }\n";

fn database(password: &str, image: &str) -> String {
    format!(
        "stack db {{ region: \"REGION\" }}\nresource database: AWS::RDS::DBInstance {{\n  DBInstanceClass: \"db.t4g.micro\"\n  Engine: \"postgres\"\n  AllocatedStorage: 20\n  MasterUsername: \"app\"\n  MasterUserPassword: {password}\n}}\nresource topic: AWS::SNS::Topic {{ DisplayName: ssm(\"{image}\") }}\n"
    )
}

#[test]
#[allow(clippy::too_many_lines)] // one story
fn secrets_that_have_to_be_there() {
    let good = database("secret(\"prod/db\", field: \"password\")", "/images/app");
    let project = alone("needs-secrets", "eu-south-2", &[("db.cloud", &good)]);
    project.run(&["bootstrap", "--region", &project.region]).ends(0);
    project
        .run(&["secrets", "list"])
        .ends(0)
        .says("secret prod/db  key password")
        .says("db.cloud:7 (Database.MasterUserPassword)");
    project.run(&["secrets", "validate"]).ends(1).says("C0893").says("✗ secret prod/db").says("✗ parameter /images/app");
    project.run(&["permissions"]).ends(0).says("secretsmanager:GetSecretValue").says("ssm:GetParameters");
    // Before anything is touched.
    project.deploy().ends(3).says("C0893").says("there is no parameter `/images/app`").says("nothing was changed");
    project.run(&["plan"]).ends(3).says("C0893").says("db.cloud:");
    project.run(&["show", "db"]).ends(3).says("C0873");
    assert_eq!(project.run(&["locks"]).ends(0).out, "");
    let keeper =
        Project { root: project.root.join("keeper"), region: project.region.clone(), endpoint: project.endpoint.clone() };
    std::fs::create_dir_all(keeper.root.join(".git")).expect("a folder");
    keeper.write("keeper.cloud", KEEPER);
    keeper.deploy().ends(0);
    project
        .run(&["secrets", "validate", "db.cloud"])
        .ends(0)
        .says("✓ secret prod/db")
        .says("✓ parameter /images/app")
        .hides("correct-horse");
    project.run(&["secrets", "validate", "db.cloud", "--json"]).ends(0).hides("correct-horse").says("\"state\": \"there\"");
    project.run(&["deploy", "--yes", "db.cloud"]).ends(0);
    // Keys, labels, versions, kinds.
    for (password, image, says) in [
        ("secret(\"prod/db\", field: \"pasword\")", "/images/app", "did you mean `password`?"),
        ("secret(\"prod/db\", stage: \"NEXT\")", "/images/app", "no version of the secret `prod/db` has the label `NEXT`"),
        ("secret(\"prod/other\")", "/images/app", "there is no secret `prod/other`, which `Database` reads"),
        ("secret(\"prod/db\")", "/images/none", "there is no parameter `/images/none`, which `Topic` reads"),
    ] {
        project.write("db.cloud", &database(password, image));
        project.run(&["deploy", "--yes", "db.cloud"]).ends(3).says("C0893").says(says).hides("correct-horse");
        project.run(&["secrets", "validate", "db.cloud"]).ends(1).says("C0893").hides("correct-horse");
    }
    project.run(&["plan", "db.cloud", "--skip-checks"]).hides("C0893");
    // Not allowed to look: said, and no reason to stop.
    let mut watched = Project { root: project.root.clone(), region: project.region.clone(), endpoint: String::new() };
    let proxy = Proxy::start();
    watched.endpoint = format!("http://127.0.0.1:{}", proxy.port);
    proxy.set(&[json!({ "service": "*", "operation": "DescribeSecret", "error": { "code": "AccessDeniedException", "status": 400, "message": "no" } })]);
    project.write("db.cloud", &good.replace("AllocatedStorage: 20", "AllocatedStorage: 30"));
    watched.run(&["plan", "db.cloud"]).ends(2).says("is not known: not allowed to call DescribeSecret");
    watched.run(&["secrets", "validate", "db.cloud"]).ends(0).says("? secret prod/db");
    // What another stack of the same run makes is there when its turn comes.
    project.write("db.cloud", &database("secret(\"prod/late\")", "/images/app"));
    project.write(
        "late.cloud",
        "stack late { region: \"REGION\" }\nresource late: AWS::SecretsManager::Secret { Name: \"prod/late\" }\n",
    );
    std::fs::remove_dir_all(&keeper.root).expect("removed");
    project.run(&["plan"]).hides("C0893");
}

#[test]
fn quotas_that_would_be_exceeded() {
    let source = "stack net { region: \"REGION\" }\nresource one: AWS::EC2::VPC { CidrBlock: \"10.0.0.0/16\" }\nresource two: AWS::EC2::VPC { CidrBlock: \"10.1.0.0/16\" }\n";
    let project = alone("quotas", "il-central-1", &[("net.cloud", source)]);
    let region = project.region.clone();
    project.run(&["bootstrap", "--region", &region]).ends(0);
    for number in 0..3 {
        make(&region, "AWS::EC2::VPC", &vpc(&format!("vpc-{number}"), "x", "10.2.0.0/16"));
    }
    project.run(&["plan"]).ends(2).hides("C0894");
    project.run(&["doctor"]).ends(0).says("3 of 5 `AWS::EC2::VPC`").says("of 2000 `AWS::CloudFormation::Stack`");
    make(&region, "AWS::EC2::VPC", &vpc("vpc-3", "x", "10.2.0.0/16"));
    project.run(&["plan"]).ends(2).says("C0894").says("there are 4 `AWS::EC2::VPC`, this makes 2 more").says("L-F678F1CE");
    project.run(&["plan", "--skip-checks"]).ends(2).hides("C0894");
    // A warning, and no reason to stop.
    project.deploy().ends(0).says("C0894");
}
