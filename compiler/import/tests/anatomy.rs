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

#[test]
fn what_parameters_hold() {
    told(
        r"Parameters:
  Kind:
    Type: Boolean # C0824 Boolean
  Size:
    Type: Number
    MinValue: a # C0824 a
    MaxLength: 3 # C0822 MaxLength
  Stage:
    Type: String
    Default: !Ref Size # C0824 !Ref Size
    NoEcho: 7 # C0824 7
    Description: # C0824 Description
  Zones:
    Type: List<AWS::EC2::AvailabilityZone::Name>
  Image:
    Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>
Resources:
  Topic:
    Type: AWS::SNS::Topic
",
    );
}

#[test]
fn names_and_headers() {
    told(
        r"AWSTemplateFormatVersion: 2010-09-10 # C0824 2010-09-10
Metadata:
  AWS::CloudFormation::Interface:
    ParameterLabels:
      Stage:
        Default: x # C0822 Default
Parameters:
  Stage: { Type: String }
  Stages: { Type: CommaDelimitedList }
Mappings:
  By.Stage: # C0824 By.Stage
    dev-1: { size_a: 1 } # C0824 size_a
Conditions:
  Is-Prod: !Equals [!Ref Stage, prod]
  Some: !Equals [!Ref Stages, prod] # C0824 !Equals [!Ref Stages, prod]
  Named: !Ref Stage # C0824 !Ref Stage
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: Nowhere # C0825 Nowhere
    Properties:
      DisplayName: !If [Never, a, b] # C0825 Never
",
    );
    told(
        r"Resources:
  Fn::ForEach::Queues: [Name, [A], { 'Queue${Name}': { Type: AWS::SQS::Queue } }] # C0824 Fn::ForEach::Queues
",
    );
}

#[test]
fn functions_over_several_lines_are_told_where_they_begin() {
    told(
        r"Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Sub # C0824 !Sub
        - a
      DisplayName:
        Fn::Sub: # C0824 Fn::Sub
          - a
      KmsMasterKeyId: !GetAZs eu-west-1a # C0824 !GetAZs eu-west-1a
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName:
        Fn::GetStackOutput: # C0823 Fn::GetStackOutput
          StackName: other
          Output: x # C0822 Output
",
    );
}

#[test]
fn texts_that_are_read_otherwise() {
    told(
        r#"Parameters:
  Stage: { Type: String }
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: "of ${Stage}" # C0827 "of ${Stage}"
      TopicName: !Sub "${Stage}-topic"
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: arn:aws:iam::123456789012:role/r
      DefinitionString: '{"a": "${Own}", "b": "${Other}"}' # C0827 '{"a": "${Own}", "b": "${Other}"}'
      DefinitionSubstitutions: { Own: x }
  App:
    Type: AWS::Amplify::App
    Properties:
      Name: app
      OauthToken: "{{resolve:ssm-secure:token:1}}" # C0828 "{{resolve:ssm-secure:token:1}}"
  Login:
    Type: AWS::IAM::User
    Properties:
      LoginProfile: { Password: "{{resolve:ssm-secure:login:1}}" }
"#,
    );
}

#[test]
fn what_modules_do_not_take() {
    told(
        r"Resources:
  Store: # C0415 Store
    Type: My::S3::Bucket::MODULE
    CreationPolicy: {} # C0829 CreationPolicy
    Properties:
      Tags: [] # C0829 Tags
  Bucket:
    Type: AWS::S3::Bucket
    DependsOn: StoreBucket
",
    );
}

#[test]
fn types_of_sam_need_its_transform() {
    told(
        r"Resources:
  Api:
    Type: AWS::Serverless::Api # C0422 AWS::Serverless::Api
    Properties:
      StageName: !Ref Stge # C0825 !Ref Stge
",
    );
}

#[test]
fn what_is_missing_is_missing_in_the_properties() {
    told(
        r"Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: # C0402 Properties
      RoleName: reader
  Parameter:
    Type: AWS::SSM::Parameter
    Properties:
      Type: String
      Value: x
      Tags: # C0301 Tags
        - Key: a
          Value: b
",
    );
}

