//! Operators: what they take, what they give, when.

use cloudc_hir::Problem;
use cloudc_hir::body::{BinOp, Expr, ExprId, Literal};

use crate::expr::builtin;
use crate::infer::{Ctx, Expect};
use crate::join::join;
use crate::phase::Base;
use crate::ty::{Kind, Lit, Ty};
use crate::typed::{self, Binary, Id, Unary};

impl Ctx<'_> {
    pub fn not(&mut self, src: ExprId, inner: ExprId) -> (Id, Ty) {
        let (id, ty) = self.check(inner, &builtin(Kind::Bool, "`!`"));
        self.need(ty.phase, Base::Param, inner, "what `!` turns round");
        (self.node(typed::Kind::Unary(Unary::Not, id), src), Ty::at(Kind::Bool, ty.phase))
    }

    pub fn negation(&mut self, src: ExprId, inner: ExprId) -> (Id, Ty) {
        let (id, ty) = self.number(inner, "`-`");
        if let Kind::Lit(Lit::Int(value)) = ty.kind
            && let Some(negative) = value.checked_neg()
        {
            let literal = typed::Kind::Literal(Literal::Int(negative));
            return (self.node(literal, src), Ty::constant(Kind::Lit(Lit::Int(negative))));
        }
        (self.node(typed::Kind::Unary(Unary::Neg, id), src), Ty { kind: ty.kind.widened(), ..ty })
    }

    /// A number that is known when compiling.
    fn number(&mut self, src: ExprId, what: &'static str) -> (Id, Ty) {
        let (id, ty) = self.infer(src);
        if ty.is_error() {
            return (id, ty);
        }
        if !ty.kind.is_number() && !matches!(ty.kind, Kind::Duration | Kind::Size) {
            let shown = self.show(&ty);
            let mut problem =
                Problem::error("C0305", self.at(src), format!("{what} needs numbers")).label(format!("this is `{shown}`"));
            if matches!(ty.kind, Kind::Optional(_)) {
                problem = problem.help(ABSENT);
            }
            return self.fail(src, problem);
        }
        self.need(ty.phase, Base::Const, src, "a number to calculate with");
        (id, ty)
    }

    pub fn binary(&mut self, src: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) -> (Id, Ty) {
        match op {
            BinOp::Coalesce => self.coalesce(src, lhs, rhs, None),
            BinOp::And | BinOp::Or => self.connective(src, op, lhs, rhs),
            BinOp::Eq | BinOp::Ne => self.equality_expr(src, op, lhs, rhs),
            BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => self.comparison(src, op, lhs, rhs),
            BinOp::In => self.membership(src, lhs, rhs),
            BinOp::Add => self.addition(src, lhs, rhs),
            BinOp::Sub | BinOp::Mul | BinOp::Div | BinOp::Rem => self.arithmetic(src, op, lhs, rhs),
        }
    }

    fn connective(&mut self, src: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) -> (Id, Ty) {
        let (a, a_ty) = self.condition_expr(lhs);
        let fact = self.formula(a);
        let fact = if op == BinOp::And { fact } else { fact.not() };
        let (b, b_ty) = self.assuming(fact, |ctx| ctx.condition_expr(rhs));
        let operator = if op == BinOp::And { Binary::And } else { Binary::Or };
        let phase = a_ty.phase.join(b_ty.phase);
        (self.node(typed::Kind::Binary(operator, a, b), src), Ty::at(Kind::Bool, phase))
    }

    /// `a ?? b`.
    pub fn coalesce(&mut self, src: ExprId, lhs: ExprId, rhs: ExprId, expect: Option<&Expect>) -> (Id, Ty) {
        if let Expr::Index { base, index } = self.body.expr(lhs) {
            let (base, index) = (*base, *index);
            if let Some(found) = self.index_or(src, lhs, base, index, rhs, expect) {
                return found;
            }
        }
        let (a, a_ty) = match expect {
            Some(expect) => {
                let optional = Expect { ty: expect.ty.clone().optional(Default::default()), why: expect.why.clone() };
                self.check(lhs, &optional)
            }
            None => {
                let (id, ty) = self.infer(lhs);
                if matches!(ty.kind, Kind::Seen(_)) { self.open_seen(lhs, id, ty) } else { (id, ty) }
            }
        };
        let (b, b_ty) = match expect {
            Some(expect) => self.check(rhs, expect),
            None => self.infer(rhs),
        };
        let (present, presence) = match &a_ty.kind {
            Kind::Optional(inner) => ((**inner).clone(), a_ty.phase),
            Kind::None => (Ty::error(), a_ty.phase),
            Kind::Error => return self.error_node(src),
            Kind::Seen(_) => (a_ty.clone(), a_ty.phase),
            Kind::Json if self.in_check() => (a_ty.clone(), a_ty.phase),
            _ if expect.is_none() => {
                let shown = self.show(&a_ty);
                self.problems.push(
                    Problem::warning("C0323", self.at(lhs), "the default is never used")
                        .label(format!("this is `{shown}` and always exists")),
                );
                return (a, a_ty);
            }
            _ => (a_ty.clone(), a_ty.phase),
        };
        self.need(presence, Base::Param, lhs, "whether it exists");
        match join(&present, &b_ty) {
            Some(ty) => (self.node(typed::Kind::Coalesce(a, b), src), ty.delayed(presence)),
            None => {
                let (first, second) = (self.show(&present), self.show(&b_ty));
                let problem = Problem::error("C0303", self.at(rhs), format!("the default is `{second}`, the value `{first}`"))
                    .label(format!("`{second}`"))
                    .related(self.at(lhs), format!("`{first}`"));
                self.fail(src, problem)
            }
        }
    }

    /// `map[key] ?? default`, where the key may be missing.
    fn index_or(
        &mut self,
        src: ExprId,
        lhs: ExprId,
        base: ExprId,
        index: ExprId,
        rhs: ExprId,
        expect: Option<&Expect>,
    ) -> Option<(Id, Ty)> {
        let mark = self.mark();
        let (base_id, ty) = self.infer(base);
        let Some((key, value)) = crate::join::as_map(&ty) else {
            self.rewind(&mark);
            return None;
        };
        let expected = if key.is_int() { Kind::Int(None) } else { Kind::Str(None) };
        let (index_id, index_ty) = self.check(index, &builtin(expected, "a key of the map"));
        self.need(index_ty.phase, Base::Param, index, "a key of the map");
        let mut value = value.delayed(ty.phase.join(index_ty.phase));
        let mut default_expect = expect.cloned();
        if let Kind::Optional(inner) = &value.kind {
            value = (**inner).clone();
        }
        let (default, default_ty) = match &mut default_expect {
            Some(expect) => self.check(rhs, expect),
            None => self.infer(rhs),
        };
        let id = self.node(typed::Kind::IndexOr { base: base_id, index: index_id, default }, src);
        self.types[lhs.0 as usize] = Some(value.clone());
        Some(match expect {
            Some(expect) => {
                let (id, fitted) = self.fit(id, &value, expect, src);
                let joined = join(&fitted, &default_ty).unwrap_or(fitted);
                (id, joined)
            }
            None => match join(&value, &default_ty) {
                Some(ty) => (id, ty),
                None => {
                    let (first, second) = (self.show(&value), self.show(&default_ty));
                    let problem =
                        Problem::error("C0303", self.at(rhs), format!("the default is `{second}`, the value `{first}`"));
                    self.fail(src, problem)
                }
            },
        })
    }

    fn equality_expr(&mut self, src: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) -> (Id, Ty) {
        let is_none = |ctx: &Self, side: ExprId| *ctx.body.expr(side) == Expr::Literal(Literal::None);
        if is_none(self, rhs) || is_none(self, lhs) {
            let side = if is_none(self, rhs) { lhs } else { rhs };
            return self.none_test(src, op, side);
        }
        let (a, a_ty) = self.infer(lhs);
        let (b, b_ty) = self.infer(rhs);
        if a_ty.is_error() || b_ty.is_error() {
            return self.error_node(src);
        }
        for (literal, other_ty) in [(rhs, &a_ty), (lhs, &b_ty)] {
            if let Expr::Literal(value) = self.body.expr(literal)
                && !self.possible(literal, &value.clone(), other_ty)
            {
                return self.error_node(src);
            }
        }
        if !comparable(&a_ty, &b_ty) {
            let (first, second) = (self.show(&a_ty), self.show(&b_ty));
            let problem =
                Problem::error(crate::operators::NEVER_EQUAL, self.at(src), format!("`{first}` and `{second}` are never equal"))
                    .help("compare values of the same type");
            return self.fail(src, problem);
        }
        let phase = a_ty.deepest().join(b_ty.deepest());
        if !self.need(phase, Base::Param, src, "a comparison") {
            return self.error_node(src);
        }
        let operator = if op == BinOp::Eq { Binary::Eq } else { Binary::Ne };
        (self.node(typed::Kind::Binary(operator, a, b), src), Ty::at(Kind::Bool, phase))
    }

    fn none_test(&mut self, src: ExprId, op: BinOp, side: ExprId) -> (Id, Ty) {
        // Inside a fact that decides it the test still is one: ask about what is written, not about what is narrowed.
        let facts = std::mem::replace(&mut self.facts, crate::formula::Formula::truth(true));
        let (id, ty) = self.infer(side);
        self.facts = facts;
        if ty.is_error() {
            return self.error_node(src);
        }
        if !matches!(ty.kind, Kind::Optional(_) | Kind::None | Kind::Json | Kind::Node(_) | Kind::Seen(_)) {
            let shown = self.show(&ty);
            self.problems.push(
                Problem::warning("C0323", self.at(src), "this comparison always has the same answer")
                    .label(format!("`{shown}` is never `none`")),
            );
        }
        self.need(ty.phase, Base::Param, side, "whether it exists");
        let test = self.node(typed::Kind::IsNone(id), src);
        let phase = ty.phase;
        if op == BinOp::Eq {
            return (test, Ty::at(Kind::Bool, phase));
        }
        (self.node(typed::Kind::Unary(Unary::Not, test), src), Ty::at(Kind::Bool, phase))
    }

    fn comparison(&mut self, src: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) -> (Id, Ty) {
        let (a, a_ty) = self.ordered(lhs);
        let (b, b_ty) = self.ordered(rhs);
        if a_ty.is_error() || b_ty.is_error() {
            return self.error_node(src);
        }
        if !same_measure(&a_ty.kind, &b_ty.kind) {
            let (first, second) = (self.show(&a_ty), self.show(&b_ty));
            let problem = Problem::error("C0305", self.at(src), format!("`{first}` and `{second}` cannot be compared"));
            return self.fail(src, problem);
        }
        let operator = match op {
            BinOp::Lt => Binary::Lt,
            BinOp::Le => Binary::Le,
            BinOp::Gt => Binary::Gt,
            _ => Binary::Ge,
        };
        (self.node(typed::Kind::Binary(operator, a, b), src), Ty::at(Kind::Bool, a_ty.phase.join(b_ty.phase)))
    }

    fn ordered(&mut self, src: ExprId) -> (Id, Ty) {
        let (id, ty) = self.infer(src);
        if ty.is_error() {
            return (id, ty);
        }
        let fine = ty.kind.is_number() || ty.kind.is_text() || matches!(ty.kind, Kind::Duration | Kind::Size);
        if !fine {
            let shown = self.show(&ty);
            let mut problem = Problem::error("C0305", self.at(src), "only numbers, durations, sizes and text have an order")
                .label(format!("this is `{shown}`"));
            if matches!(ty.kind, Kind::Optional(_)) {
                problem = problem.help(ABSENT);
            }
            return self.fail(src, problem);
        }
        if !self.need(ty.phase, Base::Const, src, "a value to compare by size") {
            return self.error_node(src);
        }
        (id, ty)
    }

    fn membership(&mut self, src: ExprId, lhs: ExprId, rhs: ExprId) -> (Id, Ty) {
        let (a, a_ty) = self.infer(lhs);
        let (b, b_ty) = self.infer(rhs);
        let (b, b_ty) = self.open_seen(rhs, b, b_ty);
        let element = match &b_ty.kind {
            Kind::Error => return self.error_node(src),
            Kind::List(element) => (**element).clone(),
            Kind::Map(..) | Kind::Record(_) => match crate::join::as_map(&b_ty) {
                Some((key, _)) => Ty::constant(key),
                None => Ty::text(Default::default()),
            },
            _ => {
                let shown = self.show(&b_ty);
                let problem = Problem::error("C0305", self.at(rhs), "`in` needs a list or a map on its right")
                    .label(format!("this is `{shown}`"));
                return self.fail(src, problem);
            }
        };
        if a_ty.is_error() {
            return self.error_node(src);
        }
        if !element.is_error() && !comparable(&a_ty, &element) {
            let (first, second) = (self.show(&a_ty), self.show(&element));
            let problem = Problem::error(
                crate::operators::NEVER_EQUAL,
                self.at(src),
                format!("`{first}` is never in a list of `{second}`"),
            );
            return self.fail(src, problem);
        }
        let phase = a_ty.phase.join(b_ty.deepest());
        if !self.need(phase, Base::Param, src, "a comparison") {
            return self.error_node(src);
        }
        (self.node(typed::Kind::Binary(Binary::In, a, b), src), Ty::at(Kind::Bool, phase))
    }

    fn addition(&mut self, src: ExprId, lhs: ExprId, rhs: ExprId) -> (Id, Ty) {
        let (a, a_ty) = self.infer(lhs);
        let (b, b_ty) = self.infer(rhs);
        if a_ty.is_error() || b_ty.is_error() {
            return self.error_node(src);
        }
        if let (Kind::List(_), Kind::List(_)) = (&a_ty.kind, &b_ty.kind) {
            return match join(&a_ty, &b_ty) {
                Some(ty) => (self.node(typed::Kind::Binary(Binary::Append, a, b), src), ty),
                None => self.cannot_add(src, &a_ty, &b_ty),
            };
        }
        let text = |ty: &Ty| ty.kind.is_text();
        let handle = |ty: &Ty| matches!(ty.kind, Kind::Handle(_) | Kind::Instance(..) | Kind::Custom(_));
        if text(&a_ty) && text(&b_ty) {
            let ty = Ty::text(a_ty.phase.join(b_ty.phase));
            return (self.node(typed::Kind::Binary(Binary::Concat, a, b), src), ty);
        }
        if (text(&a_ty) && handle(&b_ty)) || (handle(&a_ty) && text(&b_ty)) {
            let (at, ty) = if handle(&a_ty) { (lhs, &a_ty) } else { (rhs, &b_ty) };
            return self.handle_as_text(at, &ty.clone());
        }
        if !same_measure(&a_ty.kind, &b_ty.kind) {
            return self.cannot_add(src, &a_ty, &b_ty);
        }
        self.calculated(src, Binary::Add, (lhs, a, a_ty), (rhs, b, b_ty))
    }

    fn cannot_add(&mut self, src: ExprId, a: &Ty, b: &Ty) -> (Id, Ty) {
        let (first, second) = (self.show(a), self.show(b));
        let mut problem = Problem::error("C0305", self.at(src), format!("`{first}` and `{second}` cannot be added"));
        if a.kind.is_text() || b.kind.is_text() {
            problem = problem.help("put values into text with `\"… ${value} …\"`");
        }
        if matches!(a.kind, Kind::Record(_)) && matches!(b.kind, Kind::Record(_)) {
            problem = problem.help("merge records with `{ ...a, ...b }`");
        }
        if matches!(a.kind, Kind::Optional(_)) || matches!(b.kind, Kind::Optional(_)) {
            problem = problem.help(ABSENT);
        }
        let measures = [Kind::Duration, Kind::Size];
        if let Some(measure) = measures.iter().find(|kind| **kind == a.kind || **kind == b.kind) {
            let unit = if *measure == Kind::Duration { "`30s`, `5m`, `12h`, `7d`" } else { "`512MiB`, `20GB`" };
            problem = problem.help(format!("the other one needs a unit too: {unit}"));
        }
        self.fail(src, problem)
    }

    fn arithmetic(&mut self, src: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) -> (Id, Ty) {
        let (sign, operator) = match op {
            BinOp::Sub => ("`-`", Binary::Sub),
            BinOp::Mul => ("`*`", Binary::Mul),
            BinOp::Div => ("`/`", Binary::Div),
            _ => ("`%`", Binary::Rem),
        };
        let (a, a_ty) = self.number(lhs, sign);
        let (b, b_ty) = self.number(rhs, sign);
        if a_ty.is_error() || b_ty.is_error() {
            return self.error_node(src);
        }
        if matches!(op, BinOp::Div | BinOp::Rem) && matches!(b_ty.kind, Kind::Lit(Lit::Int(0))) {
            let problem = Problem::error("C0325", self.at(rhs), "division by zero");
            return self.fail(src, problem);
        }
        self.calculated(src, operator, (lhs, a, a_ty), (rhs, b, b_ty))
    }

    fn calculated(&mut self, src: ExprId, op: Binary, a: (ExprId, Id, Ty), b: (ExprId, Id, Ty)) -> (Id, Ty) {
        let ((lhs, a, a_ty), (rhs, b, b_ty)) = (a, b);
        self.need(a_ty.phase, Base::Const, lhs, "a number to calculate with");
        self.need(b_ty.phase, Base::Const, rhs, "a number to calculate with");
        let measure = |kind: &Kind| matches!(kind, Kind::Duration | Kind::Size);
        let kind = match (&a_ty.kind, &b_ty.kind, op) {
            (x, y, Binary::Add | Binary::Sub | Binary::Rem) if measure(x) && x == y => x.clone(),
            (x, y, Binary::Div) if measure(x) && x == y => Kind::Int(None),
            (x, y, Binary::Mul | Binary::Div) if measure(x) && y.is_int() => x.clone(),
            (x, y, Binary::Mul) if x.is_int() && measure(y) => y.clone(),
            (x, y, _) if x.is_int() && y.is_int() => Kind::Int(None),
            (x, y, _) if x.is_number() && y.is_number() => Kind::Float(None),
            _ => {
                let (first, second) = (self.show(&a_ty), self.show(&b_ty));
                let problem = Problem::error("C0305", self.at(src), format!("`{first}` and `{second}` do not go together here"));
                return self.fail(src, problem);
            }
        };
        let phase = a_ty.phase.join(b_ty.phase);
        (self.node(typed::Kind::Binary(op, a, b), src), Ty::at(kind, phase))
    }
}

