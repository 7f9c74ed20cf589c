//! What everybody knows about CloudFormation, asked of the embedded data.

use cloudc_schema::*;

fn schema() -> Schema {
    Schema::embedded()
}

fn ty(name: &str) -> Type {
    schema().ty(name).unwrap_or_else(|| panic!("no type {name}"))
}

/// The property at a dotted path, the type first: `AWS::S3::Bucket.BucketName`.
fn at(path: &str) -> Property {
    let (name, rest) = path.split_once('.').expect("a type and a path");
    ty(name).property_at(rest).unwrap_or_else(|| panic!("nothing at {path}"))
}

/// The innermost element of lists.
fn leaf(node: Node) -> Node {
    match node.shape() {
        Shape::List(inner) => leaf(inner),
        _ => node,
    }
}

fn expects(path: &str) -> Vec<String> {
    leaf(at(path).node()).expects().iter().map(Ident::to_string).collect()
}

#[test]
fn all_types_are_there_and_readable() {
    let names = schema().names();
    assert!(names.len() >= 1890, "{} types", names.len());
    let mut properties = 0;
    for ty in schema().types() {
        properties += ty.properties().len();
        for object in ty.definitions() {
            assert!(object.name().is_some());
            properties += object.properties().len();
        }
        for attribute in ty.attributes() {
            assert_eq!(ty.attribute(attribute.name()), Some(attribute));
        }
        assert!(ty.attributes().len() > 0 || ty.provides().iter().all(|(access, _)| *access == Access::Ref), "{}", ty.name());
        assert!(show(ty, &ShowOptions::default()).is_some());
    }
    assert!(properties > 50_000, "{properties} properties");
}

#[test]
fn every_relationship_names_an_identity_that_its_type_provides() {
    let schema = schema();
    let pseudo = ["AWS::EC2::Image", "AWS::EC2::AvailabilityZone", "AWS::Route53::AliasTarget"];
    let mut positions = 0;
    for ty in schema.types() {
        let objects = ty.definitions().chain([ty.body()]);
        for property in objects.flat_map(|object| object.properties()) {
            for ident in leaf(property.node()).expects() {
                positions += 1;
                let found = schema.ty(ident.ty).is_some_and(|target| target.access_for(&[*ident]).is_some());
                assert!(
                    found || pseudo.contains(&ident.ty),
                    "{}: `{}` expects {ident}, which nothing gives",
                    ty.name(),
                    property.name()
                );
            }
        }
    }
    assert!(positions > 3_000, "{positions} relationships");
}

#[test]
fn ref_returns_what_the_reference_says() {
    for (name, attr) in [
        ("AWS::S3::Bucket", "BucketName"),
        ("AWS::SNS::Topic", "TopicArn"),
        ("AWS::SQS::Queue", "QueueUrl"),
        ("AWS::IAM::Role", "RoleName"),
        ("AWS::IAM::ManagedPolicy", "PolicyArn"),
        ("AWS::Lambda::Function", "FunctionName"),
        ("AWS::CertificateManager::Certificate", "CertificateArn"),
        ("AWS::EC2::SecurityGroup", "GroupId"),
        ("AWS::EC2::VPC", "VpcId"),
        ("AWS::EC2::Subnet", "SubnetId"),
        ("AWS::EC2::Instance", "InstanceId"),
        ("AWS::EC2::InternetGateway", "InternetGatewayId"),
        ("AWS::EC2::RouteTable", "RouteTableId"),
        ("AWS::EC2::EIP", "PublicIp"),
        ("AWS::Logs::LogGroup", "LogGroupName"),
        ("AWS::ECS::Service", "ServiceArn"),
        ("AWS::ECS::TaskDefinition", "TaskDefinitionArn"),
        ("AWS::ECS::Cluster", "ClusterName"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerArn"),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupArn"),
        ("AWS::ElasticLoadBalancingV2::Listener", "ListenerArn"),
        ("AWS::RDS::DBInstance", "DBInstanceIdentifier"),
        ("AWS::RDS::DBCluster", "DBClusterIdentifier"),
        ("AWS::SecretsManager::Secret", "Id"),
        ("AWS::KMS::Key", "KeyId"),
        ("AWS::KMS::Alias", "AliasName"),
        ("AWS::Kinesis::Stream", "Name"),
        ("AWS::DynamoDB::Table", "TableName"),
        ("AWS::StepFunctions::StateMachine", "Arn"),
        ("AWS::Route53::HostedZone", "Id"),
        ("AWS::CloudFront::Distribution", "Id"),
        ("AWS::ApiGateway::RestApi", "RestApiId"),
        ("AWS::ApiGateway::Resource", "ResourceId"),
        ("AWS::ApiGatewayV2::Api", "ApiId"),
        ("AWS::Cognito::UserPool", "UserPoolId"),
        ("AWS::Cognito::UserPoolClient", "ClientId"),
        ("AWS::EFS::FileSystem", "FileSystemId"),
        ("AWS::ECR::Repository", "RepositoryName"),
        ("AWS::Events::Rule", "Name"),
        ("AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName"),
        ("AWS::CloudWatch::Alarm", "AlarmName"),
        ("AWS::SSM::Parameter", "Name"),
        ("AWS::EKS::Cluster", "Name"),
    ] {
        assert_eq!(ty(name).ref_ident().to_string(), format!("{name}.{attr}"));
    }
}

