//! `cloudc impact --plan`: each change of a deployment, and what is touched by it: in its stack, in the others of the program, and in
//! stacks that import from it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cloudc_base::render::printable;
use cloudc_deploy::plan::{Action, Plan, Planned, exports_of};
use cloudc_deploy::{Error, Unit};
use serde_json::{Value as Json, json};

use super::collect::{Edge, Graph, beside};
use super::{named, reached};
use crate::args::Global;
use crate::aws::access::{AccessArgs, Accounts};
use crate::aws::units::Units;
use crate::aws::{block_on, failures, offline, plan_text};
use crate::commands::deploy::ValueArgs;
use crate::commands::plan;
use crate::exit::{Exit, Failure};
use crate::{layers, output};

/// What is asked.
pub struct Question<'a> {
    /// One resource or stack; everything that changes otherwise.
    pub what: Option<&'a str>,
    /// Without credentials.
    pub offline: bool,
    /// For machines.
    pub json: bool,
    /// Values of parameters.
    pub values: &'a ValueArgs,
    /// How AWS is spoken to.
    pub access: &'a AccessArgs,
}

/// A change with its place in the graph.
struct Change<'a> {
    name: String,
    planned: &'a Planned,
    /// Names that something of it is exported under.
    exports: Vec<String>,
    /// What uses it, directly or through others, and how far away.
    users: Vec<(String, usize)>,
}

/// Prints them. Ends as `cloudc plan` does.
pub fn print(question: &Question<'_>, units: &Units, mut graph: Graph, global: &Global) -> Result<Exit, Failure> {
    let (plans, failed) = plans(question, units, global)?;
    for error in &failed {
        failures::tell(error);
    }
    // What leaves is not in the program any more; it is a change all the same.
    for (plan, one) in plans.iter().flat_map(|plan| plan.resources.iter().map(move |one| (plan, one))) {
        let name = format!("{}.{}", plan.stack, one.id);
        graph.edges.extend(one.dependents.iter().map(|user| (format!("{}.{user}", plan.stack), name.clone(), Edge::DependsOn)));
        for importer in &one.importers {
            graph.nodes.entry(importer.clone()).or_insert_with(|| beside("stack"));
            graph.edges.insert((importer.clone(), name.clone(), Edge::DependsOn));
        }
        graph.nodes.entry(name).or_insert_with(|| beside(&one.ty));
    }
    let wanted = question.what.map(|what| named(&graph, what)).transpose()?;
    let is_wanted = |name: &str| {
        wanted.as_ref().is_none_or(|wanted| {
            wanted.iter().any(|one| name == **one || name.strip_prefix(one.as_str()).is_some_and(|rest| rest.starts_with('.')))
        })
    };
    let mut changes = Vec::new();
    let mut actions: BTreeMap<String, Action> = BTreeMap::new();
    for (plan, one) in plans.iter().flat_map(|plan| plan.resources.iter().map(move |one| (plan, one))) {
        let name = format!("{}.{}", plan.stack, one.id);
        actions.insert(name.clone(), one.action);
        let unit = units.units.iter().find(|unit| unit.name() == plan.stack);
        let exports = unit.map(|unit: &Unit| exports_of(&unit.artifact.template, &one.id)).unwrap_or_default();
        if is_wanted(&name) {
            changes.push(Change { users: reached(&graph, &name), name, planned: one, exports });
        }
    }
    let text = if question.json { as_json(&changes, &actions) } else { as_text(&changes, &actions, &graph) };
    output::print(text.as_bytes())?;
    Ok(match (failed.is_empty(), changes.is_empty()) {
        (false, _) => Exit::World,
        (true, true) => Exit::Fine,
        (true, false) => Exit::Changes,
    })
}

fn plans(question: &Question<'_>, units: &Units, global: &Global) -> Result<(Vec<Plan>, Vec<Error>), Failure> {
    let schema = layers::schema(global);
    let found: Vec<Result<Plan, Error>> = if question.offline {
        units.units.iter().map(|unit| offline::plan(unit, question.values, &schema)).collect()
    } else {
        let asked = plan::Question { values: question.values, keep: false, schema };
        let accounts = Accounts::new(question.access);
        let found = block_on(async { Ok(asked.ask(&accounts, units).await) })?;
        found.into_iter().map(|found| found.map(|(plan, _)| plan)).collect()
    };
    let (mut plans, mut failed) = (Vec::new(), Vec::new());
    for one in found {
        match one {
            Ok(plan) => plans.push(plan),
            Err(error) => failed.push(error),
        }
    }
    Ok((plans, failed))
}

fn as_text(changes: &[Change<'_>], actions: &BTreeMap<String, Action>, graph: &Graph) -> String {
    let mut out = String::new();
    for one in changes {
        let planned = one.planned;
        let head = format!("{}  {}  {}  risk: {}", one.name, planned.ty, planned.action.word(), planned.risk.word());
        let _ = writeln!(out, "{}", printable(&head));
        let lines = planned.danger.iter().map(|danger| format!("danger: {danger}"));
        let lines = lines.chain(planned.why.iter().map(|why| format!("why: {why}")));
        let lines = lines.chain(plan_text::interruption(planned));
        let lines = lines.chain(planned.by_hand.iter().map(|by_hand| format!("by hand: {}", by_hand.what)));
        let exports = (!one.exports.is_empty()).then(|| format!("exported as: {}", one.exports.join(", ")));
        for line in lines.chain(exports) {
            let _ = writeln!(out, "    {}", printable(&line));
        }
        for (user, depth) in &one.users {
            let ty = graph.nodes.get(user).map_or("", |node| node.ty.as_str());
            let also = actions.get(user).map_or_else(String::new, |action| format!("  {}", action.word()));
            let _ = writeln!(out, "{}{}", "  ".repeat(*depth), printable(&format!("{user}  {ty}{also}")));
        }
    }
    if changes.is_empty() {
        out.push_str("nothing is changed\n");
    }
    out
}

fn as_json(changes: &[Change<'_>], actions: &BTreeMap<String, Action>) -> String {
    let user = |(name, depth): &(String, usize)| json!({ "name": name, "distance": depth, "action": actions.get(name) });
    let change = |one: &Change<'_>| {
        json!({
            "name": one.name,
            "change": one.planned,
            "exports": one.exports,
            "users": one.users.iter().map(user).collect::<Vec<Json>>(),
        })
    };
    let whole = json!({ "version": 1, "changes": changes.iter().map(change).collect::<Vec<Json>>() });
    format!("{whole:#}\n")
}
