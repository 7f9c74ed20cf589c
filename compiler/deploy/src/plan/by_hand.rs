//! What a person has to do before or during a deployment, because CloudFormation does not.
//!
//! In: a planned change with the resource as it was and as it will be. Out: lines for people. Always: each fact is one [`Rule`] with the
//! page of AWS that says it; where a template hides what a rule asks about (a parameter), the rule speaks only if it must hold anyway.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Action, Planned};

/// When a rule is about a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// Something new is made, also in place of another.
    Made,
    /// Something goes, also because another takes its place.
    Gone,
}

/// A fact.
struct Rule {
    ty: &'static str,
    when: When,
    /// Whether it holds for these properties.
    holds: fn(&Json) -> bool,
    says: &'static str,
    /// Where AWS says so.
    source: &'static str,
}

const RULES: [Rule; 15] = [
    Rule {
        ty: "AWS::CertificateManager::Certificate",
        when: When::Made,
        holds: |of| text(of, "/ValidationMethod") == Some("DNS") && !has_zones(of),
        says: "put the record that proves the domain into its DNS; the stack waits for it (`aws acm describe-certificate` tells it)",
        source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-certificatemanager-certificate.html",
    },
    Rule {
        ty: "AWS::CertificateManager::Certificate",
        when: When::Made,
        holds: |of| {
            matches!(text(of, "/ValidationMethod"), None | Some("EMAIL")) && of.pointer("/CertificateAuthorityArn").is_none()
        },
        says: "approve the certificate in the mail that the domain's owner gets; the stack waits for it",
        source: "https://docs.aws.amazon.com/acm/latest/userguide/email-validation.html",
    },
    Rule {
        ty: "AWS::SNS::Subscription",
        when: When::Made,
        holds: |of| matches!(text(of, "/Protocol"), Some("email" | "email-json" | "http" | "https")),
        says: "the subscriber has to confirm; nothing is delivered before",
        source: "https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html",
    },
    Rule {
        ty: "AWS::SNS::Topic",
        when: When::Made,
        holds: |of| {
            let list = of.pointer("/Subscription").and_then(Json::as_array);
            list.into_iter()
                .flatten()
                .any(|one| matches!(text(one, "/Protocol"), Some("email" | "email-json" | "http" | "https")))
        },
        says: "its subscribers have to confirm; nothing is delivered before",
        source: "https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html",
    },
    Rule {
        ty: "AWS::SES::EmailIdentity",
        when: When::Made,
        holds: |_| true,
        says: "verify the identity: the records of a domain go into its DNS, an address gets a mail; nothing is sent before",
        source: "https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html",
    },
    Rule {
        ty: "AWS::EC2::VPCPeeringConnection",
        when: When::Made,
        holds: |of| of.pointer("/PeerOwnerId").is_some() && of.pointer("/PeerRoleArn").is_none(),
        says: "the owner of the other VPC has to accept it, or `PeerRoleArn` lets CloudFormation do so; it waits until then",
        source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/peer-with-vpc-in-another-account.html",
    },
    Rule {
        ty: "AWS::CodeStarConnections::Connection",
        when: When::Made,
        holds: |_| true,
        says: "finish the connection in the console; it is pending before",
        source: "https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-update.html",
    },
    Rule {
        ty: "AWS::CodeConnections::Connection",
        when: When::Made,
        holds: |_| true,
        says: "finish the connection in the console; it is pending before",
        source: "https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-update.html",
    },
    Rule {
        ty: "AWS::Route53::HostedZone",
        when: When::Made,
        holds: |of| of.pointer("/VPCs").is_none(),
        says: "name its name servers where the domain is registered, or in the zone above; nobody finds it before",
        source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/migrate-dns-domain-in-use.html",
    },
    Rule {
        ty: "AWS::Route53::HostedZone",
        when: When::Gone,
        holds: |_| true,
        says: "remove records that others made in it; a zone with records is not deleted",
        source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DeleteHostedZone.html",
    },
    Rule {
        ty: "AWS::EC2::VPNConnection",
        when: When::Made,
        holds: |_| true,
        says: "set the customer's gateway up with the new connection's configuration",
        source: "https://docs.aws.amazon.com/vpn/latest/s2svpn/SetUpVPNConnections.html",
    },
    Rule {
        ty: "AWS::S3::Bucket",
        when: When::Gone,
        holds: |_| true,
        says: "empty the bucket first, old versions too; one that holds something is not deleted",
        source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html",
    },
    Rule {
        ty: "AWS::ECR::Repository",
        when: When::Gone,
        holds: |of| of.pointer("/EmptyOnDelete") != Some(&Json::Bool(true)),
        says: "delete its images first, or set `EmptyOnDelete` in a deployment before",
        source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ecr-repository.html",
    },
    Rule {
        ty: "AWS::Backup::BackupVault",
        when: When::Gone,
        holds: |_| true,
        says: "delete its recovery points first; a vault that holds some is not deleted",
        source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault.html",
    },
    Rule {
        ty: "AWS::IAM::Group",
        when: When::Gone,
        holds: |_| true,
        says: "take out users that were put in by hand; a group with users is not deleted",
        source: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html",
    },
];

