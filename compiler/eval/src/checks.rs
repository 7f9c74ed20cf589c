//! Tests and policies: assertions about stacks that were built.
//!
//! In: a `test`, or a target whose policies are asked. Out: problems; of a test also which snapshots it looked at and what it built.
//! Always: an assertion holds when it holds for every value that parameters can have, as far as the resources it is about exist; a
//! value that is known at deployment only equals nothing but itself.

use std::sync::Arc;

use cloudc_hir::{Anchor, Branch, Decl, DeclKind, Owner, Problem};
use cloudc_types::formula::{Domains, Lit, Verdict, implies};
use cloudc_types::typed::{Binary, Builtin, Id, Kind, Root, Unary};
use serde_json::Value as Json;

use crate::canonical::canonical;
use crate::cond::{Cond, CondPlace, Test};
use crate::evaluate::{Cx, Run};
use crate::frame::{Frame, Origin, Site, Target, instance};
use crate::member::{self, each, existence};
use crate::merge::instances_around;
use crate::rules::Assertion;
use crate::values::{Expr, Value};
use crate::{Db, built, codes, naming, resources, value_of};

/// A committed template that a test compares a build with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Where it is, inside the project.
    pub path: String,
    /// What was built.
    pub text: String,
    /// What is different, in one line; nothing when both are equal.
    pub difference: Option<String>,
}

/// What running a test comes to.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What does not hold or cannot be evaluated.
    pub problems: Vec<Problem>,
    /// The snapshots it looked at.
    pub snapshots: Vec<Snapshot>,
    /// The stacks it built, and what it declares itself first.
    pub targets: Vec<Target>,
}

/// Runs a test.
pub fn run_test(db: &dyn Db, test: Decl) -> Report {
    let target = Target::of_test(db, test);
    let mut report = Report { problems: crate::problems(db, target), targets: vec![target], ..Report::default() };
    let mut reads = Vec::new();
    each(db, Frame::of_target(db, target), &mut |member| match member.kind {
        DeclKind::Assert => {
            let assertion = crate::assertion(db, member.site);
            report.snapshots.extend(assertion.snapshots.iter().cloned());
            reads.extend(assertion.reads.iter().copied());
        }
        DeclKind::Let => reads.extend(value_of(db, member.site).reads.iter().copied()),
        DeclKind::For => reads.extend(member::turns(db, member.site).reads.iter().copied()),
        _ => {}
    });
    for site in reads.iter().filter(|site| site.decl(db).kind(db) == DeclKind::Stack) {
        let target = site.frame(db).target(db);
        if !report.targets.contains(&target) {
            report.targets.push(target);
        }
    }
    report
}

/// The resources that a test declares, components opened, in source order. Loops and conditions without one are not looked at, for
/// they may be about these very resources.
#[salsa::tracked(returns(ref), cycle_result = none_declared)]
pub fn declared(db: &dyn Db, target: Target) -> Vec<Site> {
    let mut sites = Vec::new();
    if let Some(test) = target.test(db) {
        gather(db, Frame::of_target(db, target), Owner::Decl(test, Branch::Then), &mut sites);
    }
    sites
}

fn none_declared(_: &dyn Db, _: salsa::Id, _: Target) -> Vec<Site> {
    Vec::new()
}

fn gather(db: &dyn Db, frame: Frame, owner: Owner, sites: &mut Vec<Site>) {
    for decl in cloudc_hir::declared(db, owner) {
        let site = Site::new(db, frame, decl);
        match decl.kind(db) {
            DeclKind::Resource => match instance(db, site) {
                Some(inner) => sites.extend(member::resources_in(db, inner)),
                None => sites.push(site),
            },
            DeclKind::If if holds_resource(db, decl) => {
                let Ok(cond) = &member::guard(db, site).cond else { continue };
                for (branch, taken) in [(Branch::Then, !cond.is_false()), (Branch::Else, !cond.is_true())] {
                    if taken {
                        gather(db, frame, Owner::Decl(decl, branch), sites);
                    }
                }
            }
            DeclKind::For if holds_resource(db, decl) => {
                for turn in &member::turns(db, site).entries {
                    gather(db, turn.frame, Owner::Decl(decl, Branch::Then), sites);
                }
            }
            _ => {}
        }
    }
}

fn holds_resource(db: &dyn Db, decl: Decl) -> bool {
    [Branch::Then, Branch::Else].into_iter().any(|branch| {
        cloudc_hir::declarations(db, Owner::Decl(decl, branch)).iter().any(|inner| match inner.kind(db) {
            DeclKind::Resource => true,
            DeclKind::If | DeclKind::For => holds_resource(db, *inner),
            _ => false,
        })
    })
}