/// What to do about a value that may be `none`.
const ABSENT: &str = "it may be absent: give a default with `??`, or compare it with `none` first";

/// The code of a comparison that never holds.
pub const NEVER_EQUAL: &str = "C0313";

/// What is compared: of a secret what it holds, which a comparison does not show.
pub(crate) fn open(ty: &Ty) -> &Ty {
    match &ty.present().kind {
        Kind::Secret(inner) => inner,
        _ => ty.present(),
    }
}

/// Whether two values of these types can be equal.
fn comparable(a: &Ty, b: &Ty) -> bool {
    let (a, b) = (&open(a).kind, &open(b).kind);
    if [a, b].iter().any(|kind| matches!(kind, Kind::Json | Kind::Error | Kind::Seen(_))) {
        return true;
    }
    if let (Some(x), Some(y)) = (a.literals(), b.literals()) {
        // Two different constants may be compared: a loop or an environment decides.
        return x.iter().any(|lit| y.contains(lit)) || (x.len() == 1 && y.len() == 1 && same_scalar(a, b));
    }
    same_scalar(a, b)
        || matches!((a, b), (Kind::List(_), Kind::List(_)) | (Kind::Map(..), Kind::Map(..)))
        || matches!((a, b), (Kind::Record(_), Kind::Record(_) | Kind::Map(..)) | (Kind::Map(..), Kind::Record(_)))
        || matches!((a, b), (Kind::Union(_), _) | (_, Kind::Union(_)))
        || a == b
}

fn same_scalar(a: &Kind, b: &Kind) -> bool {
    (a.is_text() && b.is_text()) || (a.is_number() && b.is_number()) || (a.is_bool() && b.is_bool())
}

fn same_measure(a: &Kind, b: &Kind) -> bool {
    (a.is_number() && b.is_number()) || (a.is_text() && b.is_text()) || (a == b && matches!(a, Kind::Duration | Kind::Size))
}
