//! Functions: declared ones, built-in ones and methods; how arguments meet parameters.

use cloudc_hir::body::{Arg, Expr, ExprId, FnParam};
use cloudc_hir::{Anchor, Decl, DeclKind, Name, Namespace, Problem, Resolution, TypeId, resolve};

use crate::Db;
use crate::builtins::{self, Arg as Takes, Out};
use crate::infer::{Ctx, Expect, Why};
use crate::phase::{Base, Phase};
use crate::references::Space;
use crate::signatures::Signature;
use crate::ty::{Kind, Ty};
use crate::typed::{self, Id, Root};
use crate::written::Written;

/// The parameters of a function with their types, each constructor with a phase variable of its own.
#[salsa::tracked(returns(ref))]
pub fn parameters(db: &dyn Db, function: Decl) -> Vec<(Name, Ty, bool)> {
    let body = cloudc_hir::body(db, function);
    let cloudc_hir::body::Parts::Fn { params, .. } = &body.parts else { return Vec::new() };
    let mut written = Written { db, decl: function, body, problems: Vec::new() };
    let mut next = 0;
    let mut list = Vec::new();
    for param in params {
        let ty = param.ty.map_or_else(Ty::error, |ty| written.ty(ty));
        let ty = ty.map_phases(&mut |_| {
            next += 1;
            Phase::var(next - 1)
        });
        list.push((param.name.clone(), ty, param.default.is_some()));
    }
    list
}

