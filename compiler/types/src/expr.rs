//! Expressions: inference upwards, expectations downwards.
//!
//! [`Ctx::infer`] finds a type; [`Ctx::check`] pushes an expected one into literals, branches and elements, and lets
//! [`crate::fit`] convert what comes out of everything else.

use cloudc_hir::body::{Arm, BinOp, Element, Expr, ExprId, Literal, Pattern, StrPart};
use cloudc_hir::{Name, Problem};

use crate::formula::Formula;
use crate::infer::{Ctx, Expect, Why};
use crate::join::join;
use crate::narrow::formula_lit;
use crate::phase::{Base, Phase};
use crate::ty::{Kind, Lit, Ty};
use crate::typed::{self, Bind, Id};

impl Ctx<'_> {
    /// The type and the node of an expression.
    pub fn infer(&mut self, src: ExprId) -> (Id, Ty) {
        let (id, ty) = self.infer_uncached(src);
        self.types[src.0 as usize] = Some(ty.clone());
        (id, ty)
    }

    fn infer_uncached(&mut self, src: ExprId) -> (Id, Ty) {
        let body = self.body;
        match body.expr(src) {
            Expr::Missing => self.error_node(src),
            Expr::Literal(literal) => self.literal_expr(src, literal),
            Expr::Interp(parts) => self.interpolation(src, parts),
            Expr::Name(name) => self.name(src, name),
            Expr::TypePath(ty) => self.type_path(src, *ty),
            Expr::Field { .. } => self.field(src),
            Expr::Index { base, index } => self.index(src, *base, *index),
            Expr::Call { callee, args } => self.call(src, *callee, args),
            Expr::Not(inner) => self.not(src, *inner),
            Expr::Neg(inner) => self.negation(src, *inner),
            Expr::Binary { op, lhs, rhs } => self.binary(src, *op, *lhs, *rhs),
            Expr::If { condition, then, otherwise } => self.choice(src, *condition, *then, *otherwise, None),
            Expr::Match { scrutinee, arms } => self.match_expr(src, *scrutinee, arms, None),
            Expr::List(elements) => self.list(src, elements, None),
            Expr::Record(entries) => self.record(src, entries),
        }
    }

    /// The node of an expression that must fit `expect`; the type is the expected one at the phases it really has.
    pub fn check(&mut self, src: ExprId, expect: &Expect) -> (Id, Ty) {
        let (id, ty) = self.check_uncached(src, expect);
        if self.types[src.0 as usize].is_none() {
            self.types[src.0 as usize] = Some(ty.clone());
        }
        (id, ty)
    }

    fn check_uncached(&mut self, src: ExprId, expect: &Expect) -> (Id, Ty) {
        let body = self.body;
        match body.expr(src) {
            Expr::If { condition, then, otherwise } => self.choice(src, *condition, *then, *otherwise, Some(expect)),
            Expr::Match { scrutinee, arms } => self.match_expr(src, *scrutinee, arms, Some(expect)),
            Expr::Binary { op: BinOp::Coalesce, lhs, rhs } => self.coalesce(src, *lhs, *rhs, Some(expect)),
            Expr::List(elements) => self.check_list(src, elements, expect),
            Expr::Record(entries) => self.check_record(src, entries, expect),
            _ => {
                let (id, ty) = self.infer(src);
                self.fit(id, &ty, expect, src)
            }
        }
    }

    fn literal_expr(&mut self, src: ExprId, literal: &Literal) -> (Id, Ty) {
        let kind = match literal {
            Literal::None => Kind::None,
            Literal::Float(_) => Kind::Float(None),
            Literal::Duration(_) => Kind::Duration,
            Literal::Size(_) => Kind::Size,
            Literal::Cidr(text) => {
                if let Some(found) = crate::checks::cidr_violation(text) {
                    let at = self.at(src);
                    let mut problem = Problem::error(found.code, at, found.message);
                    if let Some(help) = found.help {
                        problem = problem.help(help);
                    }
                    if let Some(instead) = found.instead {
                        problem =
                            problem.fix(format!("change it to `{instead}`"), cloudc_hir::problem::Spot::Replace(at), instead);
                    }
                    return self.fail(src, problem);
                }
                Kind::Cidr
            }
            other => Lit::of(other).map_or(Kind::Error, Kind::Lit),
        };
        (self.node(typed::Kind::Literal(literal.clone()), src), Ty::constant(kind))
    }

    fn type_path(&mut self, src: ExprId, ty: cloudc_hir::TypeId) -> (Id, Ty) {
        let mut written = crate::written::Written { db: self.db, decl: self.decl, body: self.body, problems: Vec::new() };
        let ty = written.ty(ty);
        self.problems.append(&mut written.problems);
        if ty.is_error() {
            return self.error_node(src);
        }
        let shown = self.show(&ty);
        let problem = Problem::error("C0241", self.at(src), format!("`{shown}` is a type, not a value"))
            .help(format!("declare one: `resource name: {shown} {{ … }}`, and use `name` here"));
        self.fail(src, problem)
    }

    fn interpolation(&mut self, src: ExprId, parts: &[StrPart]) -> (Id, Ty) {
        let mut phase = Phase::CONST;
        let mut typed_parts = Vec::with_capacity(parts.len());
        let mut secret = false;
        for part in parts {
            match part {
                StrPart::Text(text) => typed_parts.push(typed::Part::Text(text.clone())),
                StrPart::Hole(hole) => {
                    let (id, ty) = self.infer(*hole);
                    secret |= crate::infer::contains_secret(&ty);
                    let (id, ty) = self.printable(id, &ty, *hole);
                    phase = phase.join(ty.phase);
                    typed_parts.push(typed::Part::Hole(id));
                }
            }
        }
        let id = self.node(typed::Kind::Interp(typed_parts), src);
        let text = Ty::text(phase);
        let ty = if secret { Ty::at(Kind::Secret(std::sync::Arc::new(text)), phase) } else { text };
        (id, ty)
    }

    /// Something to be printed into text.
    pub fn printable(&mut self, id: Id, ty: &Ty, src: ExprId) -> (Id, Ty) {
        match &ty.kind {
            Kind::Error => (id, ty.clone()),
            kind if kind.is_text() => (id, ty.clone()),
            kind if kind.is_number() || kind.is_bool() => {
                (self.node(typed::Kind::Coerce(typed::Coercion::Text, id), src), Ty::text(ty.phase))
            }
            Kind::Union(members) if members.iter().all(|kind| kind.is_text() || kind.is_number() || kind.is_bool()) => {
                (self.node(typed::Kind::Coerce(typed::Coercion::Text, id), src), Ty::text(ty.phase))
            }
            Kind::Json => (id, Ty::text(ty.phase)),
            Kind::Secret(inner) | Kind::Ssm(inner) if inner.kind.is_text() => (id, Ty::text(ty.phase)),
            Kind::Optional(inner) => {
                let shown = self.show(inner);
                let problem = Problem::error(crate::codes::ABSENT, self.at(src), "something that may not exist inside text")
                    .label(format!("this is `{shown}?`"))
                    .help("give a default: `${x ?? \"…\"}`");
                let problem = self.explain_absence(src, problem);
                self.fail(src, problem)
            }
            Kind::Handle(_) | Kind::Custom(_) | Kind::Instance(..) => self.handle_as_text(src, ty),
            Kind::Asset(kind) => self.asset_as_text(*kind, src),
            _ => {
                let shown = self.show(ty);
                let mut problem = Problem::error("C0301", self.at(src), format!("`{shown}` inside text"))
                    .label("only text, numbers and Bools can be printed");
                if matches!(ty.kind, Kind::List(_)) {
                    problem = problem.help("join the list: `.join(\",\")`");
                } else if matches!(ty.kind, Kind::Record(_) | Kind::Map(..)) {
                    problem = problem.help("write it as JSON: `to_json(x)`");
                } else if matches!(ty.kind, Kind::Duration | Kind::Size) {
                    problem = problem.help("write the number and its unit as text");
                }
                self.fail(src, problem)
            }
        }
    }

    fn choice(&mut self, src: ExprId, condition: ExprId, then: ExprId, otherwise: ExprId, expect: Option<&Expect>) -> (Id, Ty) {
        let (condition_id, condition_ty) = self.condition_expr(condition);
        let fact = self.formula(condition_id);
        let (then_id, then_ty) = self.assuming(fact.clone(), |ctx| ctx.branch(then, expect));
        let (else_id, else_ty) = self.assuming(fact.not(), |ctx| ctx.branch(otherwise, expect));
        let id = self.node(typed::Kind::If { condition: condition_id, then: then_id, otherwise: else_id }, src);
        match join(&then_ty, &else_ty) {
            Some(ty) => (id, ty.delayed(condition_ty.phase)),
            None => self.branches_differ(src, then, &then_ty, otherwise, &else_ty),
        }
    }

    fn branch(&mut self, src: ExprId, expect: Option<&Expect>) -> (Id, Ty) {
        match expect {
            Some(expect) => self.check(src, expect),
            None => self.infer(src),
        }
    }

    fn branches_differ(&mut self, src: ExprId, a: ExprId, a_ty: &Ty, b: ExprId, b_ty: &Ty) -> (Id, Ty) {
        let (first, second) = (self.show(&a_ty.clone()), self.show(&b_ty.clone()));
        let problem = Problem::error("C0303", self.at(b), format!("one branch gives `{first}`, the other `{second}`"))
            .label(format!("`{second}`"))
            .related(self.at(a), format!("`{first}`"))
            .help("make both the same type");
        self.fail(src, problem)
    }

    fn match_expr(&mut self, src: ExprId, scrutinee: ExprId, arms: &[Arm], expect: Option<&Expect>) -> (Id, Ty) {
        let (scrutinee_id, ty) = self.infer(scrutinee);
        self.need(ty.phase, Base::Param, scrutinee, "what `match` looks at");
        let path = self.spot_path(scrutinee_id);
        let mut seen: Vec<Literal> = Vec::new();
        let mut wildcard = false;
        let mut typed_arms = Vec::new();
        let mut result: Option<(Ty, ExprId)> = None;
        let mut failed = ty.is_error();
        for arm in arms {
            if wildcard {
                self.problems.push(
                    Problem::warning("C0311", self.at(arm.anchor), "this arm is never reached")
                        .note("`_` before it matches everything"),
                );
            }
            let literals = self.patterns(arm, &ty, &mut seen, &mut wildcard);
            let fact = path.as_ref().map_or(Formula::truth(true), |path| arm_fact(path, &literals));
            let (id, arm_ty) = self.assuming(fact, |ctx| ctx.branch(arm.body, expect));
            typed_arms.push(typed::Arm { patterns: literals, body: id });
            result = match result {
                None => Some((arm_ty, arm.body)),
                Some((so_far, first)) => match join(&so_far, &arm_ty) {
                    Some(joined) => Some((joined, first)),
                    None => {
                        self.branches_differ(src, first, &so_far, arm.body, &arm_ty);
                        failed = true;
                        Some((so_far, first))
                    }
                },
            };
        }
        if !wildcard && !failed && !self.exhaustive(scrutinee, &ty, &seen) {
            failed = true;
        }
        let Some((result_ty, _)) = result.filter(|_| !failed) else { return self.error_node(src) };
        let id = self.node(typed::Kind::Match { scrutinee: scrutinee_id, arms: typed_arms }, src);
        (id, result_ty.delayed(ty.phase))
    }

    fn patterns(&mut self, arm: &Arm, ty: &Ty, seen: &mut Vec<Literal>, wildcard: &mut bool) -> Vec<Literal> {
        let mut literals = Vec::new();
        for pattern in &arm.patterns {
            match pattern {
                Pattern::Wildcard => {
                    *wildcard = true;
                    return Vec::new();
                }
                Pattern::Literal(literal) if seen.contains(literal) => {
                    let shown = show_literal(literal);
                    self.problems.push(Problem::error("C0311", self.at(arm.anchor), format!("{shown} is matched twice")));
                }
                Pattern::Literal(literal) => {
                    self.possible(arm.anchor, literal, ty);
                    seen.push(literal.clone());
                    literals.push(literal.clone());
                }
            }
        }
        literals
    }

    /// A pattern or comparison that can never be true is a mistake.
    pub fn possible(&mut self, src: ExprId, literal: &Literal, ty: &Ty) -> bool {
        if *literal == Literal::None || ty.is_error() {
            return true;
        }
        // What a secret is compared with stays in the program.
        let plain = crate::operators::open(ty);
        let Some(lit) = Lit::of(literal) else { return true };
        if let Some(known) = plain.kind.literals()
            && !matches!(plain.kind, Kind::Lit(_))
            && !known.contains(&lit)
        {
            let at = self.at(src);
            let listed = crate::checks::list_some(known.iter().map(Lit::to_string), 12);
            let mut problem = Problem::error(crate::operators::NEVER_EQUAL, at, format!("it is never {lit}"))
                .note(format!("it can be {listed}"));
            if let Lit::Str(text) = &lit {
                let names: Vec<&str> =
                    known.iter().filter_map(|lit| if let Lit::Str(name) = lit { Some(name.as_str()) } else { None }).collect();
                if let Some(near) = cloudc_base::suggest::nearest(text, names) {
                    problem = problem.help(format!("did you mean {near:?}?"));
                }
            }
            self.problems.push(problem);
            return false;
        }
        let fits = match lit {
            Lit::Bool(_) => plain.kind.is_bool(),
            Lit::Int(_) => plain.kind.is_number(),
            Lit::Str(_) => plain.kind.is_text(),
        };
        if !fits && !matches!(plain.kind, Kind::Json | Kind::Union(_)) {
            let shown = self.show(plain);
            self.problems.push(Problem::error(crate::operators::NEVER_EQUAL, self.at(src), format!("`{shown}` is never {lit}")));
            return false;
        }
        true
    }

    fn exhaustive(&mut self, scrutinee: ExprId, ty: &Ty, seen: &[Literal]) -> bool {
        let mut missing: Vec<String> = Vec::new();
        if matches!(ty.kind, Kind::Optional(_)) && !seen.contains(&Literal::None) {
            missing.push("none".to_owned());
        }
        match ty.present().kind.literals() {
            Some(known) => {
                let open = known.iter().filter(|lit| !seen.contains(&lit.literal()));
                missing.extend(open.map(Lit::to_string));
            }
            None => missing.push("_".to_owned()),
        }
        if missing.is_empty() {
            return true;
        }
        let arms = missing.iter().map(|pattern| format!("{pattern} => …")).collect::<Vec<_>>().join(", ");
        let what = if missing == ["_"] { "anything else".to_owned() } else { missing.join(", ") };
        self.problems.push(
            Problem::error("C0310", self.at(scrutinee), format!("`match` does not say what to do for {what}"))
                .help(format!("add {arms}")),
        );
        false
    }

    /// A list whose elements are checked against `expected`, or inferred.
    pub fn list(&mut self, src: ExprId, elements: &[Element], expected: Option<&Expect>) -> (Id, Ty) {
        let mut shape = Phase::CONST;
        let mut element_ty: Option<(Ty, ExprId)> = None;
        let mut typed_elements = Vec::with_capacity(elements.len());
        let mut failed = false;
        for element in elements {
            let (typed_element, ty, own_shape, at) = match element {
                Element::Item { value, guard } => {
                    let (guard, phase, fact) = self.guard(*guard);
                    let (id, ty) = self.assuming(fact, |ctx| ctx.element(*value, expected));
                    let (ty, phase) = drop_absent(ty, phase);
                    (typed::Element::Item { value: id, guard }, ty, phase, *value)
                }
                Element::Spread { value, guard } => {
                    let (guard, phase, fact) = self.guard(*guard);
                    let (id, ty, own) = self.assuming(fact, |ctx| ctx.spread_element(*value, expected));
                    (typed::Element::Spread { value: id, guard }, ty, phase.join(own), *value)
                }
                Element::For { bindings, iterable, filter, value } => {
                    match self.comprehension(bindings, *iterable, *filter, |ctx| ctx.element(*value, expected)) {
                        Some((bind, iterable, filter, shape, (value_id, ty))) => {
                            (typed::Element::For { bind, iterable, filter, value: value_id }, ty, shape, *value)
                        }
                        None => {
                            failed = true;
                            continue;
                        }
                    }
                }
            };
            shape = shape.join(own_shape);
            typed_elements.push(typed_element);
            if ty.kind == Kind::None {
                continue;
            }
            element_ty = match element_ty {
                None => Some((ty, at)),
                Some((so_far, first)) => match join(&so_far, &ty) {
                    Some(joined) => Some((joined, first)),
                    None => {
                        let (a, b) = (self.show(&so_far), self.show(&ty));
                        let problem =
                            Problem::error("C0304", self.at(at), format!("an element of type `{b}` in a list of `{a}`"))
                                .label(format!("`{b}`"))
                                .related(self.at(first), format!("`{a}`"));
                        self.problems.push(problem);
                        failed = true;
                        Some((so_far, first))
                    }
                },
            };
        }
        if failed {
            return self.error_node(src);
        }
        let element = element_ty.map_or_else(Ty::error, |(ty, _)| ty);
        (self.node(typed::Kind::List(typed_elements), src), Ty::list(element, shape))
    }

    fn element(&mut self, value: ExprId, expected: Option<&Expect>) -> (Id, Ty) {
        match expected {
            Some(expect) => {
                // In a list `none` is dropped, so every element may be absent.
                if *self.body.expr(value) == Expr::Literal(Literal::None) {
                    return self.infer(value);
                }
                self.check_droppable(value, expect)
            }
            None => self.infer(value),
        }
    }

    fn spread_element(&mut self, value: ExprId, expected: Option<&Expect>) -> (Id, Ty, Phase) {
        if *self.body.expr(value) == Expr::Missing {
            if !self.in_patch {
                let problem = Problem::error("C0358", self.at(value), "there is nothing here that `...` alone could keep")
                    .help("in `with` it keeps the elements that were there; elsewhere say which list: `...list`");
                self.problems.push(problem);
            }
            let (id, ty) = self.error_node(value);
            return (id, ty, Phase::CONST);
        }
        let (id, ty) = match expected {
            Some(expect) => {
                let list = Ty::list(expect.ty.clone(), Phase::CONST);
                self.check(value, &Expect { ty: list, why: expect.why.clone() })
            }
            None => self.infer(value),
        };
        match &ty.kind {
            Kind::List(element) => {
                let element = (**element).clone();
                (id, element, ty.phase)
            }
            Kind::Map(_, element) => {
                let element = (**element).clone();
                let values = self.node(typed::Kind::Builtin(typed::Builtin::Values, vec![id]), value);
                (values, element, ty.phase)
            }
            Kind::Error => (id, Ty::error(), Phase::CONST),
            _ => {
                let shown = self.show(&ty);
                let problem = Problem::error("C0305", self.at(value), format!("`{shown}` cannot be spread into a list"))
                    .help("`...` takes a list");
                let (id, ty) = self.fail(value, problem);
                (id, ty, Phase::CONST)
            }
        }
    }

    /// A guard: const, or param where the entry may be left out at deployment.
    pub fn guard(&mut self, guard: Option<ExprId>) -> (Option<Id>, Phase, Formula<crate::narrow::Spot>) {
        let Some(guard) = guard else { return (None, Phase::CONST, Formula::truth(true)) };
        let (id, ty) = self.condition_expr(guard);
        let fact = if ty.is_error() { Formula::truth(true) } else { self.formula(id) };
        (Some(id), ty.phase, fact)
    }

    /// Runs `inner` with the variables of a comprehension bound; `None` when the iterable cannot be iterated.
    #[allow(clippy::type_complexity)]
    pub fn comprehension<T>(
        &mut self,
        bindings: &[Name],
        iterable: ExprId,
        filter: Option<ExprId>,
        inner: impl FnOnce(&mut Self) -> T,
    ) -> Option<(Bind, Id, Option<Id>, Phase, T)> {
        let (iterable_id, ty) = self.infer(iterable);
        let (iterable_id, ty) = self.open_seen(iterable, iterable_id, ty);
        let (key, element) = self.iteration(iterable, &ty)?;
        let depth = self.locals.len();
        let bind = match bindings {
            [one] => Bind { key: None, element: self.bind(one.clone(), element) },
            [first, second] => {
                let key = self.bind(first.clone(), key);
                Bind { key: Some(key), element: self.bind(second.clone(), element) }
            }
            _ => return None,
        };
        let (filter, fact) = match filter {
            Some(filter) => {
                let (id, filter_ty) = self.condition_expr(filter);
                self.need(filter_ty.phase, Base::Const, filter, "the filter of a loop");
                (Some(id), self.formula(id))
            }
            None => (None, Formula::truth(true)),
        };
        let result = self.assuming(fact, inner);
        self.locals.truncate(depth);
        Some((bind, iterable_id, filter, Phase::CONST, result))
    }

    /// Key and element of what is looped over, whose shape must be const.
    pub fn iteration(&mut self, src: ExprId, ty: &Ty) -> Option<(Ty, Ty)> {
        let (key, element) = match &ty.kind {
            Kind::Error => return None,
            Kind::List(element) => (Ty::constant(Kind::Int(None)), (**element).clone()),
            Kind::Map(..) | Kind::Record(_) => match crate::join::as_map(ty) {
                Some((key, value)) => (Ty::constant(key), value),
                None => {
                    let shown = self.show(ty);
                    self.problems.push(
                        Problem::error("C0305", self.at(src), "the values of this record have no type in common")
                            .label(format!("`{shown}`")),
                    );
                    return None;
                }
            },
            Kind::Optional(_) => {
                let shown = self.show(ty);
                let problem = Problem::error(crate::codes::ABSENT, self.at(src), "a loop over something that may not exist")
                    .label(format!("this is `{shown}`"))
                    .help("loop over `x ?? []`");
                self.problems.push(problem);
                return None;
            }
            _ => {
                let shown = self.show(ty);
                let mut problem = Problem::error("C0305", self.at(src), format!("`{shown}` cannot be looped over"))
                    .help("`for` takes a list or a map");
                if ty.kind.is_int() {
                    problem = problem.help("to count, loop over `range(n)`");
                }
                if matches!(ty.kind, Kind::Optional(_)) {
                    problem = problem.help("it may be absent: give a default with `?? []` or `?? {}`");
                }
                self.problems.push(problem);
                return None;
            }
        };
        self.need(ty.phase, Base::Const, src, "what a loop runs over").then_some((key, element))
    }
}