/// The policies that apply to a target: those of its file, of `project.cloud`, and the public ones of modules that `project.cloud`
/// imports.
pub fn policies(db: &dyn Db, target: Target) -> Vec<Decl> {
    if target.test(db).is_some() {
        return Vec::new();
    }
    let of = |file| cloudc_hir::declared(db, Owner::File(file)).filter(|decl| decl.kind(db) == DeclKind::Policy);
    let mut found: Vec<Decl> = of(target.file(db)).collect();
    if let Some(project) = crate::project::file(db) {
        found.extend(of(project));
        for module in cloudc_hir::resolve::imported_files(db, project) {
            found.extend(of(*module).filter(|decl| cloudc_hir::items::is_pub(db, *decl)));
        }
    }
    let mut seen = rustc_hash::FxHashSet::default();
    found.retain(|decl| seen.insert(*decl));
    found
}

/// What the policies of a target find.
pub fn policy_problems(db: &dyn Db, target: Target) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for policy in policies(db, target) {
        let frame = Frame::new(db, Origin::Policy(target, policy));
        let mut found = member::members(db, frame).problems.clone();
        each(db, frame, &mut |member| match (member.kind, &member.inner) {
            (DeclKind::Assert, _) => found.extend(crate::assertion(db, member.site).problems.iter().cloned()),
            (DeclKind::Let, _) => found.extend(value_of(db, member.site).problems.iter().cloned()),
            (_, member::MemberKind::Turns(turns)) => {
                turns.iter().for_each(|turn| found.extend(member::members(db, *turn).problems.iter().cloned()));
            }
            _ => {}
        });
        for problem in found {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    problems
}

/// The title of a test or policy, as written.
pub fn title(db: &dyn Db, decl: Decl) -> String {
    use cloudc_hir::body::{Expr as Written, Literal, Parts};
    let body = cloudc_hir::body(db, decl);
    let Parts::Titled { title: Some(title) } = &body.parts else { return String::new() };
    match body.expr(*title) {
        Written::Literal(Literal::Str(text)) => text.to_string(),
        _ => String::new(),
    }
}

/// An assertion of a test or policy.
pub(crate) fn assertion(db: &dyn Db, site: Site, container: Decl) -> Arc<Assertion> {
    let mut run = Run::default();
    let decl = site.decl(db);
    let mut cx = Cx::new(db, site.frame(db), decl, &mut run);
    let mut text = None;
    if let Root::Assert { condition, message } = &cx.typed.root
        && let Ok(cond) = cx.condition(*condition)
    {
        let about = resources_at(db, site.frame(db));
        let around = Cond::and(about.iter().map(|site| existence(db, *site)).chain([existence(db, site)]));
        if let Err(open) = holds(db, &around, &cond) {
            text = message.map(|id| cx.node(id).value).and_then(|value| value.as_str().map(str::to_owned));
            let problem = failed(&mut cx, site, container, *condition, text.as_deref(), about.first().copied());
            let problem = match open {
                Some(names) => problem.note(format!("it would have to hold whatever {names} is")),
                None => problem,
            };
            if !allowed(db, container, about.first().copied()) {
                run.problems.push(problem);
            }
        }
    }
    Arc::new(Assertion {
        cond: Cond::True,
        message: text.unwrap_or_default(),
        problems: run.problems,
        reads: run.reads,
        snapshots: run.snapshots,
    })
}

/// Whether a resource is let off a policy: `@allow("the policy's name", reason: "…")`.
fn allowed(db: &dyn Db, policy: Decl, about: Option<Site>) -> bool {
    let Some(site) = about.filter(|_| policy.kind(db) == DeclKind::Policy) else { return false };
    let title = title(db, policy);
    resources::resource(db, site).attributes.allow.iter().any(|name| *name == title || name == codes::POLICY_FAILED)
}

/// The resources that the turns around stand for, innermost first.
fn resources_at(db: &dyn Db, frame: Frame) -> Vec<Site> {
    let mut found = Vec::new();
    let mut at = Some(frame);
    while let Some(frame) = at {
        if let Some(variables) = member::turn(db, frame)
            && let Value::Handle(site) = variables.1.value
        {
            found.push(site);
        }
        at = frame.outer(db);
    }
    found
}

/// Whether a condition holds wherever `around` does; else what it hangs on, when that is parameters.
fn holds(db: &dyn Db, around: &Cond, cond: &Cond) -> Result<(), Option<String>> {
    let settled = |cond: &Cond| {
        cond.bind(&mut |place: &CondPlace, lit: &Lit| {
            if is_late(&place.test) { Cond::False } else { Cond::is(place.clone(), lit.clone()) }
        })
    };
    let (around, cond) = (settled(around), settled(cond));
    if cond.is_true() || implies(&around, &cond, &Allowed(db)) == Verdict::Yes {
        return Ok(());
    }
    let mut names: Vec<String> = Vec::new();
    for place in cond.places() {
        let values = match &place.test {
            Test::Operand(value) => vec![value],
            Test::Same(a, b) | Test::Contains(a, b) | Test::EveryIn(a, b) => vec![a, b],
        };
        names.extend(values.into_iter().filter(|value| value.expr().is_some()).map(|value| value.named(db)));
    }
    names.dedup();
    Err((!names.is_empty()).then(|| names.join(" and ")))
}

/// What parameters can be.
struct Allowed<'a>(&'a dyn Db);

