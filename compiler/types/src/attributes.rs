//! `@attributes`: which there are, what they take, and on what they make sense.

use cloudc_hir::body::{self, ExprId};
use cloudc_hir::{Anchor, Decl, DeclKind, Part, Problem};

use crate::infer::{Ctx, Expect, Why};
use crate::phase::{Base, Phase};
use crate::ty::{Kind, Lit, Ty};
use crate::typed::{Attr, AttrKind, Id, Root};

const RESOURCES: &[DeclKind] = &[DeclKind::Resource];
const ANYTHING: &[DeclKind] = &[
    DeclKind::Resource,
    DeclKind::Output,
    DeclKind::Param,
    DeclKind::Input,
    DeclKind::Component,
    DeclKind::Fn,
    DeclKind::Let,
    DeclKind::Stack,
    DeclKind::Existing,
    DeclKind::Type,
    DeclKind::If,
    DeclKind::For,
];

/// Every attribute and the declarations it fits.
pub(crate) const KNOWN: &[(&str, &[DeclKind])] = &[
    ("retain", RESOURCES),
    ("snapshot", RESOURCES),
    ("deletion_policy", RESOURCES),
    ("update_replace_policy", RESOURCES),
    ("protect", RESOURCES),
    ("depends_on", RESOURCES),
    ("id", &[DeclKind::Resource, DeclKind::Output, DeclKind::Param, DeclKind::Let, DeclKind::Assert, DeclKind::If]),
    ("nested", &[DeclKind::Component, DeclKind::Resource]),
    ("export", &[DeclKind::Output]),
    ("adopt", RESOURCES),
    ("metadata", RESOURCES),
    ("creation_policy", RESOURCES),
    ("update_policy", RESOURCES),
    ("usage", RESOURCES),
    ("deprecated", ANYTHING),
    ("allow", ANYTHING),
    ("message", &[DeclKind::Param]),
    ("label", &[DeclKind::Param]),
    ("group", &[DeclKind::Param]),
];

/// From "CreationPolicy attribute" in the CloudFormation template reference.
pub(crate) const CREATION_POLICIES: [&str; 4] =
    ["AWS::AppStream::Fleet", "AWS::AutoScaling::AutoScalingGroup", "AWS::CloudFormation::WaitCondition", "AWS::EC2::Instance"];

/// From "UpdatePolicy attribute" in the CloudFormation template reference.
pub(crate) const UPDATE_POLICIES: [&str; 6] = [
    "AWS::AppStream::Fleet",
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::Elasticsearch::Domain",
    "AWS::Lambda::Alias",
    "AWS::OpenSearchService::Domain",
];

/// What takes a snapshot before it goes, of `DeletionPolicy: Snapshot` in the CloudFormation user guide.
pub const SNAPSHOTS: [&str; 11] = [
    "AWS::DocDB::DBCluster",
    "AWS::EC2::Volume",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::Neptune::DBCluster",
    "AWS::Neptune::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::Redshift::Cluster",
    "AWS::RDS::GlobalCluster",
    "AWS::FSx::FileSystem",
];

