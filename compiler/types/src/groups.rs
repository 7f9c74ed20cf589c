//! Rules over several properties: exactly one of, requires, excludes. Decided from what can be seen, silent otherwise.

use cloudc_hir::body::{Entry, Expr, ExprId, Key, Literal};
use cloudc_hir::{Anchor, Problem};
use cloudc_schema::{Group, Node, Object, Seen, Verdict};

use crate::infer::Ctx;
use crate::objects::Given;
use crate::ty::Lit;

impl Ctx<'_> {
    /// Tests the rules of an object against the properties given. `open`: others may come at build time.
    pub fn check_groups(&mut self, object: Object, given: &[Given], open: bool, at: Anchor) {
        for group in object.groups() {
            let verdict = group.check(&mut |path| self.seen(object, given, path, open));
            if let Verdict::Broken(message) = verdict {
                let problem = match self.excluded(group, given) {
                    Some((one, when)) => Problem::error(crate::objects::RULE_BROKEN, self.at(one), message)
                        .related(self.at(when), "what it cannot be together with"),
                    None => Problem::error(crate::objects::RULE_BROKEN, at, message),
                };
                self.problems.push(problem);
                // One rule at a time: the others usually say the same of the same properties.
                return;
            }
        }
    }

    /// The two properties that cannot be given together, when a rule is about two and both are written.
    fn excluded(&self, group: &Group, given: &[Given]) -> Option<(ExprId, ExprId)> {
        let Group::Excludes { when, any } = group else { return None };
        let written = |name: &str| given.iter().rev().find(|own| own.name == *name && own.certain)?.key;
        let one = any.iter().find_map(|name| written(name))?;
        Some((one, written(when)?))
    }

    fn seen(&self, object: Object, given: &[Given], path: &[&str], open: bool) -> Seen {
        let Some((first, rest)) = path.split_first() else { return Seen::Unknown };
        // The last one written wins.
        let Some(own) = given.iter().rev().find(|own| own.name == *first) else {
            return if open { Seen::Unknown } else { Seen::Absent };
        };
        if !own.certain {
            return Seen::Unknown;
        }
        match own.value {
            Some(value) => self.seen_inside(value, property(object, first), rest),
            None if rest.is_empty() => Seen::Present,
            None => Seen::Unknown,
        }
    }

    fn seen_inside(&self, value: ExprId, node: Option<Node>, path: &[&str]) -> Seen {
        let Some((first, rest)) = path.split_first() else { return self.seen_value(value, node) };
        let Expr::Record(entries) = self.body.expr(value) else { return Seen::Unknown };
        let mut open = false;
        let mut found = Seen::Absent;
        for entry in entries {
            match entry {
                Entry::Field { key: Key::Text(name), value, guard: None, .. } if name == first => {
                    let inner = node.and_then(Node::object).and_then(|object| property(object, first));
                    found = self.seen_inside(*value, inner, rest)
                }
                Entry::Field { key: Key::Text(name), .. } if name == first => found = Seen::Unknown,
                Entry::Field { key: Key::Text(_), .. } => {}
                _ => open = true,
            }
        }
        if found == Seen::Absent && open { Seen::Unknown } else { found }
    }

    /// A value, when its type says which; else that it is there.
    fn seen_value(&self, value: ExprId, node: Option<Node>) -> Seen {
        match self.body.expr(value) {
            Expr::Literal(Literal::Float(number)) => return Seen::Float(*number),
            // One that is not whole in the property's unit is told elsewhere.
            Expr::Literal(Literal::Duration(amount) | Literal::Size(amount)) => {
                let unit = node.and_then(Node::unit).map(|unit| unit.factor() as i64);
                return unit.map_or(Seen::Present, |unit| Seen::Int(amount / unit));
            }
            _ => {}
        }
        let ty = self.types.get(value.0 as usize).and_then(Option::as_ref);
        match ty.map(|ty| (&ty.kind, crate::access::single(ty.present()))) {
            Some((crate::ty::Kind::Optional(_), _)) => Seen::Unknown,
            Some((_, Some(Lit::Str(text)))) => Seen::Str(text.to_string()),
            Some((_, Some(Lit::Int(number)))) => Seen::Int(number),
            Some((_, Some(Lit::Bool(value)))) => Seen::Bool(value),
            _ => Seen::Present,
        }
    }
}

fn property(object: Object, name: &str) -> Option<Node> {
    object.property(name).map(|property| property.node())
}
