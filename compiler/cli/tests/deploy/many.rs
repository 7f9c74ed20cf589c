//! Projects of several stacks.

use crate::project::Project;

/// A project of stacks in four layers: each reads an output of one before it.
fn layered() -> Vec<(String, String)> {
    let mut stacks = Vec::new();
    let mut listed = Vec::new();
    for at in 0..20 {
        let name = format!("s{at:02}");
        let mut text = format!("stack {name} {{}}\n");
        let label = match at {
            0..5 => format!("\"root {at}\""),
            _ => {
                text = format!("import \"./s{:02}.cloud\" as before\n{text}", at - 5);
                "\"after ${before.topic_name}\"".to_owned()
            }
        };
        text.push_str(&format!(
            "resource topic: AWS::SNS::Topic {{ DisplayName: {label} }}\noutput topic_name = topic.TopicName\n"
        ));
        listed.push(format!("{name}: \"./{name}.cloud\""));
        stacks.push((format!("{name}.cloud"), text));
    }
    stacks.push((
        "project.cloud".to_owned(),
        format!("project tower {{ region: \"REGION\", stacks: {{ {} }} }}\n", listed.join(", ")),
    ));
    stacks
}

#[test]
fn twenty_stacks_in_four_waves() {
    let files = layered();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let project = Project::new("tower", &files);
    // Nothing is there yet, so CloudFormation cannot plan what reads others; the plan says so and shows it all the same.
    project.run(&["plan"]).ends(2).says("it needs stacks that are deployed before it");
    let ran = project.run(&["deploy", "--yes", "--json"]).ends(0);
    let events: Vec<serde_json::Value> = ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let results: Vec<_> = events.iter().filter(|event| event["event"] == "result").collect();
    assert_eq!(results.len(), 20);
    assert!(results.iter().all(|one| one["outcome"] == "succeeded"), "{results:#?}");
    // A stack begins after the one it reads is done.
    let done = |name: &str| {
        let whole = |event: &serde_json::Value| event["logical"] == name && event["status"] == "CREATE_COMPLETE";
        events.iter().rposition(|event| event["stack"] == name && whole(event))
    };
    let begun = |name: &str| events.iter().position(|event| event["stack"] == name && event["event"] == "begun");
    for at in 5..20 {
        let (before, after) = (format!("tower-s{:02}", at - 5), format!("tower-s{at:02}"));
        assert!(done(&before) < begun(&after), "{after} began before {before} was done");
    }
    project.run(&["impact", "tower-s00"]).ends(0).says("tower-s15  stack");
    project.run(&["impact", "towr-s00"]).ends(2).says("did you mean");
    project.run(&["graph", "--stacks", "--format", "dot"]).ends(0).says("\"tower-s05\" -> \"tower-s00\";");
    project.deploy().ends(0).says("20 of 20 stacks").says("tower-s19: unchanged");
    project.run(&["plan"]).ends(0);
    // One of them.
    project.write("s19.cloud", &files[19].1.replace("after", "later"));
    project.run(&["deploy", "--yes", "--target", "s19"]).ends(0).says("✓ Topic");
    project.run(&["deploy", "--yes", "--target", "s91"]).ends(2).says("did you mean");
    // Last ones first.
    project.run(&["destroy", "--yes"]).ends(0);
    assert_eq!(project.run(&["list", "tower-*"]).ends(0).out, "");
}

#[test]
fn what_needs_a_failed_stack_is_not_tried() {
    let files = [
        ("project.cloud", "project p { region: \"REGION\", stacks: { a: \"./a.cloud\", b: \"./b.cloud\", c: \"./c.cloud\" } }\n"),
        ("a.cloud", "stack a {}\nresource address: AWS::EC2::EIP { Tags: { fail: \"create\" } }\noutput ip = address.ref\n"),
        ("b.cloud", "import \"./a.cloud\" as a\nstack b {}\nresource topic: AWS::SNS::Topic { DisplayName: a.ip }\n"),
        ("c.cloud", "stack c {}\nresource topic: AWS::SNS::Topic {}\n"),
    ];
    let project = Project::new("blocked", &files);
    project.deploy().ends(1).says("a.cloud:2").says("p-b: not tried, because of p-a").says("1 of 3 stacks");
    project.run(&["status", "p-c"]).ends(0).says("CREATE_COMPLETE");
    project.run(&["status", "p-b"]).ends(1).says("not deployed");
}

#[test]
fn an_export_leaves_after_its_last_use() {
    let files = [
        ("project.cloud", "project q { region: \"REGION\", stacks: { a: \"./a.cloud\", b: \"./b.cloud\" } }\n"),
        ("a.cloud", "stack a {}\nresource topic: AWS::SNS::Topic {}\noutput name = topic.TopicName\n"),
        ("b.cloud", "import \"./a.cloud\" as a\nstack b {}\nresource topic: AWS::SNS::Topic { DisplayName: a.name }\n"),
    ];
    let project = Project::new("exports", &files);
    project.deploy().ends(0);
    // Deleting what others need is refused before anything happens.
    project.run(&["destroy", "q-a", "--yes"]).ends(3).says("C0878").says("q-b");
    project.write("a.cloud", "stack a {}\nresource topic: AWS::SNS::Topic { DisplayName: \"new\" }\n");
    project.write("b.cloud", "stack b {}\nresource topic: AWS::SNS::Topic { DisplayName: \"alone\" }\n");
    // Alone it cannot go, together it can.
    project.run(&["deploy", "--yes", "--target", "a"]).ends(3).says("C0878").says("q-b");
    project.run(&["plan"]).ends(2).says("exports that other stacks still import stay");
    project.deploy().ends(0).says("removing exports that nobody imports any more");
    assert_eq!(project.stack("q-a")["stack"]["outputs"], serde_json::json!({}));
    project.run(&["plan"]).ends(0);
}

#[test]
fn several_regions() {
    let source =
        "stack wide { regions: [\"eu-west-1\", \"eu-north-1\"] }\nresource topic: AWS::SNS::Topic { DisplayName: aws.region }\n";
    let project = Project::bare("wide", &[("wide.cloud", source)]);
    for region in ["eu-west-1", "eu-north-1"] {
        project.run(&["bootstrap", "--region", region]).ends(0);
    }
    project.deploy().ends(0).says("2 of 2 stacks");
    project.run(&["list", "wide", "--region", "eu-north-1"]).ends(0).says("CREATE_COMPLETE");
    project.run(&["deploy", "--yes", "--region", "eu-west-1"]).ends(0).says("unchanged");
}