#[test]
fn relationships_lead_to_the_right_identities() {
    for (path, wanted) in [
        ("AWS::Lambda::Function.Role", "AWS::IAM::Role.Arn"),
        ("AWS::EC2::Subnet.VpcId", "AWS::EC2::VPC.VpcId"),
        ("AWS::ECS::Service.Cluster", "AWS::ECS::Cluster.ClusterName"),
        ("AWS::ECS::Service.Cluster", "AWS::ECS::Cluster.Arn"),
        ("AWS::ECS::Service.TaskDefinition", "AWS::ECS::TaskDefinition.TaskDefinitionArn"),
        ("AWS::ECS::Service.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups", "AWS::EC2::SecurityGroup.GroupId"),
        ("AWS::Lambda::Function.VpcConfig.SecurityGroupIds", "AWS::EC2::SecurityGroup.GroupId"),
        ("AWS::Lambda::Function.VpcConfig.SubnetIds", "AWS::EC2::Subnet.SubnetId"),
        (
            "AWS::ElasticLoadBalancingV2::Listener.Certificates.CertificateArn",
            "AWS::CertificateManager::Certificate.CertificateArn",
        ),
        (
            "AWS::CloudFront::Distribution.DistributionConfig.ViewerCertificate.AcmCertificateArn",
            "AWS::CertificateManager::Certificate.CertificateArn",
        ),
        ("AWS::S3::BucketPolicy.Bucket", "AWS::S3::Bucket.BucketName"),
        ("AWS::Lambda::Permission.FunctionName", "AWS::Lambda::Function.FunctionName"),
        ("AWS::Lambda::Permission.FunctionName", "AWS::Lambda::Function.Arn"),
        ("AWS::Lambda::EventSourceMapping.EventSourceArn", "AWS::SQS::Queue.Arn"),
        ("AWS::Lambda::EventSourceMapping.EventSourceArn", "AWS::DynamoDB::Table.StreamArn"),
        ("AWS::CloudWatch::Alarm.AlarmActions", "AWS::SNS::Topic.TopicArn"),
        ("AWS::RDS::DBInstance.DBSubnetGroupName", "AWS::RDS::DBSubnetGroup.DBSubnetGroupName"),
        ("AWS::RDS::DBInstance.VPCSecurityGroups", "AWS::EC2::SecurityGroup.GroupId"),
        ("AWS::Route53::RecordSet.HostedZoneId", "AWS::Route53::HostedZone.Id"),
        ("AWS::EC2::Route.RouteTableId", "AWS::EC2::RouteTable.RouteTableId"),
        ("AWS::EC2::NatGateway.AllocationId", "AWS::EC2::EIP.AllocationId"),
        ("AWS::SQS::QueuePolicy.Queues", "AWS::SQS::Queue.QueueUrl"),
        ("AWS::IAM::Role.ManagedPolicyArns", "AWS::IAM::ManagedPolicy.PolicyArn"),
        ("AWS::Cognito::UserPoolClient.UserPoolId", "AWS::Cognito::UserPool.UserPoolId"),
        ("AWS::ApiGateway::Method.RestApiId", "AWS::ApiGateway::RestApi.RestApiId"),
        ("AWS::ApiGatewayV2::Route.ApiId", "AWS::ApiGatewayV2::Api.ApiId"),
        ("AWS::EFS::MountTarget.FileSystemId", "AWS::EFS::FileSystem.FileSystemId"),
        ("AWS::AutoScaling::AutoScalingGroup.TargetGroupARNs", "AWS::ElasticLoadBalancingV2::TargetGroup.TargetGroupArn"),
        ("AWS::SNS::Subscription.TopicArn", "AWS::SNS::Topic.TopicArn"),
        ("AWS::KMS::Alias.TargetKeyId", "AWS::KMS::Key.KeyId"),
    ] {
        let found = expects(path);
        assert!(found.contains(&wanted.to_owned()), "{path} expects {found:?}, not {wanted}");
    }
}

