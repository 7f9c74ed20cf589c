//! Statements of policies, and the documents made of them.
//!
//! Always: one action, resource or principal stands alone, several are a list; nothing that was not given is written.

use cloudc_hir::{Name, Problem};
use cloudc_types::typed::{Builtin, Id, Pseudo};

use super::{Cx, Out};
use crate::codes;
use crate::values::{Expr, Field, Node, Src, Value};

/// Principals that are federated though they look like a service.
const PROVIDERS: [&str; 4] = ["cognito-identity.amazonaws.com", "accounts.google.com", "graph.facebook.com", "www.amazon.com"];

impl Cx<'_> {
    /// `allow(…)`, `deny(…)`, `trust(…)`.
    pub(super) fn statement(&mut self, builtin: Builtin, args: &[Id], src: Src) -> Out {
        let mut given = Vec::new();
        for id in args {
            given.push(Some(self.need(*id)?).filter(|node| node.value != Value::None));
        }
        let mut arg = |at: usize| given.get_mut(at).and_then(Option::take);
        let mut entries: Vec<(&str, Node)> = Vec::new();
        let mut add = |name: &'static str, node: Option<Node>| entries.extend(node.map(|node| (name, node)));
        if builtin == Builtin::Trust {
            let (who, when, actions) = (arg(0), arg(1), arg(2));
            let who = who.map(|who| principals(&who, src));
            let assumed = || src.node(Value::text(who.as_ref().map_or("sts:AssumeRole", |who| assume(self.db, who))));
            let action = actions.map_or_else(assumed, |actions| one_or_many(&actions, src));
            add("Effect", Some(src.node(Value::text("Allow"))));
            add("Principal", who);
            add("Action", Some(action));
            add("Condition", when);
        } else {
            let effect = if builtin == Builtin::Deny { "Deny" } else { "Allow" };
            let (actions, on, to, when, sid) = (arg(0), arg(1), arg(2), arg(3), arg(4));
            add("Sid", sid);
            add("Effect", Some(src.node(Value::text(effect))));
            add("Principal", to.map(|to| principals(&to, src)));
            add("Action", actions.map(|actions| one_or_many(&actions, src)));
            add("Resource", on.map(|on| one_or_many(&on, src)));
            add("Condition", when);
        }
        Ok(src.node(record(entries, src)))
    }

    /// A bucket's ARN and that of its objects: actions on buckets are about the one or the other.
    pub(super) fn with_objects(&mut self, arn: &Node, src: Src) -> Out {
        let objects = self.concat(vec![arn.clone(), src.node(Value::text("/*"))], src)?;
        Ok(src.node(Value::list(vec![arn.clone(), objects])))
    }

    /// Statements as a document.
    pub(super) fn policy_document(&mut self, node: &Node, identity: bool, src: Src) -> Out {
        let statements = match &node.value {
            Value::List(items) => items.iter().filter(|item| item.value != Value::None).cloned().collect(),
            _ => vec![node.clone()],
        };
        if statements.is_empty() {
            let problem = Problem::error(codes::NO_STATEMENT, src.anchor(), "a policy document needs at least one statement");
            return Err(self.fail(problem.help("leave the policy out when there is nothing to say")));
        }
        let named = statements.iter().find(|node| node.value.field("Principal").is_some());
        if let (true, Some(named)) = (identity, named) {
            let message = "a statement of an identity's policy names no principal".to_owned();
            let problem = self.about_value(codes::NO_STATEMENT, named, src, message);
            return Err(self.fail(problem.note("the identity that the policy is attached to is the principal")));
        }
        let version = src.node(Value::text("2012-10-17"));
        Ok(src.node(record(vec![("Version", version), ("Statement", src.node(Value::list(statements)))], src)))
    }
}

fn record(entries: Vec<(&str, Node)>, src: Src) -> Value {
    Value::record(entries.into_iter().map(|(name, node)| Field { name: Name::from(name), node, site: src }).collect())
}

/// The elements, lists inside opened.
fn elements(node: &Node) -> Vec<Node> {
    match &node.value {
        Value::List(items) => items.iter().flat_map(elements).collect(),
        Value::None => Vec::new(),
        _ => vec![node.clone()],
    }
}

fn one_or_many(node: &Node, src: Src) -> Node {
    let mut all = elements(node);
    if all.len() == 1 { all.remove(0) } else { src.node(Value::list(all)) }
}

/// Who, by kind: `{ Service: …, AWS: … }`; everybody is `*`.
fn principals(node: &Node, src: Src) -> Node {
    let all = elements(node);
    if let [only] = &all[..]
        && only.value.as_str() == Some("*")
    {
        return only.clone();
    }
    let mut kinds: Vec<(Name, Vec<Node>)> = Vec::new();
    let mut add = |kind: Name, nodes: Vec<Node>| match kinds.iter_mut().find(|(known, _)| *known == kind) {
        Some((_, list)) => list.extend(nodes),
        None => kinds.push((kind, nodes)),
    };
    for one in &all {
        match &one.value {
            Value::Record(fields) => fields.iter().for_each(|field| add(field.name.clone(), elements(&field.node))),
            value => add(kind_of(value).into(), vec![one.clone()]),
        }
    }
    let fields = kinds.into_iter().map(|(name, list)| {
        let node = one_or_many(&src.node(Value::list(list)), src);
        Field { name, node, site: src }
    });
    src.node(Value::record(fields.collect()))
}

/// What kind of principal a text is.
fn kind_of(value: &Value) -> &'static str {
    let (texts, last) = match value {
        Value::Str(text) => (vec![text.as_str()], Some(text.as_str())),
        Value::Deploy(expr) => match &**expr {
            Expr::Concat(parts) => {
                let texts: Vec<&str> = parts.iter().filter_map(|part| part.value.as_str()).collect();
                let last = parts.last().map(|part| match part.value.expr() {
                    Some(Expr::Pseudo(Pseudo::UrlSuffix)) => ".amazonaws.com",
                    _ => part.value.as_str().unwrap_or_default(),
                });
                (texts, last)
            }
            _ => (Vec::new(), None),
        },
        _ => (Vec::new(), None),
    };
    let holds = |piece: &str| texts.iter().any(|text| text.contains(piece));
    if holds(":saml-provider/") || holds(":oidc-provider/") || texts.iter().any(|text| PROVIDERS.contains(text)) {
        return "Federated";
    }
    let is_service = last.is_some_and(|last| last.ends_with(".amazonaws.com") || last.ends_with(".amazonaws.com.cn"));
    if is_service && !holds("arn:") { "Service" } else { "AWS" }
}

/// How a principal takes on a role.
fn assume(db: &dyn crate::Db, who: &Node) -> &'static str {
    let Some(federated) = who.value.field("Federated") else { return "sts:AssumeRole" };
    let saml = |node: &Node| match &node.value {
        Value::Str(text) => text.contains(":saml-provider/"),
        Value::Deploy(expr) => match &**expr {
            Expr::Concat(parts) => {
                parts.iter().any(|part| part.value.as_str().is_some_and(|text| text.contains(":saml-provider/")))
            }
            Expr::Attr(site, _) | Expr::Ref(site) => {
                let ty = cloudc_types::signature(db, site.decl(db)).ty.kind.handle();
                ty.is_some_and(|ty| ty.name() == "AWS::IAM::SAMLProvider")
            }
            _ => false,
        },
        _ => false,
    };
    if elements(federated).iter().any(saml) { "sts:AssumeRoleWithSAML" } else { "sts:AssumeRoleWithWebIdentity" }
}
