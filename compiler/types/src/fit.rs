//! Whether a value fits where it is put, and what has to be done to it to fit.
//!
//! In: a node, its type, what is expected. Out: a node that fits (coercions and checks wrapped around), and the expected
//! type at the phases the value really has. What does not fit is one error that names both sides.

use std::sync::Arc;

use cloudc_hir::body::{ExprId, Literal};
use cloudc_hir::problem::Spot;
use cloudc_hir::{Name, Problem};
use cloudc_schema::{Access, Ident, Node, Shape, Text, Unit};

use crate::access::single;
use crate::checks::{Constraint, Scalar, violation};
use crate::infer::{Ctx, Expect, Why};
use crate::phase::Phase;
use crate::ty::{Field, Kind, Lit, Ty};
use crate::typed::{self, Bind, Coercion, Entry, Id, Key};

impl Ctx<'_> {
    /// Makes `id` of type `ty` fit `expect`.
    pub fn fit(&mut self, id: Id, ty: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        if ty.is_error() || expect.ty.is_error() {
            return (id, ty.clone());
        }
        let (id, fitted) = self.fit_whole(id, ty, expect, src);
        // A violated constraint has been told: nothing more is to be said of the value.
        let told = self.nodes[id.0 as usize].kind == typed::Kind::Error;
        (id, if told { Ty::error() } else { fitted })
    }

    fn fit_whole(&mut self, id: Id, ty: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        if let Kind::Secret(inner) = &ty.kind
            && !matches!(expect.ty.kind, Kind::Secret(_))
        {
            let inner = (**inner).clone();
            if let Some(problem) = self.leak(expect, src) {
                return self.fail(src, problem);
            }
            return self.fit(id, &inner, expect, src);
        }
        if let Kind::Ssm(inner) = &ty.kind
            && !matches!(expect.ty.kind, Kind::Ssm(_))
        {
            let inner = inner.delayed(ty.phase);
            return self.fit(id, &inner, expect, src);
        }
        match &expect.ty.kind {
            Kind::Optional(inner) => self.fit_optional(id, ty, inner, expect, src),
            _ if matches!(ty.kind, Kind::Optional(_) | Kind::None) => self.absent(id, ty, expect, src),
            Kind::Node(node) => self.fit_node(id, ty, *node, expect, src),
            Kind::Object(object) => self.fit_object(id, ty, *object, expect, src),
            Kind::List(element) => self.fit_list(id, ty, element, expect, src),
            Kind::Map(key, value) => self.fit_map(id, ty, key, value, expect, src),
            Kind::Record(fields) => self.fit_record(id, ty, fields, expect, src),
            Kind::Json => self.fit_json(id, ty, src),
            Kind::Ident(idents) => self.fit_ident(id, ty, idents, expect, src),
            Kind::Secret(inner) => {
                let inner = Expect { ty: (**inner).clone(), why: expect.why.clone() };
                self.fit(id, ty, &inner, src)
            }
            Kind::Ssm(_) => {
                let text = Expect { ty: Ty::text(Phase::CONST), why: expect.why.clone() };
                self.fit(id, ty, &text, src)
            }
            kind => self.fit_scalar(id, ty, &kind.clone(), expect, src),
        }
    }

    /// A secret where everybody who may describe the resource reads it, unless that is allowed here with a reason.
    fn leak(&self, expect: &Expect, src: ExprId) -> Option<Problem> {
        let Why::Property(name) = &expect.why else { return None };
        let shown = matches!(name.as_str(), "Tags" | "TagSpecifications" | "UserData" | "Environment" | "Variables")
            || name.ends_with("Name")
            || name.ends_with("Description");
        let allowed = self.body.attrs.iter().filter(|attr| attr.name == "allow").any(|attr| {
            attr.args.first().is_some_and(
                |arg| matches!(self.body.expr(arg.value), cloudc_hir::body::Expr::Literal(Literal::Str(code)) if code == "C0331"),
            )
        });
        if !shown || allowed {
            return None;
        }
        Some(
            Problem::error(
                "C0331",
                self.at(src),
                format!("a secret in `{name}` can be read by everyone who may describe the resource"),
            )
            .help("let the program fetch the secret itself, or write `@allow(\"C0331\", reason: \"…\")` before the resource"),
        )
    }

    /// Like [`Ctx::check`], where what may be absent is simply left out.
    pub fn check_droppable(&mut self, src: ExprId, expect: &Expect) -> (Id, Ty) {
        let optional = Expect { ty: expect.ty.clone().optional(Phase::CONST), why: expect.why.clone() };
        self.check(src, &optional)
    }

    fn fit_optional(&mut self, id: Id, ty: &Ty, inner: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let present = Expect { ty: inner.clone(), why: expect.why.clone() };
        match &ty.kind {
            Kind::None => (id, Ty::at(expect.ty.kind.clone(), ty.phase)),
            Kind::Optional(given) => {
                let local = self.fresh((**given).clone());
                let mark = self.nodes.len();
                let start = self.node(typed::Kind::Local(local), src);
                let (body, fitted) = self.fit(start, given, &present, src);
                let result = fitted.optional(ty.phase);
                if body == start {
                    self.nodes.truncate(mark);
                    return (id, result);
                }
                (self.node(typed::Kind::Chain { base: id, local, body }, src), result)
            }
            _ => {
                // It is certainly there, and its type says so by staying plain.
                self.fit(id, ty, &present, src)
            }
        }
    }

    fn absent(&mut self, id: Id, ty: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let wanted = self.show(&expect.ty);
        let problem = match &ty.kind {
            Kind::None => Problem::error("C0309", self.at(src), format!("`none` where `{wanted}` must be")),
            _ => {
                let shown = self.show(ty);
                Problem::error("C0309", self.at(src), "this may not exist")
                    .label(format!("this is `{shown}`, `{wanted}` is needed"))
            }
        };
        let problem = self.explain(problem, expect).help("give a default with `??`, or ask `if x != none { … }` first");
        let problem = if ty.kind == Kind::None { problem } else { self.explain_absence(src, problem) };
        let _ = id;
        self.fail(src, problem)
    }

    /// Adds who expects it.
    pub fn explain(&self, problem: Problem, expect: &Expect) -> Problem {
        match &expect.why {
            Why::Annotation(at) => problem.related(*at, "expected because of this"),
            Why::Property(name) => problem.note(format!("expected by the property `{name}`")),
            Why::Input(name, at) => problem.related(*at, format!("expected by `{name}`")),
            Why::Builtin(name) => problem.note(format!("expected by {name}")),
        }
    }

    /// The error for a value of the wrong type.
    pub fn mismatch(&mut self, ty: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let (wanted, given) = (self.show(&expect.ty), self.show(ty));
        let problem = Problem::error("C0301", self.at(src), format!("expected `{wanted}`, found `{given}`"))
            .label(format!("this is `{given}`"));
        let mut problem = self.explain(problem, expect);
        let element = match &expect.ty.kind {
            Kind::List(element) => Some((**element).clone()),
            Kind::Node(node) => match node.shape() {
                Shape::List(element) => Some(Ty::constant(Kind::Node(element))),
                _ => None,
            },
            _ => None,
        };
        if let Some(element) = element {
            let mark = self.mark();
            let probe = self.node(typed::Kind::Error, src);
            self.fit(probe, ty, &Expect { ty: element, why: expect.why.clone() }, src);
            let fits = !self.failed_since(&mark);
            self.rewind(&mark);
            if fits {
                let at = self.at(src);
                problem = problem.help("a list is expected: put it in brackets");
                problem.fixes.push(cloudc_hir::problem::FixPlan {
                    title: "put it in brackets".into(),
                    edits: vec![(Spot::Before(at), "[".into()), (Spot::After(at), "]".into())],
                });
            }
        } else if problem.help.is_none() {
            problem = self.mismatch_help(problem, ty, &expect.ty);
        }
        self.fail(src, problem)
    }

    fn mismatch_help(&self, problem: Problem, ty: &Ty, wanted: &Ty) -> Problem {
        if let Kind::Record(fields) = &ty.kind
            && let [only] = &fields[..]
            && (only.name == "Ref" || only.name.starts_with("Fn::"))
        {
            return problem.help(format!(
                "`{}` is written as an expression: name the resource, `x.Arn`, `\"${{x}}\"`, `if c {{ a }} else {{ b }}`; for what has none, `raw({{ … }})`",
                only.name
            ));
        }
        let number_wanted = wanted.kind.is_number()
            || matches!(wanted.kind, Kind::Node(node) if matches!(node.shape(), Shape::Integer | Shape::Number));
        let bool_wanted = wanted.kind == Kind::Bool || matches!(wanted.kind, Kind::Node(node) if node.shape() == Shape::Boolean);
        match single(ty) {
            Some(Lit::Str(text)) if number_wanted && text.parse::<f64>().is_ok() => {
                problem.help(format!("write the number without quotes: `{text}`"))
            }
            Some(Lit::Str(text)) if bool_wanted && matches!(text.as_str(), "true" | "false") => {
                problem.help(format!("write it without quotes: `{text}`"))
            }
            _ if wanted.kind.is_text() && (ty.kind.is_number() || ty.kind.is_bool()) => {
                problem.help("put it into text: `\"${x}\"`")
            }
            _ => problem,
        }
    }

    fn fit_list(&mut self, id: Id, ty: &Ty, element: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let Kind::List(given) = &ty.kind else {
            if let (Kind::Instance(..), _) = (&ty.kind, ()) {
                return self.handle_mismatch(ty, expect, src);
            }
            return self.mismatch(ty, expect, src);
        };
        let expected = Expect { ty: element.clone().optional(Phase::CONST), why: expect.why.clone() };
        let (id, fitted) = self.each(id, given, &expected, ty.phase, src);
        if fitted.is_error() && !given.is_error() {
            return (id, Ty::error());
        }
        let (fitted, shape) = crate::expr::drop_absent(fitted, Phase::CONST);
        (id, Ty::list(fitted, ty.phase.join(shape)))
    }

    /// Fits every element of a list; a loop is made only when an element has to change.
    fn each(&mut self, list: Id, element: &Ty, expect: &Expect, shape: Phase, src: ExprId) -> (Id, Ty) {
        let local = self.fresh(element.clone());
        let mark = self.nodes.len();
        let start = self.node(typed::Kind::Local(local), src);
        let (value, fitted) = self.fit(start, element, expect, src);
        if fitted.is_error() && !element.is_error() {
            return (value, Ty::error());
        }
        let trivial = value == start || self.only_checks(value, start);
        if trivial {
            let checks = self.checks_of(value, start);
            self.nodes.truncate(mark);
            if checks.is_empty() || !shape.is_const() {
                return (list, fitted);
            }
            let start = self.node(typed::Kind::Local(local), src);
            let value = self.node(typed::Kind::Check(checks, start), src);
            return (self.loop_over(list, local, value, src), fitted);
        }
        if !self.need(shape, crate::phase::Base::Const, src, "a list whose elements have to be converted") {
            return self.error_node(src);
        }
        (self.loop_over(list, local, value, src), fitted)
    }

    fn loop_over(&mut self, list: Id, local: typed::Local, value: Id, src: ExprId) -> Id {
        let bind = Bind { key: None, element: local };
        self.node(typed::Kind::List(vec![typed::Element::For { bind, iterable: list, filter: None, value }]), src)
    }

    fn only_checks(&self, mut id: Id, start: Id) -> bool {
        while let typed::Kind::Check(_, inner) = &self.nodes[id.0 as usize].kind {
            id = *inner;
        }
        id == start
    }

    fn checks_of(&self, mut id: Id, start: Id) -> Vec<Constraint> {
        let mut all = Vec::new();
        while id != start {
            let typed::Kind::Check(constraints, inner) = &self.nodes[id.0 as usize].kind else { break };
            all.extend(constraints.iter().cloned());
            id = *inner;
        }
        all
    }

    fn fit_map(&mut self, id: Id, ty: &Ty, key: &Kind, value: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let Some((given_key, given)) = crate::join::as_map(ty) else { return self.mismatch(ty, expect, src) };
        if let (Some(allowed), Some(keys)) = (key.literals(), given_key.literals())
            && let Some(wrong) = keys.iter().find(|lit| !allowed.contains(lit))
        {
            let listed = crate::checks::list_some(allowed.iter().map(Lit::to_string), 12);
            let problem = Problem::error("C0314", self.at(src), format!("{wrong} is not a key of this map"))
                .note(format!("its keys are {listed}"));
            return self.fail(src, problem);
        }
        let expected = Expect { ty: value.clone(), why: expect.why.clone() };
        let local = self.fresh(given.clone());
        let mark = self.nodes.len();
        let start = self.node(typed::Kind::Local(local), src);
        let (body, fitted) = self.fit(start, &given, &expected, src);
        if fitted.is_error() && !given.is_error() {
            return (body, Ty::error());
        }
        let result = Ty::at(Kind::Map(Arc::new(given_key), Arc::new(fitted)), ty.phase);
        if body == start {
            self.nodes.truncate(mark);
            return (id, result);
        }
        if !self.need(ty.phase, crate::phase::Base::Const, src, "a map whose values have to be converted") {
            return self.error_node(src);
        }
        let name = self.fresh(Ty::text(Phase::CONST));
        let key = self.node(typed::Kind::Local(name), src);
        let bind = Bind { key: Some(name), element: local };
        let entry = Entry::For { bind, iterable: id, filter: None, key, value: body, site: src };
        (self.node(typed::Kind::Record(vec![entry]), src), result)
    }

    fn fit_record(&mut self, id: Id, ty: &Ty, fields: &[Field], expect: &Expect, src: ExprId) -> (Id, Ty) {
        let given = match &ty.kind {
            Kind::Record(given) => given.clone(),
            Kind::Instance(component, phases) => self.instance_fields(*component, phases),
            Kind::Json => return (id, Ty::at(expect.ty.kind.clone(), ty.phase)),
            Kind::Handle(_) => return self.handle_mismatch(ty, expect, src),
            _ => return self.mismatch(ty, expect, src),
        };
        let is_instance = matches!(ty.kind, Kind::Instance(..));
        let mut fitted_fields = Vec::new();
        let mut entries = Vec::new();
        let mut changed = is_instance;
        for field in fields {
            let Some(own) = given.iter().find(|own| own.name == field.name) else {
                if matches!(field.ty.kind, Kind::Optional(_)) {
                    continue;
                }
                let shown = self.show(ty);
                let problem = Problem::error("C0301", self.at(src), format!("the field `{}` is missing", field.name))
                    .label(format!("this is `{shown}`"));
                let problem = self.explain(problem, expect);
                return self.fail(src, problem);
            };
            let kind = if is_instance {
                typed::Kind::Output { base: id, name: field.name.clone() }
            } else {
                typed::Kind::Field { base: id, name: field.name.clone() }
            };
            let start = self.node(kind, src);
            let expected = Expect { ty: field.ty.clone(), why: expect.why.clone() };
            let (value, fitted) = self.fit(start, &own.ty.delayed(ty.phase), &expected, src);
            if fitted.is_error() && !own.ty.is_error() {
                return (value, Ty::error());
            }
            changed |= value != start;
            fitted_fields.push(Field { name: field.name.clone(), ty: fitted });
            entries.push(Entry::Field { key: Key::Text(field.name.clone()), value, guard: None, site: src });
        }
        let result = Ty::at(Kind::Record(fitted_fields.into()), ty.phase);
        if !changed {
            return (id, result);
        }
        (self.node(typed::Kind::Record(entries), src), result)
    }

    fn instance_fields(&self, component: cloudc_hir::Decl, phases: &[Phase]) -> Arc<[Field]> {
        let outputs = crate::outputs_of(self.db, component).iter();
        outputs.map(|(name, _, ty)| Field { name: name.clone(), ty: ty.substitute(phases) }).collect()
    }

    /// Free JSON takes everything but what only means something to the compiler.
    fn fit_json(&mut self, id: Id, ty: &Ty, src: ExprId) -> (Id, Ty) {
        match &ty.kind {
            Kind::Handle(_) | Kind::Custom(_) | Kind::Instance(..) => self.handle_as_text(src, ty),
            Kind::List(element) => {
                let mark = self.mark();
                let probe = self.node(typed::Kind::Error, src);
                let (_, inner) = self.fit_json(probe, element, src);
                if inner.is_error() && !element.is_error() {
                    let (id, ty) = self.error_node(src);
                    return (id, ty);
                }
                self.rewind(&mark);
                (id, Ty::at(Kind::Json, ty.deepest()))
            }
            Kind::Duration | Kind::Size => {
                let shown = self.show(ty);
                let problem = Problem::error("C0301", self.at(src), format!("a `{shown}` has no unit here"))
                    .help("nothing says which unit is meant: write the number");
                self.fail(src, problem)
            }
            _ => (id, Ty::at(Kind::Json, ty.deepest())),
        }
    }

    fn fit_ident(&mut self, id: Id, ty: &Ty, idents: &[Ident], expect: &Expect, src: ExprId) -> (Id, Ty) {
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
            kind if kind.is_text() => (id, result(ty.phase)),
            _ => self.mismatch(ty, expect, src),
        }
    }

    fn identify(&mut self, id: Id, access: Access, src: ExprId) -> Id {
        let attr = match access {
            Access::Ref => None,
            Access::Attr(name) => Some(Name::from(name)),
        };
        self.node(typed::Kind::Coerce(Coercion::Identify(attr), id), src)
    }

    fn identify_instance(
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
    fn wrong_reference(&mut self, ty: &Ty, idents: &[Ident], expect: &Expect, src: ExprId) -> (Id, Ty) {
        let mut names: Vec<String> = Vec::new();
        for ident in idents {
            let name = format!("`{}`", ident.ty);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names.truncate(4);
        let wanted = names.join(" or ");
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

    fn handle_mismatch(&mut self, ty: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
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
                problem = problem.help("say which of its identifiers is meant: `.ref`, or an attribute such as `.Arn`");
                problem = problem.fix("use what `Ref` gives: `.ref`", Spot::After(at), ".ref");
                if handle.attribute("Arn").is_some() {
                    problem = problem.fix("use its ARN: `.Arn`", Spot::After(at), ".Arn");
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

    /// Text, numbers, Bools and the like against a type of ours.
    fn fit_scalar(&mut self, id: Id, ty: &Ty, wanted: &Kind, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let result = Ty::at(wanted.clone(), ty.phase);
        if matches!(ty.kind, Kind::Handle(_) | Kind::Custom(_) | Kind::Instance(..)) {
            return self.fit_handle(id, ty, wanted, expect, src);
        }
        let (fits, constraint) = match wanted {
            Kind::Str(bounds) => (ty.kind.is_text() || ty.kind == Kind::Json, bounds.clone().map(Constraint::Refined)),
            Kind::Int(bounds) => (ty.kind.is_int() || ty.kind == Kind::Json, bounds.clone().map(Constraint::Refined)),
            Kind::Float(bounds) => (ty.kind.is_number() || ty.kind == Kind::Json, bounds.clone().map(Constraint::Refined)),
            Kind::Bool => (ty.kind.is_bool() || ty.kind == Kind::Json, None),
            Kind::Cidr => (ty.kind.is_text(), (ty.kind != Kind::Cidr).then_some(Constraint::Cidr)),
            Kind::Arn => (ty.kind.is_text(), (!matches!(ty.kind, Kind::Arn | Kind::Ident(_))).then_some(Constraint::Arn)),
            Kind::Lit(lit) => return self.fit_literals(id, ty, std::slice::from_ref(lit), expect, src),
            Kind::Union(members) => match wanted.literals() {
                Some(literals) => return self.fit_literals(id, ty, &literals, expect, src),
                None => return self.fit_union(id, ty, &members.clone(), expect, src),
            },
            other => (ty.kind == *other || ty.kind == Kind::Json, None),
        };
        if !fits {
            return self.mismatch(ty, expect, src);
        }
        // A literal keeps being one: `let n: Int = 3` is known to be 3.
        let result = if single(ty).is_some() && !matches!(wanted, Kind::Float(_) | Kind::Cidr | Kind::Arn) && constraint.is_none()
        {
            Ty::at(wanted.clone(), ty.phase)
        } else {
            result
        };
        match constraint {
            Some(constraint) => (self.constrain(id, ty, vec![constraint], expect, src), result),
            None => (id, result),
        }
    }

    fn fit_handle(&mut self, id: Id, ty: &Ty, wanted: &Kind, expect: &Expect, src: ExprId) -> (Id, Ty) {
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

    fn fit_literals(&mut self, id: Id, ty: &Ty, allowed: &[Lit], expect: &Expect, src: ExprId) -> (Id, Ty) {
        let result = Ty::at(expect.ty.kind.clone(), ty.phase);
        if let Some(given) = ty.kind.literals() {
            if given.iter().all(|lit| allowed.contains(lit)) {
                return (id, Ty::at(ty.kind.clone(), ty.phase));
            }
            let same_base = given.iter().zip(allowed).all(|(a, b)| std::mem::discriminant(a) == std::mem::discriminant(b));
            if given.len() == 1 && same_base {
                let scalar = scalar_of(&given[0]);
                if let Some(found) = violation(&Constraint::OneOf(allowed.to_vec()), &scalar) {
                    return self.violated(found, expect, src);
                }
            }
            if !same_base || given.len() == 1 {
                return self.mismatch(ty, expect, src);
            }
            let wrong: Vec<String> = given.iter().filter(|lit| !allowed.contains(lit)).map(Lit::to_string).collect();
            let problem =
                Problem::error("C0312", self.at(src), format!("it can be {}, which is not allowed here", wrong.join(" or ")));
            let problem = self.explain(problem, expect);
            return self.fail(src, problem);
        }
        let base_fits = match allowed.first() {
            Some(Lit::Str(_)) => ty.kind.is_text(),
            Some(Lit::Int(_)) => ty.kind.is_int(),
            Some(Lit::Bool(_)) => ty.kind.is_bool(),
            None => true,
        };
        if !base_fits && ty.kind != Kind::Json {
            return self.mismatch(ty, expect, src);
        }
        let constraint = Constraint::OneOf(allowed.to_vec());
        (self.node(typed::Kind::Check(vec![constraint], id), src), result)
    }

    fn fit_union(&mut self, id: Id, ty: &Ty, members: &[Kind], expect: &Expect, src: ExprId) -> (Id, Ty) {
        if let Kind::Union(given) = &ty.kind
            && given.iter().all(|kind| members.contains(kind))
        {
            return (id, ty.clone());
        }
        for member in members {
            let mark = self.mark();
            let one = Expect { ty: Ty::at(member.clone(), expect.ty.phase), why: expect.why.clone() };
            let (fitted, out) = self.fit(id, ty, &one, src);
            if !self.failed_since(&mark) {
                return (fitted, out);
            }
            self.rewind(&mark);
        }
        self.mismatch(ty, expect, src)
    }

    /// Checks a constraint now when the value is a literal, else leaves it to the evaluator.
    pub fn constrain(&mut self, id: Id, ty: &Ty, constraints: Vec<Constraint>, expect: &Expect, src: ExprId) -> Id {
        let literals = match &self.nodes[id.0 as usize].kind {
            typed::Kind::Literal(Literal::Float(value)) => Some(vec![Scalar::Float(*value)]),
            typed::Kind::Literal(Literal::Cidr(text)) => Some(vec![Scalar::Str(text.clone())]),
            _ => ty.kind.literals().map(|all| all.iter().map(scalar_of).collect()),
        };
        match literals {
            Some(values) if values.len() <= 24 => {
                for value in &values {
                    for constraint in &constraints {
                        if let Some(found) = violation(constraint, value) {
                            let (id, _) = self.violated(found, expect, src);
                            return id;
                        }
                    }
                }
                id
            }
            // Nothing can be checked of what exists only at deployment.
            _ if ty.phase.base == crate::phase::Base::Deploy => id,
            _ => self.node(typed::Kind::Check(constraints, id), src),
        }
    }

    fn violated(&mut self, found: crate::checks::Violation, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let at = self.at(src);
        let mut problem = Problem::error(found.code, at, found.message);
        if let Some(help) = found.help {
            problem = problem.help(help);
        }
        if let Some(instead) = found.instead {
            problem = problem.fix(format!("change it to `{instead}`"), Spot::Replace(at), instead);
        }
        let problem = if matches!(expect.why, Why::Property(_)) { problem } else { self.explain(problem, expect) };
        self.fail(src, problem)
    }

    /// A value at a position of the schema.
    fn fit_node(&mut self, id: Id, ty: &Ty, node: Node, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let result = |phase| Ty::at(Kind::Node(node), phase);
        if let Kind::Node(own) = ty.kind
            && own == node
        {
            return (id, ty.clone());
        }
        let shape = node.shape();
        if !node.expects().is_empty() && !matches!(shape, Shape::List(_) | Shape::Object(_) | Shape::Map { .. }) {
            return self.fit_identifier(id, ty, node, expect, src);
        }
        if matches!(ty.kind, Kind::Handle(_) | Kind::Custom(_) | Kind::Instance(..))
            && !matches!(shape, Shape::OneOf(_) | Shape::AnyOf(_))
        {
            return self.unrelated_handle(id, ty, node, expect, src);
        }
        match (&ty.kind, node.unit()) {
            (Kind::Duration | Kind::Size, Some(unit)) if unit.is_time() == (ty.kind == Kind::Duration) => {
                let coerced = self.in_unit(id, unit, matches!(shape, Shape::String), src);
                let id = self.constrain_node(coerced, &Ty::at(Kind::Int(None), ty.phase), node, expect, src);
                return (id, result(ty.phase));
            }
            (Kind::Duration, None) if node.text() == Text::Duration => {
                return (self.node(typed::Kind::Coerce(Coercion::IsoDuration, id), src), result(ty.phase));
            }
            _ => {}
        }
        let structured = matches!(ty.kind, Kind::Record(_) | Kind::Map(..) | Kind::List(_) | Kind::Object(_));
        match node.text() {
            // Documents are given as records; CloudFormation takes them wherever the registry says text.
            Text::Policy | Text::TrustPolicy | Text::EventPattern if structured && matches!(shape, Shape::String) => {
                let (id, inner) = self.fit_json(id, ty, src);
                return if inner.is_error() { (id, inner) } else { (id, result(ty.deepest())) };
            }
            Text::Json if structured && matches!(shape, Shape::String) => {
                let (id, inner) = self.fit_json(id, ty, src);
                if inner.is_error() {
                    return (id, inner);
                }
                return (self.node(typed::Kind::Coerce(Coercion::JsonText, id), src), result(ty.deepest()));
            }
            Text::Base64 if ty.kind.is_text() && !self.is_base64(id) => {
                return (self.node(typed::Kind::Coerce(Coercion::Base64, id), src), result(ty.phase));
            }
            _ => {}
        }
        self.fit_shape(id, ty, node, shape, expect, src)
    }

    fn is_base64(&self, id: Id) -> bool {
        match &self.nodes[id.0 as usize].kind {
            typed::Kind::Builtin(typed::Builtin::Base64, _) => true,
            typed::Kind::Decl(_) | typed::Kind::Literal(_) => false,
            typed::Kind::If { then, otherwise, .. } => self.is_base64(*then) && self.is_base64(*otherwise),
            _ => false,
        }
    }

    fn in_unit(&mut self, id: Id, unit: Unit, text: bool, src: ExprId) -> Id {
        let coercion = Coercion::Unit { per: unit.factor() as i64, name: unit.name().into(), text };
        self.node(typed::Kind::Coerce(coercion, id), src)
    }

    fn constrain_node(&mut self, id: Id, ty: &Ty, node: Node, expect: &Expect, src: ExprId) -> Id {
        let constraints = node.constraints();
        if *constraints == cloudc_schema::Constraints::default() {
            return id;
        }
        let name = match &expect.why {
            Why::Property(name) => name.clone(),
            _ => Name::from("this"),
        };
        self.constrain(id, ty, vec![Constraint::Schema(constraints, name)], expect, src)
    }

    /// A position that holds an identifier of some type.
    fn fit_identifier(&mut self, id: Id, ty: &Ty, node: Node, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let result = |phase| Ty::at(Kind::Node(node), phase);
        let idents = node.expects();
        let wanted = Expect { ty: Ty::constant(Kind::Ident(idents.into())), why: expect.why.clone() };
        match &ty.kind {
            // Which of its texts is meant cannot be known where any will do; an ARN nearly always is.
            Kind::Handle(handle)
                if node.expects_others() && handle.access_for(idents).is_none() && handle.attribute("Arn").is_some() =>
            {
                (self.identify(id, Access::Attr("Arn"), src), result(Phase::DEPLOY))
            }
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
                if let Some(problem) = self.no_identifier(ty, node, idents, src) {
                    return self.fail(src, problem);
                }
                self.fit_shape(id, ty, node, node.shape(), expect, src)
            }
        }
    }

    /// A text that cannot be the identifier it stands for.
    fn no_identifier(&self, ty: &Ty, node: Node, idents: &[Ident], src: ExprId) -> Option<Problem> {
        let Some(Lit::Str(text)) = single(ty) else { return None };
        let forms: Vec<&str> = idents.iter().filter_map(identifier_prefix).collect();
        let first = idents.first()?;
        // Another identifier of the same type may look like anything; that of another type is the same by another name.
        if node.expects_others()
            || identifier_prefix(first).is_none()
            || idents.iter().any(|ident| ident.ty == first.ty && identifier_prefix(ident).is_none())
        {
            return None;
        }
        if text.starts_with("{{resolve:") || forms.iter().any(|form| text.starts_with(form)) {
            return None;
        }
        let wanted = idents.first()?.ty;
        let problem = Problem::error("C0316", self.at(src), format!("`{text:?}` does not identify an `{wanted}`"))
            .note(format!("such an identifier begins with `{}`", forms.first()?));
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
    fn unrelated_handle(&mut self, id: Id, ty: &Ty, node: Node, expect: &Expect, src: ExprId) -> (Id, Ty) {
        match node.shape() {
            Shape::String | Shape::Json => self.handle_as_text(src, ty),
            Shape::List(element) if !element.expects().is_empty() => {
                let _ = id;
                self.mismatch(ty, expect, src)
            }
            _ => self.handle_mismatch(ty, expect, src),
        }
    }

    fn fit_shape(&mut self, id: Id, ty: &Ty, node: Node, shape: Shape, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let result = Ty::at(Kind::Node(node), ty.deepest());
        if ty.kind == Kind::Json {
            return (id, result);
        }
        match shape {
            Shape::String => {
                let scalar = ty.kind.is_number() || ty.kind.is_bool();
                if !ty.kind.is_text() && !scalar && !matches!(&ty.kind, Kind::Union(_)) {
                    return self.mismatch(ty, expect, src);
                }
                let id = self.constrain_node(id, ty, node, expect, src);
                if scalar || matches!(&ty.kind, Kind::Union(_)) && !ty.kind.is_text() {
                    return (self.node(typed::Kind::Coerce(Coercion::Text, id), src), result);
                }
                (id, result)
            }
            Shape::Integer if ty.kind.is_int() => (self.constrain_node(id, ty, node, expect, src), result),
            Shape::Number if ty.kind.is_number() => (self.constrain_node(id, ty, node, expect, src), result),
            Shape::Boolean if ty.kind.is_bool() => (self.constrain_node(id, ty, node, expect, src), result),
            Shape::Integer | Shape::Number | Shape::Boolean => {
                // What is only known at deployment is text, and CloudFormation converts it.
                if ty.kind.is_text() && ty.phase.base > crate::phase::Base::Const && ty.kind.literals().is_none() {
                    return (id, result);
                }
                self.mismatch(ty, expect, src)
            }
            Shape::Json => {
                let (id, inner) = self.fit_json(id, ty, src);
                if inner.is_error() { (id, inner) } else { (id, result) }
            }
            Shape::List(element) => self.fit_schema_list(id, ty, node, element, expect, src),
            Shape::Map { value, .. } => {
                let expected = Kind::Map(Arc::new(Kind::Str(None)), Arc::new(Ty::constant(Kind::Node(value))));
                let expected = Expect { ty: Ty::constant(expected), why: expect.why.clone() };
                let (id, out) = self.fit(id, ty, &expected, src);
                if out.is_error() { (id, out) } else { (id, result) }
            }
            Shape::Object(object) => {
                let (id, out) = self.fit_object(id, ty, object, expect, src);
                if out.is_error() { (id, out) } else { (id, result) }
            }
            Shape::OneOf(alternatives) | Shape::AnyOf(alternatives) => {
                let all: Vec<Node> = alternatives.iter().collect();
                self.fit_alternatives(id, ty, &all, expect, src)
            }
        }
    }

    fn fit_schema_list(&mut self, id: Id, ty: &Ty, node: Node, element: Node, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let result = Ty::at(Kind::Node(node), ty.deepest());
        if let (Some((key, value)), Kind::Map(..) | Kind::Record(_)) = (node.key_value_names(), &ty.kind) {
            return self.pairs(id, ty, node, element, (key, value), expect, src);
        }
        let Kind::List(_) = &ty.kind else { return self.mismatch(ty, expect, src) };
        let expected = Ty::list(Ty::constant(Kind::Node(element)), Phase::CONST);
        let (id, out) = self.fit(id, ty, &Expect { ty: expected, why: expect.why.clone() }, src);
        if out.is_error() {
            return (id, out);
        }
        let id = if ty.phase.is_const() { self.constrain_items(id, node, expect, src) } else { id };
        (id, result)
    }

    /// How many elements there are is left to the evaluator; literals have been counted before.
    fn constrain_items(&mut self, id: Id, node: Node, expect: &Expect, src: ExprId) -> Id {
        let constraints = node.constraints();
        if constraints.min_items.is_none() && constraints.max_items.is_none() {
            return id;
        }
        let name = match &expect.why {
            Why::Property(name) => name.clone(),
            _ => Name::from("this"),
        };
        self.node(typed::Kind::Check(vec![Constraint::Schema(constraints, name)], id), src)
    }

    /// A map where a list of names and values is wanted.
    #[allow(clippy::too_many_arguments)]
    fn pairs(
        &mut self,
        id: Id,
        ty: &Ty,
        node: Node,
        element: Node,
        names: (&str, &str),
        expect: &Expect,
        src: ExprId,
    ) -> (Id, Ty) {
        let Shape::Object(object) = element.shape() else { return self.mismatch(ty, expect, src) };
        let Some(value) = object.property(names.1) else { return self.mismatch(ty, expect, src) };
        let expected =
            Kind::Map(Arc::new(Kind::Str(None)), Arc::new(Ty::constant(Kind::Node(value.node())).optional(Phase::CONST)));
        let expected = Expect { ty: Ty::constant(expected), why: expect.why.clone() };
        let (id, out) = self.fit(id, ty, &expected, src);
        if out.is_error() {
            return (id, out);
        }
        let coercion = Coercion::Pairs { key: names.0.into(), value: names.1.into() };
        (self.node(typed::Kind::Coerce(coercion, id), src), Ty::at(Kind::Node(node), ty.deepest()))
    }

    /// The first alternative that fits; when none does, what is wrong with the nearest.
    pub fn fit_alternatives(&mut self, id: Id, ty: &Ty, all: &[Node], expect: &Expect, src: ExprId) -> (Id, Ty) {
        let mut nearest: Option<Vec<Problem>> = None;
        for alternative in all {
            let mark = self.mark();
            let one = Expect { ty: Ty::constant(Kind::Node(*alternative)), why: expect.why.clone() };
            let (fitted, out) = self.fit(id, ty, &one, src);
            if !self.failed_since(&mark) {
                return (fitted, Ty { kind: expect.ty.kind.clone(), ..out });
            }
            let problems = self.rewind(&mark);
            if nearest.as_ref().is_none_or(|known| is_mismatch(known) && !is_mismatch(&problems)) {
                nearest = Some(problems);
            }
        }
        match nearest {
            Some(problems) if !is_mismatch(&problems) => {
                self.problems.extend(problems);
                self.error_node(src)
            }
            _ => self.mismatch(ty, expect, src),
        }
    }
}

/// `Ref` of a security group without a VPC is its name, `GroupId` is always its id: AWS::EC2::SecurityGroup, "Return values",
/// in the CloudFormation template reference.
fn sure_access(handle: cloudc_schema::Type, access: Access) -> Access {
    if handle.name() == "AWS::EC2::SecurityGroup" && access == Access::Ref { Access::Attr("GroupId") } else { access }
}

/// How the identifiers that EC2 gives out begin, from the formats of cfn-lint's schemas.
fn identifier_prefix(ident: &Ident) -> Option<&'static str> {
    Some(match (ident.ty, ident.attr) {
        ("AWS::EC2::VPC", "VpcId") => "vpc-",
        ("AWS::EC2::Subnet", "SubnetId") => "subnet-",
        ("AWS::EC2::SecurityGroup", "GroupId" | "Id") => "sg-",
        ("AWS::EC2::Image", "Id") => "ami-",
        ("AWS::EC2::Volume", "VolumeId") => "vol-",
        ("AWS::EC2::Instance", "InstanceId") => "i-",
        ("AWS::EC2::RouteTable", "RouteTableId") => "rtb-",
        ("AWS::EC2::InternetGateway", "InternetGatewayId") => "igw-",
        ("AWS::EC2::NatGateway", "NatGatewayId") => "nat-",
        ("AWS::EC2::NetworkInterface", "Id") => "eni-",
        _ => return None,
    })
}

/// Whether identifiers of several types are expected, by ARN.
fn takes_many(idents: &[Ident]) -> bool {
    let arns = idents.iter().filter(|ident| ident.attr.ends_with("Arn"));
    arns.clone().any(|ident| arns.clone().any(|other| other.ty != ident.ty))
}

/// Whether all that is wrong is that it is something else altogether.
pub(crate) fn is_mismatch(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.code.0 == "C0301")
}

fn scalar_of(lit: &Lit) -> Scalar {
    match lit {
        Lit::Bool(value) => Scalar::Bool(*value),
        Lit::Int(value) => Scalar::Int(*value),
        Lit::Str(text) => Scalar::Str(text.clone()),
    }
}
