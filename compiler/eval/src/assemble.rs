//! The stack as a whole: which resources, parameters, outputs and rules there are, and what they are called.
//!
//! In: a target. Out: a [`Stack`]. Always: reads members, names and conditions, never properties, so that editing a property
//! leaves it alone; what an output or a resource says is read when it is emitted.

use std::sync::Arc;

use cloudc_hir::{Anchor, Decl, DeclKind, Name, Problem};
use cloudc_types::typed::Root;
use rustc_hash::FxHashMap;

use crate::cond::Cond;
use crate::evaluate::{Cx, Run};
use crate::frame::{Frame, Site, Target};
use crate::member::{Member, MemberKind, each, existence};
use crate::naming::Namer;
use crate::outline::type_of;
use crate::values::{Expr, Node, Value};
use crate::{Db, codes, value_of};

/// Everything a template is assembled from.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    /// What is built.
    pub target: Target,
    /// The name it is deployed under.
    pub name: Name,
    /// Where it is deployed, when that is known.
    pub region: Option<Name>,
    /// What the console shows; from the setting, else the doc comment.
    pub description: Option<Node>,
    /// In source order.
    pub resources: Vec<StackMember>,
    /// In source order.
    pub parameters: Vec<StackMember>,
    /// In source order.
    pub outputs: Vec<StackMember>,
    /// Assertions that may become rules, in source order.
    pub assertions: Vec<StackMember>,
    /// Conditions that have a name of their own: Bools of `let` first, then Bool parameters.
    pub conditions: Vec<(Cond, Name)>,
    /// The `stack` declaration.
    pub decl: Option<Decl>,
    /// What is wrong with the whole.
    pub problems: Vec<Problem>,
}

/// A part of a stack.
#[derive(Debug, Clone, PartialEq)]
pub struct StackMember {
    /// The declaration.
    pub site: Site,
    /// Its logical id.
    pub id: Name,
    /// The CloudFormation type of a resource, else empty.
    pub ty: Name,
    /// Under which condition it exists.
    pub cond: Cond,
}

/// The stack of a target.
#[salsa::tracked(returns(ref))]
pub fn stack(db: &dyn Db, target: Target) -> Arc<Stack> {
    let decl = target.stack_decl(db);
    let mut stack = Stack {
        target,
        name: Name::default(),
        region: target.region(db).clone(),
        description: setting(db, target, "description"),
        resources: Vec::new(),
        parameters: Vec::new(),
        outputs: Vec::new(),
        assertions: Vec::new(),
        conditions: Vec::new(),
        decl,
        problems: Vec::new(),
    };
    stack.name = text_setting(db, target, "name").or_else(|| decl.map(|decl| decl.name(db).clone())).unwrap_or_default();
    stack.region = stack.region.or_else(|| text_setting(db, target, "region"));
    let top = Frame::of_target(db, target);
    let mut lets = Vec::new();
    let mut namer = Namer::new(db);
    let overflow = each(db, top, &mut |member| sort(db, top, member, &mut namer, &mut stack, &mut lets));
    if overflow {
        let message = format!("this stack is made of more than {} declarations", crate::member::MAX_MEMBERS);
        stack.problems.push(Problem::error(codes::TOO_LARGE, whole(db, target), message));
    }
    stack.conditions = conditions(db, &stack, &lets, &mut namer);
    clashes(db, &mut stack);
    unknown_settings(db, target, &mut stack.problems);
    stack.problems.extend(crate::project::problems(db, target));
    Arc::new(stack)
}

/// Where a problem of the stack as a whole is shown.
pub fn whole(db: &dyn Db, target: Target) -> Anchor {
    let file = target.file(db);
    let decl = target.stack_decl(db).or(target.test(db));
    let first = || cloudc_hir::items::declarations(db, cloudc_hir::Owner::File(file)).first().copied();
    match decl.or_else(first) {
        Some(decl) => Anchor::name(decl),
        // An empty file: the declaration that is missing stands for it.
        None => Anchor::name(Decl::new(db, cloudc_hir::Owner::File(file), DeclKind::Stack, Name::default(), 0)),
    }
}

