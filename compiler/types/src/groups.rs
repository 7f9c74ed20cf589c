//! Rules over several properties: exactly one of, requires, excludes. Decided from what can be seen, silent otherwise.

use cloudc_hir::body::{Entry, Expr, ExprId, Key};
use cloudc_hir::{Anchor, Problem};
use cloudc_schema::{Group, Seen, Verdict};

use crate::infer::Ctx;
use crate::objects::Given;
use crate::ty::Lit;

impl Ctx<'_> {
    /// Tests the rules of an object against the properties given. `open`: others may come at build time.
    pub fn check_groups(&mut self, groups: &[Group], given: &[Given], open: bool, at: Anchor) {
        for group in groups {
            let verdict = group.check(&mut |path| self.seen(given, path, open));
            if let Verdict::Broken(message) = verdict {
                self.problems.push(Problem::error("C0404", at, message));
                // One rule at a time: the others usually say the same of the same properties.
                return;
            }
        }
    }

    fn seen(&self, given: &[Given], path: &[&str], open: bool) -> Seen {
        let Some((first, rest)) = path.split_first() else { return Seen::Unknown };
        // The last one written wins.
        let Some(own) = given.iter().rev().find(|own| own.name == *first) else {
            return if open { Seen::Unknown } else { Seen::Absent };
        };
        if !own.certain {
            return Seen::Unknown;
        }
        match own.value {
            Some(value) => self.seen_inside(value, rest),
            None if rest.is_empty() => Seen::Present,
            None => Seen::Unknown,
        }
    }

    fn seen_inside(&self, value: ExprId, path: &[&str]) -> Seen {
        let Some((first, rest)) = path.split_first() else { return self.seen_value(value) };
        let Expr::Record(entries) = self.body.expr(value) else { return Seen::Unknown };
        let mut open = false;
        let mut found = Seen::Absent;
        for entry in entries {
            match entry {
                Entry::Field { key: Key::Text(name), value, guard: None, .. } if name == first => {
                    found = self.seen_inside(*value, rest)
                }
                Entry::Field { key: Key::Text(name), .. } if name == first => found = Seen::Unknown,
                Entry::Field { key: Key::Text(_), .. } => {}
                _ => open = true,
            }
        }
        if found == Seen::Absent && open { Seen::Unknown } else { found }
    }

    /// A value, when its type says which; else that it is there.
    fn seen_value(&self, value: ExprId) -> Seen {
        if let Expr::Literal(cloudc_hir::body::Literal::Float(number)) = self.body.expr(value) {
            return Seen::Float(*number);
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
