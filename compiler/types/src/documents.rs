//! Policy documents as records: what a statement must have and may have.
//!
//! In: a record as written where the schema says that a policy goes. Out: problems. What cannot be seen (spreads, values
//! from elsewhere) is not judged. Source: "IAM JSON policy elements reference" in the IAM user guide.

use cloudc_base::suggest::nearest;
use cloudc_hir::Problem;
use cloudc_hir::body::{Element, Entry, Expr, ExprId, Key};
use cloudc_hir::problem::Spot;
use cloudc_schema::Text;

use crate::access::did_you_mean;
use crate::infer::Ctx;
use crate::ty::Lit;

const DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/// What can be seen of one key of a record.
struct Seen {
    name: cloudc_hir::Name,
    value: ExprId,
    anchor: ExprId,
}

impl Ctx<'_> {
    /// Judges a policy document that is written out.
    pub fn policy_document(&mut self, document: ExprId, kind: Text) {
        if !matches!(kind, Text::Policy | Text::TrustPolicy) {
            return;
        }
        let Some((keys, open)) = self.keys(document) else { return };
        if !self.only_known(&keys, &DOCUMENT, "a policy document") {
            return;
        }
        if let Some(version) = keys.iter().find(|key| key.name == "Version") {
            self.literal_among(version.value, &["2012-10-17", "2008-10-17"], "a version of the policy language");
        }
        match keys.iter().find(|key| key.name == "Statement") {
            Some(statement) => self.statements(statement.value, kind),
            None if open => {}
            None => {
                let problem = Problem::error("C0416", self.at(document), "a policy document needs `Statement`");
                self.problems.push(problem.fix("add it", Spot::LastEntry(self.at(document)), "Statement: []"));
            }
        }
    }

    fn statements(&mut self, value: ExprId, kind: Text) {
        match self.body.expr(value) {
            Expr::Record(_) => self.statement(value, kind),
            Expr::List(elements) => {
                for element in elements {
                    if let Element::Item { value, .. } | Element::For { value, .. } = element {
                        self.statement(*value, kind);
                    }
                }
            }
            _ => {}
        }
    }

    fn statement(&mut self, statement: ExprId, kind: Text) {
        let Some((keys, open)) = self.keys(statement) else { return };
        if !self.only_known(&keys, &STATEMENT, "a statement") {
            return;
        }
        if let Some(effect) = keys.iter().find(|key| key.name == "Effect") {
            self.literal_among(effect.value, &["Allow", "Deny"], "an effect");
        }
        if open {
            return;
        }
        let has = |name: &str| keys.iter().any(|key| key.name == name);
        let mut missing: Vec<&str> = Vec::new();
        if !has("Effect") {
            missing.push("`Effect`");
        }
        if !has("Action") && !has("NotAction") {
            missing.push("`Action`");
        }
        if kind == Text::Policy && !has("Resource") && !has("NotResource") {
            missing.push("`Resource`");
        }
        if kind == Text::TrustPolicy && !has("Principal") && !has("NotPrincipal") {
            missing.push("`Principal`");
        }
        if !missing.is_empty() {
            let problem = Problem::error("C0416", self.at(statement), format!("a statement needs {}", missing.join(" and ")));
            self.problems.push(problem);
            return;
        }
        if let Some(principal) = keys.iter().find(|key| kind == Text::Policy && key.name.ends_with("Principal")) {
            let message = format!("a statement of an identity's policy has no `{}`", principal.name);
            let problem = Problem::error("C0416", self.at(principal.anchor), message);
            self.problems.push(problem.note("the identity that the policy is attached to is the principal"));
        }
    }

    /// The keys of a record as written; whether there may be others.
    fn keys(&self, record: ExprId) -> Option<(Vec<Seen>, bool)> {
        let Expr::Record(entries) = self.body.expr(record) else { return None };
        let mut keys = Vec::new();
        let mut open = false;
        for entry in entries {
            match entry {
                Entry::Field { key: Key::Text(name), value, anchor, .. } => {
                    keys.push(Seen { name: name.clone(), value: *value, anchor: *anchor });
                }
                _ => open = true,
            }
        }
        Some((keys, open))
    }

    fn only_known(&mut self, keys: &[Seen], known: &[&str], owner: &str) -> bool {
        let Some(wrong) = keys.iter().find(|key| !known.contains(&key.name.as_str())) else { return true };
        let at = self.at(wrong.anchor);
        let problem = Problem::error("C0401", at, format!("{owner} has no `{}`", wrong.name));
        let problem = match nearest(&wrong.name, known.iter().copied()) {
            Some(near) => did_you_mean(problem, at, near),
            None => problem.note(format!("it has {}", known.join(", "))),
        };
        self.problems.push(problem);
        false
    }

    fn literal_among(&mut self, value: ExprId, allowed: &[&str], what: &str) {
        let ty = self.types.get(value.0 as usize).and_then(Option::as_ref);
        let Some(Lit::Str(text)) = ty.and_then(crate::access::single) else { return };
        if allowed.contains(&text.as_str()) {
            return;
        }
        let at = self.at(value);
        let problem = Problem::error("C0405", at, format!("`{text:?}` is not {what}"));
        let problem = match nearest(&text, allowed.iter().copied()) {
            Some(near) => problem.help(format!("did you mean {near:?}?")).fix(
                format!("change it to {near:?}"),
                Spot::Replace(at),
                format!("{near:?}"),
            ),
            None => problem.help(format!("one of {}", allowed.join(", "))),
        };
        self.problems.push(problem);
    }
}