/// A setting of the stack, where it is written and nothing is wrong with it.
pub fn setting(db: &dyn Db, target: Target, name: &str) -> Option<Node> {
    stack_setting(db, target, name.into()).0.clone()
}

/// A setting with what is wrong with it.
#[salsa::tracked(returns(ref), cycle_result = own_setting)]
pub fn stack_setting(db: &dyn Db, target: Target, name: Name) -> (Option<Node>, Vec<Problem>) {
    let Some(decl) = target.stack_decl(db) else { return (None, Vec::new()) };
    let given = match name.as_str() {
        "region" => target.region(db).clone(),
        _ => None,
    };
    let src = crate::Src { decl, expr: cloudc_hir::ExprId(0) };
    if let Some(region) = given {
        return (Some(src.node(Value::Str(region))), Vec::new());
    }
    let found = std::cell::RefCell::new(Vec::new());
    let own = |name: &str| {
        let Root::Settings(settings) = &cloudc_types::typed(db, decl).root else { return None };
        let (_, id) = settings.iter().find(|(setting, _)| setting == name)?;
        let mut run = Run::default();
        let node = Cx::new(db, Frame::of_target(db, target), decl, &mut run).node(*id);
        found.borrow_mut().append(&mut run.problems);
        Some(node)
    };
    let node = crate::project::setting(db, target, &name, &own);
    if name == "name"
        && let Some(node) = &node
    {
        found.borrow_mut().extend(bad_name(node));
    }
    let fallback =
        || (name == "name").then(|| crate::project::default_name(db, target).map(|name| src.node(Value::Str(name)))).flatten();
    (node.or_else(fallback), found.into_inner())
}

/// A name that CloudFormation refuses.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
fn bad_name(node: &Node) -> Option<Problem> {
    let name = node.value.as_str()?;
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if plain && name.len() <= 128 && name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let problem = Problem::error("C0525", node.src.anchor(), format!("`{name}` is no name for a deployed stack"))
        .note("it begins with a letter, has letters, digits and hyphens, and at most 128 of them");
    let near: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    Some(if name.contains('_') { problem.help(format!("`{near}` would be one")) } else { problem })
}

fn own_setting(db: &dyn Db, _: salsa::Id, target: Target, _: Name) -> (Option<Node>, Vec<Problem>) {
    let decl = target.stack_decl(db);
    (None, decl.map(|decl| crate::own_problem(db, decl)).into_iter().collect())
}

fn text_setting(db: &dyn Db, target: Target, name: &str) -> Option<Name> {
    setting(db, target, name).and_then(|node| node.value.as_str().map(Name::from))
}

fn sort(db: &dyn Db, top: Frame, member: &Member, namer: &mut Namer<'_>, stack: &mut Stack, lets: &mut Vec<Site>) {
    let site = member.site;
    // Outputs of a component are read, those of the stack are emitted.
    let own = || site.frame(db).container(db) == top;
    let list = match member.kind {
        DeclKind::Resource if member.inner == MemberKind::Leaf => &mut stack.resources,
        DeclKind::Param => &mut stack.parameters,
        DeclKind::Output if own() => &mut stack.outputs,
        DeclKind::Assert => &mut stack.assertions,
        DeclKind::Let => {
            lets.push(site);
            return;
        }
        _ => return,
    };
    let ty = type_of(db, site.decl(db)).cloned().unwrap_or_default();
    if member.kind == DeclKind::Resource && ty.is_empty() {
        // Too broken to have a type, and reported as that.
        return;
    }
    list.push(StackMember { site, id: namer.logical_id(site), ty, cond: existence(db, site) });
}

