//! Security groups that name each other: the rule that closes the circle becomes a resource of its own.
//!
//! In: the graph. Out: the graph without those edges, a [`Split`] and a note for each. Always: only rules on a cycle are split.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-securitygroupingress.html>

use cloudc_eval::{Cond, Node, Site, Src, Value, resource};
use cloudc_hir::{Name, Problem};

use crate::cycles::{knots, shortest};
use crate::edges::{Edge, Graph};
use crate::ordering::Order;

/// A rule that becomes a resource of its own.
pub const SPLIT: &str = "C0602";
const GROUP: &str = "AWS::EC2::SecurityGroup";

/// A rule that becomes a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The group it was written in.
    pub group: Site,
    /// The group it names.
    pub other: Site,
    /// `SecurityGroupIngress` or `SecurityGroupEgress`.
    pub property: Name,
    /// Its position in that list.
    pub index: usize,
    /// The logical id of the new resource.
    pub id: Name,
    /// The type of the new resource.
    pub ty: &'static str,
    /// The rule's properties.
    pub rule: Node,
    /// When it exists.
    pub cond: Cond,
    /// Where the rule is written.
    pub src: Src,
}

/// Splits rules until no cycle is left that a rule closes.
pub fn split(graph: &mut Graph<'_>, order: &mut Order) {
    // Each round removes a rule; stacks have few of them on cycles.
    while let Some((from, to, place)) = next(graph) {
        let Some(split) = taken(graph, order, from, to, &place) else { return };
        let (property, index) = (place.property.clone(), place.index);
        order.problems.push(note(graph, &split, from, to));
        order.splits.push(split);
        let belongs =
            |edge: &Edge| edge.from == from && rule_of(edge).is_some_and(|p| p.property == property && p.index == index);
        let gone: Vec<usize> = (0..graph.edges.len()).filter(|at| belongs(&graph.edges[*at])).collect();
        graph.remove(&gone);
    }
}

/// Where a rule stands.
#[derive(Debug, Clone, PartialEq)]
struct Rule {
    property: Name,
    index: usize,
}

/// The last rule, in source order, on the shortest cycle of some knot.
fn next(graph: &Graph<'_>) -> Option<(usize, usize, Rule)> {
    for knot in knots(graph) {
        // A knot may hold several cycles; each is tried from each of its groups.
        for start in knot.iter().filter(|at| graph.ty(**at) == GROUP) {
            let mut turned = vec![*start];
            turned.extend(knot.iter().filter(|at| *at != start));
            turned[1..].sort_unstable();
            let Some(path) = cycle_from(graph, &turned) else { continue };
            let rules = path.iter().filter_map(|edge| Some((edge.from, edge.to, breakable(graph, edge)?)));
            if let Some(found) = rules.max_by_key(|(from, _, rule)| (*from, rule.property.clone(), rule.index)) {
                return Some(found);
            }
        }
    }
    None
}

fn cycle_from<'g>(graph: &'g Graph<'_>, nodes: &[usize]) -> Option<Vec<&'g Edge>> {
    let start = *nodes.first()?;
    let mut sorted = nodes.to_vec();
    sorted.sort_unstable();
    let path = shortest_through(graph, start, &sorted);
    path.or_else(|| shortest(graph, &sorted))
}

fn shortest_through<'g>(graph: &'g Graph<'_>, start: usize, knot: &[usize]) -> Option<Vec<&'g Edge>> {
    let mut came: Vec<Option<&Edge>> = vec![None; graph.members.len()];
    let mut open = std::collections::VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        for edge in graph.needs(at) {
            if edge.to == start {
                let mut path = vec![edge];
                let mut back = at;
                while back != start {
                    let edge = came[back]?;
                    path.push(edge);
                    back = edge.from;
                }
                return Some(path);
            }
            if knot.binary_search(&edge.to).is_ok() && came[edge.to].is_none() {
                came[edge.to] = Some(edge);
                open.push_back(edge.to);
            }
        }
    }
    None
}

/// The rule of a group that an edge stands in, when it alone makes the edge.
fn breakable(graph: &Graph<'_>, edge: &Edge) -> Option<Rule> {
    if graph.ty(edge.from) != GROUP || graph.ty(edge.to) != GROUP {
        return None;
    }
    rule_of(edge)
}

fn rule_of(edge: &Edge) -> Option<Rule> {
    let pointer = &edge.link.as_ref()?.pointer;
    let mut steps = pointer.strip_prefix("/Properties/")?.split('/');
    let property = steps.next().filter(|name| matches!(*name, "SecurityGroupIngress" | "SecurityGroupEgress"))?;
    let index = steps.next()?.parse().ok()?;
    let field = steps.next()?;
    matches!(field, "SourceSecurityGroupId" | "DestinationSecurityGroupId").then(|| Rule { property: property.into(), index })
}

/// The rule as a resource. Nothing when it is no plain record.
fn taken(graph: &Graph<'_>, order: &Order, from: usize, to: usize, place: &Rule) -> Option<Split> {
    let (group, other) = (&graph.members[from], &graph.members[to]);
    let properties = &resource(graph.db, group.site).properties;
    let list = properties.value.field(&place.property)?;
    let Value::List(items) = &list.value else { return None };
    let item = items.get(place.index)?;
    let (own, rule) = match item.value.choice() {
        None => (Cond::True, item.clone()),
        Some((cond, then, otherwise)) if otherwise.value == Value::None => (cond.clone(), then.clone()),
        Some((cond, then, otherwise)) if then.value == Value::None => (cond.not(), otherwise.clone()),
        Some(_) => return None,
    };
    let Value::Record(_) = rule.value else { return None };
    let ingress = place.property == "SecurityGroupIngress";
    let (way, ty) = match ingress {
        true => ("IngressFrom", "AWS::EC2::SecurityGroupIngress"),
        false => ("EgressTo", "AWS::EC2::SecurityGroupEgress"),
    };
    let partner = if from == to { "Self" } else { other.id.as_str() };
    let base = format!("{}{way}{partner}", group.id);
    let taken = |id: &str| graph.members.iter().any(|member| member.id == id) || order.splits.iter().any(|split| split.id == id);
    let mut id = base.clone();
    let mut count = 2;
    while taken(&id) {
        id = format!("{base}{count}");
        count += 1;
    }
    let cond = Cond::and([own, group.cond.clone()]);
    let src = item.src;
    Some(Split {
        group: group.site,
        other: other.site,
        property: place.property.clone(),
        index: place.index,
        id: id.into(),
        ty,
        rule,
        cond,
        src,
    })
}

fn note(graph: &Graph<'_>, split: &Split, from: usize, to: usize) -> Problem {
    let (group, other) = (&graph.members[from].id, &graph.members[to].id);
    let message = match from == to {
        true => format!("the rule of `{group}` about itself becomes the resource `{}`", split.id),
        false => format!("this rule becomes the resource `{}`, because `{group}` and `{other}` name each other", split.id),
    };
    Problem::note_only(SPLIT, split.src.anchor(), message)
}
