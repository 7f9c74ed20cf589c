//! Suggestions for templates made for it.

use serde_json::json;

use super::*;

fn kinds(template: &Json, text: &str) -> Vec<(String, String, Option<u32>)> {
    let tree = cloudc_import::read::read(text);
    let root = tree.root.unwrap();
    let subject =
        Subject { name: "t".to_owned(), whereabouts: (None, None), template, places: Places::File("t.yaml", text, &root) };
    let place = |one: &Suggestion| subject.place(&one.at, &one.pointer).map(|(_, line)| line);
    suggestions(&subject).iter().map(|one| (one.kind.to_owned(), one.at.1.clone(), place(one))).collect()
}

fn of(text: &str) -> Vec<(String, String, Option<u32>)> {
    let template = cloudc_import::read::read(text).root.unwrap().to_json();
    kinds(&template, text)
}

#[test]
fn what_nothing_needs_is_found_at_its_line() {
    let text = "Parameters:\n  Used: { Type: String }\n  Unused: { Type: String }\nMappings:\n  M: { a: { b: c } }\nConditions:\n  C: !Equals [!Ref Used, x]\nResources:\n  Role:\n    Type: AWS::IAM::Role\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub '${Used}'\n";
    let found = of(text);
    let has = |kind: &str, id: &str, line: u32| found.contains(&(kind.to_owned(), id.to_owned(), Some(line)));
    assert!(has("unused-parameter", "Unused", 3), "{found:?}");
    assert!(has("unused-mapping", "M", 5) && has("unused-condition", "C", 7) && has("unneeded-resource", "Role", 9), "{found:?}");
    assert_eq!(found.len(), 4, "{found:?}");
    // A macro may use anything.
    assert_eq!(of(&format!("Transform: [Mine]\n{text}")), []);
}

#[test]
fn conditions_that_never_change_are_found() {
    let text = "Parameters:\n  P: { Type: String, AllowedValues: [a, b, c] }\nConditions:\n  Never: !Equals [!Ref P, d]\n  Always: !Not [!Condition Never]\n  A: !Equals [!Ref P, a]\n  B: !Equals [!Ref P, b]\n  C: !Equals [!Ref P, c]\n  Twice: !Equals [!Ref P, a]\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Condition: Always\n    Properties:\n      DelaySeconds: !If [A, 1, !If [B, 2, !If [C, 3, 4]]]\n      QueueName: !If [Twice, x, !If [Never, y, z]]\n";
    let found = of(text);
    let has = |kind: &str, id: &str| found.iter().any(|one| one.0 == kind && one.1 == id);
    assert!(
        has("constant-condition", "Never") && has("constant-condition", "Always") && has("same-condition", "Twice"),
        "{found:?}"
    );
    assert!(found.contains(&("mapping".to_owned(), "Q".to_owned(), Some(15))), "{found:?}");
    assert_eq!(found.len(), 4, "{found:?}");
}

#[test]
fn what_is_written_again_is_found() {
    let policy = "{ Version: '2012-10-17', Statement: [{ Effect: Allow, Action: ['s3:GetObject', 's3:PutObject', 's3:ListBucket'], Resource: 'arn:aws:s3:::a-bucket-with-a-long-name/*' }, { Effect: Allow, Action: 'logs:*', Resource: '*' }] }";
    let mut text = "Resources:\n".to_owned();
    for name in ["One", "Two", "Three"] {
        text.push_str(&format!("  {name}:\n    Type: AWS::IAM::UserPolicy\n    Properties:\n      PolicyName: {name}\n      UserName: x\n      PolicyDocument: {policy}\n"));
    }
    let found = of(&text);
    assert!(found.contains(&("repeated-value".to_owned(), "One".to_owned(), Some(7))), "{found:?}");
    assert!(found.iter().any(|one| one.0 == "repeated-resource"), "{found:?}");
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn large_templates_are_cut_and_small_ones_are_not() {
    let mut resources = Map::new();
    for group in 0..4 {
        resources.insert(format!("Hub{group}"), json!({ "Type": "AWS::SNS::Topic" }));
        for nth in 0..90 {
            let value =
                json!({ "Type": "AWS::SNS::Subscription", "Properties": { "TopicArn": { "Ref": format!("Hub{group}") } } });
            resources.insert(format!("Sub{group}x{nth}"), value);
        }
    }
    let template = json!({ "Resources": resources });
    let found = kinds(&template, "{}");
    assert!(found.iter().any(|one| one.0 == "cut"), "{found:?}");
    assert_eq!(of("Resources: { Q: { Type: 'AWS::SQS::Queue' } }"), []);
    let size = size(&template);
    assert_eq!((size.resources, size.largest.len(), size.bytes), (364, 10, template.to_string().len()));
}

#[test]
fn stacks_in_one_place_can_share() {
    let template = json!({ "Resources": { "Net": { "Type": "AWS::EC2::VPC" } } });
    let root = cloudc_import::read::read("{}").root.unwrap();
    let subject = |name: &str, region: &str| Subject {
        name: name.to_owned(),
        whereabouts: (Some(region.to_owned()), None),
        template: &template,
        places: Places::File("t", "{}", &root),
    };
    let found = shared(&[subject("a", "x"), subject("b", "x"), subject("c", "y")]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].resources, found[0].made.len()), (1, 2));
    assert!(found[0].message.starts_with("`a`, `b` each make a VPC"), "{}", found[0].message);
}