/// Names for conditions: the first `let` that holds one names it, then the parameters that are one.
fn conditions(db: &dyn Db, stack: &Stack, lets: &[Site], namer: &mut Namer<'_>) -> Vec<(Cond, Name)> {
    let mut found: Vec<(Cond, Name)> = Vec::new();
    for site in lets {
        if let Some(Expr::Truth(cond)) = value_of(db, *site).node.value.expr() {
            add_condition(&mut found, cond.clone(), &namer.logical_id(*site));
        }
    }
    for member in &stack.parameters {
        if crate::params::is_bool(db, member.site.decl(db)) {
            let node = &value_of(db, member.site).node;
            if let Ok(cond) = crate::cond::condition(db, &node.value) {
                add_condition(&mut found, cond, &member.id);
            }
        }
    }
    found
}

fn add_condition(found: &mut Vec<(Cond, Name)>, cond: Cond, name: &Name) {
    if cond.is_true() || cond.is_false() || found.iter().any(|(known, _)| *known == cond) {
        return;
    }
    if !found.iter().any(|(_, known)| known == name) {
        found.push((cond, name.clone()));
    }
}

/// Resources and parameters share one namespace, outputs and assertions have their own.
fn clashes(db: &dyn Db, stack: &mut Stack) {
    let mut problems = Vec::new();
    let groups = [
        stack.parameters.iter().chain(&stack.resources).collect::<Vec<_>>(),
        stack.outputs.iter().collect(),
        stack.assertions.iter().collect(),
    ];
    for group in groups {
        let mut seen: FxHashMap<&Name, &StackMember> = FxHashMap::default();
        for member in group {
            match seen.get(&member.id) {
                None => {
                    seen.insert(&member.id, member);
                }
                Some(first) => problems.push(clash(db, first, member)),
            }
        }
    }
    stack.problems.extend(problems);
}

fn clash(db: &dyn Db, first: &StackMember, second: &StackMember) -> Problem {
    let (a, b) = (Anchor::name(first.site.decl(db)), Anchor::name(second.site.decl(db)));
    let message = format!("two declarations have the logical id `{}`", second.id);
    let problem = Problem::error(codes::LOGICAL_ID_TWICE, b, message).label("this one is the second");
    let problem = if a == b {
        problem.note("it is declared in a loop, and two keys give the same letters")
    } else {
        problem.related(a, "this one has it too")
    };
    problem.help("write `@id(\"…\")` before one of them to give it another")
}

/// Values from outside for names nobody declares.
fn unknown_settings(db: &dyn Db, target: Target, problems: &mut Vec<Problem>) {
    let file = target.file(db);
    let inputs = cloudc_hir::resolve::inputs(db, cloudc_hir::Owner::File(file));
    let params = cloudc_hir::resolve::params(db, file);
    let name = |decl: &Decl| decl.name(db).as_str();
    let inputs: Vec<&str> = inputs.iter().map(name).collect();
    let params: Vec<&str> = params.iter().map(name).collect();
    match target.given(db) {
        Some(given) => {
            unknown_names(db, target, "input", given.inputs.iter().map(|(name, _)| name), &inputs, problems);
            unknown_names(db, target, "parameter", given.params.iter().map(|(name, _)| name), &params, problems);
        }
        None => {
            let known: Vec<&str> = inputs.into_iter().chain(params).collect();
            unknown_names(db, target, "input or parameter", db.settings().sets(db).keys(), &known, problems);
        }
    }
}

fn unknown_names<'a>(
    db: &dyn Db,
    target: Target,
    what: &str,
    given: impl Iterator<Item = &'a Name>,
    known: &[&str],
    problems: &mut Vec<Problem>,
) {
    for name in given.filter(|name| !known.contains(&name.as_str())) {
        let message = format!("no {what} is called `{name}`");
        let mut problem = Problem::error(codes::UNKNOWN_SETTING, whole(db, target), message);
        if let Some(near) = cloudc_base::suggest::nearest(name, known.iter().copied()) {
            problem = problem.help(format!("did you mean `{near}`?"));
        }
        problems.push(problem);
    }
}
