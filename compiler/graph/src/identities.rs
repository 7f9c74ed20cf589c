//! Resources that are one and the same to AWS: of one type, with the same values in the properties that identify it.
//!
//! In: a target. Out: problems. Always: only properties that a program gives count, so what CloudFormation names is never told;
//! resources that never exist together neither.

use cloudc_eval::canonical::canonical;
use cloudc_eval::{Cond, Db, Link, Node, Site, Target, Value, links, property, stack};
use cloudc_hir::{Anchor, Problem};
use rustc_hash::FxHashMap;

use crate::choices::{Choice, choices};

/// Two resources that are one to AWS.
pub const SAME: &str = "C0603";

/// Types that AWS takes once for each value of a property, beside what identifies them.
/// Sources: `AWS::EC2::SubnetRouteTableAssociation` ("a subnet can be associated with one route table") and
/// `AWS::CodeBuild::Project` (names are unique in an account) in the CloudFormation reference.
const ALSO: [(&str, &str); 2] = [("AWS::EC2::SubnetRouteTableAssociation", "SubnetId"), ("AWS::CodeBuild::Project", "Name")];

/// Every resource that is the same as one before it.
// A query of its own: a property that identifies nothing does not touch the order.
#[salsa::tracked(returns(ref))]
pub fn problems(db: &dyn Db, target: Target) -> Vec<Problem> {
    let members = &stack(db, target).resources;
    let mut by_type: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, member) in members.iter().enumerate() {
        by_type.entry(&member.ty).or_default().push(at);
    }
    let mut found = Vec::new();
    let mut known: FxHashMap<(&str, String), Vec<Known>> = FxHashMap::default();
    for (at, member) in members.iter().enumerate() {
        if by_type[member.ty.as_str()].len() < 2 {
            continue;
        }
        let names = identifying(db, &member.ty);
        let mut told = false;
        for (cond, values) in identities(db, member.site, &names) {
            let cond = Cond::and([member.cond.clone(), cond]);
            let text = values.iter().map(|node| canonical(db, &node.value)).collect::<Vec<_>>().join("\n");
            let same = known.entry((&member.ty, text)).or_default();
            let together = |other: &&Known| other.at != at && !Cond::and([other.cond.clone(), cond.clone()]).is_false();
            if let Some(first) = same.iter().find(together).filter(|_| !told) {
                let shown = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let message =
                    format!("`{}` and `{}` are the same {}: {shown} is equal", members[first.at].id, member.id, member.ty);
                let problem = Problem::error(SAME, place(db, target, member.site, &names, &values), message)
                    .related(place(db, target, members[first.at].site, &names, &first.values), "the other one")
                    .note("this is what AWS tells such resources apart by, so there is one of them")
                    .help("give it another value, or leave names to CloudFormation");
                found.push(problem);
                told = true;
            }
            same.push(Known { at, cond, values });
        }
    }
    found
}

/// A resource, and the values that identify it when a condition holds.
struct Known {
    at: usize,
    cond: Cond,
    values: Vec<Node>,
}

/// The values of identifying properties, and when they are these; of several properties only as they are written.
fn identities(db: &dyn Db, site: Site, names: &[&str]) -> Vec<(Cond, Vec<Node>)> {
    let Some(values) = names.iter().map(|name| given(db, site, name)).collect::<Option<Vec<Node>>>() else { return Vec::new() };
    match &values[..] {
        [] => Vec::new(),
        [only] => {
            let there = |choice: &Choice| !matches!(choice.node.value, Value::None | Value::Null);
            choices(only).into_iter().filter(there).map(|choice| (choice.cond, vec![choice.node])).collect()
        }
        _ => vec![(Cond::True, values)],
    }
}

/// Where a resource says what identifies it: the value, where there is one.
fn place(db: &dyn Db, target: Target, site: Site, names: &[&str], values: &[Node]) -> Anchor {
    let whole = Anchor::name(site.decl(db));
    match values {
        [only] if only.src.decl == site.decl(db) => only.src.anchor(),
        // A value that was born elsewhere stands in the property that refers to it.
        [_] => {
            let here = |link: &&Link| link.pointer.strip_prefix("/Properties/") == names.first().copied();
            links(db, target, site).iter().find(here).map_or(whole, |link| link.site.anchor())
        }
        _ => whole,
    }
}

/// The properties that tell resources of a type apart, when all of them are given by programs.
fn identifying(db: &dyn Db, ty: &str) -> Vec<&'static str> {
    if let Some((_, name)) = ALSO.iter().find(|(known, _)| *known == ty) {
        return vec![name];
    }
    let Some(ty) = db.schema().schema(db).ty(ty) else { return Vec::new() };
    let names = ty.primary_identifier();
    let writable = |name: &&str| ty.property(name).is_some_and(|property| !property.read_only());
    if names.iter().all(writable) { names.to_vec() } else { Vec::new() }
}

/// What is given for a property, when that is known.
fn given(db: &dyn Db, site: Site, name: &str) -> Option<Node> {
    let node = property(db, site, name.into()).node.clone();
    (!matches!(node.value, Value::None | Value::Null) && is_known(&node)).then_some(node)
}

fn is_known(node: &Node) -> bool {
    match &node.value {
        Value::Unknown | Value::Poison => false,
        Value::List(items) => items.iter().all(is_known),
        Value::Record(fields) => fields.iter().all(|field| is_known(&field.node)),
        Value::Deploy(expr) => expr.children().into_iter().all(is_known),
        _ => true,
    }
}
