//! Deployments that fail, are interrupted, or find something half done.

use std::time::{Duration, Instant};

use crate::project::{Project, ran};

#[test]
fn a_failed_creation_is_shown_at_its_source_and_made_again() {
    let source = |fail: &str| {
        format!(
            "stack bad {{ region: \"REGION\" }}\n\nresource fine: AWS::SNS::Topic {{}}\nresource address: AWS::EC2::EIP {{\n  Domain: \"vpc\"\n  Tags: {{ fail: \"{fail}\" }}\n}}\n@depends_on(address)\nresource later: AWS::SNS::Topic {{}}\n"
        )
    };
    let project = Project::new("create-fails", &[("bad.cloud", &source("create"))]);
    let ran = project.deploy().ends(1).says("C0870").says("bad.cloud:4").says("was told to fail").says("ROLLBACK_COMPLETE");
    ran.hides("panicked");
    let history = project.run(&["history", "bad", "--json"]).ends(0).json();
    assert_eq!(history["bad"][0]["outcome"], "rolled_back", "{history:#}");
    // What is left of it can only be deleted; the plan says so.
    project.write("bad.cloud", &source("no"));
    project.run(&["plan"]).ends(2).says("make again bad").says("what is left of it is deleted first");
    project.deploy().ends(0).says("deleting what is left").says("✓ Address");
    project.run(&["plan"]).ends(0).says("no changes");
}

#[test]
fn a_failed_update_is_taken_back() {
    let source = |fail: &str, name: &str| {
        format!(
            "stack worse {{ region: \"REGION\" }}\nresource topic: AWS::SNS::Topic {{ DisplayName: \"{name}\" }}\n@depends_on(topic)\nresource address: AWS::EC2::EIP {{ Tags: {{ fail: \"{fail}\" }} }}\n"
        )
    };
    let project = Project::new("update-fails", &[("worse.cloud", &source("no", "one"))]);
    project.deploy().ends(0);
    project.write("worse.cloud", &source("update", "two"));
    project.deploy().ends(1).says("C0870").says("worse.cloud:4").says("could not be changed").says("everything was taken back");
    let status = project.run(&["status", "worse"]).ends(0).says("UPDATE_ROLLBACK_COMPLETE");
    status.says("rolled back by tester");
    project.write("worse.cloud", &source("no", "three"));
    project.deploy().ends(0);
    project.run(&["events", "worse", "--failed"]).ends(0).says("was told to fail");
}

#[test]
fn a_rollback_that_failed_is_taken_up() {
    let source = |first: &str, second: &str| {
        format!(
            "stack stuck {{ region: \"REGION\" }}\nresource one: AWS::EC2::EIP {{ Tags: {{ fail: \"{first}\" }} }}\n@depends_on(one)\nresource two: AWS::EC2::EIP {{ Tags: {{ fail: \"{second}\" }} }}\n"
        )
    };
    // Going back to the first version fails, because that is an update to tags which say so.
    let project = Project::new("stuck", &[("stuck.cloud", &source("update", "no"))]);
    project.deploy().ends(0);
    project.write("stuck.cloud", &source("no", "update"));
    project.deploy().ends(1).says("UPDATE_ROLLBACK_FAILED");
    project.write("stuck.cloud", &source("never", "never"));
    project.deploy().ends(3).says("C0860").says("--skip One");
    project.run(&["deploy", "--yes", "--skip", "One"]).ends(0).says("taking up the rollback");
    project.run(&["status", "stuck"]).ends(0).says("UPDATE_COMPLETE");
}

#[test]
fn an_operation_under_way_is_watched() {
    let source =
        "stack slow { region: \"REGION\" }\nresource address: AWS::EC2::EIP { Tags: { slow: \"4\" } }\noutput ip = address.ref\n";
    let project = Project::new("slow", &[("slow.cloud", source)]);
    let mut first = project.command(&["deploy", "--yes"]).spawn().expect("cloudc starts");
    until(|| project.run(&["status", "slow"]).out.contains("CREATE_IN_PROGRESS"));
    first.kill().expect("killed");
    first.wait().expect("ended");
    project.deploy().ends(0).says("is under way already").says("no changes");
    let history = project.run(&["history", "slow", "--json"]).ends(0).json();
    assert_eq!(history["slow"][0]["outcome"], "succeeded", "{history:#}");
    assert_eq!(project.run(&["locks"]).ends(0).out, "");
    // Interrupted, it lets CloudFormation go on, and says so.
    project.write("slow.cloud", &source.replace("\"4\"", "\"5\""));
    let child =
        project.command(&["deploy", "--yes"]).stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn();
    let child = child.expect("cloudc starts");
    until(|| project.run(&["status", "slow"]).out.contains("UPDATE_IN_PROGRESS"));
    let interrupted = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(interrupted.success());
    let ended = ran(child.wait_with_output().expect("it ends")).says("CloudFormation goes on");
    assert_ne!(ended.code, 0);
    assert_eq!(project.run(&["locks"]).ends(0).out, "");
    project.deploy().ends(0);
}

#[test]
fn of_two_deployments_one_goes_on() {
    let source = "stack twice { region: \"REGION\" }\nresource address: AWS::EC2::EIP { Tags: { slow: \"3\" } }\n";
    let project = Project::new("twice", &[("twice.cloud", source)]);
    let start = |arguments: &[&str]| {
        let mut command = project.command(arguments);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().expect("cloudc starts")
    };
    let both =
        [start(&["deploy", "--yes"]), start(&["deploy", "--yes"])].map(|child| ran(child.wait_with_output().expect("it ends")));
    let mut codes = [both[0].code, both[1].code];
    codes.sort_unstable();
    assert_eq!(codes, [0, 3], "{both:#?}");
    assert!(both.iter().any(|one| one.err.contains("C0861") && one.err.contains("tester@")), "{both:#?}");
    // Waiting for it is another way.
    project.write("twice.cloud", &source.replace("\"3\"", "\"2\""));
    let first = start(&["deploy", "--yes", "--lock-wait", "1m"]);
    let second = project.run(&["deploy", "--yes", "--lock-wait", "1m"]);
    let first = ran(first.wait_with_output().expect("it ends"));
    assert_eq!((first.code, second.code), (0, 0), "{first:#?}{second:#?}");
}

/// Waits until something holds, for a minute at most.
#[track_caller]
fn until(holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never came");
        std::thread::sleep(Duration::from_millis(50));
    }
}