/// Properties that keep a resource from being deleted while they are on. Their names say what they do; each is documented with its type.
const PROTECTIONS: [(&str, &str); 4] = [
    ("DeletionProtection", "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html"),
    (
        "DeletionProtectionEnabled",
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html",
    ),
    ("DeleteProtection", "https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_DeleteFirewall.html"),
    ("DisableApiTermination", "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html"),
];
/// The one of load balancers is among their attributes.
const OF_BALANCERS: (&str, &str) = (
    "deletion_protection.enabled",
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",
);
/// Copies of functions at the edge.
const REPLICAS: &str = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html";

/// Something that a person has to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByHand {
    /// What, for people.
    pub what: String,
    /// Where AWS says so.
    pub source: String,
}

/// What there is to do by hand for a change. `users` are the types of what uses it.
pub fn by_hand(planned: &Planned, before: Option<&Json>, after: Option<&Json>, users: &[&str]) -> Vec<ByHand> {
    let none = Json::Null;
    let properties = |resource: Option<&Json>| resource.and_then(|one| one.get("Properties")).cloned().unwrap_or(none.clone());
    let kept = |policy: &str| {
        let said = before.and_then(|one| one.get(policy)).and_then(Json::as_str);
        matches!(said, Some("Retain" | "RetainExceptOnCreate"))
    };
    let made = matches!(planned.action, Action::Create | Action::Replace | Action::MayReplace);
    let gone = match planned.action {
        Action::Delete => !kept("DeletionPolicy"),
        Action::Replace | Action::MayReplace => !kept("UpdateReplacePolicy"),
        _ => false,
    };
    let (old, new) = (properties(before), properties(after));
    let mut all: Vec<ByHand> = Vec::new();
    let mut say = |what: String, source: &str| all.push(ByHand { what, source: source.to_owned() });
    for rule in RULES.iter().filter(|rule| rule.ty == planned.ty) {
        let about = if rule.when == When::Made { made.then_some(&new) } else { gone.then_some(&old) };
        if about.is_some_and(|of| (rule.holds)(of)) {
            say(rule.says.to_owned(), rule.source);
        }
    }
    if gone {
        if let Some((name, source)) = protection(&old) {
            say(format!("switch `{name}` off in a deployment before; it is not deleted while it is on"), source);
        }
        let function = matches!(planned.ty.as_str(), "AWS::Lambda::Function" | "AWS::Lambda::Version");
        if function && users.contains(&"AWS::CloudFront::Distribution") {
            say("wait until CloudFront has removed its copies, which takes hours; it is not deleted before".to_owned(), REPLICAS);
        }
    }
    all
}

/// The property that keeps it from being deleted.
fn protection(properties: &Json) -> Option<(&'static str, &'static str)> {
    let on = |name: &str| match properties.get(name) {
        Some(Json::Bool(on)) => *on,
        Some(Json::String(text)) => text == "true" || text == "ACTIVE",
        _ => false,
    };
    let attribute = || {
        let list = properties.pointer("/LoadBalancerAttributes").and_then(Json::as_array);
        list.into_iter().flatten().any(|one| {
            text(one, "/Key") == Some(OF_BALANCERS.0) && matches!(one.get("Value"), Some(Json::String(on)) if on == "true")
        })
    };
    PROTECTIONS.into_iter().find(|(name, _)| on(name)).or_else(|| attribute().then_some(OF_BALANCERS))
}

