//! The graph as plain data, for pictures and editors.

use cloudc_eval::{Db, LinkKind, Target, stack};

use crate::ordering::order;

/// Nodes and edges with labels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// In source order.
    pub nodes: Vec<ViewNode>,
    /// In source order of what needs.
    pub edges: Vec<ViewEdge>,
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewNode {
    /// Its logical id.
    pub id: String,
    /// Its type.
    pub ty: String,
    /// Whether it exists under a condition only.
    pub conditional: bool,
}

/// A dependency; indices into the nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewEdge {
    /// What needs something.
    pub from: usize,
    /// What is needed.
    pub to: usize,
    /// The property, an attribute's name, or why it is needed.
    pub label: String,
    /// Whether somebody wrote it.
    pub written: bool,
}

/// The view of a target.
pub fn view(db: &dyn Db, target: Target) -> View {
    let stack = stack(db, target);
    let nodes = stack.resources.iter().map(|member| ViewNode {
        id: member.id.to_string(),
        ty: member.ty.to_string(),
        conditional: !member.cond.is_true(),
    });
    let edges = order(db, target).edges.iter().map(|(.., edge)| ViewEdge {
        from: edge.from,
        to: edge.to,
        label: match &edge.link {
            Some(link) => match &link.kind {
                LinkKind::DependsOn => "DependsOn".to_owned(),
                _ => link.pointer.trim_start_matches("/Properties/").to_owned(),
            },
            None => "needed first".to_owned(),
        },
        written: edge.link.is_some(),
    });
    let mut edges: Vec<ViewEdge> = edges.collect();
    edges.sort_by(|a, b| (a.from, a.to, &a.label).cmp(&(b.from, b.to, &b.label)));
    edges.dedup();
    View { nodes: nodes.collect(), edges }
}
