//! Statements of policies, and what they are about: resources become ARNs, principals what IAM calls them.

use crate::infer::{Ctx, Expect, Why};
use crate::phase::Phase;
use crate::ty::{Kind, Ty};
use crate::typed::{self, Coercion, Entry, Id, Key};
use cloudc_hir::Problem;
use cloudc_hir::body::ExprId;
use cloudc_schema::{Access, Node, Text, Type};

/// Types whose `Ref` is an ARN though it is not called so.
const REF_IS_ARN: [&str; 3] =
    ["AWS::SecretsManager::Secret", "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::Events::Connection"];

impl Ctx<'_> {
    /// Statements as the document that the position wants.
    pub fn policy_of(&mut self, id: Id, node: Node, expect: &Expect, src: ExprId) -> Id {
        // `AWS::Events::EventBusPolicy` takes a single statement there.
        if matches!(&expect.why, Why::Property(name) if name == "Statement") {
            return id;
        }
        self.node(typed::Kind::Coerce(Coercion::PolicyDocument { identity: node.text() == Text::Policy }, id), src)
    }

    pub(super) fn fit_statement(&mut self, id: Id, ty: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        match &ty.kind {
            Kind::Statement | Kind::Json | Kind::Record(_) | Kind::Map(..) => (id, Ty::at(Kind::Statement, ty.deepest())),
            _ => self.mismatch(ty, expect, src),
        }
    }

    /// What a statement is about: an ARN.
    pub(super) fn fit_target(&mut self, id: Id, ty: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        match &ty.kind {
            Kind::Handle(handle) if handle.name() == "AWS::S3::Bucket" => {
                let arn = self.identify(id, Access::Attr("Arn"), src);
                let both = self.node(typed::Kind::Coerce(Coercion::BucketAndObjects, arn), src);
                (both, Ty::at(Kind::Target, Phase::DEPLOY))
            }
            Kind::Handle(handle) => match arn_of(*handle) {
                Some(access) => (self.identify(id, access, src), Ty::at(Kind::Target, Phase::DEPLOY)),
                None => self.no_arn(ty, src),
            },
            Kind::Instance(..) | Kind::Custom(_) => self.no_arn(ty, src),
            kind if kind.is_text() || *kind == Kind::Json => (id, Ty::at(Kind::Target, ty.phase)),
            _ => self.mismatch(ty, expect, src),
        }
    }

    fn no_arn(&mut self, ty: &Ty, src: ExprId) -> (Id, Ty) {
        let shown = self.show(ty);
        let problem = Problem::error("C0317", self.at(src), format!("`{shown}` has no ARN that could be meant here"))
            .help("give the ARN as text, for example `\"arn:${aws.partition}:…\"`, or an output that is one");
        self.fail(src, problem)
    }

    /// Who a statement is about: roles and users by their ARN, what people sign in with as a federated principal.
    pub(super) fn fit_principal(&mut self, id: Id, ty: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let found = |phase| Ty::at(Kind::Principal, phase);
        match &ty.kind {
            Kind::Handle(handle) => match handle.name() {
                "AWS::IAM::Role" | "AWS::IAM::User" => (self.identify(id, Access::Attr("Arn"), src), found(Phase::DEPLOY)),
                "AWS::IAM::OIDCProvider" | "AWS::IAM::SAMLProvider" => {
                    let arn = self.identify(id, Access::Attr("Arn"), src);
                    let entry = Entry::Field { key: Key::Text("Federated".into()), value: arn, guard: None, site: src };
                    (self.node(typed::Kind::Record(vec![entry]), src), found(Phase::DEPLOY))
                }
                _ => {
                    let shown = self.show(ty);
                    let problem =
                        Problem::error("C0318", self.at(src), format!("`{shown}` is nobody who could be allowed something"))
                            .help("name a role or user, or a service as text: `\"lambda.amazonaws.com\"`");
                    self.fail(src, problem)
                }
            },
            Kind::Record(_) | Kind::Map(..) | Kind::Json => (id, found(ty.deepest())),
            kind if kind.is_text() => (id, found(ty.phase)),
            _ => self.mismatch(ty, expect, src),
        }
    }
}

/// Which of a resource's values is its ARN.
fn arn_of(handle: Type) -> Option<Access> {
    if handle.attribute("Arn").is_some() {
        return Some(Access::Attr("Arn"));
    }
    if handle.ref_ident().attr.ends_with("Arn") || REF_IS_ARN.contains(&handle.name()) {
        return Some(Access::Ref);
    }
    // `TopicArn`, `LoadBalancerArn`: the one that is called after the type.
    let short = handle.name().rsplit("::").next().unwrap_or_default();
    let own = format!("{short}Arn");
    handle.attributes().find(|attribute| attribute.name() == own).map(|attribute| Access::Attr(attribute.name()))
}
