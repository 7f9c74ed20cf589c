//! `@attributes` that are misspelt, useless or missing.

use cloudc_base::TextRange;
use cloudc_syntax::SyntaxKind as K;
use cloudc_syntax::ast::{self, AstNode};

use super::{Mend, Place, none, one};
use crate::actions::context::item_around;
use crate::near::significant_start;

/// The name somebody meant.
pub(super) fn nearest(place: &Place<'_>) -> Vec<Mend> {
    let Some(name) = place.told.help.as_deref().and_then(|help| help.split('`').nth(1)) else { return none() };
    let written = place.text().strip_prefix('@').unwrap_or_default();
    let length = written.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(written.len()) + 1;
    let range = TextRange::at(place.told.range.start(), (length as u32).into());
    one(format!("Change it to `{name}`"), vec![place.replace(range, name)])
}

/// Takes an attribute away, with the white space behind it.
pub(super) fn remove(place: &Place<'_>) -> Vec<Mend> {
    let text = place.ctx.file.text(place.ctx.db);
    let end = usize::from(place.told.range.end());
    let space = text[end..].len() - text[end..].trim_start().len();
    let range = TextRange::new(place.told.range.start(), ((end + space) as u32).into());
    one("Remove the attribute", vec![place.replace(range, "")])
}

/// The same for one that stands before nothing.
pub(super) fn remove_alone(place: &Place<'_>) -> Vec<Mend> {
    let token = place.ctx.near.token(place.told.range.start());
    let Some(attr) = token.and_then(|token| token.parent_ancestors().find(|node| node.kind() == K::Attr)) else { return none() };
    let range = place.ctx.range_of(&attr);
    let text = place.ctx.file.text(place.ctx.db);
    let line = crate::near::line_start(text, range.start());
    let alone = text[line..usize::from(range.start())].trim().is_empty();
    let range = if alone { TextRange::new((line as u32).into(), range.end()) } else { range };
    one("Remove the attribute", vec![place.replace(range, "")])
}

/// Another logical id for the second of two.
pub(super) fn add_id(place: &Place<'_>) -> Vec<Mend> {
    let Some(id) = place.told.message.split('`').nth(1) else { return none() };
    let Some(item) = item_around(&place.node()) else { return none() };
    let has_id = item.children().filter_map(ast::Attr::cast).any(|attr| attr.name().is_some_and(|name| name.text() == "id"));
    if has_id || !ast::Item::can_cast(item.kind()) {
        return none();
    }
    let at = place.ctx.near.start + significant_start(&item);
    let lead = crate::near::indentation(place.ctx.file.text(place.ctx.db), at);
    place.insert("Give it a logical id of its own", at, format!("@id(\"{id}2\")\n{lead}"))
}

/// The logical id that `@id` lacks: that of the declaration's name.
pub(super) fn add_id_text(place: &Place<'_>) -> Vec<Mend> {
    let name = item_around(&place.node()).and_then(ast::Item::cast).and_then(|item| item.name());
    let Some(name) = name.filter(|_| place.text() == "@id") else { return none() };
    let text = name.text();
    let id: String = text.split('_').map(crate::actions::fixes::capitalised).collect();
    place.instead(format!("Give it the id \"{id}\""), format!("@id(\"{id}\")"))
}

/// Another name for the second of two exports.
pub(super) fn other_export(place: &Place<'_>) -> Vec<Mend> {
    let Some(item) = item_around(&place.node()) else { return none() };
    let attr = item.children().filter_map(ast::Attr::cast).find(|attr| attr.name().is_some_and(|name| name.text() == "export"));
    let text = attr.and_then(|attr| attr.syntax().descendants().find_map(ast::StringExpr::cast));
    let Some((text, content)) = text.and_then(|text| Some((text.clone(), text.text()?))) else { return none() };
    let instead = format!("\"{content}-2\"");
    one(format!("Change it to {instead}"), vec![place.replace(place.ctx.range_of(text.syntax()), instead)])
}
