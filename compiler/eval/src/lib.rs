//! From elaborated trees to a concrete stack: every value, every resource, and what the template is made of.
//!
//! In: [`cloudc_types::typed`] trees, settings from outside. Out: [`value`], [`resource`], [`members`], [`links`], [`stack`].
//! Always: it guesses no coercion and re-checks nothing; evaluation ends and never panics; the same sources and settings give
//! the same values, whatever was edited in between.

pub mod assemble;
pub mod assets;
pub mod canonical;
pub mod checks;
pub mod codes;
pub mod cond;
pub mod demands;
pub mod evaluate;
pub mod existing;
pub mod frame;
mod generated;
mod input;
pub mod link;
pub mod lock;
pub mod member;
pub mod merge;
pub mod naming;
pub mod outline;
pub mod params;
mod problems;
pub mod project;
pub mod questions;
pub mod resources;
pub mod rules;
pub mod schedule;
mod settings;
pub mod values;
pub mod verdict;

use std::sync::Arc;

use cloudc_hir::{DeclKind, Problem};
use cloudc_types::typed::Root;

pub use assemble::{Stack, setting, stack};
pub use cond::{Cond, CondPlace, Stop, Test};
pub use demands::SECURE_STRING;
pub use frame::{Arguments, Frame, Origin, Site, Target, TurnKey};
pub use link::{Link, LinkKind, links};
pub use member::{Member, MemberKind, Members, members};
pub use problems::problems;
pub use resources::{Resource, property, resource};
pub use rules::{Assertion, assertion};
pub use settings::Settings;
pub use values::{Expr, Field, Find, Node, Op, Src, Value};
pub use verdict::{Verdict, built};

use evaluate::{Cx, Run};

/// The database as this crate sees it.
#[salsa::db]
pub trait Db: cloudc_types::Db {
    /// What is given from outside.
    fn settings(&self) -> Settings;

    /// What building a target comes to, all stages together. Asked through [`built`], which remembers it.
    fn verdict(&self, target: Target) -> Verdict;
}

/// A value and what was found while computing it.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    /// The value.
    pub node: Node,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Declarations of other modules that were read.
    pub reads: Vec<Site>,
}

/// The value of a `let`, `input`, `param`, `output`, or the identifier of an `existing`.
#[salsa::tracked(returns(ref), cycle_result = own_value)]
pub fn value(db: &dyn Db, site: Site) -> Arc<Evaluated> {
    let decl = site.decl(db);
    let mut run = Run::default();
    let node = match decl.kind(db) {
        DeclKind::Input => input::input(db, site, &mut run),
        DeclKind::Param => params::value(db, site, &mut run.problems),
        _ => of_root(db, site, &mut run),
    };
    let node = bounded(db, site, node, &mut run);
    Arc::new(Evaluated { node, problems: run.problems, reads: run.reads })
}

/// A value of more elements than a result may have is told and dropped. Elements that are shared in memory count wherever they
/// stand: a template would hold them that often.
fn bounded(db: &dyn Db, site: Site, node: Node, run: &mut Run) -> Node {
    if node.count(evaluate::MAX_NODES).is_some() {
        return node;
    }
    let decl = site.decl(db);
    let message = format!("`{}` has more than {} elements, those inside elements counted", decl.name(db), evaluate::MAX_NODES);
    run.problems.push(Problem::error(codes::TOO_LARGE, cloudc_hir::Anchor::name(decl), message));
    whole(site, db).node(Value::Poison)
}

/// [`value`], without the `Arc`.
pub fn value_of(db: &dyn Db, site: Site) -> &Evaluated {
    value(db, site)
}

/// What stands behind the `=`.
fn of_root(db: &dyn Db, site: Site, run: &mut Run) -> Node {
    let mut cx = Cx::new(db, site.frame(db), site.decl(db), run);
    match &cx.typed.root {
        Root::Value(Some(id)) => cx.node(*id),
        _ => whole(site, db).node(Value::Poison),
    }
}

/// The value of an attribute's argument, for attributes that are read when something is emitted.
pub fn attribute(db: &dyn Db, site: Site, id: cloudc_types::typed::Id) -> Node {
    let mut run = Run::default();
    Cx::new(db, site.frame(db), site.decl(db), &mut run).node(id)
}

/// The declaration as a whole, where no expression fits better.
pub(crate) fn whole(site: Site, db: &dyn Db) -> Src {
    Src { decl: site.decl(db), expr: cloudc_hir::ExprId(0) }
}

/// Names are checked for cycles before; this is what keeps a missed one from becoming a panic.
fn own_value(db: &dyn Db, _: salsa::Id, site: Site) -> Arc<Evaluated> {
    let decl = site.decl(db);
    let problem = own_problem(db, decl);
    Arc::new(Evaluated { node: whole(site, db).node(Value::Poison), problems: vec![problem], reads: Vec::new() })
}

pub(crate) fn own_problem(db: &dyn Db, decl: cloudc_hir::Decl) -> Problem {
    let name = decl.name(db);
    let what = if name.is_empty() { format!("this `{}`", decl.kind(db).keyword()) } else { format!("`{name}`") };
    Problem::error(codes::OWN_VALUE, cloudc_hir::Anchor::name(decl), format!("{what} needs its own value"))
}
