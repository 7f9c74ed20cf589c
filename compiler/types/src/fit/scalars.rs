//! Text, numbers and the like against types written in the language, and constraints on them.

use crate::access::single;
use crate::checks::{Constraint, Scalar, violation};
use crate::infer::{Ctx, Expect, Why};
use crate::ty::{Kind, Lit, Ty};
use crate::typed::{self, Id};
use cloudc_hir::Problem;
use cloudc_hir::body::{ExprId, Literal};
use cloudc_hir::problem::Spot;

impl Ctx<'_> {
    /// Text, numbers, Bools and the like against a type of ours.
    pub(super) fn fit_scalar(&mut self, id: Id, ty: &Ty, wanted: &Kind, expect: &Expect, src: ExprId) -> (Id, Ty) {
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

    pub(super) fn fit_literals(&mut self, id: Id, ty: &Ty, allowed: &[Lit], expect: &Expect, src: ExprId) -> (Id, Ty) {
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

    pub(super) fn fit_union(&mut self, id: Id, ty: &Ty, members: &[Kind], expect: &Expect, src: ExprId) -> (Id, Ty) {
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

    pub(super) fn violated(&mut self, found: crate::checks::Violation, expect: &Expect, src: ExprId) -> (Id, Ty) {
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
}

fn scalar_of(lit: &Lit) -> Scalar {
    match lit {
        Lit::Bool(value) => Scalar::Bool(*value),
        Lit::Int(value) => Scalar::Int(*value),
        Lit::Str(text) => Scalar::Str(text.clone()),
    }
}
