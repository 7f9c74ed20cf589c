//! What Ctrl-C means while CloudFormation is at work.

use crate::project::Project;
use crate::terminal::Terminal;

const SLOW: &str = "stack slow { region: \"REGION\" }\nresource one: AWS::EC2::EIP { Tags: { slow: \"WAIT\" } }\n@depends_on(one)\nresource two: AWS::EC2::EIP { Tags: { slow: \"0\", word: \"WAIT\" } }\n";

#[test]
fn an_update_is_cancelled_with_ctrl_c() {
    let project = Project::new("cancel", &[("slow.cloud", &SLOW.replace("WAIT", "0"))]);
    project.deploy().ends(0);
    project.write("slow.cloud", &SLOW.replace("WAIT", "6"));
    let mut terminal = Terminal::start(&project, &["deploy", "--yes"]);
    terminal.sees("One  AWS::EC2::EIP  is being changed");
    terminal.types("\u{3}").sees("[w]atch on, [c]ancel and go back, [d]etach?");
    terminal.types("c\r").sees("taking the update back");
    let shown = terminal.ends(1);
    assert!(shown.contains("UPDATE_ROLLBACK_COMPLETE"), "{shown}");
    project.run(&["status", "slow"]).ends(0).says("UPDATE_ROLLBACK_COMPLETE");
    let history = project.run(&["history", "slow", "--json"]).ends(0).json();
    assert_eq!(history["slow"][0]["outcome"], "rolled_back", "{history:#}");
    assert_eq!(project.run(&["locks"]).ends(0).out, "");
    // Nothing stands in the way of deploying it after all.
    project.deploy().ends(0);
}