fn arm_fact(path: &crate::narrow::SpotPath, literals: &[Literal]) -> Formula<crate::narrow::Spot> {
    use crate::narrow::Spot;
    if literals.is_empty() {
        return Formula::truth(true);
    }
    Formula::or(literals.iter().map(|literal| match Lit::of(literal) {
        Some(lit) => Formula::and([
            Formula::is(Spot::Value(path.clone()), formula_lit(lit)),
            Formula::bool_place(Spot::Present(path.clone())),
        ]),
        None => Formula::bool_place(Spot::Present(path.clone())).not(),
    }))
}

/// In lists and records an absent value is left out: its presence becomes part of the shape.
pub(crate) fn drop_absent(ty: Ty, shape: Phase) -> (Ty, Phase) {
    match ty.kind {
        Kind::Optional(inner) => ((*inner).clone(), shape.join(ty.phase)),
        _ => (ty, shape),
    }
}

/// A literal as written.
pub(crate) fn show_literal(literal: &Literal) -> String {
    match literal {
        Literal::None => "none".to_owned(),
        Literal::Float(value) => value.to_string(),
        Literal::Cidr(text) => text.to_string(),
        Literal::Duration(ms) => format!("{ms} ms"),
        Literal::Size(bytes) => format!("{bytes} bytes"),
        other => Lit::of(other).map(|lit| lit.to_string()).unwrap_or_default(),
    }
}

/// What a built-in expects.
pub(crate) fn builtin(kind: Kind, what: &'static str) -> Expect {
    Expect { ty: Ty::constant(kind), why: Why::Builtin(what) }
}
