//! CloudFormation's limits.
//!
//! In: the template, finished or weighed. Out: problems at the declaration that goes past a limit. Always: figures are those of
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>.

use cloudc_eval::{Db, Src, Target, Value};
use cloudc_hir::{Anchor, Problem};
use serde_json::Value as Json;

use crate::expr::Lower;

const MAX_RESOURCES: usize = 500;
const MAX_PARAMETERS: usize = 200;
const MAX_OUTPUTS: usize = 200;
const MAX_MAPPINGS: usize = 200;
const MAX_ATTRIBUTES: usize = 200;
const MAX_DESCRIPTION: usize = 1024;
/// Bytes of a template that is sent with the request.
const INLINE_BYTES: usize = 51_200;
/// Bytes of a template that is read from S3.
const MAX_BYTES: usize = 1 << 20;

/// A template as far as its limits go.
pub struct Weighed<'a> {
    /// The template; of its resources only the number and the size matter.
    pub template: &'a Json,
    /// How many resources it has.
    pub resources: usize,
    /// Its size without white space, in bytes.
    pub bytes: usize,
}

/// Checks everything.
pub fn check(db: &dyn Db, target: Target, weighed: &Weighed<'_>, problems: &mut Vec<Problem>) {
    let template = weighed.template;
    let stack = cloudc_eval::stack(db, target);
    let whole = cloudc_eval::assemble::whole(db, target);
    let count = |section: &str| template.get(section).and_then(Json::as_object).map_or(0, |map| map.len());
    let last = |members: &[cloudc_eval::assemble::StackMember], limit: usize| {
        members.get(limit).map_or(whole, |member| Anchor::name(member.site.decl(db)))
    };
    let sections = [
        ("C0701", "Resources", "resources", MAX_RESOURCES, last(&stack.resources, MAX_RESOURCES)),
        ("C0702", "Parameters", "parameters", MAX_PARAMETERS, last(&stack.parameters, MAX_PARAMETERS)),
        ("C0703", "Outputs", "outputs", MAX_OUTPUTS, last(&stack.outputs, MAX_OUTPUTS)),
        ("C0704", "Mappings", "mappings", MAX_MAPPINGS, whole),
    ];
    for (code, section, name, limit, at) in sections {
        let count = if section == "Resources" { weighed.resources } else { count(section) };
        if count > limit {
            let message = format!("this stack has {count} {name}, and CloudFormation takes {limit}");
            let problem = Problem::error(code, at, message);
            problems.push(match proposal(db, target).filter(|_| section == "Resources") {
                Some(proposal) => problem.note(proposal).help(
                    "give them a file with a `stack` of their own, or a component that is `@nested`; see `cloudc explain C0701`",
                ),
                None => problem.help("cut the stack in two: see `cloudc explain C0701`"),
            });
        }
    }
    mappings(template, whole, problems);
    let said = stack.description.as_ref().map_or(whole, |node| node.src.anchor());
    description(template, said, problems);
    regions(db, stack, problems);
    size(weighed.bytes, whole, &|| proposal(db, target), problems);
}

/// The limits of a nested stack's template.
pub fn of_nested(template: &Json, shown: &str, at: Anchor) -> Vec<Problem> {
    let sections = [
        ("C0701", "Resources", "resources", MAX_RESOURCES),
        ("C0702", "Parameters", "parameters", MAX_PARAMETERS),
        ("C0703", "Outputs", "outputs", MAX_OUTPUTS),
        ("C0704", "Mappings", "mappings", MAX_MAPPINGS),
    ];
    let mut problems = Vec::new();
    for (code, section, name, limit) in sections {
        let count = template.get(section).and_then(Json::as_object).map_or(0, |map| map.len());
        if count > limit {
            let message = format!("the nested stack `{shown}` has {count} {name}, and CloudFormation takes {limit}");
            problems.push(Problem::error(code, at, message).help("nest a part of the component, or make it two"));
        }
    }
    let bytes = crate::weight::bytes(template);
    if bytes > MAX_BYTES {
        let message =
            format!("the template of the nested stack `{shown}` has {bytes} bytes, and CloudFormation takes {MAX_BYTES}");
        problems.push(Problem::error("C0706", at, message));
    }
    problems
}

