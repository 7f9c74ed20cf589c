//! The evaluator: elaborated tree in, [`Value`] out.
//!
//! In: a node of a [`Typed`] and the frame it stands in. Out: a node; problems go into the [`Run`]. Always: it ends (steps,
//! sizes and calls are counted), never panics, and one fault gives one problem: what follows from it is poison.

mod assets;
mod builtins;
mod choice;
mod coerce;
mod collections;
mod dynamic;
mod files;
mod json;
mod locked;
mod lookup;
mod networks;
mod numbers;
mod operators;
mod reference;
mod seen;
mod statements;
mod text;
mod transforms;

use cloudc_hir::body::Literal;
use cloudc_hir::{Anchor, Decl, DeclKind, Problem};
use cloudc_types::typed::{Id, Kind, Local, Typed};

pub use coerce::iso_duration;
pub use collections::visits;
pub use json::{from_json, to_json};
pub use locked::lookup_query;
pub use lookup::open;
pub use seen::given;
pub use text::{base64, plain};

use crate::Db;
use crate::codes;
use crate::cond::{self, Cond, Stop};
use crate::frame::{Frame, Site};
use crate::values::{Expr, Node, Src, Value, choose};

/// Expression nodes one declaration may evaluate, those in functions it calls included.
pub const MAX_STEPS: u32 = 1_000_000;
/// Bytes of one text.
pub const MAX_TEXT: usize = 1 << 20;
/// Elements of one list or record.
pub const MAX_LIST: usize = 10_000;
/// Elements one declaration may make in all.
pub const MAX_NODES: usize = 100_000;
/// Calls inside calls.
const MAX_CALLS: u32 = 64;

/// A node, or why there is none.
pub type Out = Result<Node, Stop>;

/// What evaluating one declaration uses up and finds.
#[derive(Debug)]
pub struct Run {
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Declarations of other modules that were read; their problems belong to the target too.
    pub reads: Vec<Site>,
    /// Snapshots that a test looked at.
    pub snapshots: Vec<crate::checks::Snapshot>,
    steps: u32,
    nodes: usize,
    /// Whether running out of nodes has been told.
    full: bool,
    calls: u32,
}

impl Default for Run {
    fn default() -> Self {
        Run {
            problems: Vec::new(),
            reads: Vec::new(),
            snapshots: Vec::new(),
            steps: MAX_STEPS,
            nodes: MAX_NODES,
            full: false,
            calls: 0,
        }
    }
}

/// What a patch is put over; nothing where nothing was there.
#[derive(Debug, Clone)]
pub struct Before(pub Option<Node>);

/// Where evaluation stands.
pub struct Cx<'a> {
    /// The database.
    pub db: &'a dyn Db,
    /// What names refer to.
    pub frame: Frame,
    /// The declaration whose tree this is.
    pub decl: Decl,
    /// The tree.
    pub typed: &'a Typed,
    /// Bound variables, the innermost last.
    pub locals: Vec<(Local, Node)>,
    /// The variables of a turn whose frame does not exist yet, while its key is evaluated.
    pub turn: Option<(Node, Node)>,
    /// In a patch: what was there in the place that is being evaluated, which `...` alone in a list stands for.
    pub patch: Option<Before>,
    /// Counters and problems.
    pub run: &'a mut Run,
}

impl<'a> Cx<'a> {
    /// At the top of a declaration's tree.
    pub fn new(db: &'a dyn Db, frame: Frame, decl: Decl, run: &'a mut Run) -> Self {
        let typed = cloudc_types::typed(db, decl);
        Cx { db, frame, decl, typed, locals: Vec::new(), turn: None, patch: None, run }
    }

    /// The node's value; what stopped it has become a silent value.
    pub fn node(&mut self, id: Id) -> Node {
        let src = self.src(id);
        match self.eval(id) {
            Ok(node) => node,
            Err(Stop::Unknown) => src.node(Value::Unknown),
            Err(Stop::Poison) => src.node(Value::Poison),
            Err(Stop::Misfit) => {
                let _ = self.misfit(src);
                src.node(Value::Poison)
            }
        }
    }

    /// The node's value, when there is one.
    pub fn need(&mut self, id: Id) -> Out {
        let node = self.eval(id)?;
        match node.value {
            Value::Unknown => Err(Stop::Unknown),
            Value::Poison => Err(Stop::Poison),
            _ => Ok(node),
        }
    }

