//! What exists in a frame, and under which condition.
//!
//! In: a frame. Out: its declarations in source order, `if`s opened, loops with their turns, instances with their frames.
//! Always: reads conditions and keys only, so editing a property changes nothing here.

use std::sync::Arc;

use cloudc_hir::{Anchor, Branch, Decl, DeclKind, Owner, Problem};
use cloudc_types::typed::{self, Root};
use rustc_hash::FxHashMap;

use crate::cond::{Cond, Stop};
use crate::evaluate::{Cx, Run};
use crate::frame::{Frame, Origin, Site, TurnKey, instance};
use crate::values::{Node, Value};
use crate::{Db, codes, own_problem};

/// Frames inside frames.
const MAX_DEPTH: usize = 64;

/// The declarations of a frame.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Members {
    /// In source order.
    pub list: Vec<Member>,
    /// What was found while deciding what exists.
    pub problems: Vec<Problem>,
    /// Declarations of other modules that conditions and loops read.
    pub reads: Vec<Site>,
}

/// One declaration that exists.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The declaration in its frame.
    pub site: Site,
    /// What kind of declaration.
    pub kind: DeclKind,
    /// Under which condition it exists within the frame.
    pub cond: Cond,
    /// What is inside.
    pub inner: MemberKind,
}

/// What a member is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberKind {
    /// A single declaration.
    Leaf,
    /// An instance of a component.
    Instance(Frame),
    /// The turns of a loop.
    Turns(Vec<Frame>),
}

/// The turns of a `for` around declarations.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Turns {
    /// In order.
    pub entries: Vec<Turn>,
    /// Whether an input has not been chosen yet, or an error was reported: there is no telling what exists.
    pub unknown: bool,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Declarations of other modules that were read.
    pub reads: Vec<Site>,
    index: FxHashMap<TurnKey, usize>,
}

/// One turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// What tells it apart.
    pub key: TurnKey,
    /// Its frame.
    pub frame: Frame,
    /// The values of its variables: index or map key, and element.
    pub variables: Arc<(Node, Node)>,
}

/// The condition of an `if` around declarations.
#[derive(Debug, Clone, PartialEq)]
pub struct Guard {
    /// The condition, or why there is none.
    pub cond: Result<Cond, Stop>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Declarations of other modules that were read.
    pub reads: Vec<Site>,
}

/// The declarations of a frame.
#[salsa::tracked(returns(ref), cycle_result = no_members)]
pub fn members(db: &dyn Db, frame: Frame) -> Members {
    let mut members = Members::default();
    let Some(owner) = frame.owner(db) else { return members };
    if frame.depth(db) > MAX_DEPTH {
        if let Origin::Instance(site) | Origin::Turn(site, _) = frame.origin(db) {
            let message = format!("components and loops are nested more than {MAX_DEPTH} deep");
            members.problems.push(Problem::error(codes::TOO_LARGE, Anchor::name(site.decl(db)), message));
        }
        return members;
    }
    collect(db, frame, owner, &Cond::True, &mut members);
    members
}

fn collect(db: &dyn Db, frame: Frame, owner: Owner, cond: &Cond, members: &mut Members) {
    for decl in cloudc_hir::declared(db, owner) {
        let site = Site::new(db, frame, decl);
        let kind = decl.kind(db);
        let inner = match kind {
            DeclKind::If => {
                branches(db, site, decl, cond, members);
                continue;
            }
            DeclKind::For => {
                let turns = turns(db, site);
                members.problems.extend(turns.problems.iter().cloned());
                members.reads.extend(&turns.reads);
                MemberKind::Turns(turns.entries.iter().map(|turn| turn.frame).collect())
            }
            DeclKind::Resource => instance(db, site).map_or(MemberKind::Leaf, MemberKind::Instance),
            _ => MemberKind::Leaf,
        };
        members.list.push(Member { site, kind, cond: cond.clone(), inner });
    }
}

fn branches(db: &dyn Db, site: Site, decl: Decl, cond: &Cond, members: &mut Members) {
    let guard = guard(db, site);
    members.problems.extend(guard.problems.iter().cloned());
    members.reads.extend(&guard.reads);
    let Ok(own) = &guard.cond else { return };
    for (branch, own) in [(Branch::Then, own.clone()), (Branch::Else, own.not())] {
        let both = Cond::and([cond.clone(), own]);
        if !both.is_false() {
            collect(db, site.frame(db), Owner::Decl(decl, branch), &both, members);
        }
    }
}

/// The condition of an `if` around declarations.
#[salsa::tracked(returns(ref), cycle_result = no_guard)]
pub fn guard(db: &dyn Db, site: Site) -> Guard {
    let mut run = Run::default();
    let mut cx = Cx::new(db, site.frame(db), site.decl(db), &mut run);
    let cond = match &cx.typed.root {
        Root::If(id) => cx.condition(*id),
        _ => Err(Stop::Poison),
    };
    Guard { cond, problems: run.problems, reads: run.reads }
}

/// The turns of a `for` around declarations.
#[salsa::tracked(returns(ref), cycle_result = no_turns)]
pub fn turns(db: &dyn Db, site: Site) -> Turns {
    let mut run = Run::default();
    let mut result = Turns::default();
    let mut cx = Cx::new(db, site.frame(db), site.decl(db), &mut run);
    if let Err(stop) = take_turns(&mut cx, site, &mut result) {
        result.unknown = true;
        debug_assert!(stop != Stop::Misfit);
    }
    result.problems = run.problems;
    result.reads = run.reads;
    result
}

