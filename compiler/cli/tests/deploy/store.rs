//! History, locks and plans that were kept.

use crate::project::Project;

const TWO: &str = "stack two { region: \"REGION\" }\nresource topic: AWS::SNS::Topic { DisplayName: \"first\" }\nresource queue: AWS::SQS::Queue {}\n";

#[test]
fn back_to_what_was() {
    let project = Project::new("back", &[("two.cloud", TWO)]);
    project.run(&["rollback", "two", "--yes"]).ends(3).says("C0874");
    project.deploy().ends(0);
    project.run(&["rollback", "two", "--yes"]).ends(3).says("C0874").says("nothing before version 1");
    project.write("two.cloud", "stack two { region: \"REGION\" }\nresource topic: AWS::SNS::Topic { DisplayName: \"second\" }\n");
    project.run(&["deploy", "--yes", "--confirm", "two"]).ends(0);
    project
        .run(&["rollback", "two", "--yes"])
        .ends(0)
        .says("back to version 1")
        .says("`Queue` comes back empty")
        .says("has the template of version 1 again");
    let history = project.run(&["history", "two", "--json"]).ends(0).json();
    assert_eq!(history["two"][0]["operation"], "rollback", "{history:#}");
    assert_eq!(history["two"][0]["version"], 3, "{history:#}");
    project.run(&["rollback", "two", "--to", "2", "--yes", "--confirm", "two"]).ends(0);
    project.run(&["plan"]).ends(0).says("no changes");
    project.run(&["rollback", "two", "--to", "99", "--yes"]).ends(3).says("C0874");
}

#[test]
fn a_plan_that_was_kept() {
    let project = Project::new("kept", &[("two.cloud", TWO)]);
    project.run(&["plan", "--out", "first.plan"]).ends(2).says("kept in first.plan");
    project.run(&["deploy", "--plan", "first.plan", "--yes"]).ends(0).says("✓ Topic");
    project.run(&["deploy", "--plan", "first.plan", "--yes", "--force"]).ends(3).says("C0872");
    project.write("two.cloud", &TWO.replace("first", "second"));
    project.run(&["plan", "--out", "second.plan"]).ends(2);
    project.write("two.cloud", &TWO.replace("first", "third"));
    project.run(&["deploy", "--plan", "second.plan", "--yes"]).ends(3).says("C0872").says("the program was changed");
    project.write("bad.plan", "{}");
    project.run(&["deploy", "--plan", "bad.plan"]).ends(3).says("C0872");
    project.run(&["deploy", "--plan", "none.plan"]).ends(3).says("C0881");
}

#[test]
fn a_plan_without_credentials() {
    let project = Project::new("offline", &[("two.cloud", TWO)]);
    let offline = |project: &Project| {
        let mut command = project.command(&["plan", "--offline"]);
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
        crate::project::ran(command.output().expect("cloudc starts"))
    };
    offline(&project).ends(2).says("2 to create").says("counts as new");
    project.deploy().ends(0);
    offline(&project).ends(0).says("no changes");
    project.write("two.cloud", &TWO.replace("Topic { ", "Topic { TopicName: \"fixed\", "));
    offline(&project)
        .ends(2)
        .says("`TopicName` cannot be changed after creation")
        .says("worked out without asking CloudFormation");
}

#[test]
fn locks_of_people() {
    let project = Project::new("locks", &[("two.cloud", TWO)]);
    project.run(&["lock", "two", "--ttl", "10m", "--reason", "an incident"]).ends(0).says("is locked until");
    project.run(&["locks"]).ends(0).says("an incident").says("tester@");
    project.deploy().ends(3).says("C0861").says("an incident");
    project.run(&["show", "two"]).ends(3).says("C0873");
    project.run(&["unlock", "two"]).ends(0).says("is free");
    project.deploy().ends(0);
    project.run(&["unlock", "two"]).ends(0).says("was not locked");
    // Of somebody else only by force.
    project.run(&["lock", "two"]).ends(0);
    let mut other = project.command(&["unlock", "two"]);
    other.env("USER", "other");
    crate::project::ran(other.output().expect("cloudc starts")).ends(3).says("C0861").says("--force");
    project.run(&["unlock", "two", "--force"]).ends(0);
    // One that ran out is no lock.
    project.run(&["lock", "two", "--ttl", "0s"]).ends(0);
    project.write("two.cloud", &TWO.replace("first", "second"));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    project.deploy().ends(0);
}
