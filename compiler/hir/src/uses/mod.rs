//! What declarations name, and what follows from it: cycles, chains, and which `let`s are free of inputs.
//!
//! In: bodies and [`resolve()`](crate::resolve()). Out: [`refs`] per declaration; from those of a file [`cyclic`] and [`too_deep`].
//! Always: [`cyclic`] and [`too_deep`] are small answers, so an edit of one body stops there unless it changed what depends on what.

mod graph;
mod hints;
mod names;
mod shallow;

use cloudc_base::{Db, File};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use crate::decl::{Decl, DeclKind, Owner};
use crate::items::{all_declarations, declarations_of};
use crate::problem::{Anchor, Part, Problem};
use crate::share::share;
use crate::unit::{all_declared, declared, home, is_shared};
use crate::{Name, codes};
pub use graph::{LIMIT, Node, Uses, uses};
pub use hints::{deprecated_uses, deprecation, unused, unused_locals};
use names::uses_in;
pub use names::{Role, Use, instance_of, property_names, refs};

/// Declarations that are defined by each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// Each with the place where it names the next; the last names the first.
    pub steps: Vec<(Decl, Anchor)>,
}

/// One dependency of a declaration's definition, without positions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Link {
    /// The property of a resource that depends; `None` for the declaration as a whole or, in a resource, its spreads.
    pub property: Option<Name>,
    /// What kind of place names it.
    pub role: Role,
    /// What it depends on.
    pub to: Node,
    /// What the name names, which the dependency may only pass.
    pub named: Decl,
}

/// The dependencies of one declaration, each once, in the order they are written.
pub(crate) fn links(db: &dyn Db, decl: Decl) -> &[Link] {
    links_in(db, decl.file(db), is_file_let(db, decl), share(decl)).get(&decl).map_or(&[], Vec::as_slice)
}

// What a name means inside a component depends on the dependencies of the file's own `let`s, so these have shares of their own.
#[salsa::tracked(returns(ref))]
fn links_in(db: &dyn Db, file: File, file_lets: bool, of: u32) -> FxHashMap<Decl, Vec<Link>> {
    let decls = declarations_of(db, file, of).iter().filter(|decl| is_file_let(db, **decl) == file_lets);
    let with_links = decls.map(|decl| {
        let mut seen = FxHashSet::default();
        let all = uses_in(db, *decl).into_iter().flat_map(|it| links_of(db, *decl, &it));
        (*decl, all.filter(|link| seen.insert(link.clone())).collect::<Vec<_>>())
    });
    with_links.filter(|(_, links)| !links.is_empty()).collect()
}

fn is_file_let(db: &dyn Db, decl: Decl) -> bool {
    decl.kind(db) == DeclKind::Let && matches!(decl.owner(db), Owner::File(_))
}

/// What one use makes a declaration depend on.
pub(crate) fn links_of(db: &dyn Db, decl: Decl, it: &Use) -> Vec<Link> {
    let mut to: Vec<Node> = it.lift.iter().map(|outer| Node::Whole(*outer)).collect();
    match it.decl.kind(db) {
        DeclKind::Resource => match &it.property {
            Some(property) => to.push(Node::Property(it.decl, property.clone())),
            None => to.extend(instance_of(db, it.decl).map(Node::Whole)),
        },
        // The key of a loop may name the loop's own variables.
        DeclKind::For if it.decl == decl => {}
        _ => to.push(Node::Whole(it.decl)),
    }
    let link = |to| Link { property: it.by.clone(), role: it.role, to, named: it.decl };
    to.into_iter().map(link).collect()
}

/// The declarations of a share whose definitions cannot be followed to their end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Endless {
    cyclic: FxHashMap<Decl, Cycle>,
    too_deep: FxHashSet<Decl>,
}

#[salsa::tracked(returns(ref))]
fn endless(db: &dyn Db, file: File, of: u32) -> Endless {
    let uses = uses(db, home(db, file));
    let mut endless = Endless::default();
    if uses.cycles().is_empty() && uses.deepest() <= LIMIT {
        return endless;
    }
    for decl in declarations_of(db, file, of) {
        if let Some(nodes) = uses.cycle(*decl) {
            let pairs = nodes.iter().zip(nodes.iter().cycle().skip(1));
            let steps = pairs.map(|(from, to)| (from.decl(), step_anchor(db, from, to))).collect();
            endless.cyclic.insert(*decl, Cycle { steps });
        }
        if uses.depth(*decl) > LIMIT {
            endless.too_deep.insert(*decl);
        }
    }
    endless
}

/// The cycle a declaration is part of, or, for a `let`, leads into. Ask before recursing into what a declaration names.
pub fn cyclic(db: &dyn Db, decl: Decl) -> Option<&Cycle> {
    endless(db, decl.file(db), share(decl)).cyclic.get(&decl)
}

/// Whether reading back a property of a resource leads to itself.
#[salsa::tracked(returns(copy))]
pub fn cyclic_property(db: &dyn Db, resource: Decl, property: SmolStr) -> bool {
    uses(db, home(db, resource.file(db))).is_cyclic(&Node::Property(resource, property))
}

/// Whether a chain of more than [`LIMIT`] declarations hangs on a declaration.
pub fn too_deep(db: &dyn Db, decl: Decl) -> bool {
    endless(db, decl.file(db), share(decl)).too_deep.contains(&decl)
}

