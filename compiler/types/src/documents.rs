//! Policy documents as records: what a statement must have and may have, and whether IAM knows what it names.
//!
//! In: a record as written where the schema says that a policy goes. Out: problems. What cannot be seen (spreads, values
//! from elsewhere) is not judged; what may be newer than the list of actions is a warning, what IAM refuses an error.
//! Source: "IAM JSON policy elements reference" in the IAM user guide.

use cloudc_base::suggest::nearest;
use cloudc_hir::Problem;
use cloudc_hir::body::{Element, Entry, Expr, ExprId, Key};
use cloudc_hir::problem::Spot;
use cloudc_schema::{Text, iam};

use crate::access::did_you_mean;
use crate::codes::BAD_POLICY;
use crate::infer::{Ctx, Expect, Why};
use crate::ty::Lit;

/// An id of a statement that IAM refuses.
const STATEMENT_ID: &str = "C0426";

const DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const PRINCIPALS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

/// Condition operators, without `IfExists` behind and `ForAnyValue:` or `ForAllValues:` before them.
const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

/// What can be seen of one key of a record.
pub(crate) struct Seen {
    pub name: cloudc_hir::Name,
    pub value: ExprId,
    pub anchor: ExprId,
}

impl Ctx<'_> {
    /// Judges a policy document that is written out.
    pub fn policy_document(&mut self, document: ExprId, kind: Text, expect: &Expect) {
        match kind {
            Text::EventPattern => return self.event_pattern(document),
            Text::Policy | Text::TrustPolicy => {}
            _ => return,
        }
        // `AWS::Events::EventBusPolicy` takes a statement where others take a document.
        if matches!(&expect.why, Why::Property(name) if name == "Statement") {
            return self.statement(document, Some(kind));
        }
        // Those of organisations have forms of their own besides that of a policy.
        let owner = self.resource_type();
        if owner.as_deref() == Some("AWS::Organizations::Policy") {
            return;
        }
        let Some((keys, open)) = self.keys(document) else { return };
        // Some properties hold a single statement.
        if keys.iter().any(|key| key.name == "Effect") && keys.iter().all(|key| key.name != "Statement") {
            return self.statement(document, Some(kind));
        }
        // A key that is not known is perhaps the one that is missing.
        let known = self.only_known(&keys, &DOCUMENT, "a policy document");
        if let Some(version) = keys.iter().find(|key| key.name == "Version") {
            self.literal_among(version.value, &["2012-10-17", "2008-10-17"], "a version of the policy language");
        }
        match keys.iter().find(|key| key.name == "Statement") {
            Some(statement) => self.statements(statement.value, kind),
            None if open || !known => {}
            None => {
                let problem = Problem::error(BAD_POLICY, self.at(document), "a policy document needs `Statement`");
                self.problems.push(problem.fix("add it", Spot::LastEntry(self.at(document)), "Statement: []"));
            }
        }
    }

    /// The CloudFormation type of the resource that is being checked, as written.
    fn resource_type(&self) -> Option<cloudc_hir::Name> {
        let cloudc_hir::body::Parts::Resource { ty: Some(ty), .. } = &self.body.parts else { return None };
        match self.body.ty(*ty) {
            cloudc_hir::body::TypeRef::Path { path, .. } => Some(path.clone()),
            _ => None,
        }
    }

    /// Judges a statement that stands for itself: which kind of policy it will be part of is not known.
    pub fn lone_statement(&mut self, statement: ExprId) {
        self.statement(statement, None);
    }

    fn statements(&mut self, value: ExprId, kind: Text) {
        let kind = Some(kind);
        match self.body.expr(value) {
            Expr::Literal(_) => {
                let problem = Problem::error(BAD_POLICY, self.at(value), "this is no statement");
                self.problems.push(problem.help("a statement is a record with `Effect`, `Action` and `Resource`"));
            }
            Expr::Record(_) => self.statement(value, kind),
            Expr::List(elements) => {
                if self.resource_type().is_some_and(|ty| ty.starts_with("AWS::IAM::")) {
                    self.sids(elements);
                }
                for element in elements {
                    if let Element::Item { value, .. } | Element::For { value, .. } = element {
                        self.statement(*value, kind);
                    }
                }
            }
            _ => {}
        }
    }

    /// Ids of statements are letters and digits, and each stands once: "IAM JSON policy elements: Sid". Services that keep policies
    /// of their own take more.
    fn sids(&mut self, elements: &[Element]) {
        let mut known: Vec<cloudc_hir::Name> = Vec::new();
        for element in elements {
            let Element::Item { value, .. } = element else { continue };
            let Some((keys, _)) = self.keys(*value) else { continue };
            let Some(sid) = keys.iter().find(|key| key.name == "Sid").map(|key| key.value) else { continue };
            let ty = self.types.get(sid.0 as usize).and_then(Option::as_ref);
            let Some(Lit::Str(text)) = ty.and_then(crate::access::single) else { continue };
            // IAM takes an empty one, as none.
            if text.is_empty() {
                continue;
            }
            if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                let problem = Problem::error(STATEMENT_ID, self.at(sid), format!("`{text:?}` is no id of a statement"));
                self.problems.push(problem.help("it is letters and digits; or leave `Sid` out"));
            } else if known.contains(&text) {
                let problem = Problem::error(STATEMENT_ID, self.at(sid), format!("two statements have the id `{text:?}`"));
                self.problems.push(problem.note("the ids of a policy's statements differ").help("give it another, or none"));
            }
            known.push(text);
        }
    }

    fn statement(&mut self, statement: ExprId, kind: Option<Text>) {
        let Some((keys, open)) = self.keys(statement) else { return };
        let known = self.only_known(&keys, &STATEMENT, "a statement");
        if let Some(effect) = keys.iter().find(|key| key.name == "Effect") {
            self.literal_among(effect.value, &["Allow", "Deny"], "an effect");
        }
        for key in &keys {
            if matches!(key.name.as_str(), "Action" | "NotAction" | "Resource" | "NotResource") {
                self.no_records(key.value, &key.name);
            }
            match key.name.as_str() {
                "Action" | "NotAction" => self.actions(key.value),
                "Resource" | "NotResource" => self.targets(key.value),
                "Principal" | "NotPrincipal" => self.principals(key.value),
                "Condition" => self.conditions(key.value),
                _ => {}
            }
        }
        for (one, other) in [("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")] {
            let of = |name: &str| keys.iter().find(|key| key.name == name).map(|key| key.anchor);
            if let (Some(one_at), Some(other_at)) = (of(one), of(other)) {
                let message = format!("a statement has `{one}` or `{other}`, not both");
                let problem = Problem::error(BAD_POLICY, self.at(other_at), message);
                self.problems.push(problem.related(self.at(one_at), "the other one"));
            }
        }
        if open || !known {
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
        if kind == Some(Text::Policy) && !has("Resource") && !has("NotResource") {
            missing.push("`Resource`");
        }
        if kind == Some(Text::TrustPolicy) && !has("Principal") && !has("NotPrincipal") {
            missing.push("`Principal`");
        }
        if !missing.is_empty() {
            let problem = Problem::error(BAD_POLICY, self.at(statement), format!("a statement needs {}", missing.join(" and ")));
            self.problems.push(problem);
            return;
        }
        if let Some(principal) = keys.iter().find(|key| kind == Some(Text::Policy) && key.name.ends_with("Principal")) {
            let message = format!("a statement of an identity's policy has no `{}`", principal.name);
            let problem = Problem::error(BAD_POLICY, self.at(principal.anchor), message);
            self.problems.push(problem.note("the identity that the policy is attached to is the principal"));
        }
    }

    /// What is text, or a list of texts, holds no record.
    fn no_records(&mut self, value: ExprId, name: &str) {
        let inside = |element: &Element| match element {
            Element::Item { value, .. } | Element::For { value, .. } => Some(*value),
            Element::Spread { .. } => None,
        };
        let all: Vec<ExprId> = match self.body.expr(value) {
            Expr::List(elements) => elements.iter().filter_map(inside).collect(),
            _ => vec![value],
        };
        for value in all.into_iter().filter(|value| matches!(self.body.expr(*value), Expr::Record(_))) {
            let problem =
                Problem::error(BAD_POLICY, self.at(value), format!("`{name}` of a statement is text, or a list of texts"));
            self.problems.push(problem);
        }
    }

    /// Actions: `service:Name`, where either may hold wildcards.
    pub fn actions(&mut self, value: ExprId) {
        for (at, text) in self.texts(value) {
            if let Some(problem) = self.action_problem(at, &text) {
                self.problems.push(problem);
            }
        }
    }

    fn action_problem(&self, src: ExprId, text: &str) -> Option<Problem> {
        let at = self.at(src);
        if text == "*" || text.contains("${") {
            return None;
        }
        let Some((prefix, action)) = text.split_once(':') else {
            let has = |service: &&iam::Service| service.actions().any(|action| action.eq_ignore_ascii_case(text));
            let known: Vec<String> =
                iam::services().iter().filter(has).map(|service| format!("{}:{text}", service.prefix)).collect();
            let problem = Problem::error("C0417", at, format!("the action {text:?} does not say of which service"));
            return Some(match &known[..] {
                [] => problem.note("an action is written `service:Name`, for example `s3:GetObject`"),
                [only] => instead(problem, at, only),
                several => problem.note(format!("there are {}", crate::checks::list_some(several.iter().cloned(), 6))),
            });
        };
        if action.is_empty() || text.contains(char::is_whitespace) || action.contains(':') {
            let problem = Problem::error("C0417", at, format!("{text:?} is not an action"));
            return Some(problem.note("an action is written `service:Name`, for example `s3:GetObject`"));
        }
        if prefix.contains(['*', '?']) {
            return None;
        }
        let Some(service) = iam::service(prefix) else {
            let near = nearest(prefix, iam::services().iter().map(|service| service.prefix));
            let problem = Problem::warning("C0418", at, format!("IAM knows no service `{prefix}`"));
            return Some(unknown(problem, at, near.map(|near| format!("{near}:{action}"))));
        };
        if service.has_action(action) {
            return None;
        }
        if action.contains(['*', '?']) {
            let problem = Problem::warning("C0418", at, format!("no action of `{prefix}` is like {action:?}"));
            return Some(problem.note("so this statement says nothing"));
        }
        let near = nearest(action, service.actions());
        let problem = Problem::warning("C0418", at, format!("`{prefix}` has no action `{action}`"));
        Some(unknown(problem, at, near.map(|near| format!("{prefix}:{near}"))))
    }

    /// ARNs, or `*`.
    pub fn targets(&mut self, value: ExprId) {
        for (src, text) in self.texts(value) {
            // API Gateway takes a short form in its own policies.
            let fine = text == "*"
                || text.starts_with("execute-api:/")
                || text.starts_with(['$', '{'])
                || text.starts_with("arn:") && text.splitn(6, ':').count() == 6;
            // A wildcard may stand for several parts.
            if fine || text.starts_with("arn:") && text.contains('*') {
                continue;
            }
            let at = self.at(src);
            let named = cloudc_hir::resolve(self.db, self.owner, cloudc_hir::Namespace::Value, text.clone());
            let problem = Problem::error("C0419", at, format!("{:?} is not an ARN", text.as_str()))
                .note("a statement is about ARNs, `arn:aws:s3:::photos/*`, or about everything, `*`");
            self.problems.push(match named {
                Some(_) => {
                    let help = format!("to refer to `{text}` write it without quotes");
                    problem.help(help).fix(format!("change it to `{text}`"), Spot::Replace(at), text)
                }
                None => problem,
            });
        }
    }

    fn principals(&mut self, value: ExprId) {
        let Some((keys, _)) = self.keys(value) else { return };
        if !self.only_known(&keys, &PRINCIPALS, "a principal") {
            return;
        }
        for key in keys.iter().filter(|key| key.name == "Service") {
            self.services(key.value);
        }
    }

    /// Names of services as principals: they hold a dot.
    fn services(&mut self, value: ExprId) {
        for (src, text) in self.texts(value) {
            // An account, an ARN, a canonical user.
            let other = text.contains(':') || text.len() >= 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            if other || text.contains(['*', '$']) {
                continue;
            }
            let at = self.at(src);
            if text.contains('.') {
                if let Some(near) = crate::principals::nearest_principal(&text) {
                    let problem = Problem::warning("C0397", at, format!("no service is known as `{text}`"));
                    self.problems.push(instead(problem, at, &near));
                }
                continue;
            }
            let problem = Problem::error("C0405", at, format!("{:?} is not the name of a service", text.as_str()));
            self.problems.push(instead(problem, at, &format!("{text}.amazonaws.com")));
        }
    }

    /// Who a statement is about, as `to:` and `trust` take it: services, accounts, ARNs, records.
    pub fn who(&mut self, value: ExprId) {
        self.services(value);
        if let Expr::Record(_) = self.body.expr(value) {
            self.principals(value);
        }
    }

    /// Conditions: operators, and the keys they look at.
    pub fn conditions(&mut self, value: ExprId) {
        let Some((operators, _)) = self.keys(value) else { return };
        for operator in operators {
            self.condition_operator(&operator);
            let Some((keys, _)) = self.keys(operator.value) else { continue };
            for key in keys {
                self.condition_key(&key);
            }
        }
    }

    fn condition_operator(&mut self, operator: &Seen) {
        let name = operator.name.as_str();
        let bare = name.strip_prefix("ForAnyValue:").or_else(|| name.strip_prefix("ForAllValues:")).unwrap_or(name);
        let bare = bare.strip_suffix("IfExists").unwrap_or(bare);
        if OPERATORS.iter().any(|known| known.eq_ignore_ascii_case(bare)) {
            return;
        }
        let at = self.at(operator.anchor);
        let problem = Problem::error("C0405", at, format!("`{name}` is not a condition operator"));
        self.problems.push(match nearest(bare, OPERATORS) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.note("operators are `StringEquals`, `ArnLike`, `Bool`, `IpAddress` and the like"),
        });
    }

    fn condition_key(&mut self, key: &Seen) {
        let Some((prefix, _)) = key.name.split_once(':') else {
            let problem = Problem::error("C0417", self.at(key.anchor), format!("the condition key `{}` has no prefix", key.name));
            self.problems.push(problem.note("keys are written `aws:SourceArn`, `s3:prefix`"));
            return;
        };
        // Identity providers have keys of their own.
        let Some(service) = iam::service(prefix).filter(|service| service.keys().next().is_some()) else { return };
        if service.has_key(&key.name) || key.name.contains('$') {
            return;
        }
        let at = self.at(key.anchor);
        let near = nearest(&key.name, service.keys().map(|(name, _)| name)).map(str::to_owned);
        let problem = Problem::warning("C0418", at, format!("IAM knows no condition key `{}`", key.name));
        self.problems.push(unknown(problem, at, near));
    }

    /// The texts that are written as a value, or as elements of a list.
    pub(crate) fn texts(&self, value: ExprId) -> Vec<(ExprId, cloudc_hir::Name)> {
        let one = |src: ExprId| match self.body.expr(src) {
            Expr::Literal(cloudc_hir::body::Literal::Str(text)) => Some((src, text.clone())),
            _ => None,
        };
        match self.body.expr(value) {
            Expr::List(elements) => {
                let items = elements.iter().filter_map(|element| match element {
                    Element::Item { value, .. } => one(*value),
                    _ => None,
                });
                items.collect()
            }
            _ => one(value).into_iter().collect(),
        }
    }

    /// The keys of a record as written; whether there may be others.
    pub(crate) fn keys(&self, record: ExprId) -> Option<(Vec<Seen>, bool)> {
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
        let problem = Problem::error(crate::objects::UNKNOWN_PROPERTY, at, format!("{owner} has no `{}`", wrong.name));
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

/// What was probably meant, with a fix.
pub(crate) fn instead(problem: Problem, at: cloudc_hir::Anchor, text: &str) -> Problem {
    problem.help(format!("did you mean {text:?}?")).fix(format!("change it to {text:?}"), Spot::Replace(at), format!("{text:?}"))
}

/// A name that is not in the list: perhaps misspelt, perhaps newer.
fn unknown(problem: Problem, at: cloudc_hir::Anchor, near: Option<String>) -> Problem {
    match near {
        Some(near) => instead(problem, at, &near),
        None => problem.note("it may be newer than this version's list of actions; then all is well"),
    }
}
