//! Conditions: what has to hold of the parameters for something to exist.
//!
//! In: values. Out: [`Cond`], a canonical formula over [`CondPlace`]s. Always: a place is compared by its text alone, which is
//! made of names, so equal conditions are equal in every revision and their order never depends on interning.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use cloudc_hir::Name;
use cloudc_types::formula::{Formula, Lit};

use crate::Db;
use crate::canonical::canonical;
use crate::values::{Expr, Node, Value};

/// A condition over parameters, pseudo parameters and mappings.
pub type Cond = Formula<CondPlace>;

/// What a condition tests.
#[derive(Debug, Clone)]
pub struct CondPlace {
    /// Its canonical text; all that is compared.
    pub key: Name,
    /// What it stands for.
    pub test: Test,
}

/// What a place stands for.
#[derive(Debug, Clone)]
pub enum Test {
    /// A value that is compared with the literal: `Fn::Equals`.
    Operand(Value),
    /// Two values that are compared with each other; the literal is `true`.
    Same(Value, Value),
    /// The second is an element of the first, a list known at deployment; the literal is `true`. Only in rules.
    Contains(Value, Value),
    /// All elements of the first are elements of the second; the literal is `true`. Only in rules.
    EveryIn(Value, Value),
}

impl PartialEq for CondPlace {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for CondPlace {}

impl PartialOrd for CondPlace {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CondPlace {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl Hash for CondPlace {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

/// Why there is no condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It depends on an input that has not been chosen.
    Unknown,
    /// An error has been reported.
    Poison,
    /// Nothing like a Bool: a fault of an earlier stage.
    Misfit,
}

/// The condition that a Bool says.
pub fn condition(db: &dyn Db, value: &Value) -> Result<Cond, Stop> {
    match value {
        Value::Bool(value) => Ok(Cond::truth(*value)),
        // JSON and parameters spell them so.
        Value::Str(text) if text == "true" || text == "false" => Ok(Cond::truth(text == "true")),
        // An absent optional Bool is not true.
        Value::None => Ok(Cond::False),
        Value::Unknown => Err(Stop::Unknown),
        Value::Poison => Err(Stop::Poison),
        Value::Deploy(expr) => match &**expr {
            Expr::Truth(cond) => Ok(cond.clone()),
            Expr::If(cond, then, otherwise) => {
                let (then, otherwise) = (condition(db, &then.value)?, condition(db, &otherwise.value)?);
                Ok(either(cond, then, otherwise))
            }
            _ => Ok(is(db, value, Lit::Str("true".into()))),
        },
        _ => Err(Stop::Misfit),
    }
}

/// `a == b`, all through.
pub fn equals(db: &dyn Db, a: &Value, b: &Value) -> Result<Cond, Stop> {
    match (a, b) {
        (Value::Unknown, _) | (_, Value::Unknown) => return Err(Stop::Unknown),
        (Value::Poison, _) | (_, Value::Poison) => return Err(Stop::Poison),
        _ => {}
    }
    if let Some((cond, then, otherwise)) = a.choice() {
        return Ok(either(cond, equals(db, &then.value, b)?, equals(db, &otherwise.value, b)?));
    }
    if b.choice().is_some() {
        return equals(db, b, a);
    }
    match (a, b) {
        (Value::Deploy(x), Value::Deploy(y)) => match (&**x, &**y) {
            (Expr::Truth(f), _) => Ok(same_truth(f, &condition(db, b)?)),
            (_, Expr::Truth(f)) => Ok(same_truth(f, &condition(db, a)?)),
            _ => Ok(same(db, a, b)),
        },
        (Value::Deploy(x), other) | (other, Value::Deploy(x)) => match other {
            Value::None => Ok(Cond::False),
            Value::Bool(value) => {
                let cond = condition(db, &Value::Deploy(x.clone()))?;
                Ok(if *value { cond } else { cond.not() })
            }
            Value::Str(text) => match &**x {
                Expr::Truth(_) => equals(db, &Value::Deploy(x.clone()), &Value::Bool(text == "true")),
                _ => Ok(is(db, &Value::Deploy(x.clone()), Lit::Str(text.clone()))),
            },
            Value::Int(number) => Ok(is(db, &Value::Deploy(x.clone()), Lit::Str(number.to_string().into()))),
            Value::Float(number) => Ok(is(db, &Value::Deploy(x.clone()), Lit::Str(number.to_string().into()))),
            _ => Err(Stop::Misfit),
        },
        (Value::List(xs), Value::List(ys)) => lists(db, xs, ys),
        (Value::Record(_), Value::Record(_)) => records(db, a, b),
        (Value::Int(x), Value::Float(y)) | (Value::Float(y), Value::Int(x)) => Ok(Cond::truth(*x as f64 == *y)),
        _ => Ok(Cond::truth(a == b)),
    }
}

fn lists(db: &dyn Db, xs: &[Node], ys: &[Node]) -> Result<Cond, Stop> {
    if xs.len() != ys.len() {
        return Ok(Cond::False);
    }
    let parts: Result<Vec<_>, _> = xs.iter().zip(ys).map(|(x, y)| equals(db, &x.value, &y.value)).collect();
    Ok(Cond::and(parts?))
}

/// Order does not matter, and an absent field equals one that is none.
fn records(db: &dyn Db, a: &Value, b: &Value) -> Result<Cond, Stop> {
    let (Value::Record(xs), Value::Record(ys)) = (a, b) else { return Err(Stop::Misfit) };
    let mut parts = Vec::new();
    for x in xs.iter() {
        let y = b.field(&x.name).map_or(&Value::None, |node| &node.value);
        parts.push(equals(db, &x.node.value, y)?);
    }
    for y in ys.iter().filter(|y| !xs.iter().any(|x| x.name == y.name)) {
        parts.push(equals(db, &y.node.value, &Value::None)?);
    }
    Ok(Cond::and(parts))
}

/// Whether an optional is absent.
pub fn is_none(value: &Value) -> Result<Cond, Stop> {
    match value {
        Value::None => Ok(Cond::True),
        Value::Unknown => Err(Stop::Unknown),
        Value::Poison => Err(Stop::Poison),
        value => match value.choice() {
            Some((cond, then, otherwise)) => Ok(either(cond, is_none(&then.value)?, is_none(&otherwise.value)?)),
            None => Ok(Cond::False),
        },
    }
}

/// `then` where `cond` holds, else `otherwise`.
pub fn either(cond: &Cond, then: Cond, otherwise: Cond) -> Cond {
    if then == otherwise {
        return then;
    }
    Cond::or([Cond::and([cond.clone(), then]), Cond::and([cond.not(), otherwise])])
}

/// A test of its own about two values.
pub fn opaque(db: &dyn Db, name: &str, a: &Value, b: &Value, test: impl FnOnce(Value, Value) -> Test) -> Cond {
    let key = format!("{name}({}, {})", canonical(db, a), canonical(db, b));
    Cond::bool_place(CondPlace { key: key.into(), test: test(a.clone(), b.clone()) })
}

/// The operand of a parameter that has to equal a literal.
fn is(db: &dyn Db, operand: &Value, lit: Lit) -> Cond {
    let place = CondPlace { key: canonical(db, operand).into(), test: Test::Operand(operand.clone()) };
    Cond::is(place, lit)
}

fn same(db: &dyn Db, a: &Value, b: &Value) -> Cond {
    let (x, y) = (canonical(db, a), canonical(db, b));
    match x.cmp(&y) {
        Ordering::Equal => Cond::True,
        Ordering::Less => opaque(db, "same", a, b, Test::Same),
        Ordering::Greater => opaque(db, "same", b, a, Test::Same),
    }
}

fn same_truth(a: &Cond, b: &Cond) -> Cond {
    either(a, b.clone(), b.not())
}