impl Domains<CondPlace> for Allowed<'_> {
    fn domain(&self, place: &CondPlace) -> Option<Vec<Lit>> {
        let Test::Operand(value) = &place.test else { return None };
        let Some(Expr::Param(site)) = value.expr() else { return None };
        let shape = crate::params::param_shape(self.0, site.decl(self.0));
        if shape.allowed.is_empty() {
            return None;
        }
        use cloudc_types::ty::Lit as Written;
        let mut all: Vec<Lit> = shape
            .allowed
            .iter()
            .map(|lit| match lit {
                Written::Str(text) => Lit::Str(text.clone()),
                Written::Int(number) => Lit::Str(number.to_string().into()),
                Written::Bool(value) => Lit::Str(value.to_string().into()),
            })
            .collect();
        if shape.optional {
            all.push(Lit::Str("".into()));
        }
        Some(all)
    }
}

/// Whether a test is about what only a deployment knows.
fn is_late(test: &Test) -> bool {
    match test {
        Test::Operand(value) => late(value),
        Test::Same(a, b) | Test::Contains(a, b) | Test::EveryIn(a, b) => late(a) || late(b),
    }
}

fn late(value: &Value) -> bool {
    match value {
        Value::Handle(_) | Value::Instance(_) => true,
        Value::List(items) => items.iter().any(|item| late(&item.value)),
        Value::Record(fields) => fields.iter().any(|field| late(&field.node.value)),
        Value::Deploy(expr) => match &**expr {
            Expr::Ref(_) | Expr::Attr(..) => true,
            Expr::Call(op, nodes) => {
                use crate::values::Op::{ImportValue, StackOutput};
                matches!(op, ImportValue | StackOutput) || nodes.iter().any(|node| late(&node.value))
            }
            expr => expr.children().into_iter().any(|node| late(&node.value)),
        },
        _ => false,
    }
}

/// The problem of an assertion that does not hold.
fn failed(cx: &mut Cx<'_>, site: Site, container: Decl, condition: Id, text: Option<&str>, about: Option<Site>) -> Problem {
    let db = cx.db;
    let at = cx.src(condition).anchor();
    let title = title(db, container);
    let problem = match (container.kind(db), about) {
        (DeclKind::Policy, Some(resource)) => {
            let shown =
                text.map_or_else(|| format!("`{}` breaks the policy {title:?}", naming::logical_id(db, resource)), str::to_owned);
            // Who uses a component has to mend it there.
            let outer = instances_around(db, resource).last().copied().unwrap_or(resource);
            let problem = Problem::error(codes::POLICY_FAILED, Anchor::name(outer.decl(db)), shown)
                .label(format!("`{}`", naming::logical_id(db, resource)))
                .related(at, format!("the policy {title:?} asks for this"));
            problem.help(format!("mend it, or let it off: `@allow({title:?}, reason: \"…\")`"))
        }
        (DeclKind::Policy, None) => {
            let shown = text.map_or_else(|| format!("the stack breaks the policy {title:?}"), str::to_owned);
            let whole = crate::assemble::whole(db, site.frame(db).target(db));
            Problem::error(codes::POLICY_FAILED, whole, shown)
                .label("this stack")
                .related(at, format!("the policy {title:?} asks for this"))
        }
        _ => {
            let shown = text.map_or_else(|| "this assertion does not hold".to_owned(), str::to_owned);
            let problem = Problem::error(codes::ASSERT_FAILED, at, shown).label("this is false");
            match about {
                Some(resource) => problem.note(format!("for the resource `{}`", naming::logical_id(db, resource))),
                None => problem,
            }
        }
    };
    explain(cx, condition, problem)
}

