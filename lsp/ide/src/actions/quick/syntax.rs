//! Signs that are missing, wrong, or too many.

use cloudc_base::{TextRange, TextSize};
use cloudc_syntax::SyntaxKind as K;
use cloudc_syntax::ast::{self, AstNode, BinOp};

use super::{Mend, Place, none, one};

/// Takes away what means nothing.
pub(super) fn remove(place: &Place<'_>) -> Vec<Mend> {
    let text = place.ctx.file.text(place.ctx.db);
    let start = usize::from(place.told.range.start());
    let before = text[..start].len() - text[..start].trim_end_matches(' ').len();
    let range = TextRange::new(TextSize::from((start - before) as u32), place.told.range.end());
    one(format!("Remove `{}`", place.text()), vec![place.replace(range, "")])
}

/// `if c { a }` gives nothing when `c` is false.
pub(super) fn add_else(place: &Place<'_>) -> Vec<Mend> {
    let node = place.node().ancestors().find_map(ast::IfExpr::cast);
    let end = node.map(|node| place.ctx.range_of(node.syntax()).end());
    end.map_or_else(none, |end| place.insert("Add `else { none }`", end, " else { none }"))
}

/// Parentheses around the side with `??`, or around the other.
pub(super) fn parenthesise(place: &Place<'_>) -> Vec<Mend> {
    let token = place.ctx.near.token(place.told.range.start());
    let Some(outer) = token.and_then(|token| token.parent_ancestors().find_map(ast::BinaryExpr::cast)) else { return none() };
    let mixed = |node: &ast::BinaryExpr| matches!(node.op(), Some(BinOp::Coalesce | BinOp::Or | BinOp::And));
    let around = outer.syntax().parent().and_then(ast::BinaryExpr::cast).filter(mixed);
    let inner = outer.syntax().children().filter_map(ast::BinaryExpr::cast).find(mixed);
    let Some(group) = around.map(|_| outer.clone()).or(inner) else { return none() };
    let range = place.ctx.range_of(group.syntax());
    let text = place.ctx.text(range);
    one(format!("Put parentheses around `{text}`"), vec![place.replace(range, format!("({text})"))])
}

/// `*/` at the end of the line.
pub(super) fn end_comment(place: &Place<'_>) -> Vec<Mend> {
    let text = place.ctx.file.text(place.ctx.db);
    let end = crate::near::line_end(text, place.told.range.start());
    place.insert("End the comment with this line", TextSize::from(end as u32), " */")
}

/// `}` behind the name.
pub(super) fn end_interpolation(place: &Place<'_>) -> Vec<Mend> {
    let text = place.ctx.file.text(place.ctx.db);
    let start = usize::from(place.told.range.start());
    let inside = text[start..].strip_prefix("${").unwrap_or_default();
    let word = inside.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.')).unwrap_or(inside.len());
    if word == 0 {
        return none();
    }
    place.insert("Add `}`", TextSize::from((start + 2 + word) as u32), "}")
}

/// `:` in a record, `=` in a declaration.
pub(super) fn colon_or_equals(place: &Place<'_>) -> Vec<Mend> {
    let text = place.ctx.file.text(place.ctx.db);
    let (start, end) = (usize::from(place.told.range.start()), place.told.range.end());
    let gap = text[..start].len() - text[..start].trim_end_matches(' ').len();
    let from = TextSize::from((start - gap) as u32);
    match place.text() {
        "=" => one("Change it to `:`", vec![place.replace(TextRange::new(from, end), ":")]),
        ":" => one("Change it to `=`", vec![place.replace(TextRange::new(from, end), " =")]),
        _ => none(),
    }
}

/// `a < b < c` becomes `a < b && b < c`.
pub(super) fn split_comparison(place: &Place<'_>) -> Vec<Mend> {
    let token = place.ctx.near.token(place.told.range.start());
    let Some(outer) = token.and_then(|token| token.parent_ancestors().find_map(ast::BinaryExpr::cast)) else { return none() };
    let first = outer.lhs().and_then(|lhs| ast::BinaryExpr::cast(lhs.syntax().clone()));
    let Some(middle) = first.and_then(|first| first.rhs()) else { return none() };
    let text = place.ctx.text_of(middle.syntax());
    let at = place.told.range.start();
    if middle.syntax().kind() == K::RecordExpr {
        return none();
    }
    place.insert(format!("Compare with `{text}` again"), at, format!("&& {text} "))
}

/// An operator with nothing behind it.
pub(super) fn remove_operator(place: &Place<'_>) -> Vec<Mend> {
    let sign = place.text();
    let is_operator = sign.chars().all(|c| "+-*/%&|<>?".contains(c)) && !sign.is_empty();
    if is_operator { remove(place) } else { none() }
}
