//! Assertions: decided now, or left to CloudFormation as Rules.
//!
//! In: an `assert` in its frame. Out: its condition and message. Always: one that does not hold now is an error here; one over
//! parameters is an [`Assertion`] with an open condition, and uses parameters only.

use std::sync::Arc;

use cloudc_hir::{Anchor, Decl, DeclKind, Problem};
use cloudc_types::typed::Root;

use crate::cond::{Cond, Stop};
use crate::evaluate::{Cx, Run};
use crate::frame::Site;
use crate::link::operands;
use crate::member::existence;
use crate::values::{Expr, Pseudo, Value};
use crate::{Db, codes};

/// What an `assert` comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Assertion {
    /// What must hold; `True` when it has been decided, or when nothing can be said.
    pub cond: Cond,
    /// What is shown when it does not.
    pub message: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Declarations of other modules that were read.
    pub reads: Vec<Site>,
    /// Snapshots that a test looked at.
    pub snapshots: Vec<crate::checks::Snapshot>,
}

/// An assertion.
#[salsa::tracked(returns(ref), cycle_result = own_assertion)]
pub fn assertion(db: &dyn Db, site: Site) -> Arc<Assertion> {
    let decl = site.decl(db);
    if let Some(container) = decl.container(db).filter(|outer| matches!(outer.kind(db), DeclKind::Policy | DeclKind::Test)) {
        return crate::checks::assertion(db, site, container);
    }
    let mut run = Run::default();
    let mut cx = Cx::new(db, site.frame(db), decl, &mut run);
    let Root::Assert { condition, message } = &cx.typed.root else { return Arc::new(nothing(Vec::new())) };
    let found = cx.condition(*condition);
    let src = cx.src(*condition);
    let text = message.map(|id| cx.node(id).value).and_then(|value| value.as_str().map(str::to_owned));
    let around = existence(db, site);
    let cond = match found {
        Ok(Cond::True) | Err(Stop::Unknown | Stop::Poison | Stop::Misfit) => Cond::True,
        Ok(Cond::False) if around.is_true() => {
            let shown = text.clone().unwrap_or_else(|| "this assertion does not hold".to_owned());
            let problem = match outermost(db, site) {
                None => Problem::error(codes::ASSERT_FAILED, src.anchor(), shown).label("this is false"),
                Some(instance) => Problem::error(codes::ASSERT_FAILED, src.anchor(), shown)
                    .label("this is false")
                    .related(Anchor::name(instance), format!("in `{}`, which is made here", instance.name(db))),
            };
            run.problems.push(problem);
            Cond::True
        }
        Ok(cond) => {
            let parts = [&cond, &around];
            if let Some(value) = parts.iter().flat_map(|cond| operands(cond)).find(|value| !is_parameter(value)) {
                let problem = Problem::error(codes::NO_RULE, src.anchor(), "CloudFormation cannot check this assertion")
                    .label(format!("this depends on {}", value.named(db)))
                    .note("an assertion that is not known when compiling becomes a Rule, and a Rule sees parameters, the region and the account only");
                run.problems.push(problem);
                Cond::True
            } else {
                cond
            }
        }
    };
    let message = text.unwrap_or_else(|| "an assertion of the stack does not hold".to_owned());
    Arc::new(Assertion { cond, message, problems: run.problems, reads: run.reads, snapshots: Vec::new() })
}

/// The instance, declared in the stack itself, that an assertion of a component belongs to.
fn outermost(db: &dyn Db, site: Site) -> Option<Decl> {
    crate::merge::instances_around(db, site).last().map(|site| site.decl(db))
}

/// Rules compare parameters and constants.
fn is_parameter(value: &Value) -> bool {
    match value {
        Value::List(items) => items.iter().all(|item| is_parameter(&item.value)),
        Value::Deploy(expr) => {
            matches!(&**expr, Expr::Param(_) | Expr::Pseudo(Pseudo::Region | Pseudo::AccountId | Pseudo::Partition))
        }
        value => value.is_const(),
    }
}

fn nothing(problems: Vec<Problem>) -> Assertion {
    Assertion { cond: Cond::True, message: String::new(), problems, reads: Vec::new(), snapshots: Vec::new() }
}

fn own_assertion(db: &dyn Db, _: salsa::Id, site: Site) -> Arc<Assertion> {
    Arc::new(nothing(vec![crate::own_problem(db, site.decl(db))]))
}
