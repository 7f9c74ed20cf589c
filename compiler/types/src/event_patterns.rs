//! Event patterns of EventBridge: the fields that every event has, lists where lists must be, content filters.
//!
//! In: a record as written where the schema says that a pattern goes. Out: problems. Source: "Amazon EventBridge event patterns"
//! and "comparison operators for use in event patterns" in the EventBridge user guide.

use cloudc_base::suggest::nearest;
use cloudc_hir::Problem;
use cloudc_hir::body::{Element, Expr, ExprId, Literal};

use crate::documents::Seen;
use crate::infer::Ctx;

/// What every event has around its `detail`, and what combines patterns.
const ENVELOPE: [&str; 11] =
    ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail", "replay-name", "$or"];

/// Content filters: the key of a record in a list.
const FILTERS: [&str; 8] = ["prefix", "suffix", "anything-but", "numeric", "cidr", "exists", "equals-ignore-case", "wildcard"];

impl Ctx<'_> {
    /// Judges an event pattern that is written out.
    pub fn event_pattern(&mut self, pattern: ExprId) {
        let Some((keys, _)) = self.keys(pattern) else { return };
        for key in &keys {
            if !ENVELOPE.contains(&key.name.as_str()) {
                self.unknown_field(key);
            }
            self.pattern_field(key);
        }
    }

    /// EventBridge takes it, and no event ever matches.
    fn unknown_field(&mut self, key: &Seen) {
        let at = self.at(key.anchor);
        let problem = Problem::warning("C0420", at, format!("events have no field `{}`", key.name));
        let problem = match nearest(&key.name, ENVELOPE) {
            Some(near) => crate::documents::instead(problem, at, near),
            None => problem.help("what an event says of itself is in `detail`"),
        };
        self.problems.push(problem.note("a pattern with it matches nothing"));
    }

    fn pattern_field(&mut self, key: &Seen) {
        match self.body.expr(key.value) {
            Expr::Record(_) => {
                let Some((keys, _)) = self.keys(key.value) else { return };
                for inner in &keys {
                    self.pattern_field(inner);
                }
            }
            Expr::List(elements) if key.name == "$or" => {
                for element in elements {
                    if let Element::Item { value, .. } = element
                        && let Some((keys, _)) = self.keys(*value)
                    {
                        keys.iter().for_each(|inner| self.pattern_field(inner));
                    }
                }
            }
            Expr::List(elements) => {
                for element in elements {
                    if let Element::Item { value, .. } = element {
                        self.content_filter(*value);
                    }
                }
            }
            Expr::Literal(literal) if *literal != Literal::None => {
                let at = self.at(key.value);
                let mut problem = Problem::error("C0421", at, format!("`{}` of an event pattern must be a list", key.name))
                    .help("put it in brackets: any of the values matches");
                problem.fixes.push(cloudc_hir::problem::FixPlan {
                    title: "put it in brackets".into(),
                    edits: vec![
                        (cloudc_hir::problem::Spot::Before(at), "[".into()),
                        (cloudc_hir::problem::Spot::After(at), "]".into()),
                    ],
                });
                self.problems.push(problem);
            }
            _ => {}
        }
    }

    fn content_filter(&mut self, value: ExprId) {
        let Some((keys, _)) = self.keys(value) else { return };
        for key in &keys {
            if FILTERS.contains(&key.name.as_str()) {
                continue;
            }
            let at = self.at(key.anchor);
            let problem = Problem::error("C0421", at, format!("`{}` is not a content filter", key.name));
            self.problems.push(match nearest(&key.name, FILTERS) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.note(format!("there are {}", FILTERS.join(", "))),
            });
        }
    }
}