#[test]
fn errors_hide_none_between_resources() {
    told(
        r"Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketNam: a # C0401 BucketNam
  First:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !GetAtt Queue.QueueName # C0601 !GetAtt Queue.QueueName
  Second:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: shop
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !GetAtt First.TopicName
  Function:
    Type: AWS::IAM::Group
    Properties:
      GroupName: readers
  Again:
    Type: AWS::IAM::Group
    Properties:
      GroupName: readers # C0603 readers
",
    );
}

#[test]
fn what_is_said_of_a_resource_or_its_type() {
    told(
        r"Resources:
  Ledger:
    Type: AWS::QLDB::Ledger # C0425 AWS::QLDB::Ledger
    Properties:
      Name: books
      PermissionsMode: STANDARD
  Bucket:
    Type: AWS::S3::Buckt # C0408 AWS::S3::Buckt
  Topic:
    Type: AWS::SNS::Topic
    Property: {} # C0822 Property
    DeletionPolicy: Snapshot # C0824 Snapshot
  Queue:
    Type: AWS::SQS::Queue
    Properties: none # C0824 none
",
    );
}

#[test]
fn rings_are_those_of_the_template() {
    told(
        r"Conditions:
  Here: !Equals [!Ref AWS::Region, eu-west-1]
  There: !Not [!Condition Here]
Resources:
  Inside:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: inside
      VpcId: vpc-0123456789abcdef0
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 80
          ToPort: 80
          SourceSecurityGroupId: !GetAtt Outside.GroupId # C0601 !GetAtt Outside.GroupId
  Outside:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: outside
      VpcId: vpc-0123456789abcdef0
      SecurityGroupEgress:
        - {IpProtocol: tcp, FromPort: 80, ToPort: 80, DestinationSecurityGroupId: !GetAtt Inside.GroupId}
  Named:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: told
      DisplayName: !Sub '${Named.TopicName}' # C0601 !Sub '${Named.TopicName}'
  First:
    Type: AWS::SNS::Topic
    Condition: Here
    DependsOn: Second
  Second:
    Type: AWS::SNS::Topic
    Condition: There
    DependsOn: First
  Third:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !If [Here, !Ref Fourth, none]
  Fourth:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !If [Here, none, !Ref Third]
",
    );
}

#[test]
fn what_sam_gives_to_all() {
    told(
        r"Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeot: 5 # C0822 Timeot
    Runtime: python3.13
  Functions: {} # C0822 Functions
  Api: [] # C0824 Api
Resources:
  F:
    Type: AWS::Serverless::Function
    IgnoreGlobals:
      - Runtim # C0822 Runtim
      - Runtime
    Properties:
      Runtime: python3.13
      Handler: a.b
      InlineCode: x
",
    );
    told(
        r"Globals: # C0422 Globals
  Function: {Timeout: 5}
Resources:
  Q: {Type: AWS::SQS::Queue}
",
    );
}

#[test]
fn transforms_that_aws_does_not_host() {
    told(
        r"Transform: [AWS::Serverless-2016-10-30, Own, {Name: AWS::Includes}] # C0825 AWS::Serverless-2016-10-30
Resources:
  Q: {Type: AWS::SQS::Queue}
"
        .replace("{Name: AWS::Includes}", "AWS::Include")
        .as_str(),
    );
}

#[test]
fn functions_that_do_not_exist() {
    told(
        r"Resources:
  A:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: {'Fn::Reff': B} # C0825 'Fn::Reff'
      TopicName: !GetAtt B # C0824 !GetAtt B
  B:
    Type: AWS::SQS::Queue
    DeletionPolicy: {'Fn::Equals': [a, b]} # C0824 DeletionPolicy
",
    );
}

#[test]
fn documents_have_statements() {
    told(
        r"Resources:
  U:
    Type: AWS::IAM::User
    Properties:
      Policies:
        - PolicyName: p
          PolicyDocument: # C0416 PolicyDocument
            Effect: Allow
            Action: s3:GetObject
            Resource: '*'
  M:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: # C0416 PolicyDocument
        - Statement: []
",
    );
}

#[test]
fn both_sides_of_properties_that_are_a_choice() {
    told(
        r"Conditions:
  C: !Equals [!Ref AWS::Region, eu-west-1]
Resources:
  Q:
    Type: AWS::SQS::Queue
    Properties:
      Fn::If:
        - C
        - VisibilityTimeout: 50000 # C0407 50000
        - DelaySecs: 5 # C0401 DelaySecs
",
    );
}
