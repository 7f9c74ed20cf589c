//! What conditions say, as formulas over places, and what follows from them.

use cloudc_hir::body::Literal;
use cloudc_hir::{Branch, Decl, Name};

use crate::Db;
use crate::formula::{Domains, Formula, Lit as FormulaLit, Verdict, implies};
use crate::infer::Ctx;
use crate::references::presence;
use crate::ty::{Kind, Lit, Ty};
use crate::typed::{self, Binary, Id, Local, Unary};

/// What a condition can be about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Spot {
    /// The value of a place.
    Value(SpotPath),
    /// Whether a place is not none.
    Present(SpotPath),
    /// Something else, the same each time it is written the same: a hash of the node and what it reads.
    Opaque(Decl, u32),
}

/// A declaration's or variable's value, or a field of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpotPath {
    /// Where it starts.
    pub root: SpotRoot,
    /// The fields after it.
    pub fields: Vec<Name>,
}

/// Where a place starts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SpotRoot {
    /// A declaration.
    Decl(Decl),
    /// A variable of a declaration's expression.
    Local(Decl, u32),
    /// A variable of a `for` around declarations: turns out, and 0 for the key, 1 for the element.
    Turn(u32, u8),
    /// `aws.…`.
    Pseudo(typed::Pseudo),
}

impl SpotPath {
    /// The place of a declaration's value.
    pub fn decl(decl: Decl) -> Self {
        SpotPath { root: SpotRoot::Decl(decl), fields: Vec::new() }
    }
}

/// What holds wherever `decl` exists: the conditions of the `if`s around it.
pub(crate) fn path_facts(db: &dyn Db, decl: Decl) -> Formula<Spot> {
    let conditions = decl.path(db).into_iter().filter_map(|(outer, branch)| branch_formula(db, outer, branch));
    Formula::and(conditions)
}

/// What holds in a branch of an `if` around declarations; nothing for a `for`.
pub(crate) fn branch_formula(db: &dyn Db, decl: Decl, branch: Branch) -> Option<Formula<Spot>> {
    let formula = crate::signature(db, decl).formula.clone()?;
    Some(if branch == Branch::Then { formula } else { formula.not() })
}

