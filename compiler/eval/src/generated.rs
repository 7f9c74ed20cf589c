//! Whether SAM makes what `generated("…")` names.
//!
//! In: a target. Out: problems. Always: nothing is told where other transforms, or what the stack's `raw` adds, could make it.

use cloudc_hir::{Anchor, DeclKind, Problem};
use cloudc_schema::serverless::{self, Made, Maker};
use cloudc_types::{Kind, declared_type};

use crate::frame::{Frame, Site, Target};
use crate::member::{MemberKind, each};
use crate::values::{Node, Value};
use crate::{Db, assemble, codes, naming, resources};

/// Transforms that make nothing under names of their own, besides SAM's.
const KNOWN: [&str; 2] = ["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"];

/// What is wrong with the names of what a transform makes.
pub(crate) fn problems(db: &dyn Db, target: Target) -> Vec<Problem> {
    let (mut named, mut made_of) = (Vec::new(), Vec::new());
    each(db, Frame::of_target(db, target), &mut |member| match (member.kind, &member.inner) {
        (DeclKind::Existing, MemberKind::Leaf) if naming::is_generated(db, member.site) => named.push(member.site),
        (DeclKind::Resource, MemberKind::Leaf) => made_of.push(member.site),
        _ => {}
    });
    if named.is_empty() || is_open(db, target) {
        return Vec::new();
    }
    let makers: Vec<Maker> = made_of.into_iter().filter_map(|site| maker(db, site)).collect();
    named.into_iter().filter_map(|site| problem(db, &makers, site)).collect()
}

/// Whether something else may make what is named.
fn is_open(db: &dyn Db, target: Target) -> bool {
    let others = |node: Node| match &node.value {
        Value::List(all) => all.iter().any(|one| one.value.as_str().is_none_or(|name| !KNOWN.contains(&name))),
        _ => true,
    };
    assemble::setting(db, target, "raw").is_some() || assemble::setting(db, target, "transforms").is_some_and(others)
}

fn maker(db: &dyn Db, site: Site) -> Option<Maker> {
    let resource = resources::resource(db, site);
    let kind = resource.ty.strip_prefix("AWS::Serverless::")?.to_owned();
    let mut maker = Maker { id: naming::logical_id(db, site).to_string(), kind, ..Maker::default() };
    let Some(events) = resource.properties.value.field("Events") else {
        maker.open = !matches!(resource.properties.value, Value::Record(_));
        return Some(maker);
    };
    let Value::Record(fields) = &events.value else {
        maker.open = true;
        return Some(maker);
    };
    for field in fields.iter() {
        match field.node.value.field("Type").and_then(|node| node.value.as_str()) {
            Some(kind) => maker.events.push((field.name.to_string(), kind.to_owned())),
            None => maker.open = true,
        }
        chosen(&field.node, &mut maker.chosen);
    }
    Some(maker)
}

/// Logical ids that an event chooses: `QueueLogicalId`, `QueuePolicyLogicalId`.
fn chosen(node: &Node, found: &mut Vec<String>) {
    match &node.value {
        Value::Record(fields) => {
            for field in fields.iter() {
                if field.name.ends_with("LogicalId") {
                    found.extend(field.node.value.as_str().map(str::to_owned));
                }
                chosen(&field.node, found);
            }
        }
        Value::List(all) => all.iter().for_each(|node| chosen(node, found)),
        _ => {}
    }
}

fn problem(db: &dyn Db, makers: &[Maker], site: Site) -> Option<Problem> {
    let (decl, id) = (site.decl(db), naming::logical_id(db, site));
    match serverless::made(makers, &id) {
        Made::Something => None,
        Made::Type(ty) => {
            let Kind::Handle(written) = &declared_type(db, decl).0.as_ref()?.kind else { return None };
            if written.name() == ty {
                return None;
            }
            let message = format!("`{id}` is an `{ty}`, not an `{}`", written.name());
            let problem = Problem::error(codes::MADE_OTHERWISE, Anchor::name(decl), message).label("has another type");
            Some(problem.note("SAM makes it under that name").help(format!("write `existing {}: {ty}`", decl.name(db))))
        }
        Made::Nothing if makers.is_empty() => {
            let message = format!("nothing makes `{id}`: no resource of this stack is SAM's, and it has no other transform");
            let problem = Problem::error(codes::MADE_BY_NOTHING, Anchor::name(decl), message).label("is made by nothing");
            Some(problem.help("declare it as a `resource`, or name the macro that makes it in `transforms` of the stack"))
        }
        Made::Nothing => {
            let message = format!("SAM makes nothing that is called `{id}`");
            let problem = Problem::error(codes::MADE_BY_NOTHING, Anchor::name(decl), message).label("is made by nothing");
            let names = serverless::names(makers);
            Some(match cloudc_base::suggest::nearest(&id, names.iter().map(String::as_str)) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem
                    .note("what SAM makes is called like its resource, with the part behind: `WorkerRole`, `Api.Stage`")
                    .help("SAM's developer guide lists the names: \"Generated CloudFormation resources\""),
            })
        }
    }
}