    /// The condition a Bool node says.
    pub fn condition(&mut self, id: Id) -> Result<Cond, Stop> {
        let node = self.need(id)?;
        match cond::condition(self.db, &node.value) {
            Err(Stop::Misfit) => Err(self.misfit(self.src(id))),
            other => other,
        }
    }

    /// The expression the node came from.
    pub fn src(&self, id: Id) -> Src {
        Src { decl: self.decl, expr: self.typed.node(id).src }
    }

    /// Reports a problem; its value is poison.
    pub fn fail(&mut self, problem: Problem) -> Stop {
        self.run.problems.push(problem);
        Stop::Poison
    }

    /// An error at an expression.
    pub fn error(&mut self, code: &'static str, at: Src, message: impl Into<String>) -> Stop {
        self.fail(Problem::error(code, at.anchor(), message))
    }

    /// An error about a value, told where it was born when that is in another declaration: what is wrong with an argument is
    /// to be mended by who gave it, not inside the component that found it.
    pub fn about_value(&self, code: &'static str, node: &Node, at: Src, message: String) -> Problem {
        if node.src.decl == at.decl {
            let problem = Problem::error(code, at.anchor(), message);
            return if node.src == at { problem } else { problem.related(node.src.anchor(), "the value comes from here") };
        }
        Problem::error(code, node.src.anchor(), message).related(at.anchor(), "used here")
    }

    /// Something the type checker should have kept away: told only when nothing else was.
    pub fn misfit(&mut self, at: Src) -> Stop {
        let told = !self.typed.problems.is_empty() || !self.run.problems.is_empty();
        let container = self.decl.container(self.db).map(|decl| decl.kind(self.db));
        if !told && matches!(container, Some(DeclKind::Policy | DeclKind::Test)) {
            let problem = Problem::error(codes::NOT_KNOWN_YET, at.anchor(), "this is known at deployment only")
                .note("tests and policies can compare such a value, and look at nothing inside it");
            self.run.problems.push(problem);
        } else if !told {
            let problem = Problem::error(codes::INTERNAL, at.anchor(), "the compiler cannot evaluate this expression")
                .note("this is a fault of the compiler: the type checker accepted what evaluation cannot do");
            self.run.problems.push(problem);
        }
        Stop::Poison
    }

    /// Turns a fault of a condition into a problem.
    pub fn settle<T>(&mut self, result: Result<T, Stop>, at: Src) -> Result<T, Stop> {
        match result {
            Err(Stop::Misfit) => Err(self.misfit(at)),
            other => other,
        }
    }

    /// Counts elements that are made.
    pub fn spend_nodes(&mut self, count: usize, at: Src) -> Result<(), Stop> {
        match self.run.nodes.checked_sub(count) {
            Some(left) => {
                self.run.nodes = left;
                Ok(())
            }
            None if self.run.full => Err(Stop::Poison),
            None => {
                self.run.full = true;
                self.run.nodes = 0;
                let message = format!("this makes more than {MAX_NODES} elements");
                Err(self.error(codes::TOO_LARGE, at, message))
            }
        }
    }

    /// Checks the length of a list or record that was made here.
    pub fn sized(&mut self, len: usize, at: Src) -> Result<(), Stop> {
        if len > MAX_LIST {
            let message = format!("a list of {len} elements is longer than {MAX_LIST}");
            return Err(self.error(codes::LIST_TOO_LONG, at, message));
        }
        self.spend_nodes(len, at)
    }

    fn step(&mut self, at: Src) -> Result<(), Stop> {
        match self.run.steps {
            0 => Err(Stop::Poison),
            1 => {
                self.run.steps = 0;
                let message = format!("evaluating this takes more than {MAX_STEPS} steps");
                Err(self.error(codes::TOO_MANY_STEPS, at, message))
            }
            _ => {
                self.run.steps -= 1;
                Ok(())
            }
        }
    }

