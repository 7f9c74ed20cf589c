//! Resources: their type, their properties, and patches on what is inside a component.

use cloudc_hir::body::{self, Expr, ExprId};
use cloudc_hir::{Anchor, Decl, Problem, TypeId};

use crate::infer::{Ctx, Expect, Why};
use crate::phase::Phase;
use crate::signatures::Signature;
use crate::ty::{Kind, Ty};
use crate::typed::{Patch, Root};
use crate::written::Written;

/// The code of a type whose service is gone.
pub const ENDED_TYPE: &str = "C0425";

/// Stands for all types in `defaults`.
pub const EVERY_TYPE: &str = "AWS::*";

impl Ctx<'_> {
    /// `resource name: T { … } with { … }`.
    pub fn resource(&mut self, ty: Option<TypeId>, record: Option<ExprId>, with: &[body::WithEntry]) -> (Root, Signature) {
        let Some(ty_id) = ty else { return (Root::Nothing, Signature::error()) };
        let mut written = Written { db: self.db, decl: self.decl, body: self.body, problems: Vec::new() };
        let ty = written.ty(ty_id);
        self.problems.append(&mut written.problems);
        let Some(record) = record else { return (Root::Nothing, Signature { ty, formula: None, key: None }) };
        let whole = Anchor::ty(self.decl, ty_id);
        match &ty.kind {
            Kind::Handle(handle) => self.plain_resource(*handle, record, with, whole),
            Kind::Custom(name) => {
                let expect = Expect { ty: Ty::constant(Kind::Json), why: Why::Builtin("a custom resource") };
                let (properties, _) = self.check(record, &expect);
                self.custom_token(name, record, whole);
                self.no_patches(with);
                let root = Root::Resource { ty: name.clone(), properties, with: Vec::new() };
                (root, Signature { ty: ty.clone(), formula: None, key: None })
            }
            Kind::Instance(component, _) => self.instance(*component, record, with, whole),
            Kind::Error => {
                // What is inside is still looked at: names in it are used, and hover works.
                let mark = self.mark();
                self.infer(record);
                self.rewind(&mark);
                (Root::Nothing, Signature::error())
            }
            _ => {
                let shown = self.show(&ty);
                self.problems.push(
                    Problem::error("C0356", whole, format!("`{shown}` is not something that can be made"))
                        .help("a resource's type is a CloudFormation type such as `AWS::S3::Bucket`, or a component"),
                );
                (Root::Nothing, Signature::error())
            }
        }
    }

    /// `defaults T { … }`: some properties of a type, or tags of every type.
    pub fn defaults(&mut self, ty: Option<TypeId>, record: Option<ExprId>) -> (Root, Signature) {
        let (Some(ty_id), Some(record)) = (ty, record) else { return (Root::Nothing, Signature::error()) };
        if matches!(self.body.ty(ty_id), body::TypeRef::Path { path, members } if path == EVERY_TYPE && members.is_empty()) {
            return (self.default_tags(ty_id, record), Signature::error());
        }
        let mut written = Written { db: self.db, decl: self.decl, body: self.body, problems: Vec::new() };
        let ty = written.ty(ty_id);
        self.problems.append(&mut written.problems);
        let root = match (&ty.kind, self.body.expr(record)) {
            (Kind::Handle(handle), Expr::Record(entries)) => {
                let (properties, _) = self.partial_properties(record, entries, handle.body());
                Root::Resource { ty: handle.name().into(), properties, with: Vec::new() }
            }
            (Kind::Error, _) => {
                let mark = self.mark();
                self.infer(record);
                self.rewind(&mark);
                Root::Nothing
            }
            _ => {
                let shown = self.show(&ty);
                self.problems.push(
                    Problem::error("C0394", Anchor::ty(self.decl, ty_id), format!("there are no defaults for `{shown}`"))
                        .help("defaults are for a CloudFormation type, `AWS::S3::Bucket`, or for the tags of all: `AWS::*`"),
                );
                Root::Nothing
            }
        };
        (root, Signature::error())
    }

    /// `forget name`: of something that is no resource any more.
    pub fn forget(&mut self) -> (Root, Signature) {
        if let Some((at, still)) = cloudc_hir::moves::wrongly_forgotten(self.db, self.decl) {
            let problem = match still {
                Some(name) => Problem::error("C0395", self.at(at), format!("`{name}` is still declared, so it is not forgotten"))
                    .help("remove the resource: what `forget` names is released from the stack and stays in the account"),
                None => Problem::error("C0395", self.at(at), "this is no path to what was a resource")
                    .help("write it as it was referred to: `name`, `instance.name`, `name[\"key\"]`"),
            };
            self.problems.push(problem);
        }
        (Root::Nothing, Signature::error())
    }

    /// What all types have in common is that most take tags.
    fn default_tags(&mut self, ty: TypeId, record: ExprId) -> Root {
        let Expr::Record(entries) = self.body.expr(record) else { return Root::Nothing };
        for entry in entries {
            if let body::Entry::Field { key: body::Key::Text(name), anchor, .. } = entry
                && name != "Tags"
            {
                let problem = Problem::error("C0394", self.at(*anchor), format!("`{name}` is no property of every type"))
                    .related(Anchor::ty(self.decl, ty), "all types are meant")
                    .help("only `Tags` can be given for `AWS::*`");
                self.problems.push(problem);
                return Root::Nothing;
            }
        }
        let tags = Ty::constant(Kind::Map(std::sync::Arc::new(Kind::Str(None)), std::sync::Arc::new(Ty::text(Phase::CONST))));
        let fields = vec![crate::ty::Field { name: "Tags".into(), ty: tags }];
        let expect = Expect { ty: Ty::constant(Kind::Record(fields.into())), why: Why::Builtin("the defaults of all types") };
        let (properties, _) = self.check(record, &expect);
        Root::Resource { ty: EVERY_TYPE.into(), properties, with: Vec::new() }
    }

    fn plain_resource(
        &mut self,
        handle: cloudc_schema::Type,
        record: ExprId,
        with: &[body::WithEntry],
        whole: Anchor,
    ) -> (Root, Signature) {
        let signature = Signature { ty: Ty::constant(Kind::Handle(handle)), formula: None, key: None };
        let Expr::Record(entries) = self.body.expr(record) else { return (Root::Nothing, signature) };
        if let Some(date) = cloudc_schema::ended(handle.name()) {
            let message = format!("AWS has shut down the service of `{}`", handle.name());
            self.problems.push(Problem::error(ENDED_TYPE, whole, message).note(format!("it ended on {date}")));
        } else if handle.deprecated() {
            let mut problem = Problem::warning("C0411", whole, format!("`{}` is out of favour with AWS", handle.name()));
            problem.tag = Some(cloudc_base::Tag::Deprecated);
            self.problems.push(problem);
        }
        let (properties, _) = self.resource_properties(record, entries, handle.body(), whole);
        self.no_patches(with);
        (Root::Resource { ty: handle.name().into(), properties, with: Vec::new() }, signature)
    }

    fn custom_token(&mut self, name: &str, record: ExprId, whole: Anchor) {
        if !name.starts_with("Custom::") && name != "AWS::CloudFormation::CustomResource" {
            return;
        }
        let Expr::Record(entries) = self.body.expr(record) else { return };
        let has = entries.iter().any(|entry| match entry {
            body::Entry::Field { key: body::Key::Text(name), .. } => name == "ServiceToken",
            _ => true,
        });
        if !has {
            self.problems.push(
                Problem::error(crate::MISSING_PROPERTY, whole, format!("`ServiceToken` is missing in `{name}`"))
                    .help("a custom resource needs the ARN of the function or topic that makes it")
                    .fix("add the missing property", cloudc_hir::problem::Spot::LastEntry(self.at(record)), "ServiceToken: "),
            );
        }
    }

    fn no_patches(&mut self, with: &[body::WithEntry]) {
        if let Some(first) = with.first() {
            self.problems.push(
                Problem::error("C0361", self.at(first.anchor), "there is nothing inside this resource to patch")
                    .help("`with` changes the resources inside a component; write properties of this one in its own braces"),
            );
        }
    }

    /// One entry of `with`.
    pub fn patch(&mut self, component: Decl, entry: &body::WithEntry) -> Option<Patch> {
        let Some((target, _)) = cloudc_hir::resolve::find_inner(self.db, component, entry.name.clone()) else {
            self.unknown_inner(component, entry);
            return None;
        };
        let signature = crate::signature(self.db, target);
        let (properties, with) = match (&signature.ty.kind, entry.body) {
            (Kind::Handle(handle), Some(record)) => {
                let Expr::Record(entries) = self.body.expr(record) else { return None };
                self.in_patch = true;
                let (id, _) = self.partial_properties(record, entries, handle.body());
                self.in_patch = false;
                (Some(id), Vec::new())
            }
            (Kind::Custom(_), Some(record)) => {
                let expect = Expect { ty: Ty::constant(Kind::Json), why: Why::Builtin("a custom resource") };
                (Some(self.check(record, &expect).0), Vec::new())
            }
            (Kind::Instance(inner, _), record) => {
                let inner = *inner;
                let properties = record.and_then(|record| self.patch_inputs(inner, record));
                let with = entry.with.iter().filter_map(|nested| self.patch(inner, nested)).collect();
                (properties, with)
            }
            _ => (None, Vec::new()),
        };
        let attrs = self.attributes_of(&entry.attrs, target);
        Some(Patch { target, properties, attrs, with, src: entry.anchor })
    }

    /// Inputs of an inner instance, some of them.
    fn patch_inputs(&mut self, component: Decl, record: ExprId) -> Option<crate::typed::Id> {
        let inputs = crate::component_inputs(self.db, component);
        let fields = inputs.iter().map(|input| crate::ty::Field {
            name: input.name.clone(),
            ty: input.ty.map_phases(&mut |_| Phase::CONST).optional(Phase::CONST),
        });
        let expect = Expect {
            ty: Ty::constant(Kind::Record(fields.collect::<Vec<_>>().into())),
            why: Why::Input(component.name(self.db).clone(), Anchor::name(component)),
        };
        let (id, ty) = self.check(record, &expect);
        if let Kind::Record(given) = &ty.kind {
            let mut actual = Vec::new();
            for field in given.iter() {
                if let Some(input) = inputs.iter().find(|input| input.name == field.name) {
                    crate::instance::actual_phases(&input.ty, &field.ty, &mut actual);
                }
            }
            self.meet_bounds(component, &actual, &[], record);
        }
        Some(id)
    }

    fn unknown_inner(&mut self, component: Decl, entry: &body::WithEntry) {
        let component_name = component.name(self.db);
        let owner = cloudc_hir::Owner::Decl(component, cloudc_hir::Branch::Then);
        let names: Vec<String> =
            cloudc_hir::resolve::resources(self.db, owner).iter().map(|(name, ..)| name.to_string()).collect();
        let at = self.at(entry.anchor);
        let mut problem = Problem::error("C0360", at, format!("`{component_name}` has no resource `{}` inside", entry.name))
            .related(Anchor::name(component), "the component");
        problem = match cloudc_base::suggest::nearest(&entry.name, names.iter().map(String::as_str)) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.note(format!("inside it are {}", crate::checks::list_some(names, 16))),
        };
        self.problems.push(problem);
    }
}