#[test]
fn a_type_does_not_expect_itself_by_its_own_name() {
    for path in [
        "AWS::S3::Bucket.BucketName",
        "AWS::ECS::Cluster.ClusterName",
        "AWS::Logs::LogGroup.LogGroupName",
        "AWS::DynamoDB::GlobalTable.TableName",
    ] {
        assert_eq!(expects(path), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn a_handle_fits_by_the_first_identity_it_provides() {
    let access = |from: &str, to: &str| ty(from).access_for(leaf(at(to).node()).expects()).map(|(access, _)| access);
    assert_eq!(access("AWS::IAM::Role", "AWS::Lambda::Function.Role"), Some(Access::Attr("Arn")));
    assert_eq!(access("AWS::EC2::VPC", "AWS::EC2::Subnet.VpcId"), Some(Access::Ref));
    assert_eq!(access("AWS::EC2::SecurityGroup", "AWS::Lambda::Function.VpcConfig.SecurityGroupIds"), Some(Access::Ref));
    assert_eq!(access("AWS::EC2::EIP", "AWS::EC2::NatGateway.AllocationId"), Some(Access::Attr("AllocationId")));
    assert_eq!(access("AWS::S3::Bucket", "AWS::EC2::Subnet.VpcId"), None);
}

#[test]
fn identities_are_found_by_every_name_they_have() {
    let schema = schema();
    let group = schema.ident("AWS::EC2::SecurityGroup", "GroupId");
    assert_eq!(group, Some(ty("AWS::EC2::SecurityGroup").ref_ident()));
    assert_eq!(schema.ident("AWS::EC2::SecurityGroup", "Id"), group);
    assert!(schema.ident("AWS::EC2::Image", "Id").is_some());
    assert!(schema.ident("AWS::EC2::AvailabilityZone", "Name").is_some());
    assert_eq!(schema.ident("AWS::S3::Bucket", "Nonsense"), None);
    let vpc_of_subnet = ty("AWS::EC2::Subnet").attribute("VpcId").expect("an attribute");
    assert!(vpc_of_subnet.idents().contains(&ty("AWS::EC2::VPC").ref_ident()));
}

#[test]
fn constraints_are_those_of_the_service() {
    let timeout = at("AWS::Lambda::Function.Timeout");
    assert_eq!((timeout.shape(), timeout.constraints().min, timeout.unit()), (Shape::Integer, Some(1.0), Some(Unit::Seconds)));
    let runtime = at("AWS::Lambda::Function.Runtime").constraints();
    assert!(runtime.allowed.contains(&Scalar::Str("python3.13")), "{:?}", runtime.allowed);
    let class = at("AWS::RDS::DBInstance.DBInstanceClass").constraints();
    assert!(class.open && class.allowed.contains(&Scalar::Str("db.t4g.micro")));
    let instance = at("AWS::EC2::Instance.InstanceType").constraints();
    assert!(instance.open && instance.allowed.contains(&Scalar::Str("t3.micro")));
    assert!(at("AWS::S3::Bucket.BucketName").constraints().pattern.is_some());
    assert!(at("AWS::Lambda::Function.Code").required());
    assert!(at("AWS::S3::Bucket.Tags").constraints().max_items.is_none_or(|most| most >= 50));
    let days = at("AWS::Logs::LogGroup.RetentionInDays");
    assert!(days.constraints().allowed.contains(&Scalar::Int(30)));
    assert_eq!(days.unit(), Some(Unit::Days));
    assert_eq!(at("AWS::Lambda::Function.MemorySize").unit(), Some(Unit::MiB));
    assert_eq!(at("AWS::RDS::DBInstance.AllocatedStorage").unit(), Some(Unit::GiB));
    assert_eq!(at("AWS::ECS::TaskDefinition.Memory").unit(), Some(Unit::MiB));
    assert_eq!(at("AWS::SQS::Queue.MessageRetentionPeriod").unit(), Some(Unit::Seconds));
}

#[test]
fn shapes_are_what_a_checker_needs() {
    assert_eq!(at("AWS::IAM::Role.AssumeRolePolicyDocument").shape(), Shape::Json);
    assert_eq!(at("AWS::IAM::Role.AssumeRolePolicyDocument").text(), Text::TrustPolicy);
    assert_eq!(at("AWS::IAM::ManagedPolicy.PolicyDocument").text(), Text::Policy);
    assert_eq!(at("AWS::IAM::ManagedPolicy.PolicyDocument").shape(), Shape::Json);
    assert_eq!(at("AWS::EC2::Instance.UserData").text(), Text::Base64);
    assert_eq!(at("AWS::StepFunctions::StateMachine.DefinitionString").text(), Text::Json);
    assert!(
        matches!(at("AWS::Lambda::Function.Environment.Variables").shape(), Shape::Map { value, .. } if value.shape() == Shape::String)
    );
    assert_eq!(at("AWS::S3::Bucket.Tags").key_value_names(), Some(("Key", "Value")));
    assert_eq!(at("AWS::CloudWatch::Alarm.Dimensions").key_value_names(), Some(("Name", "Value")));
    assert_eq!(at("AWS::ECS::TaskDefinition.ContainerDefinitions.Environment").key_value_names(), Some(("Name", "Value")));
    assert_eq!(at("AWS::EC2::SecurityGroup.SecurityGroupIngress").key_value_names(), None);
    assert_eq!(ty("AWS::S3::Bucket").tag_style(), TagStyle::List);
    assert_eq!(ty("AWS::ApiGatewayV2::Api").tag_style(), TagStyle::Map);
    assert_eq!(ty("AWS::AutoScaling::AutoScalingGroup").tag_style(), TagStyle::Propagating);
    assert!(ty("AWS::S3::Bucket").definition("Rule").is_some());
}

#[test]
fn updates_say_what_is_replaced() {
    for path in
        ["AWS::S3::Bucket.BucketName", "AWS::EC2::Subnet.CidrBlock", "AWS::DynamoDB::Table.TableName", "AWS::EC2::VPC.CidrBlock"]
    {
        assert_eq!(at(path).update(), Update::Replace, "{path}");
    }
    assert_eq!(at("AWS::Lambda::Function.Timeout").update(), Update::InPlace);
    assert!(at("AWS::S3::Bucket.Arn").read_only());
    assert!(at("AWS::RDS::DBInstance.MasterUserPassword").write_only());
}

#[test]
fn attributes_are_those_getatt_takes() {
    let endpoint = ty("AWS::RDS::DBInstance").attribute("Endpoint.Address").expect("an attribute");
    assert_eq!(endpoint.shape(), Shape::String);
    assert!(ty("AWS::CloudFormation::Stack").attribute("Outputs.Anything").is_some());
    assert!(schema().ty("Custom::Thing").is_some_and(|ty| ty.attribute("Anything").is_some()));
    assert!(ty("AWS::S3::Bucket").attribute("BucketName").is_none());
    assert!(ty("AWS::IAM::Role").attribute("RoleId").is_some());
}

#[test]
fn availability_permissions_and_state() {
    assert_eq!(ty("AWS::S3::Bucket").available_in("eu-west-1"), Some(true));
    assert_eq!(ty("AWS::S3::Bucket").available_in("mars-north-1"), None);
    assert!(ty("AWS::S3::Bucket").permissions().create.contains(&"s3:CreateBucket"));
    assert!(ty("AWS::S3::Bucket").is_stateful() && ty("AWS::DynamoDB::Table").is_stateful());
    assert!(!ty("AWS::SNS::Topic").is_stateful());
    assert!(regions::find("eu-west-1").is_some_and(|region| region.zone_names().count() == 3));
    assert!(regions::all().windows(2).all(|pair| pair[0].code < pair[1].code));
    for region in ty("AWS::S3::Bucket").regions() {
        assert!(regions::find(region).is_some(), "{region}");
    }
}

#[test]
fn groups_are_checked_in_three_values() {
    let broken = |name: &str, given: &[(&str, &str)]| -> Vec<String> {
        let mut look = |path: &[&str]| {
            let joined = path.join(".");
            let found = given.iter().find(|(at, _)| *at == joined);
            found.map_or(Seen::Absent, |(_, value)| Seen::Str((*value).to_owned()))
        };
        let verdicts = ty(name).groups().iter().map(|group| group.check(&mut look));
        verdicts.filter_map(|verdict| if let Verdict::Broken(text) = verdict { Some(text) } else { None }).collect()
    };
    let paid = [("BillingMode", "PAY_PER_REQUEST"), ("KeySchema", "")];
    assert_eq!(broken("AWS::DynamoDB::Table", &paid), Vec::<String>::new());
    let provisioned = [("BillingMode", "PROVISIONED"), ("KeySchema", "")];
    assert!(!broken("AWS::DynamoDB::Table", &provisioned).is_empty());
    let target = [("TargetType", "lambda"), ("Port", "80")];
    assert!(!broken("AWS::ElasticLoadBalancingV2::TargetGroup", &target).is_empty());
}

#[test]
fn search_finds_what_people_mean() {
    let schema = schema();
    let first = |text: &str| schema.search(text, 5).first().map(|hit| hit.name);
    for (text, name) in [
        ("bucket", "AWS::S3::Bucket"),
        ("lambda fn", "AWS::Lambda::Function"),
        ("AWS::S3::Bucket", "AWS::S3::Bucket"),
        ("s3 bucket", "AWS::S3::Bucket"),
        ("sns topic", "AWS::SNS::Topic"),
        ("vpc", "AWS::EC2::VPC"),
        ("security group", "AWS::EC2::SecurityGroup"),
        ("dynamodb table", "AWS::DynamoDB::Table"),
        ("alb", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
        ("role", "AWS::IAM::Role"),
        ("lamda function", "AWS::Lambda::Function"),
        ("hosted zone", "AWS::Route53::HostedZone"),
    ] {
        assert_eq!(first(text), Some(name), "{text}: {:?}", schema.search(text, 5));
    }
    for (typo, name) in [
        ("AWS::S3::Bukcet", "AWS::S3::Bucket"),
        ("aws::s3::bucket", "AWS::S3::Bucket"),
        ("S3::Bucket", "AWS::S3::Bucket"),
        ("AWS::DynamoDb::Tabel", "AWS::DynamoDB::Table"),
    ] {
        assert_eq!(schema.suggest(typo), Some(name), "{typo}");
    }
    assert_eq!(schema.suggest("xyzzy"), None);
    assert!(schema.search("", 10).is_empty());
}