/// Types that AWS does not offer in the stack's region. A warning: what the compiler knows may be older than the offer.
fn regions(db: &dyn Db, stack: &cloudc_eval::assemble::Stack, problems: &mut Vec<Problem>) {
    let Some(region) = &stack.region else { return };
    let schema = db.schema().schema(db);
    for member in &stack.resources {
        if schema.ty(&member.ty).and_then(|ty| ty.available_in(region)) != Some(false) {
            continue;
        }
        let message = format!("`{}` is not offered in `{region}`, as far as is known", member.ty);
        problems.push(
            Problem::warning("C0711", Anchor::name(member.site.decl(db)), message)
                .help("choose another region, or bring newer facts with `cloudc schema sync`"),
        );
    }
}

/// Which resources could become a stack of their own, in one sentence.
fn proposal(db: &dyn Db, target: Target) -> Option<String> {
    let members = &cloudc_eval::stack(db, target).resources;
    let cut = cloudc_graph::cut(db, target, MAX_RESOURCES)?;
    // People know what they declared, not every resource in it.
    let shown = |positions: &[usize]| {
        let mut names: Vec<&str> = Vec::new();
        for at in positions {
            let site = members[*at].site;
            let outer = cloudc_eval::merge::instances_around(db, site).last().copied().unwrap_or(site);
            let name = outer.decl(db).name(db).as_str();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let rest = names.len().saturating_sub(6);
        let listed = names.iter().take(6).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        if rest == 0 { listed } else { format!("{listed} and {rest} more") }
    };
    let (group, rest) = (cut.group.len(), members.len() - cut.group.len());
    let read = match cut.read.len() {
        0 => "and the other part refers to none of them".to_owned(),
        1 => format!("and the other {rest} refer to one of them: {}", shown(&cut.read)),
        count => format!("and the other {rest} refer to {count} of them: {}", shown(&cut.read)),
    };
    Some(format!("{group} resources need nothing of the rest, {read}; they are {}", shown(&cut.group)))
}

fn mappings(template: &Json, at: Anchor, problems: &mut Vec<Problem>) {
    let Some(mappings) = template.get("Mappings").and_then(Json::as_object) else { return };
    for (name, mapping) in mappings {
        let Some(entries) = mapping.as_object() else { continue };
        let most = entries.values().filter_map(Json::as_object).map(|entry| entry.len()).max().unwrap_or(0).max(entries.len());
        if most > MAX_ATTRIBUTES {
            let message = format!("the mapping `{name}` has {most} keys, and CloudFormation takes {MAX_ATTRIBUTES}");
            problems.push(Problem::error("C0708", at, message));
        }
    }
}

fn description(template: &Json, at: Anchor, problems: &mut Vec<Problem>) {
    let len = template.get("Description").and_then(Json::as_str).map_or(0, str::len);
    if len > MAX_DESCRIPTION {
        let message = format!("the description has {len} bytes, and CloudFormation takes {MAX_DESCRIPTION}");
        problems.push(Problem::error("C0707", at, message));
    }
}

fn size(bytes: usize, at: Anchor, proposal: &dyn Fn() -> Option<String>, problems: &mut Vec<Problem>) {
    if bytes > MAX_BYTES {
        let message = format!("the template has {bytes} bytes, and CloudFormation takes {MAX_BYTES}");
        let problem = Problem::error("C0706", at, message);
        problems.push(match proposal() {
            Some(proposal) => problem.note(proposal).help("give them a file with a `stack` of their own"),
            None => problem.help("cut the stack in two, or move long texts out of it"),
        });
    } else if bytes > INLINE_BYTES {
        let message = format!("the template has {bytes} bytes: more than {INLINE_BYTES} have to be uploaded to S3 first");
        problems.push(Problem::note_only("C0705", at, message));
    }
}

/// A list parameter tested by a condition, which only rules can do.
pub fn list_in_condition(lower: &Lower<'_>, list: &Value) -> Problem {
    let src: Option<Src> = match list.expr() {
        Some(cloudc_eval::Expr::Param(site)) => Some(Src { decl: site.decl(lower.db), expr: cloudc_hir::ExprId(0) }),
        _ => None,
    };
    let at = src.map(|src| Anchor::name(src.decl));
    let target = lower.target;
    let at = at.unwrap_or_else(|| cloudc_eval::assemble::whole(lower.db, target));
    Problem::error("C0709", at, "a condition cannot look into a list that is known at deployment only")
        .note("CloudFormation can do that in a Rule, which is what `assert` becomes, and nowhere else")
        .help("use one parameter for each choice, or an `input`, which is known when compiling")
}