fn take_turns(cx: &mut Cx<'_>, site: Site, result: &mut Turns) -> Result<(), Stop> {
    let Root::For { iterable, key } = &cx.typed.root else { return Err(Stop::Poison) };
    let node = cx.need(*iterable)?;
    let node = crate::evaluate::open(cx.db, &node);
    let Some(visits) = crate::evaluate::visits(&node) else { return Err(cx.misfit(node.src)) };
    for (index, element) in visits {
        let (at, found) = match key {
            typed::TurnKey::MapKey => (element.src, index.clone()),
            typed::TurnKey::Element => (element.src, element.clone()),
            typed::TurnKey::Position => (element.src, index.clone()),
            typed::TurnKey::By(id) => {
                cx.turn = Some((index.clone(), element.clone()));
                let found = cx.need(*id);
                cx.turn = None;
                (cx.src(*id), found?)
            }
        };
        let key = match &found.value {
            Value::Str(text) => TurnKey::Text(text.clone()),
            Value::Int(number) => TurnKey::Index(*number),
            Value::Unknown => return Err(Stop::Unknown),
            Value::Poison => return Err(Stop::Poison),
            other => {
                let message = format!("the key of a turn is a text or an integer, not {}", other.describe());
                return Err(cx.error(codes::BAD_TURN_KEY, at, message));
            }
        };
        if result.index.contains_key(&key) {
            let shown = match &key {
                TurnKey::Text(text) => format!("{text:?}"),
                TurnKey::Index(number) => number.to_string(),
            };
            let name = Anchor::name(cx.decl);
            let problem = Problem::error(codes::DUPLICATE_TURN, name, format!("two turns of this loop have the key {shown}"))
                .related(at.anchor(), "the key comes from here")
                .help("write `by` and an expression that is different in each turn");
            return Err(cx.fail(problem));
        }
        let frame = Frame::new(cx.db, Origin::Turn(site, key.clone()));
        result.index.insert(key.clone(), result.entries.len());
        result.entries.push(Turn { key, frame, variables: Arc::new((index, element)) });
    }
    Ok(())
}

/// The variables of the turn that made a frame.
#[salsa::tracked(returns(ref))]
pub fn turn(db: &dyn Db, frame: Frame) -> Option<Arc<(Node, Node)>> {
    let Origin::Turn(site, key) = frame.origin(db) else { return None };
    let turns = turns(db, *site);
    turns.index.get(key).map(|at| turns.entries[*at].variables.clone())
}

/// Under which condition something exists in the stack.
pub fn existence(db: &dyn Db, site: Site) -> Cond {
    // Nothing is around most: there is nothing to remember.
    let top = matches!(site.frame(db).origin(db), Origin::Target(_) | Origin::Module(..));
    if top && matches!(site.decl(db).owner(db), Owner::File(_)) { Cond::True } else { existence_inside(db, site).clone() }
}

#[salsa::tracked(returns(ref))]
fn existence_inside(db: &dyn Db, site: Site) -> Cond {
    let frame = site.frame(db);
    let mut parts = match frame.origin(db) {
        Origin::Target(_) | Origin::Module(..) | Origin::Policy(..) => Vec::new(),
        Origin::Instance(site) | Origin::Turn(site, _) => vec![existence(db, *site)],
    };
    // The `if`s inside the innermost loop; those outside it belong to the loop's own existence.
    for (outer, branch) in site.decl(db).path(db).into_iter().rev().take_while(|(outer, _)| outer.kind(db) == DeclKind::If) {
        if let Ok(cond) = &guard(db, Site::new(db, frame, outer)).cond {
            parts.push(if branch == Branch::Else { cond.not() } else { cond.clone() });
        }
    }
    Cond::and(parts)
}

/// Every resource inside a frame, instances and loops opened, in source order.
pub fn resources_in(db: &dyn Db, frame: Frame) -> Vec<Site> {
    let mut sites = Vec::new();
    each(db, frame, &mut |member| {
        if member.kind == DeclKind::Resource && member.inner == MemberKind::Leaf {
            sites.push(member.site);
        }
    });
    sites
}

/// Most declarations one stack may be made of.
pub const MAX_MEMBERS: usize = 50_000;

/// Visits every member inside a frame in source order; stops after [`MAX_MEMBERS`] and tells whether it did.
pub fn each(db: &dyn Db, frame: Frame, visit: &mut dyn FnMut(&Member)) -> bool {
    let mut left = MAX_MEMBERS;
    walk(db, frame, &mut left, visit);
    left == 0
}

fn walk(db: &dyn Db, frame: Frame, left: &mut usize, visit: &mut dyn FnMut(&Member)) {
    for member in &members(db, frame).list {
        *left = left.saturating_sub(1);
        if *left == 0 {
            return;
        }
        visit(member);
        match &member.inner {
            MemberKind::Leaf => {}
            MemberKind::Instance(frame) => walk(db, *frame, left, visit),
            MemberKind::Turns(frames) => frames.iter().for_each(|frame| {
                // An empty turn costs something too.
                *left = left.saturating_sub(1);
                walk(db, *frame, left, visit);
            }),
        }
    }
}

fn no_members(_: &dyn Db, _: salsa::Id, _: Frame) -> Members {
    Members::default()
}

fn no_guard(db: &dyn Db, _: salsa::Id, site: Site) -> Guard {
    Guard { cond: Err(Stop::Poison), problems: vec![own_problem(db, site.decl(db))], reads: Vec::new() }
}

fn no_turns(db: &dyn Db, _: salsa::Id, site: Site) -> Turns {
    Turns { unknown: true, problems: vec![own_problem(db, site.decl(db))], ..Turns::default() }
}
