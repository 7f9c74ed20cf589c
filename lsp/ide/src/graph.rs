//! The resources of a stack and what needs what, as a picture wants them.
//!
//! In: a file with a `stack`. Out: nodes with their places, edges between them by logical id. Always: as far as the program makes sense; one
//! that is half written has the resources that are known.

use cloudc_base::{File, TextRange};
use cloudc_driver::Database;
use cloudc_hir::{Anchor, Decl, Part};

/// The graph of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// The stack's name.
    pub stack: String,
    /// In source order.
    pub nodes: Vec<GraphNode>,
    /// In source order of what needs.
    pub edges: Vec<GraphEdge>,
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphNode {
    /// Its logical id.
    pub id: String,
    /// Its type.
    pub ty: String,
    /// Where it is declared.
    pub file: File,
    /// The whole declaration.
    pub range: TextRange,
    /// Whether it exists under a condition only.
    pub conditional: bool,
}

/// Something a resource needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphEdge {
    /// The logical id of what needs.
    pub from: String,
    /// The logical id of what is needed.
    pub to: String,
    /// The property that names it, or why it is needed.
    pub label: String,
    /// Whether somebody wrote it.
    pub written: bool,
}

/// The graph of a file's stack, in its first region; none for a file without one.
pub fn graph(db: &Database, file: File) -> Option<Graph> {
    let target = *cloudc_driver::targets(db, file).first()?;
    let view = cloudc_graph::view(db, target);
    let members = &cloudc_eval::stack(db, target).resources;
    let place = |decl: Decl| Anchor { decl, part: Part::Whole }.locate(db);
    let nodes = view.nodes.iter().zip(members).map(|(node, member)| {
        let (file, range) = place(member.site.decl(db));
        GraphNode { id: node.id.clone(), ty: node.ty.clone(), file, range, conditional: node.conditional }
    });
    let id = |at: usize| view.nodes.get(at).map(|node| node.id.clone());
    let edges = view.edges.iter().filter_map(|edge| {
        Some(GraphEdge { from: id(edge.from)?, to: id(edge.to)?, label: edge.label.clone(), written: edge.written })
    });
    Some(Graph { stack: cloudc_driver::stack_name(db, file).to_string(), nodes: nodes.collect(), edges: edges.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    fn check_graph(text: &str, nodes: &[&str], edges: &[&str]) {
        let fixture = open(text);
        let graph = graph(&fixture.db, fixture.files[0]).expect("a stack");
        let source = |node: &GraphNode| {
            node.file.text(&fixture.db)[std::ops::Range::<usize>::from(node.range)].lines().next().map(str::to_owned)
        };
        let found: Vec<String> = graph
            .nodes
            .iter()
            .map(|node| format!("{} {} {}", node.id, node.conditional, source(node).unwrap_or_default()))
            .collect();
        assert_eq!(found, nodes);
        let found: Vec<String> =
            graph.edges.iter().map(|edge| format!("{} {} {} {}", edge.from, edge.to, edge.label, edge.written)).collect();
        assert_eq!(found, edges);
    }

    #[test]
    fn resources_and_what_they_need() {
        check_graph(
            "stack t {}\nparam more: Bool\nresource key: AWS::KMS::Key {}\nif more {\n  resource topic: AWS::SNS::Topic { KmsMasterKeyId: key }\n}\n",
            &["Key false resource key: AWS::KMS::Key {}", "Topic true resource topic: AWS::SNS::Topic { KmsMasterKeyId: key }"],
            &["Topic Key KmsMasterKeyId true"],
        );
    }

    #[test]
    fn components_show_their_insides() {
        check_graph(
            "//- /main.cloud\nimport \"./n.cloud\" { Net }\nstack t {}\nresource net: Net {}\n//- /n.cloud\npub component Net {\n  resource vpc: AWS::EC2::VPC { CidrBlock: 10.0.0.0/16 }\n}\n",
            &["NetVpc false resource vpc: AWS::EC2::VPC { CidrBlock: 10.0.0.0/16 }"],
            &[],
        );
    }

    #[test]
    fn a_module_has_none() {
        let fixture = open("pub let a = 1\n");
        assert_eq!(graph(&fixture.db, fixture.files[0]), None);
    }

    #[test]
    fn mistakes_do_not_hide_the_rest() {
        check_graph(
            "stack t {}\nresource a: AWS::SNS::Topic { Nonsense: 1 }\nresource b: AWS::SQS::Queue {\n",
            &["A false resource a: AWS::SNS::Topic { Nonsense: 1 }", "B false resource b: AWS::SQS::Queue {"],
            &[],
        );
    }
}
