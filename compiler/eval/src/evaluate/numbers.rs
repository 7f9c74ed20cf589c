//! Arithmetic and ordering: constants only.
//!
//! Always: nothing wraps; an overflow is an error.

use cloudc_hir::Problem;
use cloudc_types::typed::{Binary, Builtin, Id, Kind};

use super::{Cx, Out};
use crate::codes;
use crate::cond::Stop;
use crate::values::{Node, Src, Value};

impl Cx<'_> {
    pub(super) fn negate(&mut self, node: &Node, src: Src) -> Out {
        self.through(node, src, &mut |cx, node| match node.value {
            Value::Int(number) => match number.checked_neg() {
                Some(number) => Ok(src.node(Value::Int(number))),
                None => Err(cx.overflow(src)),
            },
            Value::Float(number) => Ok(src.node(Value::Float(-number))),
            _ => Err(cx.misfit(src)),
        })
    }

    pub(super) fn arithmetic(&mut self, op: Binary, a: &Node, b: &Node, src: Src) -> Out {
        self.through(a, src, &mut |cx, a| {
            cx.through(b, src, &mut |cx, b| {
                let value = match (&a.value, &b.value) {
                    (Value::Int(x), Value::Int(y)) => cx.integers(op, *x, *y, src)?,
                    (Value::Str(x), Value::Str(y)) => match ordered(op, x.cmp(y)) {
                        Some(holds) => Value::Bool(holds),
                        None => return Err(cx.misfit(src)),
                    },
                    (x, y) => match (as_float(x), as_float(y)) {
                        (Some(x), Some(y)) => cx.floats(op, x, y, src)?,
                        _ => return Err(cx.misfit(src)),
                    },
                };
                Ok(src.node(value))
            })
        })
    }

    fn integers(&mut self, op: Binary, x: i64, y: i64, src: Src) -> Result<Value, Stop> {
        if let Some(holds) = ordered(op, x.cmp(&y)) {
            return Ok(Value::Bool(holds));
        }
        if y == 0 && matches!(op, Binary::Div | Binary::Rem) {
            return Err(self.error(codes::OVERFLOW, src, "this divides by zero"));
        }
        let result = match op {
            Binary::Add => x.checked_add(y),
            Binary::Sub => x.checked_sub(y),
            Binary::Mul => x.checked_mul(y),
            Binary::Rem => x.checked_rem(y),
            Binary::Div if x.checked_rem(y).is_some_and(|rest| rest != 0) => {
                let problem = Problem::error(codes::INEXACT_DIVISION, src.anchor(), format!("`{x} / {y}` is not a whole number"))
                    .help("write `.floor()` behind the division in parentheses to round down");
                return Err(self.fail(problem));
            }
            Binary::Div => x.checked_div(y),
            _ => return Err(self.misfit(src)),
        };
        result.map(Value::Int).ok_or_else(|| self.overflow(src))
    }

    fn floats(&mut self, op: Binary, x: f64, y: f64, src: Src) -> Result<Value, Stop> {
        let order = x.partial_cmp(&y);
        if let Some(holds) = order.and_then(|order| ordered(op, order)) {
            return Ok(Value::Bool(holds));
        }
        if y == 0.0 && matches!(op, Binary::Div | Binary::Rem) {
            return Err(self.error(codes::OVERFLOW, src, "this divides by zero"));
        }
        let result = match op {
            Binary::Add => x + y,
            Binary::Sub => x - y,
            Binary::Mul => x * y,
            Binary::Div => x / y,
            Binary::Rem => x % y,
            _ => return Err(self.misfit(src)),
        };
        if result.is_finite() { Ok(Value::Float(result)) } else { Err(self.overflow(src)) }
    }

    /// `.floor()`; a division directly inside need not be exact.
    pub(super) fn floor(&mut self, inner: Id, src: Src) -> Out {
        let typed = self.typed;
        if let Kind::Binary(Binary::Div, a, b) = typed.node(inner).kind {
            let (a, b) = (self.need(a)?, self.need(b)?);
            if let (Value::Int(x), Value::Int(y)) = (&a.value, &b.value) {
                if *y == 0 {
                    return Err(self.error(codes::OVERFLOW, src, "this divides by zero"));
                }
                let quotient = x.checked_div(*y).and_then(|whole| {
                    let below = x % y != 0 && (*x < 0) != (*y < 0);
                    whole.checked_sub(i64::from(below))
                });
                return quotient.map(|number| src.node(Value::Int(number))).ok_or_else(|| self.overflow(src));
            }
            let node = self.arithmetic(Binary::Div, &a, &b, src)?;
            return self.floored(&node, src);
        }
        let node = self.need(inner)?;
        self.floored(&node, src)
    }

    fn floored(&mut self, node: &Node, src: Src) -> Out {
        self.through(node, src, &mut |cx, node| match node.value {
            Value::Int(number) => Ok(src.node(Value::Int(number))),
            Value::Float(number) if number.floor().abs() < 9.2e18 => Ok(src.node(Value::Int(number.floor() as i64))),
            Value::Float(_) => Err(cx.overflow(src)),
            _ => Err(cx.misfit(src)),
        })
    }

    /// `min` and `max` of two numbers, or of a list; `abs` of one.
    pub(super) fn extreme(&mut self, which: Builtin, args: &[Id], src: Src) -> Out {
        let mut nodes = Vec::new();
        for arg in args {
            let node = self.need(*arg)?;
            match &node.value {
                Value::List(items) => nodes.extend(items.iter().cloned()),
                _ => nodes.push(node),
            }
        }
        let Some(mut best) = nodes.first().cloned() else {
            return Err(self.error(codes::BAD_ARGUMENT, src, "an empty list has no least or greatest element"));
        };
        if which == Builtin::Abs {
            return match best.value {
                Value::Int(number) => number.checked_abs().map(|n| src.node(Value::Int(n))).ok_or_else(|| self.overflow(src)),
                Value::Float(number) => Ok(src.node(Value::Float(number.abs()))),
                _ => Err(self.misfit(src)),
            };
        }
        let op = if which == Builtin::Min { Binary::Lt } else { Binary::Gt };
        for node in &nodes[1..] {
            if self.arithmetic(op, node, &best, src)?.value == Value::Bool(true) {
                best = node.clone();
            }
        }
        Ok(best)
    }

    pub(super) fn integer(&mut self, node: &Node, src: Src) -> Out {
        self.through(node, src, &mut |cx, node| match &node.value {
            Value::Int(number) => Ok(src.node(Value::Int(*number))),
            Value::Str(text) => match text.trim().parse::<i64>() {
                Ok(number) => Ok(src.node(Value::Int(number))),
                Err(_) => Err(cx.error(codes::BAD_ARGUMENT, src, format!("{text:?} is not a whole number"))),
            },
            Value::Deploy(_) => Ok(node.clone()),
            _ => Err(cx.misfit(src)),
        })
    }

    fn overflow(&mut self, src: Src) -> Stop {
        self.error(codes::OVERFLOW, src, "the result does not fit in a 64-bit number")
    }
}

fn as_float(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

fn ordered(op: Binary, order: std::cmp::Ordering) -> Option<bool> {
    match op {
        Binary::Lt => Some(order.is_lt()),
        Binary::Le => Some(order.is_le()),
        Binary::Gt => Some(order.is_gt()),
        Binary::Ge => Some(order.is_ge()),
        _ => None,
    }
}