fn text<'a>(properties: &'a Json, pointer: &str) -> Option<&'a str> {
    properties.pointer(pointer).and_then(Json::as_str)
}

/// Whether CloudFormation itself puts the records into the zones.
fn has_zones(of: &Json) -> bool {
    let options = of.pointer("/DomainValidationOptions").and_then(Json::as_array);
    options.is_some_and(|all| !all.is_empty() && all.iter().all(|one| one.get("HostedZoneId").is_some()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::offline::bare;
    use super::*;

    fn said(action: Action, ty: &str, properties: Json, users: &[&str]) -> Vec<String> {
        let resource = json!({ "Type": ty, "Properties": properties });
        let all = by_hand(&bare(action, "One", ty), Some(&resource), Some(&resource), users);
        assert!(all.iter().all(|one| one.source.starts_with("https://")));
        all.into_iter().map(|one| one.what).collect()
    }

    #[test]
    fn certificates_wait_for_a_person_unless_their_zone_is_known() {
        let ty = "AWS::CertificateManager::Certificate";
        let dns = json!({ "ValidationMethod": "DNS", "DomainName": "example.com" });
        assert_eq!(said(Action::Create, ty, dns, &[]).len(), 1);
        let zone = json!({ "ValidationMethod": "DNS", "DomainValidationOptions": [{ "DomainName": "a", "HostedZoneId": "Z" }] });
        assert_eq!(said(Action::Create, ty, zone, &[]), Vec::<String>::new());
        assert!(said(Action::Replace, ty, json!({}), &[])[0].contains("mail"));
        assert_eq!(said(Action::Update, ty, json!({}), &[]), Vec::<String>::new());
    }

    #[test]
    fn what_holds_something_is_emptied_before_it_goes() {
        assert!(said(Action::Delete, "AWS::S3::Bucket", json!({}), &[])[0].starts_with("empty the bucket"));
        let kept = json!({ "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain" });
        assert_eq!(by_hand(&bare(Action::Delete, "B", "AWS::S3::Bucket"), Some(&kept), None, &[]), Vec::new());
        assert_eq!(said(Action::Delete, "AWS::ECR::Repository", json!({ "EmptyOnDelete": true }), &[]), Vec::<String>::new());
    }

    #[test]
    fn protection_is_switched_off_before() {
        for (ty, properties) in [
            ("AWS::RDS::DBInstance", json!({ "DeletionProtection": true })),
            ("AWS::DynamoDB::Table", json!({ "DeletionProtectionEnabled": "true" })),
            ("AWS::Cognito::UserPool", json!({ "DeletionProtection": "ACTIVE" })),
            (
                "AWS::ElasticLoadBalancingV2::LoadBalancer",
                json!({ "LoadBalancerAttributes": [{ "Key": "deletion_protection.enabled", "Value": "true" }] }),
            ),
        ] {
            assert!(said(Action::Delete, ty, properties, &[])[0].starts_with("switch `"), "{ty}");
        }
        assert_eq!(
            said(Action::Delete, "AWS::RDS::DBInstance", json!({ "DeletionProtection": false }), &[]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn functions_at_the_edge_take_their_time() {
        let version = "AWS::Lambda::Version";
        assert_eq!(said(Action::Delete, version, json!({}), &["AWS::CloudFront::Distribution"]).len(), 1);
        assert_eq!(said(Action::Delete, version, json!({}), &["AWS::Lambda::Alias"]), Vec::<String>::new());
    }

    #[test]
    fn every_fact_is_about_a_real_type_and_has_a_source() {
        let schema = cloudc_schema::Schema::embedded();
        for rule in &RULES {
            assert!(schema.ty(rule.ty).is_some(), "{}", rule.ty);
            assert!(rule.source.starts_with("https://docs.aws.amazon.com/"), "{}", rule.source);
        }
    }
}