/// Says what the sides of a comparison are.
fn explain(cx: &mut Cx<'_>, id: Id, mut problem: Problem) -> Problem {
    let typed = cx.typed;
    let mut shown: Vec<Id> = Vec::new();
    match &typed.node(id).kind {
        Kind::Binary(Binary::And, a, b) => {
            let first = cx.condition(*a).is_ok_and(|cond| cond.is_true());
            return explain(cx, if first { *b } else { *a }, problem);
        }
        Kind::Binary(_, a, b) => shown.extend([*a, *b]),
        Kind::IsNone(inner) => shown.push(*inner),
        Kind::Unary(Unary::Not, inner) => match &typed.node(*inner).kind {
            Kind::IsNone(inner) => shown.push(*inner),
            _ => return explain(cx, *inner, problem),
        },
        Kind::Builtin(Builtin::Fails, args) => return explain_failure(cx, args, problem),
        Kind::Builtin(Builtin::Snapshot, _) => {
            if let Some(difference) = cx.run.snapshots.last().and_then(|snapshot| snapshot.difference.clone()) {
                problem = problem.note(difference);
            }
            return problem.help("if the change is wanted, run `cloudc test --update` and commit the file");
        }
        Kind::Builtin(_, args) => shown.extend(args.iter().copied()),
        _ => {}
    }
    for id in shown {
        if matches!(typed.node(id).kind, Kind::Literal(_)) {
            continue;
        }
        let (at, value) = (cx.src(id), cx.node(id).value);
        problem = problem.related(at.anchor(), format!("this is {}", describe(cx.db, &value)));
    }
    problem
}

fn explain_failure(cx: &mut Cx<'_>, args: &[Id], problem: Problem) -> Problem {
    let Some(Value::Instance(frame)) = args.first().map(|id| cx.node(*id).value) else { return problem };
    let verdict = built(cx.db, frame.target(cx.db));
    if verdict.errors.is_empty() {
        return problem.note("it builds without errors");
    }
    verdict
        .errors
        .iter()
        .take(5)
        .fold(problem, |problem, (code, message)| problem.note(format!("it fails with [{code}] {message}")))
}

/// A value for a message, on one line.
fn describe(db: &dyn Db, value: &Value) -> String {
    const LONGEST: usize = 160;
    let text = match value {
        Value::Handle(site) => format!("the resource `{}`", naming::logical_id(db, *site)),
        Value::Instance(_) => "a stack".to_owned(),
        Value::List(items) if items.iter().any(|item| matches!(item.value, Value::Handle(_))) => {
            let names: Vec<String> = items.iter().map(|item| describe(db, &item.value)).collect();
            format!("[{}]", names.join(", "))
        }
        Value::None => "none".to_owned(),
        Value::Deploy(_) => format!("{}, known at deployment only", canonical(db, value)),
        value => crate::evaluate::to_json(value).unwrap_or_else(|| canonical(db, value)),
    };
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// What tells a committed template from one that was built; nothing when they are equal.
pub fn difference(before: Option<&str>, now: &str) -> Option<String> {
    let Some(before) = before else { return Some("there is no such file yet".to_owned()) };
    let (Ok(old), Ok(new)) = (serde_json::from_str::<Json>(before), serde_json::from_str::<Json>(now)) else {
        return Some("the committed file is not JSON".to_owned());
    };
    differs(&old, &new, "")
}

fn differs(old: &Json, new: &Json, at: &str) -> Option<String> {
    match (old, new) {
        (Json::Object(old), Json::Object(new)) => {
            let gone = old.keys().find(|key| !new.contains_key(*key)).map(|key| format!("`{at}/{key}` is gone"));
            let added = || new.keys().find(|key| !old.contains_key(*key)).map(|key| format!("`{at}/{key}` is new"));
            gone.or_else(added)
                .or_else(|| new.iter().find_map(|(key, value)| differs(old.get(key)?, value, &format!("{at}/{key}"))))
        }
        (Json::Array(old), Json::Array(new)) if old.len() == new.len() => {
            old.iter().zip(new).enumerate().find_map(|(index, (old, new))| differs(old, new, &format!("{at}/{index}")))
        }
        (old, new) if old == new => None,
        (old, new) => Some(format!("`{at}` was {old} and is {new}")),
    }
}
