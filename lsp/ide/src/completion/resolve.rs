//! Details of one item, made when it is looked at.

use cloudc_driver::Database;
use cloudc_hir::DeclKind;

use super::item::{About, Item, ItemKind};
use crate::hover;

/// What is said about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// A line of code or a few words.
    pub detail: String,
    /// Markdown.
    pub documentation: String,
}

/// Describes an item of the last answer.
pub fn resolve(db: &Database, item: &Item) -> Resolved {
    let documentation = match &item.about {
        About::Nothing => String::new(),
        About::Type(ty) => hover::type_text(*ty),
        About::Property(ty, property) => hover::property_text(db, *ty, *property),
        About::Attribute(ty, attribute) => hover::attribute_text(db, *ty, *attribute),
        About::Decl(decl) => declaration(db, *decl),
        About::BuiltIn(name) => {
            let kind = if item.kind == ItemKind::Function { "function" } else { "method" };
            hover::help(kind, name).unwrap_or_default().to_owned()
        }
        About::Keyword(word) => hover::help("keyword", word).unwrap_or_default().to_owned(),
        About::Annotation(name) => hover::help("attribute", name).unwrap_or_default().to_owned(),
        About::Region(code) => match cloudc_schema::regions::find(code) {
            Some(region) => format!("{} with {} zones", region.name, region.zones.len()),
            None => String::new(),
        },
        About::Text(text) => text.clone(),
    };
    Resolved { detail: item.detail.clone(), documentation }
}

fn declaration(db: &Database, decl: cloudc_hir::Decl) -> String {
    let mut parts = vec![hover::signature_line(db, decl)];
    if decl.kind(db) != DeclKind::Import
        && let Some(doc) = &cloudc_hir::body(db, decl).doc
    {
        parts.push(doc.to_string());
    }
    parts.join("\n\n")
}
