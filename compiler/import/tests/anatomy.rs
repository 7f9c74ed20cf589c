//! What is wrong with sections, entries and calls of functions is told, each at its place and once.
#![allow(missing_docs)]

use cloudc_import::check;
use cloudc_schema::Schema;

/// Checks a template; what is told in a line is behind its `#`: the code, and the text from where it stands.
fn told(text: &str) {
    let found = cloudc_driver::with_stack(|| check(&Schema::embedded(), text));
    let mut made = Vec::new();
    for one in &found {
        let line = text[..one.span.start as usize].matches('\n').count();
        let there = text[one.span.start as usize..one.span.end as usize].split(" # ").next().unwrap_or_default();
        made.push((line, format!("{} {there}", one.code.0)));
    }
    let wanted: Vec<(usize, String)> = text
        .lines()
        .enumerate()
        .filter_map(|(at, line)| Some((at, line.split_once("# ")?.1.to_owned())))
        .filter(|(_, wanted)| wanted.starts_with("C0"))
        .collect();
    assert_eq!(made, wanted);
}

#[test]
fn keys_of_sections_and_entries() {
    told(
        r"Parameter: {} # C0822 Parameter
Parameters:
  Stage:
    Type: String
    AllowedValue: [dev] # C0822 AllowedValue
  Size: # C0823 Size
    Default: small
  Kind:
    Type: String
    AllowedValues: a # C0824 a
Resources:
  Queue: # C0823 Queue
    DeletionPolicy: Keep # C0824 Keep
  Topic:
    Type: AWS::SNS::Topic
    DependsOn: [Queue, Kue] # C0825 Kue
Outputs:
  Url: # C0823 Url
    Description: where
  Name:
    Value: x
    Exports: # C0822 Exports
      Name: y
",
    );
}

#[test]
fn arguments_of_functions() {
    told(
        r#"Parameters:
  Stage:
    Type: String
Conditions:
  One: !Equals [!Ref Stage] # C0824 !Equals [!Ref Stage]
  Two: !Not [!Equals [!Ref Stage, a]]
  Three: !Or [Condition: Two] # C0824 !Or [Condition: Two]
  Four: true # C0824 true
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Join [a, b, c] # C0824 !Join [a, b, c]
      DisplayName: !Sub [a] # C0824 !Sub [a]
      KmsMasterKeyId: !If [Two, a] # C0824 !If [Two, a]
"#,
    );
}

#[test]
fn references() {
    told(
        r#"Parameters:
  Stage: { Type: String }
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Sub "${Stage}-${Stag}" # C0825 !Sub "${Stage}-${Stag}"
      DisplayName: !Sub ["${Own}-${AWS::Region}-${!Not}", { Own: a }]
      KmsMasterKeyId: !Ref Key # C0825 !Ref Key
Outputs:
  Arn:
    Value: !GetAtt Topik.TopicArn # C0825 !GetAtt Topik.TopicArn
"#,
    );
}

#[test]
fn what_language_extensions_and_loops_make_is_not_told() {
    told(
        r"Transform: AWS::LanguageExtensions
Parameters:
  Policy: { Type: String }
Resources:
  Fn::ForEach::Topics:
    - Name
    - [A, B]
    - Topic${Name}:
        Type: AWS::SNS::Topic
  Queue:
    Type: AWS::SQS::Queue
    DeletionPolicy: !Ref Policy
    DependsOn: [TopicA]
",
    );
}
