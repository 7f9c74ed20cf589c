//! Looking at what is deployed: drift, differences, permissions, lists.

use std::process::Command;

use crate::emulator::python;
use crate::project::Project;

const THREE: &str = "stack three { region: \"REGION\" }\n\nresource queue: AWS::SQS::Queue {\n  VisibilityTimeout: 30s\n}\nresource address: AWS::EC2::EIP {}\noutput url = queue.QueueUrl\n";

/// Changes the queue behind CloudFormation's back.
fn meddle(project: &Project, seconds: u32) {
    let url = project.run(&["outputs", "three", "--name", "Url"]).ends(0).out.trim().to_owned();
    let script = "import json,sys,urllib.request,urllib.parse\nurl,region,end=sys.argv[1:4]\nbody=urllib.parse.urlencode({'Action':'SetQueueAttributes','QueueUrl':url,'Attribute.1.Name':'VisibilityTimeout','Attribute.1.Value':sys.argv[4]}).encode()\nauth=f'AWS4-HMAC-SHA256 Credential=test/20260101/{region}/sqs/aws4_request, SignedHeaders=host, Signature=x'\nurllib.request.urlopen(urllib.request.Request(end,body,{'Authorization':auth,'Content-Type':'application/x-www-form-urlencoded'})).read()\n";
    let done =
        Command::new(python()).args(["-c", script, &url, &project.region, &project.endpoint, &seconds.to_string()]).status();
    assert!(done.expect("python starts").success());
}

#[test]
fn drift_at_its_line() {
    let project = Project::new("drift", &[("three.cloud", THREE)]);
    project.deploy().ends(0);
    project.run(&["drift"]).ends(0).says("nothing was changed outside").says("cannot look at 1").says("Address  AWS::EC2::EIP");
    meddle(&project, 99);
    project.run(&["drift", "three"]).ends(2).says("three.cloud:4").says("the template says 30, it is 99").says("C0882");
    let found = project.run(&["drift", "--json"]).ends(2).json();
    assert_eq!(found["stacks"][0]["unchecked"][0]["id"], "Address", "{found:#}");
    project.write("three.cloud", &THREE.replace("30s", "45s"));
    project.run(&["plan"]).ends(2).says("changed outside of CloudFormation: Queue");
    project.write("three.cloud", THREE);
    // Back to what is written…
    project.run(&["drift", "three", "--remediate", "revert"]).ends(3).says("C0867");
    project.run(&["drift", "three", "--remediate", "revert", "--yes"]).ends(0).says("is again what its template says");
    project.run(&["drift", "three"]).ends(0).says("nothing was changed outside");
    // …or what is there into the program, in its own way of writing.
    meddle(&project, 120);
    project.run(&["drift", "three", "--remediate", "accept"]).ends(0).says("is written at three.cloud:4");
    let text = std::fs::read_to_string(project.root.join("three.cloud")).expect("the source");
    assert!(text.contains("VisibilityTimeout: 120s"), "{text}");
    project.deploy().ends(0);
    project.run(&["drift", "three"]).ends(0);
}

#[test]
fn differences() {
    let project = Project::new("diff", &[("three.cloud", THREE)]);
    project.run(&["diff"]).ends(2).says("+++ three (after)");
    project.deploy().ends(0);
    project.run(&["diff"]).ends(0).says("no differences");
    project.write("three.cloud", &THREE.replace("30s", "45s"));
    project.run(&["diff"]).ends(2).says("-      VisibilityTimeout: 30").says("+      VisibilityTimeout: 45");
    project.run(&["diff", "--format", "side"]).ends(2).says("|");
    project.run(&["diff", "--format", "html"]).ends(2).says("<td class=\"new\">");
    let json = project.run(&["diff", "--format", "json"]).ends(2).json();
    assert_eq!(json["templates"][0]["changes"][0]["path"], "/Resources/Queue/Properties/VisibilityTimeout");
    project.run(&["diff", "--only", "parameters"]).ends(0);
    project.write("old.yaml", "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: { VisibilityTimeout: '45' }\n  Address: { Type: AWS::EC2::EIP }\nOutputs:\n  Url: { Value: !GetAtt Queue.QueueUrl }\n");
    project.run(&["diff", "--old", "old.yaml", "--new", "three.cloud"]).ends(0);
    project.run(&["diff", "--old", "none.yaml"]).ends(3).says("none.yaml");
}

#[test]
fn differences_to_a_commit() {
    let project = Project::bare("git", &[("three.cloud", THREE)]);
    std::fs::remove_dir_all(project.root.join(".git")).expect("removed");
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
        let done = Command::new("git").current_dir(&project.root).args(identity).args(arguments).output().expect("git starts");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "one"]);
    project.write("three.cloud", &THREE.replace("30s", "45s"));
    project.run(&["diff", "--git", "HEAD"]).ends(2).says("-      VisibilityTimeout: 30").says("+      VisibilityTimeout: 45");
    git(&["status", "--porcelain"]);
    git(&["commit", "-q", "-am", "two"]);
    project.run(&["diff", "--git", "HEAD"]).ends(0);
    project.run(&["diff", "--git", "HEAD~1"]).ends(2);
    project.run(&["diff", "--git", "nonsense"]).ends(3).says("git says");
}

#[test]
fn lists_and_exports() {
    let project = Project::new("lists", &[("three.cloud", THREE)]);
    project.deploy().ends(0);
    project.run(&["list", "thr*"]).ends(0).says("three  CREATE_COMPLETE");
    project.run(&["list", "--status", "failed"]).ends(0).hides("three");
    project.run(&["outputs"]).ends(0).says("Url = http");
    project.run(&["outputs", "three", "--name", "Nope"]).ends(1);
    project.run(&["events", "three", "-n", "3"]).ends(0).says("CREATE_COMPLETE");
    project.run(&["show", "three", "--resource", "Queue"]).ends(0).says("AWS::SQS::Queue").hides("Address");
    let exported = project.run(&["stack", "export", "three"]).ends(0);
    assert_eq!(exported.json()["Resources"]["Queue"]["Type"], "AWS::SQS::Queue");
    let policy = project.run(&["permissions"]).ends(0).says("sqs:CreateQueue").hides("lambda:");
    assert_eq!(policy.json()["Version"], "2012-10-17");
    project.run(&["deploy", "--yes", "-v", "--force"]).ends(0).says("aws CloudFormation.CreateChangeSet");
}

#[test]
fn a_deployed_stack_becomes_a_program() {
    let project =
        Project::new("take-over", &[("three.cloud", &THREE.replace("stack three {", "stack three { name: \"legacy-queue\","))]);
    project.deploy().ends(0);
    std::fs::remove_file(project.root.join("three.cloud")).expect("removed");
    project.run(&["import", "--stack", "legacy-queue", "--region", &project.region, "-o", "mine.cloud"]).ends(0);
    // It goes on where it was: nothing to change.
    project.run(&["plan"]).ends(0).says("legacy-queue").says("no changes");
    project.run(&["import", "--stack", "nothing"]).ends(3).says("C0873");
}
