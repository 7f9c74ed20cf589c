//! Resources and identifiers: which `Ref` or attribute is meant, and what is said when none fits.

use super::forms::{Form, form};
use crate::access::single;
use crate::infer::{Ctx, Expect, Why};
use crate::phase::Phase;
use crate::ty::{Kind, Lit, Ty};
use crate::typed::{self, Coercion, Id};
use cloudc_hir::body::ExprId;
use cloudc_hir::problem::Spot;
use cloudc_hir::{DeclKind, Name, Problem};
use cloudc_schema::{Access, Ident, Node, Shape};

impl Ctx<'_> {
    pub(super) fn fit_ident(&mut self, id: Id, ty: &Ty, idents: &[Ident], expect: &Expect, src: ExprId) -> (Id, Ty) {
        let result = |phase| Ty::at(expect.ty.kind.clone(), phase);
        match &ty.kind {
            Kind::Handle(handle) => match handle.access_for(idents) {
                Some((access, _)) => (self.identify(id, sure_access(*handle, access), src), result(Phase::DEPLOY)),
                None => self.wrong_reference(ty, idents, expect, src),
            },
            Kind::Instance(component, _) => self.identify_instance(id, ty, *component, idents, expect, src),
            Kind::Custom(_) => (self.identify(id, Access::Ref, src), result(Phase::DEPLOY)),
            Kind::Ident(own) if own.iter().any(|ident| idents.contains(ident)) => (id, result(ty.phase)),
            Kind::Ident(own) if !own.is_empty() => self.wrong_reference(ty, idents, expect, src),
            Kind::Json => (id, result(ty.phase)),
            kind if kind.is_text() => match self.no_identifier(ty, idents, expect, src) {
                // What a parameter's default may be, CloudFormation decides when the deployment starts.
                Some(problem) if self.decl.kind(self.db) != DeclKind::Param => self.fail(src, self.explain(problem, expect)),
                _ => (id, result(ty.phase)),
            },
            _ => self.mismatch(ty, expect, src),
        }
    }

    pub(super) fn identify(&mut self, id: Id, access: Access, src: ExprId) -> Id {
        let attr = match access {
            Access::Ref => None,
            Access::Attr(name) => Some(Name::from(name)),
        };
        self.node(typed::Kind::Coerce(Coercion::Identify(attr), id), src)
    }

    pub(super) fn identify_instance(
        &mut self,
        id: Id,
        ty: &Ty,
        component: cloudc_hir::Decl,
        idents: &[Ident],
        expect: &Expect,
        src: ExprId,
    ) -> (Id, Ty) {
        let outputs = crate::outputs_of(self.db, component);
        // The first expected identity that an output stands for; the outputs' types may be optional or maps, those do not.
        for ident in idents {
            for (name, decl, _) in outputs {
                if *crate::signatures::stands_for(self.db, *decl) == Some(*ident) {
                    let node = self.node(typed::Kind::Coerce(Coercion::IdentifyOutput(name.clone()), id), src);
                    return (node, Ty::at(expect.ty.kind.clone(), Phase::DEPLOY));
                }
            }
        }
        self.wrong_reference(ty, idents, expect, src)
    }

    /// A reference to the wrong kind of thing.
    pub(super) fn wrong_reference(&mut self, ty: &Ty, idents: &[Ident], expect: &Expect, src: ExprId) -> (Id, Ty) {
        let mut names: Vec<String> = Vec::new();
        for ident in idents {
            let name = format!("`{}`", ident.ty);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let wanted = match names.len() {
            0..=3 => names.join(" or "),
            all => format!("{} or one of {} other types", names[..2].join(", "), all - 2),
        };
        let given = self.show(ty);
        let article =
            if matches!(ty.kind, Kind::Ident(_)) { "an identifier of the wrong type" } else { "a resource of the wrong type" };
        let problem = Problem::error("C0318", self.at(src), format!("expected {wanted}, found `{given}`")).label(article);
        let problem = self.explain(problem, expect);
        let problem = match &ty.kind {
            Kind::Instance(component, _) => problem.note(format!(
                "no output of `{}` stands for it; a component says so with `output id as {} = …`",
                component.name(self.db),
                idents.first().map(|ident| ident.to_string()).unwrap_or_default()
            )),
            _ => problem,
        };
        self.fail(src, problem)
    }

    pub(super) fn handle_mismatch(&mut self, ty: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let (wanted, given) = (self.show(&expect.ty), self.show(ty));
        let problem = Problem::error("C0301", self.at(src), format!("expected `{wanted}`, found the resource `{given}`"));
        let problem = self.explain(problem, expect);
        self.fail(src, problem)
    }

    /// A resource where plain text is wanted: which of its texts is not said.
    pub fn handle_as_text(&mut self, src: ExprId, ty: &Ty) -> (Id, Ty) {
        let at = self.at(src);
        let given = self.show(ty);
        let mut problem = Problem::error("C0317", at, format!("`{given}` is a resource, not text"));
        match &ty.kind {
            Kind::Handle(handle) => {
                let arn = handle.attributes().map(|attribute| attribute.name()).find(|name| name.ends_with("Arn"));
                let or = arn.map_or(String::new(), |name| format!(", or an attribute such as `.{name}`"));
                problem = problem.help(format!("say which of its identifiers is meant: `.ref`{or}"));
                problem = problem.fix("use what `Ref` gives: `.ref`", Spot::After(at), ".ref");
                if let Some(name) = arn {
                    problem = problem.fix(format!("use its ARN: `.{name}`"), Spot::After(at), format!(".{name}"));
                }
            }
            Kind::Instance(component, _) => {
                let names: Vec<String> =
                    crate::outputs_of(self.db, *component).iter().map(|(name, ..)| format!("`.{name}`")).collect();
                if !names.is_empty() {
                    problem = problem.help(format!("name one of its outputs: {}", crate::checks::list_some(names, 6)));
                }
            }
            _ => problem = problem.help("write `.ref`").fix("use what `Ref` gives: `.ref`", Spot::After(at), ".ref"),
        }
        self.fail(src, problem)
    }

    pub(super) fn fit_handle(&mut self, id: Id, ty: &Ty, wanted: &Kind, expect: &Expect, src: ExprId) -> (Id, Ty) {
        match (&ty.kind, wanted) {
            (Kind::Handle(own), Kind::Handle(other)) if own == other => (id, ty.clone()),
            (Kind::Custom(own), Kind::Custom(other)) if own == other => (id, ty.clone()),
            (Kind::Instance(own, _), Kind::Instance(other, _)) if own == other => (id, ty.clone()),
            (Kind::Handle(own), Kind::Arn) => match own.attribute("Arn") {
                Some(_) => (self.identify(id, Access::Attr("Arn"), src), Ty::at(Kind::Arn, Phase::DEPLOY)),
                None if own.ref_ident().attr.ends_with("Arn") => {
                    (self.identify(id, Access::Ref, src), Ty::at(Kind::Arn, Phase::DEPLOY))
                }
                None => self.handle_as_text(src, ty),
            },
            (_, kind) if kind.is_text() => self.handle_as_text(src, ty),
            (Kind::Handle(_), Kind::Handle(_) | Kind::Instance(..))
            | (Kind::Instance(..), Kind::Handle(_) | Kind::Instance(..)) => {
                let (wanted, given) = (self.show(&expect.ty), self.show(ty));
                let problem = Problem::error("C0318", self.at(src), format!("expected `{wanted}`, found `{given}`"))
                    .label("a resource of the wrong type");
                let problem = self.explain(problem, expect);
                self.fail(src, problem)
            }
            _ => self.handle_mismatch(ty, expect, src),
        }
    }

    /// A position that holds an identifier of some type.
    pub(super) fn fit_identifier(&mut self, id: Id, ty: &Ty, node: Node, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let result = |phase| Ty::at(Kind::Node(node), phase);
        let idents = node.expects();
        let wanted = Expect { ty: Ty::constant(Kind::Ident(idents.into())), why: expect.why.clone() };
        match &ty.kind {
            Kind::Handle(_) | Kind::Custom(_) | Kind::Instance(..) => {
                let (id, out) = self.fit_ident(id, ty, idents, &wanted, src);
                if out.is_error() { (id, out) } else { (id, result(out.phase)) }
            }
            Kind::Ident(own) if own.iter().any(|ident| idents.contains(ident)) => (id, result(ty.phase)),
            // A position that takes the ARNs of several types takes those of others too: the table names the usual ones.
            Kind::Ident(_) if node.expects_others() => (id, result(ty.phase)),
            Kind::Ident(own) if takes_many(idents) && own.iter().any(|ident| ident.attr.ends_with("Arn")) => {
                (id, result(ty.phase))
            }
            Kind::Ident(_) => self.wrong_reference(ty, idents, expect, src),
            _ => {
                // Another identifier of the same type may look like anything.
                if !node.expects_others()
                    && !takes_nothing(node, ty)
                    && let Some(problem) = self.no_identifier(ty, idents, expect, src)
                {
                    return self.fail(src, problem);
                }
                self.fit_shape(id, ty, node, node.shape(), expect, src)
            }
        }
    }

    /// A text that cannot be the identifier it stands for.
    pub(super) fn no_identifier(&self, ty: &Ty, idents: &[Ident], expect: &Expect, src: ExprId) -> Option<Problem> {
        let Some(Lit::Str(text)) = single(ty) else { return None };
        let property = match &expect.why {
            Why::Property(name) => name.as_str(),
            _ => "",
        };
        let form_of = |ident: &Ident| form(ident, property);
        let forms: Vec<Form> = idents.iter().filter_map(form_of).collect();
        let first = idents.first()?;
        // That of another type is the same by another name.
        let looks = form_of(first)?.looks;
        if idents.iter().any(|ident| ident.ty == first.ty && form_of(ident).is_none()) {
            return None;
        }
        if text.contains("{{resolve:")
            || forms.iter().any(|form| crate::checks::matches_pattern(form.pattern, &text) != Some(false))
        {
            return None;
        }
        let wanted = first.ty;
        let problem = Problem::error("C0316", self.at(src), format!("`{text:?}` does not identify an `{wanted}`"))
            .note(format!("such an identifier looks like `{looks}`"));
        let named = cloudc_hir::resolve(self.db, self.owner, cloudc_hir::Namespace::Value, text.clone());
        Some(match named {
            Some(_) => problem.help(format!("to refer to `{text}` write it without quotes")).fix(
                format!("change it to `{text}`"),
                Spot::Replace(self.at(src)),
                text,
            ),
            None => problem,
        })
    }

    /// A resource where the schema does not say that one is meant.
    pub(super) fn unrelated_handle(&mut self, ty: &Ty, node: Node, expect: &Expect, src: ExprId) -> (Id, Ty) {
        match node.shape() {
            Shape::String | Shape::Json => self.handle_as_text(src, ty),
            Shape::List(element) if !element.expects().is_empty() => self.mismatch(ty, expect, src),
            _ => self.handle_mismatch(ty, expect, src),
        }
    }
}

/// `Ref` of a security group without a VPC is its name, `GroupId` is always its id: AWS::EC2::SecurityGroup, "Return values",
/// in the CloudFormation template reference.
fn sure_access(handle: cloudc_schema::Type, access: Access) -> Access {
    if handle.name() == "AWS::EC2::SecurityGroup" && access == Access::Ref { Access::Attr("GroupId") } else { access }
}

/// Whether identifiers of several types are expected, by ARN.
fn takes_many(idents: &[Ident]) -> bool {
    let arns = idents.iter().filter(|ident| ident.attr.ends_with("Arn"));
    arns.clone().any(|ident| arns.clone().any(|other| other.ty != ident.ty))
}

/// Whether a text is empty, and the property says that it may be.
fn takes_nothing(node: Node, ty: &Ty) -> bool {
    let is_empty = matches!(single(ty), Some(Lit::Str(text)) if text.is_empty());
    is_empty && node.constraints().pattern.is_some_and(|pattern| crate::checks::matches_pattern(pattern, "") == Some(true))
}
