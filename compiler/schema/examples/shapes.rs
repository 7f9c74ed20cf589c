//! Counts shapes, and lists the choices a checker meets.
#![allow(clippy::print_stdout)]

use cloudc_schema::*;

fn leaf(node: Node) -> Node {
    node.element().map_or(node, leaf)
}

fn main() {
    let mut json = 0;
    for ty in Schema::embedded().types() {
        for object in std::iter::once(ty.body()).chain(ty.definitions()) {
            for property in object.properties() {
                let text = match leaf(property.node()).shape() {
                    Shape::OneOf(all) => format!("one of {:?}", all.iter().map(|node| node.shape()).collect::<Vec<_>>()),
                    Shape::AnyOf(all) => format!("any of {:?}", all.iter().map(|node| node.shape()).collect::<Vec<_>>()),
                    Shape::Json => {
                        json += 1;
                        format!("json {:?}", property.text())
                    }
                    _ => continue,
                };
                println!("{}.{} {} {text}", ty.name(), object.name().unwrap_or("-"), property.name());
            }
        }
    }
    println!("{json} free");
}
