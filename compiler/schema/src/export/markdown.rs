//! Resource types as pages of Markdown.

use std::fmt::Write as _;

use super::file_stem;
use crate::handles::{Node, Object, Property, Shape, Type};
use crate::model::{Ident, TagStyle};
use crate::show::{describe, nested, regions, type_text};

/// The page of a type: what it takes, part by part, and what can be read of it.
pub fn markdown(ty: Type) -> String {
    let mut out = format!("# {}\n\n", ty.name());
    if let Some(doc) = ty.doc() {
        let _ = writeln!(out, "{}\n", doc.trim());
    }
    if ty.deprecated() {
        out.push_str("AWS advises against using it.\n\n");
    }
    let _ = writeln!(out, "- [AWS's page]({})", ty.docs_url());
    let reference = ty.ref_ident();
    let _ = writeln!(
        out,
        "- `Ref` gives {}",
        if reference.attr == "Ref" { "its identifier".to_owned() } else { format!("its `{}`", reference.attr) }
    );
    let tags = match ty.tag_style() {
        TagStyle::None => "takes none",
        TagStyle::List | TagStyle::Propagating => "a list of `Key` and `Value`, or a map",
        TagStyle::Map => "a map",
    };
    let _ = writeln!(out, "- Tags: {tags}");
    let _ = writeln!(out, "- Regions: {}", regions(ty));
    if ty.is_stateful() {
        out.push_str("- Keeps data: deleting it destroys what it holds\n");
    }
    out.push('\n');
    let mut parts = vec![(String::new(), ty.body())];
    table(&mut out, "Properties", ty.body());
    let mut at = 0;
    while let Some((name, object)) = parts.get(at).cloned() {
        if at > 0 {
            table(&mut out, &name, object);
        }
        for property in object.properties().filter(|property| !property.read_only()) {
            inside(property, property.node(), &mut parts, 0);
        }
        at += 1;
    }
    attributes(&mut out, ty);
    while out.ends_with("\n\n") {
        out.pop();
    }
    out
}

/// A page that leads to those of these types, by service.
pub fn index(types: &[Type]) -> String {
    let mut out = String::from("# Resource types\n");
    let mut service = "";
    for ty in types {
        let (group, _) = ty.name().rsplit_once("::").unwrap_or((ty.name(), ""));
        if group != service {
            let _ = write!(out, "\n## {group}\n\n");
            service = group;
        }
        let _ = writeln!(out, "- [{}]({}.md)", ty.short_name(), file_stem(ty.name()));
    }
    out
}

/// Parts inside a position of a property, each once; those without a name are called like the property.
fn inside(of: Property, node: Node, parts: &mut Vec<(String, Object)>, depth: u32) {
    if depth > 8 {
        return;
    }
    match node.shape() {
        Shape::OneOf(all) | Shape::AnyOf(all) => all.iter().for_each(|one| inside(of, one, parts, depth + 1)),
        _ => {
            if let Some(object) = nested(node, 0).filter(|object| parts.iter().all(|(_, known)| known != object)) {
                parts.push((object.name().unwrap_or_else(|| of.name()).to_owned(), object));
            }
        }
    }
}

fn table(out: &mut String, title: &str, object: Object) {
    let _ = write!(out, "## {title}\n\n");
    let mut properties: Vec<Property> = object.properties().filter(|property| !property.read_only()).collect();
    properties.sort_by_key(|property| !property.required());
    if properties.is_empty() {
        let _ = write!(out, "{}\n\n", if object.is_open() { "Any key." } else { "None." });
        return;
    }
    out.push_str("| Property | Takes | |\n|---|---|---|\n");
    for property in properties {
        let needed = if property.required() { " **(required)**" } else { "" };
        let ty = type_text(property.node());
        let described = describe(property);
        let rest = described.strip_prefix(ty.as_str()).unwrap_or(&described);
        let rest = rest.trim_start_matches([' ', '·']);
        let doc = property.doc().map_or_else(String::new, first_line);
        let text = [rest, doc.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("<br>");
        let _ = writeln!(out, "| `{}`{needed} | {} | {} |", property.name(), cell(&ty), cell(&text));
    }
    out.push('\n');
    if object.is_open() {
        out.push_str("Any other key is taken too.\n\n");
    }
    if !object.groups().is_empty() {
        object.groups().iter().for_each(|group| {
            let _ = writeln!(out, "- {}", group.describe());
        });
        out.push('\n');
    }
}

fn attributes(out: &mut String, ty: Type) {
    if ty.attributes().len() == 0 {
        return;
    }
    out.push_str("## Attributes\n\n| Attribute | Is | |\n|---|---|---|\n");
    for attribute in ty.attributes() {
        let own = |ident: &&Ident| ident.ty != ty.name();
        let same: Vec<String> = attribute.idents().iter().filter(own).map(|ident| format!("the same as `{ident}`")).collect();
        let _ = writeln!(out, "| `{}` | {} | {} |", attribute.name(), cell(&type_text(attribute.node())), cell(&same.join(", ")));
    }
    out.push('\n');
}

fn first_line(text: &str) -> String {
    text.split("\n\n").next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text inside a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ").replace('<', "&lt;").replace("&lt;br>", "<br>")
}
