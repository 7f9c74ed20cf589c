//! Prints every relationship, one a line, for reading over.
#![allow(clippy::print_stdout)]

use cloudc_schema::{Node, Schema, Shape};

fn leaf(node: Node) -> Node {
    match node.shape() {
        Shape::List(inner) => leaf(inner),
        _ => node,
    }
}

fn main() {
    for ty in Schema::embedded().types() {
        for object in std::iter::once(ty.body()).chain(ty.definitions()) {
            for property in object.properties() {
                let names: Vec<String> = leaf(property.node()).expects().iter().map(ToString::to_string).collect();
                if !names.is_empty() {
                    println!("{}\t{}\t{}\t{}", ty.name(), object.name().unwrap_or("-"), property.name(), names.join(" "));
                }
            }
        }
    }
}
