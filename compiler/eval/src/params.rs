//! Parameters: what a `param` is to the program, and what it becomes.
//!
//! In: a `param` declaration. Out: its value, and the [`ParamShape`] its section of the template is made of.

use cloudc_hir::Decl;
use cloudc_types::typed::Root;
pub use cloudc_types::{ParamShape, param_shape};

use crate::Db;
use crate::cond::equals;
use crate::frame::Site;
use crate::values::{Expr, Node, Value, choose};
use crate::whole;

/// The parameter; one that may be absent is a choice between itself and nothing, `""` standing for absence.
pub(crate) fn value(db: &dyn Db, site: Site) -> Node {
    let src = whole(site, db);
    let node = src.node(Value::deploy(Expr::Param(site)));
    if !param_shape(db, site.decl(db)).optional {
        return node;
    }
    match equals(db, &node.value, &Value::text("")) {
        Ok(absent) => choose(absent.not(), node, src.node(Value::None), src),
        Err(_) => src.node(Value::Poison),
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