impl Ctx<'_> {
    /// A function's declaration.
    pub fn function(&mut self, params: &[FnParam], ret: Option<TypeId>, value: Option<ExprId>) -> (Root, Signature) {
        let types = parameters(self.db, self.decl);
        let mut typed_params = Vec::new();
        for (index, (param, (_, ty, _))) in params.iter().zip(types).enumerate() {
            self.parameter_type(param, index);
            let default = param.default.map(|default| {
                let why = param.ty.map_or(Why::Builtin("the parameter"), |ty| Why::Annotation(Anchor::ty(self.decl, ty)));
                self.check(default, &Expect { ty: ty.map_phases(&mut |_| Phase::CONST), why }).0
            });
            let local = self.bind(param.name.clone(), ty.clone());
            typed_params.push((local, default));
        }
        let Some(value) = value else { return (Root::Nothing, Signature::error()) };
        let (body, ty) = match ret {
            Some(ret) => {
                let mut written = Written { db: self.db, decl: self.decl, body: self.body, problems: Vec::new() };
                let ty = written.ty(ret);
                self.problems.append(&mut written.problems);
                self.check(value, &Expect { ty, why: Why::Annotation(Anchor::ty(self.decl, ret)) })
            }
            None => self.infer(value),
        };
        (Root::Fn { params: typed_params, body }, Signature { ty, formula: None, key: None })
    }

    fn parameter_type(&mut self, param: &FnParam, index: usize) {
        match param.ty {
            Some(ty) => {
                let mut written = Written { db: self.db, decl: self.decl, body: self.body, problems: Vec::new() };
                written.ty(ty);
                self.problems.append(&mut written.problems);
            }
            None => {
                let at = Anchor { decl: self.decl, part: cloudc_hir::Part::FnParam(index as u32) };
                self.problems.push(
                    Problem::error("C0302", at, format!("parameter `{}` needs a type", param.name))
                        .help(format!("write `{}: String`, or whichever type it is", param.name)),
                );
            }
        }
    }

    /// A call.
    pub fn call(&mut self, src: ExprId, callee: ExprId, args: &[Arg]) -> (Id, Ty) {
        match self.body.expr(callee) {
            Expr::Name(name) => self.call_name(src, callee, &name.clone(), args),
            Expr::Field { base, name, optional } => self.call_field(src, callee, *base, &name.clone(), *optional, args),
            Expr::Missing => self.error_node(src),
            _ => {
                let problem = Problem::error("C0307", self.at(callee), "this is not a function");
                self.fail(src, problem)
            }
        }
    }

    fn call_name(&mut self, src: ExprId, callee: ExprId, name: &Name, args: &[Arg]) -> (Id, Ty) {
        match resolve(self.db, self.owner, Namespace::Value, name.clone()) {
            Some(Resolution::Decl { decl, .. }) => return self.call_decl(src, callee, decl, args),
            Some(Resolution::BadImport { .. }) => return self.error_node(src),
            Some(_) => {
                let problem = Problem::error("C0307", self.at(callee), format!("`{name}` is not a function"));
                return self.fail(src, problem);
            }
            None => {}
        }
        if let Some(signature) = builtins::function(name) {
            return self.call_builtin(src, signature, args);
        }
        if crate::seen::FUNCTIONS.contains(&name.as_str()) {
            return self.check_call(src, callee, name, args);
        }
        let at = self.at(callee);
        let mut problem = Problem::error("C0307", at, format!("there is no function `{name}`"));
        if let (true, [Arg { name: None, value }]) = (name.eq_ignore_ascii_case("ref"), args)
            && let Expr::Name(target) = self.body.expr(*value)
        {
            problem = problem
                .help(format!("`.ref` gives it: `{target}.ref`; where its identifier is expected `{target}` is enough"))
                .fix(
                    format!("change it to `{target}.ref`"),
                    cloudc_hir::problem::Spot::Replace(self.at(src)),
                    format!("{target}.ref"),
                );
        } else if let Some(Resolution::Decl { decl, .. }) = resolve(self.db, self.owner, Namespace::Type, name.clone())
            && decl.kind(self.db) == DeclKind::Component
        {
            problem = Problem::error("C0307", at, format!("`{name}` is a component, not a function"))
                .related(Anchor::name(decl), "the component")
                .help(format!("make one with `resource name: {name} {{ … }}`"));
        } else if let Some(instead) = foreign_function(name) {
            problem = problem.help(instead);
        } else if builtins::method_named(name).is_some() {
            problem = problem.help(format!("`{name}` is a method: write `value.{name}(…)`"));
        } else {
            let visible = cloudc_hir::resolve::visible_names(self.db, self.owner, Namespace::Value);
            let mut names: Vec<&str> = builtins::function_names().collect();
            names.extend(visible.iter().map(Name::as_str));
            let near = cloudc_base::suggest::nearest(name, names).map(str::to_owned);
            if let Some(near) = near {
                problem = problem.help(format!("did you mean `{near}`?")).fix(
                    format!("change it to `{near}`"),
                    cloudc_hir::problem::Spot::Replace(at),
                    near,
                );
            }
        }
        self.fail(src, problem)
    }

    fn call_field(&mut self, src: ExprId, callee: ExprId, base: ExprId, name: &Name, optional: bool, args: &[Arg]) -> (Id, Ty) {
        if let Expr::Name(space) = self.body.expr(base) {
            match self.space(space) {
                Some(Space::Module(file)) => {
                    let item = cloudc_hir::resolve::module_item(self.db, file, Namespace::Value, name.clone());
                    return match item {
                        Some(decl) => self.call_decl(src, callee, decl, args),
                        None => self.member_of_space(callee, &Space::Module(file), name),
                    };
                }
                Some(Space::Aws) if name == "zones_in" => return self.call_builtin(src, &builtins::ZONES_IN, args),
                Some(space) => return self.member_of_space(callee, &space, name),
                None => {}
            }
        }
        let (id, ty) = self.infer(base);
        match &ty.kind {
            Kind::Error => self.error_node(src),
            Kind::Seen(crate::ty::Seen::Stack) if name == "resources" => self.resources_of(src, Some(id), args),
            Kind::Seen(crate::ty::Seen::Part(_)) => {
                let (id, ty) = self.open_seen(base, id, ty);
                self.call_method(src, callee, id, &ty, name, args)
            }
            Kind::Json if self.in_check() => {
                let on = builtins::method_named(name).and_then(|signature| signature.on);
                let (id, ty) = match on {
                    Some(builtins::On::List | builtins::On::Sequence) => self.open_seen(base, id, ty),
                    _ => (id, Ty::text(ty.phase)),
                };
                self.call_method(src, callee, id, &ty, name, args)
            }
            Kind::Optional(inner) if optional => {
                let inner = (**inner).clone();
                self.need(ty.phase, Base::Param, base, "whether it exists");
                let local = self.fresh(inner.clone());
                let start = self.node(typed::Kind::Local(local), base);
                let (body, out) = self.call_method(src, callee, start, &inner, name, args);
                if out.is_error() {
                    return (body, out);
                }
                (self.node(typed::Kind::Chain { base: id, local, body }, src), out.optional(ty.phase))
            }
            Kind::Optional(inner) => {
                let shown = self.show(inner);
                let problem =
                    Problem::error(crate::codes::ABSENT, self.at(callee), format!("`.{name}()` of something that may not exist"))
                        .label(format!("this is `{shown}?`"))
                        .help(format!("call it with `?.{name}()`, or give a default with `??` first"));
                self.fail(src, problem)
            }
            _ => self.call_method(src, callee, id, &ty, name, args),
        }
    }

    fn call_method(&mut self, src: ExprId, callee: ExprId, receiver: Id, ty: &Ty, name: &Name, args: &[Arg]) -> (Id, Ty) {
        let found = builtins::method_named(name);
        let Some(signature) = found.filter(|signature| signature.on.is_some_and(|on| on.accepts(&ty.kind))) else {
            return self.no_method(src, callee, ty, name, found);
        };
        let before = self.secrets;
        let (ids, phase, _) = self.arguments(src, signature, args, Some(ty));
        let secret = self.secrets > before || crate::infer::contains_secret(ty);
        let whole = ty.deepest().join(phase);
        if !self.need(whole, signature.latest, src, &format!("`.{name}()`")) {
            return self.error_node(src);
        }
        if matches!(signature.builtin, typed::Builtin::Split | typed::Builtin::Join)
            && !self.need(phase, Base::Const, src, "the separator")
        {
            return self.error_node(src);
        }
        let mut all = vec![receiver];
        all.extend(ids.iter().copied());
        let builtin = match (signature.builtin, ids.len()) {
            (typed::Builtin::Subnets, 2) => typed::Builtin::SubnetsBits,
            (other, _) => other,
        };
        if builtin == typed::Builtin::Subnets {
            self.need(whole, Base::Const, src, "a block divided without `host_bits`");
        }
        let shape = match signature.out {
            // How many blocks there are is what was asked for.
            Out::Blocks => phase,
            Out::Same | Out::Flat => ty.phase,
            _ => whole,
        };
        let result = match signature.out {
            Out::Blocks => Ty::list(Ty::at(Kind::Cidr, whole), shape),
            Out::Text if secret => builtins::secret(shape),
            out => builtins::result(out, ty, shape),
        };
        (self.node(typed::Kind::Builtin(builtin, all), src), result)
    }

    fn no_method(&mut self, src: ExprId, callee: ExprId, ty: &Ty, name: &Name, found: Option<&builtins::Signature>) -> (Id, Ty) {
        let shown = self.show(ty);
        let at = self.member_at(callee);
        let mut problem = Problem::error("C0306", at, format!("`{shown}` has no method `{name}`"));
        if builtins::property(&ty.kind, name).is_some() {
            problem = problem.help(format!("`.{name}` is written without parentheses"));
        } else if let Some(on) = found.and_then(|signature| signature.on) {
            problem = problem.note(format!("`.{name}()` belongs to {}", on.describe()));
        } else if let Some(near) = cloudc_base::suggest::nearest(name, builtins::method_names(&ty.kind)) {
            problem = crate::access::did_you_mean(problem, at, near);
        }
        self.fail(src, problem)
    }

    fn call_builtin(&mut self, src: ExprId, signature: &'static builtins::Signature, args: &[Arg]) -> (Id, Ty) {
        if let typed::Builtin::Lookup | typed::Builtin::Generated = signature.builtin {
            let name = signature.name;
            let message = format!("`{name}()` is what an `existing` is given, and nothing else");
            let help = match signature.builtin {
                typed::Builtin::Lookup => "declare it: `existing vpc: AWS::EC2::VPC = lookup(…)`, and use `vpc` here",
                _ => "declare it: `existing role: AWS::IAM::Role = generated(\"…\")`, and use `role` here",
            };
            return self.fail(src, Problem::error("C0391", self.at(src), message).help(help));
        }
        let free = matches!(signature.builtin, typed::Builtin::ToJson | typed::Builtin::Raw | typed::Builtin::Transform);
        self.json_depth += u32::from(free);
        let before = self.secrets;
        let (ids, phase, complete) = self.arguments(src, signature, args, None);
        let secret = self.secrets > before;
        self.json_depth -= u32::from(free);
        if let (typed::Builtin::Allow | typed::Builtin::Deny | typed::Builtin::Trust, true) = (signature.builtin, complete) {
            return self.statement_call(src, signature, ids, phase);
        }
        if signature.builtin == typed::Builtin::Secret && ids.len() == 4 && self.is_given(ids[2]) {
            let problem = Problem::error("C0308", self.at(src), "a secret is read by its stage or by its version, not by both");
            return self.fail(src, problem.help("leave one of them out"));
        }
        if !complete || !self.need(phase, signature.latest, src, &format!("`{}()`", signature.name)) {
            return self.error_node(src);
        }
        let out = builtins::result(signature.out, &Ty::error(), phase);
        let out = match signature.builtin {
            // Nothing is known of what another stack gives: it fits wherever text does.
            typed::Builtin::ImportValue | typed::Builtin::StackOutput => Ty::text(Phase::DEPLOY),
            typed::Builtin::ZonesIn => Ty::list(self.zone_type(), Phase::PARAM),
            // Only the deployment knows what is stored.
            typed::Builtin::Secret | typed::Builtin::SsmSecure => builtins::secret(Phase::DEPLOY),
            typed::Builtin::Ssm => Ty::text(Phase::DEPLOY),
            _ if secret && out.kind.is_text() => builtins::secret(phase),
            _ => out,
        };
        (self.node(typed::Kind::Builtin(signature.builtin, ids), src), out)
    }

    /// `lookup(…)` or `generated(…)` as the value of an `existing`; nothing when it is something else.
    pub fn existing_call(&mut self, value: ExprId, handle: cloudc_schema::Type) -> Option<Id> {
        let Expr::Call { callee, args } = self.body.expr(value) else { return None };
        let (callee, args) = (*callee, args.clone());
        let Expr::Name(name) = self.body.expr(callee) else { return None };
        let signature = builtins::function(name).filter(|signature| {
            matches!(signature.builtin, typed::Builtin::Lookup | typed::Builtin::Generated)
                && resolve(self.db, self.owner, Namespace::Value, name.clone()).is_none()
        })?;
        let (ids, phase, complete) = self.arguments(value, signature, &args, None);
        if !complete || !self.need(phase, signature.latest, value, &format!("what `{}()` is given", signature.name)) {
            return Some(self.error_node(value).0);
        }
        if signature.builtin == typed::Builtin::Generated {
            return Some(self.node(typed::Kind::Builtin(signature.builtin, ids), value));
        }
        if !ids.iter().any(|id| self.is_given(*id)) {
            let problem = Problem::error("C0392", self.at(value), "this look-up asks for nothing");
            let help =
                "say which one: `lookup(tags: { Name: \"main\" })`, `lookup(where: { … })` or `lookup(\"its identifier\")`";
            return Some(self.fail(value, problem.help(help)).0);
        }
        self.lookup_properties(&args, handle);
        Some(self.node(typed::Kind::Builtin(typed::Builtin::Lookup, ids), value))
    }

    /// `where` names properties of the type.
    fn lookup_properties(&mut self, args: &[Arg], handle: cloudc_schema::Type) {
        let Some(asked) = args.iter().find(|arg| arg.name.as_deref() == Some("where")) else { return };
        let Expr::Record(entries) = self.body.expr(asked.value) else { return };
        for entry in entries.clone() {
            let cloudc_hir::body::Entry::Field { key: cloudc_hir::body::Key::Text(name), anchor, .. } = entry else { continue };
            if handle.property(&name).is_some() {
                continue;
            }
            let message = format!("`{}` has no property `{name}` to be found by", handle.name());
            let mut problem = Problem::error("C0393", self.at(anchor), message);
            let names: Vec<&str> = handle.properties().map(|property| property.name()).collect();
            if let Some(near) = cloudc_base::suggest::nearest(&name, names) {
                problem = problem.help(format!("did you mean `{near}`?"));
            }
            self.problems.push(problem);
        }
    }

    /// Checks arguments against a built-in's; gives their joined phase and whether all that must be there are.
    fn arguments(
        &mut self,
        src: ExprId,
        signature: &'static builtins::Signature,
        args: &[Arg],
        receiver: Option<&Ty>,
    ) -> (Vec<Id>, Phase, bool) {
        let names: Vec<&str> = signature.args.iter().map(|(name, _)| *name).collect();
        let Some(places) = self.assign(signature.name, &names, args) else { return (Vec::new(), Phase::CONST, false) };
        let mut ids = Vec::new();
        let mut phase = Phase::CONST;
        let last = places.iter().rposition(Option::is_some);
        for (at, ((_, kind), place)) in signature.args.iter().zip(&places).enumerate() {
            let Some(value) = place else {
                // One after it is given by name.
                if at < signature.required || last.is_none_or(|last| last < at) {
                    break;
                }
                ids.push(self.node(typed::Kind::Literal(cloudc_hir::body::Literal::None), src));
                continue;
            };
            let (id, ty) = match builtins::argument(*kind, receiver) {
                Some(one) if matches!(kind, Takes::Actions | Takes::Targets | Takes::Principals) => {
                    self.one_or_many(*value, one, Why::Builtin(signature.name))
                }
                Some(kind) => self.check(*value, &Expect { ty: Ty::constant(kind), why: Why::Builtin(signature.name) }),
                None => self.infer(*value),
            };
            phase = phase.join(ty.deepest());
            ids.push(id);
        }
        let missing = &names[ids.len().min(names.len())..signature.required.max(ids.len()).min(names.len())];
        if let Some(first) = missing.first() {
            let problem = Problem::error("C0308", self.at(src), format!("`{}` needs `{first}`", signature.name))
                .help(format!("it takes {}", names.join(", ")));
            self.problems.push(problem);
            return (ids, phase, false);
        }
        (ids, phase, true)
    }

    /// Which argument goes to which parameter.
    pub fn assign(&mut self, callee: &str, names: &[&str], args: &[Arg]) -> Option<Vec<Option<ExprId>>> {
        let mut places: Vec<Option<ExprId>> = vec![None; names.len()];
        let mut next = 0;
        for arg in args {
            let index = match &arg.name {
                Some(name) => match names.iter().position(|known| known == name) {
                    Some(index) => index,
                    None => {
                        let mut problem =
                            Problem::error("C0308", self.at(arg.value), format!("`{callee}` has no parameter `{name}`"));
                        problem = match cloudc_base::suggest::nearest(name, names.iter().copied()) {
                            Some(near) => problem.help(format!("did you mean `{near}`?")),
                            None if names.is_empty() => problem.help("it takes no arguments"),
                            None => problem.help(format!("it takes {}", names.join(", "))),
                        };
                        self.problems.push(problem);
                        return None;
                    }
                },
                None => {
                    next += 1;
                    next - 1
                }
            };
            if index >= names.len() {
                let takes = match names {
                    [] => "takes no arguments".to_owned(),
                    [one] => format!("takes one argument, `{one}`"),
                    all => format!("takes {} arguments: {}", all.len(), all.join(", ")),
                };
                self.problems
                    .push(Problem::error("C0308", self.at(arg.value), format!("`{callee}` {takes}")).label("one too many"));
                return None;
            }
            if places[index].replace(arg.value).is_some() {
                self.problems.push(Problem::error("C0308", self.at(arg.value), format!("`{}` is given twice", names[index])));
                return None;
            }
        }
        Some(places)
    }

    fn call_decl(&mut self, src: ExprId, callee: ExprId, decl: Decl, args: &[Arg]) -> (Id, Ty) {
        let name = decl.name(self.db).clone();
        if decl.kind(self.db) != DeclKind::Fn {
            let kind = decl.kind(self.db).keyword();
            let mut problem = Problem::error("C0307", self.at(callee), format!("`{name}` is not a function"))
                .related(Anchor::name(decl), format!("it is declared here with `{kind}`"));
            if decl.kind(self.db) == DeclKind::Component {
                problem = problem.help(format!("make one with `resource name: {name} {{ … }}`"));
            }
            return self.fail(src, problem);
        }
        let params = parameters(self.db, decl);
        let names: Vec<&str> = params.iter().map(|(name, ..)| name.as_str()).collect();
        let Some(places) = self.assign(&name, &names, args) else { return self.error_node(src) };
        let mut ids = Vec::new();
        let mut actual: Vec<Phase> = Vec::new();
        let mut culprit: Vec<(u128, ExprId)> = Vec::new();
        for (index, ((param, ty, has_default), place)) in params.iter().zip(&places).enumerate() {
            let Some(value) = place else {
                if !has_default {
                    let problem = Problem::error("C0308", self.at(src), format!("`{name}` needs `{param}`"))
                        .related(Anchor { decl, part: cloudc_hir::Part::FnParam(index as u32) }, "the parameter");
                    return self.fail(src, problem);
                }
                ids.push(None);
                continue;
            };
            let plain = ty.map_phases(&mut |_| Phase::CONST);
            let at = Anchor { decl, part: cloudc_hir::Part::FnParam(index as u32) };
            let (id, given) = self.check(*value, &Expect { ty: plain, why: Why::Input(param.clone(), at) });
            crate::instance::actual_phases(ty, &given, &mut actual);
            culprit.push((ty.deepest().vars, *value));
            ids.push(Some(id));
        }
        self.meet_bounds(decl, &actual, &culprit, src);
        let ty = crate::signature(self.db, decl).ty.substitute(&actual);
        (self.node(typed::Kind::Call { function: decl, args: ids }, src), ty)
    }

    /// Tests what a component or function demands of its inputs against what it is given.
    pub fn meet_bounds(&mut self, callee: Decl, actual: &[Phase], culprit: &[(u128, ExprId)], src: ExprId) -> bool {
        let mut fine = true;
        let mut told: Vec<ExprId> = Vec::new();
        for bound in crate::component_bounds(self.db, callee) {
            let phase = actual.get(bound.var as usize).copied().unwrap_or_default();
            let at = culprit.iter().find(|(vars, _)| vars & (1 << bound.var) != 0).map_or(src, |(_, at)| *at);
            if phase.base > bound.at_most {
                fine = false;
                if !told.contains(&at) {
                    told.push(at);
                    let problem = crate::infer::phase_problem(self.at(at), phase.base, bound.at_most, &bound.what);
                    let input = match crate::component_inputs(self.db, callee)
                        .iter()
                        .find(|input| input.ty.deepest().vars & (1 << bound.var) != 0)
                    {
                        Some(input) if callee.kind(self.db) == DeclKind::Component => format!("`{}`", input.name),
                        _ => "this argument".to_owned(),
                    };
                    let must = if bound.at_most == Base::Const { "when compiling" } else { "when the deployment starts" };
                    let message = format!("{input} must be known {must}");
                    let problem = Problem { code: cloudc_base::Code("C0322"), message, ..problem };
                    self.problems.push(problem.related(bound.because, format!("needed here for {}", bound.what)));
                }
            }
            for var in phase.variables() {
                let because = bound.because;
                self.bounds.push(crate::signatures::Bound { var, at_most: bound.at_most, because, what: bound.what.clone() });
            }
        }
        fine
    }
}

/// What people from CloudFormation and Terraform write.
fn foreign_function(name: &str) -> Option<&'static str> {
    Some(match name {
        "Ref" | "ref" => "name the resource itself where its identifier is expected, or write `resource.ref`",
        "GetAtt" | "get_att" => "write the attribute: `resource.Arn`",
        "Sub" | "sub" => "put values into text with `\"… ${value} …\"`",
        "Join" => "write `list.join(\",\")`",
        "Select" => "write `list[0]`",
        "If" => "write `if c { a } else { b }`",
        "GetAZs" => "write `aws.zones`",
        "ImportValue" => "write `import_value(\"name\")`",
        "len" | "length" | "size" => "write `list.length`",
        "jsonencode" => "write `to_json(x)`",
        "cidrsubnet" | "cidr" => "write `block.subnets(8)`",
        "str" | "string" | "tostring" => "put it into text: `\"${x}\"`",
        "print" | "println" => "hover shows values; `output name = value` gives one out",
        _ => return None,
    })
}
