//! Operators: logic over conditions, arithmetic over constants, text and lists side by side.

use cloudc_types::typed::{Binary, Id, Unary};

use super::{Cx, Out};
use crate::cond::{Cond, Test, equals, opaque};
use crate::values::{Node, Src, Value};

impl Cx<'_> {
    pub(super) fn unary(&mut self, op: Unary, operand: Id, src: Src) -> Out {
        match op {
            Unary::Not => {
                let cond = self.condition(operand)?;
                Ok(src.node(Value::truth(cond.not())))
            }
            Unary::Neg => {
                let node = self.need(operand)?;
                self.negate(&node, src)
            }
        }
    }

    pub(super) fn binary(&mut self, op: Binary, a: Id, b: Id, src: Src) -> Out {
        match op {
            Binary::And => {
                let first = self.condition(a)?;
                if first.is_false() {
                    return Ok(src.node(Value::Bool(false)));
                }
                let second = self.condition(b)?;
                Ok(src.node(Value::truth(Cond::and([first, second]))))
            }
            Binary::Or => {
                let first = self.condition(a)?;
                if first.is_true() {
                    return Ok(src.node(Value::Bool(true)));
                }
                let second = self.condition(b)?;
                Ok(src.node(Value::truth(Cond::or([first, second]))))
            }
            Binary::Eq | Binary::Ne => {
                let (a, b) = (self.need(a)?, self.need(b)?);
                let cond = equals(self.db, &a.value, &b.value);
                let cond = self.settle(cond, src)?;
                Ok(src.node(Value::truth(if op == Binary::Eq { cond } else { cond.not() })))
            }
            Binary::In => {
                let item = self.need(a)?;
                let list = self.opened(b)?;
                self.contains(&list, &item, src)
            }
            Binary::Concat => {
                let (a, b) = (self.need(a)?, self.need(b)?);
                self.concat(vec![a, b], src)
            }
            Binary::Append => {
                let (a, b) = (self.need(a)?, self.need(b)?);
                self.append(&a, &b, src)
            }
            _ => {
                let (a, b) = (self.need(a)?, self.need(b)?);
                self.arithmetic(op, &a, &b, src)
            }
        }
    }

    /// List beside list, through choices on either side.
    fn append(&mut self, a: &Node, b: &Node, src: Src) -> Out {
        self.through(a, src, &mut |cx, a| {
            cx.through(b, src, &mut |cx, b| match (&a.value, &b.value) {
                (Value::List(xs), Value::List(ys)) => {
                    let all: Vec<_> = xs.iter().chain(ys.iter()).cloned().collect();
                    cx.sized(all.len(), src)?;
                    Ok(src.node(Value::list(all)))
                }
                _ => Err(cx.misfit(src)),
            })
        })
    }

    /// An element of a list, or a key of a map.
    pub(super) fn contains(&mut self, list: &Node, item: &Node, src: Src) -> Out {
        self.through(list, src, &mut |cx, list| {
            let parts: Result<Vec<Cond>, _> = match &list.value {
                Value::List(items) => items.iter().map(|known| equals(cx.db, &item.value, &known.value)).collect(),
                Value::Record(fields) => {
                    let there = fields.iter().filter(|field| field.node.value != Value::None);
                    there.map(|field| equals(cx.db, &item.value, &Value::Str(field.name.clone()))).collect()
                }
                Value::Str(text) => match item.value.as_str() {
                    Some(part) => Ok(vec![Cond::truth(text.contains(part))]),
                    None => return Err(cx.misfit(src)),
                },
                Value::Deploy(_) => Ok(vec![opaque(cx.db, "contains", &list.value, &item.value, Test::Contains)]),
                _ => return Err(cx.misfit(src)),
            };
            let parts = cx.settle(parts, src)?;
            Ok(src.node(Value::truth(Cond::or(parts))))
        })
    }
}
