//! Parameters: what a `param` is to the program, and what it becomes.
//!
//! In: a `param` declaration. Out: its value, and the [`ParamShape`] its section of the template is made of.

use cloudc_hir::{Anchor, Decl, Problem};
use cloudc_types::typed::Root;
pub use cloudc_types::{ParamShape, param_shape};

use crate::Db;
use crate::cond::equals;
use crate::frame::Site;
use crate::values::{Expr, Node, Value, choose};
use crate::whole;

/// The parameter; one that may be absent is a choice between itself and nothing, `""` standing for absence.
pub(crate) fn value(db: &dyn Db, site: Site, problems: &mut Vec<Problem>) -> Node {
    let src = whole(site, db);
    if let Some(node) = given_by_test(db, site, problems) {
        return node;
    }
    let node = src.node(Value::deploy(Expr::Param(site)));
    if !param_shape(db, site.decl(db)).optional {
        return node;
    }
    match equals(db, &node.value, &Value::text("")) {
        Ok(absent) => choose(absent.not(), node, src.node(Value::None), src),
        Err(_) => src.node(Value::Poison),
    }
}

/// What is given for the parameter, checked. What a test gives is known, so that conditions over it are decided.
fn given_by_test(db: &dyn Db, site: Site, problems: &mut Vec<Problem>) -> Option<Node> {
    let target = site.frame(db).target(db);
    let decl = site.decl(db);
    let chosen = crate::input::param_setting(db, target, decl.name(db).clone()).as_ref()?;
    let src = whole(site, db);
    let known = target.given(db).as_ref().is_some_and(|given| given.params.iter().any(|(name, _)| name == decl.name(db)));
    let node = src.node(match chosen.fit(db, decl) {
        Ok(setting) => crate::input::parsed(&setting, src),
        Err(message) => {
            let message = format!("the value given for param `{}` does not fit: {message}", decl.name(db));
            problems.push(Problem::error(crate::codes::BAD_SETTING, Anchor::name(decl), message));
            Value::Poison
        }
    });
    // At a deployment it stays a parameter, whose value is in the manifest.
    known.then_some(node)
}

/// The text that a parameter is deployed with, when it is given from outside: lists joined, Bools as CloudFormation spells them.
pub fn given_text(db: &dyn Db, target: crate::Target, decl: Decl) -> Option<String> {
    match crate::input::param_setting(db, target, decl.name(db).clone()).as_ref()? {
        crate::input::Chosen::Text(text) => Some(text.clone()),
        chosen => {
            let src = crate::Src { decl, expr: cloudc_hir::ExprId(0) };
            let value = crate::input::parsed(&chosen.fit(db, decl).ok()?, src);
            match &value {
                Value::None => Some(String::new()),
                Value::List(items) => {
                    let texts: Option<Vec<String>> = items.iter().map(|item| crate::evaluate::plain(&item.value)).collect();
                    texts.map(|texts| texts.join(","))
                }
                value => crate::evaluate::plain(value),
            }
        }
    }
}

/// Whether the parameter is a Bool, which CloudFormation knows as the texts `true` and `false`.
pub fn is_bool(db: &dyn Db, decl: Decl) -> bool {
    param_shape(db, decl).boolean
}

/// The default, when one is written.
pub fn default(db: &dyn Db, site: Site) -> Option<Node> {
    match &cloudc_types::typed(db, site.decl(db)).root {
        Root::Value(Some(id)) => Some(crate::attribute(db, site, *id)),
        _ => None,
    }
}
