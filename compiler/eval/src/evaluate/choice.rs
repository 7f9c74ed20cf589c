//! `if`, `match`, `??`, `?.` and comparison with `none`.
//!
//! Always: a condition that is constant leaves no trace; only what is chosen is evaluated then.

use cloudc_types::typed::{Arm, Id, Local};

use super::{Cx, Out, constant};
use crate::cond::{Cond, Stop, equals, is_none};
use crate::values::{Node, Src, Value, choose};

impl Cx<'_> {
    pub(super) fn choice(&mut self, condition: Id, then: Id, otherwise: Id, src: Src) -> Out {
        match self.condition(condition)? {
            Cond::True => self.eval(then),
            Cond::False => self.eval(otherwise),
            cond => {
                let (then, otherwise) = (self.node(then), self.node(otherwise));
                Ok(choose(cond, then, otherwise, src))
            }
        }
    }

    /// The arms are exhaustive, so the last one that can match needs no condition.
    pub(super) fn choose_arm(&mut self, scrutinee: Id, arms: &[Arm], src: Src) -> Out {
        let scrutinee = self.need(scrutinee)?;
        let mut open: Vec<(Cond, Node)> = Vec::new();
        let mut last = None;
        for (at, arm) in arms.iter().enumerate() {
            match self.matches(&scrutinee, arm, src)? {
                Cond::False => {}
                Cond::True => {
                    last = Some(self.node(arm.body));
                    break;
                }
                cond => {
                    let node = self.node(arm.body);
                    if at + 1 == arms.len() {
                        last = Some(node);
                    } else {
                        open.push((cond, node));
                    }
                }
            }
        }
        // Arms after the last open one that can never match leave it as the rest.
        let last = match last.or_else(|| open.pop().map(|(_, node)| node)) {
            Some(node) => node,
            None => return Err(self.misfit(src)),
        };
        Ok(open.into_iter().rev().fold(last, |rest, (cond, node)| choose(cond, node, rest, src)))
    }

    fn matches(&mut self, scrutinee: &Node, arm: &Arm, src: Src) -> Result<Cond, Stop> {
        if arm.patterns.is_empty() {
            return Ok(Cond::True);
        }
        let mut parts = Vec::new();
        for pattern in &arm.patterns {
            let cond = match constant(pattern) {
                Value::None => is_none(&scrutinee.value),
                value => equals(self.db, &scrutinee.value, &value),
            };
            parts.push(self.settle(cond, src)?);
        }
        Ok(Cond::or(parts))
    }

    pub(super) fn chain(&mut self, base: Id, local: Local, body: Id, src: Src) -> Out {
        let base = self.need(base)?;
        self.through(&base, src, &mut |cx, node| cx.with_local(local, node.clone(), |cx| cx.eval(body)))
    }

    pub(super) fn present(&mut self, inner: Id) -> Out {
        let node = self.need(inner)?;
        Ok(present(&node))
    }

    pub(super) fn coalesce(&mut self, a: Id, b: Id, src: Src) -> Out {
        let first = self.need(a)?;
        match is_none(&first.value) {
            Ok(Cond::False) => Ok(first),
            Ok(Cond::True) => self.eval(b),
            Ok(_) => {
                let second = self.node(b);
                Ok(self.first_present(&first, &second, src))
            }
            Err(stop) => Err(stop),
        }
    }

    /// `first`, with `second` wherever it is absent.
    pub(super) fn first_present(&mut self, first: &Node, second: &Node, src: Src) -> Node {
        if first.value == Value::None {
            return second.clone();
        }
        match first.value.choice() {
            Some((cond, then, otherwise)) => {
                let then = self.first_present(then, second, src);
                let otherwise = self.first_present(otherwise, second, src);
                choose(cond.clone(), then, otherwise, src)
            }
            None => first.clone(),
        }
    }

    pub(super) fn is_none(&mut self, inner: Id, src: Src) -> Out {
        let node = self.need(inner)?;
        let cond = is_none(&node.value);
        Ok(src.node(Value::truth(self.settle(cond, src)?)))
    }
}

/// An optional where it is known to be there: the absent alternatives are gone.
pub fn present(node: &Node) -> Node {
    match node.value.choice() {
        Some((_, then, otherwise)) if otherwise.value == Value::None => present(then),
        Some((_, then, otherwise)) if then.value == Value::None => present(otherwise),
        Some((cond, then, otherwise)) => choose(cond.clone(), present(then), present(otherwise), node.src),
        None => node.clone(),
    }
}
