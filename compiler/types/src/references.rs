//! Names in expressions: what they reach, and what type that has from here.

use std::sync::Arc;

use cloudc_hir::body::ExprId;
use cloudc_hir::{Branch, Decl, DeclKind, Name, Namespace, Problem, Resolution, resolve};

use crate::Db;
use crate::formula::Formula;
use crate::infer::Ctx;
use crate::narrow::Spot;
use crate::phase::Phase;
use crate::ty::{Kind, Ty};
use crate::typed::{self, Id, LoopVar, Pseudo, Reference};

/// When all of these declarations around something exist; `None` when a `for` is among them.
pub(crate) fn presence(db: &dyn Db, lift: &[(Decl, Branch)]) -> Option<Formula<Spot>> {
    let mut parts = Vec::new();
    for (decl, branch) in lift {
        if decl.kind(db) == DeclKind::For {
            return None;
        }
        parts.push(crate::narrow::branch_formula(db, *decl, *branch)?);
    }
    Some(Formula::and(parts))
}

/// The type of something inside `if`s and `for`s as seen from outside: optional, or a map by key.
pub(crate) fn lifted(db: &dyn Db, ty: Ty, lift: &[(Decl, Branch)]) -> Ty {
    lift.iter().rev().fold(ty, |ty, (decl, _)| {
        let signature = crate::signature(db, *decl);
        match (decl.kind(db), &signature.key) {
            (DeclKind::For, Some(turn)) => Ty::at(Kind::Map(Arc::new(turn.name.clone()), Arc::new(ty)), Phase::CONST),
            (DeclKind::For, None) => Ty::error(),
            _ => ty.optional(signature.ty.phase),
        }
    })
}

/// What a name at the start of `a.b` can be besides a value.
pub(crate) enum Space {
    /// `import "…" as net`.
    Module(cloudc_base::File),
    /// `aws`.
    Aws,
    /// `stack`.
    Stack,
    /// `project`.
    Project,
}

