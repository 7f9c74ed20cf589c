//! `allow(…)`, `deny(…)` and `trust(…)`: their arguments, and what must be said together.

use cloudc_hir::Problem;
use cloudc_hir::body::{Expr, ExprId};

use crate::builtins::Signature;
use crate::infer::{Ctx, Expect, Why};
use crate::phase::Phase;
use crate::ty::{Kind, Ty};
use crate::typed::{self, Id};

impl Ctx<'_> {
    /// One value or a list of them, each as `kind`.
    pub fn one_or_many(&mut self, value: ExprId, kind: Kind, why: Why) -> (Id, Ty) {
        let many = Expect { ty: Ty::list(Ty::constant(kind.clone()), Phase::CONST), why: why.clone() };
        if let Expr::List(_) = self.body.expr(value) {
            return self.check(value, &many);
        }
        if let Expr::Record(_) = self.body.expr(value) {
            return self.check(value, &Expect { ty: Ty::constant(kind), why });
        }
        let (id, ty) = self.infer(value);
        match ty.present().kind {
            Kind::List(_) => self.fit(id, &ty, &many, value),
            _ => self.fit(id, &ty, &Expect { ty: Ty::constant(kind), why }, value),
        }
    }

    /// A statement from checked arguments.
    pub fn statement_call(&mut self, src: ExprId, signature: &Signature, ids: Vec<Id>, phase: Phase) -> (Id, Ty) {
        let is_trust = signature.builtin == typed::Builtin::Trust;
        let (actions, condition) = if is_trust { (2, 1) } else { (0, 3) };
        let at = |index: usize| ids.get(index).filter(|id| self.is_given(**id)).map(|id| self.nodes[id.0 as usize].src);
        let (actions, condition, on, to) = (at(actions), at(condition), at(1), at(2));
        if !is_trust && on.is_none() && to.is_none() {
            let problem = Problem::error("C0308", self.at(src), format!("`{}` needs `on`: what is this about?", signature.name))
                .help("name resources or ARNs, `on: table`; `on: \"*\"` is everything");
            return self.fail(src, problem);
        }
        if let Some(actions) = actions {
            self.actions(actions);
        }
        if let Some(condition) = condition {
            self.conditions(condition);
        }
        if let (Some(on), false) = (on, is_trust) {
            self.targets(on);
        }
        let who = if is_trust { ids.first().map(|id| self.nodes[id.0 as usize].src) } else { to };
        if let Some(who) = who {
            self.who(who);
        }
        let id = self.node(typed::Kind::Builtin(signature.builtin, ids), src);
        (id, Ty::at(Kind::Statement, phase))
    }

    /// Whether an argument was given.
    pub fn is_given(&self, id: Id) -> bool {
        self.nodes[id.0 as usize].kind != typed::Kind::Literal(cloudc_hir::body::Literal::None)
    }
}
