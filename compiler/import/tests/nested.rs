//! Parameters of nested stacks are held against the templates that lie beside.
#![allow(missing_docs)]

use cloudc_import::nested;

const CHILD: &str = "Parameters:\n  Stage: {Type: String}\n  Size: {Type: String, Default: small}\nResources: {}\n";

fn told(text: &str) -> Vec<(usize, String)> {
    let found = nested(text, &|path| (path == "./child.yaml").then(|| CHILD.to_owned()));
    found.into_iter().map(|one| (text[..one.span.start as usize].matches('\n').count(), one.message)).collect()
}

fn stack(url: &str, parameters: &str) -> String {
    format!("Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: {url}\n{parameters}")
}

#[test]
fn parameters_are_those_of_the_template() {
    assert!(told(&stack("./child.yaml", "      Parameters:\n        Stage: dev\n")).is_empty());
    let wrong = told(&stack("./child.yaml", "      Parameters:\n        Stge: dev\n"));
    let wanted = [(6, "the nested stack has no parameter `Stge`"), (5, "the nested stack needs `Stage`")];
    assert_eq!(wrong, wanted.map(|(line, text)| (line, text.to_owned())));
    assert_eq!(told(&stack("./child.yaml", "")), [(3, "the nested stack needs `Stage`".to_owned())]);
}

#[test]
fn both_sides_of_a_choice_are_looked_at() {
    let choice = "      Parameters: !If [Known, {Stage: dev}, !If [Other, {Stage: a, Extra: b}, !Ref AWS::NoValue]]\n";
    assert_eq!(told(&stack("./child.yaml", choice)), [(5, "the nested stack has no parameter `Extra`".to_owned())]);
}

#[test]
fn what_cannot_be_read_is_not_judged() {
    for url in ["https://example.com/child.yaml", "./other.yaml", "!Ref Url"] {
        assert!(told(&stack(url, "      Parameters:\n        Extra: dev\n")).is_empty());
    }
}