impl Ctx<'_> {
    /// What a Bool node says.
    pub fn formula(&self, id: Id) -> Formula<Spot> {
        match &self.nodes[id.0 as usize].kind {
            typed::Kind::Literal(Literal::Bool(value)) => Formula::truth(*value),
            typed::Kind::Unary(Unary::Not, inner) => self.formula(*inner).not(),
            typed::Kind::Binary(Binary::And, a, b) => Formula::and([self.formula(*a), self.formula(*b)]),
            typed::Kind::Binary(Binary::Or, a, b) => Formula::or([self.formula(*a), self.formula(*b)]),
            typed::Kind::Binary(Binary::Eq, a, b) => self.equality(id, *a, *b),
            typed::Kind::Binary(Binary::Ne, a, b) => self.equality(id, *a, *b).not(),
            typed::Kind::IsNone(inner) => self.absence(id, *inner),
            typed::Kind::If { condition, then, otherwise } => {
                let (c, a, b) = (self.formula(*condition), self.formula(*then), self.formula(*otherwise));
                Formula::or([Formula::and([c.clone(), a]), Formula::and([c.not(), b])])
            }
            typed::Kind::Check(_, inner) => self.formula(*inner),
            typed::Kind::Decl(reference) if reference.lift.is_empty() => {
                let known = crate::signature(self.db, reference.decl).formula.clone();
                known.unwrap_or_else(|| Formula::bool_place(Spot::Value(SpotPath::decl(reference.decl))))
            }
            _ => match self.spot_path(id) {
                Some(path) => Formula::bool_place(Spot::Value(path)),
                None => Formula::bool_place(Spot::Opaque(self.decl, id.0)),
            },
        }
    }

    fn equality(&self, id: Id, a: Id, b: Id) -> Formula<Spot> {
        let sides = [(a, b), (b, a)];
        for (place, literal) in sides {
            if let (Some(path), Some(lit)) = (self.spot_path(place), self.literal(literal)) {
                return Formula::is(Spot::Value(path), lit);
            }
        }
        Formula::bool_place(Spot::Opaque(self.decl, id.0))
    }

    fn literal(&self, id: Id) -> Option<FormulaLit> {
        match &self.nodes[id.0 as usize].kind {
            typed::Kind::Literal(literal) => Lit::of(literal).map(formula_lit),
            typed::Kind::Check(_, inner) => self.literal(*inner),
            _ => None,
        }
    }

    fn absence(&self, id: Id, inner: Id) -> Formula<Spot> {
        if let typed::Kind::Decl(reference) = &self.nodes[inner.0 as usize].kind
            && !reference.lift.is_empty()
            && let Some(present) = presence(self.db, &reference.lift)
        {
            return present.not();
        }
        match self.spot_path(inner) {
            Some(path) => Formula::bool_place(Spot::Present(path)).not(),
            None => Formula::bool_place(Spot::Opaque(self.decl, id.0)),
        }
    }

    /// The place a node reads, when it reads just a place.
    pub fn spot_path(&self, id: Id) -> Option<SpotPath> {
        match &self.nodes[id.0 as usize].kind {
            typed::Kind::Decl(reference) if reference.lift.is_empty() => Some(SpotPath::decl(reference.decl)),
            typed::Kind::Local(Local(local)) => Some(SpotPath { root: SpotRoot::Local(self.decl, *local), fields: Vec::new() }),
            typed::Kind::LoopVar { up, which } => {
                let which = u8::from(*which == typed::LoopVar::Element);
                Some(SpotPath { root: SpotRoot::Turn(*up, which), fields: Vec::new() })
            }
            typed::Kind::Pseudo(pseudo) => Some(SpotPath { root: SpotRoot::Pseudo(*pseudo), fields: Vec::new() }),
            typed::Kind::Field { base, name } | typed::Kind::Output { base, name } => {
                let mut path = self.spot_path(*base)?;
                path.fields.push(name.clone());
                Some(path)
            }
            typed::Kind::Present(inner) | typed::Kind::Check(_, inner) => self.spot_path(*inner),
            _ => None,
        }
    }

    /// Whether `goal` follows from what is known here.
    pub fn follows(&self, goal: &Formula<Spot>) -> Verdict {
        implies(&self.facts, goal, &PlaceDomains { ctx: self })
    }

    /// Makes an optional plain where it is known to be there.
    pub fn narrowed(&mut self, id: Id, ty: Ty) -> (Id, Ty) {
        let Kind::Optional(inner) = &ty.kind else { return (id, ty) };
        if self.facts.is_true() {
            return (id, ty);
        }
        let goal = match &self.nodes[id.0 as usize].kind {
            typed::Kind::Decl(reference) if !reference.lift.is_empty() => presence(self.db, &reference.lift),
            _ => self.spot_path(id).map(|path| Formula::bool_place(Spot::Present(path))),
        };
        let Some(goal) = goal else { return (id, ty) };
        if !self.follows(&goal).is_yes() {
            return (id, ty);
        }
        let src = self.nodes[id.0 as usize].src;
        let inner = (**inner).clone();
        (self.node(typed::Kind::Present(id), src), inner)
    }
}

pub(crate) fn formula_lit(lit: Lit) -> FormulaLit {
    match lit {
        Lit::Bool(value) => FormulaLit::Bool(value),
        Lit::Int(value) => FormulaLit::Int(value),
        Lit::Str(text) => FormulaLit::Str(text),
    }
}

struct PlaceDomains<'a, 'db> {
    ctx: &'a Ctx<'db>,
}

impl Domains<Spot> for PlaceDomains<'_, '_> {
    fn domain(&self, place: &Spot) -> Option<Vec<FormulaLit>> {
        let Spot::Value(path) = place else {
            return Some(vec![FormulaLit::Bool(false), FormulaLit::Bool(true)]);
        };
        let mut ty = match &path.root {
            SpotRoot::Decl(decl) => crate::signature(self.ctx.db, *decl).ty.clone(),
            SpotRoot::Local(decl, local) if *decl == self.ctx.decl => self.ctx.local_types.get(*local as usize)?.clone(),
            _ => return None,
        };
        for field in &path.fields {
            ty = ty.present().field(field)?.ty.clone();
        }
        let literals = ty.present().kind.literals()?;
        Some(literals.into_iter().map(formula_lit).collect())
    }
}
