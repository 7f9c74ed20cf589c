//! Resources that are one and the same to AWS: of one type, with the same values in the properties that identify it.
//!
//! In: a target. Out: problems. Always: only properties that a program gives count, so what CloudFormation names is never told;
//! resources that never exist together neither.

use cloudc_eval::canonical::canonical;
use cloudc_eval::values::Node;
use cloudc_eval::{Cond, Db, Link, Site, Target, Value, links, property, stack};
use cloudc_hir::{Anchor, Problem};
use rustc_hash::FxHashMap;

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
    let mut known: FxHashMap<(&str, String), Vec<usize>> = FxHashMap::default();
    for (at, member) in members.iter().enumerate() {
        if by_type[member.ty.as_str()].len() < 2 {
            continue;
        }
        let names = identifying(db, &member.ty);
        let values: Option<Vec<Node>> = names.iter().map(|name| given(db, member.site, name)).collect();
        let Some(values) = values.filter(|values| !values.is_empty()) else { continue };
        let text = values.iter().map(|node| canonical(db, &node.value)).collect::<Vec<_>>().join("\n");
        let same = known.entry((&member.ty, text)).or_default();
        let together = |other: &usize| !Cond::and([members[*other].cond.clone(), member.cond.clone()]).is_false();
        if let Some(first) = same.iter().find(|other| together(other)) {
            let shown = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let other = &members[*first];
            let message = format!("`{}` and `{}` are the same {}: {shown} is equal", other.id, member.id, member.ty);
            let place = |at: usize, values: &[Node]| {
                let (site, whole) = (members[at].site, Anchor::name(members[at].site.decl(db)));
                match values {
                    [only] if only.src.decl == site.decl(db) => only.src.anchor(),
                    // A value that was born elsewhere stands in the property that refers to it.
                    [_] => {
                        let here = |link: &&Link| link.pointer.strip_prefix("/Properties/") == names.first().copied();
                        links(db, target, site).iter().find(here).map_or(whole, |link| link.site.anchor())
                    }
                    _ => whole,
                }
            };
            let before: Vec<Node> = names.iter().filter_map(|name| given(db, other.site, name)).collect();
            let problem = Problem::error(SAME, place(at, &values), message)
                .related(place(*first, &before), "the other one")
                .note("this is what AWS tells such resources apart by, so there is one of them")
                .help("give it another value, or leave names to CloudFormation");
            found.push(problem);
        }
        same.push(at);
    }
    found
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