/// How many declarations, itself included, the longest chain below a declaration has; asked across files.
#[salsa::tracked(returns(copy))]
pub(crate) fn depth(db: &dyn Db, decl: Decl) -> u32 {
    uses(db, home(db, decl.file(db))).depth(decl)
}

/// Where a node names the next one of its cycle.
fn step_anchor(db: &dyn Db, from: &Node, to: &Node) -> Anchor {
    let decl = from.decl();
    let inner = if decl.kind(db) == DeclKind::Component { inside(db, decl) } else { vec![decl] };
    for decl in inner {
        let names_it = |it: &&Use| {
            let fits = !matches!(from, Node::Property(_, name) if it.by.as_ref().is_some_and(|by| by != name));
            fits && links_of(db, decl, it).iter().any(|link| link.to == *to)
        };
        if let Some(found) = uses_in(db, decl).iter().find(names_it) {
            return Anchor { decl, part: found.part };
        }
    }
    Anchor::name(decl)
}

fn inside(db: &dyn Db, component: Decl) -> Vec<Decl> {
    let all = all_declarations(db, component.file(db)).iter();
    all.copied().filter(|decl| decl.container(db) == Some(component)).collect()
}

/// Every cycle and every chain that is too long, each once, at its first declaration.
pub fn cycle_problems(db: &dyn Db, file: File) -> Vec<Problem> {
    let uses = uses(db, home(db, file));
    let cycles = uses.cycles().iter().filter_map(|nodes| cycle_problem(db, nodes));
    let chains = uses.at_limit().iter().map(|decl| chain_problem(db, *decl));
    cycles.chain(chains).filter(|problem| problem.at.decl.file(db) == file).collect()
}

fn cycle_problem(db: &dyn Db, nodes: &[Node]) -> Option<Problem> {
    let first = nodes.first()?.decl();
    let cycle = cyclic(db, first)?;
    let names: Vec<String> = nodes.iter().map(|node| node.shown(db)).collect();
    let alone = nodes.len() == 1;
    let what = &names[0];
    let message = match first.kind(db) {
        DeclKind::Fn if alone => format!("function {what} calls itself"),
        DeclKind::Fn => format!("function {what} calls itself through others"),
        DeclKind::Component => format!("component {what} contains itself"),
        DeclKind::Type => format!("type {what} is defined by itself"),
        _ => format!("{what} is needed to compute itself"),
    };
    let mut problem = Problem::error(codes::CYCLE, Anchor::name(first), message).label("the circle begins here");
    for (at, (_, anchor)) in cycle.steps.iter().enumerate() {
        let next = &names[(at + 1) % names.len()];
        problem = problem.related(*anchor, format!("{} needs {next}", names[at]));
    }
    problem = problem.note(match first.kind(db) {
        DeclKind::Fn => "functions are not recursive, so that every program ends",
        DeclKind::Component => "an instance would hold another one without end",
        _ => "a value can only be made of values that are there before it",
    });
    Some(problem)
}

fn chain_problem(db: &dyn Db, decl: Decl) -> Problem {
    let name = Node::Whole(decl).shown(db);
    Problem::error(codes::TOO_DEEP, Anchor::name(decl), format!("{name} ends a chain of more than {LIMIT} declarations"))
        .label("one too many")
        .note(format!("declarations may depend on each other up to {LIMIT} in a row"))
        .help("compute the values in one `for` instead of one after the other")
}

/// Whether a `let` of a file's level needs none of the file's inputs, parameters and resources, so that all may see it.
#[salsa::tracked(returns(copy))]
pub fn input_free(db: &dyn Db, decl: Decl) -> bool {
    !bound_lets(db, home(db, decl.file(db))).contains(&decl)
}

/// The `let`s of a file's level that need an input, parameter or resource, directly or through other `let`s.
#[salsa::tracked(returns(ref))]
fn bound_lets(db: &dyn Db, file: File) -> FxHashSet<Decl> {
    let lets = declared(db, Owner::File(file)).filter(|decl| decl.kind(db) == DeclKind::Let);
    let mut users: FxHashMap<Decl, Vec<Decl>> = FxHashMap::default();
    let mut waiting = Vec::new();
    for decl in lets {
        for link in links(db, decl) {
            match link.named.kind(db) {
                DeclKind::Let => users.entry(link.named).or_default().push(decl),
                DeclKind::Input | DeclKind::Param | DeclKind::Resource | DeclKind::Existing => waiting.push(decl),
                _ => {}
            }
        }
    }
    let mut bound = FxHashSet::default();
    while let Some(decl) = waiting.pop() {
        if bound.insert(decl) {
            waiting.extend(users.get(&decl).into_iter().flatten());
        }
    }
    bound
}

/// The outputs of other files that a file reads: what a project has to export.
#[salsa::tracked(returns(ref))]
pub fn foreign_outputs(db: &dyn Db, file: File) -> Vec<Decl> {
    let mut seen = FxHashSet::default();
    let links = all_declared(db, file).flat_map(|decl| links(db, decl));
    let named = links.map(|link| link.named);
    let named = named.filter(|named| named.kind(db) == DeclKind::Output && !is_shared(db, named.file(db), file));
    named.filter(|named| seen.insert(*named)).collect()
}

impl Use {
    /// The place of the use in the declaration that makes it.
    pub fn anchor(&self, user: Decl) -> Anchor {
        Anchor { decl: user, part: self.part }
    }

    /// The expression that names it; none for a written type.
    pub fn expr(&self) -> Option<crate::ExprId> {
        match self.part {
            Part::Expr(id) => Some(id),
            _ => None,
        }
    }
}