impl Ctx<'_> {
    /// The value a name stands for.
    pub fn name(&mut self, src: ExprId, name: &Name) -> (Id, Ty) {
        if let Some(found) = self.local(src, name) {
            return found;
        }
        match resolve(self.db, self.owner, Namespace::Value, name.clone()) {
            Some(Resolution::Decl { decl, place, lift, .. }) => self.reference(src, decl, place, lift),
            Some(Resolution::LoopVar { decl, index, up }) => self.loop_variable(src, decl, index, up),
            Some(Resolution::BadImport { .. }) => self.error_node(src),
            Some(Resolution::Module { .. }) => {
                let problem = Problem::error("C0205", self.at(src), format!("`{name}` is a module, not a value"))
                    .help(format!("name something in it: `{name}.thing`"));
                self.fail(src, problem)
            }
            Some(Resolution::Hidden { decl }) => self.hidden(src, name, decl),
            None if self.json_depth > 0 && name == "null" => (self.node(typed::Kind::Null, src), Ty::constant(Kind::Json)),
            None => self.unknown_name(src, name),
        }
    }

    fn local(&mut self, src: ExprId, name: &Name) -> Option<(Id, Ty)> {
        let binding = self.locals.iter().rev().find(|binding| binding.name == *name)?.clone();
        if binding.local == crate::typed::Local(u32::MAX) {
            // Bound by the `for` whose `by` this is.
            let which = self.turn_variable(name)?;
            return Some((self.node(typed::Kind::LoopVar { up: 0, which }, src), binding.ty));
        }
        let id = self.node(typed::Kind::Local(binding.local), src);
        Some(self.narrowed(id, binding.ty))
    }

    fn turn_variable(&self, name: &Name) -> Option<LoopVar> {
        let cloudc_hir::body::Parts::For { bindings, .. } = &self.body.parts else { return None };
        loop_variable_of(bindings, bindings.iter().position(|binding| binding == name)? as u32)
    }

    fn loop_variable(&mut self, src: ExprId, decl: Decl, index: u32, up: u32) -> (Id, Ty) {
        let signature = crate::signature(self.db, decl);
        let cloudc_hir::body::Parts::For { bindings, .. } = &cloudc_hir::body(self.db, decl).parts else {
            return self.error_node(src);
        };
        let (Some(turn), Some(which)) = (&signature.key, loop_variable_of(bindings, index)) else {
            return self.error_node(src);
        };
        let ty = if which == LoopVar::Key { turn.key.clone() } else { turn.element.clone() };
        let id = self.node(typed::Kind::LoopVar { up, which }, src);
        self.narrowed(id, ty)
    }

    /// Another declaration, from here.
    pub fn reference(
        &mut self,
        src: ExprId,
        decl: Decl,
        place: cloudc_hir::resolve::Place,
        lift: Vec<(Decl, Branch)>,
    ) -> (Id, Ty) {
        match decl.kind(self.db) {
            DeclKind::Fn => {
                let name = decl.name(self.db).clone();
                let problem = Problem::error("C0241", self.at(src), format!("`{name}` is a function and must be called"))
                    .help(format!("write `{name}(…)`"));
                return self.fail(src, problem);
            }
            DeclKind::Component | DeclKind::Type => {
                let name = decl.name(self.db).clone();
                let problem = Problem::error("C0241", self.at(src), format!("`{name}` is a type, not a value"));
                return self.fail(src, problem);
            }
            _ => {}
        }
        let own = crate::signature(self.db, decl).ty.clone();
        let ty = lifted(self.db, own, &lift);
        let place = match place {
            cloudc_hir::resolve::Place::Here { up } => typed::Place::Here { up },
            cloudc_hir::resolve::Place::Module(file) => typed::Place::Module(file),
        };
        let id = self.node(typed::Kind::Decl(Reference { decl, place, lift }), src);
        self.narrowed(id, ty)
    }

    fn hidden(&mut self, src: ExprId, name: &Name, decl: Decl) -> (Id, Ty) {
        let kind = decl.kind(self.db).keyword();
        let (asker, way) =
            if self.decl.kind(self.db) == DeclKind::Fn { ("function", "parameter") } else { ("component", "input") };
        let problem = Problem::error("C0203", self.at(src), format!("a {asker} cannot see the file's {kind} `{name}`"))
            .related(cloudc_hir::Anchor::name(decl), format!("the {kind}"))
            .note(format!(
                "a {asker} sees its own {way}s, imports, and the file's types, functions and constants, so that it works anywhere"
            ))
            .help(
                format!("give the {asker} an {way} `{name}` and pass it where the {asker} is used")
                    .replace("an parameter", "a parameter"),
            );
        self.fail(src, problem)
    }

    fn unknown_name(&mut self, src: ExprId, name: &Name) -> (Id, Ty) {
        let at = self.at(src);
        let mut problem = Problem::error("C0201", at, format!("there is no `{name}` here"));
        if let Some((instead, why)) = foreign_name(name) {
            problem = problem.help(why).fix(format!("change it to `{instead}`"), cloudc_hir::problem::Spot::Replace(at), instead);
            return self.fail(src, problem);
        }
        if resolve(self.db, self.owner, Namespace::Type, name.clone()).is_some() {
            let problem = Problem::error("C0241", at, format!("`{name}` is a type, not a value"));
            return self.fail(src, problem);
        }
        if resolve(self.db, self.owner, Namespace::Output, name.clone()).is_some() {
            let problem = problem
                .note(format!("there is an output `{name}`, but outputs are for others"))
                .help(format!("give the value a name of its own, `let {name}_value = …`, and use it in both places"));
            return self.fail(src, problem);
        }
        let visible = cloudc_hir::resolve::visible_names(self.db, self.owner, Namespace::Value);
        let locals = self.locals.iter().map(|binding| binding.name.as_str());
        let near = cloudc_base::suggest::nearest(name, visible.iter().map(Name::as_str).chain(locals).chain(["aws", "stack"]));
        if let Some(near) = near.map(str::to_owned) {
            problem = problem.help(format!("did you mean `{near}`?")).fix(
                format!("change it to `{near}`"),
                cloudc_hir::problem::Spot::Replace(at),
                near,
            );
        } else if crate::builtins::function(name).is_some() {
            problem = problem.help(format!("`{name}` is a function: write `{name}(…)`"));
        }
        self.fail(src, problem)
    }

    /// Whether a name is a space of names rather than a value.
    pub fn space(&self, name: &Name) -> Option<Space> {
        if self.locals.iter().any(|binding| binding.name == *name) {
            return None;
        }
        match resolve(self.db, self.owner, Namespace::Value, name.clone()) {
            Some(Resolution::Module { file, .. }) => Some(Space::Module(file)),
            Some(_) => None,
            None => match name.as_str() {
                "aws" => Some(Space::Aws),
                "stack" => Some(Space::Stack),
                "project" => Some(Space::Project),
                _ => None,
            },
        }
    }

    /// A name in a space of names.
    pub fn member_of_space(&mut self, src: ExprId, space: &Space, name: &Name) -> (Id, Ty) {
        match space {
            Space::Module(file) => self.module_member(src, *file, name),
            Space::Aws => self.pseudo(src, name),
            Space::Stack => self.stack_setting(src, name),
            Space::Project if name == "env" => {
                (self.node(typed::Kind::Environment, src), crate::project::environment_type(self.db))
            }
            Space::Project => {
                let problem = Problem::error("C0306", self.at(src), format!("`project` has no `{name}`"))
                    .help("`project.env` is the name of the environment");
                self.fail(src, problem)
            }
        }
    }

    fn module_member(&mut self, src: ExprId, file: cloudc_base::File, name: &Name) -> (Id, Ty) {
        use cloudc_hir::resolve::{Place, module_item, module_names, module_private};
        if let Some(decl) = module_item(self.db, file, Namespace::Value, name.clone()) {
            return self.reference(src, decl, Place::Module(file), Vec::new());
        }
        if module_item(self.db, file, Namespace::Output, name.clone()).is_some() {
            return self.foreign(src, file, name, None);
        }
        let path = file.path(self.db).clone();
        let mut problem = Problem::error("C0211", self.at(src), format!("`{path}` has no public `{name}`"));
        if let Some(decl) = module_private(self.db, file, Namespace::Value, name.clone()) {
            problem = problem.related(cloudc_hir::Anchor::name(decl), "declared here without `pub`");
        } else {
            let spaces = [Namespace::Output, Namespace::Value];
            let names: Vec<Name> = spaces.into_iter().flat_map(|space| module_names(self.db, file, space)).collect();
            if let Some(near) = cloudc_base::suggest::nearest(name, names.iter().map(Name::as_str)) {
                problem = crate::access::did_you_mean(problem, self.member_at(src), near);
            }
        }
        self.fail(src, problem)
    }

    /// An output of another stack: what it is there, but known when deploying, unless it is a constant.
    pub fn foreign(&mut self, src: ExprId, file: cloudc_base::File, name: &Name, region: Option<Id>) -> (Id, Ty) {
        let outputs = cloudc_hir::outputs(self.db, cloudc_hir::Owner::File(file));
        let Some((_, decl, lift)) = outputs.iter().find(|(output, ..)| output == name) else { return self.error_node(src) };
        let ty = lifted(self.db, crate::signature(self.db, *decl).ty.clone(), lift);
        let plain = |kind: &Kind| !matches!(kind, Kind::Record(_) | Kind::Map(..) | Kind::List(_) | Kind::Optional(_));
        let carried = match &ty.kind {
            Kind::List(element) => plain(&element.kind),
            kind => plain(kind),
        };
        if !ty.is_error() && !ty.deepest().is_const() && !carried {
            let shown = self.show(&ty);
            let problem = Problem::error("C0349", self.at(src), format!("`{name}` cannot be read from another stack"))
                .label(format!("this is `{shown}`"))
                .related(cloudc_hir::Anchor::name(*decl), "the output")
                .note("an export carries one text, or a list of texts; everything else has to be constant");
            return self.fail(src, problem);
        }
        let list = matches!(ty.kind, Kind::List(_));
        let ty = if ty.deepest().is_const() { ty } else { ty.map_phases(&mut |_| Phase::DEPLOY) };
        let (file, name) = (file, name.clone());
        (self.node(typed::Kind::Foreign { file, name, region, list }, src), ty)
    }

    fn pseudo(&mut self, src: ExprId, name: &Name) -> (Id, Ty) {
        let (pseudo, ty) = match name.as_str() {
            "region" => (Pseudo::Region, Ty::text(Phase::PARAM)),
            "account_id" => (Pseudo::AccountId, Ty::text(Phase::PARAM)),
            "partition" => (Pseudo::Partition, Ty::text(Phase::PARAM)),
            "url_suffix" => (Pseudo::UrlSuffix, Ty::text(Phase::PARAM)),
            "stack_name" => (Pseudo::StackName, Ty::text(Phase::PARAM)),
            "stack_id" => (Pseudo::StackId, Ty::text(Phase::PARAM)),
            "notification_arns" => (Pseudo::NotificationArns, Ty::list(Ty::at(Kind::Arn, Phase::PARAM), Phase::PARAM)),
            "zones" => (Pseudo::Zones, Ty::list(self.zone_type(), Phase::PARAM)),
            _ => {
                const NAMES: [&str; 8] =
                    ["region", "account_id", "partition", "url_suffix", "stack_name", "stack_id", "notification_arns", "zones"];
                let at = self.member_at(src);
                let problem = Problem::error("C0306", at, format!("`aws` has no `{name}`"));
                let problem = match cloudc_base::suggest::nearest(name, NAMES) {
                    Some(near) => crate::access::did_you_mean(problem, at, near),
                    None => problem.note(format!("it has {}", NAMES.join(", "))),
                };
                return self.fail(src, problem);
            }
        };
        (self.node(typed::Kind::Pseudo(pseudo), src), ty)
    }

    /// The name of an availability zone, known when deploying.
    pub fn zone_type(&self) -> Ty {
        let schema = self.db.schema().schema(self.db);
        match schema.ident("AWS::EC2::AvailabilityZone", "Name") {
            Some(ident) => Ty::at(Kind::Ident(Arc::from([ident])), Phase::PARAM),
            None => Ty::text(Phase::PARAM),
        }
    }

    fn stack_setting(&mut self, src: ExprId, name: &Name) -> (Id, Ty) {
        let ty = match name.as_str() {
            "name" | "region" | "description" => Ty::text(Phase::CONST),
            _ => {
                let problem = Problem::error("C0306", self.at(src), format!("`stack` has no `{name}`"))
                    .help("`stack.name`, `stack.region` and `stack.description` can be read");
                return self.fail(src, problem);
            }
        };
        (self.node(typed::Kind::StackSetting(name.clone()), src), ty)
    }
}

/// Which variable the `index`th binding of a `for` is.
pub(crate) fn loop_variable_of(bindings: &[Name], index: u32) -> Option<LoopVar> {
    match (bindings.len(), index) {
        (1, 0) | (2, 1) => Some(LoopVar::Element),
        (2, 0) => Some(LoopVar::Key),
        _ => None,
    }
}

/// What people from other languages write.
fn foreign_name(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "null" | "nil" | "None" | "undefined" => {
            ("none", "absence is written `none`; JSON's null exists inside `to_json` and `raw`")
        }
        "True" | "TRUE" | "yes" => ("true", "it is written `true`"),
        "False" | "FALSE" | "no" => ("false", "it is written `false`"),
        "Region" | "region" => ("aws.region", "the region of the stack is `aws.region`"),
        _ => return None,
    })
}