impl Ctx<'_> {
    /// The attributes of this declaration.
    pub fn attributes(&mut self, _root: &Root) -> Vec<Attr> {
        let attrs = self.body.attrs.clone();
        self.attributes_of(&attrs, self.decl)
    }

    /// Attributes that go onto `target`.
    pub fn attributes_of(&mut self, attrs: &[body::Attr], target: Decl) -> Vec<Attr> {
        let mut typed = Vec::new();
        for (index, attr) in attrs.iter().enumerate() {
            let at = self.attribute_anchor(attr, index, target);
            if attrs[..index].iter().any(|other| other.name == attr.name) && attr.name != "allow" {
                self.problems.push(Problem::error("C0341", at, format!("`@{}` is written twice", attr.name)));
                continue;
            }
            if attr.name == "snapshot" && attrs[..index].iter().any(|other| other.name == "retain")
                || attr.name == "retain" && attrs[..index].iter().any(|other| other.name == "snapshot")
            {
                let problem = Problem::error("C0341", at, "a resource is either kept or replaced by a snapshot");
                self.problems.push(problem.help("choose `@retain` or `@snapshot`"));
                continue;
            }
            if self.known_attribute(attr, at, target)
                && let Some(kind) = self.attribute_kind(attr, at, target)
            {
                typed.push(Attr { kind, index: index as u32 });
            }
        }
        typed
    }

    fn attribute_anchor(&self, attr: &body::Attr, index: usize, target: Decl) -> Anchor {
        if target == self.decl {
            return Anchor { decl: self.decl, part: Part::Attr(index as u32) };
        }
        // In `with`: the attribute's own place is not kept, its argument's is.
        attr.args.first().map_or(Anchor::name(self.decl), |arg| self.at(arg.value))
    }

    fn known_attribute(&mut self, attr: &body::Attr, at: Anchor, target: Decl) -> bool {
        let Some((name, fits)) = KNOWN.iter().find(|(name, _)| attr.name == *name) else {
            let names = KNOWN.iter().map(|(name, _)| *name);
            let mut problem = Problem::error("C0340", at, format!("there is no attribute `@{}`", attr.name));
            problem = match cloudc_base::suggest::nearest(&attr.name, names.clone()) {
                Some(near) => problem.help(format!("did you mean `@{near}`?")),
                None => {
                    problem.note(format!("there are {}", names.map(|name| format!("@{name}")).collect::<Vec<_>>().join(", ")))
                }
            };
            self.problems.push(problem);
            return false;
        };
        let kind = target.kind(self.db);
        if !fits.contains(&kind) {
            let places: Vec<&str> = fits.iter().map(|kind| kind.keyword()).collect();
            self.problems.push(
                Problem::error("C0342", at, format!("`@{name}` means nothing on `{}`", kind.keyword()))
                    .note(format!("it goes before {}", places.join(", "))),
            );
            return false;
        }
        true
    }

    fn attribute_kind(&mut self, attr: &body::Attr, at: Anchor, target: Decl) -> Option<AttrKind> {
        Some(match attr.name.as_str() {
            "retain" => AttrKind::Retain(self.optional_condition(attr, at)?),
            "snapshot" => {
                self.can_snapshot(at, target)?;
                AttrKind::Snapshot(self.optional_condition(attr, at)?)
            }
            "deletion_policy" => {
                AttrKind::DeletionPolicy(self.one_of(attr, at, &["Delete", "Retain", "Snapshot", "RetainExceptOnCreate"])?)
            }
            "update_replace_policy" => AttrKind::UpdateReplacePolicy(self.one_of(attr, at, &["Delete", "Retain", "Snapshot"])?),
            "protect" => self.no_arguments(attr, at).map(|()| AttrKind::Protect)?,
            "nested" => self.no_arguments(attr, at).map(|()| AttrKind::Nested)?,
            "depends_on" => AttrKind::DependsOn(self.handles(attr, at)?),
            "id" => AttrKind::LogicalId(self.logical_id(attr, at)?),
            "export" => AttrKind::Export(self.text(attr, at, Base::Param)?),
            "adopt" => AttrKind::Adopt(self.text(attr, at, Base::Const)?),
            "metadata" => AttrKind::Metadata(self.free(attr, at)?),
            "creation_policy" => {
                self.takes(at, target, "creation policy", &CREATION_POLICIES)?;
                self.policy_keys(attr, &["AutoScalingCreationPolicy", "ResourceSignal", "StartFleet"])?;
                AttrKind::CreationPolicy(self.free(attr, at)?)
            }
            "update_policy" => {
                self.takes(at, target, "update policy", &UPDATE_POLICIES)?;
                self.policy_keys(
                    attr,
                    &[
                        "AutoScalingReplacingUpdate",
                        "AutoScalingRollingUpdate",
                        "AutoScalingScheduledAction",
                        "AutoScalingInstanceRefresh",
                        "CodeDeployLambdaAliasUpdate",
                        "EnableVersionUpgrade",
                        "UseOnlineResharding",
                    ],
                )?;
                AttrKind::UpdatePolicy(self.free(attr, at)?)
            }
            "usage" => AttrKind::Usage(self.usage(attr)),
            "deprecated" => AttrKind::Deprecated(match attr.args.is_empty() {
                true => None,
                false => Some(self.text(attr, at, Base::Const)?),
            }),
            "allow" => self.allow(attr, at)?,
            "message" => AttrKind::Message(self.text(attr, at, Base::Const)?),
            "label" => AttrKind::Label(self.text(attr, at, Base::Const)?),
            "group" => AttrKind::Group(self.text(attr, at, Base::Const)?),
            _ => return None,
        })
    }

    fn wrong_arguments(&mut self, at: Anchor, name: &str, takes: &str) {
        self.problems.push(Problem::error("C0341", at, format!("`@{name}` takes {takes}")));
    }

    fn no_arguments(&mut self, attr: &body::Attr, at: Anchor) -> Option<()> {
        if attr.args.is_empty() {
            return Some(());
        }
        self.wrong_arguments(at, &attr.name, "no arguments");
        None
    }

    fn single_argument(&mut self, attr: &body::Attr, at: Anchor, what: &str) -> Option<ExprId> {
        match &attr.args[..] {
            [one] if one.name.is_none() => Some(one.value),
            _ => {
                self.wrong_arguments(at, &attr.name, what);
                None
            }
        }
    }

    fn optional_condition(&mut self, attr: &body::Attr, at: Anchor) -> Option<Option<Id>> {
        if attr.args.is_empty() {
            return Some(None);
        }
        let value = self.single_argument(attr, at, "one condition, or nothing")?;
        let (id, ty) = self.condition_expr(value);
        (!ty.is_error()).then_some(Some(id))
    }

    fn can_snapshot(&mut self, at: Anchor, target: Decl) -> Option<()> {
        let ty = &crate::signature(self.db, target).ty.kind;
        let fits = match ty {
            Kind::Handle(handle) => SNAPSHOTS.contains(&handle.name()),
            _ => true,
        };
        if !fits {
            let shown = crate::ty::display_kind(self.db, ty);
            self.problems.push(
                Problem::error("C0342", at, format!("CloudFormation cannot take a snapshot of `{shown}`"))
                    .help("`@retain` keeps it when it leaves the stack"),
            );
            return None;
        }
        Some(())
    }

    fn takes(&mut self, at: Anchor, target: Decl, what: &str, types: &[&str]) -> Option<()> {
        let Kind::Handle(handle) = &crate::signature(self.db, target).ty.kind else { return Some(()) };
        if types.contains(&handle.name()) {
            return Some(());
        }
        let message = format!("CloudFormation knows no {what} for `{}`", handle.name());
        self.problems.push(Problem::error("C0342", at, message).note(format!("it has one for {}", types.join(", "))));
        None
    }

    /// The keys of a creation or update policy, when they are written out.
    fn policy_keys(&mut self, attr: &body::Attr, known: &[&str]) -> Option<()> {
        let Some(body::Expr::Record(entries)) = attr.args.first().map(|arg| self.body.expr(arg.value)) else { return Some(()) };
        for entry in entries {
            let body::Entry::Field { key: body::Key::Text(name), anchor, .. } = entry else { continue };
            if known.contains(&name.as_str()) {
                continue;
            }
            let at = self.at(*anchor);
            let problem = Problem::error("C0341", at, format!("`@{}` has no `{name}`", attr.name));
            let problem = match cloudc_base::suggest::nearest(name, known.iter().copied()) {
                Some(near) => crate::access::did_you_mean(problem, at, near),
                None => problem.note(format!("it has {}", known.join(", "))),
            };
            self.problems.push(problem);
            return None;
        }
        Some(())
    }

    fn one_of(&mut self, attr: &body::Attr, at: Anchor, allowed: &[&str]) -> Option<Id> {
        let value = self.single_argument(attr, at, &format!("one of {}", allowed.join(", ")))?;
        let union = Kind::union(allowed.iter().map(|text| Kind::Lit(Lit::Str((*text).into()))));
        let expect = Expect { ty: Ty::constant(union), why: Why::Builtin("the attribute") };
        let (id, ty) = self.check(value, &expect);
        self.need(ty.phase, Base::Param, value, "a policy").then_some(())?;
        (!ty.is_error()).then_some(id)
    }

    fn text(&mut self, attr: &body::Attr, at: Anchor, latest: Base) -> Option<Id> {
        let value = self.single_argument(attr, at, "one text")?;
        let expect = Expect { ty: Ty::text(Phase::CONST), why: Why::Builtin("the attribute") };
        let (id, ty) = self.check(value, &expect);
        self.need(ty.phase, latest, value, "this text").then_some(())?;
        (!ty.is_error()).then_some(id)
    }

    fn logical_id(&mut self, attr: &body::Attr, at: Anchor) -> Option<Id> {
        let value = self.single_argument(attr, at, "one text, the logical id")?;
        // What an `@id` names may use what is in scope inside a `for`: this declaration's owner already is that scope.
        let expect = Expect { ty: Ty::text(Phase::CONST), why: Why::Builtin("a logical id") };
        let (id, ty) = self.check(value, &expect);
        if ty.is_error() || !self.need(ty.phase, Base::Const, value, "a logical id") {
            return None;
        }
        if let Some(Lit::Str(text)) = self.types[value.0 as usize].as_ref().and_then(crate::access::single)
            && (text.is_empty() || text.len() > 255 || !text.chars().all(|c| c.is_ascii_alphanumeric()))
        {
            self.problems.push(
                Problem::error("C0345", self.at(value), format!("`{text}` cannot be a logical id"))
                    .note("CloudFormation takes letters and digits, at most 255 of them"),
            );
            return None;
        }
        Some(id)
    }

    fn free(&mut self, attr: &body::Attr, at: Anchor) -> Option<Id> {
        let value = self.single_argument(attr, at, "one record")?;
        let expect = Expect { ty: Ty::constant(Kind::Json), why: Why::Builtin("the attribute") };
        let (id, ty) = self.check(value, &expect);
        (!ty.is_error()).then_some(id)
    }

    fn handles(&mut self, attr: &body::Attr, at: Anchor) -> Option<Vec<Id>> {
        if attr.args.is_empty() {
            self.wrong_arguments(at, &attr.name, "the resources to wait for");
            return None;
        }
        let mut ids = Vec::new();
        for arg in &attr.args {
            let (id, ty) = self.infer(arg.value);
            if ty.is_error() {
                return None;
            }
            if !is_handle(&ty) {
                let shown = self.show(&ty);
                self.problems.push(
                    Problem::error("C0341", self.at(arg.value), "`@depends_on` takes resources")
                        .label(format!("this is `{shown}`")),
                );
                return None;
            }
            ids.push(id);
        }
        Some(ids)
    }

    fn usage(&mut self, attr: &body::Attr) -> Vec<(cloudc_hir::Name, Id)> {
        let mut all = Vec::new();
        for arg in &attr.args {
            let (id, ty) = self.infer(arg.value);
            if !self.need(ty.deepest(), Base::Const, arg.value, "an estimate") {
                continue;
            }
            match &arg.name {
                Some(name) => all.push((name.clone(), id)),
                None => self.problems.push(
                    Problem::error("C0341", self.at(arg.value), "an estimate needs a name")
                        .help("for example `@usage(requests: 5_000_000)`"),
                ),
            }
        }
        all
    }

    fn allow(&mut self, attr: &body::Attr, at: Anchor) -> Option<AttrKind> {
        let mut code = None;
        let mut reason = None;
        for arg in &attr.args {
            match arg.name.as_deref() {
                None => code = Some(arg.value),
                Some("reason") => reason = Some(arg.value),
                Some(other) => {
                    self.wrong_arguments(at, &attr.name, &format!("a code and `reason:`, not `{other}:`"));
                    return None;
                }
            }
        }
        let Some(code) = code else {
            self.wrong_arguments(at, &attr.name, "a code and a reason: `@allow(\"C0331\", reason: \"…\")`");
            return None;
        };
        let (_, ty) = self.infer(code);
        let Some(Lit::Str(code)) = crate::access::single(&ty) else {
            if !ty.is_error() {
                self.problems.push(Problem::error("C0341", self.at(code), "the code must be a plain text"));
            }
            return None;
        };
        let Some(reason) = reason else {
            self.problems.push(
                Problem::error("C0341", at, "`@allow` needs a reason").help("say why for the next reader: `reason: \"…\"`"),
            );
            return None;
        };
        let expect = Expect { ty: Ty::text(Phase::CONST), why: Why::Builtin("a reason") };
        let (reason, _) = self.check(reason, &expect);
        Some(AttrKind::Allow { code, reason: Some(reason) })
    }
}

/// Whether it is a resource, an instance, or a collection of such.
fn is_handle(ty: &Ty) -> bool {
    match &ty.kind {
        Kind::Handle(_) | Kind::Custom(_) | Kind::Instance(..) => true,
        Kind::List(inner) | Kind::Map(_, inner) | Kind::Optional(inner) => is_handle(inner),
        _ => false,
    }
}
