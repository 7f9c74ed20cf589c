//! Implicit conversions, and constraints that had to wait for a value.

use cloudc_hir::Name;
use cloudc_types::checks::{Constraint, Scalar, violation};
use cloudc_types::typed::{Coercion, Id};

use super::{Cx, Out};
use crate::codes;
use crate::values::{Expr, Field, Node, Src, Value, choose};

impl Cx<'_> {
    pub(super) fn coerce(&mut self, coercion: &Coercion, inner: Id, src: Src) -> Out {
        let node = match coercion {
            Coercion::Pairs { .. } | Coercion::JsonText => self.opened(inner)?,
            _ => self.need(inner)?,
        };
        self.coerced(coercion, &node, src)
    }

    fn coerced(&mut self, coercion: &Coercion, node: &Node, src: Src) -> Out {
        match coercion {
            Coercion::Text => self.texts(node, src),
            // Left to CloudFormation, so that the template and its differences stay readable.
            Coercion::Base64 => self.base64(node, false, src),
            Coercion::JsonText => self.json_text(node, src),
            Coercion::Identify(attr) => self.through(node, src, &mut |cx, node| match &node.value {
                Value::Handle(_) => cx.attr_of(node, attr.as_ref(), src),
                // Already what it stands for.
                Value::Str(_) | Value::Deploy(_) => Ok(node.clone()),
                _ => Err(cx.misfit(src)),
            }),
            Coercion::IdentifyOutput(name) => self.through(node, src, &mut |cx, node| match &node.value {
                Value::Instance(frame) => cx.output_of(*frame, name, src),
                _ => Err(cx.misfit(src)),
            }),
            Coercion::Pairs { key, value } => self.through(node, src, &mut |cx, node| cx.pairs(node, key, value, src)),
            Coercion::Unit { per, name, text } => self.through(node, src, &mut |cx, node| cx.units(node, *per, name, *text, src)),
            Coercion::IsoDuration => self.through(node, src, &mut |cx, node| match node.value {
                Value::Int(milliseconds) => Ok(src.node(Value::text(iso_duration(milliseconds)))),
                Value::Deploy(_) => Ok(node.clone()),
                _ => Err(cx.misfit(src)),
            }),
            Coercion::BucketAndObjects => self.through(node, src, &mut |cx, node| cx.with_objects(node, src)),
            Coercion::PolicyDocument { identity } => {
                self.through(node, src, &mut |cx, node| cx.policy_document(node, *identity, src))
            }
            Coercion::Single => self.through(node, src, &mut |_, node| Ok(src.node(Value::list(vec![node.clone()])))),
        }
    }

    /// A map as a list of records. An entry that may be absent makes the whole record absent.
    fn pairs(&mut self, node: &Node, key: &Name, value: &Name, src: Src) -> Out {
        let fields = match &node.value {
            Value::Record(fields) => fields,
            Value::List(_) | Value::Deploy(_) => return Ok(node.clone()),
            _ => return Err(self.misfit(src)),
        };
        let pair = |field: &Field, node: Node| {
            let name = Field { name: key.clone(), node: field.site.node(Value::Str(field.name.clone())), site: field.site };
            let record = vec![name, Field { name: value.clone(), node, site: field.site }];
            field.site.node(Value::record(record))
        };
        let mut items = Vec::new();
        for field in fields.iter().filter(|field| field.node.value != Value::None) {
            let item = match field.node.value.choice() {
                Some((cond, then, otherwise)) if then.value == Value::None || otherwise.value == Value::None => {
                    let side = |node: &Node| if node.value == Value::None { node.clone() } else { pair(field, node.clone()) };
                    choose(cond.clone(), side(then), side(otherwise), src)
                }
                _ => pair(field, field.node.clone()),
            };
            items.push(item);
        }
        self.sized(items.len(), src)?;
        Ok(src.node(Value::list(items)))
    }

    fn units(&mut self, node: &Node, per: i64, name: &Name, text: bool, src: Src) -> Out {
        let Value::Int(amount) = node.value else {
            return if node.value.expr().is_some() { Ok(node.clone()) } else { Err(self.misfit(src)) };
        };
        if per <= 0 || amount % per != 0 {
            let message = format!("`{}` is not a whole number of {name}", amount_text(amount, name));
            let problem = self.about_value(codes::UNIT_NOT_WHOLE, node, src, message);
            return Err(self.fail(problem.note(format!("the property is measured in {name}"))));
        }
        let number = amount / per;
        Ok(src.node(if text { Value::text(number.to_string()) } else { Value::Int(number) }))
    }

    /// Constraints on what turned out to be constant.
    pub(super) fn check(&mut self, constraints: &[Constraint], inner: Id, src: Src) -> Out {
        let node = self.need(inner)?;
        self.checked(constraints, &node, src);
        Ok(node)
    }

    fn checked(&mut self, constraints: &[Constraint], node: &Node, src: Src) {
        let scalar = match &node.value {
            Value::Str(text) => Scalar::Str(text.clone()),
            Value::Int(number) => Scalar::Int(*number),
            Value::Float(number) => Scalar::Float(*number),
            Value::Bool(value) => Scalar::Bool(*value),
            Value::List(items) => Scalar::Items(items.len()),
            Value::Deploy(expr) => {
                if let Expr::If(_, then, otherwise) = &**expr {
                    self.checked(constraints, then, src);
                    self.checked(constraints, otherwise, src);
                }
                return;
            }
            _ => return,
        };
        for constraint in constraints {
            if let Some(found) = violation(constraint, &scalar) {
                let mut problem = self.about_value(found.code, node, src, found.message);
                problem.help = found.help;
                self.run.problems.push(problem);
                return;
            }
        }
    }
}