    /// The node's value or why there is none.
    fn eval(&mut self, id: Id) -> Out {
        let src = self.src(id);
        self.step(src)?;
        let typed = self.typed;
        match &typed.node(id).kind {
            Kind::Error => Err(Stop::Poison),
            Kind::Null => Ok(src.node(Value::Null)),
            Kind::Literal(literal) => Ok(src.node(constant(literal))),
            Kind::Local(local) => self.local(*local, src),
            Kind::LoopVar { up, which } => self.loop_var(*up, *which, src),
            Kind::Decl(reference) => self.reference(reference, src),
            Kind::Pseudo(pseudo) => Ok(src.node(self.pseudo(*pseudo))),
            Kind::StackSetting(name) => self.stack_setting(name, src),
            Kind::Environment => self.environment(src),
            Kind::Foreign { file, name, region, list } => self.foreign(*file, name, *region, *list, src),
            Kind::Interp(parts) => self.interp(parts, src),
            Kind::Field { base, name } => self.field(*base, name, src),
            Kind::Attr { base, attr } => self.attr(*base, attr, src),
            Kind::Ref { base } => self.reference_value(*base, src),
            Kind::ReadBack { base, property } => self.read_back(*base, property, src),
            Kind::Output { base, name } => self.output(*base, name, src),
            Kind::LogicalId { base } => self.logical_id(*base, src),
            Kind::Fingerprint { base } => self.fingerprint(*base, src),
            Kind::Chain { base, local, body } => self.chain(*base, *local, *body, src),
            Kind::Present(inner) => self.present(*inner),
            Kind::Index { base, index } => self.index(*base, *index, None, src),
            Kind::IndexOr { base, index, default } => self.index(*base, *index, Some(*default), src),
            Kind::Coalesce(a, b) => self.coalesce(*a, *b, src),
            Kind::IsNone(inner) => self.is_none(*inner, src),
            Kind::Unary(op, operand) => self.unary(*op, *operand, src),
            Kind::Binary(op, a, b) => self.binary(*op, *a, *b, src),
            Kind::If { condition, then, otherwise } => self.choice(*condition, *then, *otherwise, src),
            Kind::Match { scrutinee, arms } => self.choose_arm(*scrutinee, arms, src),
            Kind::List(elements) => self.list(elements, src),
            Kind::Record(entries) => self.record(entries, src),
            Kind::Call { function, args } => self.call(*function, args, src),
            Kind::Builtin(builtin, args) => self.builtin(*builtin, args, src),
            Kind::Coerce(coercion, inner) => self.coerce(coercion, *inner, src),
            Kind::Check(constraints, inner) => self.check(constraints, *inner, src),
        }
    }

    /// Applies `f` to every alternative of a choice, and to a value that is none directly. An absent alternative stays
    /// absent; what is not chosen yet or broken stays so.
    pub fn through(&mut self, node: &Node, src: Src, f: &mut dyn FnMut(&mut Self, &Node) -> Out) -> Out {
        match &node.value {
            Value::Unknown => Err(Stop::Unknown),
            Value::Poison => Err(Stop::Poison),
            Value::None => Ok(node.clone()),
            Value::Deploy(expr) => match &**expr {
                Expr::If(cond, then, otherwise) => {
                    let then = self.through(then, src, f)?;
                    let otherwise = self.through(otherwise, src, f)?;
                    Ok(choose(cond.clone(), then, otherwise, src))
                }
                _ => f(self, node),
            },
            _ => f(self, node),
        }
    }

    /// Binds a variable while `f` runs.
    pub fn with_local<T>(&mut self, local: Local, node: Node, f: impl FnOnce(&mut Self) -> T) -> T {
        self.locals.push((local, node));
        let result = f(self);
        self.locals.pop();
        result
    }

    fn local(&mut self, local: Local, src: Src) -> Out {
        let found = self.locals.iter().rev().find(|(bound, _)| *bound == local).map(|(_, node)| node.clone());
        found.ok_or_else(|| self.misfit(src))
    }
}

/// A literal's value.
pub fn constant(literal: &Literal) -> Value {
    match literal {
        Literal::None => Value::None,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Int(value) | Literal::Duration(value) | Literal::Size(value) => Value::Int(*value),
        Literal::Float(value) => Value::Float(*value),
        Literal::Str(text) | Literal::Cidr(text) => Value::Str(text.clone()),
    }
}

/// The name of a declaration as a place.
pub fn name_of(decl: Decl) -> Anchor {
    Anchor::name(decl)
}
