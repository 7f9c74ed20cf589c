//! Entries of records, arms of choices, elements of lists that are too many or too few.

use cloudc_base::TextRange;
use cloudc_syntax::SyntaxKind as K;
use cloudc_syntax::SyntaxNode;
use cloudc_syntax::ast::{self, AstNode};

use super::{Mend, Place, none, one};
use crate::actions::missing;

/// Takes the entry away whose key is underlined.
pub(super) fn remove_entry(place: &Place<'_>) -> Vec<Mend> {
    let token = place.ctx.near.token(place.told.range.start());
    let Some(entry) = token.and_then(|token| token.parent_ancestors().find(|node| node.kind() == K::Field)) else {
        return none();
    };
    one("Remove the entry", vec![place.replace(with_separator(place, &entry), "")])
}

/// Takes a `...` away that keeps nothing.
pub(super) fn remove_element(place: &Place<'_>) -> Vec<Mend> {
    let token = place.ctx.near.token(place.told.range.start());
    let spread = |node: &SyntaxNode| matches!(node.kind(), K::SpreadElem | K::SpreadEntry);
    let Some(element) = token.and_then(|token| token.parent_ancestors().find(spread)) else { return none() };
    one("Remove the `...`", vec![place.replace(with_separator(place, &element), "")])
}

/// Takes a pattern away, with its arm when it is the only one there.
pub(super) fn remove_pattern(place: &Place<'_>) -> Vec<Mend> {
    let node = place.node();
    let Some(arm) = node.ancestors().find_map(ast::MatchArm::cast) else { return none() };
    let Some(pattern) = node.ancestors().find(|node| node.parent().as_ref() == Some(arm.syntax())) else { return none() };
    if arm.patterns().count() < 2 {
        return one("Remove the arm", vec![place.replace(with_separator(place, arm.syntax()), "")]);
    }
    let next = pattern.next_sibling().filter(|next| matches!(next.kind(), K::LiteralPattern | K::WildcardPattern));
    let before = pattern.prev_sibling().filter(|next| matches!(next.kind(), K::LiteralPattern | K::WildcardPattern));
    let range = match (next, before) {
        (Some(next), _) => TextRange::new(pattern.text_range().start(), next.text_range().start()),
        (None, Some(before)) => TextRange::new(before.text_range().end(), pattern.text_range().end()),
        (None, None) => return none(),
    };
    one("Remove the pattern", vec![place.replace(place.ctx.near.in_file(range), "")])
}

/// An entry with what separates it from the next, or from the one before.
fn with_separator(place: &Place<'_>, entry: &SyntaxNode) -> TextRange {
    let own = entry.text_range();
    let local = match (entry.next_sibling(), entry.prev_sibling()) {
        (Some(next), _) => TextRange::new(own.start(), next.text_range().start()),
        (None, Some(before)) => TextRange::new(before.text_range().end(), own.end()),
        (None, None) => own,
    };
    let range = place.ctx.near.in_file(local);
    // A comment between two entries stays.
    if place.ctx.text(range).contains("//") { place.ctx.range_of(entry) } else { range }
}

/// An input that is given only sometimes gets its default otherwise.
pub(super) fn choose_value(place: &Place<'_>) -> Vec<Mend> {
    let node = place.node();
    let Some(field) = node.ancestors().find_map(ast::Field::cast) else { return none() };
    let (Some(value), Some(guard), Some(key)) = (field.value(), field.guard(), field.key().and_then(|key| key.text())) else {
        return none();
    };
    let ctx = &place.ctx;
    let Some(decl) = ctx.decl(field.syntax()) else { return none() };
    let component = cloudc_hir::uses::instance_of(ctx.db, decl);
    let inputs = component.map(|component| cloudc_types::component_inputs(ctx.db, component)).into_iter().flatten();
    let Some(input) = inputs.into_iter().find(|input| input.name == key) else { return none() };
    let default = crate::actions::inline_function::item_of(ctx, input.decl)
        .and_then(|(_, item)| ast::Input::cast(item)?.default())
        .filter(|default| crate::actions::scope::free_names(default.syntax()).is_empty());
    let other = default.map_or("none".to_owned(), |default| default.syntax().text().to_string());
    let text = format!("if {} {{ {} }} else {{ {other} }}", ctx.text_of(guard.syntax()), ctx.text_of(value.syntax()));
    let range = TextRange::new(ctx.range_of(value.syntax()).start(), ctx.range_of(field.syntax()).end());
    one("Choose its value instead", vec![place.replace(range, text)])
}

/// Adds one of the properties of which one is needed.
pub(super) fn add_one_of(place: &Place<'_>) -> Vec<Mend> {
    let names: Vec<&str> = place.told.message.split('`').skip(1).step_by(2).collect();
    if !place.told.message.contains("needed") {
        return none();
    }
    add_each(place, &names)
}

/// Adds the part that a statement or document lacks.
pub(super) fn add_part(place: &Place<'_>) -> Vec<Mend> {
    let Some(name) = place.told.message.split("needs `").nth(1).and_then(|rest| rest.split('`').next()) else { return none() };
    let value = match name {
        "Effect" => "\"Allow\"",
        "Version" => "\"2012-10-17\"",
        "Statement" => "[]",
        "Principal" => "\"*\"",
        _ => "\"*\"",
    };
    let node = place.node();
    let record = node.ancestors().find(|node| node.kind() == K::RecordExpr);
    record.map_or_else(none, |record| entry(place, &record, name, value))
}

fn add_each(place: &Place<'_>, names: &[&str]) -> Vec<Mend> {
    let ctx = &place.ctx;
    let node = place.node();
    let own = node.ancestors().find(|node| node.kind() == K::RecordExpr);
    let item = crate::actions::context::item_around(&node);
    let record = own.or_else(|| item.and_then(|item| item.children().find(|child| child.kind() == K::RecordExpr)));
    let Some(record) = record else { return none() };
    let written = |name: &str| {
        record
            .children()
            .filter_map(ast::Field::cast)
            .any(|field| field.key().and_then(|key| key.text()).is_some_and(|key| key == name))
    };
    let names = names.iter().filter(|name| !written(name));
    let ways: Vec<(&&str, String)> =
        names.filter_map(|name| missing::value_for(ctx, &record, name).map(|value| (name, value))).collect();
    // What can be written at once comes before what names something nobody has.
    let best = ways.iter().any(|(_, value)| value != "\"name\"");
    let ways = ways.into_iter().filter(|(_, value)| !best || value != "\"name\"");
    ways.flat_map(|(name, value)| entry(place, &record, name, &value)).collect()
}

/// A new last entry.
fn entry(place: &Place<'_>, record: &SyntaxNode, name: &str, value: &str) -> Vec<Mend> {
    let title = format!("Add `{name}`");
    let broken = record.text().contains_char('\n');
    match record.children().last() {
        Some(last) => {
            let between = if broken { "\n" } else { ", " };
            place.insert(title, place.ctx.range_of(&last).end(), format!("{between}{name}: {value}"))
        }
        None => one(title, vec![place.replace(place.ctx.range_of(record), format!("{{ {name}: {value} }}"))]),
    }
}