/// An amount as it would be written: `36h`, `1500MiB`.
fn amount_text(amount: i64, unit: &str) -> String {
    let time = ["second", "minute", "hour", "day", "week"].iter().any(|word| unit.contains(word));
    let units: &[(i64, &str)] = match time {
        true => &[(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")],
        false => &[(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B")],
    };
    let fitting = units.iter().find(|(length, _)| amount % length == 0);
    fitting.map_or_else(|| amount.to_string(), |(length, name)| format!("{}{name}", amount / length))
}

/// ISO 8601 text of a duration in milliseconds: `PT5M`, `P1DT12H`.
pub fn iso_duration(milliseconds: i64) -> String {
    let sign = if milliseconds < 0 { "-" } else { "" };
    let left = milliseconds.unsigned_abs();
    let (days, left) = (left / 86_400_000, left % 86_400_000);
    let (hours, left) = (left / 3_600_000, left % 3_600_000);
    let (minutes, left) = (left / 60_000, left % 60_000);
    let mut time = String::new();
    for (amount, unit) in [(hours, 'H'), (minutes, 'M')] {
        if amount > 0 {
            time.push_str(&format!("{amount}{unit}"));
        }
    }
    let (seconds, rest) = (left / 1000, left % 1000);
    if rest > 0 {
        time.push_str(format!("{seconds}.{rest:03}").trim_end_matches('0'));
        time.push('S');
    } else if seconds > 0 || (days == 0 && time.is_empty()) {
        time.push_str(&format!("{seconds}S"));
    }
    let date = if days > 0 { format!("{days}D") } else { String::new() };
    let time = if time.is_empty() { time } else { format!("T{time}") };
    format!("{sign}P{date}{time}")
}

#[cfg(test)]
mod tests {
    use super::iso_duration;

    #[test]
    fn durations() {
        let shown = [300_000, 0, 86_400_000, 129_600_000, 1_500, 90_061_000].map(iso_duration);
        assert_eq!(shown, ["PT5M", "PT0S", "P1D", "P1DT12H", "PT1.5S", "P1DT1H1M1S"]);
    }
}
